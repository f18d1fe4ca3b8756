"""The page and the command that say how texts are searched."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_submissions import make_question, make_vector

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.embeddings import service
from solicit.embeddings.commands import model_status
from solicit.embeddings.indexes import NOT_OWNER
from solicit.embeddings.models import EmbeddingModel
from solicit.jobs.models import Job
from solicit.questions.states import Aspect


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.mark.parametrize("n", [1, 3])
def test_page_says_which_model_answers_and_what_it_has_not_read(client, session, call, count_statements, n):
    for _ in range(n):
        make_vector(session, make_question(session, call), towards=0, name="a-model")
    make_question(session, call)
    sign_in(client, session, make_organizer(session, call))
    count_statements.clear()

    page = client.get(f"/{call.slug}/organize/index").text

    assert len(count_statements) == 5
    for word, value in (
        ("Language model", "a-model"),
        ("Numbers in a vector", "8"),
        ("Questions", str(n + 1)),
        ("Not read yet", "1"),
        ("Vectors of this model on this site", str(n * len(Aspect))),
        ("Search", "exact: every vector is compared"),
    ):
        assert f"<dt>{word}</dt><dd>{value}</dd>" in page


def test_page_before_the_first_question(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    assert "No question was read yet." in client.get(f"/{call.slug}/organize/index").text


def test_page_tells_of_a_problem_and_of_a_model_that_is_coming(client, session, call):
    make_vector(session, make_question(session, call), towards=0, name="a-model")
    session.execute(sa.update(EmbeddingModel).values(index_problem=NOT_OWNER))
    service.start_changes(session, name="another-model", now=utcnow())
    job_id = session.scalars(sa.select(Job.id).where(Job.call_id == call.id)).one()
    sign_in(client, session, make_organizer(session, call))

    page = client.get(f"/{call.slug}/organize/index").text

    assert "SOLICIT_OWNER_DATABASE_URL" in page
    assert "another-model" in page and f"/{call.slug}/organize/jobs/{job_id}" in page


def test_command_says_the_same(app, session, call):
    make_vector(session, make_question(session, call), towards=0, name="a-model")
    assert call_facts(session, slug=call.slug).model_name == "a-model"
    answer = app.test_cli_runner().invoke(model_status)
    assert answer.exit_code == 0
    assert "a-model, 8 numbers each, 2 vectors" in answer.output
    assert f"answers for: {call.slug}" in answer.output
    assert "exact: an index is built from 20,000 vectors on" in answer.output

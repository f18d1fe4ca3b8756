"""Topics on the page: for everybody, and on the desk."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_question
from builders_topics import make_run

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.jobs.models import Job
from solicit.questions.states import QuestionState
from solicit.topics.models import Topic, TopicMember


@pytest.fixture
def call(session):
    return make_call(session)


def make_topic(session, call, *, n=2, theme="space", name="", terms=("lunar dust", "ice"), **values) -> Topic:
    """A topic of questions in scope, the last of which lies far from its middle."""
    questions = [make_question(session, call, state=QuestionState.IN_SCOPE, theme=theme) for _ in range(n)]
    run = make_run(session, call, n_questions=n)
    topic = Topic(
        call_id=call.id,
        theme_id=call.theme(theme).id,
        terms=list(terms),
        name=name,
        medoid_id=questions[0].id,
        run_id=run.id,
        created_at=utcnow(),
        **values,
    )
    session.add(topic)
    session.flush()
    session.add_all(
        TopicMember(question_id=question.id, topic_id=topic.id, is_weak=question is questions[-1])
        for question in questions
    )
    session.flush()
    return topic


def medoid_of(session, topic):
    return session.scalar(sa.text("SELECT title FROM question WHERE id = :id").bindparams(id=topic.medoid_id))


def test_before_any_grouping_the_page_says_so(client, call):
    answer = client.get(f"/en/{call.slug}/topics")

    assert answer.status_code == 200
    assert "Topics appear after the organizers have grouped the questions." in answer.text


def test_index_lists_topics_with_count_label_and_sentence(client, session, call):
    topic = make_topic(session, call, n=3)
    named = make_topic(session, call, theme="life", name="Living ice")

    page = client.get(f"/en/{call.slug}/topics").text

    assert "lunar dust, ice" in page and "3 questions" in page and medoid_of(session, topic) in page
    assert "Living ice" in page and page.index("Unexplored Space") < page.index("Living ice")
    assert f"/en/{call.slug}/topics/{named.id}" in page


def test_sentence_of_a_question_that_left_is_not_shown(client, session, call):
    topic = make_topic(session, call, n=3)
    title = medoid_of(session, topic)
    session.execute(sa.text("UPDATE question SET state = 'withdrawn' WHERE id = :id").bindparams(id=topic.medoid_id))

    page = client.get(f"/en/{call.slug}/topics").text
    one = client.get(f"/en/{call.slug}/topics/{topic.id}").text

    assert title not in page and title not in one
    assert "2 questions" in page


def test_unpublished_questions_give_no_topics(client, session, call):
    topic = make_topic(session, call)
    session.get(Call, call.id).publishes_while_open = False

    assert "not public yet" in client.get(f"/en/{call.slug}/topics").text
    assert client.get(f"/en/{call.slug}/topics/{topic.id}").status_code == 404


def test_page_lists_the_questions(client, session, call):
    topic = make_topic(session, call, n=2)
    labels = session.scalars(sa.text("SELECT 'Q-' || number FROM question ORDER BY number")).all()

    page = client.get(f"/en/{call.slug}/topics/{topic.id}").text

    assert all(f"/questions/{label}" in page for label in labels)
    assert "Far from the middle" not in page


def test_missing_retired_and_foreign_topics_are_alike(client, session, call):
    retired = make_topic(session, call, retired_at=utcnow())
    foreign = make_topic(session, make_call(session))

    for topic_id in (retired.id, foreign.id, 2**62):
        assert client.get(f"/en/{call.slug}/topics/{topic_id}").status_code == 404
    assert client.get(f"/en/{call.slug}/topics/{2**64}").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_index_costs_the_same_for_any_number(client, session, call, count_statements, n):
    for _ in range(n):
        make_topic(session, call)
    session.commit()
    count_statements.clear()

    client.get(f"/en/{call.slug}/topics")

    assert len(count_statements) <= 4


def test_one_topic_costs_four_statements(client, session, call, count_statements):
    address = f"/en/{call.slug}/topics/{make_topic(session, call, n=3).id}"
    session.commit()
    count_statements.clear()

    client.get(address)

    assert len(count_statements) == 4


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("post", "/group"), ("get", "/{id}"), ("post", "/{id}")])
def test_desk_is_for_organizers_of_the_call(client, session, call, method, path):
    topic = make_topic(session, call)
    address = f"/{call.slug}/organize/topics" + path.format(id=topic.id)

    assert getattr(client, method)(address).status_code == (303 if method == "get" else 401)
    sign_in(client, session, make_person(session))
    assert getattr(client, method)(address).status_code == 403
    sign_in(client, session, make_organizer(session, make_call(session)))
    assert getattr(client, method)(address).status_code == 403
    sign_in(client, session, make_organizer(session, call))
    sent = {"detail": "middle", "name": "A", "version": 1}
    assert getattr(client, method)(address, data=sent).status_code in (200, 303)


def test_desk_marks_what_to_look_at(client, session, call, count_statements):
    topic = make_topic(session, call, n=5)
    ungrouped = make_question(session, call, state=QuestionState.IN_SCOPE)
    sign_in(client, session, make_organizer(session, call))
    count_statements.clear()

    page = client.get(f"/{call.slug}/organize/topics").text

    assert len(count_statements) <= 8
    assert "lunar dust, ice" in page
    assert "1 question in scope has no topic." in page
    one = client.get(f"/{call.slug}/organize/topics/{topic.id}").text
    assert one.count("Far from the middle") == 1
    assert ungrouped.title not in one


def test_grouping_starts_a_job_once(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    address = f"/{call.slug}/organize/topics/group"

    first, second = (client.post(address, data={"detail": "more"}) for _ in range(2))

    job = session.scalars(sa.select(Job)).one()
    assert (first.status_code, first.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    assert second.status_code == 409 and "already waiting or running" in second.text
    arguments = session.execute(
        sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'topics.group'")
    ).scalar()
    assert arguments["detail"] == "more" and arguments["result_path"] == f"/{call.slug}/organize/topics/proposal"


@pytest.mark.parametrize("detail", ["", "huge", "middle\x00"])
def test_unknown_detail_starts_nothing(client, session, call, detail):
    sign_in(client, session, make_organizer(session, call))

    answer = client.post(f"/{call.slug}/organize/topics/group", data={"detail": detail})

    assert answer.status_code == 422
    assert session.scalars(sa.select(Job)).all() == []


def test_name_is_kept_and_taken_away(client, session, call):
    topic = make_topic(session, call)
    sign_in(client, session, make_organizer(session, call))
    address = f"/{call.slug}/organize/topics/{topic.id}"

    assert client.post(address, data={"name": "Cold  dust", "version": 1}).status_code == 303
    assert "Cold dust" in client.get(f"/en/{call.slug}/topics").text
    client.post(address, data={"name": "", "version": 2})

    assert "lunar dust, ice" in client.get(f"/en/{call.slug}/topics").text


@pytest.mark.parametrize("name", ["x" * 81, "a\x00b", "a\x1bb"])
def test_bad_name_is_shown_back(client, session, call, name):
    topic = make_topic(session, call, name="Before")
    sign_in(client, session, make_organizer(session, call))

    answer = client.post(f"/{call.slug}/organize/topics/{topic.id}", data={"name": name, "version": 1})

    assert answer.status_code == 422
    assert session.get(Topic, topic.id, populate_existing=True).name == "Before"


def test_name_with_markup_is_text(client, session, call):
    make_topic(session, call, name="<b>ice</b>")

    assert "&lt;b&gt;ice&lt;/b&gt;" in client.get(f"/en/{call.slug}/topics").text

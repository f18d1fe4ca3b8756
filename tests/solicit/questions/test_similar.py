"""The panel of similar questions."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_drafts import make_draft, text_form
from builders_submissions import label_of, make_question, make_vector, merge

from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.embeddings.encoders import worker_encoder
from solicit.embeddings.service import embed_texts, settle_model
from solicit.questions.models import QuestionSource, QuestionVector
from solicit.questions.queries.near import space_of
from solicit.questions.queries.similar import lexical_matches, nearest_questions, similar_questions
from solicit.questions.states import Aspect, QuestionState
from solicit.submissions.models import Submission
from solicit.submissions.states import SubmissionState

# Embedded with the real model, exported once for the whole run.
pytestmark = pytest.mark.usefixtures("language_model")

AXIS = np.eye(8)[0]


@pytest.fixture
def call(session):
    return make_call(session)


def labels(found) -> list[str]:
    return [question.label for question in found]


def embed(session, *questions):
    embedded = embed_texts(session, [question.title for question in questions], encoder=worker_encoder())
    for question, digest, vector in zip(questions, embedded.digests, embedded.vectors, strict=True):
        session.add(
            QuestionVector(
                question_id=question.id,
                model_id=embedded.model_id,
                aspect=Aspect.TITLE,
                call_id=question.call_id,
                digest=digest,
                vector=vector,
            )
        )
    session.flush()
    settle_model(session, call_id=questions[0].call_id, model_id=embedded.model_id)


def similar(session, call, *, vector=AXIS, **values):
    """What is near a vector, as a page asks: with the facts of the call as they are now."""
    call = call_facts(session, slug=call.slug)
    return similar_questions(session, call=call, space=space_of(call), vector=vector, **values)


def nearest(session, call, question):
    return nearest_questions(session, call=call_facts(session, slug=call.slug), question_id=question.id)


def test_nearest_come_first_with_a_word(session, call):
    near, far, unrelated = (make_question(session, call) for _ in range(3))
    make_vector(session, far, towards=0, share=0.5)
    make_vector(session, near, towards=0, share=0.9)
    make_vector(session, unrelated, towards=0, share=0.2)
    found = similar(session, call)
    assert labels(found) == [label_of(near), label_of(far)]
    assert [question.closeness_word for question in found] == ["Very close", "Related"]
    assert similar(session, call, limit=1) == found[:1]


def test_only_public_questions_are_found(session, call):
    hidden = make_question(session, call, state=QuestionState.NEW)
    elsewhere = make_question(session, make_call(session))
    make_vector(session, hidden, towards=0)
    make_vector(session, elsewhere, towards=0)
    assert similar(session, call) == ()


def test_merged_questions_lead_to_their_target_once(session, call):
    target, middle, far = (make_question(session, call) for _ in range(3))
    merge(session, far, middle)
    merge(session, middle, target)
    make_vector(session, far, towards=0, share=0.95)
    make_vector(session, middle, towards=0, share=0.6)
    make_vector(session, target, towards=1)
    found = similar(session, call)
    assert [(question.label, question.closeness_word) for question in found] == [(label_of(target), "Very close")]


def test_a_withdrawn_text_leads_nobody_to_what_it_was_merged_into(session, call):
    target, withdrawn = make_question(session, call), make_question(session, call)
    make_vector(session, target, towards=1)
    make_vector(session, withdrawn, towards=0)
    merge(session, withdrawn, target)
    axis = [1.0] + [0.0] * 7
    assert labels(similar(session, call, vector=axis)) == [label_of(target)]
    source = session.scalars(sa.select(QuestionSource).where(QuestionSource.question_id == withdrawn.id)).one()
    submission = session.get_one(Submission, source.submission_id)
    submission.state, submission.withdrawn_at = SubmissionState.WITHDRAWN, utcnow()
    session.flush()
    assert similar(session, call, vector=axis) == ()


def test_nearest_questions_leave_the_question_itself_out(session, call):
    question, near, merged = (make_question(session, call) for _ in range(3))
    for each in (question, near, merged):
        make_vector(session, each, towards=0)
    merge(session, merged, question)
    assert labels(nearest(session, call, question)) == [label_of(near)]


def test_typed_titles_are_compared_with_both_and_questions_with_texts(session, call):
    question, by_title, by_text = (make_question(session, call) for _ in range(3))
    make_vector(session, question, towards=0)
    for near, aspect, other in ((by_title, Aspect.TITLE, Aspect.TEXT), (by_text, Aspect.TEXT, Aspect.TITLE)):
        make_vector(session, near, towards=0, share=0.9, aspects=(aspect,))
        make_vector(session, near, towards=1, aspects=(other,))
    found = similar(session, call)
    assert labels(found) == [label_of(question), label_of(by_title), label_of(by_text)]
    assert labels(nearest(session, call, question)) == [label_of(by_text)]


@pytest.mark.parametrize(
    ("overviews", "word"), [(("", ""), "Related"), (("Why.", ""), "Very close"), (("Why.", "How."), "Very close")]
)
def test_titles_alone_have_to_be_closer_to_be_very_close(session, call, overviews, word):
    question, near = make_question(session, call), make_question(session, call)
    question.goal_overview, near.goal_overview = overviews
    make_vector(session, question, towards=0)
    make_vector(session, near, towards=0, share=0.67)
    (found,) = nearest(session, call, question)
    assert found.closeness_word == word


def test_question_without_a_vector_has_no_nearest(session, call):
    question, near = make_question(session, call), make_question(session, call)
    make_vector(session, near, towards=0)
    assert nearest(session, call, question) == ()


def test_words_match_where_the_model_does_not_know_the_language(session, call):
    near = make_question(session, call, title="火星上曾经有生命吗？", language="zh")
    make_question(session, call, title="黑洞里面有什么？", language="zh")
    assert labels(lexical_matches(session, call=call, text="火星有生命吗")) == [label_of(near)]
    arabic = make_question(session, call, title="هل توجد حياة على المرّيخ؟", language="ar")
    assert labels(lexical_matches(session, call=call, text="هل كانت حياة على المريخ")) == [label_of(arabic)]
    assert lexical_matches(session, call=call, text="?!") == ()


def test_fragment_finds_by_meaning(client, session, call):
    near = make_question(session, call, title="What are the rings of Saturn made of?")
    other = make_question(session, call, title="Can plants grow in lunar soil?")
    embed(session, near, other)
    answer = client.get(
        f"/en/{call.slug}/similar", query_string={"title": "What is in Saturn's rings?", "language": "en"}
    )
    assert answer.status_code == 200
    assert near.title in answer.text
    assert other.title not in answer.text
    assert 'data-announce="1 similar question"' in answer.text
    assert "0." not in answer.text
    assert "<html" not in answer.text
    assert "Support this one" not in answer.text


def test_other_languages_are_compared_by_words(client, session, call):
    near = make_question(session, call, title="Из чего состоят кольца Сатурна?", language="ru")
    english = make_question(session, call, title="What are the rings of Saturn made of?")
    embed(session, near, english)
    query = {"title": "Из чего сделаны кольца Сатурна", "language": "ru"}
    answer = client.get(f"/en/{call.slug}/similar", query_string=query)
    assert near.title in answer.text
    assert english.title not in answer.text
    assert "In this language only words are compared" in answer.text
    # A Russian title means nothing to the English model, so it never appears beside an English one.
    answer = client.get(f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn&language=en")
    assert near.title not in answer.text


def test_signed_in_people_can_support_from_the_panel(client, session, call):
    near = make_question(session, call, title="What are the rings of Saturn made of?")
    embed(session, near)
    sign_in(client, session, make_person(session))
    answer = client.get(f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn&language=en")
    assert f'formaction="/en/{call.slug}/questions/{label_of(near)}/support"' in answer.text
    assert 'form="support"' in answer.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nobody_supports_a_question_of_their_own(client, session, call, language):
    author, reader = make_person(session), make_person(session)
    own = make_question(session, call, author, title="What are the rings of Saturn made of?", language=language)
    grouped = make_question(session, call, author, title="What is the matter in Saturn's rings?", language=language)
    other = make_question(session, call, title="What are the rings of Saturn made from?", language=language)
    merge(session, grouped, other)
    session.execute(
        sa.update(QuestionSource).where(QuestionSource.question_id == grouped.id).values(question_id=other.id)
    )
    third = make_question(session, call, title="What were the rings of Saturn made of?", language=language)
    embed(session, own, grouped, other, third)
    address = f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn+made+of&language={language}"
    offered = {}
    for person in (author, reader):
        sign_in(client, session, person)
        answer = client.get(address).text
        assert all(label_of(question) in answer for question in (own, other, third))
        offered[person] = [question for question in (own, other, third) if f"/{label_of(question)}/support" in answer]
    assert offered == {author: [third], reader: [own, other, third]}


def test_without_an_export_the_panel_says_so(client, session, call, no_language_model):
    answer = client.get(f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn&language=en")
    assert "The comparison is not available now. You can still submit." in answer.text


def test_nothing_embedded_yet(client, session, call):
    answer = client.get(f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn&language=en")
    assert "Nothing similar yet." in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "title=",
        "title=Why",
        "title=%00%00%00%00%00%00%00%00%00",
        "title=" + "x" * 9000,
        "language=%00&title=Aaaaaaaaaaaa",
    ],
)
def test_strange_titles_are_harmless(client, session, call, query):
    make_question(session, call)
    assert client.get(f"/en/{call.slug}/similar?{query}").status_code == 200


def test_private_questions_are_not_compared(client, session, call):
    near = make_question(session, call, title="What are the rings of Saturn made of?")
    embed(session, near)
    session.execute(sa.update(Call).where(Call.id == call.id).values(publishes_while_open=False))
    for language in ("en", "ru"):
        query = {"title": near.title, "language": language}
        assert near.title not in client.get(f"/en/{call.slug}/similar", query_string=query).text


def test_form_shows_the_panel_without_scripts(client, session, call):
    near = make_question(session, call, title="What are the rings of Saturn made of?")
    embed(session, near)
    person = make_person(session)
    sign_in(client, session, person)
    address = f"/en/{call.slug}/submit/{make_draft(session, call, person)}/question"
    typed = text_form(version=2, title="What is in Saturn's rings?", go="similar")
    page = client.get(client.post(address, data=typed).location)
    assert page.status_code == 200
    assert near.title in page.text
    assert "Very close" in page.text
    assert f'name="differs-{label_of(near)}"' in page.text
    assert typed["significance"] in page.text


def test_signed_out_readers_are_led_to_the_sign_in(client, session, call):
    near = make_question(session, call, title="What are the rings of Saturn made of?")
    embed(session, near)
    answer = client.get(f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn+made+of&language=en").text
    assert f"/sign-in?next=/en/{call.slug}/questions/{label_of(near)}" in answer and "/support" not in answer


@pytest.mark.parametrize("n", [1, 3])
def test_fragment_costs_two_statements(client, session, call, count_statements, n):
    questions = [
        make_question(session, call, title=f"What are the rings of Saturn made of, part {i}?") for i in range(n)
    ]
    embed(session, *questions)
    count_statements.clear()
    answer = client.get(f"/en/{call.slug}/similar?title=What+are+the+rings+of+Saturn+made+of&language=en")
    assert answer.text.count("<li>") == n
    assert len(count_statements) == 2


def test_fragment_is_rate_limited(client, session, call):
    answers = [client.get(f"/en/{call.slug}/similar").status_code for _ in range(61)]
    assert answers[:60] == [200] * 60
    assert answers[60] == 429


def test_public_question_is_found_behind_any_number_of_nearer_ones_that_are_not(session, call):
    public = make_question(session, call)
    make_vector(session, public, towards=0, share=0.8)
    for _ in range(30):
        make_vector(session, make_question(session, call, state=QuestionState.NEW), towards=0)
    assert labels(similar(session, call)) == [label_of(public)]

"""One request for another look: when it can be asked, who may answer, and who is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import add_submission
from builders_results import make_publication
from builders_submissions import make_question

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call
from solicit.calls.queries import out_of_scope_reasons
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question, QuestionSource, SecondLook
from solicit.questions.queries.second_looks import ASKED_WITHIN, asking_of
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.second_looks import ask_second_look
from solicit.questions.states import QuestionState, SecondLookState, question_label
from solicit.reports.models import Publication
from solicit.submissions.models import Submission

REASON = "The question is about dust in space, not about dust at home."
ANSWER = "We read it again, and still think that it is about homes."


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def author(session):
    return make_person(session, email="author@example.org")


@pytest.fixture
def refused(session, call, author) -> Question:
    question = make_question(session, call, author, title="Where does the dust come from?")
    question.reason_id = out_of_scope_reasons(session, call_id=call.id)[0].id
    question.state = QuestionState.OUT_OF_SCOPE
    session.flush()
    return question


def submission_of(session, question) -> Submission:
    source = sa.select(QuestionSource.submission_id).where(QuestionSource.first_question_id == question.id)
    return session.get_one(Submission, session.scalars(source.order_by(QuestionSource.submission_id)).first())


def ask(session, call, question, *, now=None) -> int:
    sent = submission_of(session, question)
    who = dict(submission_id=sent.id, person_id=sent.submitter_id)
    ask_second_look(session, call=call, **who, reason=REASON, now=now or utcnow())
    return sent.id


def letters(session, kind: str) -> list[tuple]:
    found = sa.select(OutboxMail.recipient, OutboxMail.params).where(OutboxMail.kind == kind)
    return [tuple(row) for row in session.execute(found.order_by(OutboxMail.id))]


def page_of(session, call, question) -> str:
    return f"/en/{call.slug}/my/{submission_of(session, question).reference}/what-became"


def test_a_submitter_asks_once_and_organizers_without_a_part_are_told(session, client, call, author, refused):
    judging, involved = make_organizer(session, call), make_organizer(session, call)
    add_submission(session, refused, authors=(involved,))
    sign_in(client, session, author)
    page = page_of(session, call, refused)
    assert "Ask for a second look" in client.get(page).text
    short = client.post(page, data={"reason": "It was about space."})
    assert short.status_code == 422 and "Explain in at least 30 characters" in short.text
    assert "It was about space." in short.text
    assert client.post(page, data={"reason": REASON}).status_code == 303
    again = client.post(page, data={"reason": REASON})
    assert again.status_code == 409 and "It can be asked once" in again.text
    look = session.scalars(sa.select(SecondLook)).one()
    assert (look.person_id, look.reason, look.state) == (author.id, REASON, SecondLookState.ASKED)
    path = f"/{call.slug}/organize/second-looks/{look.submission_id}"
    assert letters(session, "second_look_asked") == [(judging.email, {"call_title": call.title, "path": path})]
    assert session.scalars(sa.select(AuditEvent.act).where(AuditEvent.act == "ask second look")).all() == [
        "ask second look"
    ]


def test_nothing_can_be_asked_before_a_decision_or_long_after_the_results(session, client, call, author, refused):
    new = make_question(session, call, author, title="Is this new one read?", state=QuestionState.NEW)
    sign_in(client, session, author)
    assert client.post(page_of(session, call, new), data={"reason": REASON}).status_code == 409
    now = utcnow()
    session.add(
        Publication(
            call_id=call.id, number=1, digest=bytes(32), package=b"", contents={"outcomes": []}, published_at=now
        )
    )
    session.flush()
    asking = asking_of(session, call=call, submission_id=submission_of(session, refused).id)
    assert asking.until == now + ASKED_WITHIN
    assert (asking.is_open(now), asking.is_open(now + timedelta(days=14))) == (True, False)
    session.execute(sa.update(Publication).values(published_at=now - ASKED_WITHIN))
    late = client.post(page_of(session, call, refused), data={"reason": REASON})
    assert late.status_code == 409 and "until 14 days after" in late.text
    assert session.scalars(sa.select(SecondLook)).all() == []


def test_an_answer_is_in_own_words_and_one_that_keeps_the_decision_is_only_recorded(
    session, client, call, author, refused
):
    submission_id = ask(session, call, refused)
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    desk = f"/{call.slug}/organize/second-looks"
    assert client.get(desk).text.count(REASON) == 1
    page = client.get(f"{desk}/{submission_id}").text
    assert f"/{call.slug}/organize/questions/{refused.id}" in page
    said = {"outcome": "kept", "answer": ANSWER, "version": refused.version}
    assert client.post(f"{desk}/{submission_id}", data=said | {"outcome": "asked"}).status_code == 422
    assert client.post(f"{desk}/{submission_id}", data=said).status_code == 303
    assert client.post(f"{desk}/{submission_id}", data=said).status_code == 409
    look = session.scalars(sa.select(SecondLook)).one()
    assert (look.state, look.answer, look.answered_by_id) == (SecondLookState.KEPT, ANSWER, organizer.id)
    assert session.get_one(Question, refused.id, populate_existing=True).state is QuestionState.OUT_OF_SCOPE
    ((recipient, params),) = letters(session, "second_look_answered")
    assert recipient == author.email
    assert (params["text"], params["path"]) == (ANSWER, page_of(session, call, refused))
    assert [client.get(f"{desk}?state={state}").text.count(refused.title) for state in ("asked", "kept")] == [0, 1]


def test_organizers_with_a_part_neither_see_nor_count_nor_answer(session, client, call, refused):
    submission_id = ask(session, call, refused)
    involved = make_organizer(session, call)
    add_submission(session, refused, authors=(involved,))
    sign_in(client, session, involved)
    desk = f"/{call.slug}/organize/second-looks"
    page = client.get(desk).text
    assert REASON not in page and "No request waits for you." in page
    missing = client.get(f"{desk}/{submission_id + 999}")
    assert (client.get(f"{desk}/{submission_id}").status_code, missing.status_code) == (404, 404)
    assert client.post(f"{desk}/{submission_id}", data={"outcome": "kept", "answer": ANSWER}).status_code == 404
    assert session.scalars(sa.select(SecondLook.state)).one() is SecondLookState.ASKED


def answering(session, client, call, question) -> tuple[str, dict]:
    """The address of a request about a question, asked by its author and read by an organizer, and an answer."""
    submission_id = ask(session, call, question)
    sign_in(client, session, make_organizer(session, call))
    said = {"outcome": "changed", "answer": ANSWER, "version": question.version}
    return f"/{call.slug}/organize/second-looks/{submission_id}", said


def over(session, call) -> None:
    """The results of the call are published: the desk decides nothing any more."""
    make_publication(session, call)
    session.execute(sa.update(Call).where(Call.id == call.id).values(state=CallState.PUBLISHED, closed_at=utcnow()))
    session.commit()


def test_an_answer_takes_a_question_into_the_call_after_the_publication(session, client, call, author, refused):
    over(session, call)
    page, said = answering(session, client, call, refused)
    screening = f"/{call.slug}/organize/questions/{refused.id}/in-scope"
    client.post(screening, data={"version": refused.version})
    assert session.get_one(Question, refused.id, populate_existing=True).state is QuestionState.OUT_OF_SCOPE
    for path in ("questions?state=out_of_scope", f"questions/{refused.id}"):
        desk = client.get(f"/{call.slug}/organize/{path}").text
        assert (
            "nothing is decided here any more" in desk and "Take the next one" not in desk and "/in-scope" not in desk
        )
    assert "your answer can still take it into the call" in client.get(page).text

    stale = client.post(page, data=said | {"version": refused.version + 1})
    assert stale.status_code == 409 and ANSWER in stale.text and "changed while you were reading it" in stale.text
    assert client.post(page, data=said).status_code == 303

    question = session.get_one(Question, refused.id, populate_existing=True)
    label = question_label(question.kind, question.number)
    assert (question.state, question.reason_id) == (QuestionState.IN_SCOPE, None)
    (screened,) = letters(session, "question_screened")
    assert (screened[0], screened[1]["label"]) == (author.email, label)
    ((recipient, params),) = letters(session, "second_look_answered")
    assert (recipient, params["is_late"]) == (author.email, True)
    acts = sa.select(AuditEvent.act).where(AuditEvent.act.in_(("move", "answer second look"))).order_by(AuditEvent.id)
    assert session.scalars(acts).all()[-2:] == ["move", "answer second look"]
    assert label in client.get(f"/{call.slug}/organize/publication").text
    sign_in(client, session, author)
    assert "when the results were published already" in client.get(page_of(session, call, refused)).text


def test_a_question_without_a_theme_is_filed_when_it_is_taken_in(session, client, call, refused):
    refused.theme_id = None
    session.flush()
    page, said = answering(session, client, call, refused)
    assert client.post(page, data=said).status_code == 422
    assert client.post(page, data=said | {"theme": call.themes[0].key}).status_code == 303
    question = session.get_one(Question, refused.id, populate_existing=True)
    assert (question.state, question.theme_id) == (QuestionState.IN_SCOPE, call.themes[0].id)


def test_a_change_is_offered_only_where_it_is_true(session, client, call, author, refused):
    """A question in scope has nothing left to change; one that the desk took in since has, and it is only recorded."""
    refused.state, refused.reason_id = QuestionState.IN_SCOPE, None
    refused.screened_at = utcnow() - timedelta(days=1)
    over(session, call)
    page, said = answering(session, client, call, refused)
    assert "A frozen ranking never does" in client.get(page).text
    assert client.post(page, data=said).status_code == 422
    refused.screened_at = utcnow() + timedelta(minutes=1)
    session.commit()
    assert client.post(page, data=said).status_code == 303
    assert session.get_one(Question, refused.id, populate_existing=True).version == said["version"]


def test_a_grouping_in_published_results_cannot_be_changed_by_an_answer(session, client, call, author):
    question, target = (make_question(session, call, author, title=f"Is this dust {n}?") for n in (1, 2))
    merge_questions(session, source_id=question.id, target_id=target.id, actor_id=None, now=utcnow())
    page, said = answering(session, client, call, question)
    assert "undo the merge first" in client.get(page).text
    over(session, call)
    assert "cannot be undone. If it was wrong, say so in your answer" in client.get(page).text
    assert client.post(page, data=said).status_code == 422


def test_the_desk_takes_the_same_few_statements_for_one_and_for_many(session, client, call, author, count_statements):
    sign_in(client, session, make_organizer(session, call))
    counted = []
    for n in (1, 3):
        for number in range(n):
            question = make_question(session, call, author, title=f"Is this question {n} {number} of dust?")
            target = make_question(session, call, title=f"Is this the target {n} {number}?")
            source = session.scalars(
                sa.select(QuestionSource).where(QuestionSource.first_question_id == question.id)
            ).one()
            source.question_id, question.merged_into_id = target.id, target.id
            question.state = QuestionState.MERGED
            session.flush()
            ask(session, call, question)
        session.commit()
        count_statements.clear()
        client.get(f"/{call.slug}/organize/second-looks")
        counted.append(len(count_statements))
    assert counted == [4, 4]

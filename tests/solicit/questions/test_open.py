"""Questions open with their submission and follow it until the desk has spoken."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_submissions import make_question, merge, send, text_values

from solicit.calls.models import OutOfScopeReason
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.public import states_of
from solicit.questions.queries.wording import compared_texts, wording_digest
from solicit.questions.service.open import follow_edit, follow_revival, follow_withdrawal
from solicit.questions.states import Aspect, QuestionState
from solicit.submissions import service
from solicit.submissions.queries.imports import ImportedText
from solicit.submissions.states import TextValues

NEW_WORDS = dict(
    language="fr",
    title="Où est la poussière?",
    goal_overview="On veut trouver d'où elle vient.",
    significance="Pour comprendre les planètes.",
    approach="",
)


def new_words(theme_id=None) -> TextValues:
    return TextValues(kind=Kind.QUESTION, theme_id=theme_id, **NEW_WORDS)


@pytest.fixture
def call(session):
    return make_call(session)


def digest_of(question) -> bytes:
    return wording_digest(question.title, question.goal_overview, question.significance, question.approach)


def n_jobs(session) -> int:
    return session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'questions.embed'"))


def withdraw(session, call, submission_id, person):
    service.withdraw(session, call=call, submission_id=submission_id, person_id=person.id, now=utcnow())
    follow_withdrawal(session, submission_id=submission_id, now=utcnow())


def revive(session, call, submission_id, person):
    service.revive(session, call=call, submission_id=submission_id, person_id=person.id, now=utcnow())
    follow_revival(session, submission_id=submission_id)


def move(session, question, state, **values):
    question.state = state
    for name, value in values.items():
        setattr(question, name, value)
    session.flush()


def test_question_opens_with_its_text(session, call):
    _receipt, question_id = send(session, call, title="Où est la Matière étrange?")
    question = session.get_one(Question, question_id)
    assert (question.state, question.number, question.version) == (QuestionState.NEW, None, 1)
    assert question.search_text.startswith("ou est la matiere etrange we want")
    assert question.text_digest == digest_of(question)
    assert n_jobs(session) == 1


def test_wording_follows_the_only_submission(session, call):
    receipt, question_id = send(session, call)
    theme_id = call.theme("life").id
    assert follow_edit(
        session,
        submission_id=receipt.submission_id,
        text=new_words(theme_id),
    )
    question = session.get_one(Question, question_id)
    assert (question.title, question.language, question.theme_id) == (NEW_WORDS["title"], "fr", theme_id)
    assert question.version == 2
    assert "poussiere" in question.search_text
    assert question.text_digest == digest_of(question)
    assert n_jobs(session) == 1  # one waiting job is enough


def test_every_part_of_the_wording_counts_for_its_digest():
    words = ("Where?", "To find it.", "It matters.", "By looking.")
    changed = [(*words[:n], words[n] + " Really.", *words[n + 1 :]) for n in range(4)]
    moved = ("Where? To", "find it.", "It matters.", "By looking.")

    assert len({wording_digest(*each) for each in (words, *changed, moved)}) == 6
    assert wording_digest(" Where?\n", "To  find it.", "It matters.\n", "By\nlooking.") == wording_digest(*words)


def test_text_that_is_compared_is_the_title_and_the_overview():
    assert compared_texts("Where?", "To find it.") == {Aspect.TITLE: "Where?", Aspect.TEXT: "Where?\nTo find it."}
    assert compared_texts("Where?", "") == {Aspect.TITLE: "Where?", Aspect.TEXT: "Where?"}


@pytest.mark.parametrize("state", [QuestionState.IN_SCOPE, QuestionState.WITHDRAWN])
def test_wording_stays_once_the_desk_has_spoken(session, call, state):
    receipt, question_id = send(session, call, title="Where is the dust we know?")
    question = session.get_one(Question, question_id)
    move(session, question, state, number=7)
    assert not follow_edit(session, submission_id=receipt.submission_id, text=new_words())
    assert question.title == "Where is the dust we know?"


def test_wording_of_a_question_with_two_voices_stays(session, call):
    receipt, question_id = send(session, call, title="Where is the dust we know?")
    other, other_id = send(session, call)
    source = session.get_one(QuestionSource, other.submission_id)
    source.question_id = question_id
    session.flush()
    merge(session, session.get_one(Question, other_id), session.get_one(Question, question_id))
    for sent in (receipt, other):
        assert not follow_edit(session, submission_id=sent.submission_id, text=new_words())
    assert session.get_one(Question, question_id).title == "Where is the dust we know?"


@pytest.mark.parametrize("screened", [True, False])
def test_withdrawal_and_revival_give_the_state_back(session, call, screened):
    person = make_person(session)
    receipt, question_id = send(session, call, person)
    question = session.get_one(Question, question_id)
    if screened:
        move(session, question, QuestionState.IN_SCOPE, number=3, screened_at=utcnow())
    before = question.state
    withdraw(session, call, receipt.submission_id, person)
    assert question.state is QuestionState.WITHDRAWN
    revive(session, call, receipt.submission_id, person)
    assert question.state is before


def test_out_of_scope_question_is_read_anew_after_its_revival(session, call):
    person = make_person(session)
    receipt, question_id = send(session, call, person)
    question = session.get_one(Question, question_id)
    reason_id = session.scalars(sa.select(OutOfScopeReason.id).where(OutOfScopeReason.call_id == call.id)).one()
    move(session, question, QuestionState.OUT_OF_SCOPE, reason_id=reason_id, screened_at=utcnow(), number=4)
    withdraw(session, call, receipt.submission_id, person)
    revive(session, call, receipt.submission_id, person)
    assert (question.state, question.reason_id) == (QuestionState.NEW, None)


def test_question_stays_while_another_submission_speaks_through_it(session, call):
    person, other = make_person(session), make_person(session)
    receipt, question_id = send(session, call, person)
    second, second_id = send(session, call, other)
    session.get_one(QuestionSource, second.submission_id).question_id = question_id
    merge(session, session.get_one(Question, second_id), session.get_one(Question, question_id))
    question = session.get_one(Question, question_id)
    withdraw(session, call, receipt.submission_id, person)
    assert question.state is QuestionState.NEW
    withdraw(session, call, second.submission_id, other)
    assert question.state is QuestionState.WITHDRAWN
    revive(session, call, second.submission_id, other)
    assert question.state is QuestionState.NEW


def test_submitters_read_public_words(session, call):
    new, _id = send(session, call)
    screened = make_question(session, call)
    grouped, grouped_id = send(session, call)
    session.get_one(QuestionSource, grouped.submission_id).question_id = screened.id
    merge(session, session.get_one(Question, grouped_id), screened)
    sources = session.execute(sa.select(QuestionSource.submission_id, QuestionSource.first_question_id)).all()
    submission_of = {source.first_question_id: source.submission_id for source in sources}
    found = states_of(session, tuple(submission_of.values()))
    label = f"Q-{screened.number}"
    assert (found[new.submission_id].state_word, found[new.submission_id].label) == ("Being read", None)
    assert found[submission_of[screened.id]].label == label
    assert found[submission_of[screened.id]].state_word == "Part of the call"
    assert found[grouped.submission_id].state_word == "Grouped with another question"
    assert found[grouped.submission_id].label == label
    assert states_of(session, ()) == {}


def test_imported_text_without_theme_opens_too(session, call):
    text = text_values(call, goal_overview="", significance="")
    text = type(text)(**{**text.__dict__, "theme_id": None})
    ((submission_id, _),) = service.bring_in(session, call=call, texts=[ImportedText(text, "A report")], now=utcnow())
    assert np.isfinite(submission_id)
    assert not text.is_complete

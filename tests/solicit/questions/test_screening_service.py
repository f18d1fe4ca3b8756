"""What screening does to a question, and what it refuses."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_questions import make_model, make_question, make_vector

from solicit.audit.models import AuditEvent
from solicit.calls.models import Theme
from solicit.calls.queries import out_of_scope_reasons
from solicit.calls.states import CallState, Kind
from solicit.errors import Closed, Conflict, InvalidMove, NotFound, Refused
from solicit.mail.models import OutboxMail
from solicit.questions.models import QuestionVector
from solicit.questions.service import screen
from solicit.questions.states import QuestionState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


def decision(question, organizer, now) -> dict:
    return dict(question_id=question.id, version=question.version, actor_id=organizer.id, now=now)


def mails(session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def put_out(session, call, question, organizer, now, note="") -> None:
    reason = out_of_scope_reasons(session, call_id=call.id)[0]
    screen.put_out_of_scope(session, **decision(question, organizer, now), reason_id=reason.id, note=note)


def test_in_scope_gives_number_and_tells_the_submitter(session, call, organizer, now):
    submitter = make_person(session, locale="fr")
    question = make_question(session, call, submitter=submitter)

    label = screen.put_in_scope(session, **decision(question, organizer, now)).label

    assert label == f"Q-{question.number}"
    assert (question.state, question.screened_by_id, question.screened_at) == (
        QuestionState.IN_SCOPE,
        organizer.id,
        now,
    )
    (mail,) = mails(session)
    assert (mail.kind, mail.recipient, mail.locale) == ("question_screened", submitter.email, "fr")
    assert mail.params["label"] == label
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "question")).one()
    assert (event.act, event.subject_id, event.details) == ("move", question.id, {"old": "new", "new": "in_scope"})


def test_numbers_never_repeat_and_kinds_count_apart(session, call, organizer, now):
    questions = [make_question(session, call) for _ in range(3)]
    plan = make_question(session, call, kind=Kind.PLAN)
    numbers = []
    for question in questions:
        screen.put_in_scope(session, **decision(question, organizer, now))
        numbers.append(question.number)
    label = screen.put_in_scope(session, **decision(plan, organizer, now)).label

    assert numbers == sorted(set(numbers))
    assert label == f"P-{plan.number}"


def test_question_keeps_its_number_when_moved_out_and_in_again(session, call, organizer, now):
    question = make_question(session, call)
    screen.put_in_scope(session, **decision(question, organizer, now))
    number = question.number

    put_out(session, call, question, organizer, now)
    screen.put_in_scope(session, **decision(question, organizer, now))

    assert question.number == number
    assert (question.reason_id, question.reason_note) == (None, "")
    assert [mail.kind for mail in mails(session)] == [
        "question_screened",
        "question_out_of_scope",
        "question_screened",
    ]


def test_out_of_scope_tells_reason_and_note(session, call, organizer, now):
    question = make_question(session, call)

    put_out(session, call, question, organizer, now, note="Try the other call.")

    (mail,) = mails(session)
    assert mail.params["reason"] == "It is about something else."
    assert mail.params["note"] == "Try the other call."
    assert question.state is QuestionState.OUT_OF_SCOPE


def test_import_without_submitter_gets_no_mail(session, call, organizer, now):
    question = make_question(session, call, with_submission=False)

    screen.put_in_scope(session, **decision(question, organizer, now))

    assert mails(session) == []


def test_back_to_new_forgets_who_screened_it(session, call, organizer, now):
    question = make_question(session, call)
    put_out(session, call, question, organizer, now)

    screen.put_back(session, **decision(question, organizer, now))

    assert (question.state, question.screened_at, question.screened_by_id) == (QuestionState.NEW, None, None)
    assert question.reason_id is None


def test_question_without_theme_cannot_be_in_scope(session, call, organizer, now):
    question = make_question(session, call, theme=None)

    with pytest.raises(Refused):
        screen.put_in_scope(session, **decision(question, organizer, now))

    assert (question.state, question.number) == (QuestionState.NEW, None)


def test_second_organizer_who_read_an_older_version_is_told(session, call, organizer, now):
    question = make_question(session, call)
    older = decision(question, organizer, now)
    screen.put_in_scope(session, **older)

    with pytest.raises(Conflict):
        screen.put_back(session, **older)

    assert question.state is QuestionState.IN_SCOPE


def test_question_in_scope_cannot_be_put_in_scope_again(session, call, organizer, now):
    question = make_question(session, call, state=QuestionState.IN_SCOPE)

    with pytest.raises(InvalidMove):
        screen.put_in_scope(session, **decision(question, organizer, now))


def test_merged_question_is_not_screened(session, call, organizer, now):
    target = make_question(session, call)
    merged = make_question(session, call, state=QuestionState.MERGED, merged_into_id=target.id)

    with pytest.raises(Refused):
        screen.put_in_scope(session, **decision(merged, organizer, now))


def test_missing_question_is_not_found(session, organizer, now):
    with pytest.raises(NotFound):
        screen.put_back(session, question_id=2**62, version=1, actor_id=organizer.id, now=now)


def test_reason_of_another_call_is_refused(session, call, organizer, now):
    question = make_question(session, call)
    foreign = out_of_scope_reasons(session, call_id=make_call(session).id)[0]

    with pytest.raises(Refused):
        screen.put_out_of_scope(session, **decision(question, organizer, now), reason_id=foreign.id, note="")

    assert question.state is QuestionState.NEW


def test_theme_changes_with_its_vector(session, call, organizer, now):
    question = make_question(session, call)
    make_vector(session, question, make_model(session), [1, 0, 0, 0])
    life = call.theme("life")

    screen.change_theme(session, **decision(question, organizer, now), theme_id=life.id)

    assert question.theme_id == life.id
    assert session.scalars(sa.select(QuestionVector.theme_id)).all() == [life.id, life.id]


def test_theme_of_another_call_is_refused(session, call, organizer, now):
    question = make_question(session, call)
    foreign = make_call(session).theme("life")

    with pytest.raises(Refused):
        screen.change_theme(session, **decision(question, organizer, now), theme_id=foreign.id)

    assert session.get(Theme, question.theme_id).call_id == call.id


def test_desk_is_closed_after_publication(session, now):
    call = make_call(session, state=CallState.PUBLISHED)
    organizer = make_organizer(session, call)
    question = make_question(session, call)

    with pytest.raises(Closed):
        screen.put_in_scope(session, **decision(question, organizer, now))


def test_many_leaves_out_what_one_may_not_decide(session, call, organizer, now):
    ready = [make_question(session, call) for _ in range(2)]
    without_theme = make_question(session, call, theme=None)
    own = make_question(session, call, submitter=organizer)
    foreign = make_question(session, make_call(session))
    asked = [question.id for question in (*ready, without_theme, own, foreign)]

    n_done = screen.put_many_in_scope(session, call_id=call.id, question_ids=asked, actor_id=organizer.id, now=now)

    assert n_done == 2
    assert {question.state for question in ready} == {QuestionState.IN_SCOPE}
    assert {question.state for question in (without_theme, own, foreign)} == {QuestionState.NEW}
    assert ready[0].number < ready[1].number

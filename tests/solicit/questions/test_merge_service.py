"""Merging and undoing it: nothing is lost, in any order."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_questions import make_pair, make_question

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call
from solicit.calls.states import CallState, Kind
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.questions.models import Merge, Question, QuestionSource
from solicit.questions.service.merge import merge_all, merge_questions
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState, Verdict
from solicit.submissions.models import Submission
from solicit.submissions.states import SubmissionState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def merge(session, organizer, now):
    def do(source, target, **values) -> int:
        return merge_questions(
            session, source_id=source.id, target_id=target.id, actor_id=organizer.id, now=now, **values
        )

    return do


@pytest.fixture
def undo(session, organizer, now):
    return lambda merge_id: undo_merge(session, merge_id=merge_id, actor_id=organizer.id, now=now)


def sources(session) -> dict[int, int]:
    """Which question each submission speaks through."""
    return dict(session.execute(sa.select(QuestionSource.submission_id, QuestionSource.question_id)).all())


def standing(session) -> dict[int, tuple]:
    rows = session.execute(sa.select(Question.id, Question.state, Question.merged_into_id, Question.version))
    return {row.id: tuple(row[1:]) for row in rows}


def test_merging_moves_submissions_and_keeps_the_state(session, call, organizer, merge, now):
    source, target = make_question(session, call), make_question(session, call, state=QuestionState.IN_SCOPE)

    merge_id = merge(source, target)

    assert (source.state, source.merged_into_id) == (QuestionState.MERGED, target.id)
    assert set(sources(session).values()) == {target.id}
    kept = session.get(Merge, merge_id)
    assert (kept.state_before, kept.merged_by_id, len(kept.submission_ids)) == (QuestionState.NEW, organizer.id, 1)
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "merge")).one()
    assert (event.subject_id, event.details) == (source.id, {"other": target.id})


def test_both_submitters_are_told_of_merge_and_undo(session, call, merge, undo):
    people = [make_person(session) for _ in range(2)]
    source, target = (make_question(session, call, submitter=person) for person in people)

    undo(merge(source, target))

    mails = session.execute(sa.select(OutboxMail.kind, OutboxMail.person_id).order_by(OutboxMail.id)).all()
    ids = sorted(person.id for person in people)
    assert sorted(mails) == sorted((kind, id_) for kind in ("questions_grouped", "grouping_undone") for id_ in ids)


def test_same_is_recorded_and_taken_back(session, call, organizer, merge, undo, now):
    source, target = make_question(session, call), make_question(session, call)
    pair = make_pair(session, source, target)

    merge_id = merge(source, target)
    assert (pair.verdict, pair.decided_at, pair.decided_by_id) == (Verdict.SAME, now, organizer.id)
    undo(merge_id)

    assert (pair.verdict, pair.decided_at, pair.decided_by_id) == (None, None, None)


def test_merge_against_a_verdict_is_refused(session, call, merge, now):
    source, target = make_question(session, call), make_question(session, call)
    make_pair(session, source, target, verdict=Verdict.DIFFERENT, decided_at=now)

    with pytest.raises(Conflict):
        merge(source, target)

    assert source.state is QuestionState.NEW


def test_merged_question_takes_and_gives_no_more(session, call, merge):
    first, second, third = (make_question(session, call) for _ in range(3))
    merge(first, second)

    for source, target in ((third, first), (first, third)):
        with pytest.raises(Conflict):
            merge(source, target)


def test_target_carries_its_sources_along_and_gets_them_back(session, call, merge, undo):
    first, second, third = (make_question(session, call) for _ in range(3))
    before = sources(session)
    inner, outer = merge(first, second), merge(second, third)
    assert set(sources(session).values()) == {third.id}

    undo(outer)
    assert sorted(sources(session).values()) == [second.id, second.id, third.id]
    undo(inner)

    assert sources(session) == before


def test_inner_merge_is_undone_while_the_outer_one_stands(session, call, merge, undo):
    first, second, third = (make_question(session, call) for _ in range(3))
    before = sources(session)
    inner, outer = merge(first, second), merge(second, third)

    undo(inner)
    assert sorted(sources(session).values()) == [first.id, third.id, third.id]
    undo(outer)

    assert sources(session) == before


def test_undoing_twice_is_a_conflict(session, call, merge, undo):
    merge_id = merge(make_question(session, call), make_question(session, call))
    undo(merge_id)

    with pytest.raises(Conflict):
        undo(merge_id)


def test_missing_ones_are_not_found(session, call, merge, undo):
    question = make_question(session, call)

    with pytest.raises(NotFound):
        merge(question, Question(id=2**62))
    with pytest.raises(NotFound):
        undo(2**62)


def test_what_does_not_fit_is_refused(session, call, merge):
    question = make_question(session, call)
    plan = make_question(session, call, kind=Kind.PLAN)
    foreign = make_question(session, make_call(session))

    for other in (plan, foreign, question):
        with pytest.raises(Refused):
            merge(question, other)


def test_screened_question_does_not_vanish_in_an_unscreened_one(session, call, merge):
    screened, new = make_question(session, call, state=QuestionState.IN_SCOPE), make_question(session, call)

    with pytest.raises(Refused):
        merge(screened, new)


def test_question_of_an_open_round_needs_its_chair(session, call, merge):
    source, target = make_question(session, call), make_question(session, call)

    with pytest.raises(Refused):
        merge(source, target, locked_ids=frozenset({target.id}))

    assert source.state is QuestionState.NEW


def test_desk_is_closed_after_publication(session, now):
    call = make_call(session, state=CallState.PUBLISHED)
    source, target = make_question(session, call), make_question(session, call)

    with pytest.raises(Closed):
        merge_questions(session, source_id=source.id, target_id=target.id, actor_id=None, now=now)


def test_question_whose_submission_was_withdrawn_meanwhile_is_withdrawn_on_undo(session, call, merge, undo):
    source, target = make_question(session, call), make_question(session, call)
    submission_id = next(id_ for id_, question_id in sources(session).items() if question_id == source.id)
    merge_id = merge(source, target)
    submission = session.get(Submission, submission_id)
    submission.state, submission.withdrawn_at = SubmissionState.WITHDRAWN, utcnow()

    undo(merge_id)

    assert (source.state, target.state) == (QuestionState.WITHDRAWN, QuestionState.NEW)


@pytest.mark.parametrize(
    ("states", "shows", "tells"),
    [
        (("new", "new"), True, False),
        (("new", "in_scope"), True, True),
        (("in_scope", "in_scope"), True, True),
        (("in_scope", "in_scope"), False, False),
    ],
)
def test_letters_name_the_other_question_where_everybody_may_read_it(session, call, merge, states, shows, tells):
    session.execute(sa.update(Call).where(Call.id == call.id).values(publishes_while_open=shows))
    one, other = (
        make_question(session, call, state=QuestionState(state), submitter=make_person(session), title=title)
        for state, title in zip(states, ("Is it made of ice?", "Is it made of dust?"), strict=True)
    )
    merge(one, other)
    mails = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    letters = {
        mail.params["title"]: read_letter(mail.kind, params=mail.params, locale="en").as_text() for mail in mails
    }
    assert letters.keys() == {one.title, other.title}
    for own, text in letters.items():
        foreign = ({one.title, other.title} - {own}).pop()
        assert own in text and (foreign in text) is tells
        assert tells or foreign not in str([mail.params for mail in mails if mail.params["title"] == own])


def test_many_are_merged_at_once_and_each_submitter_is_told_once(session, call, organizer, now):
    people = [make_person(session) for _ in range(4)]
    target, *others = (make_question(session, call, submitter=person) for person in people)

    merges = merge_all(
        session, source_ids=[other.id for other in others], target_id=target.id, actor_id=organizer.id, now=now
    )

    assert len(merges) == 3 and set(sources(session).values()) == {target.id}
    mails = session.scalars(sa.select(OutboxMail)).all()
    assert sorted(mail.person_id for mail in mails) == sorted(person.id for person in people)
    assert {mail.params["n_questions"] for mail in mails} == {4}
    undo_merge(session, merge_id=merges[1], actor_id=organizer.id, now=now)
    assert sorted(sources(session).values()) == sorted([target.id] * 3 + [others[1].id])


def test_one_that_does_not_fit_stops_all(session, call, now):
    target, fitting = make_question(session, call), make_question(session, call)
    before = sources(session), standing(session)

    with pytest.raises(Refused), session.begin_nested():
        merge_all(
            session,
            source_ids=[fitting.id, make_question(session, call, kind=Kind.PLAN).id],
            target_id=target.id,
            actor_id=None,
            now=now,
        )

    session.expire_all()
    assert sources(session).items() >= before[0].items() and standing(session).items() >= before[1].items()


def test_what_is_merged_into_one_question_is_the_same_as_each_other_until_it_is_undone(session, call, merge, undo):
    target, one, other = (make_question(session, call) for _ in range(3))
    beside, above = make_pair(session, one, other), make_pair(session, one, target)

    first, second = merge(one, target), merge(other, target)
    assert (beside.verdict, above.verdict) == (Verdict.SAME, Verdict.SAME)
    undo(second)
    assert (beside.verdict, above.verdict) == (None, Verdict.SAME)
    undo(first)

    assert (beside.verdict, above.verdict) == (None, None)


@pytest.mark.parametrize("verdict", [Verdict.RELATED, Verdict.DIFFERENT])
def test_what_somebody_told_apart_does_not_come_together_by_a_detour(session, call, merge, now, verdict):
    target, one, other = (make_question(session, call) for _ in range(3))
    make_pair(session, one, other, verdict=verdict, decided_at=now)
    merge(one, target)

    with pytest.raises(Conflict):
        merge(other, target)

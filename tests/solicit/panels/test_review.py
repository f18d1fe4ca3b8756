"""What a panelist may save, and when."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_panels import (
    add_submission,
    ask,
    force_state,
    given,
    make_panel,
    make_read_question,
    make_round,
    rate,
    seat,
)

from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.panels.models import Assignment, Review, Round, Score
from solicit.panels.queries.results import ratings
from solicit.panels.service import conflicts
from solicit.panels.service import review as service
from solicit.panels.states import AssignmentState, Confidence, RoundState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.states import QuestionState


@pytest.fixture
def asked(session):
    """An assignment in an open round whose panelist accepted the statement."""
    call = make_call(session)
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    round_id = make_round(session, call, state="open")
    return ask(session, round_id, panel, person, make_read_question(session, call))


def save(session, assignment, review, now, *, act=service.submit_review, person_id=None) -> int:
    return act(session, assignment_id=assignment.id, person_id=person_id or assignment.person_id, given=review, now=now)


def scores_of(session, assignment) -> list[int]:
    return session.scalars(
        sa.select(Score.value).where(Score.assignment_id == assignment.id).order_by(Score.criterion_id)
    ).all()


def test_a_draft_may_be_empty_and_a_review_answers_half_of_the_weight(session, asked, now):
    partly = given(session, asked.round_id, [5, None, 3], confidence=None)
    assert save(session, asked, partly, now, act=service.save_draft) == 1
    assert (asked.state, scores_of(session, asked)) == (AssignmentState.DRAFT, [5, 3])
    with pytest.raises(Refused, match="how well"):
        save(session, asked, given(session, asked.round_id, 4, confidence=None, version=1), now)
    with pytest.raises(Refused, match="half of the criteria"):
        save(session, asked, given(session, asked.round_id, [None, 3, None], version=1), now)
    assert save(session, asked, given(session, asked.round_id, [5, None, None], version=1), now) == 2
    assert (asked.state, scores_of(session, asked)) == (AssignmentState.SUBMITTED, [5])


def test_outside_ones_expertise_no_scores_are_kept(session, asked, now):
    save(session, asked, given(session, asked.round_id, 4, confidence=Confidence.OUTSIDE), now)
    assert asked.state is AssignmentState.SUBMITTED and scores_of(session, asked) == []
    (rating,) = ratings(session, round_id=asked.round_id)
    assert rating.is_outside and rating.scores == (None, None, None)


def test_a_review_changes_while_the_round_is_open(session, asked, now):
    rate(session, asked, 4)
    rate(session, asked, 2, to_panel="Less than I thought.")
    assert scores_of(session, asked) == [2, 2, 2]
    assert session.get_one(Review, asked.id).version == 2


def test_a_sent_review_does_not_go_back_to_a_draft(session, asked, now):
    rate(session, asked, 4)
    with pytest.raises(Refused, match="was sent"):
        save(session, asked, given(session, asked.round_id, 2, version=1), now, act=service.save_draft)
    assert scores_of(session, asked) == [4, 4, 4]


def test_a_review_saved_elsewhere_is_not_overwritten(session, asked, now):
    rate(session, asked, 4)
    with pytest.raises(Conflict, match="another window"):
        save(session, asked, given(session, asked.round_id, 1, version=0), now)
    assert scores_of(session, asked) == [4, 4, 4]


@pytest.mark.parametrize("state", ["closed", "frozen"])
def test_after_the_close_nothing_is_saved(session, asked, now, state):
    rate(session, asked, 4)
    force_state(session, asked.round_id, state)
    for act in (service.save_draft, service.submit_review):
        with pytest.raises(Closed, match="closed"):
            save(session, asked, given(session, asked.round_id, 1, version=1), now, act=act)
    with pytest.raises(Closed):
        service.abstain(session, assignment_id=asked.id, person_id=asked.person_id, reason="Late", now=now)
    assert scores_of(session, asked) == [4, 4, 4]


def test_before_the_round_opens_there_is_nothing_to_save(session, asked, now):
    force_state(session, asked.round_id, "draft")
    with pytest.raises(NotFound):
        rate(session, asked, 4)


def test_the_statement_comes_first(session, now):
    call = make_call(session)
    panel = make_panel(session, call)
    person = seat(session, call, panel, accepts=False)
    assignment = ask(session, make_round(session, call, state="open"), panel, person, make_read_question(session, call))
    with pytest.raises(Refused, match="statement"):
        rate(session, assignment, 4)


def test_nobody_saves_for_another_person(session, asked, now):
    with pytest.raises(NotFound):
        save(session, asked, given(session, asked.round_id, 4), now, person_id=make_person(session).id)
    assert session.get(Review, asked.id) is None


def test_a_criterion_of_another_round_is_refused(session, asked, now):
    other = make_round(session, make_call(session))
    with pytest.raises(Refused):
        save(session, asked, given(session, other, 4), now)
    with pytest.raises(Refused):
        save(session, asked, given(session, other, 4), now, act=service.save_draft)


def test_who_turns_out_to_be_an_author_cannot_save_and_does_not_count(session, asked, now):
    rate(session, asked, 5)
    assert len(ratings(session, round_id=asked.round_id)) == 1
    question = session.get_one(Assignment, asked.id).question_id
    add_submission_to(session, question, asked.person_id)
    assert ratings(session, round_id=asked.round_id) == ()
    with pytest.raises(NotFound):
        rate(session, asked, 5)


def add_submission_to(session, question_id, person_id):
    question, person = session.get_one(Question, question_id), session.get_one(Person, person_id)
    return add_submission(session, question, authors=(make_person(session), person))


@pytest.mark.parametrize("state", [QuestionState.NEW, QuestionState.WITHDRAWN])
def test_a_question_that_left_the_call_is_not_reviewed(session, asked, now, state):
    session.get_one(Question, asked.question_id).state = state
    session.flush()
    with pytest.raises(NotFound):
        rate(session, asked, 4)


def test_abstaining_counts_as_done_gives_no_rating_and_can_be_taken_back(session, asked, now):
    rate(session, asked, 4)
    service.abstain(session, assignment_id=asked.id, person_id=asked.person_id, reason="Too close", now=now)
    assert (asked.state, asked.abstain_reason) == (AssignmentState.ABSTAINED, "Too close")
    assert ratings(session, round_id=asked.round_id) == ()
    rate(session, asked, 3)
    assert (asked.state, asked.abstain_reason) == (AssignmentState.SUBMITTED, "")


def test_a_declared_conflict_voids_the_review_in_every_unfrozen_round(session, asked, now):
    rate(session, asked, 5)
    call_panel = session.get_one(Assignment, asked.id).panel_id
    frozen = make_round_beside(session, asked, call_panel)
    conflicts.declare_conflict(session, assignment_id=asked.id, person_id=asked.person_id, reason="My student", now=now)
    session.expire_all()
    assert asked.state is AssignmentState.VOIDED
    assert frozen.state is AssignmentState.SUBMITTED
    assert ratings(session, round_id=asked.round_id) == ()
    with pytest.raises(NotFound):
        rate(session, asked, 5)


def make_round_beside(session, asked, panel_id) -> Assignment:
    """The same question and panelist in an earlier round that is frozen."""
    row = session.get_one(Round, asked.round_id)
    earlier = Round(
        call_id=row.call_id,
        kind=row.kind,
        name="Earlier",
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        seed=1,
        created_at=row.created_at,
        state=RoundState.OPEN,
    )
    session.add(earlier)
    session.flush()
    assignment = Assignment(
        round_id=earlier.id,
        question_id=asked.question_id,
        panel_id=panel_id,
        person_id=asked.person_id,
        affinity=1.0,
        queue_order=1,
        assigned_at=row.created_at,
        state=AssignmentState.SUBMITTED,
    )
    session.add(assignment)
    session.flush()
    force_state(session, earlier.id, "frozen")
    return assignment


def test_a_conflict_in_a_frozen_round_goes_to_the_organizers(session, asked, now):
    force_state(session, asked.round_id, "frozen")
    with pytest.raises(Closed, match="organizers"):
        conflicts.declare_conflict(session, assignment_id=asked.id, person_id=asked.person_id, reason="Late", now=now)


def test_nobody_declares_a_conflict_for_another_person(session, asked, now):
    stranger = make_person(session)
    with pytest.raises(NotFound):
        conflicts.declare_conflict(session, assignment_id=asked.id, person_id=stranger.id, reason="No", now=now)
    assert asked.state is AssignmentState.ASSIGNED

"""Filling seats that came free: who holds an offer stays, who said no is out, as little changes as possible."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import (
    make_candidates,
    make_limit_set,
    make_ranked_question,
    make_selection,
    solve_and_store,
)

from solicit.clock import utcnow
from solicit.errors import Conflict, Refused
from solicit.invitations.models import Invitation, LimitSet, Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits, Pin
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.service.selecting.case import Wanted
from solicit.invitations.service.selecting.propose import start_replacement
from solicit.invitations.states import InvitationState as State
from solicit.invitations.states import Outcome, Purpose, Rule, SelectionState
from solicit.invitations.tasks import selections as tasks
from solicit.jobs.models import Job

LIMITS = Limits(seats=3, budget_cents=2_000_000)


@pytest.fixture
def call(session):
    return make_call(session, n_places=10)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run, n=6)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


@pytest.fixture
def first_id(session, call, run, people, ada, bo):
    """Approved: the three best are invited."""
    selection_id = make_selection(session, call, run, proposer=ada, limits=LIMITS)
    approve(session, call, selection_id, bo)
    return selection_id


def approve(session, call, selection_id, organizer):
    return approve_selection(
        session, call_id=call.id, selection_id=selection_id, approver_id=organizer.id, now=utcnow()
    )


def answer(session, person, state):
    """What happens to an invitation once its letter left."""
    invitation = session.scalars(sa.select(Invitation).where(Invitation.person_id == person.id)).one()
    now = utcnow()
    invitation.state, invitation.changed_at = state, now
    invitation.offered_at, invitation.answered_at = now, None if state in (State.OFFERED, State.EXPIRED) else now
    session.flush()
    return invitation


def replacement(session, call, *, by=None):
    """The number of the selection that the job makes."""
    job_id = start_replacement(session, call=call, actor_id=by.id if by else None, now=utcnow())
    tasks.select(job_id=job_id, **session.get(Job, job_id).arguments)
    return session.scalar(sa.select(sa.func.max(Selection.id)))


def states(session, people):
    rows = session.execute(sa.select(Invitation.person_id, Invitation.state))
    by_person = dict(rows.all())
    return [by_person.get(person.id) for person in people]


def test_decline_brings_the_next_in(session, call, people, first_id, ada):
    answer(session, people[0], State.ACCEPTED)
    declined = answer(session, people[1], State.DECLINED)
    selection_id = replacement(session, call)
    selection = session.get(Selection, selection_id)
    assert (selection.purpose, selection.replaces_id) == (Purpose.REPLACEMENT, first_id)
    assert (selection.state, selection.proposed_by_id) == (SelectionState.PROPOSED, None)
    rows = {row.person_id: row for row in session.scalars(of_selection(selection_id))}
    assert [rows[person.id].rule for person in people[:4]] == [Rule.ACCEPTED, Rule.OUT, Rule.NONE, Rule.NONE]
    assert [rows[person.id].is_kept for person in people[:4]] == [False, False, True, False]
    assert approve(session, call, selection_id, ada) == 1
    assert states(session, people[:5]) == [State.ACCEPTED, State.REPLACED, State.SELECTED, State.SELECTED, None]
    newcomer = session.scalars(sa.select(Invitation).where(Invitation.person_id == people[3].id)).one()
    assert (declined.replaced_by_id, newcomer.selection_id) == (newcomer.id, selection_id)
    assert session.get(Selection, first_id).state is SelectionState.REPLACED


def of_selection(selection_id):
    return sa.select(SelectionCandidate).where(SelectionCandidate.selection_id == selection_id)


def test_each_newcomer_takes_one_place_in_the_order_of_leaving(session, call, people, first_id, ada):
    answer(session, people[0], State.ACCEPTED)
    expired, declined = answer(session, people[2], State.EXPIRED), answer(session, people[1], State.DECLINED)
    assert approve(session, call, replacement(session, call), ada) == 2
    newcomers = session.scalars(sa.select(Invitation).where(Invitation.state == State.SELECTED)).all()
    by_merit = sorted(newcomers, key=lambda row: [person.id for person in people].index(row.person_id))
    assert [row.person_id for row in by_merit] == [people[3].id, people[4].id]
    assert [expired.replaced_by_id, declined.replaced_by_id] == [row.id for row in by_merit]


def test_who_was_chosen_stays_though_somebody_better_came(session, call, run, people, first_id, ada):
    answer(session, people[0], State.DECLINED)
    late = [make_person(session) for _ in range(2)]
    for person in late:
        make_ranked_question(session, call, run, p_top_k=0.95, people=[person])
    approve(session, call, replacement(session, call), ada)
    assert states(session, people[:4]) == [State.REPLACED, State.SELECTED, State.SELECTED, None]
    assert sorted(filter(None, map(str, states(session, late)))) == ["InvitationState.SELECTED", "None"]


def test_who_holds_an_offer_keeps_seat_and_cost_though_no_candidate_any_more(session, call, people, first_id, ada):
    holder = answer(session, people[0], State.OFFERED)
    answer(session, people[1], State.DECLINED)
    people[0].active = False
    session.flush()
    before = holder.cost_cents
    selection_id = replacement(session, call)
    row = session.get(SelectionCandidate, (selection_id, people[0].id))
    assert (row.is_chosen, row.rule, row.cost_cents) == (True, Rule.ACCEPTED, before)
    assert approve(session, call, selection_id, ada) == 1
    assert holder.state is State.OFFERED


def test_answer_that_came_after_the_proposal_is_respected(session, call, people, first_id, ada):
    answer(session, people[0], State.DECLINED)
    selection_id = replacement(session, call)
    answer(session, people[1], State.DECLINED)
    with pytest.raises(Conflict, match="Answers came in"):
        approve(session, call, selection_id, ada)
    assert approve(session, call, replacement(session, call), ada) == 2


def test_rules_of_organizers_hold_until_the_person_answers(session, call, run, people, ada, bo):
    pins = (Pin(people[4].id, Rule.ALWAYS, "Host"), Pin(people[3].id, Rule.NEVER, "Asked not to"))
    limits = Limits(3, 2_000_000, pins=pins)
    approve(session, call, make_selection(session, call, run, proposer=ada, limits=limits), bo)
    answer(session, people[4], State.DECLINED)
    assert approve(session, call, replacement(session, call), ada) == 1
    assert states(session, people) == [State.SELECTED, State.SELECTED, State.SELECTED, None, State.REPLACED, None]


def test_person_whom_nobody_wrote_to_may_be_let_go_and_chosen_again(session, call, run, people, ada, bo):
    approve(session, call, make_selection(session, call, run, proposer=ada, limits=LIMITS), bo)
    smaller = make_limit_set(session, call, [run.id], limits=Limits(2, 2_000_000))
    first = session.scalar(sa.select(Selection.id).where(Selection.state == SelectionState.APPROVED))
    selection_id = solve_and_store(session, call, Wanted(smaller, replaces_id=first), proposer_id=None)
    assert approve(session, call, selection_id, ada) == 0
    assert states(session, people[:3]) == [State.SELECTED, State.SELECTED, None]
    answer(session, people[0], State.DECLINED)
    assert approve(session, call, replacement(session, call), ada) == 1
    assert states(session, people[:3]) == [State.REPLACED, State.SELECTED, State.SELECTED]


def test_cancelled_place_is_filled_too(session, call, people, first_id, ada):
    invitation = session.scalars(sa.select(Invitation).where(Invitation.person_id == people[0].id)).one()
    invitation.state, invitation.cancelled_at, invitation.changed_at = State.CANCELLED, utcnow(), utcnow()
    session.flush()
    assert approve(session, call, replacement(session, call), ada) == 1
    assert invitation.state is State.CANCELLED
    assert session.get(Invitation, invitation.replaced_by_id).person_id == people[3].id


def test_other_account_of_an_invited_person_is_not_invited(session, call, people, first_id, ada):
    answer(session, people[0], State.OFFERED)
    answer(session, people[1], State.DECLINED)
    selection_id = replacement(session, call)
    row = session.get(SelectionCandidate, (selection_id, people[0].id))
    other = make_person(session)
    session.delete(row)
    session.flush()
    session.add(
        SelectionCandidate(
            selection_id=selection_id,
            person_id=other.id,
            also_ids=[people[0].id],
            merit=90,
            basis=row.basis,
            cost_cents=row.cost_cents,
            region="",
            question_ids=[],
            theme_keys=[],
            is_chosen=True,
        )
    )
    session.flush()
    assert approve(session, call, selection_id, ada) == 1
    assert states(session, [other, people[0]]) == [None, State.OFFERED]


def test_several_answers_are_one_job(session, call, people, first_id):
    answer(session, people[0], State.DECLINED)
    job_id = start_replacement(session, call=call, actor_id=None, now=utcnow())
    answer(session, people[1], State.DECLINED)
    assert start_replacement(session, call=call, actor_id=None, now=utcnow()) == job_id


def test_answer_while_it_is_solved_is_seen_before_it_is_stored(session, call, people, first_id, monkeypatch):
    answer(session, people[0], State.DECLINED)
    job_id = start_replacement(session, call=call, actor_id=None, now=utcnow())
    solving = tasks.solve

    def solve_slowly(posed):
        if session.get(Selection, first_id) and states(session, people)[1] is State.SELECTED:
            answer(session, people[1], State.DECLINED)
        return solving(posed)

    monkeypatch.setattr(tasks, "solve", solve_slowly)
    tasks.select(job_id=job_id, **session.get(Job, job_id).arguments)
    newest = session.scalar(sa.select(sa.func.max(Selection.id)))
    assert session.get(SelectionCandidate, (newest, people[1].id)).rule is Rule.OUT
    assert session.scalar(sa.select(sa.func.count()).select_from(Selection)) == 2


def test_seats_that_cannot_be_filled_are_a_clash(session, call, people, first_id):
    limits = session.scalars(sa.select(LimitSet)).one()
    limits.budget_cents = 1
    answer(session, people[0], State.ACCEPTED)
    assert session.get(Selection, replacement(session, call)).outcome is Outcome.INFEASIBLE


def test_nothing_approved_nothing_replaced(session, call, run, people, ada):
    make_selection(session, call, run, proposer=ada)
    with pytest.raises(Refused, match="no approved selection"):
        start_replacement(session, call=call, actor_id=None, now=utcnow())


def test_candidate_may_not_ask_for_a_replacement(session, call, run, people, first_id, ada):
    make_ranked_question(session, call, run, p_top_k=0.3, people=[ada])
    with pytest.raises(Refused, match="candidate yourself"):
        start_replacement(session, call=call, actor_id=ada.id, now=utcnow())

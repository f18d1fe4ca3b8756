"""What is to be selected from what: the wish, the candidates as they are now, and the limits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused
from solicit.invitations.models import Invitation, LimitSet, Selection
from solicit.invitations.queries.candidates import Candidate, CandidatePool, candidate_pool
from solicit.invitations.queries.limit_sets import limits_of, runs_of
from solicit.invitations.queries.limits import Limits, Pin
from solicit.invitations.queries.stored import stored_candidates_of
from solicit.invitations.states import GIVEN_RULES, GONE, HOLDING, LimitState, Purpose, Rule
from solicit.invitations.states import InvitationState as State
from solicit.words import N_

# Under these a selection may be looked at; approving takes those in force.
SOLVABLE = (LimitState.IN_FORCE, LimitState.WAITING, LimitState.REPLACED)


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: a selection from scratch, or one in the place of the approved one."""

    limit_set_id: int
    name: str = ""
    pins: tuple[Pin, ...] = ()
    replaces_id: int | None = None

    @property
    def purpose(self) -> Purpose:
        return Purpose.REPLACEMENT if self.replaces_id else Purpose.FIRST


@dataclass(frozen=True, eq=False)
class Case:
    """Everything a selection is solved from; the limits carry all rules about people."""

    wanted: Wanted
    pool: CandidatePool
    limits: Limits
    kept: frozenset[int]


def case_of(session: Session, *, call: CallFacts, wanted: Wanted, proposer_id: int | None) -> Case:
    """The candidates and rules as they are now.

    Raises NotFound for limits of another call, Refused for limits that nobody decided on, rules that make no sense
    or a proposer who is a candidate.
    """
    limit_set = session.get(LimitSet, wanted.limit_set_id)
    if limit_set is None or limit_set.call_id != call.id:
        raise NotFound
    if limit_set.state not in SOLVABLE:
        raise Refused(N_("These limits are not in force. Put them in force first."))
    pool = candidate_pool(session, call=call, run_ids=runs_of(session, limit_set_id=limit_set.id))
    case = Case(wanted, pool, limits_of(session, limit_set_id=limit_set.id), frozenset())
    if wanted.replaces_id:
        case = _with_answers(session, call_id=call.id, case=case)
    _check_people(case.pool, proposer_id)
    _check_pins(wanted.pins, case.pool.person_ids)
    answered = {pin.person_id for pin in case.limits.pins}
    given = tuple(pin for pin in wanted.pins if pin.person_id not in answered)
    pins = tuple(sorted((*case.limits.pins, *given), key=lambda pin: pin.person_id))
    return replace(case, limits=replace(case.limits, pins=pins))


def _check_people(pool: CandidatePool, proposer_id: int | None) -> None:
    if not pool.candidates:
        raise Refused(N_("Nobody can be invited yet: no author near the top is willing, and no nominee consented."))
    if proposer_id in pool.person_ids:
        raise Refused(N_("You are a candidate yourself. Another organizer must propose the selection."))


def _check_pins(pins: Collection[Pin], person_ids: frozenset[int]) -> None:
    people = [pin.person_id for pin in pins]
    if len(set(people)) < len(people):
        raise Refused(N_("A candidate has two rules. Keep one of them."))
    if not set(people) <= person_ids:
        raise Refused(N_("A rule names somebody who is not a candidate."))
    if any(pin.rule not in GIVEN_RULES or not pin.reason for pin in pins):
        raise Refused(N_("Every rule about a person needs a reason."))


def _with_answers(session: Session, *, call_id: int, case: Case) -> Case:
    """The case with what people answered so far: who holds an offer stays at their cost, who is gone stays out."""
    earlier = session.get(Selection, case.wanted.replaces_id)
    if earlier is None or earlier.call_id != call_id:
        raise NotFound
    invited = invitations_of(session, call_id=call_id)
    pool = _with_holders(session, case.pool, invited, earlier.id)
    found = {candidate.person_id: of_account(candidate, invited) for candidate in pool.candidates}
    by_state = {number: invitation.state for number, invitation in found.items() if invitation}
    pins = tuple(Pin(number, _rule(state), "") for number, state in by_state.items() if state is not State.SELECTED)
    kept = frozenset(number for number, state in by_state.items() if state is State.SELECTED)
    return replace(case, pool=pool, limits=replace(case.limits, pins=pins), kept=kept)


def invitations_of(session: Session, *, call_id: int, lock: bool = False) -> dict[int, Invitation]:
    """The invitations of a call by person, as they are now; one statement."""
    found = sa.select(Invitation).where(Invitation.call_id == call_id).order_by(Invitation.id)
    rows = session.scalars(found.with_for_update() if lock else found, execution_options={"populate_existing": True})
    return {row.person_id: row for row in rows}


def of_account(candidate, invited: Mapping[int, Invitation]) -> Invitation | None:
    """The invitation of a candidate, by any of their accounts; one that stands before one that fell."""
    found = [invited[number] for number in (candidate.person_id, *candidate.also_ids) if number in invited]
    return min(found, key=lambda invitation: (invitation.state in GONE, invitation.id), default=None)


def _rule(state: State) -> Rule:
    return Rule.ACCEPTED if state in HOLDING else Rule.OUT


def _with_holders(
    session: Session, pool: CandidatePool, invited: Mapping[int, Invitation], selection_id: int
) -> CandidatePool:
    """The pool with everybody who has a seat, at the cost that was committed, though they be no candidate by now."""
    seated = {number for number, invitation in invited.items() if invitation.state not in GONE}
    missing = seated - pool.person_ids
    known = stored_candidates_of(session, selection_id=selection_id, person_ids=missing) if missing else ()
    candidates: Iterable[Candidate] = (*pool.candidates, *known)
    in_order = sorted(candidates, key=lambda candidate: candidate.person_id)
    return replace(pool, candidates=tuple(_as_invited(candidate, invited) for candidate in in_order))


def _as_invited(candidate: Candidate, invited: Mapping[int, Invitation]) -> Candidate:
    invitation = of_account(candidate, invited)
    if invitation is None or invitation.state in GONE:
        return candidate
    return replace(candidate, cost_cents=invitation.cost_cents, attendance=invitation.attendance)

"""Finding accounts that may be one person, and keeping what somebody decides of them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused, check_move
from solicit.invitations.models import CandidateDouble
from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.in_force import pool_in_force
from solicit.invitations.queries.sight import visible_candidates
from solicit.invitations.states import DOUBLE_MOVES, DoubleBasis, DoubleState
from solicit.people.models import Person
from solicit.web.folding import fold
from solicit.words import N_

Pair = tuple[int, int]


def find_doubles(session: Session, *, call: CallFacts, now: datetime) -> int:
    """Note every pair of candidates that may be one person; how many pairs are new.

    An ORCID iD unites at once, and its pair is noted so that somebody can part it; a name only raises a question.
    """
    pool = pool_in_force(session, call=call)
    if pool is None:
        return 0
    found = dict.fromkeys(_same_name(pool.candidates), (DoubleBasis.NAME, DoubleState.SUSPECTED))
    found |= dict.fromkeys(_same_orcid(session, pool), (DoubleBasis.ORCID, DoubleState.SAME))
    rows = [
        dict(call_id=call.id, first_id=first, second_id=second, basis=basis, state=state, reason="", found_at=now)
        for (first, second), (basis, state) in sorted(found.items())
    ]
    if not rows:
        return 0
    stored = insert(CandidateDouble).values(rows).on_conflict_do_nothing().returning(CandidateDouble.id)
    return len(session.scalars(stored).all())


def decide_double(
    session: Session, *, call: CallFacts, double_id: int, to: DoubleState, reason: str, actor_id: int, now: datetime
) -> None:
    """Say that two accounts are one person or two, with a reason; SUSPECTED takes the decision back."""
    double = session.scalar(
        sa.select(CandidateDouble)
        .where(CandidateDouble.id == double_id, CandidateDouble.call_id == call.id)
        .with_for_update()
    )
    _check_actor(session, call=call, double=double, actor_id=actor_id)
    is_undone = to is DoubleState.SUSPECTED
    if double.decided_at is not None or to is not double.state:  # nobody decided yet that one ORCID iD is one person
        check_move(DOUBLE_MOVES, double.state, to)
    if not is_undone and not reason:
        raise Refused(N_("Say how you know."))
    double.state = DoubleState.SAME if is_undone and double.basis is DoubleBasis.ORCID else to
    double.reason = "" if is_undone else reason
    double.decided_at, double.decided_by_id = (None, None) if is_undone else (now, actor_id)
    session.flush()
    record(
        session,
        act="undo decision on double" if is_undone else "decide on double",
        subject="candidate_double",
        subject_id=double_id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        state=to.value,
    )


def _check_actor(session: Session, *, call: CallFacts, double: CandidateDouble | None, actor_id: int) -> None:
    """Nobody decides on whom they do not see, and no candidate on other candidates."""
    pool = pool_in_force(session, call=call)
    if double is None or pool is None:
        raise NotFound
    seen = visible_candidates(session, pool=pool, viewer_id=actor_id)
    if not {double.first_id, double.second_id} <= {number for each in seen for number in each.account_ids}:
        raise NotFound
    if actor_id in pool.person_ids:
        raise Refused(N_("You are a candidate yourself. Another organizer must decide."))


def _same_name(candidates: tuple[Candidate, ...]) -> Iterator[Pair]:
    """People of one name who share a country, an institution or a question."""
    by_name = defaultdict(list)
    for candidate in candidates:
        by_name[tuple(sorted(fold(candidate.name).split()))].append(candidate)
    for name, those in by_name.items():
        if name:
            yield from ((a.person_id, b.person_id) for a, b in combinations(those, 2) if _is_near(a, b))


def _is_near(one: Candidate, other: Candidate) -> bool:
    institutions = {fold(one.institution), fold(other.institution)}
    has_one_institution = len(institutions) == 1 and "" not in institutions
    has_one_country = one.country is not None and one.country == other.country
    return has_one_country or has_one_institution or not set(one.question_ids).isdisjoint(other.question_ids)


def _same_orcid(session: Session, pool: CandidatePool) -> Iterator[Pair]:
    """The first account of each ORCID iD with every other one: parting those parts them all."""
    ids = [number for candidate in pool.candidates if candidate.shares_orcid for number in candidate.account_ids]
    rows = session.execute(
        sa.select(Person.orcid, Person.id).where(Person.id.in_(ids), Person.orcid.is_not(None)).order_by(Person.id)
    )
    by_orcid = defaultdict(list)
    for orcid, number in rows:
        by_orcid[orcid].append(number)
    for first, *others in by_orcid.values():
        yield from ((first, other) for other in others)

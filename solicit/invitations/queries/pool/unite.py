"""Which accounts are one person: the same ORCID iD, and what organizers decided."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import CandidateDouble
from solicit.invitations.queries.pool.accounts import Account
from solicit.invitations.states import DoubleState, Wish

Group = frozenset[int]


@dataclass(frozen=True)
class Decision:
    """What an organizer decided of two accounts."""

    first_id: int
    second_id: int
    is_same: bool


def decisions_of(session: Session, *, call: CallFacts) -> tuple[Decision, ...]:
    """Everything that was decided by a person, in the order of the accounts; one statement."""
    rows = session.execute(
        sa.select(CandidateDouble.first_id, CandidateDouble.second_id, CandidateDouble.state)
        .where(CandidateDouble.call_id == call.id, CandidateDouble.decided_at.is_not(None))
        .order_by(CandidateDouble.first_id, CandidateDouble.second_id)
    )
    return tuple(Decision(row.first_id, row.second_id, row.state is DoubleState.SAME) for row in rows)


def unite(accounts: Iterable[Account], decisions: Iterable[Decision]) -> dict[int, Group]:
    """Each open account with all the accounts of its person.

    Accounts that somebody decided to be two people are never united, by whatever detour; and an ORCID iD,
    which anybody can type, does not spread one account's “I do not want to be invited” to another.
    """
    known = {account.person_id: account for account in accounts if account.is_active}
    groups: dict[int, Group] = {number: frozenset({number}) for number in known}
    apart = frozenset(frozenset({d.first_id, d.second_id}) for d in decisions if not d.is_same)
    decided = [(d.first_id, d.second_id) for d in decisions if d.is_same and {d.first_id, d.second_id} <= known.keys()]
    for first, second in decided:
        _join(groups, apart, first, second)
    for shared in _sharing_an_orcid(known.values()):
        for at, number in enumerate(shared):
            any(_join(groups, apart, earlier, number) for earlier in shared[:at])
    return groups


def _sharing_an_orcid(accounts: Iterable[Account]) -> Iterator[list[int]]:
    by_orcid = defaultdict(list)
    for account in sorted(accounts, key=lambda account: account.person_id):
        if account.orcid and account.wish is not Wish.NOT:
            by_orcid[account.orcid].append(account.person_id)
    return (numbers for numbers in by_orcid.values() if len(numbers) > 1)


def _join(groups: dict[int, Group], apart: frozenset[Group], first: int, second: int) -> bool:
    """Make two groups one, unless it would join what is apart; whether they are one now."""
    one, other = groups[first], groups[second]
    if one != other and any(frozenset({a, b}) in apart for a in one for b in other):
        return False
    groups |= dict.fromkeys(one | other, one | other)
    return True

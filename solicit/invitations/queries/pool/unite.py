"""Which accounts are one person: the same ORCID iD, and what organizers decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.calls.queries import CallFacts
from solicit.invitations.models import CandidateDouble
from solicit.invitations.queries.pool.accounts import Account
from solicit.invitations.states import DoubleState, Wish
from solicit.people.models import Person

Group = frozenset[int]


@dataclass(frozen=True)
class Decision:
    """What an organizer decided of two accounts."""

    first_id: int
    second_id: int
    is_same: bool


@dataclass(frozen=True)
class Ties:
    """What organizers decided; and of accounts with the ORCID iD of an organizer, the organizer's own accounts."""

    decisions: tuple[Decision, ...]
    organizers_of: Mapping[int, Collection[int]]


def accounts_of(person_id: int) -> sa.CompoundSelect:
    """The account of somebody, and those with its ORCID iD unless an organizer parted them; part of a statement."""
    pairs = one_orcid().subquery()
    others = sa.select(pairs.c.other_id).where(pairs.c.person_id == person_id)
    return sa.select(sa.literal(person_id, sa.BigInteger).label("person_id")).union(others)


def one_orcid() -> sa.Select:
    """Pairs of different accounts with one ORCID iD that nobody parted; part of a statement."""
    person, other = aliased(Person), aliased(Person)
    low, high = sa.func.least(person.id, other.id), sa.func.greatest(person.id, other.id)
    parted = sa.exists().where(
        CandidateDouble.first_id == low,
        CandidateDouble.second_id == high,
        CandidateDouble.state == DoubleState.DIFFERENT,
    )
    return (
        sa.select(person.id.label("person_id"), other.id.label("other_id"))
        .join(other, other.orcid == person.orcid)
        .where(person.id != other.id, ~parted)
    )


def tied_accounts(call: CallFacts) -> sa.CompoundSelect:
    """What is known of the accounts of a call, for ``ties_from``; part of a statement."""
    is_same = CandidateDouble.state == DoubleState.SAME
    decided = sa.select(CandidateDouble.first_id, CandidateDouble.second_id, is_same.label("is_same")).where(
        CandidateDouble.call_id == call.id, CandidateDouble.decided_at.is_not(None)
    )
    pairs = one_orcid().subquery()
    organizers = sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.ORGANIZER, RoleGrant.call_id == call.id)
    at_desk = sa.select(pairs.c.person_id, pairs.c.other_id, sa.cast(sa.null(), sa.Boolean)).where(
        pairs.c.person_id.in_(organizers)
    )
    return decided.union_all(at_desk)


def ties_from(rows: Iterable[tuple[int, int, bool | None]]) -> Ties:
    """The ties in the order of the accounts."""
    organizers_of, decisions = defaultdict(set), []
    for first_id, second_id, is_same in sorted(rows, key=lambda row: row[:2]):
        if is_same is None:
            organizers_of[second_id].add(first_id)
        else:
            decisions.append(Decision(first_id, second_id, is_same))
    return Ties(tuple(decisions), organizers_of)


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

"""The groups that a quota may count: those that have at least one candidate."""

from dataclasses import dataclass

from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import group_values
from solicit.invitations.queries.words import LimitName, LimitWords
from solicit.invitations.states import QUOTA_FIELD_WORDS, QuotaField


@dataclass(frozen=True)
class Group:
    """One group, as a quota names it and as people read it."""

    key: str
    name: LimitName
    n_candidates: int


@dataclass(frozen=True)
class GroupKind:
    """All groups of one kind, such as the regions."""

    word: str
    groups: tuple[Group, ...]


def group_kinds(pool: CandidatePool, *, words: LimitWords) -> tuple[GroupKind, ...]:
    """The groups of a pool, themes first, each kind in the order of its values."""
    kinds = []
    for field in QuotaField:
        counted: dict[str, int] = {}
        for candidate in pool.candidates:
            for value in group_values(field, candidate):
                counted[value] = counted.get(value, 0) + 1
        groups = tuple(
            Group(f"{field.value}:{value}", words.group(field, value), n) for value, n in sorted(counted.items())
        )
        if groups:
            kinds.append(GroupKind(QUOTA_FIELD_WORDS[field], groups))
    return tuple(kinds)

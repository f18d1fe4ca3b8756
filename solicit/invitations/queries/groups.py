"""The groups that a quota may count: those that have at least one candidate."""

from dataclasses import dataclass

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.words import LimitName, group_name
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


def group_kinds(pool: CandidatePool, *, call: CallFacts, locale: str) -> tuple[GroupKind, ...]:
    """The groups of a pool, themes first, each kind in the order of its values."""
    kinds = []
    for field in QuotaField:
        counted: dict[str, int] = {}
        for candidate in pool.candidates:
            for value in _values(field, candidate):
                counted[value] = counted.get(value, 0) + 1
        groups = tuple(
            Group(f"{field.value}:{value}", group_name(field, value, call=call, locale=locale), n)
            for value, n in sorted(counted.items())
        )
        if groups:
            kinds.append(GroupKind(QUOTA_FIELD_WORDS[field], groups))
    return tuple(kinds)


def _values(field: QuotaField, candidate) -> tuple[str, ...]:
    match field:
        case QuotaField.THEME:
            return candidate.theme_keys
        case QuotaField.REGION:
            return (candidate.region,) if candidate.region else ()
        case QuotaField.COUNTRY:
            return (candidate.country,) if candidate.country else ()
        case QuotaField.CAREER:
            return (candidate.career.value,) if candidate.career else ()

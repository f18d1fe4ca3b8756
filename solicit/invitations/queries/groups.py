"""The groups that a quota may count: those that have at least one candidate."""

from dataclasses import dataclass

from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import group_values
from solicit.invitations.queries.words import LimitName, LimitWords
from solicit.invitations.states import QUOTA_FIELD_WORDS, Gender, QuotaField

# A gender with fewer people is shown as "fewer than 3".
FEWEST = 3


@dataclass(frozen=True)
class Group:
    """One group, as a quota names it and as people read it; ``n_candidates`` is none where too few to be told."""

    field: QuotaField
    value: str
    name: LimitName
    n_candidates: int | None

    @property
    def key(self) -> str:
        return f"{self.field.value}:{self.value}"


@dataclass(frozen=True)
class GroupKind:
    """All groups of one kind, such as the regions."""

    word: str
    groups: tuple[Group, ...]


def group_kinds(pool: CandidatePool, *, words: LimitWords) -> tuple[GroupKind, ...]:
    """The groups of a pool, themes first, each kind in the order of its values."""
    kinds = []
    for field in QuotaField:
        counted = dict.fromkeys((gender.value for gender in Gender), 0) if field is QuotaField.GENDER else {}
        for candidate in pool.candidates:
            for value in group_values(field, candidate):
                counted[value] = counted.get(value, 0) + 1
        groups = tuple(
            Group(field, value, words.group(field, value), _told(field, n)) for value, n in sorted(counted.items())
        )
        if groups:
            kinds.append(GroupKind(QUOTA_FIELD_WORDS[field], groups))
    return tuple(kinds)


def named_group(key: str, *, words: LimitWords) -> Group | None:
    """A group that nobody counts for, by its key; none for a key that names nothing."""
    kind, _, value = key.partition(":")
    try:
        field = QuotaField(kind)
        return Group(field, value, words.group(field, value), _told(field, 0))
    except (LookupError, ValueError):
        return None


def _told(field: QuotaField, n: int) -> int | None:
    return None if field is QuotaField.GENDER and n < FEWEST else n

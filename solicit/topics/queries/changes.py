"""What a proposal would change, from how many questions go from which topic to which."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solicit.topics.states import Change

# What stands first on the page of a proposal.
ORDER = tuple(Change)


@dataclass(frozen=True)
class Flow:
    """So many questions that are in one topic (none: in no topic) and would be in another.

    ``stays_put`` are questions that the proposal does not move: people hold them, or it has not read them.
    """

    theme_id: int
    old_id: int | None
    new_id: int | None
    stays_put: bool
    n: int


@dataclass(frozen=True)
class ProposedFacts:
    """What is known of a proposed topic besides its questions."""

    id: int
    theme_id: int
    continues_id: int | None
    name: str
    words_of: str | None
    sentence: str | None
    sentence_language: str | None


@dataclass(frozen=True)
class TopicChange:
    """What becomes of one topic. ``others`` are the topics that it parts from, takes in, or mostly goes to."""

    change: Change
    name: str
    topic_id: int | None
    n_before: int
    n_after: int
    n_came: int
    n_first: int
    n_went: int
    others: tuple[str, ...] = ()
    words_of: str | None = None
    sentence: str | None = None
    sentence_language: str | None = None


@dataclass(frozen=True)
class Moves:
    """How many questions stay, go to another topic, get their first one, or lose theirs."""

    stay: int
    move: int
    first: int
    lose: int

    @property
    def n_questions(self) -> int:
        return self.stay + self.move + self.first + self.lose


def count_moves(flows: Sequence[Flow], proposed: Sequence[ProposedFacts]) -> Moves:
    """The same numbers for a whole proposal as `move_of` gives for one question."""
    continues = {topic.id: topic.continues_id for topic in proposed}
    counted: Counter[str] = Counter()
    for flow in flows:
        counted[move_of(flow, continues)] += flow.n
    return Moves(**{name: counted[name] for name in ("stay", "move", "first", "lose")})


def move_of(flow: Flow, continues: dict[int, int | None]) -> str:
    """One of "stay", "move", "first", "lose", "none"."""
    if flow.stays_put:
        return "stay" if flow.old_id else "none"
    if flow.new_id is None:
        return "lose" if flow.old_id else "none"
    if flow.old_id is None:
        return "first"
    return "stay" if continues[flow.new_id] == flow.old_id else "move"


def changes_of_theme(
    flows: Sequence[Flow], proposed: Sequence[ProposedFacts], names: dict[int, str]
) -> tuple[TopicChange, ...]:
    """What becomes of each topic of one theme, what is new or gone first; ``names`` are of standing topics."""
    heir = {topic.continues_id: topic.id for topic in proposed if topic.continues_id is not None}
    # A question that is not moved goes where its topic goes; an old topic without an heir is minus its number.
    going: Counter[tuple[int | None, int | None]] = Counter()
    for flow in flows:
        to = heir.get(flow.old_id, -flow.old_id) if flow.stays_put and flow.old_id else flow.new_id
        going[flow.old_id, to] += flow.n
    before = _sums(going, 0)
    changes = [*_found(going, before, proposed, names, heir), *_gone(going, before, proposed, names, heir)]
    return tuple(sorted(changes, key=lambda each: ORDER.index(each.change)))


def _found(going, before, proposed, names, heir) -> Iterator[TopicChange]:
    after = _sums(going, 1)
    for topic in proposed:
        old_id = topic.continues_id if topic.continues_id in names else None
        sources = {old: n for (old, to), n in going.items() if to == topic.id}
        n_before, n_after = before.get(old_id, 0) if old_id else 0, after.get(topic.id, 0)
        n_first = sources.pop(None, 0)
        n_stay = sources.pop(old_id, 0)
        n_came, n_went = sum(sources.values()), n_before - n_stay
        if old_id is None:
            change, others = _origin(sources, n_after, heir)
        else:
            others = [old for old, n in sources.items() if old not in heir and 2 * n >= before[old]]
            change = _growth(n_before, n_after, n_came + n_first + n_went, bool(others))
        yield TopicChange(
            change=change,
            name=topic.name,
            topic_id=old_id,
            n_before=n_before,
            n_after=n_after,
            n_came=n_came,
            n_first=n_first,
            n_went=n_went,
            others=tuple(names[old] for old in sorted(others)),
            words_of=topic.words_of,
            sentence=topic.sentence,
            sentence_language=topic.sentence_language,
        )


def _origin(sources: dict[int, int], n_after: int, heir: dict[int, int]) -> tuple[Change, list[int]]:
    """A topic without a past is split off where at least half of it was one topic that goes on."""
    main = max(sources, key=lambda old: (sources[old], -old), default=None)
    if main is not None and main in heir and 2 * sources[main] >= n_after:
        return Change.SPLIT, [main]
    return Change.NEW, []


def _growth(n_before: int, n_after: int, n_changed: int, takes_in: bool) -> Change:
    if takes_in:
        return Change.MERGED
    if not n_changed:
        return Change.UNCHANGED
    if n_before == n_after:
        return Change.SWAPPED
    return Change.GROWN if n_after > n_before else Change.SHRUNK


def _gone(going, before, proposed, names, heir) -> Iterator[TopicChange]:
    """Topics that nothing carries on: they end, unless people hold questions in them."""
    called = {topic.id: topic.name for topic in proposed}
    for old_id in sorted(id_ for id_ in before if id_ is not None and id_ not in heir):
        targets = {to: n for (old, to), n in going.items() if old == old_id}
        n_held = targets.pop(-old_id, 0)
        main = max((to for to in targets if to is not None), key=lambda to: (targets[to], -to), default=None)
        goes_on = main is not None and 2 * targets[main] >= before[old_id]
        yield TopicChange(
            change=Change.ENDED if not n_held else (Change.SHRUNK if targets else Change.UNCHANGED),
            name=names[old_id],
            topic_id=old_id,
            n_before=before[old_id],
            n_after=n_held,
            n_came=0,
            n_first=0,
            n_went=before[old_id] - n_held,
            others=(called[main],) if goes_on and not n_held else (),
        )


def _sums(going: Counter[tuple[int | None, int | None]], side: int) -> dict[int | None, int]:
    sums: Counter[int | None] = Counter()
    for place, n in going.items():
        sums[place[side]] += n
    return sums

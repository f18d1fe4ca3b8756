"""Laying out a programme: values in, values out, and the same whatever order the questions come in."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

BLOCKS = (
    (time(9, 0), time(10, 30)),
    (time(11, 0), time(12, 30)),
    (time(14, 0), time(15, 30)),
    (time(16, 0), time(17, 30)),
)
BLOCK_MINUTES = 90
USUAL_SLOT, TIGHT_SLOT = 15, 10
SHORTEST_SESSION = 30
USUAL_SLOTS, MOST_SLOTS = BLOCK_MINUTES // USUAL_SLOT, BLOCK_MINUTES // TIGHT_SLOT
# A question with more authors than fill a session has some of them speak in the discussion.
MOST_SPEAKERS = USUAL_SLOTS
MOST_ROOMS = 6
STEP = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that the meeting takes up, its place in its theme's ranking, and who may speak to it."""

    question_id: int
    theme_place: int
    topic_id: int | None
    place: int
    speaker_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlannedSlot:
    """``speaker_id`` None: somebody is still to be named."""

    question_id: int
    speaker_id: int | None
    minutes: int


@dataclass(frozen=True)
class Planned:
    """A session; without a start it found no place that leaves everybody in one room at a time.

    ``part`` counts the sessions of one topic from 0; a session without a topic gathers questions that stand alone.
    """

    theme_place: int
    topic_id: int | None
    part: int
    slots: tuple[PlannedSlot, ...]
    room: int | None = None
    starts_at: datetime | None = None

    @property
    def minutes(self) -> int:
        return max(SHORTEST_SESSION, sum(slot.minutes for slot in self.slots))

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def speaker_ids(self) -> frozenset[int]:
        return frozenset(slot.speaker_id for slot in self.slots if slot.speaker_id is not None)


@dataclass(frozen=True)
class Taken:
    """A time that is given away already: a room, or None for one that we do not know, and people."""

    starts_at: datetime
    ends_at: datetime
    room: int | None
    speaker_ids: frozenset[int]


def lay_out(asked: Sequence[Asked], *, days: Sequence[date], taken: Sequence[Taken] = ()) -> tuple[Planned, ...]:
    """Sessions by theme and by the place of their best question, each question in one of them; times are local.

    As few rooms as hold everything are used. Nobody speaks in two sessions at once, and none lies outside the
    blocks of the days: what does not fit has no start.
    """
    sessions = _sessions(sorted(asked, key=lambda each: (each.theme_place, each.place, each.question_id)))
    tries = (_place(sessions, days, n_rooms, taken) for n_rooms in range(1, MOST_ROOMS + 1))
    return _fewest_left_over(tries) if sessions else ()


def _fewest_left_over(tries: Iterator[tuple[Planned, ...]]) -> tuple[Planned, ...]:
    best, fewest = (), None
    for placed in tries:
        n_left = sum(session.starts_at is None for session in placed)
        if fewest is None or n_left < fewest:
            best, fewest = placed, n_left
        if not n_left:
            break
    return best


def _sessions(asked: Sequence[Asked]) -> list[Planned]:
    """One session for each topic with two questions or more, and one for what stands alone in each theme."""
    sizes = Counter((each.theme_place, each.topic_id) for each in asked)
    groups: dict[tuple[int, int | None], list[Asked]] = defaultdict(list)
    for each in asked:
        stands_alone = each.topic_id is None or sizes[each.theme_place, each.topic_id] == 1
        groups[each.theme_place, None if stands_alone else each.topic_id].append(each)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0], group[1][0].place, group[1][0].question_id))
    spoken: Counter[int] = Counter()
    return [
        Planned(theme_place, topic_id, part, _slots(speakers))
        for (theme_place, topic_id), members in ordered
        for part, speakers in enumerate(_parts([(each.question_id, _speakers(each, spoken)) for each in members]))
    ]


Speakers = Sequence[tuple[int, Sequence[int | None]]]


def _speakers(asked: Asked, spoken: Counter) -> Sequence[int | None]:
    """Who speaks to a question: all its authors who come, or those of them who speak least so far."""
    least = sorted(set(asked.speaker_ids), key=lambda person: (spoken[person], person))[:MOST_SPEAKERS]
    spoken.update(least)
    return least or [None]


def _parts(questions: Speakers) -> Iterator[Speakers]:
    """The questions of one topic in as many sessions of about one size as they need; a question is never split."""
    n_slots = sum(len(speakers) for _, speakers in questions)
    most = MOST_SLOTS if n_slots <= MOST_SLOTS else -(-n_slots // -(-n_slots // USUAL_SLOTS))
    part: list = []
    for question_id, speakers in questions:
        if part and sum(len(those) for _, those in part) + len(speakers) > most:
            yield part
            part = []
        part.append((question_id, speakers))
    yield part


def _slots(questions: Speakers) -> tuple[PlannedSlot, ...]:
    n_slots = sum(len(speakers) for _, speakers in questions)
    minutes = USUAL_SLOT if n_slots <= USUAL_SLOTS else TIGHT_SLOT
    return tuple(
        PlannedSlot(question_id, person, minutes) for question_id, speakers in questions for person in speakers
    )


def _place(
    sessions: Sequence[Planned], days: Sequence[date], n_rooms: int, taken: Sequence[Taken]
) -> tuple[Planned, ...]:
    given, placed = list(taken), []
    for session in sessions:
        found = next(_places(session, days, n_rooms, given), None)
        if found is not None:
            starts_at, room = found
            session = replace(session, starts_at=starts_at, room=room)
            given.append(Taken(starts_at, starts_at + session.length, room, session.speaker_ids))
        placed.append(session)
    return tuple(placed)


def _places(
    session: Planned, days: Sequence[date], n_rooms: int, given: Sequence[Taken]
) -> Iterator[tuple[datetime, int]]:
    """The times and rooms where a session could be, the earliest first."""
    speaker_ids = session.speaker_ids
    for starts_at in _starts(session.length, days):
        ends_at = starts_at + session.length
        beside = [each for each in given if each.starts_at < ends_at and starts_at < each.ends_at]
        if not all(speaker_ids.isdisjoint(each.speaker_ids) for each in beside):
            continue
        rooms = {each.room for each in beside}
        yield from ((starts_at, room) for room in range(n_rooms) if room not in rooms)


def _starts(length: timedelta, days: Sequence[date]) -> Iterator[datetime]:
    for day in days:
        for opens, closes in BLOCKS:
            starts_at = datetime.combine(day, opens)
            while starts_at + length <= datetime.combine(day, closes):
                yield starts_at
                starts_at += STEP

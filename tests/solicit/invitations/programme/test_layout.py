"""Laying out a programme: what holds for every set of questions and people."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solicit.invitations.service.programme.layout import (
    BLOCKS,
    MOST_ROOMS,
    MOST_SPEAKERS,
    STEP,
    Asked,
    Taken,
    lay_out,
)

DAYS = [date(2027, 5, 3), date(2027, 5, 4)]
PEOPLE = st.lists(st.integers(1, 6), max_size=4).map(tuple)


def make(n, **values):
    return Asked(**dict(question_id=n, theme_place=0, topic_id=1, place=n) | values)


@st.composite
def questions(draw):
    n = draw(st.integers(0, 16))
    one = st.fixed_dictionaries(
        {
            "theme_place": st.integers(0, 3),
            "topic_id": st.none() | st.integers(1, 6),
            "place": st.integers(1, 10),
            "speaker_ids": PEOPLE,
        }
    )
    return [make(number, **draw(one)) for number in range(1, n + 1)]


@st.composite
def given_away(draw):
    starts = st.sampled_from([datetime.combine(day, opens) for day in DAYS for opens, _ in BLOCKS])
    one = st.builds(
        lambda start, minutes, *rest: Taken(start, start + timedelta(minutes=minutes), *rest),
        starts,
        st.sampled_from([30, 45, 90]),
        st.none() | st.integers(0, 2),
        st.frozensets(st.integers(1, 6), max_size=3),
    )
    return draw(st.lists(one, max_size=6))


def overlap(first, second):
    ends = [each.ends_at if isinstance(each, Taken) else each.starts_at + each.length for each in (first, second)]
    return first.starts_at < ends[1] and second.starts_at < ends[0]


def fits_somewhere(session, placed, taken, days):
    """Whether any time and room of the days would take a session, tried one by one."""
    for day in days:
        for opens, closes in BLOCKS:
            start = datetime.combine(day, opens)
            while start + session.length <= datetime.combine(day, closes):
                mine = Taken(start, start + session.length, None, session.speaker_ids)
                beside = [each for each in (*placed, *taken) if overlap(mine, each)]
                is_free = not any(session.speaker_ids & each.speaker_ids for each in beside)
                if is_free and len({each.room for each in beside} - {None}) < MOST_ROOMS:
                    return True
                start += STEP
    return False


@settings(max_examples=60)
@given(asked=questions(), taken=given_away())
def test_layout_keeps_its_laws(asked, taken):
    planned = lay_out(asked, days=DAYS, taken=taken)
    placed = [each for each in planned if each.starts_at]
    sessions_of = [(slot.question_id, n) for n, each in enumerate(planned) for slot in each.slots]
    assert sorted({question_id for question_id, _ in sessions_of}) == sorted(each.question_id for each in asked)
    assert len(set(sessions_of)) == len(asked)
    assert all(lies_in_a_block(each) for each in placed)
    for n, first in enumerate(placed):
        beside = [each for each in (*placed[n + 1 :], *taken) if overlap(first, each)]
        assert first.room not in [each.room for each in beside]
        assert not any(first.speaker_ids & each.speaker_ids for each in beside)
    assert not any(fits_somewhere(each, placed, taken, DAYS) for each in planned if each.starts_at is None)


def lies_in_a_block(each):
    day, ends_at = each.starts_at.date(), each.starts_at + each.length
    blocks = [(datetime.combine(day, opens), datetime.combine(day, closes)) for opens, closes in BLOCKS]
    return (
        day in DAYS
        and 0 <= each.room < MOST_ROOMS
        and any(opens <= each.starts_at and ends_at <= closes for opens, closes in blocks)
    )


@settings(max_examples=25)
@given(asked=questions(), seed=st.randoms(use_true_random=False))
def test_layout_is_the_same_for_any_order(asked, seed):
    shuffled = list(asked)
    seed.shuffle(shuffled)
    assert lay_out(shuffled, days=DAYS) == lay_out(asked, days=DAYS)


@settings(max_examples=25)
@given(asked=questions())
def test_everybody_who_wrote_speaks(asked):
    slots = {(slot.question_id, slot.speaker_id) for each in lay_out(asked, days=DAYS) for slot in each.slots}
    for each in asked:
        who = {speaker for question, speaker in slots if question == each.question_id}
        assert who == (set(each.speaker_ids) or {None})


def test_question_of_many_authors_is_spoken_to_by_those_who_speak_least():
    asked = [make(1, topic_id=None, speaker_ids=(1, 2)), make(2, topic_id=None, speaker_ids=tuple(range(1, 9)))]
    planned = lay_out(asked, days=DAYS)
    who = [slot.speaker_id for each in planned for slot in each.slots if slot.question_id == 2]
    assert (who, len(who)) == ([3, 4, 5, 6, 7, 8], MOST_SPEAKERS)


def test_topics_become_sessions_in_the_order_of_themes_and_best_places():
    asked = [
        make(1, theme_place=1, topic_id=7, place=1),
        make(2, theme_place=1, topic_id=7, place=4),
        make(3, topic_id=8, place=2),
        make(4, topic_id=8, place=5),
        make(5, topic_id=9, place=1),
        make(6, topic_id=None, place=3),
    ]
    planned = lay_out(asked, days=DAYS)
    assert [(each.theme_place, each.topic_id, [slot.question_id for slot in each.slots]) for each in planned] == [
        (0, None, [5, 6]),
        (0, 8, [3, 4]),
        (1, 7, [1, 2]),
    ]
    assert [each.starts_at.strftime("%d %H:%M") for each in planned] == ["03 09:00", "03 09:30", "03 10:00"]
    assert {each.room for each in planned} == {0}


@pytest.mark.parametrize(("n", "minutes", "sizes"), [(6, 15, [6]), (9, 10, [9]), (13, 15, [5, 5, 3])])
def test_slots_are_tightened_before_a_topic_is_parted(n, minutes, sizes):
    planned = lay_out([make(number) for number in range(1, n + 1)], days=DAYS)
    assert [len(each.slots) for each in planned] == sizes
    assert {slot.minutes for each in planned for slot in each.slots} == {minutes}
    assert [each.part for each in planned] == list(range(len(sizes)))


def test_speaker_of_two_sessions_is_never_in_both_at_once():
    full = [make(topic * 10 + n, topic_id=topic, speaker_ids=(1,)) for topic in range(1, 6) for n in range(6)]
    planned = lay_out(full, days=DAYS[:1])
    assert [each.starts_at is None for each in planned] == [False] * 4 + [True]
    others = [make(each.question_id, topic_id=each.topic_id, speaker_ids=(each.topic_id,)) for each in full]
    assert {each.room for each in lay_out(others, days=DAYS[:1])} == {0, 1}


def test_no_days_leave_every_session_without_a_time():
    assert [each.starts_at for each in lay_out([make(1)], days=[])] == [None]
    assert lay_out([], days=DAYS) == ()

"""Reminders of a round: to whom, when, how often, and about what."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import ask, force_state, make_later_round, make_panel, make_read_question, make_round, rate, seat

from solicit.clock import utcnow
from solicit.mail.models import MailStop, OutboxMail
from solicit.panels.models import ConflictOfInterest, Round, RoundReminder
from solicit.panels.service.reminders import due_mark, remind_panelists
from solicit.panels.states import Activity, ConflictSource, ConflictState


class World:
    """A round of three questions for one panelist that closes in ten days from ``now``."""

    def __init__(self, session, now):
        self.session, self.now = session, now
        self.call = make_call(session)
        self.panel = make_panel(session, self.call)
        self.person = seat(session, self.call, self.panel)
        dates = dict(opens_at=now - timedelta(30), closes_at=now + timedelta(10))
        self.round_id = make_round(session, self.call, state="open", **dates)
        self.questions = [make_read_question(session, self.call) for _ in range(3)]
        self.asked = [ask(session, self.round_id, self.panel, self.person, question) for question in self.questions]

    def remind(self, *, days_left: float) -> list[OutboxMail]:
        """The letters that are written when so many days are left."""
        self.session.execute(sa.delete(OutboxMail))
        remind_panelists(self.session, now=self.now + timedelta(10 - days_left))
        return list(self.session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "round_reminder")))


@pytest.fixture
def now():
    """The present: panelists of this world review, too, while its round is open."""
    return utcnow()


@pytest.fixture
def world(session, now):
    return World(session, now)


def test_three_reminders_and_each_once(world):
    counts = [len(world.remind(days_left=left)) for left in (10, 7.1, 7, 6.9, 5, 2, 1.9, 1, 0.5, 0.01, 0, -1)]
    assert counts == [0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0]
    marks = world.session.scalars(sa.select(RoundReminder.days_before).order_by(RoundReminder.days_before)).all()
    assert marks == [0, 2, 7]


def test_reminder_says_what_is_left(world):
    rate(world.session, world.asked[0], 4)
    (letter,) = world.remind(days_left=2)
    assert letter.person_id == world.person.id
    assert (letter.params["n_left"], letter.params["activity"]) == (2, "scoring")
    assert letter.params["path"] == f"/{world.call.slug}/review"


def test_who_is_done_and_who_may_not_judge_is_left_alone(world, now):
    for asked in world.asked[:2]:
        rate(world.session, asked, 4)
    world.session.add(
        ConflictOfInterest(
            question_id=world.questions[2].id,
            person_id=world.person.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            reason="Own",
            created_at=now,
        )
    )
    world.session.flush()
    assert world.remind(days_left=2) == []


def test_who_stopped_reminders_gets_none(world, now):
    world.session.add(MailStop(person_id=world.person.id, kind="round_reminder", stopped_at=now))
    world.session.flush()
    assert world.remind(days_left=2) == []


def test_closed_round_reminds_nobody(world):
    force_state(world.session, world.round_id, "closed")
    assert world.remind(days_left=2) == []


def test_round_that_opened_after_a_mark_skips_it(world, now):
    round_ = world.session.get_one(Round, world.round_id)
    round_.opened_at = now + timedelta(5)
    assert due_mark(round_, now + timedelta(6)) is None
    assert due_mark(round_, now + timedelta(8)) == 2


@pytest.mark.parametrize(("activity", "n_left"), [(Activity.COMPARING, 3), (Activity.BALLOT, 1)])
def test_pairs_and_ballots_are_reminded_of(world, activity, n_left):
    for asked in world.asked:
        rate(world.session, asked, 4)
    dates = dict(opens_at=world.now - timedelta(30), closes_at=world.now + timedelta(10))
    # A theme with one question has nothing to compare or to put in order.
    alone = make_read_question(world.session, world.call, theme="life")
    make_later_round(world.session, world.round_id, activity, [*world.questions, alone], **dates)
    (letter,) = world.remind(days_left=2)
    assert (letter.params["activity"], letter.params["n_left"]) == (activity.value, n_left)

"""The life of a round."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import CRITERIA, ask, force_state, make_panel, make_read_question, make_round, seat

from solicit.audit.models import AuditEvent
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.errors import Closed, Refused
from solicit.mail.models import OutboxMail
from solicit.panels.models import Criterion, Round
from solicit.panels.service import rounds
from solicit.panels.states import RoundState


def a_round(**values) -> rounds.NewRound:
    now = utcnow()
    usual = dict(
        kind=Kind.QUESTION,
        name="Second reading",
        opens_at=now,
        closes_at=now + timedelta(days=3),
        reviews_per_question=2,
        criteria=CRITERIA[:1],
    )
    return rounds.NewRound(**usual | values)


def assigned_round(session, call, **values):
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    round_id = make_round(session, call, **values)
    ask(session, round_id, panel, person, make_read_question(session, call))
    return round_id, person


def state_of(session, round_id) -> RoundState:
    return session.scalar(sa.select(Round.state).where(Round.id == round_id))


def test_a_round_opens_closes_reopens_and_every_move_is_audited(session):
    call = make_call(session)
    round_id, person = assigned_round(session, call)
    now = utcnow()
    assert rounds.open_round(session, round_id=round_id, actor_id=None, now=now) == 1
    letter = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "round_opened")).one()
    assert letter.person_id == person.id and letter.params["n_questions"] == 1
    rounds.close_round(session, round_id=round_id, actor_id=None, now=now)
    rounds.reopen_round(session, round_id=round_id, actor_id=None, now=now)
    moves = sa.select(AuditEvent).where(AuditEvent.act == "move", AuditEvent.subject == "round").order_by(AuditEvent.id)
    states = [(move.details["old"], move.details["new"]) for move in session.scalars(moves)]
    assert states == [("draft", "open"), ("open", "closed"), ("closed", "open")]


def test_a_round_without_assignments_does_not_open(session, now):
    round_id = make_round(session, make_call(session))
    with pytest.raises(Refused, match="Assign"):
        rounds.open_round(session, round_id=round_id, actor_id=None, now=now)
    assert state_of(session, round_id) is RoundState.DRAFT


def test_a_round_whose_date_has_passed_does_not_open(session):
    call = make_call(session)
    round_id, _ = assigned_round(session, call)
    with pytest.raises(Refused, match="passed"):
        rounds.open_round(session, round_id=round_id, actor_id=None, now=utcnow() + timedelta(days=99))


def test_two_rounds_of_a_kind_are_never_open_together(session):
    call = make_call(session)
    first, _ = assigned_round(session, call)
    second, _ = assigned_round(session, call)
    other_kind, _ = assigned_round(session, call, kind=Kind.PLAN)
    rounds.open_round(session, round_id=first, actor_id=None, now=utcnow())
    rounds.open_round(session, round_id=other_kind, actor_id=None, now=utcnow())
    with pytest.raises(Refused, match="Another round"):
        rounds.open_round(session, round_id=second, actor_id=None, now=utcnow())


@pytest.mark.parametrize("state", ["open", "closed", "frozen"])
def test_dates_and_criteria_are_fixed_once_a_round_opened(session, now, state):
    round_id = make_round(session, make_call(session), state=state)
    with pytest.raises(Closed, match="fixed"):
        rounds.change_round(session, round_id=round_id, new=a_round(), actor_id=None, now=now)
    assert session.scalar(sa.select(sa.func.count()).select_from(Criterion)) == 3


def test_a_round_in_preparation_changes_as_a_whole(session, now):
    round_id = make_round(session, make_call(session))
    rounds.change_round(session, round_id=round_id, new=a_round(kind=Kind.PLAN), actor_id=None, now=now)
    row = session.get_one(Round, round_id)
    assert (row.name, row.kind, row.reviews_per_question) == ("Second reading", Kind.PLAN, 2)
    assert session.scalars(sa.select(Criterion.key)).all() == ["importance"]


def test_the_kind_stays_once_questions_are_assigned(session, now):
    round_id, _ = assigned_round(session, make_call(session))
    with pytest.raises(Refused, match="can no longer change"):
        rounds.change_round(session, round_id=round_id, new=a_round(kind=Kind.PLAN), actor_id=None, now=now)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"criteria": ()}, "at least one"),
        ({"criteria": (CRITERIA[0], replace(CRITERIA[1], key="importance"))}, "same name"),
        ({"closes_at": utcnow() - timedelta(days=9)}, "after it opens"),
    ],
)
def test_a_round_that_makes_no_sense_is_refused(session, now, wrong, words):
    call = make_call(session)
    with pytest.raises(Refused, match=words):
        rounds.create_round(session, call=call, new=a_round(**wrong), actor_id=None, now=now)


@pytest.mark.parametrize(
    ("state", "move"),
    [
        ("draft", rounds.close_round),
        ("closed", rounds.close_round),
        ("open", rounds.reopen_round),
        ("frozen", rounds.reopen_round),
        ("open", rounds.freeze_round),
        ("frozen", rounds.freeze_round),
    ],
)
def test_illegal_moves_are_refused(session, now, state, move):
    round_id = make_round(session, make_call(session))
    force_state(session, round_id, state)
    with pytest.raises(Closed):
        move(session, round_id=round_id, actor_id=None, now=now)
    assert state_of(session, round_id).value == state

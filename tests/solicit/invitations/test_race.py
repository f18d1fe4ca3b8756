"""Two organizers at the same moment, on two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import LIMITS, make_candidates, make_limit_set, make_ranked_run, make_selection

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict
from solicit.invitations.models import Invitation, LimitSet
from solicit.invitations.queries.limit_sets import draft_limit_set
from solicit.invitations.service import limits as services
from solicit.invitations.service.approve import approve_selection
from solicit.invitations.states import LimitState
from solicit.settings import Settings


@pytest.fixture
def own_app(make_database, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, public_url="http://localhost")
    app = create_app(settings, make_database("solicit_race"))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_two_approvals_at_once_spend_once(own_app):
    with own_app.app_context(), transaction() as session:
        call = make_call(session)
        run = make_ranked_run(session, call)
        make_candidates(session, call, run)
        ada, bo = make_organizer(session, call), make_organizer(session, call)
        wanted = [(make_selection(session, call, run, proposer=who), other.id) for who, other in ((ada, bo), (bo, ada))]
    together = Barrier(2)

    def approve(pair) -> int:
        selection_id, approver_id = pair
        with own_app.app_context(), transaction() as session:
            together.wait()
            return approve_selection(
                session, call_id=call.id, selection_id=selection_id, approver_id=approver_id, now=utcnow()
            )

    def outcome(pair):
        try:
            return approve(pair)
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(outcome, wanted))
    assert sorted(map(str, results)) == ["2", "refused"]
    with own_app.app_context():
        session = db.session()
        spent = session.scalar(sa.select(sa.func.sum(Invitation.cost_cents)))
        assert spent <= session.scalar(sa.select(sa.func.min(LimitSet.budget_cents)))
        assert session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 2


def at_once(app, *acts: Callable) -> list[str]:
    """What became of acts that begin at the same moment, each with a session of its own."""
    together = Barrier(len(acts))

    def outcome(act: Callable) -> str:
        try:
            with app.app_context(), transaction() as session:
                together.wait()
                act(session)
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(outcome, acts))


@pytest.fixture
def asked(own_app):
    """A call with its run, two organizers and two changes that wait, each of a third one's."""
    with own_app.app_context(), transaction() as session:
        call = make_call(session)
        run = make_ranked_run(session, call)
        make_candidates(session, call, run)
        make_limit_set(session, call, [run.id])
        more = (replace(LIMITS, seats=seats) for seats in (7, 8))
        waiting = [make_limit_set(session, call, [run.id], limits=each, state=LimitState.WAITING) for each in more]
        return call, [make_organizer(session, call).id for _ in range(2)], waiting


def allow(call, number, who) -> Callable:
    decided = {"call": call, "limit_set_id": number, "actor_id": who, "now": utcnow()}
    return lambda session: services.put_change_in_force(session, **decided)


def refuse(call, number, who) -> Callable:
    decided = {"call": call, "limit_set_id": number, "actor_id": who, "now": utcnow()}
    return lambda session: services.refuse_change(session, reason="There is no money.", **decided)


def states(app, call) -> list[str]:
    with app.app_context():
        found = sa.select(LimitSet.state).where(LimitSet.call_id == call.id).order_by(LimitSet.id)
        return [state.value for state in db.session().scalars(found)]


def test_two_organizers_decide_once_on_a_change(own_app, asked):
    call, (ada, bo), (number, _) = asked
    assert at_once(own_app, allow(call, number, ada), allow(call, number, bo)) == ["conflict", "done"]
    assert states(own_app, call) == ["replaced", "in force", "waiting"]


def test_a_change_is_put_in_force_or_refused(own_app, asked):
    call, (ada, bo), (number, _) = asked
    assert at_once(own_app, allow(call, number, ada), refuse(call, number, bo)) == ["conflict", "done"]
    assert states(own_app, call)[:2] in (["replaced", "in force"], ["in force", "refused"])


def test_two_changes_at_once_do_not_undo_each_other(own_app, asked):
    call, (ada, bo), (first, second) = asked
    assert at_once(own_app, allow(call, first, ada), allow(call, second, bo)) == ["conflict", "done"]
    assert sorted(states(own_app, call)) == ["in force", "replaced", "waiting"]


def test_two_drafts_at_once_are_one(own_app):
    with own_app.app_context(), transaction() as session:
        call = make_call(session)
        run_ids = [make_ranked_run(session, call).id]
        people = [make_organizer(session, call).id for _ in range(2)]

    def draw_up(who) -> Callable:
        drawn_up = {"run_ids": run_ids, "limits": LIMITS, "version": "", "actor_id": who, "now": utcnow()}
        return lambda session: services.save_draft(session, call=call, **drawn_up)

    assert at_once(own_app, *map(draw_up, people)) == ["conflict", "done"]
    with own_app.app_context():
        version = draft_limit_set(db.session(), call=call).version

    def freeze(who) -> Callable:
        return lambda session: services.put_in_force(session, call=call, version=version, actor_id=who, now=utcnow())

    assert at_once(own_app, *map(freeze, people)) == ["conflict", "done"]
    assert states(own_app, call) == ["in force"]

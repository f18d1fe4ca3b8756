"""Organizers at the same moment, on connections of their own: seats and money are never committed twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import make_candidates, make_ranked_run, make_selection, solve_and_store

from solicit import create_app
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.models import Invitation, LimitSet, Selection
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.service.selecting.case import Wanted
from solicit.invitations.service.selecting.propose import start_replacement
from solicit.invitations.states import COMMITTED, InvitationState, SelectionState
from solicit.invitations.tasks import selections as tasks
from solicit.jobs.models import Job
from solicit.settings import Settings

SIX = 6
LIMITS = Limits(seats=4, budget_cents=800_000)


@dataclass(frozen=True)
class Scene:
    """A call with eight candidates, limits for four, and organizers; ``selection_ids`` all want the same seats."""

    call: CallFacts
    limit_set_id: int
    organizer_ids: tuple[int, ...]
    selection_ids: tuple[int, ...]


@pytest.fixture
def own_app(make_database, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, public_url="http://localhost")
    app = create_app(settings, make_database("solicit_race"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def scene(own_app) -> Scene:
    with own_app.app_context(), transaction() as session:
        call = make_call(session, n_places=10)
        run = make_ranked_run(session, call)
        make_candidates(session, call, run, n=8, country="CN")
        organizers = [make_organizer(session, call) for _ in range(SIX + 1)]
        numbers = [make_selection(session, call, run, proposer=organizers[0], limits=LIMITS) for _ in range(SIX)]
        limit_set_id = session.scalar(sa.select(LimitSet.id))
        return Scene(call, limit_set_id, tuple(each.id for each in organizers[1:]), tuple(numbers))


def at_once(app, *works) -> list[object]:
    """Do everything at the same moment; a refusal of the domain is an answer."""
    together = Barrier(len(works))

    def one(work):
        with app.app_context():
            try:
                with transaction() as session:
                    session.execute(sa.text("SELECT 1"))
                    together.wait()
                    return work(session)
            except DomainError as error:
                return type(error).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def approving(scene: Scene, selection_id: int, approver_id: int):
    def approve(session):
        return approve_selection(
            session, call_id=scene.call.id, selection_id=selection_id, approver_id=approver_id, now=utcnow()
        )

    return approve


def check_nothing_is_overspent(app) -> None:
    with app.app_context():
        session = db.session()
        limits = session.scalars(sa.select(LimitSet)).one()
        committed = sa.select(sa.func.count(), sa.func.sum(Invitation.cost_cents))
        n, cost = session.execute(committed.where(Invitation.state.in_(COMMITTED))).one()
        assert n <= limits.seats
        assert cost <= limits.budget_cents
        approved = sa.select(sa.func.count()).where(Selection.state == SelectionState.APPROVED)
        assert session.scalar(approved.select_from(Selection)) == 1


def test_six_approvals_at_once_spend_once(own_app, scene):
    pairs = zip(scene.selection_ids, scene.organizer_ids, strict=True)
    results = at_once(own_app, *(approving(scene, *pair) for pair in pairs))
    assert sorted(map(str, results)) == ["4"] + ["Conflict"] * 5
    check_nothing_is_overspent(own_app)


def test_approvals_and_replacements_at_once_never_overspend(own_app, scene):
    with own_app.app_context(), transaction() as session:
        approving(scene, scene.selection_ids[0], scene.organizer_ids[0])(session)
        now = utcnow()
        first, second, *_ = session.scalars(sa.select(Invitation).order_by(Invitation.id))
        for invitation, state in ((first, InvitationState.DECLINED), (second, InvitationState.OFFERED)):
            invitation.state, invitation.offered_at, invitation.answered_at = state, now, now
        session.flush()
        second_id = second.id
        wanted = Wanted(scene.limit_set_id, replaces_id=scene.selection_ids[0])
        replacements = [solve_and_store(session, scene.call, wanted, proposer_id=None) for _ in range(3)]
    works = [approving(scene, *pair) for pair in zip(replacements, scene.organizer_ids[:3], strict=True)]
    works += [approving(scene, *pair) for pair in zip(scene.selection_ids[1:3], scene.organizer_ids[3:5], strict=True)]
    results = at_once(own_app, *works, lambda session: _answer(session, second_id))
    assert sorted(map(str, results))[0] in ("1", "Conflict")
    assert results.count(1) <= 1
    check_nothing_is_overspent(own_app)
    with own_app.app_context():
        holders = sa.select(Invitation.state).where(Invitation.id == second_id)
        assert db.session().scalar(holders) is InvitationState.ACCEPTED


def _answer(session, invitation_id: int) -> str:
    invitation = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    invitation.state = InvitationState.ACCEPTED
    return "accepted"


def test_answers_at_once_are_one_replacement_that_sees_them_all(own_app, scene):
    with own_app.app_context(), transaction() as session:
        approving(scene, scene.selection_ids[0], scene.organizer_ids[0])(session)
        numbers = session.scalars(sa.select(Invitation.id).order_by(Invitation.id)).all()

    def decline(number):
        def answer(session):
            now = utcnow()
            invitation = session.get(Invitation, number, with_for_update=True, populate_existing=True)
            invitation.state, invitation.offered_at, invitation.answered_at = InvitationState.DECLINED, now, now
            session.flush()
            return start_replacement(session, call=scene.call, actor_id=None, now=now)

        return answer

    job_ids = set(at_once(own_app, *map(decline, numbers)))
    assert len(job_ids) == 1
    with own_app.app_context():
        (job_id,) = job_ids
        tasks.select(job_id=job_id, **db.session().get(Job, job_id).arguments)
        replacement = db.session().scalar(sa.select(sa.func.max(Selection.id)))
    assert at_once(own_app, approving(scene, replacement, scene.organizer_ids[0])) == [4]
    check_nothing_is_overspent(own_app)

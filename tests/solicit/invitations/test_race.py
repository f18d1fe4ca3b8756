"""Two organizers at the same moment, on two connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import make_candidates, make_ranked_run, make_selection

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict
from solicit.invitations.models import Invitation, LimitSet
from solicit.invitations.service.approve import approve_selection
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

"""Two people at the same moment, on two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation, make_limits_in_force
from builders_letters import make_letter_batch, make_meeting, prepare, send

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.models import Invitation, LetterBatch, LimitSet
from solicit.invitations.service import letters
from solicit.invitations.service.letters.deadlines import expire_unanswered
from solicit.invitations.states import COMMITTED, InvitationState, LimitState
from solicit.mail.models import OutboxMail
from solicit.settings import Settings
from solicit.submissions.service.links import LinkKey

SECRET = "a secret of the tests"


@pytest.fixture
def own_app(make_database, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, public_url="http://localhost")
    app = create_app(settings, make_database("solicit_letters_race"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app, *acts: Callable) -> list:
    """What each act returned, or how it was refused; all begin together, each in its own transaction."""
    together = Barrier(len(acts))

    def run(act: Callable):
        with app.app_context(), suppress(DomainError), transaction() as session:
            together.wait()
            return act(session)
        return "refused"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def make_prepared(session, *, n_people=2, **limits):
    call = make_call(session)
    make_limits_in_force(session, call, seats=9, **limits)
    ada = make_organizer(session, call)
    batch_id = make_letter_batch(session, call, ada, *(make_person(session) for _ in range(n_people)))
    return call, ada, batch_id


def test_two_approvals_of_one_batch_write_to_everybody_once(own_app):
    with transaction() as session:
        call, _, batch_id = make_prepared(session)
        bo, cy = make_organizer(session, call), make_organizer(session, call)
    acts = [lambda session, who=who: send(session, call, batch_id, who, SECRET) for who in (bo, cy)]
    assert sorted(map(str, at_once(own_app, *acts))) == ["2", "refused"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 2


def test_two_batches_at_once_stay_within_the_limits(own_app):
    with transaction() as session:
        call, ada, first = make_prepared(session, n_people=1, budget_cents=150_000)
        second = make_letter_batch(session, call, ada)
        bo, cy = make_organizer(session, call), make_organizer(session, call)
    acts = [lambda session, pair=pair: send(session, call, *pair, SECRET) for pair in ((first, bo), (second, cy))]
    # Both are committed already, so that neither fits before one of them is cancelled.
    assert at_once(own_app, *acts) == ["refused", "refused"]
    with transaction() as session:
        chosen = session.scalars(sa.select(Invitation).where(Invitation.batch_id == second)).one()
        chosen.state = InvitationState.CANCELLED
    assert at_once(own_app, *acts) == [1, "refused"]


def test_two_organizers_prepare_at_once_and_nobody_gets_two_letters(own_app):
    with transaction() as session:
        call = make_call(session)
        make_meeting(session, call)
        make_invitation(session, call)
        organizers = make_organizer(session, call), make_organizer(session, call)
    acts = [lambda session, who=who: prepare(session, call, who) for who in organizers]
    assert at_once(own_app, *acts).count("refused") == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LetterBatch)) == 1


def test_limits_that_change_while_letters_are_approved_are_kept_or_refuse_them(own_app):
    with transaction() as session:
        call, _, batch_id = make_prepared(session, budget_cents=200_000)
        bo = make_organizer(session, call)

    def tighten(session):
        in_force = sa.select(LimitSet).where(LimitSet.state == LimitState.IN_FORCE).with_for_update()
        session.scalars(in_force).one().state = LimitState.REPLACED
        session.flush()
        make_limits_in_force(session, call, budget_cents=100_000)
        committed = Invitation.state.in_(COMMITTED) & Invitation.offered_at.is_not(None)
        return session.scalar(sa.select(sa.func.count()).where(committed))

    sent, n_seen = at_once(own_app, lambda session: send(session, call, batch_id, bo, SECRET), tighten)
    # Either the letters left first and the change saw them, or the change came first and nothing left.
    assert (sent, n_seen) in ((2, 2), ("refused", 0))


def test_answer_and_end_at_once_leave_one_of_them(own_app):
    with transaction() as session:
        call, _, batch_id = make_prepared(session, n_people=1)
        send(session, call, batch_id, make_organizer(session, call), SECRET)
    invitation = db.session.scalars(sa.select(Invitation)).one()
    key, end = LinkKey(invitation.id, invitation.nonce), invitation.answer_by
    db.session.remove()
    at_once(
        own_app,
        lambda session: letters.accept(session, call=call, key=key, now=end - timedelta(seconds=1)),
        lambda session: expire_unanswered(session, now=end),
    )
    state = db.session.scalars(sa.select(Invitation.state)).one()
    told = db.session.scalars(sa.select(OutboxMail.kind).where(OutboxMail.kind == "invitation_place_free")).all()
    assert (state, len(told)) in ((InvitationState.ACCEPTED, 0), (InvitationState.EXPIRED, 2))


def test_yes_and_no_at_once_are_one_answer(own_app):
    with transaction() as session:
        call, _, batch_id = make_prepared(session, n_people=1)
        send(session, call, batch_id, make_organizer(session, call), SECRET)
    invitation = db.session.scalars(sa.select(Invitation)).one()
    what = dict(call=call, key=LinkKey(invitation.id, invitation.nonce), now=utcnow())
    db.session.remove()
    at_once(
        own_app,
        lambda session: letters.accept(session, **what),
        lambda session: letters.decline(session, note="", **what),
    )
    row = db.session.scalars(sa.select(Invitation)).one()
    assert row.state in (InvitationState.ACCEPTED, InvitationState.DECLINED)
    told = db.session.scalars(sa.select(OutboxMail.kind).where(OutboxMail.kind == "invitation_place_free")).all()
    assert len(told) == (2 if row.state is InvitationState.DECLINED else 0)

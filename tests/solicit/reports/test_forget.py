"""What is kept only for a while goes by itself."""

from datetime import timedelta

import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_panels import force_state, make_panel, make_round, seat
from builders_people import is_signed_in

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.audit.models import AuditEvent
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.panels.models import Round
from solicit.reports import tasks
from solicit.submissions.models import ImportBatch


def old_call(session, *, state=CallState.PUBLISHED, days=40):
    """A call that closed before ``days``, with a round and a panelist; returns the panelist."""
    end = utcnow() - timedelta(days=days)
    times = dict(opens_at=end - timedelta(days=9), closes_at=end)
    call = make_call(session, state=state, **times)
    person = seat(session, call, make_panel(session, call))
    round_id = make_round(session, call, state="open")
    force_state(session, round_id, "closed")
    session.execute(sa.update(Round).where(Round.id == round_id).values(**times))
    session.commit()
    return call, person, round_id


def seats_of(session, person) -> list[RoleGrant]:
    return list(session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person.id)))


def test_former_panelist_loses_access_after_thirty_days(client, session):
    call, person, _round = old_call(session)
    organizer = make_organizer(session, call)
    sign_in(client, session, person)
    assert client.get(f"/{call.slug}/review").status_code == 200
    tasks.forget(timestamp=0)
    assert seats_of(session, person) == [] and not is_signed_in(client)
    assert [grant.role for grant in seats_of(session, organizer)] == [Role.ORGANIZER]
    assert "end seat" in session.scalars(sa.select(AuditEvent.act)).all()
    sign_in(client, session, person)
    assert client.get(f"/{call.slug}/review").status_code == 403


def test_panelist_keeps_access_while_there_may_be_work(session):
    recent = old_call(session, days=29)
    unpublished = old_call(session, state=CallState.CLOSED)
    open_round = old_call(session)
    force_state(session, open_round[2], "open")
    session.commit()
    tasks.forget(timestamp=0)
    assert all(seats_of(session, person) for _, person, _ in (recent, unpublished, open_round))


def test_imported_files_go_after_thirty_days(session):
    call = make_call(session)
    for days in (31, 29):
        values = dict(columns=[], rows=[["a text"]], digest=b"x", read_at=utcnow() - timedelta(days=days))
        session.add(ImportBatch(call_id=call.id, **values))
    session.commit()
    tasks.forget(timestamp=0)
    left = session.scalars(sa.select(ImportBatch.read_at)).all()
    assert len(left) == 1 and left[0] > utcnow() - timedelta(days=30)

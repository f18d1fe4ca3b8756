"""The whole life of invitations over a real mail server: what leaves, to whom, and whose name is in it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_limits_in_force
from builders_letters import make_letter_batch, send
from builders_mail import HEADERS, MailServer, listening

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.invitations.models import Invitation
from solicit.invitations.service import letters
from solicit.invitations.service.letters.deadlines import expire_unanswered, remind_invited
from solicit.invitations.states import InvitationState
from solicit.mail import tasks
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.settings import Settings
from solicit.submissions.service.links import AnswerLinks

PUBLIC_URL = "http://calls.example"
PEOPLE = {"Wanjiru Kamau": "wanjiru", "Li Wei": "liwei", "Rosa Castellano": "castellano", "Tunde Okafor": "okafor"}


@pytest.fixture
def mail_server():
    return MailServer()


@pytest.fixture
def outside(make_database, mail_server, tmp_path):
    with listening(mail_server) as port:
        settings = Settings(
            instance_dir=tmp_path,
            testing=True,
            public_url=PUBLIC_URL,
            mail_server="127.0.0.1",
            mail_port=port,
            second_factor="optional",
        )
        outside = create_app(settings, make_database("solicit_letters_wire"))
        outside.config.update(WTF_CSRF_ENABLED=False)
        with outside.app_context():
            yield outside
            db.session.remove()
            db.engine.dispose()


def send_waiting(mail_server) -> dict[str, str]:
    """Send the outbox; the raw mails by their receivers."""
    mail_server.envelopes.clear()
    waiting = db.session.scalars(
        sa.select(OutboxMail.id).where(OutboxMail.state == MailState.QUEUED).order_by(OutboxMail.id)
    ).all()
    db.session.remove()
    for mail_id in waiting:
        tasks.send(mail_id=mail_id)
    return {envelope.rcpt_tos[0]: _unfolded(mail_server, n) for n, envelope in enumerate(mail_server.envelopes)}


def _unfolded(mail_server, number: int) -> str:
    mail = mail_server.mail(number)
    assert set(mail.keys()) <= HEADERS | {"Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post"}
    assert list(mail.iter_attachments()) == []
    bodies = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *bodies])


def link_in(raw: str) -> str:
    return re.search(rf"{PUBLIC_URL}(/\S+/invitation/[^\s\"<]+)", raw).group(1)


def check_names(mails: dict[str, str]) -> None:
    """No mail holds the name or the address of anybody but its receiver."""
    for address, raw in mails.items():
        for name, box in PEOPLE.items():
            is_own = address == f"{box}@example.org"
            assert is_own or (name not in raw and f"{box}@" not in raw), (address, name)


def test_whole_life_of_four_invitations(outside, mail_server):
    with transaction() as session:
        call = make_call(session, contact="desk@calls.example")
        make_limits_in_force(session, call, seats=4)
        ada = make_organizer(session, call, email="ada@example.org")
        bo = make_organizer(session, call, email="bo@example.org")
        people = [make_person(session, full_name=name, email=f"{box}@example.org") for name, box in PEOPLE.items()]
        send(session, call, make_letter_batch(session, call, ada, *people), bo, outside.secret_key)
        ids, bo_id = [person.id for person in people], bo.id
    invited = send_waiting(mail_server)
    assert sorted(invited) == sorted(f"{box}@example.org" for box in PEOPLE.values())
    check_names(invited)
    pages = {box: link_in(invited[f"{box}@example.org"]) for box in PEOPLE.values()}
    assert len(set(pages.values())) == 4

    client = outside.test_client()
    assert client.post(pages["wanjiru"], data={"answer": "accept"}).status_code == 303
    assert client.post(pages["liwei"], data={"answer": "decline", "reason": "No time."}).status_code == 303
    check_names(told := send_waiting(mail_server))
    assert sorted(told) == ["ada@example.org", "bo@example.org"]
    assert all("Subject: A place at the meeting came free" in raw and "No time." not in raw for raw in told.values())

    with transaction() as session:
        rows = {row.person_id: row for row in session.scalars(sa.select(Invitation))}
        end = rows[ids[0]].answer_by
        session.execute(sa.update(Invitation).values(offered_at=utcnow() - timedelta(days=20)))
        session.expire_all()
        remind_invited(session, links=AnswerLinks(outside.secret_key), now=end - timedelta(days=2))
    check_names(reminded := send_waiting(mail_server))
    assert sorted(reminded) == ["castellano@example.org", "okafor@example.org"]
    assert link_in(reminded["okafor@example.org"]) == pages["okafor"]

    with transaction() as session:
        first = session.scalars(sa.select(Invitation).where(Invitation.person_id == ids[0])).one()
        what = dict(call=call, actor_id=bo_id, now=utcnow())
        letters.confirm_place(session, invitation_id=first.id, **what)
        third = session.scalars(sa.select(Invitation).where(Invitation.person_id == ids[2])).one()
        letters.cancel_place(session, invitation_id=third.id, reason="The room is small.", **what)
        expire_unanswered(session, now=end)
    check_names(last := send_waiting(mail_server))
    assert "is confirmed" in last["wanjiru@example.org"]
    assert "The room is small." in last["castellano@example.org"]
    assert "okafor@example.org" not in last
    states = dict(db.session.execute(sa.select(Invitation.person_id, Invitation.state)).all())
    assert [states[person_id] for person_id in ids] == [
        InvitationState.CONFIRMED,
        InvitationState.DECLINED,
        InvitationState.CANCELLED,
        InvitationState.EXPIRED,
    ]

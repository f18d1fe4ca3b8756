"""What invited people answer, by the link of the mail or signed in; what others' links and old links do."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_invitation
from builders_letters import make_letter_batch, make_meeting, send, token_of

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.invitations.models import Invitation, Meeting
from solicit.invitations.service import letters
from solicit.invitations.states import InvitationLink, InvitationState
from solicit.mail.models import OutboxMail
from solicit.panels.states import SeatLink
from solicit.submissions.service.links import AnswerLinks


@pytest.fixture
def call(session):
    return make_call(session, contact="desk@calls.example")


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call, email="ada@example.org")


@pytest.fixture
def wanjiru(session):
    return make_person(session, full_name="Wanjiru Kamau", email="wanjiru@example.org")


@pytest.fixture
def invitation(session, app, call, ada, wanjiru):
    batch_id = make_letter_batch(session, call, ada, wanjiru)
    send(session, call, batch_id, make_organizer(session, call, email="bo@example.org"), app.secret_key)
    return session.scalars(sa.select(Invitation)).one()


@pytest.fixture
def page(app, call, invitation):
    return f"/en/{call.slug}/invitation/{token_of(invitation, app.secret_key)}"


def state(session) -> InvitationState:
    session.expire_all()
    return session.scalars(sa.select(Invitation.state)).one()


def kinds(session) -> list[str]:
    return sorted(session.scalars(sa.select(OutboxMail.kind)))


def n_acts(session, act: str) -> int:
    return session.scalar(sa.select(sa.func.count()).where(AuditEvent.act == act, AuditEvent.subject == "invitation"))


def test_opening_answers_nothing(client, session, page):
    for method in ("GET", "HEAD"):
        answer = client.open(page, method=method)
        assert answer.status_code == 200
    assert (state(session), n_acts(session, "accept")) == (InvitationState.OFFERED, 0)
    text = client.get(page).text
    assert "Wanjiru Kamau" in text and "Opening this page answers nothing." in text
    assert "Hall 2, Paris, France" in text and "Your journey there and back" in text


def test_accepting_twice_is_accepting_once(client, session, page):
    for _ in range(2):
        answer = client.post(page, data={"answer": "accept"})
        assert (answer.status_code, answer.location) == (303, page)
    assert (state(session), n_acts(session, "accept")) == (InvitationState.ACCEPTED, 1)
    assert "What comes next" in client.get(page).text


def test_declining_tells_organizers_once_and_names_nobody(client, session, page):
    for _ in range(2):
        client.post(page, data={"answer": "decline", "reason": "A child is due."})
    assert (state(session), n_acts(session, "decline")) == (InvitationState.DECLINED, 1)
    assert session.scalars(sa.select(Invitation.answer_note)).one() == "A child is due."
    assert kinds(session) == ["invitation", "invitation_place_free", "invitation_place_free"]
    told = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "invitation_place_free")).all()
    assert {mail.recipient for mail in told} == {"ada@example.org", "bo@example.org"}
    assert "Wanjiru" not in repr([mail.params for mail in told]) and "child" not in repr([mail.params for mail in told])
    assert "You declined this invitation." in client.get(page).text


def test_place_is_given_back_with_a_reason(client, session, page):
    client.post(page, data={"answer": "accept"})
    refused = client.post(page, data={"answer": "cancel", "reason": ""})
    assert (refused.status_code, state(session)) == (422, InvitationState.ACCEPTED)
    assert "Say why" in refused.text
    assert client.post(page, data={"answer": "cancel", "reason": "I am ill."}).status_code == 303
    assert state(session) is InvitationState.CANCELLED
    assert "I am ill." in client.get(page).text


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_late_answers_change_nothing_and_say_whom_to_write_to(client, session, page, invitation, answer):
    invitation.answer_by = utcnow() - timedelta(minutes=1)
    session.commit()
    shown = client.get(page)
    assert (shown.status_code, "meeting@academy.example" in shown.text) == (410, True)
    assert client.post(page, data={"answer": answer}).status_code == 410
    assert state(session) is InvitationState.OFFERED


def test_declined_invitation_is_not_accepted_afterwards(client, session, page):
    client.post(page, data={"answer": "decline", "reason": ""})
    assert client.post(page, data={"answer": "accept"}).status_code == 409
    assert state(session) is InvitationState.DECLINED


@pytest.mark.parametrize("answer", ["", "confirm", "offered"])
def test_other_answers_are_none(client, session, page, answer):
    assert client.post(page, data={"answer": answer}).status_code == 200
    assert state(session) is InvitationState.OFFERED


def forged(app, call, invitation) -> dict[str, str]:
    secret, links = app.secret_key, AnswerLinks(app.secret_key)
    whole = token_of(invitation, secret)
    return {
        "tampered": whole[:-2] + ("aa" if not whole.endswith("aa") else "bb"),
        "cut": whole[:-5],
        "other secret": token_of(invitation, "another secret"),
        "other purpose": links.token(SeatLink.OFFER, number=invitation.id, nonce=invitation.nonce),
        "old nonce": links.token(InvitationLink.INVITATION, number=invitation.id, nonce="older"),
        "no nonce": links.token(InvitationLink.INVITATION, number=invitation.id, nonce=""),
        "other number": links.token(InvitationLink.INVITATION, number=invitation.id + 1, nonce=invitation.nonce),
        "nothing": "x",
    }


KINDS_OF_FORGERY = (
    "tampered", "cut", "other secret", "other purpose", "old nonce", "no nonce", "other number", "nothing",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS_OF_FORGERY)
def test_forged_links_open_and_change_nothing(client, session, app, call, invitation, kind):
    base = f"/en/{call.slug}/invitation/{forged(app, call, invitation)[kind]}"
    answers = [client.get(base), client.post(base, data={"answer": "accept"})]
    answers += [client.get(f"{base}/letter.pdf"), client.get(f"{base}/meeting.ics")]
    assert [answer.status_code for answer in answers] == [410] * 4
    assert all("Wanjiru" not in answer.text for answer in answers)
    assert state(session) is InvitationState.OFFERED


def test_link_works_in_its_own_call_only(client, session, page, call):
    other = make_call(session)
    make_meeting(session, other)
    assert client.get(page.replace(call.slug, other.slug)).status_code == 410


def test_link_of_a_newer_letter_makes_the_older_one_worthless(client, session, app, page, call, ada, invitation):
    invitation.changed_at = utcnow() - timedelta(days=2)
    session.flush()
    links = AnswerLinks(app.secret_key)
    what = dict(call=call, links=links, invitation_id=invitation.id, actor_id=ada.id, now=utcnow())
    letters.send_letter_again(session, **what)
    assert client.get(page).status_code == 410
    newer = session.scalars(sa.select(OutboxMail.params).order_by(OutboxMail.id.desc())).first()["path"]
    assert client.get(newer).status_code == 200


def test_link_of_somebody_whose_account_was_shut_is_worthless(client, session, page, wanjiru):
    wanjiru.active = False
    session.commit()
    assert client.get(page).status_code == 410


def test_somebody_else_who_is_signed_in_does_not_answer(client, session, page):
    sign_in(client, session, make_person(session))
    assert "You are signed in with another account" in client.get(page).text
    assert client.post(page, data={"answer": "accept"}).status_code == 409
    assert state(session) is InvitationState.OFFERED


def test_own_page_shows_the_same_without_a_link(client, session, call, invitation, wanjiru):
    sign_in(client, session, wanjiru)
    own = f"/en/{call.slug}/my/invitation"
    assert "Opening this page answers nothing." in client.get(own).text
    assert client.post(own, data={"answer": "accept"}).status_code == 303
    assert state(session) is InvitationState.ACCEPTED
    assert client.get(f"{own}/letter.pdf").data.startswith(b"%PDF")
    assert client.get(f"{own}/meeting.ics").data.startswith(b"BEGIN:VCALENDAR")


def test_page_of_submissions_leads_to_the_invitation(client, session, call, invitation, wanjiru, ada):
    for person, is_led in ((wanjiru, True), (ada, False)):
        sign_in(client, session, person)
        link = f'href="/en/{call.slug}/my/invitation"'
        assert (link in client.get(f"/en/{call.slug}/my").text) is is_led


def test_who_has_no_letter_learns_nothing(client, session, call, invitation, ada):
    other = make_person(session)
    make_invitation(session, call, person=other)
    for person in (other, make_person(session), ada):
        sign_in(client, session, person)
        answer = client.get(f"/en/{call.slug}/my/invitation")
        assert (answer.status_code, "Wanjiru" in answer.text) == (404, False)


def test_page_reads_little(client, session, page, count_statements):
    count_statements.clear()
    client.get(page)
    assert len(count_statements) == 2


def test_own_page_reads_little(client, session, call, invitation, wanjiru, count_statements):
    sign_in(client, session, wanjiru)
    client.get(f"/en/{call.slug}/my/invitation")
    count_statements.clear()
    client.get(f"/en/{call.slug}/my/invitation")
    assert len(count_statements) == 4


def test_who_does_not_come_has_no_letter_to_show_at_a_border(client, session, page, call, invitation, wanjiru):
    """Nor anybody whose place was taken back."""
    sign_in(client, session, wanjiru)
    for ended in (InvitationState.DECLINED, InvitationState.EXPIRED, InvitationState.CANCELLED):
        invitation.state, invitation.answered_at = ended, utcnow()
        session.commit()
        for base in (page, f"/en/{call.slug}/my/invitation"):
            answers = [client.get(f"{base}/letter.pdf"), client.get(f"{base}/meeting.ics")]
            assert [(answer.status_code, answer.mimetype) for answer in answers] == [(410, "text/html")] * 2


def test_no_place_is_given_back_once_the_meeting_is_over(client, session, page, invitation):
    """What it cost stays spent, and nobody is asked to come in their place."""
    assert client.post(page, data={"answer": "accept"}).status_code == 303
    meeting = session.scalars(sa.select(Meeting)).one()
    meeting.starts_on = meeting.ends_on = utcnow().date() - timedelta(days=2)
    session.commit()
    answer = client.post(page, data={"answer": "cancel", "reason": "I was ill."})
    assert (answer.status_code, "The meeting is over." in answer.text) == (409, True)
    assert state(session) is InvitationState.ACCEPTED

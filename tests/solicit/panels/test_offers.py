"""Seats offered by mail: written, opened, accepted, declined, taken back, ended."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import make_panel, make_read_question, make_round, seat
from builders_seats import link_of, make_offer

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.audit.models import AuditEvent
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.panels.models import Panelist, SeatOffer
from solicit.panels.service import seats
from solicit.panels.states import SeatOfferState
from solicit.panels.views.offers import links
from solicit.people.models import Person
from solicit.submissions.service.links import LinkKey, LinkUsedUp

INVITED = {
    "email": "eva@example.org",
    "full_name": "Eva Example",
    "keywords": "dust, ice",
    "languages": "en, fr",
    "min_load": "2",
    "max_load": "30",
    "action": "invite",
}


class Desk:
    def __init__(self, session):
        self.session = session
        self.call = make_call(session, title="The call")
        self.organizer = make_organizer(session, self.call, full_name="Olga Organizer")
        self.panel = make_panel(session, self.call)
        self.address = f"/{self.call.slug}/review/panels/{self.panel.id}/offers"

    def offer(self, **values) -> SeatOffer:
        return make_offer(self.session, self.call, self.panel, inviter=self.organizer, **values)

    def accept(self, offer, *, signed_in_id=None, now=None, nonce=None):
        return seats.accept_offer(
            self.session,
            call=self.call,
            key=LinkKey(offer.id, nonce or offer.nonce),
            full_name="Eva Accepts",
            signed_in_id=signed_in_id,
            locale="en",
            now=now or utcnow(),
        )

    def decline(self, offer, *, reason="", now=None):
        key = LinkKey(offer.id, offer.nonce)
        seats.decline_offer(self.session, call=self.call, key=key, reason=reason, now=now or utcnow())

    def seats(self) -> list[Panelist]:
        return list(self.session.scalars(sa.select(Panelist)))

    def letters(self) -> list[OutboxMail]:
        return list(self.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


@pytest.fixture
def desk(session):
    return Desk(session)


def rendered(mail) -> str:
    return read_letter(mail.kind, params=mail.params, locale=mail.locale).as_text()


def test_letter_says_who_invites_to_what_and_has_one_link(desk):
    offer = desk.offer(is_chair=True, max_load=12)
    (mail,) = desk.letters()
    text = rendered(mail)
    assert (mail.kind, mail.recipient, mail.person_id) == ("seat_offer", "eva@example.org", None)
    assert "Olga Organizer invites you" in text and desk.panel.name in text and "You would chair it." in text
    assert "at most 12 questions" in text
    assert text.count("http://localhost/") == 1 and link_of(desk.call, offer) in text


def test_opening_shows_everything_and_changes_nothing(desk, client):
    make_round(desk.session, desk.call, name="First reading")
    offer = desk.offer()
    for _ in range(3):
        page = client.get(link_of(desk.call, offer))
        assert page.status_code == 200
    for text in (
        "Olga Organizer",
        desk.panel.name,
        "at most 30 questions",
        "I keep what I read to myself.",
        "First reading",
    ):
        assert text in page.text, text
    desk.session.expire_all()
    assert offer.state is SeatOfferState.OFFERED and desk.seats() == []
    assert desk.session.scalar(sa.select(Person.id).where(Person.email == "eva@example.org")) is None


def test_accepting_opens_an_account_and_seats_once(desk, client):
    offer = desk.offer()
    link = link_of(desk.call, offer)
    answer = client.post(link, data={"answer": "accept", "full_name": "Eva Accepts"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/en/sign-in/link"
    person = desk.session.scalars(sa.select(Person).where(Person.email == "eva@example.org")).one()
    assert (person.full_name, person.confirmed_at is not None, person.password) == ("Eva Accepts", True, None)
    (row,) = desk.seats()
    assert (row.person_id, row.keywords, row.max_load, row.statement_accepted_at) == (person.id, ["dust"], 30, None)
    grant = desk.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person.id)).one()
    assert (grant.role, grant.panel_id) == (Role.PANELIST, desk.panel.id)
    desk.session.expire_all()
    assert (offer.state, offer.person_id) == (SeatOfferState.ACCEPTED, person.id)
    again = client.post(link, data={"answer": "accept", "full_name": "Eva Again"})
    assert again.status_code == 410 and "used up" in again.text
    assert client.get(link).status_code == 410
    event = desk.session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "accept seat")).one()
    assert "example" not in str(event.details)


def test_accepting_needs_a_name_where_there_is_no_account(desk, client):
    answer = client.post(link_of(desk.call, desk.offer()), data={"answer": "accept", "full_name": " "})
    assert answer.status_code == 422 and "Enter your name" in answer.text
    assert desk.seats() == []


def test_who_has_an_account_signs_in_to_accept(desk, client, session):
    person = make_person(session, email="eva@example.org", full_name="Eva Known")
    link = link_of(desk.call, desk.offer())
    page = client.get(link)
    assert "Sign in to accept" in page.text and "Accept the seat" not in page.text
    refused = client.post(link, data={"answer": "accept"})
    assert refused.status_code == 422 and "Sign in with the account" in refused.text and desk.seats() == []
    sign_in(client, session, person)
    assert "You accept as" in client.get(link).text
    answer = client.post(link, data={"answer": "accept"})
    assert answer.status_code == 303 and answer.headers["Location"] == f"/{desk.call.slug}/review/profile"
    assert [row.person_id for row in desk.seats()] == [person.id]
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("has_account", [True, False])
def test_somebody_else_cannot_accept(desk, client, session, has_account):
    if has_account:
        make_person(session, email="eva@example.org")
    sign_in(client, session, make_person(session))
    link = link_of(desk.call, desk.offer())
    assert "signed in with another account" in client.get(link).text
    assert client.post(link, data={"answer": "accept", "full_name": "X"}).status_code == 422
    assert desk.seats() == []


def test_unconfirmed_account_loses_the_password_that_somebody_else_may_know(desk, client, session):
    squatter = make_person(session, email="eva@example.org", confirmed_at=None, password="x")
    assert (
        client.post(link_of(desk.call, desk.offer()), data={"answer": "accept", "full_name": "Eva"}).status_code == 303
    )
    session.expire_all()
    assert squatter.password is None and squatter.confirmed_at is not None


def test_shut_account_cannot_be_seated(desk, session):
    make_person(session, email="eva@example.org", active=False, confirmed_at=None)
    with pytest.raises(Refused, match="shut"):
        desk.accept(desk.offer())


def test_who_declines_may_think_again(desk, client):
    offer = desk.offer()
    link = link_of(desk.call, offer)
    answer = client.post(link, data={"answer": "decline", "reason": "No time before May"})
    assert (answer.status_code, answer.headers["Location"]) == (303, link)
    desk.session.expire_all()
    assert (offer.state, offer.decline_reason) == (SeatOfferState.DECLINED, "No time before May")
    assert "You declined." in client.get(link).text
    assert client.post(link, data={"answer": "accept", "full_name": "Eva"}).status_code == 303
    desk.session.expire_all()
    assert (offer.state, offer.decline_reason, len(desk.seats())) == (SeatOfferState.ACCEPTED, "", 1)


@pytest.mark.parametrize("answer", ["other", ""])
def test_nothing_happens_without_an_answer(desk, client, answer):
    offer = desk.offer()
    assert client.post(link_of(desk.call, offer), data={"answer": answer, "full_name": "Eva"}).status_code == 200
    desk.session.expire_all()
    assert offer.state is SeatOfferState.OFFERED


def test_links_of_others_open_nothing(desk, client):
    offer = desk.offer()
    good = link_of(desk.call, offer)
    other = make_call(desk.session)
    elsewhere = f"/en/{other.slug}" + good.split(desk.call.slug)[1]
    forged = [
        good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],
        good + "x",
        f"/en/{desk.call.slug}/seat/x",
        elsewhere,
    ]
    for link in forged:
        assert client.get(link).status_code == 410, link


def test_withdrawn_offer_is_used_up(desk, client):
    offer = desk.offer()
    link = link_of(desk.call, offer)
    sign_in(client, desk.session, desk.organizer)
    assert client.post(f"{desk.address}/{offer.id}/withdraw").status_code == 303
    assert client.get(link).status_code == 410
    with pytest.raises(Conflict):
        seats.withdraw_offer(
            desk.session,
            call=desk.call,
            panel_id=desk.panel.id,
            offer_id=offer.id,
            actor_id=desk.organizer.id,
            now=utcnow(),
        )


def test_letter_is_sent_again_once_a_day_and_the_earlier_link_dies(desk, now):
    offer = desk.offer(now=now)
    first = offer.nonce
    again = dict(call=desk.call, links=links(), panel_id=desk.panel.id, offer_id=offer.id, actor_id=desk.organizer.id)
    with pytest.raises(Refused, match="less than a day"):
        seats.send_offer_again(desk.session, now=now + timedelta(hours=23), **again)
    seats.send_offer_again(desk.session, now=now + timedelta(days=2), **again)
    assert len(desk.letters()) == 2 and offer.expires_at == now + timedelta(days=16)
    with pytest.raises(LinkUsedUp):
        desk.accept(offer, nonce=first, now=now)


def test_offers_end_after_two_weeks(desk, now):
    offer, declined = desk.offer(now=now), desk.offer(now=now, email="bo@example.org")
    desk.decline(declined, now=now)
    late = now + timedelta(days=14)
    with pytest.raises(Closed):
        desk.accept(declined, now=late)
    assert seats.expire_offers(desk.session, now=late - timedelta(seconds=1)) == 0
    assert seats.expire_offers(desk.session, now=late) == 1
    assert (offer.state, declined.state) == (SeatOfferState.EXPIRED, SeatOfferState.DECLINED)
    with pytest.raises(LinkUsedUp):
        desk.accept(offer, nonce="x", now=late)


def test_offers_that_led_nowhere_are_forgotten_after_a_year(desk, now):
    desk.decline(desk.offer(now=now), now=now)
    desk.accept(desk.offer(now=now, email="bo@example.org"), now=now)
    seats.expire_offers(desk.session, now=now + timedelta(days=380))
    assert desk.session.scalars(sa.select(SeatOffer.email)).all() == ["bo@example.org"]


def test_one_address_waits_once_and_a_new_offer_ends_a_declined_one(desk):
    first = desk.offer()
    with pytest.raises(Conflict, match="invited already"):
        desk.offer()
    desk.decline(first)
    nonce = first.nonce
    desk.offer()
    with pytest.raises(LinkUsedUp):
        desk.accept(first, nonce=nonce)


def test_who_sits_already_is_not_invited(desk):
    person = seat(desk.session, desk.call, desk.panel)
    with pytest.raises(Refused, match="already"):
        desk.offer(email=person.email)


def test_number_of_letters_is_limited(desk):
    for n in range(seats.offers.LETTERS_A_DAY):
        desk.offer(email=f"p{n}@example.org")
    with pytest.raises(Refused, match="within a day"):
        desk.offer()


def test_call_that_is_over_invites_nobody(session):
    call = make_call(session, state=CallState.PUBLISHED)
    with pytest.raises(Refused, match="over"):
        make_offer(session, call, make_panel(session, call))


def test_organizer_invites_from_the_page(desk, client):
    sign_in(client, desk.session, desk.organizer)
    assert "Nobody was invited" in client.get(desk.address).text
    answer = client.post(desk.address, data=INVITED | {"is_chair": "y"})
    assert answer.status_code == 303
    page = client.get(desk.address).text
    for text in ("eva@example.org", "Eva Example", "Invited", "Chair", "Take back"):
        assert text in page, text
    assert "Send again" not in page
    offer = desk.session.scalars(sa.select(SeatOffer)).one()
    assert (offer.keywords, offer.languages, offer.min_load, offer.is_chair) == (["dust", "ice"], ["en", "fr"], 2, True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nobody"}, "Enter an e-mail address"),
        ({"languages": "english"}, "Write codes"),
        ({"max_load": "1"}, "below the smallest"),
        ({"full_name": "x" * 121}, "Shorten this"),
        ({"action": "x"}, ""),
    ],
)
def test_bad_invitations_are_refused_with_everything_typed(desk, client, wrong, said):
    sign_in(client, desk.session, desk.organizer)
    answer = client.post(desk.address, data=INVITED | wrong)
    assert answer.status_code == 422 and said in answer.text and "dust, ice" in answer.text
    assert desk.letters() == []


def test_chair_invites_to_their_own_panel_but_names_no_chair(desk, client, session):
    chair = seat(session, desk.call, desk.panel, is_chair=True)
    other = make_panel(session, desk.call)
    sign_in(client, session, chair)
    assert "They chair this panel" not in client.get(desk.address).text
    assert client.post(desk.address, data=INVITED | {"is_chair": "y"}).status_code == 303
    offer = session.scalars(sa.select(SeatOffer)).one()
    assert not offer.is_chair
    assert client.get(desk.address.replace(str(desk.panel.id), str(other.id))).status_code == 403
    with pytest.raises(Refused, match="Only organizers"):
        seats.invite(
            session, call=desk.call, links=links(), panel_id=desk.panel.id, full_name="", actor_id=chair.id,
            seat=seats.NewSeat(email="bo@example.org", is_chair=True), may_name_chairs=False, now=utcnow(),
        )  # fmt: skip


def test_only_organizers_read_why_somebody_declined(desk, client, session):
    desk.decline(desk.offer(), reason="I dislike <dust>")
    chair = seat(session, desk.call, desk.panel, is_chair=True)
    sign_in(client, session, desk.organizer)
    assert "I dislike &lt;dust&gt;" in client.get(desk.address).text
    file = client.get(f"/{desk.call.slug}/organize/panels/offers.csv")
    assert file.status_code == 200 and "I dislike <dust>" in file.text and file.text.count("\n") == 2
    sign_in(client, session, chair)
    page = client.get(desk.address).text
    assert "Declined" in page and "dislike" not in page


def test_check_before_inviting_gives_numbers_only(desk, client, session):
    author = make_person(session, email="bo@uni-two.edu")
    for n in range(4):
        make_read_question(session, desk.call, authors=[author], title=f"What is secret {n}?")
    make_read_question(session, desk.call)
    sign_in(client, session, desk.organizer)
    for email, own, signs in (("bo@uni-two.edu", 4, 0), ("new@cs.uni-two.edu", 0, 4), ("new@example.net", 0, 0)):
        page = client.post(desk.address, data=INVITED | {"email": email, "action": "check"})
        text = re.sub(r"\s+", " ", page.text)
        assert page.status_code == 200 and "Nothing was sent" in text and "secret" not in text
        assert f"in conflict with, {own} question" in text and f"{signs} more show" in text, email
    assert desk.letters() == []


def test_chair_learns_nothing_of_what_an_address_wrote(desk, client, session):
    author = make_person(session, email="bo@uni-two.edu")
    for n in range(5):
        make_read_question(session, desk.call, authors=[author], title=f"What is {n}?")
    sign_in(client, session, seat(session, desk.call, desk.panel, is_chair=True))
    assert "Check conflicts first" not in client.get(desk.address).text
    checked = client.post(desk.address, data=INVITED | {"email": author.email, "action": "check"})
    assert checked.status_code == 422 and "question of this call" not in checked.text
    assert author.email not in {letter.recipient for letter in desk.letters()}


def test_organizer_who_wrote_a_question_counts_without_it(desk, client, session):
    author = make_person(session, email="bo@uni-two.edu")
    make_read_question(session, desk.call, authors=[author, desk.organizer])
    sign_in(client, session, desk.organizer)
    page = client.post(desk.address, data=INVITED | {"email": author.email, "action": "check"})
    assert "in conflict with, 0 questions" in page.text


def test_things_of_another_call_are_missing(desk, client, session, now):
    other = make_call(session)
    foreign = make_offer(session, other, make_panel(session, other))
    sign_in(client, session, desk.organizer)
    for act in ("send", "withdraw"):
        assert client.post(f"{desk.address}/{foreign.id}/{act}").status_code == 404
    with pytest.raises(NotFound):
        seats.withdraw_offer(
            session, call=desk.call, panel_id=desk.panel.id, offer_id=foreign.id, actor_id=desk.organizer.id, now=now
        )


@pytest.mark.parametrize("n", [1, 12])
def test_pages_cost_few_statements(desk, client, count_statements, n):
    offers = [desk.offer(email=f"p{m}@example.org") for m in range(n)]
    link = link_of(desk.call, offers[0])
    client.get(link)
    count_statements.clear()
    assert client.get(link).status_code == 200
    assert len(count_statements) == 3
    sign_in(client, desk.session, desk.organizer)
    client.get(desk.address)
    count_statements.clear()
    assert client.get(desk.address).status_code == 200
    assert len(count_statements) == 6


def test_an_address_gets_few_letters_a_day_even_if_each_is_taken_back(desk):
    taken_back = dict(call=desk.call, panel_id=desk.panel.id, actor_id=desk.organizer.id, now=utcnow())
    for _ in range(3):
        seats.withdraw_offer(desk.session, offer_id=desk.offer().id, **taken_back)
    with pytest.raises(Refused, match="this address"):
        desk.offer()
    assert desk.offer(email="bo@example.org")
    assert desk.offer(now=utcnow() + timedelta(days=1, minutes=1))

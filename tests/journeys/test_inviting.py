"""A meeting in a real browser: limits, selections, letters, answers, a replacement, travel details, the programme."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders_inviting import (
    AIKO,
    BJARNE,
    NALEDI,
    NAMES,
    OFFICE,
    PANELIST,
    RAVI,
    SAMIR,
    SECOND,
    SLUG,
    ZURI,
    address_of,
    make_judged_call,
)
from walking import PHONE, link_in, look_over, sign_in
from walking_inviting import (
    DECLINED,
    DESK,
    FIRST_DAY,
    LAST_DAY,
    PASSPORT,
    RULE,
    accept,
    approve,
    compare,
    decline,
    describe_meeting,
    draw_up_limits,
    find_replacement,
    find_selection,
    freeze_limits,
    give_travel_details,
    make_programme,
    open_travel_page,
    pages_within,
    prepare_letters,
    read_invitation,
    read_travel_details,
    recompute,
    row_of,
    send_letters,
)

from solicit.audit.models import AuditEvent
from solicit.invitations.models import Invitation, LimitSet, SelectionCandidate, TravelDocument, TravelReading
from solicit.invitations.states import COMMITTED, LimitState, ReadingPurpose, Rule
from solicit.people.models import Person

INVITED = "You are invited: please answer"
FIRST = (ZURI, BJARNE, NALEDI, SAMIR)

pytestmark = pytest.mark.browser


def check_no_name(page) -> None:
    """No page of inviting names a candidate before limits are in force, and no file does."""
    steps = [link.get_attribute("href") for link in page.locator("ol.path a").all()]
    files = [f"{DESK}/candidates.csv", f"{DESK}/letters.csv", f"/{SLUG}/organize/meeting/participants.csv"]
    for path in (DESK, f"{DESK}/limits/draft", f"{DESK}/new", *steps, *files):
        text = page.request.get(path).text()
        assert [name for name in NAMES if name in text] == [], path


def why(page, name: str) -> str:
    return row_of(page, name).locator("td").nth(1).inner_text()


def read_reasons(page) -> None:
    """Who is in and who is out, each with a reason, and who is near the line."""
    invited = [name for name in NAMES if row_of(page, name).get_by_text("Invite", exact=True).count()]
    assert sorted(invited) == sorted((ZURI, BJARNE, NALEDI, RAVI))
    assert "Without this person no selection keeps the limits." in why(page, NALEDI)
    assert "With this person the result would lose" in why(page, SAMIR)
    near = page.get_by_role("region", name="Near the line")
    assert near.get_by_role("heading", level=3).all_inner_texts() == [f"{RAVI} Invite near the line"]
    assert "As it is in this selection." in near.inner_text()


def check_comparison(page) -> None:
    assert page.get_by_text("2 people are decided on differently").count() == 1
    told = {name: row_of(page, name).locator("td").all_inner_texts() for name in (RAVI, SAMIR, ZURI)}
    assert [["✓" in cell for cell in cells] for cells in told.values()] == [
        [True, False],
        [False, True],
        [True, True],
    ]


def check_first_cannot_approve(page, selection: str) -> None:
    page.goto(selection)
    page.get_by_text("You proposed this selection. A second organizer must approve it.").wait_for()
    assert page.get_by_role("link", name="Approve").count() == 0
    token = page.locator("input[name=csrf_token]").first.input_value()
    answer = page.request.post(f"{selection}/approve", form={"csrf_token": token})
    assert (answer.status, "A second organizer must approve it." in answer.text()) == (409, True)


def check_mails(site, *names: str) -> None:
    """A letter to each of them and to nobody else; none says a word of another person."""
    mails = [site.mailbox.wait_for(address_of(name), INVITED) for name in names]
    assert [mail["X-Envelope-To"] for mail in mails] == [address_of(name) for name in names]
    written = [mail for mail in site.mailbox.mails if mail["Subject"] == INVITED]
    assert sorted(mail["X-Envelope-To"] for mail in written) == sorted(map(address_of, names))
    for name, mail in zip(names, mails, strict=True):
        assert name in text_of(mail)
        assert others_in(text_of(mail), name) == []


def text_of(mail) -> str:
    return str(mail["To"]) + "".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )


def others_in(text: str, name: str) -> list[str]:
    """Of whom else of the meeting a text speaks."""
    others = (*NAMES, "The Office", "Second Organizer", "Amina Diallo")
    return [other for other in others if other != name and (other in text or other.split()[-1] in text)]


def check_money(session) -> None:
    """What invitations commit is never above the budget in force."""
    committed = sa.select(sa.func.count(), sa.func.sum(Invitation.cost_cents)).where(Invitation.state.in_(COMMITTED))
    n, cents = session.execute(committed).one()
    limits = session.scalars(sa.select(LimitSet).where(LimitSet.state == LimitState.IN_FORCE)).one()
    assert n <= limits.seats and cents <= limits.budget_cents == 900_000


def states(session) -> dict[str, str]:
    found = sa.select(Person.full_name, Invitation.state).join(Person, Person.id == Invitation.person_id)
    return {name: state.value for name, state in session.execute(found)}


def row_of_invitation(session, name: str) -> tuple:
    columns = Invitation.__table__.columns
    return session.execute(sa.select(*columns).join(Person).where(Person.full_name == name)).one()


def check_kept(session) -> None:
    """Who accepted is kept, who declined is replaced, with their reason; the rule about a person is kept, too."""
    assert states(session) == {
        ZURI: "accepted", BJARNE: "replaced", NALEDI: "offered", SAMIR: "offered", AIKO: "offered",
    }  # fmt: skip
    assert row_of_invitation(session, BJARNE).answer_note == DECLINED
    pinned = sa.select(SelectionCandidate.rule_reason).where(SelectionCandidate.rule == Rule.NEVER)
    assert set(session.scalars(pinned)) == {RULE}
    check_money(session)


def check_travel(session) -> None:
    """The details are sealed; the reading of them is in the log, and in the audit."""
    assert PASSPORT.encode() not in session.scalars(sa.select(TravelDocument.sealed)).one()
    reading = session.scalars(sa.select(TravelReading)).one()
    names = {person.id: person.full_name for person in session.scalars(sa.select(Person))}
    assert (names[reading.subject_id], names[reading.reader_id]) == (ZURI, "The Office")
    assert reading.purpose is ReadingPurpose.ARRANGE_TRAVEL
    noted = sa.select(AuditEvent.details).where(AuditEvent.act == "open travel details")
    assert session.scalars(noted).all() == [{"purpose": ReadingPurpose.ARRANGE_TRAVEL.value}]


def check_programme(document: str, table: str) -> None:
    rows = list(csv.DictReader(io.StringIO(table)))
    speakers = {row["title"]: row["speaker"] for row in rows}
    assert speakers["What is wonder 0?"] == ZURI
    assert BJARNE not in table
    assert "Programme" in document and ZURI in document and all(row["title"] in document for row in rows)


def check_panelist(page) -> None:
    """Nothing that a panelist can open tells of candidates."""
    sign_in(page, PANELIST)
    seen = pages_within(page, f"/{SLUG}/review")
    assert f"/{SLUG}/review/invite" in seen or len(seen) > 8, sorted(seen)
    for path, text in seen.items():
        assert [name for name in NAMES if name in text] == [], path
    page.goto(f"/{SLUG}/review")
    look_over(page)
    assert page.request.get(DESK).status == page.request.get(f"/{SLUG}/organize/travel").status == 403


def test_meeting_from_limits_to_the_programme(make_site, in_site, open_browser, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        make_judged_call(session)
    site.start()

    office, second = (open_browser(base_url=site.url) for _ in range(2))
    sign_in(office, OFFICE)
    draw_up_limits(office)
    office.goto(DESK)
    check_no_name(office)
    office.goto(f"{DESK}/limits/draft")
    freeze_limits(office)

    first = find_selection(office, "First proposal")
    read_reasons(office)
    chosen = recompute(office, RAVI)
    compare(office)
    check_comparison(office)
    check_first_cannot_approve(office, chosen)
    assert first != chosen
    sign_in(second, SECOND)
    approve(second, chosen, n=4)

    describe_meeting(office)
    send_letters(second, prepare_letters(office, n=4), n=4)
    check_mails(site, *FIRST)
    link = link_in(site.mailbox.wait_for(address_of(ZURI), INVITED))
    with in_site(site) as session:
        check_money(session)
        before = row_of_invitation(session, ZURI)
    phone = open_browser(base_url=site.url, viewport=PHONE)
    letter, event = read_invitation(phone, link)
    with in_site(site) as session:
        assert row_of_invitation(session, ZURI) == before
    assert ZURI in letter and "Deep-space seminar" in letter and others_in(letter, ZURI) == []
    assert (event["DTSTART"].dt, (LAST_DAY - event["DTEND"].dt).days) == (FIRST_DAY, -1)
    assert others_in(event.to_ical().decode(), "") == [] and "ATTENDEE" not in event
    accept(phone)
    open_travel_page(phone, address_of(ZURI))
    look_over(phone)
    give_travel_details(phone)
    look_over(phone)
    guest = open_browser(base_url=site.url)
    decline(guest, link_in(site.mailbox.wait_for(address_of(BJARNE), INVITED)))

    told = site.mailbox.wait_for(OFFICE, "A place at the meeting came free")
    assert others_in(text_of(told), "") == []
    replacement = find_replacement(office)
    assert "Accepted already" in row_of(office, ZURI).inner_text()
    approve(second, replacement, n=1)
    send_letters(second, prepare_letters(office, n=1), n=1)
    check_mails(site, *FIRST, AIKO)
    with in_site(site) as session:
        check_kept(session)

    read_travel_details(office, ZURI)
    check_programme(*make_programme(office))
    check_panelist(open_browser(base_url=site.url))
    with in_site(site) as session:
        check_travel(session)
        check_money(session)

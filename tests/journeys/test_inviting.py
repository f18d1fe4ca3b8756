"""A meeting in a real browser: limits, selections, letters, answers, a replacement, travel details, the programme."""

import csv
import io
from datetime import timedelta

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
    DESK,
    RULE,
    approve,
    compare,
    draw_up_limits,
    find_selection,
    freeze_limits,
    recompute,
    row_of,
)
from walking_meeting import (
    DECLINED,
    FIRST_DAY,
    LAST_DAY,
    PASSPORT,
    accept,
    decline,
    describe_meeting,
    find_replacement,
    give_travel_details,
    make_programme,
    open_travel_page,
    pages_within,
    prepare_letters,
    read_invitation,
    read_travel_details,
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
    assert f"/{SLUG}/review" in seen and len(seen) > 8, sorted(seen)
    for path, text in seen.items():
        assert [name for name in NAMES if name in text] == [], path
    page.goto(f"/{SLUG}/review")
    look_over(page)
    assert page.request.get(DESK).status == page.request.get(f"{DESK}/travel").status == 403


def set_limits(page) -> None:
    """Draw up limits and freeze them; no candidate is named before."""
    draw_up_limits(page)
    page.goto(DESK)
    check_no_name(page)
    page.goto(f"{DESK}/limits/draft")
    freeze_limits(page)


def choose_people(first, second) -> None:
    """Two selections side by side, of which the second organizer approves the later one."""
    find_selection(first, "First proposal")
    read_reasons(first)
    chosen = recompute(first, RAVI)
    compare(first)
    check_comparison(first)
    check_first_cannot_approve(first, chosen)
    approve(second, chosen, n=4)


def read_and_accept(page, link: str, session) -> None:
    """Opening the link changes nothing; the letter and the file for the calendar speak of nobody else."""
    before = row_of_invitation(session, ZURI)
    letter, event = read_invitation(page, link)
    session.rollback()
    assert row_of_invitation(session, ZURI) == before
    assert ZURI in letter and "Deep-space seminar" in letter and others_in(letter, ZURI) == []
    assert (event["DTSTART"].dt, event["DTEND"].dt - LAST_DAY) == (FIRST_DAY, timedelta(days=1))
    assert "ATTENDEE" not in event and others_in(event.to_ical().decode(), "") == []
    accept(page)


def travel(page) -> None:
    open_travel_page(page, address_of(ZURI))
    look_over(page)
    give_travel_details(page)
    look_over(page)


def replace_who_declined(site, first, second) -> None:
    """Organizers are told without a name; the newcomer's letter takes two people again."""
    told = site.mailbox.wait_for(OFFICE, "A place at the meeting came free")
    assert others_in(text_of(told), "") == []
    replacement = find_replacement(first)
    assert "Accepted already" in row_of(first, ZURI).inner_text()
    approve(second, replacement, n=1)
    send_letters(second, prepare_letters(first, n=1), n=1)
    check_mails(site, *FIRST, AIKO)


def test_meeting_from_limits_to_the_programme(make_site, in_site, open_browser, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        make_judged_call(session)
    site.start()
    office, second = (open_browser(base_url=site.url) for _ in range(2))
    sign_in(office, OFFICE)
    sign_in(second, SECOND)
    set_limits(office)
    choose_people(office, second)
    describe_meeting(office)
    send_letters(second, prepare_letters(office, n=4), n=4)
    check_mails(site, *FIRST)

    phone, guest = open_browser(base_url=site.url, viewport=PHONE), open_browser(base_url=site.url)
    with in_site(site) as session:
        check_money(session)
        read_and_accept(phone, link_in(site.mailbox.wait_for(address_of(ZURI), INVITED)), session)
    travel(phone)
    decline(guest, link_in(site.mailbox.wait_for(address_of(BJARNE), INVITED)))
    replace_who_declined(site, office, second)

    read_travel_details(office, ZURI)
    check_programme(*make_programme(office))
    check_panelist(open_browser(base_url=site.url))
    with in_site(site) as session:
        check_kept(session)
        check_money(session)
        check_travel(session)

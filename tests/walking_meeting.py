"""Steps of a meeting in a real browser: its letters and answers, travel details, the programme."""

import re
from datetime import timedelta
from io import BytesIO

from icalendar import Calendar
from pypdf import PdfReader
from walking import give_password, look_over
from walking_inviting import DESK, await_selection

from solicit.clock import utcnow

FIRST_DAY = (utcnow() + timedelta(days=120)).date()
LAST_DAY = FIRST_DAY + timedelta(days=2)
PASSPORT = "ZQ 1234567"
DECLINED = "My mission is launched in that week."


def describe_meeting(page) -> None:
    page.goto(f"{DESK}/letters")
    look_over(page)
    page.get_by_role("link", name="Describe the meeting").click()
    for label, text in (
        ("Title of the meeting", "Deep-space seminar"),
        ("First day", FIRST_DAY.isoformat()),
        ("Last day", LAST_DAY.isoformat()),
        ("Venue", "Hall 2"),
        ("City", "Vienna"),
        ("Organization", "Academy of Space"),
        ("Address for questions", "meeting@academy.example"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Time zone").select_option("Europe/Vienna")
    page.get_by_label("Country or region").select_option("Austria")
    look_over(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Example of the letter").wait_for()


def prepare_letters(page, n: int) -> str:
    """Letters for everybody who is selected; returns the address of where they are approved."""
    page.goto(f"{DESK}/letters")
    page.get_by_label("Answer by").fill((utcnow() + timedelta(days=30)).date().isoformat())
    page.get_by_role("button", name=re.compile(f"^Prepare {n} letter")).click()
    page.get_by_text("You prepared these letters. A second organizer must read and approve them.").wait_for()
    assert page.get_by_role("button", name=re.compile("^Approve")).count() == 0
    look_over(page)
    return page.url


def send_letters(page, batch: str, n: int) -> None:
    page.goto(batch)
    look_over(page)
    page.get_by_role("button", name=re.compile(f"^Approve and send {n} letter")).click()
    page.get_by_text(f"{n} {'person is' if n == 1 else 'people are'} invited.").wait_for()
    look_over(page)


def download(page, link: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("link", name=link, exact=True).click()
    return started.value.path().read_bytes()


def pdf_text(document: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages).split())


def read_invitation(page, link: str) -> tuple[str, dict]:
    """Open the link of a mail twice; returns what the letter says, and the meeting for a calendar."""
    page.goto(link)
    page.goto(link)
    page.get_by_text("Opening this page answers nothing.").wait_for()
    look_over(page)
    letter = pdf_text(download(page, "The letter (PDF)"))
    event = Calendar.from_ical(download(page, "For your calendar")).walk("VEVENT")[0]
    return letter, event


def accept(page) -> None:
    page.get_by_role("button", name="Accept the invitation").click()
    page.get_by_text("You accepted. The organizers confirm your place").wait_for()
    look_over(page)


def decline(page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your reason").fill(DECLINED)
    page.get_by_role("button", name="Decline").click()
    page.get_by_text("You declined this invitation.").wait_for()
    look_over(page)


def open_travel_page(page, email: str) -> None:
    """From the page of somebody who accepted, by way of signing in."""
    page.get_by_role("link", name="Give the details for your journey").click()
    give_password(page, email)
    page.get_by_role("heading", name="Your travel details").wait_for()


def give_travel_details(page) -> None:
    """What lacks is said, and what was typed before is kept."""
    for label, text in (
        ("Name as in the passport", "OKAFOR ZURI"),
        ("Passport number", PASSPORT),
        ("Date of birth", "1980-12-31"),
        ("City or airport you leave from", "Lagos"),
        ("Day you wish to arrive", (FIRST_DAY - timedelta(days=1)).isoformat()),
        ("Day you wish to leave", LAST_DAY.isoformat()),
        ("Whom to call in an emergency", "Ada Okafor, +234 700 000 000"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Nationality").select_option("Nigeria")
    page.get_by_label("Country or region that issued the passport").select_option("Nigeria")
    page.get_by_role("radiogroup", name="Do you need a visa?").get_by_role("radio").first.check(force=True)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    page.get_by_label("The passport is valid until").fill((LAST_DAY + timedelta(days=400)).isoformat())
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your travel details are stored, sealed.").wait_for()
    assert PASSPORT not in page.content()


def find_replacement(page) -> str:
    page.goto(f"{DESK}/letters")
    page.get_by_text("1 place came free.").wait_for()
    look_over(page)
    page.get_by_role("button", name="Find a replacement").click()
    return await_selection(page)


def read_travel_details(page, name: str) -> None:
    """One person's details by a button; the reading is told to all organizers."""
    page.goto(DESK)
    page.get_by_role("link", name="Travel details").click()
    button = page.get_by_role("button", name=f"Open to arrange the journey {name}")
    button.wait_for()
    assert PASSPORT not in page.content()
    look_over(page)
    button.click()
    page.get_by_text(PASSPORT).wait_for()
    look_over(page)
    page.get_by_role("link", name="Back to the list").click()
    page.get_by_role("link", name="Who opened whose details").click()
    page.get_by_role("table").wait_for()
    told = page.locator("main tbody tr").all_inner_texts()
    assert len(told) == 1 and "The Office" in told[0] and name in told[0]
    look_over(page)


def make_programme(page) -> tuple[str, str]:
    """A skeleton of the programme; returns the texts of its PDF and of its CSV."""
    page.goto(DESK)
    page.get_by_role("link", name="Programme").click()
    page.get_by_role("link", name="Make a skeleton").click()
    page.get_by_role("button", name="Make a skeleton").click()
    page.get_by_text(re.compile(r"sessions? (was|were) added\.")).wait_for()
    look_over(page)
    return pdf_text(download(page, "PDF")), download(page, "CSV").decode("utf-8-sig")


def pages_within(page, start: str, *, at_most: int = 40) -> dict[str, str]:
    """Every page that links lead to from ``start``, by its path; read by the same signed-in browser."""
    waiting, found = [start], {}
    while waiting and len(found) < at_most:
        path = waiting.pop(0)
        answer = page.request.get(path)
        if not answer.ok or not answer.headers["content-type"].startswith("text/html"):
            continue
        found[path] = answer.text()
        links = re.findall(r'href="(/[^"#?]*)', found[path])
        waiting += sorted({link for link in links if not link.startswith("/static")} - {*found, *waiting})
    return found

"""Steps of inviting in a real browser: limits, selections, letters, answers, the programme."""

import re
from datetime import timedelta
from io import BytesIO

from builders_inviting import SLUG
from icalendar import Calendar
from pypdf import PdfReader
from walking import give_password, look_over, tab_to, wait_for_job

from solicit.clock import utcnow

DESK = f"/{SLUG}/organize/invite"
FIRST_DAY = (utcnow() + timedelta(days=120)).date()
LAST_DAY = FIRST_DAY + timedelta(days=2)
PASSPORT = "ZQ 1234567"
DECLINED = "My mission is launched in that week."
RULE = "Asked by telephone, and cannot travel in that month."
CHOSEN = "document.activeElement.selectedOptions[0].text"


def type_into(page, label: str, text: str) -> None:
    """Go on by Tab to a field and type into it."""
    tab_to(page, label)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page, label: str, option: str) -> None:
    """Go on by Tab to a choice and along it by the arrow keys."""
    tab_to(page, label)
    for _ in range(60):
        if page.evaluate(CHOSEN).startswith(option):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"No option “{option}” of “{label}” by keyboard")


def follow(page, words: str) -> None:
    """Go on by Tab to a link or button and press it."""
    tab_to(page, words)
    page.keyboard.press("Enter")


def type_quota(page, group: str, at_least: int, price: str = "") -> None:
    choose(page, "Group", group)
    type_into(page, "At least", str(at_least))
    type_into(page, "Price", price)


def draw_up_limits(page) -> None:
    """Four seats, 9,000, one quota that must hold and one with a price; all of it without a pointer."""
    page.goto(DESK)
    look_over(page)
    follow(page, "Go to the limits")
    page.get_by_role("heading", name="Limits", exact=True).wait_for()
    look_over(page)
    follow(page, "Draw up limits")
    page.get_by_role("heading", name="Draw up limits").wait_for()
    look_over(page)
    type_into(page, "Seats in the room", "4")
    type_into(page, "Budget", "9000")
    type_quota(page, "Sub-Saharan Africa", 2)
    type_quota(page, "Student", 1, price="50")
    follow(page, "Check")
    page.get_by_text("At first sight these limits can be met").wait_for()
    look_over(page)
    follow(page, "Save draft")
    page.get_by_text("The draft is saved. Nothing is in force yet.").wait_for()
    look_over(page)


def freeze_limits(page) -> None:
    """On the page of the draft, by keyboard."""
    follow(page, "Put in force…")
    page.get_by_role("heading", name="Put the limits in force?").wait_for()
    look_over(page)
    follow(page, "Put in force")
    page.get_by_text("The limits are in force.").wait_for()
    look_over(page)


def row_of(page, name: str):
    """The row of one person in a table."""
    return page.locator(f"main tr:has(th bdi:text-is('{name}'))")


def find_selection(page, name: str) -> str:
    """A new selection under the limits in force, with its reasons; returns its address."""
    page.goto(f"{DESK}/selections")
    look_over(page)
    page.get_by_role("link", name="New selection").click()
    page.get_by_label("Name of the scenario").fill(name)
    look_over(page)
    page.get_by_role("button", name="Find the best selection").click()
    return await_selection(page)


def await_selection(page) -> str:
    """Wait for a selection and for its reasons, both long jobs with a page of progress; returns its address."""
    page.wait_for_url(re.compile(r"/organize/jobs/\d+$"))
    page.get_by_role("region", name="Progress").wait_for()
    look_over(page)
    wait_for_job(page)
    page.get_by_role("heading", name="Who to invite").wait_for()
    address = page.url
    progress = page.get_by_role("link", name="See how far it is")
    if progress.count():
        progress.click()
        wait_for_job(page)
    page.goto(address)
    page.get_by_role("heading", name="What would one more buy?").wait_for()
    look_over(page)
    return address


def recompute(page, name: str) -> str:
    """A rule about one person with its reason; returns the address of the selection that follows from it."""
    page.get_by_label(f"Rule for {name}").select_option("Never invite")
    page.get_by_role("button", name="Recompute").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    look_over(page)
    assert page.get_by_label(f"Rule for {name}").locator("option:checked").inner_text() == "Never invite"
    page.get_by_label("Reason for the rules you changed").fill(RULE)
    page.get_by_role("button", name="Recompute").click()
    return await_selection(page)


def compare(page) -> None:
    page.goto(f"{DESK}/selections")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Compare side by side").click()
    page.get_by_role("heading", name="Selections side by side").wait_for()
    look_over(page)


def approve(page, selection: str, n: int) -> None:
    """On the page of a selection that somebody else proposed."""
    page.goto(selection)
    page.get_by_role("link", name=re.compile("^Approve")).click()
    look_over(page)
    page.get_by_role("button", name="Approve").click()
    page.get_by_text(f"{n} {'person is' if n == 1 else 'people are'} selected.").wait_for()


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
    page.goto(f"/{SLUG}/organize/travel")
    look_over(page)
    assert PASSPORT not in page.content()
    page.get_by_role("button", name=f"Open to arrange the journey {name}").click()
    page.get_by_text(PASSPORT).wait_for()
    look_over(page)
    page.goto(f"/{SLUG}/organize/travel/readings")
    assert page.locator("main tbody tr").count() == 1
    look_over(page)


def make_programme(page) -> tuple[str, str]:
    """A skeleton of the programme; returns the texts of its PDF and of its CSV."""
    page.goto(f"/{SLUG}/organize/meeting/programme")
    look_over(page)
    page.get_by_role("link", name="Make a skeleton").click()
    look_over(page)
    page.get_by_role("button", name="Make a skeleton").click()
    page.get_by_text(re.compile(r"sessions? (was|were) added\.")).wait_for()
    look_over(page)
    return pdf_text(download(page, "PDF")), download(page, "CSV").decode("utf-8-sig")


def pages_within(page, start: str, *, at_most: int = 60) -> dict[str, str]:
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

"""Steps of choosing whom to invite in a real browser: limits and selections."""

import re

from builders_inviting import SLUG
from walking import look_over, tab_to, wait_for_job

DESK = f"/{SLUG}/organize/invite"
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

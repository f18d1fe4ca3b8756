"""Steps that several journeys take in a real browser."""

import re
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe

from solicit.clock import utcnow

PASSWORD = "seven small orbits around one lamp"
SMALL = {"width": 320, "height": 700}
PHONE = {"width": 360, "height": 780}
# The words of the link, button or field that has the focus, if one has it.
FOCUSED = """
    (e => (e.closest('a, button') ?? e.labels?.[0])?.innerText.replace(/\\s+/g, ' ') ?? '')(document.activeElement)
"""
_LINK = re.compile(r"http://127\.0\.0\.1:\d+(\S+)")


def link_in(mail) -> str:
    """The address in a letter, within the site."""
    return _LINK.search(mail.get_body(("plain",)).get_content())[1]


def sign_in(page, email: str) -> None:
    page.goto("/en/sign-in")
    give_password(page, email)
    page.wait_for_url(lambda url: "/sign-in" not in url)


def give_password(page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def tab_to(page, words: str) -> None:
    """Go on by Tab until a link, button or field with these words has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"No way to “{words}” by keyboard on {page.url}")


def wait_for_job(page) -> None:
    """Stay on a job's page until its result is there, and go to it."""
    page.get_by_role("link", name=re.compile("result", re.I)).click(timeout=150_000)


def assign(page) -> None:
    """On the page of a round: have a proposal computed that gives every question what it wants, and deploy it."""
    page.get_by_role("button", name="Compute a proposal").click()
    wait_for_job(page)
    page.get_by_role("link", name="Read the proposal").click()
    page.get_by_role("button", name="Deploy", exact=True).click()
    page.get_by_role("status").get_by_text(re.compile("assigned")).wait_for()


def look_over(page) -> None:
    """No rule of axe is broken, and nothing is wider than a small phone."""
    page.wait_for_load_state()
    width = page.viewport_size
    page.set_viewport_size(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"], page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url} {found.generate_report()}"
    page.set_viewport_size(width)


def fill_dates(page) -> None:
    """A round that is open from today on, for some days."""
    page.get_by_label("Opens").fill(f"{utcnow():%Y-%m-%d} 00:00")
    page.get_by_label("Closes").fill(f"{utcnow() + timedelta(days=9):%Y-%m-%d} 12:00")


def open_round(page) -> None:
    """On the page of a round in preparation."""
    page.get_by_role("link", name="Open the round").click()
    page.get_by_role("button", name="Open the round").click()
    page.get_by_role("link", name="Close the round").wait_for()


def close_round(page) -> None:
    """On the page of an open round."""
    page.get_by_role("link", name="Close the round").click()
    page.get_by_role("button", name="Close the round").click()
    page.get_by_role("link", name="Prepare a round that follows").wait_for()


def freeze(page) -> None:
    """On the page of a closed round: freeze its series, and go to the ranking."""
    page.get_by_role("link", name="Freeze the ranking").click()
    page.get_by_role("button", name="Freeze the ranking").click()
    wait_for_job(page)
    page.get_by_role("heading", name="Ranking").first.wait_for()

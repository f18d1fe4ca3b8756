"""An organizer takes a call from nothing to open, in a browser that runs no script."""

import pytest
from builders import make_call, make_organizer
from builders_people import make_account
from walking import PASSWORD, PHONE, sign_in

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.calls.queries import call_facts
from solicit.calls.states import CallState
from solicit.clock import utcnow

EMAIL = "wanjiru@example.org"
NEW = "deep-space-2029"

pytestmark = pytest.mark.browser


def arrange(session) -> None:
    """Somebody who organizes one call already."""
    call = make_call(session, slug="deep-space", title="Deep space")
    person = make_account(session, password=PASSWORD, email=EMAIL, full_name="Wanjiru Kamau")
    access.grant_role(session, person_id=person.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    make_organizer(session, call)
    session.commit()


def begin(page) -> None:
    page.goto("/deep-space/organize/call")
    page.get_by_role("link", name="Begin a new edition or call").click()
    page.get_by_label("Nothing", exact=True).check()
    page.get_by_label("Title").fill("Deep space 2029")
    page.get_by_label("Word in its address").fill("Deep Space")
    page.get_by_label("Time zone").select_option("Asia/Shanghai")
    page.get_by_label("Opens").fill("2026-01-01 09:00")
    page.get_by_label("Closes").fill("2029-03-01 23:59")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Use small letters").wait_for()
    page.get_by_label("Word in its address").fill(NEW)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("The call has no themes.").first.wait_for()


def try_to_open(page) -> None:
    page.get_by_role("link", name="Open the call").click()
    page.get_by_text("It cannot open before this is mended").wait_for()
    page.get_by_role("link", name="Cancel").click()


def mend(page) -> None:
    """Each point by the link beside it."""
    page.get_by_role("link", name="Add themes").click()
    page.get_by_label("Name", exact=True).fill("Dust")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("The theme is on the list.").wait_for()
    page.get_by_role("link", name="Call set-up").first.click()
    page.get_by_role("link", name="Write the texts").first.click()
    page.get_by_label("What submitters agree to").fill("We may **publish** it.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("Nothing is saved yet.").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()


def open_call(page) -> None:
    page.get_by_role("link", name="Open the call").click()
    page.get_by_text("submissions are taken at once").wait_for()
    page.get_by_role("button", name="Open the call").click()
    page.get_by_text("The call is now “Open”.").wait_for()
    page.get_by_role("link", name="The public page", exact=True).click()
    page.get_by_role("link", name="Submit a question").wait_for()
    page.get_by_text("1 March 2029, 23:59 in Asia/Shanghai").wait_for()


def test_organizer_takes_a_call_from_nothing_to_open_without_script(make_site, in_site, open_browser):
    site = make_site()
    with in_site(site) as session:
        arrange(session)
    site.start()
    page = open_browser(base_url=site.url, viewport=PHONE, java_script_enabled=False, may_fail_to_load=True)
    sign_in(page, EMAIL)
    begin(page)
    try_to_open(page)
    mend(page)
    open_call(page)
    with in_site(site) as session:
        assert call_facts(session, slug=NEW).state is CallState.OPEN

"""Writing on a phone with a poor connection: what was typed is never lost."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_people import make_account
from builders_submissions import GOAL, SIGNIFICANCE, label_of, make_question
from walking import PASSWORD, PHONE, give_password, link_in, look_over, sign_in

from solicit.access.models import SignIn
from solicit.calls.queries import call_facts
from solicit.submissions.models import Submission
from solicit.submissions.states import SubmissionState

TITLE = "Where does interstellar dust come from?"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(make_lasting_site, in_site, exported_model):
    site = make_lasting_site(model=exported_model)
    with in_site(site) as session:
        make_call(session, slug="deep-space", title="Deep space")
        make_account(session, password=PASSWORD, email="amina@example.org", full_name="Amina Diallo")
    site.start()
    return site


def begin(page) -> None:
    page.goto("/en/deep-space/submit")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/question")


def write_text(page) -> None:
    page.get_by_label("Question", exact=True).fill(TITLE)
    page.get_by_label("Unexplored Space").check()
    page.get_by_label("Goal overview").fill(GOAL)
    page.get_by_label("Scientific significance").fill(SIGNIFICANCE)


def write_about(page) -> None:
    page.get_by_label("Full name, as you publish it").fill("Amina Diallo")
    page.get_by_label("Country or region").select_option("SN")
    page.get_by_label("Student").check()
    page.get_by_label("I am 16 or older").check()


def save_and_go_on(page, to: str) -> None:
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**/{to}")


def stored(in_site, site) -> Submission:
    """What was begun last."""
    with in_site(site) as session:
        return session.scalars(sa.select(Submission).order_by(Submission.id.desc()).limit(1)).one()


def test_from_nothing_to_the_receipt_without_an_account(site, in_site, open_browser):
    page = open_browser(base_url=site.url, viewport=PHONE)
    begin(page)
    look_over(page)
    page.get_by_label("Scientific significance").fill("Written first, sav")
    page.get_by_text(re.compile("Draft saved at [0-9]")).wait_for()  # by itself
    assert stored(in_site, site).significance == "Written first, sav"
    write_text(page)
    save_and_go_on(page, "about")
    look_over(page)
    write_about(page)
    page.get_by_label("Your e-mail address").fill("new@example.org")
    save_and_go_on(page, "check")
    look_over(page)
    page.get_by_role("button", name="Send me the link to finish").click()
    page.get_by_role("heading", name="Check your e-mail").wait_for()
    look_over(page)
    mail = site.mailbox.wait_for("new@example.org", "Your link to finish")
    page.goto(link_in(mail))
    page.get_by_role("button", name="Open the draft").click()
    page.get_by_label("I agree to the terms").check()
    look_over(page)
    page.get_by_role("button", name="Send", exact=True).dblclick()
    page.get_by_role("heading", name="We received your question").wait_for()
    assert stored(in_site, site).state is SubmissionState.SENT


def test_what_was_typed_before_the_script_had_come_is_saved(site, in_site, open_browser):
    page = open_browser(base_url=site.url, viewport=PHONE)
    held = []
    page.route("**/autosave*.js*", lambda route: held.append(route))
    with page.expect_request("**/autosave*.js*"):
        begin(page)
    write_text(page)
    (module,) = held
    module.continue_()
    page.get_by_text(re.compile("Draft saved at [0-9]")).wait_for()
    assert stored(in_site, site).title == TITLE


def test_without_a_connection_the_text_stays_in_the_browser(site, in_site, open_browser):
    page = open_browser(base_url=site.url, may_fail_to_load=True, viewport=PHONE)
    begin(page)
    write_text(page)
    page.get_by_text(re.compile("Draft saved at [0-9]")).wait_for()
    page.context.set_offline(True)
    page.get_by_label("Goal overview").fill(GOAL + " Written in a tunnel.")
    page.locator("[data-line]", has_text="Not saved: no connection.").wait_for()
    assert "no connection" in page.locator("[data-spoken]").text_content()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_timeout(300)
    assert page.url.endswith("/question")  # nothing is risked
    page.context.set_offline(False)
    page.locator("[data-line]", has_text="Draft saved at").wait_for()
    assert page.locator("[data-spoken]").text_content() == "Your draft is saved again."
    page.context.set_offline(True)
    page.get_by_label("Goal overview").fill(GOAL + " Written in another tunnel.")
    page.locator("[data-line]", has_text="Not saved: no connection.").wait_for()
    address = page.url
    # The window is lost, and a new one of the same browser is opened later.
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.context.set_offline(False)
    other.goto(address)
    other.get_by_text("A copy of it is kept in this browser.").wait_for()
    assert "another" not in other.get_by_label("Goal overview").input_value()
    look_over(other)
    other.get_by_role("button", name="Use the copy").click()
    assert "another" in other.get_by_label("Goal overview").input_value()
    other.get_by_text(re.compile("Draft saved at [0-9]")).wait_for()
    assert stored(in_site, site).goal_overview.endswith("Written in another tunnel.")
    other.goto(address)
    assert not other.locator("[data-offer]").is_visible()
    assert other.evaluate("localStorage.length") == 0


def test_sign_in_that_ends_in_the_middle_loses_nothing(site, in_site, open_browser):
    page = open_browser(base_url=site.url, viewport=PHONE)
    sign_in(page, "amina@example.org")
    page.wait_for_url("**/deep-space/")
    begin(page)
    write_text(page)
    with in_site(site) as session:
        session.execute(sa.delete(SignIn))
        session.commit()
    page.get_by_label("Goal overview").fill(GOAL + " Written after the sign-in had ended.")
    page.locator("[data-line]", has_text="You are signed out").wait_for()
    assert stored(in_site, site).goal_overview.endswith("Written after the sign-in had ended.")
    page.get_by_label("Scientific significance").fill(SIGNIFICANCE + " The last words.")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile("/sign-in"))
    give_password(page, "amina@example.org")
    page.wait_for_url("**/about")
    write_about(page)
    save_and_go_on(page, "check")
    page.get_by_label("I agree to the terms").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name="We received your question").wait_for()
    assert stored(in_site, site).significance.endswith("The last words.")


def test_two_windows_show_both_texts(site, in_site, open_browser):
    first = open_browser(base_url=site.url, may_fail_to_load=True)
    begin(first)
    second = first.context.new_page()
    second.goto(first.url)
    first.get_by_label("Goal overview").fill("Of the first window.")
    save_and_go_on(first, "about")
    second.get_by_label("Goal overview").fill("Of the second window.")
    second.locator("[data-line]", has_text="You saved another version in the meantime.").wait_for()
    second.get_by_role("button", name="Save and continue").click()
    second.get_by_role("heading", name="You saved another version in the meantime").wait_for()
    look_over(second)
    for words in ("Of the first window.", "Of the second window."):
        assert second.locator(".compare").get_by_text(words).is_visible()
    save_and_go_on(second, "about")
    assert stored(in_site, site).goal_overview == "Of the second window."


def test_a_note_outlives_the_list(site, in_site, open_browser):
    """The list of similar questions is fetched anew while somebody writes how theirs differs.

    The texts are Russian, so that their words alone decide which questions are listed.
    """
    rings, dust = "Из чего состоят кольца Сатурна?", "Откуда берётся межзвёздная пыль?"
    with in_site(site) as session:
        call = call_facts(session, slug="deep-space")
        label, other = (label_of(make_question(session, call, title=each, language="ru")) for each in (rings, dust))
        session.commit()
    page = open_browser(base_url=site.url)
    begin(page)
    page.get_by_label("Language of this text").select_option("ru")
    title = page.get_by_label("Question", exact=True)
    listed, kept = (page.locator(f"[{part}] [name='differs-{label}']") for part in ("data-panel", "data-kept"))
    title.fill("Из чего состоят кольца Урана?")
    page.locator("[data-panel] summary").click()
    listed.fill("Mine is about ice.")
    title.fill("Откуда берётся пыль?")
    page.locator(f"[data-panel] [name='differs-{other}']").wait_for(state="attached")
    kept.wait_for()
    assert (listed.count(), kept.input_value()) == (0, "Mine is about ice.")
    title.fill("Из чего состоят кольца Нептуна?")
    listed.wait_for(state="attached")
    assert (listed.input_value(), kept.count()) == ("Mine is about ice.", 0)

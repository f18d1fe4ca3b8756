"""From nothing to the receipt: on phones and desks, light and dark, in Arabic, and without any script."""

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from builders import make_call

from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import SubmissionState

pytestmark = pytest.mark.browser

LINK = re.compile(r"http://127\.0\.0\.1:\d+(\S+)")
ENGLISH = (
    "Where does interstellar dust come from, and what is it made of?",
    "We want to find out where it comes from and how it changes on its way.",
    "It would tell us how worlds like ours begin and end.",
    "Amina Diallo",
)
ARABIC = (
    "هل توجد محيطات تحت جليد قمر أوروبا، وكم عمقها؟",
    "نريد أن نعرف إن كان تحت الجليد ماء سائل، وما سمك الجليد فوقه في أماكن مختلفة.",
    "فهم هذه المحيطات يخبرنا أين يمكن أن توجد الحياة في المجموعة الشمسية.",
    "ليلى حسن العلي",
)


@dataclass(frozen=True)
class Visit:
    """Somebody who has never been here, and what they look through."""

    name: str
    width: int
    scheme: str
    texts: tuple[str, str, str, str] = ENGLISH
    language: str = "en"
    has_scripts: bool = True


VISITS = (
    Visit("phone", 360, "light"),
    Visit("phone at night, Arabic", 360, "dark", ARABIC, "ar"),
    Visit("desk, Arabic", 1280, "light", ARABIC, "ar"),
    Visit("desk at night", 1280, "dark"),
    Visit("phone without scripts", 360, "dark", has_scripts=False),
)


def look_over(page, visit: Visit) -> None:
    """Nothing for axe to find, and nothing wider than the window. Axe itself needs scripts."""
    assert page.evaluate("document.documentElement.scrollWidth") <= visit.width, page.url
    if visit.has_scripts:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url} {found.generate_report()}"


def go_on(page, visit: Visit, to: str) -> None:
    look_over(page, visit)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**/{to}")


def submit(page, site, visit: Visit, address: str) -> None:
    title, goal, significance, name = visit.texts
    page.goto("/en/deep-space/submit")
    look_over(page, visit)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/question")
    page.get_by_label("Question", exact=True).fill(title)
    page.get_by_label("Signatures of Extra-terrestrial Life").check()
    page.get_by_label("Goal overview").fill(goal)
    page.get_by_label("Scientific significance").fill(significance)
    page.get_by_label("Language of this text").select_option(visit.language)
    go_on(page, visit, "about")
    page.get_by_label("Full name, as you publish it").fill(name)
    page.get_by_label("Country or region").select_option("SN")
    page.get_by_label("Student").check()
    page.get_by_label("I am 16 or older").check()
    page.get_by_label("Your e-mail address").fill(address)
    go_on(page, visit, "check")
    look_over(page, visit)
    page.get_by_role("button", name="Send me the link to finish").click()
    page.get_by_role("heading", name="Check your e-mail").wait_for()
    mail = site.mailbox.wait_for(address, "Your link to finish")
    page.goto(LINK.search(mail.get_body(("plain",)).get_content())[1])
    look_over(page, visit)
    page.get_by_role("button", name="Open the draft").click()
    page.get_by_label("I agree to the terms").check()
    look_over(page, visit)
    page.get_by_role("button", name="Send", exact=True).dblclick()
    page.get_by_role("heading", name="We received your question").wait_for()
    look_over(page, visit)
    page.get_by_role("link", name="See your submission").click()
    heading = page.get_by_role("heading", level=1)
    assert heading.text_content() == title
    assert (heading.get_attribute("lang"), heading.get_attribute("dir")) == (visit.language, "auto")
    look_over(page, visit)


def test_anybody_submits_from_nothing(make_site, in_site, exported_model, open_browser):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        make_call(session, slug="deep-space", title="Deep space")
        session.commit()
    site.start()
    for n, visit in enumerate(VISITS):
        page = open_browser(
            base_url=site.url,
            viewport={"width": visit.width, "height": 780},
            color_scheme=visit.scheme,
            java_script_enabled=visit.has_scripts,
        )
        submit(page, site, visit, f"writer{n}@example.org")
        page.close()
    with in_site(site) as session:
        sent = session.execute(
            sa.select(Submission, Authorship.full_name)
            .join(Authorship, Authorship.submission_id == Submission.id)
            .order_by(Submission.sent_at)
        ).all()
        kept = [(s.title, s.goal_overview, s.significance, name, s.language) for s, name in sent]
        assert kept == [(*visit.texts, visit.language) for visit in VISITS]
        assert {s.state for s, _name in sent} == {SubmissionState.SENT}

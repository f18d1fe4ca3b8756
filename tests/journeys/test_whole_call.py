"""One whole call in a real browser: from a new account to the exported ranking."""

import csv
import io
import re
import time
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_people import make_account
from builders_submissions import author_values
from walking import PASSWORD, assign, close_round, fill_dates, freeze, link_in, open_round, sign_in, wait_for_job

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.demo.content import sample_questions
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.service.open import open_question
from solicit.questions.service.screen import put_many_in_scope
from solicit.rankings.models import RankingRow
from solicit.submissions import service as submissions
from solicit.submissions.states import TextValues

N_SAMPLES = 8
COMPARED_WITHIN = 60

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Arranged:
    """What is there before the journey begins."""

    slug: str
    asked: str
    overview: str
    panelists: tuple[str, ...]


def arrange(session) -> Arranged:
    """A call with its organizer, three people for the panel, and some questions in scope already."""
    call = make_call(session, slug="deep-space", title="Deep space", n_places=3)
    organizer = make_account(session, password=PASSWORD, email="office@example.org", full_name="The Office")
    access.grant_role(session, person_id=organizer.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    second = make_account(session, password=PASSWORD, email="second@example.org", full_name="Second Organizer")
    access.grant_role(session, person_id=second.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    panelists = [
        make_account(session, password=PASSWORD, email=f"panel{n}@example.org", full_name=f"Panelist {n}")
        for n in range(3)
    ]
    samples = [text for text in sample_questions() if text.language == "en" and text.theme == "space"]
    plain = [text for text in samples if text.kind == "question" and not text.paraphrase_of][:N_SAMPLES]
    ids = [_send(session, call, text) for text in plain]
    put_many_in_scope(session, call_id=call.id, question_ids=ids, actor_id=organizer.id, now=utcnow())
    session.commit()
    return Arranged(call.slug, plain[0].title, plain[0].goal_overview, tuple(person.email for person in panelists))


def _send(session, call, sample) -> int:
    author = make_account(session, password=None, country=sample.country)
    text = TextValues(
        kind=Kind(sample.kind),
        theme_id=call.theme(sample.theme).id,
        language="en",
        title=sample.title,
        goal_overview=sample.goal_overview,
        significance=sample.significance,
    )
    receipt = submissions.submit(
        session,
        call=call,
        person_id=author.id,
        author=author_values(country=sample.country, is_willing=True),
        text=text,
        idempotency_key=None,
        now=utcnow(),
    )
    return open_question(session, submission_id=receipt.submission_id, call_id=call.id, text=text, now=utcnow())


def register(page, site) -> None:
    page.goto("/en/register")
    page.get_by_label("Full name").fill("Amina Diallo")
    page.get_by_label("E-mail").fill("amina@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.goto(link_in(site.mailbox.wait_for("amina@example.org", "Confirm")))
    page.get_by_role("button", name="Confirm the address").click()
    sign_in(page, "amina@example.org")


def submit(page, arranged: Arranged) -> None:
    """Send a question much like one that is there, after seeing it among the similar ones."""
    page.goto(f"/en/{arranged.slug}/submit")
    page.get_by_role("button", name="Begin").click()
    title = arranged.asked.replace("Where did", "From where did")
    page.get_by_label("Question", exact=True).fill(title)
    page.locator("aside").get_by_role("link", name=arranged.asked).wait_for()
    page.get_by_label("Unexplored Space").check()
    page.get_by_label("Goal overview").fill("I want to know this: " + arranged.overview)
    page.get_by_label("Scientific significance").fill("It tells us how water came to the worlds near the Sun.")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Full name, as you publish it").fill("Amina Diallo")
    page.get_by_label("Country or region").select_option("SN")
    page.get_by_label("Student").check()
    page.get_by_label("I want to be invited").check()
    page.get_by_label("I am 16 or older").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("I agree to the terms").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name=re.compile("received", re.I)).wait_for()


def screen_and_merge(page, arranged: Arranged) -> None:
    page.goto(f"/{arranged.slug}/organize/questions")
    page.get_by_role("link", name=re.compile("From where did")).click()
    page.get_by_role("button", name="In scope", exact=True).click()
    same = page.locator("a.btn", has_text="Same")
    end = time.monotonic() + COMPARED_WITHIN
    while not same.count() and time.monotonic() < end:
        page.goto(f"/{arranged.slug}/organize/duplicates")
    same.first.click()
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("heading", name="Duplicates").wait_for()


def group(page, arranged: Arranged) -> None:
    page.goto(f"/{arranged.slug}/organize/topics")
    page.get_by_role("button", name="Make a proposal").click()
    wait_for_job(page)
    page.get_by_role("button", name="Accept the proposal").click()
    page.get_by_role("status").get_by_text("The proposal is accepted.").wait_for()
    page.get_by_role("heading", name="Unexplored Space").wait_for()


def set_up_panel(page, arranged: Arranged) -> None:
    page.goto(f"/{arranged.slug}/organize/panels")
    page.get_by_label("Name").fill("Space panel")
    page.get_by_label("Theme").select_option("Unexplored Space")
    page.get_by_role("button", name="Add the panel").click()
    for email in arranged.panelists:
        if page.get_by_role("link", name="Space panel").count():
            page.get_by_role("link", name="Space panel").first.click()
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Save the seat").click()
        page.get_by_role("status").first.wait_for()


def set_up_round(page, arranged: Arranged) -> None:
    page.goto(f"/{arranged.slug}/organize/panels")
    page.get_by_role("link", name="Prepare a round").click()
    page.get_by_label("Question", exact=True).check()
    page.get_by_label("Name of the round").fill("First reading")
    fill_dates(page)
    page.get_by_label("Share of raters from the home theme").fill("100")  # there is no other panel
    page.get_by_label("Criterion", exact=True).first.fill("Importance")
    page.get_by_label("The question it asks").first.fill("Would an answer change what we know?")
    page.get_by_label("What 1 means").first.fill("Hardly")
    page.get_by_label("What 5 means").first.fill("Entirely")
    page.get_by_label("Weight").first.fill("100")
    page.get_by_role("button", name="Save the round").click()
    assign(page)
    open_round(page)


def score_everything(page, arranged: Arranged, email: str, shift: int) -> None:
    """Score each question of the queue; the first ones highest, one panelist a little stricter."""
    sign_in(page, email)
    page.goto(f"/{arranged.slug}/review")
    page.get_by_label("I have read this and keep to it").check()
    page.get_by_role("button", name="Accept and go to the queue").click()
    page.locator("main a[href*='/review/Q-']").first.click()
    while page.get_by_role("button", name="Save and next").count():
        number = int(re.search(r"Q-(\d+)", page.url)[1])
        value = min(max(6 - (number + 1) // 2 - shift, 1), 5)
        for criterion in page.locator("form fieldset:has(.scale)").all():
            criterion.get_by_role("radio").nth(value - 1).check(force=True)
        page.get_by_label("I know it well enough").check()
        before = page.url
        page.get_by_role("button", name="Save and next").click()
        page.wait_for_url(lambda url, before=before: url != before)


def close_and_freeze(page, arranged: Arranged) -> None:
    page.goto(f"/{arranged.slug}/organize/panels")
    page.get_by_role("link", name="First reading").click()
    close_round(page)
    freeze(page)


def select(page, arranged: Arranged) -> None:
    page.goto(f"/{arranged.slug}/organize/invite")
    page.get_by_role("link", name="Go to the limits").click()
    page.get_by_role("link", name="Draw up limits").click()
    page.get_by_role("spinbutton", name="Seats in the room").fill("3")
    page.get_by_label("Budget").fill("20000")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Put in force").click()
    page.get_by_role("button", name="Put in force").click()
    page.get_by_text("The limits are in force.").wait_for()
    page.goto(f"/{arranged.slug}/organize/invite/selections")
    page.get_by_role("link", name="New selection").click()
    page.get_by_label("Name of the scenario").fill("First proposal")
    page.get_by_role("button", name="Find the best selection").click()
    wait_for_job(page)
    page.get_by_text(re.compile("proven", re.I)).first.wait_for()


def approve(page, arranged: Arranged) -> None:
    """Another organizer approves what the first one proposed."""
    sign_in(page, "second@example.org")
    page.goto(f"/{arranged.slug}/organize/invite/selections")
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^Selection \d+")).first.click()
    page.get_by_role("link", name=re.compile("Approve")).click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved").first.wait_for()


def export(page, arranged: Arranged) -> list[dict[str, str]]:
    answer = page.request.get(f"/{arranged.slug}/organize/export/ranked-themes.csv")
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))


def test_whole_call_from_account_to_export(make_site, in_site, open_browser, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        arranged = arrange(session)
    assert site.run("worker", "--until-idle").returncode == 0
    site.start()

    submitter = open_browser(base_url=site.url, viewport={"width": 360, "height": 780})
    register(submitter, site)
    submit(submitter, arranged)
    assert site.mailbox.wait_for("amina@example.org", "Received")

    organizer = open_browser(base_url=site.url)
    sign_in(organizer, "office@example.org")
    screen_and_merge(organizer, arranged)
    group(organizer, arranged)
    set_up_panel(organizer, arranged)
    set_up_round(organizer, arranged)
    for number, email in enumerate(arranged.panelists):
        score_everything(open_browser(base_url=site.url), arranged, email, shift=number // 2)
    close_and_freeze(organizer, arranged)
    select(organizer, arranged)
    approve(open_browser(base_url=site.url), arranged)
    rows = export(organizer, arranged)

    with in_site(site) as session:
        _check_export(session, rows)
        _check_merge(session)


def _check_export(session, rows: list[dict[str, str]]) -> None:
    stored = {
        f"Q-{question.number}": row
        for row, question in session.execute(
            sa.select(RankingRow, Question).join(Question, Question.id == RankingRow.question_id)
        )
    }
    assert {row["question"] for row in rows} == set(stored)
    for row in rows:
        ranked = stored[row["question"]]
        assert float(row["mean"]) == pytest.approx(ranked.mean, abs=1e-9)
        assert float(row["p_top_k"]) == pytest.approx(ranked.p_top_k, abs=1e-9)
        assert int(row["n_ratings"]) == ranked.n_ratings == 3
        assert row["title"] == ranked.title


def _check_merge(session) -> None:
    merged = session.scalars(sa.select(Question).where(Question.merged_into_id.is_not(None))).one()
    assert merged.title.startswith("From where did")
    assert session.scalar(sa.select(Person.confirmed_at).where(Person.email == "amina@example.org")) is not None

"""The pages of a panelist in a browser that runs no script: scoring, comparing and ordering work all the same."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import ask, make_later_round, make_panel, make_read_question, make_round, rate, seat
from builders_people import make_account
from walking import PASSWORD, PHONE, sign_in

from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison, Score
from solicit.panels.states import Activity, BallotState, Preference
from solicit.people.models import Person
from solicit.questions.models import Question

SLUG = "deep-space"
EMAIL = "amina@example.org"
N_QUESTIONS = 5

pytestmark = pytest.mark.browser


def arrange(session) -> None:
    """Three open rounds for one panelist: scoring two questions, comparing and ordering all five."""
    call = make_call(session, slug=SLUG, title="Deep space")
    panel = make_panel(session, call)
    person = make_account(session, password=PASSWORD, email=EMAIL, full_name="Amina Diallo")
    seat(session, call, panel, person=person)
    questions = [make_read_question(session, call) for _ in range(N_QUESTIONS)]
    round_id = make_round(session, call, panel_id=panel.id, state="open")
    for other in [seat(session, call, panel) for _ in range(3)]:
        for number, question in enumerate(questions):
            assignment = ask(session, round_id, panel, other, question)
            rate(session, assignment, 2 + (number + other.id) % 3)
    for question in questions[:2]:
        ask(session, round_id, panel, person, question)
    make_later_round(session, round_id, Activity.COMPARING, questions, pairs_per_panelist=3)
    make_later_round(session, round_id, Activity.BALLOT, questions)
    session.commit()


def score(page) -> None:
    """One question with half of the weight, one outside; an answer that lacks something is named and kept."""
    page.goto(f"/{SLUG}/review")
    page.locator("main a[href*='/review/Q-']").first.click()
    page.get_by_role("radiogroup", name="Importance").get_by_role("radio").nth(3).check(force=True)
    page.get_by_role("button", name="Save and next").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert page.get_by_role("radiogroup", name="Importance").get_by_role("radio").nth(3).is_checked()
    page.get_by_label("I know it well enough").check()
    page.get_by_role("button", name="Save and next").click()
    page.get_by_text(re.compile(r"Your review of Q-\d+ is saved\.")).wait_for()
    page.get_by_label("Outside my expertise").check()
    page.get_by_role("button", name="Save and next").click()
    page.get_by_text("Nothing left to review").wait_for()


def compare(page) -> None:
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Start comparing").click()
    page.get_by_role("button", name="A matters more").click()
    page.get_by_text("1 of 3 comparisons done").wait_for()
    page.get_by_role("button", name="Undo my last choice").click()
    page.get_by_text("0 of 3 comparisons done").wait_for()
    page.get_by_role("button", name="B matters more").click()
    page.get_by_role("button", name="About equal").click()
    page.locator("summary", has_text="I cannot decide").click()
    page.get_by_label("Why can you not decide?").fill("They ask for different things.")
    page.get_by_role("button", name="Go on without a choice").click()
    page.get_by_text("You have compared all your pairs.").wait_for()


def order(page) -> dict[str, int]:
    """Places typed as numbers, one moved by its button; returns what was submitted."""
    page.get_by_role("link", name="Put in order").click()
    page.get_by_role("link", name="Unexplored Space").click()
    fields = page.get_by_role("spinbutton")
    labels = [re.search(r"Q-\d+", field.evaluate("e => e.labels[0].textContent"))[0] for field in fields.all()]
    first, second, third = labels[:3]
    for label, place in ((first, 1), (second, 2), (third, 3)):
        page.get_by_role("spinbutton", name=label).fill(str(place))
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("Your order is saved as a draft.").wait_for()
    page.get_by_role("button", name=f"To the top {third}").click()
    page.get_by_role("spinbutton", name=second).fill("2")  # beside the one that is second now
    page.get_by_role("button", name="Submit my order").click()
    page.get_by_text("Your order of “Unexplored Space” is submitted.").wait_for()
    return {third: 1, first: 2, second: 2}


def check_votes(session, places: dict[str, int]) -> None:
    n_scores = (
        sa.select(sa.func.count(Score.value))
        .select_from(Assignment)
        .join(Person, (Person.id == Assignment.person_id) & (Person.email == EMAIL))
        .outerjoin(Score, Score.assignment_id == Assignment.id)
        .group_by(Assignment.id)
    )
    assert sorted(session.scalars(n_scores)) == [0, 1]
    said = session.scalars(sa.select(Comparison.preference).order_by(Comparison.judged_at)).all()
    assert said == [Preference.RIGHT, Preference.EQUAL, Preference.UNDECIDED]
    placed = sa.select(Question.number, BallotPlace.place).join(Question, Question.id == BallotPlace.question_id)
    assert {f"Q-{number}": place for number, place in session.execute(placed)} == places
    assert session.scalars(sa.select(Ballot.state)).one() is BallotState.SUBMITTED


def test_panelist_scores_compares_and_orders_without_script(make_site, in_site, open_browser, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        arrange(session)
    site.start()
    page = open_browser(base_url=site.url, viewport=PHONE, java_script_enabled=False, may_fail_to_load=True)
    sign_in(page, EMAIL)
    score(page)
    compare(page)
    places = order(page)
    with in_site(site) as session:
        check_votes(session, places)

"""A panel in a real browser: invited by mail, scoring on a phone, comparing, ordering, talking, frozen, published."""

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import make_read_question, rate
from builders_people import make_account
from walking import PASSWORD, PHONE, close_round, look_over, sign_in, tab_to
from walking_panels import (
    AMINA,
    CHAIR,
    CRITERIA,
    N_PAIRS,
    N_QUESTIONS,
    OFFICE,
    OTHERS,
    SLUG,
    THEME,
    accept_the_statement,
    accept_with_an_account,
    accept_without_an_account,
    freeze_and_publish,
    invite_everybody,
    read_as_a_visitor,
    say_what_they_know,
    set_up_round,
    start_later_round,
)

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison, ConflictOfInterest, Review, Score
from solicit.panels.states import AssignmentState, BallotState, ComparisonState, Confidence, Preference
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.rankings.models import RankingRow

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Scored:
    """What the panelist with the phone did with which question."""

    skipped: str
    half: str
    outside: str
    conflict: str
    full: str


def arrange(session) -> None:
    """A closed call with its organizer, questions in scope, and accounts for all who are invited but one."""
    call = make_call(session, slug=SLUG, title="Deep space", n_places=2, state=CallState.CLOSED)
    organizer = make_account(session, password=PASSWORD, email=OFFICE, full_name="The Office")
    access.grant_role(session, person_id=organizer.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    for email in (CHAIR, *OTHERS):
        make_account(session, password=PASSWORD, email=email, full_name=email.split("@")[0].title())
    for number in range(N_QUESTIONS):
        make_read_question(session, call, title=f"What is wonder {number}?")
    session.commit()


def label_of(page) -> str:
    return re.search(r"Q-\d+", page.url)[0]


def press(page, key: str) -> None:
    """Press a single key of a review page, and wait for the next page."""
    page.locator(f"[aria-keyshortcuts={key}]").wait_for()
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)


def score(page, **values: int) -> None:
    for name, value in values.items():
        page.get_by_role("radiogroup", name=name).get_by_role("radio").nth(value - 1).check(force=True)


def score_on_the_phone(page) -> Scored:
    """All six questions: one skipped at first, one with half of the weight, one outside, one in conflict."""
    page.goto(f"/{SLUG}/review")
    look_over(page)
    page.locator("main a[href*='/review/Q-']").first.click()
    page.get_by_role("heading", name="Your scores").wait_for()
    look_over(page)
    skipped = label_of(page)
    press(page, "s")

    half = label_of(page)
    score(page, Importance=4)
    page.get_by_label("I know it well enough").check()
    press(page, "n")
    page.get_by_text(f"Your review of {half} is saved.").wait_for()

    outside = label_of(page)
    page.get_by_label("Outside my expertise").check()
    press(page, "n")

    conflict = label_of(page)
    page.locator("summary", has_text="Declare a conflict").click()
    page.get_by_label("What is the conflict?").fill("My student wrote it.")
    page.get_by_role("button", name="Declare it").click()
    page.get_by_text(f"{conflict} left your queue because of the conflict.").wait_for()

    full = label_of(page)
    for _ in range(3):  # two others, then the skipped one
        last = label_of(page)
        score(page, Importance=5, Novelty=3, Reachability=2)
        page.get_by_label("This is my field").check()
        page.get_by_label("Comment to the panel").fill("Dust is everywhere, so this matters.")
        page.get_by_role("heading", name="Your scores").click()  # out of the text, where keys are letters
        press(page, "n")
    assert last == skipped
    page.get_by_text("Nothing left to review").wait_for()
    assert conflict not in page.locator("main").inner_text()
    assert page.request.get(f"/{SLUG}/review/{conflict}").status == 404
    return Scored(skipped, half, outside, conflict, full)


def score_the_rest(session) -> None:
    """Everybody else scores; the questions come out nearly equal, so that comparing them is worth it."""
    wanted = sa.select(Assignment, Question.number).join(Question).join(Person, Person.id == Assignment.person_id)
    waits = Assignment.state == AssignmentState.ASSIGNED
    for assignment, number in session.execute(wanted.where(waits, Person.email != AMINA)).all():
        rate(session, assignment, [1 + (number + assignment.person_id + n) % 5 for n in range(len(CRITERIA))])
    session.commit()


def choose(page, key: str, n_done: int) -> None:
    page.locator(f"[aria-keyshortcuts='{key}']").wait_for()
    page.keyboard.press(key)
    page.get_by_text(f"{n_done} of {N_PAIRS} comparisons done").wait_for()


def compare_pairs(page) -> None:
    """By keys: A, B, equal, which is undone and said again, and A."""
    page.goto(f"/{SLUG}/review")
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Start comparing").click()
    choose(page, "1", 1)
    choose(page, "2", 2)
    choose(page, "0", 3)
    look_over(page)
    page.get_by_role("button", name="Undo my last choice").click()
    page.get_by_text(f"2 of {N_PAIRS} comparisons done").wait_for()
    choose(page, "0", 3)
    choose(page, "1", 4)
    page.get_by_text("You have compared all your pairs.").wait_for()


def step(page, words: str, label: str, place: str) -> None:
    """Press the step of a question on the ballot, and wait until its place is told."""
    tab_to(page, f"{words} {label}")
    page.keyboard.press("Enter")
    page.locator("[data-spoken]", has_text=f"{label}: {place}").wait_for(state="attached")


def order_by_keyboard(page, scored: Scored) -> dict[str, int]:
    """A partial list with a tie, without a pointer; returns the places."""
    first, second, third = scored.full, scored.half, scored.skipped
    page.goto(f"/{SLUG}/review")
    tab_to(page, "Put in order")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Which question matters more?").wait_for()
    tab_to(page, THEME)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Not ranked").wait_for()
    page.wait_for_load_state("networkidle")  # a step that is taken before its script has come is not spoken
    assert scored.conflict not in page.locator("main").inner_text()
    for place, label in enumerate((first, second, third), 1):
        step(page, "Give it a place", label, str(place))
    step(page, "Move up", third, "2")
    step(page, "Tie with the one above", second, "2")
    look_over(page)
    tab_to(page, "Submit my order")
    page.keyboard.press("Enter")
    page.get_by_text(f"Your order of “{THEME}” is submitted.").wait_for()
    return {first: 1, third: 2, second: 2}


def discuss(page, chair, scored: Scored) -> None:
    page.goto(f"/{SLUG}/review")
    page.get_by_role("link", name="Discussions").click()
    page.locator(f"main a[href$='/review/{scored.full}/discussion']").click()
    page.locator("textarea[name=text]").fill("Dust hides what we look for: that is why it matters.")
    page.get_by_role("button", name="Post", exact=True).click()
    page.locator(".thread").get_by_text("Dust hides what we look for").wait_for()
    look_over(page)

    chair.goto(f"/{SLUG}/review/{scored.full}/discussion")
    assert "Dust hides" in chair.locator(".thread").inner_text()
    assert "Amina" not in chair.locator("main").inner_text()
    chair.locator("summary", has_text="Write the summary").click()
    chair.locator("textarea[name=summary]").fill("The panel agrees that dust comes first.")
    chair.get_by_role("button", name="Save the summary").click()
    chair.get_by_text("Written by the chair").wait_for()
    look_over(chair)


def check_ranking(session, published: list[tuple]) -> None:
    found = session.execute(
        sa.select(RankingRow, Question.number)
        .join(Question, Question.id == RankingRow.question_id)
        .order_by(RankingRow.position)
    ).all()
    assert len(found) == N_QUESTIONS
    for (label, first, last, *numbers, n_ratings), (row, number) in zip(published, found, strict=True):
        assert (label, first, last) == (f"Q-{number}", row.place_first, row.place_last)
        assert (numbers, n_ratings) == (pytest.approx([row.mean, row.low, row.high], abs=0.00501), row.n_ratings)


def check_reviews(session, scored: Scored) -> None:
    """The reviews of the panelist with the phone are stored as they were given, and none of the conflict."""
    mine = (
        sa.select(Question.number, Review.confidence, sa.func.count(Score.value))
        .select_from(Assignment)
        .join(Question, Question.id == Assignment.question_id)
        .join(Person, (Person.id == Assignment.person_id) & (Person.email == AMINA))
        .join(Review, Review.assignment_id == Assignment.id)
        .outerjoin(Score, Score.assignment_id == Assignment.id)
        .group_by(Question.number, Review.confidence)
    )
    given = {f"Q-{number}": (confidence, n_scores) for number, confidence, n_scores in session.execute(mine)}
    assert scored.conflict not in given and len(given) == N_QUESTIONS - 1
    assert given[scored.half] == (Confidence.WELL_ENOUGH, 1)
    assert given[scored.outside] == (Confidence.OUTSIDE, 0)
    assert given[scored.full] == given[scored.skipped] == (Confidence.MY_FIELD, 3)
    assert session.scalars(sa.select(ConflictOfInterest.reason)).one() == "My student wrote it."


def check_votes(session, places: dict[str, int]) -> None:
    choices = sa.select(Comparison.preference).where(Comparison.state == ComparisonState.JUDGED)
    said = session.scalars(choices.order_by(Comparison.judged_at)).all()
    assert said == [Preference.LEFT, Preference.RIGHT, Preference.EQUAL, Preference.LEFT]
    placed = sa.select(Question.number, BallotPlace.place).join(Question, Question.id == BallotPlace.question_id)
    assert {f"Q-{number}": place for number, place in session.execute(placed)} == places
    assert session.scalars(sa.select(Ballot.state)).one() is BallotState.SUBMITTED


def test_panel_from_letters_to_the_published_ranking(make_site, in_site, open_browser, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        arrange(session)
    site.start()

    office = open_browser(base_url=site.url)
    sign_in(office, OFFICE)
    invite_everybody(office)
    phone = open_browser(base_url=site.url, viewport=PHONE)
    accept_without_an_account(phone, site)
    look_over(phone)
    say_what_they_know(phone)
    look_over(phone)
    accept_the_statement(phone)
    chair = open_browser(base_url=site.url)
    for page, email in [(chair, CHAIR), *((open_browser(base_url=site.url), email) for email in OTHERS)]:
        accept_with_an_account(page, site, email)
        say_what_they_know(page)
        accept_the_statement(page)

    first = set_up_round(chair)
    assert site.mailbox.wait_for(AMINA, "for your review")
    scored = score_on_the_phone(phone)
    with in_site(site) as session:
        score_the_rest(session)
    chair.goto(first)
    close_round(chair)
    later = [
        start_later_round(chair, first, activity) for activity in ("Comparing pairs", "Ranked ballots", "Discussion")
    ]
    compare_pairs(phone)
    places = order_by_keyboard(phone, scored)
    discuss(phone, chair, scored)
    freeze_and_publish(chair, [first, *later])
    published = read_as_a_visitor(open_browser(base_url=site.url))

    with in_site(site) as session:
        check_reviews(session, scored)
        check_votes(session, places)
        check_ranking(session, published)
    verified = site.run("audit", "verify", "--call", SLUG)
    assert (verified.returncode, verified.stdout.count(" holds: ")) == (0, 4), verified.stdout

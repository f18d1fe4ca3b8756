"""Steps of a panel in a real browser: joining it, running its rounds, reading its ranking."""

import re

from walking import PASSWORD, assign, close_round, fill_dates, freeze, link_in, look_over, open_round

SLUG = "deep-space"
THEME = "Unexplored Space"
N_QUESTIONS = 6
N_PAIRS = 4
CRITERIA = (("Importance", 50), ("Novelty", 30), ("Reachability", 20))
OFFICE, CHAIR, AMINA = "office@example.org", "chair@example.org", "amina@example.org"
OTHERS = ("ben@example.org", "chen@example.org")


def invite_everybody(page) -> None:
    page.goto(f"/{SLUG}/organize/panels")
    page.get_by_label("Name of the panel").fill("Space panel")
    page.get_by_label("Home theme").select_option(THEME)
    page.get_by_role("button", name="Add the panel").click()
    page.get_by_role("link", name="Invite by mail").click()
    for email in (CHAIR, AMINA, *OTHERS):
        page.get_by_label("Their e-mail address").fill(email)
        page.get_by_label("Their name").fill("Amina Diallo" if email == AMINA else "")
        page.get_by_label("They chair this panel").set_checked(email == CHAIR)
        page.get_by_role("button", name="Invite", exact=True).click()
        page.get_by_role("status").get_by_text(f"We wrote to {email}").wait_for()
    look_over(page)


def accept_with_an_account(page, site, email: str) -> None:
    page.goto(link_in(site.mailbox.wait_for(email, "Would you sit on a panel")))
    page.get_by_role("link", name="Sign in to accept").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Accept the seat").click()
    page.get_by_role("heading", name="What you know").wait_for()


def accept_without_an_account(page, site) -> None:
    page.goto(link_in(site.mailbox.wait_for(AMINA, "Would you sit on a panel")))
    look_over(page)
    assert page.get_by_label("Your name").input_value() == "Amina Diallo"
    page.get_by_role("button", name="Accept the seat").click()
    page.get_by_label("E-mail").fill(AMINA)
    page.get_by_role("button", name="Send the link").click()
    page.goto(link_in(site.mailbox.wait_for(AMINA, "Your link to sign in")))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"/{SLUG}/review/profile")


def say_what_they_know(page) -> None:
    """Fill the profile that accepting leads to, then accept the statement."""
    page.get_by_label("Words for what you know").fill("interstellar dust, ice grains")
    page.get_by_label("What you know, in your own words").fill("I watched comets for ten years.")
    page.locator("summary", has_text="Titles of what you wrote").click()
    page.get_by_label("Titles of what you wrote").fill("Ice on grains of dust\nWhat comets are made of")
    page.get_by_role("radiogroup", name=THEME).get_by_label("My field").check()
    page.get_by_role("button", name="Save what I know").click()
    page.get_by_role("heading", name="Before you read the first question").wait_for()


def accept_the_statement(page) -> None:
    page.get_by_label("I have read this and keep to it").check()
    page.get_by_role("button", name="Accept and go to the queue").click()
    page.get_by_role("heading", name="Review").wait_for()


def set_up_round(page) -> str:
    """A chair's round of their own panel; returns its address."""
    page.goto(f"/{SLUG}/review")
    page.get_by_role("link", name="Your panel").click()
    page.get_by_role("heading", name="Progress of the panel").wait_for()
    look_over(page)
    page.get_by_role("link", name="Prepare a round").click()
    page.get_by_label("Question", exact=True).check()
    page.get_by_label("Name of the round").fill("First reading")
    fill_dates(page)
    page.get_by_label("Panelists per question").fill("4")
    page.get_by_label("Share of raters from the home theme").fill("100")
    for number, (name, weight) in enumerate(CRITERIA):
        box = page.locator("details", has_text=f"Criterion {number + 1}")
        if box.get_attribute("open") is None:
            box.locator("summary").click()
        box.get_by_label("Criterion", exact=True).fill(name)
        box.get_by_label("The question it asks").fill(f"How is its {name.lower()}?")
        box.get_by_label("What 1 means").fill("Hardly any")
        box.get_by_label("What 5 means").fill("As much as can be")
        box.get_by_label("Weight").fill(str(weight))
    page.get_by_role("button", name="Save the round").click()
    assign(page)
    look_over(page)
    open_round(page)
    return page.url


def start_later_round(page, first: str, activity: str) -> str:
    """A round on the shortlist that follows the first one; returns its address."""
    page.goto(first)
    page.get_by_role("link", name="Prepare a round that follows").click()
    page.get_by_label(activity, exact=True).check()
    page.get_by_label("Name of the round").fill(activity)
    page.get_by_label("What is asked").fill("Which question matters more?")
    fill_dates(page)
    page.get_by_label("Questions per theme on a shortlist").fill(str(N_QUESTIONS))
    page.get_by_label("Pairs for each panelist").fill(str(N_PAIRS))
    page.get_by_role("button", name="Save the round").click()
    page.get_by_role("heading", name="Questions of the round").wait_for()
    look_over(page)
    page.get_by_role("link", name="Back to the round").click()
    open_round(page)
    return page.url


def freeze_and_publish(page, rounds: list[str]) -> None:
    """Close what is open, freeze the series, read the ranking, publish it."""
    for address in rounds[1:]:
        page.goto(address)
        close_round(page)
    page.goto(rounds[0])
    freeze(page)
    look_over(page)
    assert page.locator("table.ranking tbody tr").count() == N_QUESTIONS
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish the ranking").click()
    page.get_by_role("link", name="Public page").wait_for()


def read_as_a_visitor(page) -> list[tuple]:
    """The published rows as anybody reads them: label, first and last place, mean and interval, number of ratings."""
    page.goto(f"/en/{SLUG}/")
    page.get_by_role("link", name="Read the ranking").click()
    page.get_by_role("heading", name="Ranking", exact=True).wait_for()
    look_over(page)
    rows = []
    for row in page.locator("main tbody tr").all():
        places = [int(place) for place in row.locator("td").first.inner_text().split("–")]
        numbers = re.findall(r"\d+\.\d+", row.locator("svg.interval").get_attribute("aria-label"))
        label, n_ratings = row.locator("th bdi").inner_text(), int(row.locator("td").last.inner_text())
        rows.append((label, places[0], places[-1], *map(float, numbers), n_ratings))
    return rows

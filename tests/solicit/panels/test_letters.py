"""The letters to panelists, as they are read."""

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import ask, make_later_round, make_panel, make_read_question, make_round, seat

from solicit.clock import utcnow
from solicit.mail.letters import Letter, read_letter
from solicit.mail.models import OutboxMail
from solicit.panels.models import Round
from solicit.panels.service import rounds
from solicit.panels.service.letters import tell_panelists
from solicit.panels.states import Activity


@pytest.fixture
def letters(app, session) -> dict[str, Letter]:
    """What somebody gets who is seated and asked to read two questions."""
    call = make_call(session, title="The call of <all> calls")
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    round_id = make_round(session, call)
    for _ in range(2):
        ask(session, round_id, panel, person, make_read_question(session, call))
    rounds.open_round(session, round_id=round_id, actor_id=None, now=utcnow())
    return {
        mail.kind: read_letter(mail.kind, params=mail.params, locale=mail.locale)
        for mail in session.scalars(sa.select(OutboxMail))
    }


def test_the_subject_is_the_fact_and_short(letters):
    assert {kind: letter.subject for kind, letter in letters.items()} == {
        "panelist_invited": "You were given a seat on a panel",
        "round_opened": "2 questions wait for your review",
    }


@pytest.mark.parametrize("kind", ["panelist_invited", "round_opened"])
def test_the_body_says_where_to_go_who_wrote_and_why(letters, kind):
    body = letters[kind].as_text()
    assert "http://localhost/call-" in body and "/review\n" in body
    assert "The call of <all> calls" in body
    assert "organizers" in body and "You get this letter because" in body
    assert "&lt;" not in body


def test_the_due_time_is_named(letters):
    assert "You are asked to review 2 questions by " in letters["round_opened"].as_text()
    assert " UTC." in letters["round_opened"].as_text()


@pytest.mark.parametrize(
    ("activity", "button", "page"),
    [
        (Activity.COMPARING, "Compare", "/review/pairs"),
        (Activity.BALLOT, "Put in order", "/review/rank"),
        (Activity.DISCUSSION, "Read the discussions", "/review/discussions"),
    ],
)
def test_the_letter_of_a_later_round_leads_to_its_page(app, session, activity, button, page):
    call = make_call(session)
    seat(session, call, make_panel(session, call))
    first_id = make_round(session, call, state="closed")
    later = make_later_round(session, first_id, activity, [], state="open")

    tell_panelists(session, round_=session.get_one(Round, later), now=utcnow())

    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "voting_opened")).one()
    body = read_letter(mail.kind, params=mail.params, locale=mail.locale).as_text()
    assert f"{button}\nhttp://localhost/{call.slug}{page}\n" in body

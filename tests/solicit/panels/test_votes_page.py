"""What organizers read of the votes of a round: after the close only, noted, and nothing of their own questions."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import ask, make_panel, make_read_question, make_round, rate, seat

from solicit.audit.models import AuditEvent
from solicit.panels.models import ChainAnchor
from solicit.panels.service import rounds


@pytest.fixture
def world(session, client, now):
    """A round with a review that was changed once, and an organizer who looks at it."""

    call = make_call(session)
    panel = make_panel(session, call)
    person, organizer = seat(session, call, panel), make_organizer(session, call)
    question, own = make_read_question(session, call), make_read_question(session, call, authors=(organizer,))
    round_id = make_round(session, call)
    asked = [ask(session, round_id, panel, person, one) for one in (question, own)]
    rounds.open_round(session, round_id=round_id, actor_id=None, now=now)
    for scores in (2, 5):
        rate(session, asked[0], scores, to_panel=f"Comment {scores}")
    rate(session, asked[1], 1)
    sign_in(client, session, organizer)
    address = f"/{call.slug}/organize/panels/rounds/{round_id}/votes"
    return SimpleNamespace(
        call=call, panel=panel, person=person, question=question, own=own, round_id=round_id, address=address
    )


def n_readings(session) -> int:
    return session.scalar(sa.select(sa.func.count()).where(AuditEvent.act == "read_scores"))


def test_nothing_is_shown_and_nothing_noted_before_the_close(session, client, world):
    page = client.get(world.address)
    assert page.status_code == 200 and "after the close" in page.text
    assert world.person.full_name not in page.text and n_readings(session) == 0


def test_opening_the_address_shows_seals_and_notes_nothing(session, client, world, now):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    text = client.get(world.address).text
    assert world.person.full_name not in text and n_readings(session) == 0
    assert session.scalars(sa.select(ChainAnchor)).one().hash.hex() in text


def test_every_version_is_shown_after_the_close_and_the_reading_is_noted(session, client, world, now):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    text = client.post(world.address).text
    assert text.count(f"Q-{world.question.number}") == 2
    assert "</bdi> 2" in text and "</bdi> 5" in text and "Comment" not in text
    assert n_readings(session) == 1


def test_nothing_is_read_before_the_close_by_the_button_either(session, client, world):
    assert world.person.full_name not in client.post(world.address).text
    assert n_readings(session) == 0


def test_order_and_words_tell_nothing_of_when_votes_were_sent(session, client, world, now):
    """The first of two panelists in the alphabet stands first, though they sent last; no time is shown."""
    late = seat(session, world.call, world.panel, person=make_person(session, full_name="Aaa Late"))
    rate(session, ask(session, world.round_id, world.panel, late, world.question), 3)
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    text = client.post(world.address).text
    assert text.index("Aaa Late") < text.index(world.person.full_name)
    assert "<time" not in text


def test_votes_on_an_own_question_are_not_shown(session, client, world, now):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    assert f"Q-{world.own.number}" not in client.post(world.address).text


def test_page_costs_seven_statements_and_the_note_of_its_reading(session, client, world, now, count_statements):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    count_statements.clear()
    client.post(world.address)
    assert len([one for one in count_statements if one.startswith("SELECT")]) == 7

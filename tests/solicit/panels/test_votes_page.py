"""What organizers read of the votes of a round: after the close only, noted, and nothing of their own questions."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
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
    return SimpleNamespace(person=person, question=question, own=own, round_id=round_id, address=address)


def n_readings(session) -> int:
    return session.scalar(sa.select(sa.func.count()).where(AuditEvent.act == "read_scores"))


def test_nothing_is_shown_and_nothing_noted_before_the_close(session, client, world):
    page = client.get(world.address)
    assert page.status_code == 200 and "after the close" in page.text
    assert world.person.full_name not in page.text and n_readings(session) == 0


def test_every_version_is_shown_after_the_close_and_the_reading_is_noted(session, client, world, now):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    text = client.get(world.address).text
    assert text.count(f"Q-{world.question.number}") == 2
    assert "</bdi> 2" in text and "</bdi> 5" in text and "Comment" not in text
    assert n_readings(session) == 1
    anchor = session.scalars(sa.select(ChainAnchor)).one()
    assert anchor.hash.hex() in text


def test_votes_on_an_own_question_are_not_shown(session, client, world, now):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    assert f"Q-{world.own.number}" not in client.get(world.address).text


def test_page_costs_eight_statements(session, client, world, now, count_statements):
    rounds.close_round(session, round_id=world.round_id, actor_id=None, now=now)
    count_statements.clear()
    client.get(world.address)
    assert len(count_statements) == 9

"""A call opens when nothing blocks it, by page and by command alike, and says before what a move does."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_calls import desk
from builders_drafts import make_draft

from solicit.audit.models import AuditEvent
from solicit.calls.commands import call_commands
from solicit.calls.queries import call_facts
from solicit.calls.queries.checklist import checklist
from solicit.calls.service import NewStage, NotReady, move_call
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import InvalidMove


def keys(session, call, **options) -> dict[str, bool]:
    points = checklist(session, call_id=call.id, now=utcnow(), **options)
    return {point.key: point.is_blocking for point in points}


def make_empty(session, **values):
    empty = dict(title="Empty", headline="", consent="", confidentiality="", themes=(), reasons=(), missions=())
    now = utcnow()
    past = dict(opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1))
    return make_call(session, state=CallState.DRAFT, **past | empty | values)


def make_whole(session):
    day = utcnow().date()
    texts = dict(lead="Send it.", about="About it.", before_you_start="Take your time.", contact="desk@example.org")
    call = make_call(
        session,
        state=CallState.DRAFT,
        stages=(NewStage(title="Collection", text="", starts_on=day, ends_on=day),),
        **texts,
    )
    make_organizer(session, call)
    make_organizer(session, call)
    return call


def test_checklist_names_everything_that_is_missing(session, count_statements):
    call = make_empty(session)
    count_statements.clear()
    assert keys(session, call, sends_mail=False) == {
        "title": True,
        "themes": True,
        "consent": True,
        "closed": True,
        "about": False,
        "before_you_start": False,
        "confidentiality": False,
        "reasons": False,
        "stages": False,
        "missions": False,
        "contact": False,
        "organizers": False,
        "mail": False,
    }
    assert len(count_statements) == 1
    assert keys(session, make_whole(session)) == {}


def test_opening_is_refused_while_something_blocks_it(client, session):
    call = make_empty(session)
    with pytest.raises(NotReady) as refused:
        move_call(session, call_id=call.id, to=CallState.OPEN, actor_id=None, now=utcnow())
    assert [point.key for point in refused.value.points] == ["title", "themes", "consent", "closed"]

    sign_in(client, session, make_organizer(session, call))
    page = client.get(desk(call, "move/open"))
    assert "It cannot open before this is mended" in page.text and "Open the call</button>" not in page.text
    answer = client.post(desk(call, "move/open"))
    assert answer.status_code == 422 and "something is missing" in answer.text
    assert call_facts(session, slug=call.slug).state is CallState.DRAFT


def test_call_is_opened_closed_and_opened_again_with_consequences_said(client, session):
    call = make_whole(session)
    sign_in(client, session, make_organizer(session, call))
    assert "Nothing is missing" in client.get(desk(call)).text or "no mail server" in client.get(desk(call)).text

    assert client.get(desk(call, "move/open")).status_code == 200
    assert client.post(desk(call, "move/open")).location == desk(call)
    make_draft(session, call)
    closing = client.get(desk(call, "move/closed")).text
    assert "1 draft was not sent." in closing and "Drafts are deleted 30 days from now." in closing
    client.post(desk(call, "move/closed"))
    assert "1 draft that was not sent can be sent again." in client.get(desk(call, "move/open")).text
    client.post(desk(call, "move/open"))

    moves = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "move").order_by(AuditEvent.id)).all()
    assert [(each.details["old"], each.details["new"]) for each in moves] == [
        ("draft", "open"),
        ("open", "closed"),
        ("closed", "open"),
    ]
    assert all(each.actor_key for each in moves)


def test_a_move_that_does_not_follow_goes_back_to_the_desk(client, session):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))
    assert client.post(desk(call, "move/archived")).location == desk(call)
    assert client.get(desk(call, "move/draft")).status_code == 404
    assert call_facts(session, slug=call.slug).state is CallState.OPEN
    with pytest.raises(InvalidMove):
        move_call(session, call_id=call.id, to=CallState.PUBLISHED, actor_id=None, now=utcnow())


def test_publishing_leads_to_the_page_of_the_publication(client, session):
    call = make_call(session, state=CallState.CLOSED)
    sign_in(client, session, make_organizer(session, call))
    assert "This cannot be taken back." in client.get(desk(call, "move/published")).text
    assert client.post(desk(call, "move/published")).location == f"/{call.slug}/organize/publication"
    assert call_facts(session, slug=call.slug).state is CallState.CLOSED


def test_command_obeys_the_same_rule_and_says_what_is_missing(app, session):
    call, whole = make_empty(session), make_whole(session)
    session.commit()
    run = app.test_cli_runner().invoke
    refused = run(call_commands, ["move", call.slug, "--to", "open"])
    assert refused.exit_code == 1 and "The call has no themes." in refused.output
    done = run(call_commands, ["move", whole.slug, "--to", "open"])
    assert done.exit_code == 0 and call_facts(session, slug=whole.slug).state is CallState.OPEN

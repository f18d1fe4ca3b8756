"""Small worlds for tests: every builder makes one thing with sensible values that a test may override."""

import itertools
import secrets
from datetime import UTC, datetime, timedelta

from solicit.access import service as access
from solicit.access.guard import TOKEN_KEY
from solicit.access.policy import Role
from solicit.calls import queries as call_queries
from solicit.calls import service as calls
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.people.models import Person

_numbers = itertools.count(1)

THEMES = (
    ("space", "Unexplored Space", "Space", "circle"),
    ("life", "Signatures of Extra-terrestrial Life", "Life", "triangle"),
    ("nature", "Nature of the Universe", "Universe", "diamond"),
    ("station", "Extra-terrestrial Station", "Station", "square"),
)


def make_person(session, **values) -> Person:
    """A person with a confirmed address and no password."""
    number = next(_numbers)
    defaults = dict(
        email=f"person{number}@example.org",
        full_name=f"Person {number}",
        fs_uniquifier=secrets.token_hex(16),
        confirmed_at=utcnow(),
        created_at=utcnow(),
        country="KE",
    )
    person = Person(**defaults | values)
    session.add(person)
    session.flush()
    return person


def make_call(session, *, state: CallState = CallState.OPEN, **values) -> call_queries.CallFacts:
    """A call with its four themes and one out-of-scope reason, open around the present time."""
    now = values.pop("now", utcnow())
    defaults = dict(
        slug=f"call-{next(_numbers)}",
        title="A call",
        headline="Which questions come next?",
        consent="We may publish it.",
        confidentiality="I keep what I read to myself.",
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=30),
        themes=tuple(
            calls.NewTheme(key=key, name=name, short_name=short, shape=shape, colour=key, description=f"About {short}.")
            for key, name, short, shape in THEMES
        ),
        reasons=(calls.NewReason(key="not-space", label="Not about deep space", letter="It is about something else."),),
    )
    new = calls.NewCall(**defaults | values)
    call_id = calls.create_call(session, call=new, creator_id=None, now=now)
    if state is not CallState.DRAFT:
        calls.move_call(session, call_id=call_id, to=CallState.OPEN, actor_id=None, now=min(now, new.opens_at))
    if state is CallState.CLOSED:
        calls.move_call(session, call_id=call_id, to=CallState.CLOSED, actor_id=None, now=now)
    if state is CallState.PUBLISHED:
        make_published(session, call_id, now=now)
    return call_queries.call_facts(session, slug=new.slug)


def make_published(session, call_id: int, *, now: datetime | None = None) -> None:
    """Close an open call and call it published, as the publication of its results does."""
    moved = dict(call_id=call_id, actor_id=None, now=now or utcnow())
    calls.move_call(session, to=CallState.CLOSED, **moved)
    calls.publish_call(session, **moved)


def make_organizer(session, call, **values) -> Person:
    person = make_person(session, **values)
    access.grant_role(session, person_id=person.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    return person


def sign_in(client, session, person: Person) -> None:
    """Sign a person in on a test client, as the sign-in page does."""
    token = access.open_sign_in(session, person_id=person.id, now=datetime.now(UTC))
    session.commit()
    with client.session_transaction() as cookie:
        cookie[TOKEN_KEY] = token

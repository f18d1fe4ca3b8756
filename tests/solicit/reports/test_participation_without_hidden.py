"""What everybody reads of who took part, held beside what an organizer reads exactly, says nothing of an author whom
that organizer does not see."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_question

from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState
from solicit.reports.queries.exports import TABLES, export_of
from solicit.reports.queries.public_counts import public_counts
from solicit.reports.queries.publication.participation import COUNTRY, participation
from solicit.submissions.models import Authorship

TOKEN = re.compile(r'name="csrf_token"[^>]*')


@pytest.fixture
def call(session):
    return make_call(session, state=CallState.CLOSED)


@pytest.fixture
def hidden(session, call):
    """The author of a question, beside seven from Fiji and two from Kenya."""
    for country, n in (("FJ", 7), ("KE", 2)):
        for _ in range(n):
            make_authors(session, call, make_question(session, call), [make_person(session, country=country)])
    author = make_person(session)
    author.question = make_question(session, call)
    make_authors(session, call, author.question, [author])
    return author


@pytest.fixture
def ada(session, call, hidden, client):
    ada = make_organizer(session, call)
    declared = dict(state=ConflictState.CONFIRMED, source=ConflictSource.DECLARED, reason="A colleague.")
    conflict = ConflictOfInterest(question_id=hidden.question.id, person_id=ada.id, created_at=utcnow(), **declared)
    session.add(conflict)
    session.flush()
    sign_in(client, session, ada)
    return ada


def read(session, client, call, reader, hidden, country) -> dict[str, object]:
    """Everything that the organizer reads of who took part, if the hidden author were from ``country``."""
    session.execute(sa.update(Authorship).where(Authorship.person_id == hidden.id).values(country=country))
    exact = export_of(session, TABLES["participation"], call=call, viewer_id=reader.id)
    pages = {
        path: TOKEN.sub("", client.get(path).text)
        for path in (f"/en/{call.slug}", f"/{call.slug}/organize", f"/{call.slug}/organize/publication")
    }
    return {
        "exact": [tuple(row) for row in exact.rows],
        "bands": participation(session, call=call),
        "countries": public_counts(session, call_id=call.id).n_countries,
        **pages,
    }


def test_where_a_hidden_author_lives_shows_nowhere(session, client, call, ada, hidden):
    # In turn: 3 instead of 2 from Kenya, 8 instead of 7 from Fiji, and a country of its own.
    first, *others = (read(session, client, call, ada, hidden, country) for country in ("KE", "FJ", "NZ", None))
    assert [{name for name in first if first[name] != each[name]} for each in others] == [set()] * 3
    assert ("country", "KE", 2, 2) in first["exact"]
    assert first["countries"] == 2


def test_without_a_part_of_an_organizer_everybody_is_counted(session, client, call, hidden):
    make_organizer(session, call)
    session.execute(sa.update(Authorship).where(Authorship.person_id == hidden.id).values(country="NZ"))
    told = participation(session, call=call)
    assert [(each.value, each.least) for each in told if each.group == COUNTRY] == [("FJ", 3), ("KE", 1), ("NZ", 1)]
    assert public_counts(session, call_id=call.id).n_countries == 3

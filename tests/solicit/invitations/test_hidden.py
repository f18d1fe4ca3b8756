"""An organizer sees the same people on every page: one named here and missing there would be known as an author."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import (
    make_authors,
    make_invitation,
    make_limits_in_force,
    make_nomination,
    make_question,
    make_ranked_run,
)
from builders_letters import make_meeting

from solicit.clock import utcnow
from solicit.invitations.models import Invitation, LimitRun
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.queries.letters.rows import invitations_of_call
from solicit.invitations.queries.nominations import nomination_rows
from solicit.invitations.queries.programme.speakers import speakers
from solicit.invitations.queries.selection_page import selection_page
from solicit.invitations.queries.sight import sight_of, visible_candidates
from solicit.invitations.queries.spending import spending_page
from solicit.invitations.queries.travel import travellers
from solicit.invitations.states import InvitationState
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState
from solicit.web.pagination import Window


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    """Proposed and coming; what they wrote is in no ranking."""
    person = make_person(session, full_name="Ada")
    question = make_question(session, call)
    make_authors(session, call, question, [person])
    make_limits_in_force(session, call, make_ranked_run(session, call))
    make_nomination(session, call, person_id=person.id)
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED)
    make_meeting(session, call)
    person.question_id = question.id
    return person


def in_conflict(session, call, question_id):
    reader = make_organizer(session, call)
    session.add(
        ConflictOfInterest(
            question_id=question_id,
            person_id=reader.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            reason="A colleague",
            created_at=utcnow(),
        )
    )
    session.flush()
    return reader


def seen(session, call, reader) -> dict[str, int]:
    """How many people each page names."""
    who, read = dict(viewer_id=reader.id), dict(call=call, viewer_id=reader.id, locale="en")
    invited = invitations_of_call(session, **read)
    runs = session.scalars(sa.select(LimitRun.run_id)).all()
    selection_id = session.scalars(sa.select(Invitation.selection_id)).one()
    pool = candidate_pool(session, call=call, run_ids=runs)
    return {
        "nominations": nomination_rows(session, call=call, window=Window(1, 50), **who)[1],
        "candidates": len(visible_candidates(session, pool=pool, **who)),
        "selection": len(selection_page(session, selection_id=selection_id, **read).rows),
        "letters": len(invited.visible),
        "spending": spending_page(session, call=call, state=None, words="", sort="name", **who).n_all,
        "speakers": len(speakers(session, call=call, sight=sight_of(session, **who))),
        "travellers": len(travellers(session, call=call, is_given=None, window=Window(1, 50), **who).rows),
    }


def test_author_of_an_unranked_question_is_hidden_everywhere(session, call, ada):
    assert set(seen(session, call, make_organizer(session, call)).values()) == {1}
    assert set(seen(session, call, in_conflict(session, call, ada.question_id)).values()) == {0}

"""Whom an organizer does not see: the rule in Python and the rule in SQL hide the same people."""

import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation, make_question

from solicit.clock import utcnow
from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.sight import Sight, hidden_person_ids, is_hidden_from, sight_of
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState


def candidate_of(session, call, **values):
    chosen = session.get_one(SelectionCandidate, _key(make_invitation(session, call)))
    for name, value in values.items():
        setattr(chosen, name, value)
    session.flush()
    return chosen


def _key(invitation):
    return invitation.selection_id, invitation.person_id


def test_both_forms_of_the_rule_hide_the_same_people(session):
    call = make_call(session)
    ada = make_organizer(session, call)
    judged, other = make_question(session, call), make_question(session, call)
    session.add(
        ConflictOfInterest(
            question_id=judged.id,
            person_id=ada.id,
            source=ConflictSource.DECLARED,
            state=ConflictState.CONFIRMED,
            created_at=utcnow(),
        )
    )
    author = candidate_of(session, call, question_ids=[other.id, judged.id])
    herself = candidate_of(session, call, also_ids=[make_person(session).id, ada.id])
    candidate_of(session, call, question_ids=[other.id])
    rows = session.execute(sa.select(SelectionCandidate, is_hidden_from(ada.id).label("is_hidden"))).all()
    sight = sight_of(session, viewer_id=ada.id)
    assert sight == Sight(ada.id, frozenset({judged.id}), frozenset({ada.id}))
    assert {row.SelectionCandidate.person_id for row in rows if row.is_hidden} == {author.person_id, herself.person_id}
    assert [row.is_hidden for row in rows] == [sight.hides(row.SelectionCandidate) for row in rows]


def test_somebody_of_whom_nothing_is_known_is_hidden_from_everybody():
    assert Sight(7, frozenset(), frozenset({7})).hides(None) is True


def test_an_organizer_without_a_part_in_any_question_is_hidden_from_themselves_alone(session):
    ada = make_organizer(session, make_call(session))
    assert hidden_person_ids(session, viewer_id=ada.id) == {ada.id}

"""Who stands to win decides nothing: organizers who are candidates, also under another account."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import (
    make_candidates,
    make_invitation,
    make_limits_in_force,
    make_nomination,
    make_ranked_question,
    make_ranked_run,
    make_selection,
)
from builders_letters import make_meeting, prepare

from solicit.clock import utcnow
from solicit.errors import NotFound, Refused
from solicit.invitations.models import CandidateDouble, SelectionCandidate, StatementScore
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.queries.nominations import statement_rows
from solicit.invitations.service import letters
from solicit.invitations.service.doubles import find_doubles
from solicit.invitations.service.nominate import score_statement
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.states import Basis, DoubleState, InvitationState
from solicit.people.service.identifiers import orcid_of

ORCID = orcid_of("0000-0002-1825-0097")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def rival(session, call):
    """An organizer who was left out of the selection that people are invited by."""
    rival = make_organizer(session, call)
    other = make_invitation(session, call)
    seen = dict(
        merit=1, basis=Basis.QUESTIONS, region="", is_chosen=False, cost_cents=1, question_ids=[], theme_keys=[]
    )
    session.add(SelectionCandidate(selection_id=other.selection_id, person_id=rival.id, **seen))
    session.flush()
    return rival


def score(session, call, nomination, organizer, value=0):
    said = dict(call=call, nomination_id=nomination.id, organizer_id=organizer.id, value=value, now=utcnow())
    score_statement(session, **said)


@pytest.mark.parametrize("act", ["cancel", "confirm", "again"])
def test_a_candidate_decides_on_nobodys_place(client, session, call, rival, act):
    invitation = make_invitation(session, call, state=InvitationState.ACCEPTED)
    sign_in(client, session, rival)
    place = f"/{call.slug}/organize/invite/letters/{invitation.id}"
    assert client.post(f"{place}/{act}", data={"reason": "To come myself."}).status_code == 303
    assert "You are a candidate yourself" in client.get(place).text
    session.expire_all()
    assert invitation.state is InvitationState.ACCEPTED


def test_a_candidate_throws_no_letters_away(session, call, ada, rival):
    make_meeting(session, call)
    batch_id = prepare(session, call, ada)
    with pytest.raises(Refused, match="candidate yourself"):
        letters.discard_letters(session, call_id=call.id, batch_id=batch_id, actor_id=rival.id, now=utcnow())
    letters.discard_letters(session, call_id=call.id, batch_id=batch_id, actor_id=ada.id, now=utcnow())


def test_whoever_was_proposed_scores_no_rival(session, call, ada):
    proposed = make_organizer(session, call)
    make_nomination(session, call, person_id=proposed.id)
    rival = make_nomination(session, call)
    with pytest.raises(Refused, match="candidate yourself"):
        score(session, call, rival, proposed)
    score(session, call, rival, ada)
    assert session.get(StatementScore, (rival.id, ada.id)).value == 0


def test_whoever_wrote_a_leading_question_scores_no_rival(session, call):
    run, author = make_ranked_run(session, call), make_organizer(session, call)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[author])
    make_limits_in_force(session, call, run)
    with pytest.raises(Refused, match="candidate yourself"):
        score(session, call, make_nomination(session, call), author)


def test_nobody_scores_the_statement_of_their_other_account(session, call):
    organizer = make_organizer(session, call, orcid=ORCID)
    own = make_nomination(session, call, person_id=make_person(session, orcid=ORCID).id)
    assert statement_rows(session, call=call, viewer_id=organizer.id) == ()
    with pytest.raises(NotFound):
        score(session, call, own, organizer, 100)


def test_a_hidden_statement_is_scored_like_one_that_is_missing(client, session, call, ada):
    """Or an organizer would learn by trying that they were proposed."""
    own = make_nomination(session, call, person_id=ada.id)
    sign_in(client, session, ada)
    answers = [
        client.post(f"/{call.slug}/organize/invite/statements/{number}", data={"value": "50"})
        for number in (own.id, own.id + 10**6)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_an_organizer_is_a_candidate_under_their_other_account(session, call, ada):
    """The account at the desk wrote nothing, and has the ORCID iD of one that did."""
    run = make_ranked_run(session, call)
    people = make_candidates(session, call, run, n=2)
    people[0].orcid = ORCID
    approver = make_organizer(session, call, orcid=ORCID)
    session.flush()
    pool = candidate_pool(session, call=call, run_ids=[run.id])
    assert [candidate.also_ids for candidate in pool.candidates] == [(approver.id,), ()]
    selection_id = make_selection(session, call, run, proposer=ada)
    with pytest.raises(Refused, match="candidate yourself"):
        approve_selection(session, call_id=call.id, selection_id=selection_id, approver_id=approver.id, now=utcnow())


def test_whoever_types_the_orcid_of_an_organizer_can_be_parted_from_them(session, call):
    run = make_ranked_run(session, call)
    (person,) = make_candidates(session, call, run, n=1)
    person.orcid = ORCID
    organizer = make_organizer(session, call, orcid=ORCID)
    make_limits_in_force(session, call, run)
    assert find_doubles(session, call=call, now=utcnow()) == 1
    (double,) = session.scalars(sa.select(CandidateDouble)).all()
    assert {double.first_id, double.second_id} == {person.id, organizer.id}
    double.state, double.decided_at, double.reason = DoubleState.DIFFERENT, utcnow(), "They wrote to us."
    session.flush()
    assert candidate_pool(session, call=call, run_ids=[run.id]).candidates[0].also_ids == ()
    score(session, call, make_nomination(session, call, person_id=person.id), organizer)

"""What people say of themselves: wishes, and proposing oneself."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import (
    make_invitation,
    make_limits_in_force,
    make_nomination,
    make_ranked_question,
    make_ranked_run,
)

from solicit.audit.models import AuditEvent
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.invitations.models import CandidateWish, Nomination, StatementScore
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.states import Gender, InvitationState, NominationSource, Wish

STATEMENT = "Builds instruments that survive the lunar night and has led two missions."


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def grace(session):
    return make_person(session, full_name="Grace Murray", country="FJ")


@pytest.fixture
def signed_in(client, session, grace):
    sign_in(client, session, grace)
    return client


def wishes(call):
    return f"/en/{call.slug}/my/wishes"


def proposal(call):
    return f"/en/{call.slug}/my/proposal"


def test_wishes_are_kept_and_changed(signed_in, session, call, grace):
    assert "used only as a number" in signed_in.get(wishes(call)).text.lower()
    for typed, stored in (
        ({"wish": "online", "is_young": "y", "gender": "woman"}, (Wish.ONLINE, True, Gender.WOMAN)),
        ({"wish": "", "gender": ""}, (None, False, None)),
    ):
        assert signed_in.post(wishes(call), data=typed).status_code == 303
        said = session.get(CandidateWish, (call.id, grace.id), populate_existing=True)
        assert (said.wish, said.is_young, said.gender) == stored
    (details,) = set(map(str, session.scalars(sa.select(AuditEvent.details).where(AuditEvent.act == "say wishes"))))
    assert details == "{}"


@pytest.mark.parametrize("typed", [{"wish": "perhaps"}, {"wish": "not", "gender": "x"}])
def test_senseless_wishes_are_refused(signed_in, session, call, typed):
    assert signed_in.post(wishes(call), data=typed).status_code == 422
    assert session.scalars(sa.select(CandidateWish)).all() == []


def test_not_takes_an_author_out_of_the_pool(signed_in, session, call, grace):
    run = make_ranked_run(session, call)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[grace])
    signed_in.post(wishes(call), data={"wish": "not", "gender": ""})
    assert candidate_pool(session, call=call, run_ids=[run.id]).candidates == ()


@pytest.mark.parametrize(
    ("state", "is_open"),
    [(InvitationState.OFFERED, True), (InvitationState.ACCEPTED, False), (InvitationState.CONFIRMED, False)],
)
def test_wishes_are_fixed_once_an_invitation_is_accepted(signed_in, session, call, grace, state, is_open):
    make_invitation(session, call, person=grace, state=state)
    session.commit()
    assert ('name="wish"' in signed_in.get(wishes(call)).text) is is_open
    answer = signed_in.post(wishes(call), data={"wish": "not", "gender": ""})
    assert answer.status_code == (303 if is_open else 409)


def test_pages_are_missing_while_the_call_is_a_draft(signed_in, session):
    draft = make_call(session, state=CallState.DRAFT)
    session.commit()
    for path in (wishes(draft), proposal(draft)):
        assert signed_in.get(path).status_code == 404
    assert signed_in.post(proposal(draft), data={"theme": "space", "statement": STATEMENT}).status_code in (404, 409)
    assert session.scalars(sa.select(Nomination)).all() == []


def test_own_pages_lead_here(signed_in, call):
    assert wishes(call) in signed_in.get(f"/en/{call.slug}/my").text


def propose(client, call, **typed):
    return client.post(proposal(call), data={"theme": "space", "statement": STATEMENT} | typed)


def test_proposing_oneself_is_consent_and_can_be_changed_and_withdrawn(signed_in, session, call, grace):
    assert propose(signed_in, call).status_code == 303
    assert propose(signed_in, call, theme="life", statement=f"Murray of Fiji. {STATEMENT}").status_code == 303
    made = session.scalars(sa.select(Nomination)).one()
    assert (made.person_id, made.source, made.theme_id) == (
        grace.id,
        NominationSource.ONESELF,
        call.theme("life").id,
    )
    assert made.consented_at is not None
    assert f"[…] of […]. {STATEMENT}" in signed_in.get(proposal(call)).text
    for _ in range(2):
        assert signed_in.post(f"{proposal(call)}/withdraw").status_code == 303
    assert session.scalars(sa.select(Nomination)).all() == []


@pytest.mark.parametrize("typed", [{"theme": "x"}, {"statement": "Too short."}, {"statement": "x" * 3_001}])
def test_bad_proposal_is_shown_back(signed_in, session, call, typed):
    answer = propose(signed_in, call, **typed)
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)
    assert session.scalars(sa.select(Nomination)).all() == []


@pytest.mark.parametrize("what", ["limits", "score"])
def test_what_is_read_is_not_changed_but_withdrawn(signed_in, session, call, what):
    propose(signed_in, call)
    made = session.scalars(sa.select(Nomination)).one()
    if what == "limits":
        make_limits_in_force(session, call)
    else:
        organizer = make_organizer(session, call)
        score = dict(nomination_id=made.id, organizer_id=organizer.id, value=50, scored_at=utcnow())
        session.add(StatementScore(**score))
    session.commit()
    answer = propose(signed_in, call, statement=f"Other. {STATEMENT}")
    assert (answer.status_code, "is being read" in answer.text, "Other. " in answer.text) == (409, True, True)
    assert signed_in.post(f"{proposal(call)}/withdraw").status_code == 303


def test_nobody_is_proposed_once_it_is_decided(signed_in, session, call):
    make_invitation(session, call)
    session.commit()
    answer = propose(signed_in, call)
    assert (answer.status_code, "It is decided who is invited" in answer.text) == (409, True)


def test_a_person_sees_only_their_own(client, session, call, grace):
    make_nomination(session, call, person_id=grace.id, statement=f"By another. {STATEMENT}")
    other = make_person(session)
    sign_in(client, session, other)
    propose(client, call)
    sign_in(client, session, grace)
    for path in (wishes(call), proposal(call)):
        text = client.get(path).text
        assert "By another" not in text and STATEMENT not in text


def test_pages_say_the_same_to_candidates_and_to_others(client, session, call):
    """Two people who differ only in whether they are a candidate read the same pages."""
    run = make_ranked_run(session, call)
    make_limits_in_force(session, call, run)
    one, other = make_person(session, full_name="Twin"), make_person(session, full_name="Twin")
    make_ranked_question(session, call, run, p_top_k=0.9, people=[one])
    read = []
    for person in (one, other):
        sign_in(client, session, person)
        read.append([without_token(client.get(path(call)).text) for path in (wishes, proposal)])
    assert read[0] == read[1]


def without_token(text):
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


@pytest.mark.parametrize(("path", "n"), [(wishes, 4), (proposal, 3)])
def test_pages_cost_few_statements(signed_in, call, count_statements, path, n):
    count_statements.clear()
    assert signed_in.get(path(call)).status_code == 200
    assert len(count_statements) == n

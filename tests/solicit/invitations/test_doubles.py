"""Accounts that may be one person: found, shown to whoever may see them, decided and taken back."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import (
    make_double,
    make_limits_in_force,
    make_ranked_question,
    make_ranked_run,
)

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import InvalidMove, NotFound, Refused
from solicit.invitations.models import CandidateDouble
from solicit.invitations.queries.in_force import pool_in_force
from solicit.invitations.service.doubles import decide_double, find_doubles
from solicit.invitations.states import DoubleBasis, DoubleState
from solicit.invitations.tasks.doubles import find

ORCID = "0000-0002-1825-0097"


@pytest.fixture
def call(session):
    return make_call(session, n_places=4)


@pytest.fixture
def run(session, call):
    run = make_ranked_run(session, call)
    make_limits_in_force(session, call, run)
    return run


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def make_author(session, call, run, **values):
    person = make_person(session, **values)
    make_ranked_question(session, call, run, p_top_k=0.5, people=[person])
    return person


@pytest.mark.parametrize(
    ("one", "other", "is_suspected"),
    [
        (dict(full_name="José Muñoz"), dict(full_name="jose munoz"), True),
        (dict(full_name="Wang Wei"), dict(full_name="Wei Wang"), True),
        (dict(full_name="李明华"), dict(full_name="李明华"), True),
        (dict(full_name="Ana Costa", country="PT"), dict(full_name="Ana Costa", country="BR"), False),
        (dict(full_name="Ana Costa", country=None), dict(full_name="Ana Costa", country=None), False),
        (
            dict(full_name="Ana Costa", country="PT", affiliation="Institute of Waves"),
            dict(full_name="Ana Costa", country="BR", affiliation="institute of waves"),
            True,
        ),
        (dict(full_name="Ana Costa"), dict(full_name="Ana Costas"), False),
    ],
)
def test_same_name_near_each_other_is_suspected(session, call, run, one, other, is_suspected):
    people = [make_author(session, call, run, **values) for values in (one, other)]
    assert find_doubles(session, call=call, now=utcnow()) == int(is_suspected)
    found = session.execute(sa.select(CandidateDouble.first_id, CandidateDouble.second_id, CandidateDouble.state)).all()
    assert found == [(people[0].id, people[1].id, DoubleState.SUSPECTED)] * is_suspected
    assert len(pool_in_force(session, call=call).candidates) == 2


def test_same_name_on_one_question_is_suspected(session, call, run):
    people = [make_person(session, full_name="Ana Costa", country=country) for country in ("PT", "BR")]
    make_ranked_question(session, call, run, p_top_k=0.5, people=people)
    assert find_doubles(session, call=call, now=utcnow()) == 1


def test_one_orcid_is_noted_as_one_person_once(session, call, run):
    for _ in range(3):
        make_author(session, call, run, orcid=ORCID)
    assert [find_doubles(session, call=call, now=utcnow()) for _ in range(2)] == [2, 0]
    found = session.execute(sa.select(CandidateDouble.basis, CandidateDouble.state, CandidateDouble.decided_at)).all()
    assert found == [(DoubleBasis.ORCID, DoubleState.SAME, None)] * 2


def test_nothing_is_looked_for_before_limits_are_in_force(session, call):
    assert find_doubles(session, call=call, now=utcnow()) == 0


def test_work_of_the_hour_looks_at_every_call(session, call, run):
    for _ in range(2):
        make_author(session, call, run, full_name="Ana Costa")
    session.commit()
    find(timestamp=0)
    assert session.scalar(sa.select(sa.func.count()).select_from(CandidateDouble)) == 1


def decide(session, call, double, actor, to, reason="I asked them."):
    asked = dict(double_id=double.id, to=to, reason=reason)
    decide_double(session, call=call, **asked, actor_id=actor.id, now=utcnow())


@pytest.fixture
def double(session, call, run):
    return make_double(session, call, *(make_author(session, call, run, full_name="Ana Costa") for _ in range(2)))


def test_decision_unites_and_is_taken_back(session, call, run, double, ada):
    decide(session, call, double, ada, DoubleState.SAME)
    assert len(pool_in_force(session, call=call).candidates) == 1
    decide(session, call, double, ada, DoubleState.SUSPECTED, reason="")
    assert len(pool_in_force(session, call=call).candidates) == 2
    assert (double.decided_at, double.reason, double.state) == (None, "", DoubleState.SUSPECTED)
    acts = session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.subject == "candidate_double").order_by(AuditEvent.id)
    ).all()
    assert acts == ["decide on double", "undo decision on double"]


def test_one_orcid_is_parted_and_the_parting_taken_back(session, call, run, ada):
    double = make_double(
        session, call, *(make_author(session, call, run, orcid=ORCID) for _ in range(2)), basis=DoubleBasis.ORCID
    )
    decide(session, call, double, ada, DoubleState.DIFFERENT)
    assert len(pool_in_force(session, call=call).candidates) == 2
    decide(session, call, double, ada, DoubleState.SUSPECTED, reason="")
    assert len(pool_in_force(session, call=call).candidates) == 1
    decide(session, call, double, ada, DoubleState.SAME)
    assert double.decided_at is not None


def test_second_decision_is_told_that_somebody_was_first(session, call, run, double, ada):
    decide(session, call, double, ada, DoubleState.SAME)
    with pytest.raises(InvalidMove):
        decide(session, call, double, make_organizer(session, call), DoubleState.SAME)


def test_decision_needs_a_reason(session, call, run, double, ada):
    with pytest.raises(Refused, match="how you know"):
        decide(session, call, double, ada, DoubleState.SAME, reason="")


def test_candidate_does_not_decide_on_candidates(client, session, call, run, double, ada):
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    with pytest.raises(Refused, match="candidate yourself"):
        decide(session, call, double, ada, DoubleState.SAME)
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/doubles").text
    assert "Another organizer must decide" in text and "Save the decision" not in text


def test_whoever_wrote_with_one_of_them_sees_and_decides_nothing(client, session, call, run, ada):
    one, two = (make_person(session, full_name="Ana Costa") for _ in range(2))
    make_ranked_question(session, call, run, p_top_k=0.5, people=[one, ada])
    make_ranked_question(session, call, run, p_top_k=0.5, people=[two])
    double = make_double(session, call, one, two)
    with pytest.raises(NotFound):
        decide(session, call, double, ada, DoubleState.SAME)
    sign_in(client, session, ada)
    base = f"/{call.slug}/organize/invite/doubles"
    answer = client.get(base)
    assert "Ana Costa" not in answer.text and "No two accounts" in answer.text


def test_page_compares_two_accounts_and_keeps_the_decision(client, session, call, run, double, ada):
    sign_in(client, session, ada)
    base = f"/{call.slug}/organize/invite/doubles"
    text = client.get(base).text
    assert text.count("Ana Costa") >= 2 and "Perhaps one person" in text and "Kenya" in text
    refused = client.post(f"{base}/{double.id}", data={"decision": "same", "reason": ""})
    assert (refused.status_code, "Say how you know" in refused.text) == (422, True)
    good = {"decision": "same", "reason": "They wrote to us."}
    assert client.post(f"{base}/{double.id}", data=good).status_code == 303
    again = client.post(f"{base}/{double.id}", data=good)
    assert again.status_code == 409
    assert "They wrote to us." in client.get(base).text
    assert client.post(f"{base}/{double.id}/undo").status_code == 303
    assert "Perhaps one person" in client.get(base).text
    assert client.post(base).status_code == 303


@pytest.mark.parametrize("number", [999_999, 2**62, 2**64])
def test_missing_pair_is_404(client, session, call, run, ada, number):
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/doubles/{number}", data={"decision": "same", "reason": "x"})
    assert answer.status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_for_any_number_of_pairs(client, session, call, run, ada, n, count_statements):
    for _ in range(n):
        make_double(session, call, *(make_author(session, call, run, full_name="Ana Costa") for _ in range(2)))
    sign_in(client, session, ada)
    count_statements.clear()
    assert client.get(f"/{call.slug}/organize/invite/doubles").status_code == 200
    assert len(count_statements) == 7

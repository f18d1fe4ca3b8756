"""What pages of limits tell of candidates: numbers, no names, and nobody whom their reader may not see."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import (
    make_candidates,
    make_limit_set,
    make_nomination,
    make_ranked_question,
    make_ranked_run,
)
from builders_inviting import typed_limits
from builders_people import without_token

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.invitations.models import CandidateWish, LimitSet
from solicit.invitations.queries.limit_sets import draft_limit_set
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.states import Gender, LimitState, QuotaField, Wish

SPACE = QuotaLimit(QuotaField.THEME, "space", 1, 2)


@pytest.fixture
def call(session):
    return make_call(session, n_places=2, host_country="SE")


def base(call) -> str:
    return f"/{call.slug}/organize/invite/limits"


def test_small_genders_are_not_counted(client, session, call, run, people, ada):
    more = [make_person(session) for _ in range(2)]
    for person in more:
        make_nomination(session, call, person_id=person.id)
    genders = [Gender.WOMAN] * 3 + [Gender.MAN] * 2
    for person, gender in zip((*people, *more), genders, strict=True):
        session.add(
            CandidateWish(call_id=call.id, person_id=person.id, wish=Wish.IN_PERSON, gender=gender, changed_at=utcnow())
        )
    session.flush()
    sign_in(client, session, ada)
    page = client.get(f"{base(call)}/draft").text
    for told in ("Woman (3)", "Man (fewer than 3)", "Another gender (fewer than 3)"):
        assert told in page
    for minimum in ("1", "2"):  # whether there is one or two is not told either
        typed = {"quota_1_group": "gender:other", "quota_1_minimum": minimum}
        assert "available" not in client.post(f"{base(call)}/draft", data=typed_limits(run, do="check", **typed)).text
    typed = {"quota_1_group": "gender:man", "quota_1_minimum": "3"}
    checked = client.post(f"{base(call)}/draft", data=typed_limits(run, do="check", seats="3", **typed)).text
    assert "Man: at least 3 wanted, fewer than 3 available." in checked


def test_conflicted_organizer_counts_nobody_they_may_not_see(client, session, call, run, people, ada, bo):
    hidden = make_person(session, country="FR")
    make_ranked_question(session, call, run, p_top_k=0.8, people=[hidden, bo])
    sign_in(client, session, ada)
    assert "France (1)" in client.get(f"{base(call)}/draft").text
    session.execute(sa.text("UPDATE authorship SET is_willing = false WHERE person_id = :id"), {"id": bo.id})
    sign_in(client, session, bo)
    page = client.get(f"{base(call)}/draft").text
    assert "country:FR" not in page
    assert "1 more is not counted on this page" in page
    typed = {"quota_1_group": "country:FR", "quota_1_minimum": "1"}
    refused = client.post(f"{base(call)}/draft", data=typed_limits(run, **typed))
    nobody = client.post(f"{base(call)}/draft", data=typed_limits(run, **typed | {"quota_1_group": "country:GA"}))
    assert (refused.status_code, nobody.status_code) == (422, 422)
    told = without_token(refused.text).replace("FR", "GA").replace("France", "Gabon")
    assert told == without_token(nobody.text)


def test_candidate_reads_that_another_organizer_decides(client, session, call, run, people, ada):
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    sign_in(client, session, ada)
    page = client.get(f"{base(call)}/draft").text
    assert "You are a candidate yourself." in page
    assert 'name="seats"' not in page
    answer = client.post(f"{base(call)}/draft", data=typed_limits(run))
    assert (answer.status_code, "candidate yourself" in answer.text) == (422, True)


def test_limits_come_before_a_change(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    answer = client.get(f"{base(call)}/change")
    assert (answer.status_code, answer.location) == (303, base(call))
    assert "Limits come first" in client.get(answer.location).text


def test_plans_and_questions_may_both_count(client, session, call, run, people, ada):
    plans = make_ranked_run(session, call, kind=Kind.PLAN)
    make_ranked_question(session, call, plans, p_top_k=0.5, kind=Kind.PLAN, people=[make_person(session, country="FR")])
    sign_in(client, session, ada)
    page = client.get(f"{base(call)}/draft").text
    assert page.count('name="runs" value=') == page.count(" checked") == 2
    assert "France (1)" in page
    client.post(f"{base(call)}/draft", data=typed_limits(run) | {"runs": [str(run.id), str(plans.id)]})
    assert draft_limit_set(session, call=call).run_ids == (run.id, plans.id)


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same(client, session, call, run, people, ada, n, count_statements):
    make_candidates(session, call, run, n=n, country="FR")
    in_force = make_limit_set(session, call, [run.id])
    for seats in range(n):
        number = make_limit_set(session, call, [run.id], limits=Limits(9 + seats, 1), state=LimitState.WAITING)
    sign_in(client, session, ada)
    costs = []
    for page in ("", "/change", f"/{number}", f"/{in_force}", ".csv"):
        count_statements.clear()
        assert client.get(base(call) + page).status_code == 200
        costs.append(len(count_statements))
    assert costs == [5, 8, 8, 5, 3]


@pytest.mark.parametrize("n", [1, 3])
def test_pages_of_a_draft_cost_the_same(client, session, call, run, people, ada, n, count_statements):
    make_candidates(session, call, run, n=n, country="FR")
    make_limit_set(session, call, [run.id], state=LimitState.DRAFT)
    sign_in(client, session, ada)
    costs = []
    for page in ("/draft", "/draft/put-in-force"):
        count_statements.clear()
        assert client.get(base(call) + page).status_code == 200
        costs.append(len(count_statements))
    assert costs == [8, 8]


def test_no_name_of_a_candidate_before_limits_are_in_force(client, session, call, run, people, ada):
    make_limit_set(session, call, [run.id], state=LimitState.DRAFT)
    sign_in(client, session, ada)
    for page in ("", "/draft", "/draft/put-in-force"):
        text = client.get(base(call) + page).text
        assert not any(person.full_name in text or person.email in text for person in people)
    other = make_call(session)
    sign_in(client, session, make_organizer(session, other))
    number = session.scalar(sa.select(sa.func.max(LimitSet.id)))
    assert client.get(f"{base(other)}/{number}").status_code == 404

"""Proposing, storing and approving selections."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import (
    LIMITS,
    make_candidates,
    make_limit_set,
    make_limits_in_force,
    make_ranked_question,
    make_selection,
)
from sqlalchemy.exc import IntegrityError

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, InvalidMove, NotFound, Refused
from solicit.invitations.models import Invitation, Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.service.selecting.case import Wanted
from solicit.invitations.service.selecting.propose import propose_selection, wanted_as_json
from solicit.invitations.service.selecting.verify import verify_selection
from solicit.invitations.states import InvitationState, LimitState, Outcome, QuotaField, Rule, SelectionState
from solicit.invitations.tasks import selections as tasks
from solicit.jobs.models import Job
from solicit.jobs.service import begin_job
from solicit.jobs.states import JobState
from solicit.people.models import Person


@pytest.fixture
def call(session):
    return make_call(session, n_places=2)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


@pytest.fixture
def limit_set_id(session, call, run, people):
    return make_limit_set(session, call, [run.id])


def propose(session, call, wanted, organizer):
    return propose_selection(session, call=call, wanted=wanted, proposer_id=organizer.id, now=utcnow())


def approve(session, call, selection_id, organizer):
    return approve_selection(
        session, call_id=call.id, selection_id=selection_id, approver_id=organizer.id, now=utcnow()
    )


def work(call, job_id, wanted, organizer):
    tasks.select(job_id=job_id, call_slug=call.slug, proposer_id=organizer.id, wanted=wanted_as_json(wanted))


def test_job_stores_the_selection(session, call, run, people, ada):
    limits = Limits(2, 2_000_000, quotas=(QuotaLimit(QuotaField.COUNTRY, "KE", 1, 2, price=7),))
    limit_set_id = make_limit_set(session, call, [run.id], limits=limits)
    wanted = Wanted(limit_set_id, "With a host", (Pin(people[2].id, Rule.ALWAYS, "Opens the meeting"),))
    job_id = propose(session, call, wanted, ada)
    work(call, job_id, wanted, ada)
    selection = session.scalars(sa.select(Selection)).one()
    job = session.get(Job, job_id)
    assert (job.state, job.result_path) == (JobState.DONE, f"/{call.slug}/organize/invite/{selection.id}")
    assert (selection.state, selection.outcome) == (SelectionState.PROPOSED, Outcome.OPTIMAL)
    assert (selection.merit_total, selection.coverage_total) == (160, 90)
    assert (selection.salt, selection.proposed_by_id, selection.name) == (run.salt, ada.id, "With a host")
    assert (selection.limit_set_id, selection.explained_at) == (limit_set_id, None)
    rows = session.scalars(sa.select(SelectionCandidate)).all()
    assert {row.person_id for row in rows if row.is_chosen} == {people[0].id, people[2].id}
    assert [row.rule_reason for row in rows if row.rule is Rule.ALWAYS] == ["Opens the meeting"]


def test_reasons_are_a_job_that_follows(session, call, people, limit_set_id, ada):
    wanted = Wanted(limit_set_id)
    work(call, propose(session, call, wanted, ada), wanted, ada)
    job = session.scalars(sa.select(Job).where(Job.kind == "invitations.explain")).one()
    selection_id = session.scalar(sa.select(Selection.id))
    assert (job.state, job.arguments) == (JobState.QUEUED, {"call_slug": call.slug, "selection_id": selection_id})


def test_selection_is_repeated_byte_for_byte(session, call, run, people, ada):
    quotas = (QuotaLimit(QuotaField.COUNTRY, "KE", 1, 2, price=7), QuotaLimit(QuotaField.THEME, "space", 1, 2))
    pins = (Pin(people[2].id, Rule.NEVER, "Asked not to"),)
    limits = Limits(2, 2_000_000, country_cap=1, quotas=quotas, pins=pins)
    selection_id = make_selection(session, call, run, proposer=ada, limits=limits)
    assert verify_selection(session, selection_id)
    session.execute(sa.update(SelectionCandidate).values(merit=SelectionCandidate.merit + 1))
    assert not verify_selection(session, selection_id)


def test_selection_of_before_digests_cannot_be_repeated(session, call, run, people, ada):
    selection_id = make_selection(session, call, run, proposer=ada)
    session.get(Selection, selection_id).result_digest = None
    assert not verify_selection(session, selection_id)


@pytest.mark.parametrize("state", [LimitState.DRAFT, LimitState.REFUSED])
def test_limits_that_nobody_decided_on_give_no_selection(session, call, run, people, ada, state):
    limit_set_id = make_limit_set(session, call, [run.id], state=state)
    with pytest.raises(Refused, match="not in force"):
        propose(session, call, Wanted(limit_set_id), ada)


def test_limits_without_a_ranking_give_no_selection(session, call, run, people, ada):
    limits = make_limits_in_force(session, call)
    with pytest.raises(Refused, match="name no ranking"):
        propose(session, call, Wanted(limits.id), ada)


def test_waiting_limits_give_a_scenario_that_cannot_be_approved(session, call, run, people, ada, bo):
    waiting = make_limit_set(session, call, [run.id], state=LimitState.WAITING)
    wanted = Wanted(waiting, "A larger room")
    work(call, propose(session, call, wanted, ada), wanted, ada)
    selection_id = session.scalar(sa.select(Selection.id))
    with pytest.raises(Refused, match="Other limits are in force"):
        approve(session, call, selection_id, bo)


def test_limits_of_another_call_are_missing(session, call, limit_set_id, ada):
    with pytest.raises(NotFound):
        propose(session, make_call(session), Wanted(limit_set_id), ada)


@pytest.mark.parametrize("rule", [Rule.ACCEPTED, Rule.OUT, Rule.NONE])
def test_organizers_give_only_two_rules(session, call, people, limit_set_id, ada, rule):
    with pytest.raises(Refused, match="needs a reason"):
        propose(session, call, Wanted(limit_set_id, pins=(Pin(people[0].id, rule, "So"),)), ada)


def test_rules_need_a_reason_and_a_candidate_and_are_one_a_person(session, call, people, limit_set_id, ada):
    first = people[0].id
    for pins in (
        (Pin(first, Rule.ALWAYS, ""),),
        (Pin(ada.id, Rule.ALWAYS, "Host"),),
        (Pin(first, Rule.ALWAYS, "Host"), Pin(first, Rule.NEVER, "No")),
    ):
        with pytest.raises(Refused):
            propose(session, call, Wanted(limit_set_id, pins=pins), ada)


def test_repeated_task_changes_nothing(session, call, people, limit_set_id, ada):
    wanted = Wanted(limit_set_id)
    job_id = propose(session, call, wanted, ada)
    work(call, job_id, wanted, ada)
    work(call, job_id, wanted, ada)
    assert session.scalar(sa.select(sa.func.count()).select_from(Selection)) == 1


def test_work_whose_worker_died_at_its_end_is_not_done_twice(session, call, people, limit_set_id, ada):
    wanted = Wanted(limit_set_id)
    job_id = propose(session, call, wanted, ada)
    given = dict(call_slug=call.slug, proposer_id=ada.id, wanted=wanted_as_json(wanted))
    begin_job(session, job_id=job_id, now=utcnow())
    tasks.select.__wrapped__(job_id=job_id, **given)  # stored, but the queue was not told
    work(call, job_id, wanted, ada)
    assert session.scalar(sa.select(sa.func.count()).select_from(Selection)) == 1
    assert session.get(Job, job_id, populate_existing=True).state is JobState.DONE


def test_two_runs_store_the_same_bytes(session, call, run, people, ada):
    columns = sa.select(Selection.input_digest, Selection.result_digest, Selection.versions, Selection.merit_total)
    ids = [make_selection(session, call, run, proposer=ada) for _ in range(2)]
    stored = [session.execute(columns.where(Selection.id == number)).one() for number in ids]
    assert stored[0] == stored[1]
    who = sa.select(SelectionCandidate.person_id, SelectionCandidate.is_chosen)
    of = [session.execute(who.where(SelectionCandidate.selection_id == n).order_by("person_id")).all() for n in ids]
    assert of[0] == of[1]


def test_clash_is_an_outcome(session, call, run, people, ada, bo):
    limits = Limits(1, 2_000_000, pins=tuple(Pin(person.id, Rule.ALWAYS, "Host") for person in people[:2]))
    selection_id = make_selection(session, call, run, proposer=ada, limits=limits)
    selection = session.get(Selection, selection_id)
    assert selection.outcome is Outcome.INFEASIBLE
    assert selection.explanation == {"conflict": ["always", "seats"], "repair": {"seats": 1}}
    assert selection.explained_at is not None
    with pytest.raises(Refused):
        approve(session, call, selection_id, bo)


def test_candidate_may_not_propose(session, call, run, limit_set_id, ada):
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    with pytest.raises(Refused, match="candidate yourself"):
        propose(session, call, Wanted(limit_set_id), ada)


def test_somebody_must_be_a_candidate(session, call, run, ada):
    limit_set_id = make_limit_set(session, call, [run.id])
    with pytest.raises(Refused, match="Nobody"):
        propose(session, call, Wanted(limit_set_id), ada)


def test_one_search_at_a_time(session, call, limit_set_id, ada, bo):
    propose(session, call, Wanted(limit_set_id), ada)
    with pytest.raises(Conflict):
        propose(session, call, Wanted(limit_set_id), bo)


def test_stopped_job_stores_nothing(session, call, limit_set_id, ada):
    wanted = Wanted(limit_set_id)
    job_id = propose(session, call, wanted, ada)
    job = session.get(Job, job_id)
    job.state, job.finished_at = JobState.STOPPED, utcnow()
    session.flush()
    work(call, job_id, wanted, ada)
    assert session.scalars(sa.select(Selection)).all() == []


def test_refusal_in_the_job_is_told(session, call, run, limit_set_id, ada):
    wanted = Wanted(limit_set_id)
    job_id = propose(session, call, wanted, ada)
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    work(call, job_id, wanted, ada)
    job = session.get(Job, job_id)
    assert job.state is JobState.FAILED
    assert "candidate yourself" in job.problem


def test_approval_makes_invitations(session, call, run, people, ada, bo):
    selection_id = make_selection(session, call, run, proposer=ada)
    assert approve(session, call, selection_id, bo) == 2
    invitations = session.scalars(sa.select(Invitation).order_by(Invitation.id)).all()
    assert {row.person_id for row in invitations} == {people[0].id, people[1].id}
    assert {row.state for row in invitations} == {InvitationState.SELECTED}
    assert sum(row.cost_cents for row in invitations) <= LIMITS.budget_cents
    acts = session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.subject == "selection").order_by(AuditEvent.id)
    ).all()
    assert acts == ["propose", "approve"]


def test_proposer_may_not_approve(session, call, run, people, ada):
    selection_id = make_selection(session, call, run, proposer=ada)
    with pytest.raises(Refused, match="second organizer"):
        approve(session, call, selection_id, ada)
    assert session.scalars(sa.select(Invitation)).all() == []


def test_candidate_may_not_approve(session, call, run, people, ada, bo):
    make_ranked_question(session, call, run, p_top_k=0.05, people=[bo])
    selection_id = make_selection(session, call, run, proposer=ada)
    with pytest.raises(Refused, match="candidate yourself"):
        approve(session, call, selection_id, bo)


def test_only_one_selection_is_approved(session, call, run, people, ada, bo):
    first, second = (make_selection(session, call, run, proposer=ada) for _ in range(2))
    approve(session, call, first, bo)
    with pytest.raises(InvalidMove):
        approve(session, call, first, bo)
    with pytest.raises(Conflict):
        approve(session, call, second, bo)
    assert len(session.scalars(sa.select(Invitation)).all()) == 2


def test_selection_of_another_call_is_missing(session, call, run, people, ada, bo):
    selection_id = make_selection(session, call, run, proposer=ada)
    with pytest.raises(NotFound):
        approve(session, make_call(session), selection_id, bo)


def test_database_refuses_the_same_person_twice(session, call, run, people, ada):
    selection = session.get(Selection, make_selection(session, call, run, proposer=ada))
    selection.state, selection.approved_at, selection.approved_by_id = SelectionState.APPROVED, utcnow(), ada.id
    with pytest.raises(IntegrityError, match="approved_by_another"):
        session.flush()


def test_database_refuses_a_second_approval(session, call, run, people, ada, bo):
    for number in [make_selection(session, call, run, proposer=ada) for _ in range(2)]:
        selection = session.get(Selection, number)
        selection.state, selection.approved_at, selection.approved_by_id = SelectionState.APPROVED, utcnow(), bo.id
    with pytest.raises(IntegrityError, match="uq_selection_approved"):
        session.flush()


def test_erased_candidate_leaves_the_selection(session, call, run, people, ada, bo):
    selection_id = make_selection(session, call, run, proposer=ada)
    session.execute(sa.delete(Person).where(Person.id == people[0].id))
    session.expire_all()
    assert approve(session, call, selection_id, bo) == 1
    assert session.scalars(sa.select(Invitation.person_id)).all() == [people[1].id]

"""Proposing, storing and approving selections."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import LIMITS, make_candidates, make_ranked_question, make_ranked_run, make_selection
from sqlalchemy.exc import IntegrityError

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, InvalidMove, NotFound, Refused
from solicit.invitations.models import Invitation, LimitQuota, Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit, limits_as_json
from solicit.invitations.queries.selections import stored_limits
from solicit.invitations.service.approve import approve_selection
from solicit.invitations.service.propose import propose_selection
from solicit.invitations.states import InvitationState, Outcome, QuotaField, Rule, SelectionState
from solicit.invitations.tasks import selections as tasks
from solicit.jobs.models import Job
from solicit.jobs.service import begin_job
from solicit.jobs.states import JobState
from solicit.people.models import Person


@pytest.fixture
def call(session):
    return make_call(session, n_places=2)


@pytest.fixture
def run(session, call):
    return make_ranked_run(session, call)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


def propose(session, call, run, organizer, limits=LIMITS):
    return propose_selection(
        session, call=call, run_ids=[run.id], limits=limits, proposer_id=organizer.id, now=utcnow()
    )


def approve(session, call, selection_id, organizer):
    return approve_selection(
        session, call_id=call.id, selection_id=selection_id, approver_id=organizer.id, now=utcnow()
    )


def work(call, run, job_id, organizer, limits=LIMITS):
    tasks.select(
        job_id=job_id,
        call_slug=call.slug,
        run_ids=[run.id],
        proposer_id=organizer.id,
        limits=limits_as_json(limits),
    )


def test_job_stores_the_selection(session, call, run, people, ada):
    limits = Limits(
        seats=2,
        budget_cents=2_000_000,
        quotas=(QuotaLimit(QuotaField.COUNTRY, "KE", 1, 2, price=7),),
        pins=(Pin(people[2].id, Rule.ALWAYS, "Opens the meeting"),),
    )
    job_id = propose(session, call, run, ada, limits)
    work(call, run, job_id, ada, limits)
    selection = session.scalars(sa.select(Selection)).one()
    job = session.get(Job, job_id)
    assert (job.state, job.result_path) == (JobState.DONE, f"/{call.slug}/organize/invite/{selection.id}")
    assert (selection.state, selection.outcome) == (SelectionState.PROPOSED, Outcome.OPTIMAL)
    assert (selection.merit_total, selection.coverage_total) == (160, 90)
    assert (selection.salt, selection.proposed_by_id) == (run.salt, ada.id)
    assert len(selection.input_digest) == 32
    rows = session.scalars(sa.select(SelectionCandidate)).all()
    assert {row.person_id for row in rows if row.is_chosen} == {people[0].id, people[2].id}
    assert [row.rule_reason for row in rows if row.rule is Rule.ALWAYS] == ["Opens the meeting"]
    assert session.scalars(sa.select(LimitQuota.price)).all() == [7]
    assert stored_limits(session, call=call, selection_id=selection.id) == (run.id, limits)


def test_repeated_task_changes_nothing(session, call, run, people, ada):
    job_id = propose(session, call, run, ada)
    work(call, run, job_id, ada)
    work(call, run, job_id, ada)
    assert session.scalar(sa.select(sa.func.count()).select_from(Selection)) == 1


def test_work_whose_worker_died_at_its_end_is_not_done_twice(session, call, run, people, ada):
    job_id = propose(session, call, run, ada)
    given = dict(call_slug=call.slug, run_ids=[run.id], proposer_id=ada.id, limits=limits_as_json(LIMITS))
    begin_job(session, job_id=job_id, now=utcnow())
    tasks.select.__wrapped__(job_id=job_id, **given)  # stored, but the queue was not told
    work(call, run, job_id, ada)
    assert session.scalar(sa.select(sa.func.count()).select_from(Selection)) == 1
    assert session.get(Job, job_id, populate_existing=True).state is JobState.DONE


def test_two_runs_store_the_same_bytes(session, call, run, people, ada):
    columns = sa.select(Selection.input_digest, Selection.explanation, Selection.versions, Selection.merit_total)
    ids = [make_selection(session, call, run, proposer=ada) for _ in range(2)]
    stored = [session.execute(columns.where(Selection.id == number)).one() for number in ids]
    assert stored[0] == stored[1]
    why = sa.select(SelectionCandidate.person_id, SelectionCandidate.is_chosen, SelectionCandidate.why)
    of = [session.execute(why.where(SelectionCandidate.selection_id == n).order_by("person_id")).all() for n in ids]
    assert of[0] == of[1]


def test_clash_is_an_outcome(session, call, run, people, ada):
    limits = Limits(
        seats=1,
        budget_cents=2_000_000,
        pins=tuple(Pin(person.id, Rule.ALWAYS, "Host") for person in people[:2]),
    )
    job_id = propose(session, call, run, ada, limits)
    work(call, run, job_id, ada, limits)
    selection = session.scalars(sa.select(Selection)).one()
    assert selection.outcome is Outcome.INFEASIBLE
    assert selection.explanation == {"conflict": ["seats"], "repair": {"seats": 1}}
    assert session.get(Job, job_id).state is JobState.DONE
    with pytest.raises(Refused):
        approve(session, call, selection.id, make_organizer(session, call))


def test_candidate_may_not_propose(session, call, run, people, ada):
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    with pytest.raises(Refused, match="candidate yourself"):
        propose(session, call, run, ada)


def test_somebody_must_be_a_candidate(session, call, run, ada):
    with pytest.raises(Refused, match="Nobody"):
        propose(session, call, run, ada)


def test_run_of_another_call_is_missing(session, call, run, people, ada):
    with pytest.raises(NotFound):
        propose(session, make_call(session), run, ada)


def test_one_search_at_a_time(session, call, run, people, ada, bo):
    propose(session, call, run, ada)
    with pytest.raises(Conflict):
        propose(session, call, run, bo)


def test_stopped_job_stores_nothing(session, call, run, people, ada):
    job_id = propose(session, call, run, ada)
    job = session.get(Job, job_id)
    job.state, job.finished_at = JobState.STOPPED, utcnow()
    session.flush()
    work(call, run, job_id, ada)
    assert session.scalars(sa.select(Selection)).all() == []


def test_refusal_in_the_job_is_told(session, call, run, people, ada):
    job_id = propose(session, call, run, ada)
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    work(call, run, job_id, ada)
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
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "selection")).all()
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

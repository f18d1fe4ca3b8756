"""A frozen ranking with authors, and what follows from it."""

import hashlib
import itertools
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from builders import make_organizer, make_person

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.invitations.models import (
    CandidateDouble,
    Invitation,
    LimitRun,
    LimitSet,
    Nomination,
    Selection,
    SelectionCandidate,
)
from solicit.invitations.queries.limit_sets import limit_set_in_force
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service import limits as limit_services
from solicit.invitations.service.selecting.case import Wanted, case_of
from solicit.invitations.service.selecting.problem import pose
from solicit.invitations.service.selecting.solve import solve
from solicit.invitations.service.selecting.store import store_selection
from solicit.invitations.states import (
    Basis,
    DoubleBasis,
    DoubleState,
    InvitationState,
    LimitState,
    Outcome,
    SelectionState,
)
from solicit.panels.models import Round
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import QuestionState
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import Evidence
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import SubmissionState

_numbers = itertools.count(1_000)

LIMITS = Limits(seats=2, budget_cents=2_000_000)


def make_ranked_run(session, call, *, salt: str = "salt", parameters=None, kind: Kind = Kind.QUESTION) -> RankingRun:
    """A frozen run of a round of its own, still without rows."""
    now = utcnow()
    round_ = Round(
        call_id=call.id,
        kind=kind,
        name="First round",
        opens_at=now - timedelta(days=20),
        closes_at=now - timedelta(days=10),
        seed=1,
        created_at=now,
    )
    session.add(round_)
    session.flush()
    run = RankingRun(
        call_id=call.id,
        round_id=round_.id,
        seed=1,
        salt=salt,
        parameters=parameters or {},
        versions={"numpy": "2"},
        variances={"question": 0.4},
        notes=["A note."],
        input_digest=hashlib.sha256(b"input").digest(),
        result_digest=hashlib.sha256(b"result").digest(),
        frozen_at=now,
    )
    session.add(run)
    session.flush()
    return run


def make_question(
    session, call, *, theme_key="space", title="Why do the two sides of the Moon differ so much?", **values
):
    """A question in scope with a number."""
    number = next(_numbers)
    defaults = dict(
        call_id=call.id,
        theme_id=call.theme(theme_key).id,
        kind=Kind.QUESTION,
        number=number,
        state=QuestionState.IN_SCOPE,
        language="en",
        title=title,
        goal_overview="To find out.",
        significance="It matters.",
        approach="",
        text_digest=hashlib.sha256(f"{number}".encode()).digest(),
        search_text=title,
        created_at=utcnow(),
    )
    question = Question(**defaults | values)
    session.add(question)
    session.flush()
    return question


def make_authors(session, call, question, people, *, willing=True, confirmed=True) -> Submission:
    """A sent submission of ``people`` that speaks through a question."""
    now = utcnow()
    number = next(_numbers)
    submission = Submission(
        reference=f"S-{number}",
        call_id=call.id,
        theme_id=question.theme_id,
        submitter_id=people[0].id,
        kind=question.kind,
        state=SubmissionState.SENT,
        language="en",
        title=question.title,
        consented_at=now,
        created_at=now,
        updated_at=now,
        sent_at=now,
    )
    session.add(submission)
    session.flush()
    session.add(QuestionSource(submission_id=submission.id, question_id=question.id, first_question_id=question.id))
    session.add_all(
        Authorship(
            submission_id=submission.id,
            person_id=person.id,
            position=position,
            full_name=person.full_name,
            country=person.country,
            career=person.career,
            is_willing=willing,
            confirmed_at=now if confirmed else None,
        )
        for position, person in enumerate(people, 1)
    )
    session.flush()
    return submission


def make_ranking_row(session, question, **values) -> None:
    """A place of a question in a run."""
    defaults = dict(
        question_id=question.id,
        theme_id=question.theme_id,
        kind=question.kind,
        title=question.title,
        language="en",
        evidence=Evidence.RANKED,
        position=next(_numbers),
        mean=4.0,
        low=3.5,
        high=4.5,
        plain_mean=4.1,
        n_ratings=4,
        band=0,
        place_first=1,
        place_last=3,
    )
    session.add(RankingRow(**defaults | values))
    session.flush()


def make_ranked_question(session, call, run, *, p_top_k, people=(), theme_key="space", position=None, **values):
    """A question in a run at the next place of its theme, with its authors."""
    wording = {name: values.pop(name) for name in ("title", "approach", "kind") if name in values}
    question = make_question(session, call, theme_key=theme_key, **wording)
    make_ranking_row(session, question, run_id=run.id, p_top_k=p_top_k, position=position or next(_numbers), **values)
    if people:
        make_authors(session, call, question, people)
    return question


def make_candidates(session, call, run, *, n=3, **values) -> list:
    """``n`` people with one question each, the first worth most."""
    people = [make_person(session, full_name=f"Author {n - i}", **values) for i in range(n)]
    for i, person in enumerate(people):
        make_ranked_question(session, call, run, p_top_k=0.9 - 0.1 * i, people=[person])
    return people


def make_nomination(session, call, *, proposer=None, consented=True, **values) -> Nomination:
    now = utcnow()
    defaults = dict(
        call_id=call.id,
        person_id=None,
        theme_id=call.themes[0].id,
        statement="Builds instruments that survive the lunar night and has led two missions.",
        proposed_by_id=proposer.id if proposer else None,
        proposed_at=now,
        consented_at=now if consented else None,
    )
    nomination = Nomination(**defaults | values)
    if nomination.person_id is None:
        nomination.person_id = make_person(session).id
    session.add(nomination)
    session.flush()
    return nomination


def make_selection(session, call, run, *, proposer, limits=LIMITS, now=None, **wanted) -> int:
    """A solved and stored selection, its reasons not worked out; the limits are in force afterwards."""
    given = replace(limits, pins=())
    in_force = limit_set_in_force(session, call=call)
    if in_force is None or (in_force.limits, in_force.run_ids) != (given, (run.id,)):
        make_limit_set(session, call, [run.id], limits=given)
        in_force = limit_set_in_force(session, call=call)
    return solve_and_store(
        session, call, Wanted(in_force.id, pins=limits.pins, **wanted), proposer_id=proposer.id, now=now
    )


def solve_and_store(session, call, wanted, *, proposer_id, now=None) -> int:
    """What the job does that chooses whom to invite."""
    case = case_of(session, call=call, wanted=wanted, proposer_id=None)
    posed = pose(case.pool, case.limits, kept=case.kept)
    return store_selection(
        session,
        call_id=call.id,
        case=case,
        input_digest=posed.input_digest,
        solved=solve(posed),
        proposer_id=proposer_id,
        now=now or utcnow(),
    )


def make_limit_set(session, call, run_ids, *, limits=LIMITS, by=None, state=LimitState.IN_FORCE) -> int:
    """The number of limits in any state, drawn up by ``by``.

    Where limits are in force already, these are a change of them; unless they differ, they ask for one more seat.
    """
    actor = {"actor_id": by.id if by else None, "now": utcnow()}
    in_force = limit_set_in_force(session, call=call)
    if in_force is None:
        drawn_up = limit_services.save_draft(session, call=call, run_ids=run_ids, limits=limits, version="", **actor)
        if state is LimitState.DRAFT:
            return drawn_up
        limit_services.put_in_force(session, call=call, version=actor["now"].isoformat(), **actor)
        if state is LimitState.IN_FORCE:
            return drawn_up
        in_force = limit_set_in_force(session, call=call)
    if in_force.limits == limits:
        limits = replace(limits, seats=limits.seats + 1)
    asked = limit_services.ask_change(
        session, call=call, base_id=in_force.id, run_ids=run_ids, limits=limits, reason="A larger room", **actor
    )
    second = {"call": call, "limit_set_id": asked, "actor_id": make_organizer(session, call).id, "now": utcnow()}
    if state is LimitState.REFUSED:
        limit_services.refuse_change(session, reason="The room is taken", **second)
    elif state in (LimitState.IN_FORCE, LimitState.REPLACED):
        limit_services.put_change_in_force(session, **second)
    return in_force.id if state is LimitState.REPLACED else asked


def make_limits_in_force(session, call, *runs, **values) -> LimitSet:
    """Limits in force over these runs, in the place of none: candidates are shown from now on."""
    now = utcnow()
    defaults = dict(
        call_id=call.id, state=LimitState.IN_FORCE, seats=2, budget_cents=2_000_000, drawn_up_at=now, decided_at=now
    )
    limit_set = LimitSet(**defaults | values)
    session.add(limit_set)
    session.flush()
    session.add_all(LimitRun(limit_set_id=limit_set.id, run_id=run.id) for run in runs)
    session.flush()
    return limit_set


def make_invitation(session, call, *, person=None, question_ids=(), state=InvitationState.SELECTED, **values):
    """An invitation of somebody whom the approved selection of the call chose; both are made if they are not there."""
    now, person = utcnow(), person or make_person(session)
    selection_id = values.pop("selection_id", None) or _approved_selection(session, call)
    chosen = dict(selection_id=selection_id, person_id=person.id)
    if session.get(SelectionCandidate, (selection_id, person.id)) is None:
        seen = dict(merit=90, basis=Basis.QUESTIONS, country=person.country, region="Eastern Africa", is_chosen=True)
        cost_cents = values.get("cost_cents", 100_000)
        lists = dict(question_ids=list(question_ids), theme_keys=[])
        session.add(SelectionCandidate(**chosen, **seen, **lists, cost_cents=cost_cents))
    defaults = dict(call_id=call.id, state=state, cost_cents=100_000, changed_at=now)
    if state is not InvitationState.SELECTED:
        defaults |= dict(offered_at=now, answer_by=now + timedelta(days=14), nonce=f"nonce-{next(_numbers)}")
    if state in (InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.CONFIRMED):
        defaults |= dict(answered_at=now)
    invitation = Invitation(**chosen, **defaults | values)
    session.add(invitation)
    session.flush()
    return invitation


def _approved_selection(session, call) -> int:
    approved = sa.select(Selection.id).where(Selection.call_id == call.id, Selection.state == SelectionState.APPROVED)
    found = session.scalar(approved)
    if found:
        return found
    now = utcnow()
    known = sa.select(LimitSet).where(LimitSet.call_id == call.id, LimitSet.state == LimitState.IN_FORCE)
    limit_set = session.scalar(known) or make_limits_in_force(session, call)
    selection = Selection(
        call_id=call.id,
        limit_set_id=limit_set.id,
        state=SelectionState.APPROVED,
        cost_rates={},
        salt="salt",
        input_digest=b"input",
        versions={},
        outcome=Outcome.OPTIMAL,
        is_proven=True,
        merit_total=90,
        coverage_total=0,
        cost_total_cents=100_000,
        proposed_at=now,
        approved_at=now,
    )
    session.add(selection)
    session.flush()
    return selection.id


def make_double(session, call, first, second, *, basis=DoubleBasis.NAME, **values) -> CandidateDouble:
    """Two accounts that may be one person."""
    low, high = sorted((first.id, second.id))
    state = DoubleState.SAME if basis is DoubleBasis.ORCID else DoubleState.SUSPECTED
    defaults = dict(call_id=call.id, first_id=low, second_id=high, basis=basis, state=state, found_at=utcnow())
    double = CandidateDouble(**defaults | values)
    session.add(double)
    session.flush()
    return double

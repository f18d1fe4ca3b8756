"""A frozen ranking with authors, and what follows from it."""

import hashlib
import itertools
from dataclasses import replace
from datetime import timedelta

from builders import make_organizer, make_person

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.invitations.models import Nomination
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.queries.limit_sets import limit_set_in_force
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service import limits as limit_services
from solicit.invitations.service.propose import store_selection
from solicit.invitations.service.solve import solve
from solicit.invitations.states import LimitState
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


def make_ranked_question(session, call, run, *, p_top_k, people=(), theme_key="space", position=None, **values):
    """A question in a run at the next place of its theme, with its authors."""
    wording = {name: values.pop(name) for name in ("title", "approach", "kind") if name in values}
    question = make_question(session, call, theme_key=theme_key, **wording)
    place = position or next(_numbers)
    defaults = dict(
        run_id=run.id,
        question_id=question.id,
        theme_id=question.theme_id,
        kind=question.kind,
        title=question.title,
        language="en",
        evidence=Evidence.RANKED,
        position=place,
        mean=4.0,
        low=3.5,
        high=4.5,
        p_top_k=p_top_k,
        plain_mean=4.1,
        n_ratings=4,
        band=0,
        place_first=1,
        place_last=3,
    )
    session.add(RankingRow(**defaults | values))
    session.flush()
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


def make_selection(session, call, run, *, proposer, limits=LIMITS, now=None) -> int:
    """A solved and stored selection."""
    pool = candidate_pool(session, call=call, run_ids=[run.id])
    solved = solve(pool, limits, report=lambda step, doing: None)
    return store_selection(
        session,
        call_id=call.id,
        pool=pool,
        limits=limits,
        solved=solved,
        proposer_id=proposer.id,
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

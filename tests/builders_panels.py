"""Panels in small: questions to read, people who read them, rounds, reviews."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

from builders import make_person

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.panels.models import (
    Assignment,
    Ballot,
    BallotPlace,
    Comparison,
    Panel,
    Review,
    Round,
    RoundQuestion,
)
from solicit.panels.queries.problem import assignment_problem
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.service import review as reviews
from solicit.panels.service import rounds, seats
from solicit.panels.service.assign.propose import store_proposal
from solicit.panels.states import Activity, BallotState, ComparisonState, Confidence, Pick, RoundState
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import QuestionState
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import SubmissionState

_numbers = itertools.count(5_000)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # of the fixture: rounds take votes then, and today

CRITERIA = (
    rounds.NewCriterion(
        key="importance", name="Importance", question="Does it matter?", low="Little", high="Much", weight=50
    ),
    rounds.NewCriterion(key="novelty", name="Novelty", question="Is it new?", low="Old", high="New", weight=30),
    rounds.NewCriterion(key="reach", name="Reachability", question="Can it be done?", low="No", high="Yes", weight=20),
)


def make_read_question(session, call, *, theme="space", kind=Kind.QUESTION, language="en", authors=(), **values):
    """A question in scope with one submission, as screening leaves it."""
    number = next(_numbers)
    title = values.pop("title", f"What is {number}?")
    theme_id = call.theme(theme).id
    question = Question(
        **dict(
            call_id=call.id,
            theme_id=theme_id,
            kind=kind,
            number=number,
            state=QuestionState.IN_SCOPE,
            language=language,
            title=title,
            goal_overview="An overview.",
            significance="A significance.",
            approach="",
            text_digest=hashlib.sha256(title.encode()).digest(),
            search_text=title.lower(),
            created_at=utcnow(),
            screened_at=utcnow(),
        )
        | values
    )
    session.add(question)
    session.flush()
    add_submission(session, question, authors=authors or (make_person(session),))
    return question


def add_submission(session, question, *, authors) -> Submission:
    """One more submission under a question; the first author sent it."""
    now = utcnow()
    submission = Submission(
        reference=f"S-{next(_numbers)}",
        call_id=question.call_id,
        theme_id=question.theme_id,
        submitter_id=authors[0].id,
        kind=question.kind,
        state=SubmissionState.SENT,
        language=question.language,
        title=question.title,
        consented_at=now,
        created_at=now,
        updated_at=now,
        sent_at=now,
    )
    session.add(submission)
    session.flush()
    session.add_all(
        Authorship(submission_id=submission.id, person_id=author.id, position=n, full_name=author.full_name)
        for n, author in enumerate(authors, 1)
    )
    session.add(QuestionSource(submission_id=submission.id, question_id=question.id, first_question_id=question.id))
    session.flush()
    return submission


def make_panel(session, call, *, theme="space") -> Panel:
    theme_id = call.theme(theme).id if theme else None
    panel_id = seats.add_panel(
        session, call=call, name=f"Panel {next(_numbers)}", theme_id=theme_id, actor_id=None, now=utcnow()
    )
    return session.get_one(Panel, panel_id)


def seat(session, call, panel, *, person=None, accepts=True, **values):
    """A person on a panel who has accepted the statement."""
    person = person or make_person(session)
    new = seats.NewSeat(**dict(email=person.email) | values)
    seats.seat_panelist(session, call=call, panel_id=panel.id, seat=new, actor_id=None, now=utcnow())
    if accepts:
        seats.accept_statement(session, call=call, person_id=person.id, now=utcnow())
    return person


def make_round(session, call, *, state="draft", **values) -> int:
    """A round with three criteria; ``state`` is draft, open or closed."""
    now = utcnow()
    defaults = dict(
        kind=Kind.QUESTION,
        name="First reading",
        opens_at=min(now, NOW) - timedelta(days=1),
        closes_at=max(now, NOW) + timedelta(days=20),
        reviews_per_question=3,
        criteria=CRITERIA,
    )
    seed = values.pop("seed", 7)
    new = rounds.NewRound(**defaults | values)
    round_id = rounds.create_round(session, call=call, new=new, actor_id=None, now=now, seed=seed)
    if state != "draft":
        force_state(session, round_id, state)
    return round_id


def make_later_round(
    session, first_id: int, activity: Activity, questions, *, state="open", pick=Pick.CHOSEN, **values
):
    """A round that follows the scoring round ``first_id`` and is about ``questions``; returns its id."""
    first, now = session.get_one(Round, first_id), utcnow()
    defaults = dict(
        call_id=first.call_id,
        panel_id=first.panel_id,
        follows_id=first_id,
        activity=activity,
        kind=first.kind,
        name=f"{activity.value} {next(_numbers)}",
        state=RoundState(state),
        opens_at=min(now, NOW) - timedelta(days=1),
        closes_at=max(now, NOW) + timedelta(days=10),
        seed=11,
        created_at=now,
    )
    row = Round(**defaults | values)
    session.add(row)
    session.flush()
    session.add_all(RoundQuestion(round_id=row.id, question_id=question.id, pick=pick) for question in questions)
    session.flush()
    return row.id


def make_waiting_proposal(session, round_id: int) -> int:
    """A proposal for a round in whatever state; one rating for each question that has none."""
    row = session.get_one(Round, round_id)
    problem = assignment_problem(session, round_=row)
    wanted = {question.id: 1 for question in problem.questions}
    made = dict(problem=problem, wanted=wanted, stage=row.stage, parameters={}, seed=3, actor_id=None)
    return store_proposal(session, round_=row, now=utcnow(), **made)


def force_state(session, round_id: int, state: str) -> None:
    """A round in a later state, without the letters and checks of getting there."""
    row = rounds.locked_round(session, round_id=round_id)
    row.state = type(row.state)(state)
    session.flush()


def ask(session, round_id: int, panel, person, question, *, order=None) -> Assignment:
    """One assignment, made by hand."""
    assignment = Assignment(
        round_id=round_id,
        question_id=question.id,
        panel_id=panel.id,
        person_id=person.id,
        affinity=1.0,
        queue_order=order if order is not None else next(_numbers),
        assigned_at=utcnow(),
    )
    session.add(assignment)
    session.flush()
    return assignment


def given(session, round_id: int, scores, *, confidence=Confidence.MY_FIELD, version=0, **comments):
    """A review with one score per criterion; a single number stands for all of them."""
    criteria = criteria_of(session, round_id=round_id)
    values = [scores] * len(criteria) if isinstance(scores, int) else list(scores)
    return reviews.GivenReview(
        confidence=confidence,
        scores={c.id: value for c, value in zip(criteria, values, strict=True) if value is not None},
        comment_to_panel=comments.get("to_panel", ""),
        comment_to_authors=comments.get("to_authors", ""),
        version=version,
    )


def rate(session, assignment: Assignment, scores, **values) -> int:
    """A submitted review on top of whatever was saved before."""
    saved = session.get(Review, assignment.id, populate_existing=True)
    review = given(session, assignment.round_id, scores, version=saved.version if saved else 0, **values)
    return reviews.submit_review(
        session, assignment_id=assignment.id, person_id=assignment.person_id, given=review, now=utcnow()
    )


def compare(session, round_id: int, person, left, right, preference, **values) -> Comparison:
    """One comparison, made by hand; without a preference it is only offered."""
    state = ComparisonState.OFFERED if preference is None else ComparisonState.JUDGED
    defaults = dict(batch=1, offered_at=utcnow(), judged_at=utcnow() if preference else None)
    row = Comparison(
        round_id=round_id,
        theme_id=left.theme_id,
        person_id=person.id,
        left_id=left.id,
        right_id=right.id,
        preference=preference,
        **dict(state=state) | defaults | values,
    )
    session.add(row)
    session.flush()
    return row


def vote(session, round_id: int, person, places, *, state=BallotState.SUBMITTED) -> Ballot:
    """One ballot, made by hand, from questions to their places."""
    theme_id = next(iter(places)).theme_id
    ballot = Ballot(round_id=round_id, theme_id=theme_id, person_id=person.id, state=state, saved_at=utcnow())
    ballot.submitted_at = None if state is BallotState.DRAFT else utcnow()
    session.add(ballot)
    session.flush()
    rows = (BallotPlace(ballot_id=ballot.id, question_id=question.id, place=n) for question, n in places.items())
    session.add_all(rows)
    session.flush()
    return ballot

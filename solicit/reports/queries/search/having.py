"""The values of the keyword has: what may hang on a question, and for whom there is such a thing."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.questions.models import (
    DifferenceNote,
    MissionLink,
    ProblemReport,
    Question,
    QuestionSource,
    Redaction,
    Suspicion,
    Translation,
)
from solicit.questions.states import MissionVerdict, QuestionState
from solicit.reports.queries.search.access import Needs, Seen, exists_for
from solicit.reports.queries.search.conditions import known
from solicit.reports.queries.search.judged import has_comment
from solicit.reports.queries.search.language import Named
from solicit.reports.queries.search.sight import Searcher, closed_to, without_part
from solicit.reports.queries.search.words import IS_COPIED


@dataclass(frozen=True)
class Thing:
    condition: Callable[[CallFacts, Searcher], sa.ColumnElement[bool]]
    seen: Seen = Seen.ORGANIZERS
    needs: Needs | None = None


def has(call: CallFacts, searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    things = known(named, things_for(call, searcher))
    return sa.or_(*(thing.condition(call, searcher) for thing in things))


def things_for(call: CallFacts, searcher: Searcher) -> dict[str, Thing]:
    return {name: thing for name, thing in THINGS.items() if exists_for(thing.seen, call, searcher)}


def needs_of_things(named: Named) -> set[Needs]:
    return {THINGS[value].needs for value in named.values if value in THINGS} - {None}


def _translation(_call: CallFacts, searcher: Searcher) -> sa.ColumnElement[bool]:
    """Panels read none that waits for the desk, and none beside a redacted copy."""
    made = sa.select(Translation.question_id)
    if searcher.is_organizer:
        return Question.id.in_(made)
    return sa.and_(Question.id.in_(made.where(Translation.is_screened)), ~IS_COPIED)


def _plan(call: CallFacts, searcher: Searcher) -> sa.ColumnElement[bool]:
    """Whether a plan that is in scope, and not closed to the searcher, says that it answers the question."""
    plan = aliased(Question)
    numbers = sa.func.jsonb_array_elements_text(plan.plan["answers"]).table_valued("number").render_derived()
    answered = (
        sa.select(sa.cast(numbers.c.number, sa.BigInteger))
        .select_from(plan)
        .join(numbers, sa.true())
        .where(plan.call_id == call.id, plan.state == QuestionState.IN_SCOPE, plan.plan.is_not(None))
    )
    if searcher.is_organizer:
        answered = answered.where(*without_part(searcher, plan.id))
    return sa.and_(Question.kind == Kind.QUESTION, Question.number.in_(answered))


def _difference(_call: CallFacts, searcher: Searcher) -> sa.ColumnElement[bool]:
    """Whether its author said how it differs from another one, which is not closed to the searcher."""
    noted = sa.select(QuestionSource.question_id).join(
        DifferenceNote, DifferenceNote.submission_id == QuestionSource.submission_id
    )
    return Question.id.in_(noted.where(DifferenceNote.question_id.not_in(closed_to(searcher))))


def _summary(_call: CallFacts, _searcher: Searcher) -> sa.ColumnElement[bool]:
    return Question.is_summary


def _any(ids: sa.Select) -> Callable[[CallFacts, Searcher], sa.ColumnElement[bool]]:
    return lambda _call, _searcher: Question.id.in_(ids)


THINGS: dict[str, Thing] = {
    "comment": Thing(has_comment, needs=Needs.CLOSED_ROUND),
    "translation": Thing(_translation, Seen.EVERYBODY),
    "plan": Thing(_plan, Seen.WITH_THE_PUBLIC),
    "summary": Thing(_summary, Seen.EVERYBODY),
    "redaction": Thing(_any(sa.select(Redaction.question_id))),
    "difference": Thing(_difference),
    "report": Thing(_any(sa.select(ProblemReport.question_id).where(ProblemReport.closed_at.is_(None)))),
    "suspicion": Thing(_any(sa.select(Suspicion.question_id).where(Suspicion.dismissed_at.is_(None)))),
    "mission": Thing(_any(sa.select(MissionLink.question_id).where(MissionLink.verdict == MissionVerdict.CONFIRMED))),
}

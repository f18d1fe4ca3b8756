"""What the submissions behind a question say now, and what their authors were asked to change, as the desk sees it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.screening.suspicions import AFFILIATIONS, NAMES, author_names
from solicit.questions.states import QuestionState
from solicit.submissions.models import RevisionRequest, Submission, SubmissionVersion
from solicit.submissions.queries.history import Fact, TextChange, plan_facts, text_changes
from solicit.submissions.states import LIVE, PlanValues
from solicit.words import N_

MOST_OTHERS = 10
TEXTS = ("language", "title", "goal_overview", "significance", "approach", "plan")


@dataclass(frozen=True)
class AskedChange:
    """One request of the organizers, open while it has no answer; what its answer changed."""

    text: str
    asked_at: datetime
    answered_at: datetime | None
    changes: tuple[TextChange, ...] = ()


@dataclass(frozen=True)
class FactChange:
    """What differs beside the texts."""

    old: Fact
    new: Fact


@dataclass(frozen=True)
class OtherQuestion:
    id: int
    title: str
    language: str


@dataclass(frozen=True)
class Voice:
    """A submission that speaks through a question, with what was asked of its author, the latest first.

    ``changes`` and ``fact_changes`` lead from the wording of the question to that of the submission that came
    with it. ``others`` came from the same submitter, whose name is not told.
    """

    id: int
    reference: str
    title: str
    language: str
    has_author: bool
    asked: tuple[AskedChange, ...]
    changes: tuple[TextChange, ...]
    fact_changes: tuple[FactChange, ...]
    others: tuple[OtherQuestion, ...]
    n_others: int

    @property
    def is_waiting(self) -> bool:
        return any(change.answered_at is None for change in self.asked)

    @property
    def differs(self) -> bool:
        return bool(self.changes or self.fact_changes)


@dataclass(frozen=True)
class Voices:
    """Everything behind a question, and the names that its text should not hold."""

    submissions: tuple[Voice, ...] = ()
    names: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()


def voices_of(session: Session, *, question_id: int, viewer_id: int) -> Voices:
    """The live submissions of a question in the order they came; one statement."""
    past = aliased(SubmissionVersion)
    before = sa.select(sa.func.max(SubmissionVersion.number)).where(
        SubmissionVersion.submission_id == Submission.id, SubmissionVersion.saved_at <= RevisionRequest.asked_at
    )
    rows = session.execute(
        sa.select(
            Submission,
            RevisionRequest,
            past,
            Question,
            QuestionSource.first_question_id,
            author_names(NAMES).label(NAMES),
            author_names(AFFILIATIONS).label(AFFILIATIONS),
            _others(viewer_id).label("others"),
        )
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .outerjoin(RevisionRequest, RevisionRequest.submission_id == Submission.id)
        .outerjoin(past, (past.submission_id == Submission.id) & (past.number == before.scalar_subquery()))
        .where(QuestionSource.question_id == question_id, Submission.state.in_(LIVE))
        .order_by(Submission.id, RevisionRequest.asked_at.desc(), RevisionRequest.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return Voices()
    asked = defaultdict(list)
    for sent, request, old, *_ in rows:
        if request:
            asked[sent.id].append(_asked_change(request, old, sent))
    latest = {row.Submission.id: row for row in rows}
    return Voices(
        tuple(_voice(row, tuple(asked[id_])) for id_, row in latest.items()), tuple(rows[0].names), tuple(rows[0][6])
    )


@cache
def has_changed() -> sa.ColumnElement[bool]:
    """Whether the submission that came with the outer question has been changed since somebody settled its wording."""
    changed = aliased(Question)
    return _changed(changed).where(changed.id == Question.id).correlate(Question).exists()


@cache
def is_among_changed() -> sa.ColumnElement[bool]:
    """The same, for many questions at once."""
    return Question.id.in_(_changed(aliased(Question)))


@cache
def revision_state() -> sa.ScalarSelect[str]:
    """“asked” while an author behind the outer question has not answered, “answered” once all have; else nothing."""
    is_open = sa.func.bool_or(RevisionRequest.answered_at.is_(None))
    return (
        sa.select(sa.case((is_open, "asked"), (sa.func.count() > 0, "answered")))
        .select_from(RevisionRequest)
        .join(QuestionSource, QuestionSource.submission_id == RevisionRequest.submission_id)
        .where(QuestionSource.question_id == Question.id)
        .correlate(Question)
        .scalar_subquery()
    )


@cache
def is_asked_about() -> sa.ColumnElement[bool]:
    """Whether an author behind the question has a request to answer, for many questions at once."""
    return Question.id.in_(_requests().where(RevisionRequest.answered_at.is_(None)))


@cache
def is_answered() -> sa.ColumnElement[bool]:
    """Whether every author behind the question who was asked has answered, for many questions at once."""
    return sa.and_(Question.id.in_(_requests()), ~is_asked_about())


def _changed(question: type[Question]) -> sa.Select:
    """The questions whose own submission says something else. Those not in scope follow their submission anyway."""
    settled = sa.func.coalesce(question.wording_settled_at, question.screened_at)
    differs = (getattr(Submission, name).is_distinct_from(getattr(question, name)) for name in TEXTS)
    return (
        sa.select(question.id)
        .join(QuestionSource, QuestionSource.first_question_id == question.id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .where(question.state == QuestionState.IN_SCOPE, ~question.is_summary, Submission.state.in_(LIVE))
        # Few were edited at all, and an index knows them.
        .where(Submission.version > 1, Submission.updated_at > settled, sa.or_(*differs))
    )


def _requests() -> sa.Select:
    asked = sa.select(QuestionSource.question_id)
    return asked.join(RevisionRequest, RevisionRequest.submission_id == QuestionSource.submission_id)


def _others(viewer_id: int) -> sa.ScalarSelect:
    """[how many, [[id, title, language], ...]] of what else the submitter sent to the call and the viewer may read."""
    other, source, near = aliased(Submission), aliased(QuestionSource), aliased(Question)
    found = (
        sa.select(near.id, near.title, near.language, sa.func.count().over().label("n"))
        .join(source, source.question_id == near.id)
        .join(other, other.id == source.submission_id)
        .where(other.submitter_id == Submission.submitter_id, other.call_id == Submission.call_id)
        .where(other.id != Submission.id, other.state.in_(LIVE), near.id != Question.id)
        .where(~is_involved(viewer_id, near.id))
        .order_by(other.id)
        .limit(MOST_OTHERS)
        .correlate(Submission, Question)
        .subquery()
    )
    each = sa.func.jsonb_build_array(found.c.id, found.c.title, found.c.language)
    listed = sa.func.jsonb_agg(aggregate_order_by(each, found.c.id))
    return sa.select(sa.func.jsonb_build_array(sa.func.max(found.c.n), listed)).scalar_subquery()


def _asked_change(request: RevisionRequest, old: SubmissionVersion | None, sent: Submission) -> AskedChange:
    changes = text_changes(old, sent) if old is not None and request.answered_at else ()
    return AskedChange(request.text, request.asked_at, request.answered_at, changes)


def _voice(row: sa.Row, asked: tuple[AskedChange, ...]) -> Voice:
    sent, question = row.Submission, row.Question
    came_with = row.first_question_id == question.id and not question.is_summary
    n_others, others = row.others or (0, None)
    return Voice(
        id=sent.id,
        reference=sent.reference,
        title=sent.title,
        language=sent.language,
        has_author=sent.submitter_id is not None,
        asked=asked,
        changes=text_changes(question, sent) if came_with else (),
        fact_changes=_fact_changes(question, sent) if came_with else (),
        others=tuple(OtherQuestion(*other) for other in others or ()),
        n_others=n_others or 0,
    )


def _fact_changes(question: Question, sent: Submission) -> tuple[FactChange, ...]:
    pairs = zip(_facts(question), _facts(sent), strict=True)
    return tuple(FactChange(old, new) for old, new in pairs if old != new)


def _facts(text: Question | Submission) -> Sequence[Fact]:
    plan = PlanValues.from_json(text.plan) or PlanValues()
    language = Fact(N_("Language of the text"), (text.language,), "language")
    return language, *plan_facts(plan, {}), Fact(N_("Measurement"), (plan.measurement,))

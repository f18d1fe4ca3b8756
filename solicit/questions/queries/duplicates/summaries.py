"""What organizers need to word a summary, and what became of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource, SummaryVersion
from solicit.questions.queries.duplicates.merges import MergeTree, merge_tree
from solicit.questions.queries.duplicates.sides import n_submissions_of
from solicit.questions.queries.involvement import is_involved, question_subject
from solicit.questions.queries.supporters import group_of
from solicit.questions.states import STAFF_WORDS, STANDING, question_label
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE, PlanValues


@dataclass(frozen=True)
class Original:
    """The text of one question, whole; ``references`` are of the submissions that came with it."""

    id: int
    label: str | None
    kind: Kind
    state_word: str
    theme: ThemeView | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    plan: PlanValues | None
    version: int
    created_at: datetime
    n_submissions: int
    is_summary: bool
    is_standing: bool
    references: tuple[str, ...]


@dataclass(frozen=True)
class VersionView:
    """One wording of a summary, who gave it, and why; the first one has no reason."""

    title: str
    goal_overview: str
    significance: str
    approach: str
    language: str
    reason: str
    written_at: datetime
    written_by: str | None


@dataclass(frozen=True)
class GroupedPage:
    """A question with all that is merged into it: the texts, who into what, and the wordings of a summary."""

    question: Original
    originals: tuple[Original, ...]
    tree: MergeTree
    versions: tuple[VersionView, ...]


def summary_subject(session: Session, *, call: CallFacts, summary_id: int, **_) -> Subject | None:
    """Facts for the policy about a summary: everybody who has a part in one of its submissions."""
    is_summary = session.scalar(sa.select(Question.is_summary).where(Question.id == summary_id))
    return question_subject(session, call=call, question_id=summary_id) if is_summary else None


def originals_to_summarize(
    session: Session, *, call: CallFacts, viewer_id: int, question_ids: Sequence[int]
) -> tuple[Original, ...] | None:
    """These standing questions, the best to start from first; None if one is missing or not for this organizer."""
    rows = session.execute(
        _originals().where(
            Question.id.in_(question_ids),
            Question.call_id == call.id,
            Question.state.in_(STANDING),
            ~is_involved(viewer_id, Question.id),
        )
    ).all()
    if not rows or len(rows) < len(set(question_ids)) or len({row.Question.kind for row in rows}) > 1:
        return None
    return tuple(sorted((_original(call, row) for row in rows), key=_starting_order))


def grouped_page(session: Session, *, call: CallFacts, viewer_id: int, question_id: int) -> GroupedPage:
    """One question and everything that is merged into it; four statements."""
    group = group_of(question_id)
    is_shown = sa.or_(Question.id == question_id, ~is_involved(viewer_id, Question.id))
    rows = session.execute(
        _originals().where(Question.id.in_(sa.select(group.c.id)), is_shown).order_by(Question.id)
    ).all()
    top = next(row for row in rows if row.Question.id == question_id)
    return GroupedPage(
        question=_original(call, top),
        originals=tuple(_original(call, row) for row in rows if row is not top),
        tree=merge_tree(session, question=top.Question, viewer_id=viewer_id),
        versions=_versions(session, question_id) if top.Question.is_summary else (),
    )


def _originals() -> sa.Select:
    references = (
        sa.select(sa.func.array_agg(aggregate_order_by(Submission.reference, Submission.id)))
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.first_question_id == Question.id, Submission.state.in_(LIVE))
        .correlate(Question)
        .scalar_subquery()
    )
    return sa.select(Question, n_submissions_of(Question).label("n_submissions"), references.label("references"))


def _original(call: CallFacts, row: sa.Row) -> Original:
    question = row.Question
    return Original(
        id=question.id,
        label=question_label(question.kind, question.number),
        kind=question.kind,
        state_word=STAFF_WORDS[question.state],
        theme=call.theme_by_id(question.theme_id),
        language=question.language,
        title=question.title,
        goal_overview=question.goal_overview,
        significance=question.significance,
        approach=question.approach,
        plan=PlanValues.from_json(question.plan),
        version=question.version,
        created_at=question.created_at,
        n_submissions=row.n_submissions,
        is_summary=question.is_summary,
        is_standing=question.state in STANDING,
        references=tuple(row.references or ()),
    )


def _starting_order(original: Original) -> tuple:
    """A complete text before one that lacks a part, then as for what should stay."""
    is_complete = bool(original.goal_overview and original.significance)
    return not is_complete, original.label is None, -original.n_submissions, original.created_at, original.id


def _versions(session: Session, question_id: int) -> tuple[VersionView, ...]:
    rows = session.execute(
        sa.select(SummaryVersion, Person.full_name)
        .outerjoin(Person, Person.id == SummaryVersion.written_by_id)
        .where(SummaryVersion.question_id == question_id)
        .order_by(SummaryVersion.version.desc())
    )
    return tuple(_version(version, who) for version, who in rows)


def _version(version: SummaryVersion, who: str | None) -> VersionView:
    return VersionView(
        title=version.title,
        goal_overview=version.goal_overview,
        significance=version.significance,
        approach=version.approach,
        language=version.language,
        reason=version.reason,
        written_at=version.written_at,
        written_by=who,
    )

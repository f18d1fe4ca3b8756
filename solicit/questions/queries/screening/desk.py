"""One question with what an organizer needs to decide on it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from solicit.calls.models import OutOfScopeReason
from solicit.calls.states import OVER
from solicit.questions.models import Question, QuestionSource, Redaction, Translation
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.screening.claims import claim_from, live_claim
from solicit.questions.queries.screening.queue import DeskRow, Viewing, row_values
from solicit.questions.queries.screening.revisions import has_changed, revision_state
from solicit.questions.queries.screening.suspicions import open_suspicions, suspicions_from
from solicit.questions.queries.supporters import SupportCount, group_of, n_countries, n_supporters
from solicit.questions.states import SCREENED_BY_PEOPLE, QuestionState
from solicit.submissions.models import Submission
from solicit.submissions.queries.history import Fact, plan_facts
from solicit.submissions.states import LIVE, PlanValues
from solicit.words import N_


@dataclass(frozen=True)
class DeskQuestion(DeskRow):
    """One question as the organizer reads it; ``copy`` says if panels read a redacted one, “old” if of older words."""

    version: int = 1
    goal_overview: str = ""
    significance: str = ""
    approach: str = ""
    plan: tuple[Fact, ...] = ()
    reason: str | None = None
    reason_note: str = ""
    screened_at: datetime | None = None
    merged_into_id: int | None = None
    merged_into_title: str | None = None
    references: tuple[str, ...] = ()
    support: SupportCount | None = None
    next_id: int | None = None
    copy: str | None = None
    n_translations: int = 0
    is_over: bool = False

    @property
    def is_open_to_decisions(self) -> bool:
        return not self.is_over and self.state in {state.value for state in SCREENED_BY_PEOPLE}

    @property
    def may_be_redacted(self) -> bool:
        return self.state in ("new", "in_scope")


def desk_question(session: Session, *, viewing: Viewing, question_id: int) -> DeskQuestion:
    """One question with its reason, references and the next one of the queue; one statement."""
    target = aliased(Question)
    references = (
        sa.select(sa.func.array_agg(aggregate_order_by(Submission.reference, Submission.id)))
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.question_id == Question.id, Submission.state.in_(LIVE))
        .correlate(Question)
        .scalar_subquery()
    )
    group = group_of(question_id)
    n_translations = sa.select(sa.func.count()).where(Translation.question_id == Question.id).correlate(Question)
    row = session.execute(
        sa.select(
            Question,
            OutOfScopeReason.label.label("reason"),
            target.title.label("target_title"),
            references.label("references"),
            n_supporters(group).label("n_supporters"),
            n_countries(group).label("n_countries"),
            _following(viewing).label("next_id"),
            open_suspicions().label("suspicions"),
            live_claim(viewing.now).label("claim"),
            has_changed().label("has_changed"),
            revision_state().label("revision"),
            Redaction.of_digest.label("redacted_digest"),
            n_translations.scalar_subquery().label("n_translations"),
        )
        .outerjoin(OutOfScopeReason, OutOfScopeReason.id == Question.reason_id)
        .outerjoin(target, target.id == Question.merged_into_id)
        .outerjoin(Redaction, Redaction.question_id == Question.id)
        .where(Question.id == question_id)
    ).one()
    return _desk_question(viewing, row)


def next_new_id(session: Session, *, viewing: Viewing, after_id: int) -> int | None:
    """The new question that follows another one in the queue."""
    return session.scalar(sa.select(_following(viewing)).select_from(Question).where(Question.id == after_id))


def _desk_question(viewing: Viewing, row: sa.Row) -> DeskQuestion:
    question, digest = row.Question, row.redacted_digest
    plan = PlanValues.from_json(question.plan)
    measured = (Fact(N_("Measurement"), (plan.measurement,)),) if plan and plan.measurement else ()
    return DeskQuestion(
        **row_values(viewing.call, question),
        suspicions=suspicions_from(row.suspicions),
        claim=claim_from(row.claim, viewing.viewer_id),
        has_changed=row.has_changed,
        revision=row.revision,
        version=question.version,
        goal_overview=question.goal_overview,
        significance=question.significance,
        approach=question.approach,
        plan=(*(fact for fact in plan_facts(plan, {}) if fact.values), *measured) if plan else (),
        reason=row.reason,
        reason_note=question.reason_note,
        screened_at=question.screened_at,
        merged_into_id=question.merged_into_id,
        merged_into_title=row.target_title,
        references=tuple(row.references or ()),
        support=SupportCount(row.n_supporters, row.n_countries),
        next_id=row.next_id,
        copy=None if digest is None else "present" if digest == question.text_digest else "old",
        n_translations=row.n_translations,
        is_over=viewing.call.state in OVER,
    )


def _following(viewing: Viewing) -> sa.ScalarSelect[int]:
    following = aliased(Question)
    return (
        sa.select(following.id)
        .where(
            following.call_id == viewing.call.id,
            following.state == QuestionState.NEW,
            sa.tuple_(following.created_at, following.id) > sa.tuple_(Question.created_at, Question.id),
            ~is_involved(viewing.viewer_id, following.id),
        )
        .order_by(following.created_at, following.id)
        .limit(1)
        .correlate(Question)
        .scalar_subquery()
    )

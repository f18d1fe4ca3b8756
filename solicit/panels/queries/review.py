"""What a panelist sees of one question, without any word about who wrote it or what others said."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role, Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.errors import NotFound
from solicit.panels.models import Assignment, Panel, Panelist, Review, Round, Score
from solicit.panels.queries.conflicts import conflict_pairs, without_conflict
from solicit.panels.queries.earlier import Earlier, earlier_from, earlier_review
from solicit.panels.queries.history import Said, history_from, sealed_versions
from solicit.panels.queries.queue import HAS_OPENED, IN_SCOPE, NOT_VOIDED, QueueRow, queue_of
from solicit.panels.queries.rounds import CriterionView, criteria_of
from solicit.panels.states import AssignmentState, Confidence, RoundState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.page import PlanView, plan_view
from solicit.questions.queries.panel_reading import (
    TitleForPanel,
    answered_titles,
    nearest_titles,
    original_wordings,
    plan_columns,
)
from solicit.questions.queries.panel_wording import PanelWording, panel_columns, wording_from
from solicit.questions.states import parse_label
from solicit.submissions.service.self_naming import named_phrases

# The queue beside a question: a few before it, a few after.
NEIGHBOURS_BEFORE = 2
NEIGHBOURS = 7


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True)
class Beside:
    """What stands beside a question's own words."""

    plan: PlanView | None
    answers: tuple[TitleForPanel, ...]
    originals: tuple[PanelWording, ...]
    nearest: tuple[TitleForPanel, ...]


@dataclass(frozen=True)
class ReviewPage:
    """A question as its panelist reads it, with what this panelist has saved."""

    assignment_id: int
    round_id: int
    follows_id: int | None
    question_id: int
    label: str
    kind: Kind
    theme: ThemeView | None
    wording: PanelWording
    is_summary: bool
    wording_changed: bool
    has_accepted: bool
    round_name: str
    is_open: bool
    is_frozen: bool
    closes_at: datetime
    criteria: tuple[CriterionView, ...]
    state: str
    abstain_reason: str
    confidence: Confidence | None
    scores: tuple[int | None, ...]  # in the order of the criteria
    comment_to_panel: str
    comment_to_authors: str
    version: int
    saved_at: datetime | None
    earlier: Earlier | None  # only until something is saved here
    history: tuple[Said, ...]
    beside: Beside
    queue: tuple[QueueRow, ...]

    @property
    def n_done(self) -> int:
        return sum(row.is_done for row in self.queue)

    @property
    def is_submitted(self) -> bool:
        return self.state == AssignmentState.SUBMITTED.value

    @property
    def is_abstained(self) -> bool:
        return self.state == AssignmentState.ABSTAINED.value

    @property
    def is_done(self) -> bool:
        return self.is_submitted or self.is_abstained

    @property
    def has_equal_weights(self) -> bool:
        return len({criterion.weight for criterion in self.criteria}) == 1

    @property
    def neighbours(self) -> tuple[QueueRow, ...]:
        place = next(n for n, row in enumerate(self.queue) if row.label == self.label)
        first = max(0, min(place - NEIGHBOURS_BEFORE, len(self.queue) - NEIGHBOURS))
        return self.queue[first : first + NEIGHBOURS]


def review_subject(session: Session, *, call: CallFacts, label: str, **_) -> Subject | None:
    """Facts for the policy: who is asked to read a question, and who may not."""
    wanted = parse_label(label)
    if wanted is None:
        return None
    asked = (
        sa.select(Assignment.person_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Assignment.question_id == Question.id, NOT_VOIDED, HAS_OPENED)
    )
    pairs = conflict_pairs()
    conflicted = sa.select(pairs.c.person_id).where(pairs.c.question_id == Question.id)
    found = session.execute(
        sa.select(sa.func.array(asked.scalar_subquery()), sa.func.array(conflicted.scalar_subquery())).where(
            Question.call_id == call.id, Question.kind == wanted[0], Question.number == wanted[1], IN_SCOPE
        )
    ).one_or_none()
    if found is None:
        return None
    return Subject(call_id=call.id, assignee_ids=frozenset(found[0]), conflicted_ids=frozenset(found[1]))


def has_accepted_statement(session: Session, *, call_id: int, person_id: int) -> bool:
    """Whether every seat of a person in this call was taken with the statement; one statement."""
    return bool(session.scalar(sa.select(_accepted(call_id, person_id))))


def review_page(
    session: Session, *, call: CallFacts, label: str, person_id: int, is_open_at: datetime | None = None
) -> ReviewPage:
    """One question for one of its panelists. The door has been opened already.

    Four statements, and one more for a summary or a plan that answers questions. A round past its close is closed.
    """
    asked = _asked(session, call, label, person_id)
    assignment, round_, question, review = asked[:4]
    criteria = criteria_of(session, round_id=round_.id)
    is_over = is_open_at is not None and is_open_at >= round_.closes_at
    return ReviewPage(
        assignment_id=assignment.id,
        round_id=round_.id,
        follows_id=round_.follows_id,
        question_id=question.id,
        label=label,
        kind=question.kind,
        theme=call.theme_by_id(question.theme_id),
        wording=wording_from(asked),
        is_summary=question.is_summary,
        wording_changed=review is not None and review.text_digest != question.text_digest,
        has_accepted=asked.has_accepted,
        round_name=round_.name,
        is_open=round_.state is RoundState.OPEN and not is_over,
        is_frozen=round_.state is RoundState.FROZEN,
        closes_at=round_.closes_at,
        criteria=criteria,
        state=assignment.state.value,
        abstain_reason=assignment.abstain_reason,
        **_saved(review, asked.scores or {}, criteria),
        earlier=earlier_from(asked.earlier if review is None else None, criteria),
        history=history_from(asked.versions, criteria),
        beside=_beside(session, call, asked, person_id),
        queue=queue_of(session, call=call, round_id=round_.id, person_id=person_id),
    )


def _saved(review: Review | None, scores: dict[str, int], criteria: tuple[CriterionView, ...]) -> dict:
    return {
        "confidence": review.confidence if review else None,
        "scores": tuple(scores.get(str(criterion.id)) for criterion in criteria),
        "comment_to_panel": review.comment_to_panel if review else "",
        "comment_to_authors": review.comment_to_authors if review else "",
        "version": review.version if review else 0,
        "saved_at": review.saved_at if review else None,
    }


def _beside(session: Session, call: CallFacts, found: sa.Row, person_id: int) -> Beside:
    """Only what this panelist may read: nothing in conflict, and before publication only what they are asked."""
    asked = sa.exists().where(Assignment.question_id == Question.id, Assignment.person_id == person_id, NOT_VOIDED)
    may_read = sa.and_(
        without_conflict(Question.id, person_id), sa.true() if call.publishes_while_open else asked.correlate(Question)
    )
    question = found.Question
    near = dict(question_id=question.id, theme_id=question.theme_id)
    return Beside(
        plan=plan_view(found.plan, found.missions),
        answers=answered_titles(session, call=call, plan=found.plan, keep=may_read),
        originals=original_wordings(session, question_id=question.id) if question.is_summary else (),
        nearest=nearest_titles(session, call=call, **near, keep=may_read),
    )


def organizer_contacts(session: Session, *, call_id: int) -> tuple[Contact, ...]:
    """Whom a panelist may write to: up to three organizers."""
    found = session.execute(
        sa.select(Person.full_name, Person.email)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.call_id == call_id, RoleGrant.role == Role.ORGANIZER, Person.active)
        .order_by(Person.id)
        .limit(3)
    )
    return tuple(Contact(*row) for row in found)


def own_names_in(session: Session, text: str, *, person_id: int) -> tuple[str, ...]:
    """What in a panelist's comment tells its readers who wrote it; one statement."""
    names = sa.select(Person.full_name, Person.email, Person.affiliation).where(Person.id == person_id)
    full_name, email, affiliation = session.execute(names).one()
    return named_phrases(text, names=[full_name, email], affiliations=[affiliation])


def _accepted(call_id: int, person_id: int) -> sa.ColumnElement[bool]:
    waiting = (
        sa.select(Panelist.person_id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == call_id, Panelist.person_id == person_id, Panelist.statement_accepted_at.is_(None))
    )
    return ~waiting.exists()


def _asked(session: Session, call: CallFacts, label: str, person_id: int) -> sa.Row:
    """The latest assignment of a panelist for a question, in an open round if there is one; raises NotFound."""
    kind, number = parse_label(label) or (Kind.QUESTION, 0)
    scores = sa.select(sa.func.jsonb_object_agg(Score.criterion_id, Score.value))
    found = session.execute(
        sa.select(
            Assignment,
            Round,
            Question,
            Review,
            *panel_columns(),
            *plan_columns(call),
            scores.where(Score.assignment_id == Assignment.id).correlate(Assignment).scalar_subquery().label("scores"),
            sealed_versions().label("versions"),
            earlier_review(),
            _accepted(call.id, person_id).label("has_accepted"),
        )
        .join(Round, Round.id == Assignment.round_id)
        .join(Question, Question.id == Assignment.question_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Question.call_id == call.id, Question.kind == kind, Question.number == number)
        .where(Assignment.person_id == person_id, NOT_VOIDED, HAS_OPENED)
        .order_by((Round.state == RoundState.OPEN).desc(), Round.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:  # taken away since the door was opened
        raise NotFound
    return found

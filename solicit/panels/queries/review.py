"""What a panelist sees: the queue and one question, without any word about who wrote it or what others said."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role, Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.errors import NotFound
from solicit.panels.models import Assignment, Panel, Panelist, Review, Round, Score
from solicit.panels.queries.conflicts import conflict_pairs, without_conflict
from solicit.panels.queries.rounds import CriterionView, criteria_of
from solicit.panels.states import ASSIGNMENT_WORDS, DONE, ROUND_WORDS, AssignmentState, Confidence, RoundState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import PanelWording, panel_columns, panel_text, wording_from
from solicit.questions.states import QuestionState, parse_label, question_label
from solicit.web.pagination import Window

# The queue beside a question: a few before it, a few after.
NEIGHBOURS_BEFORE = 2
NEIGHBOURS = 7

NOT_VOIDED = Assignment.state != AssignmentState.VOIDED
HAS_OPENED = Round.state != RoundState.DRAFT
IN_SCOPE = Question.state == QuestionState.IN_SCOPE


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True)
class RoundOfPanelist:
    """A round in which a panelist has something to read."""

    id: int
    name: str
    kind_word: str
    is_open: bool
    state_word: str
    closes_at: datetime
    n_assigned: int
    n_done: int


@dataclass(frozen=True)
class QueueRow:
    label: str
    title: str
    language: str
    theme: ThemeView | None
    state: str
    state_word: str
    is_done: bool


@dataclass(frozen=True)
class QueuePage:
    rounds: tuple[RoundOfPanelist, ...]
    chosen: RoundOfPanelist | None
    rows: tuple[QueueRow, ...]


@dataclass(frozen=True)
class ReviewPage:
    """A question as its panelist reads it, with what this panelist has saved."""

    assignment_id: int
    label: str
    kind: Kind
    theme: ThemeView | None
    wording: PanelWording
    wording_changed: bool
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
    def place(self) -> int:
        return next(n for n, row in enumerate(self.queue) if row.label == self.label)

    @property
    def neighbours(self) -> tuple[QueueRow, ...]:
        first = max(0, min(self.place - NEIGHBOURS_BEFORE, len(self.queue) - NEIGHBOURS))
        return self.queue[first : first + NEIGHBOURS]

    @property
    def next_label(self) -> str | None:
        """The next undone question after this one, from the start again at the end."""
        others = self.queue[self.place + 1 :] + self.queue[: self.place]
        return next((row.label for row in others if not row.is_done), None)


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
    waiting = (
        sa.select(Panelist.person_id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == call_id, Panelist.person_id == person_id, Panelist.statement_accepted_at.is_(None))
    )
    return not session.scalar(sa.select(waiting.exists()))


def queue_page(session: Session, *, call: CallFacts, person_id: int, round_id: int | None, window: Window) -> QueuePage:
    """The rounds of a panelist and a page of one queue; two statements."""
    rounds = _rounds_of(session, call.id, person_id)
    chosen = next((r for r in rounds if r.id == round_id), rounds[0] if rounds else None)
    rows = _queue(session, call, chosen.id, person_id, window) if chosen else ()
    return QueuePage(rounds, chosen, rows)


def review_page(session: Session, *, call: CallFacts, label: str, person_id: int) -> ReviewPage:
    """One question for one of its panelists; four statements. The door has been opened already."""
    asked = _asked(session, call.id, label, person_id)
    assignment, round_, question, review = asked[:4]
    criteria = criteria_of(session, round_id=round_.id)
    return ReviewPage(
        assignment_id=assignment.id,
        label=label,
        kind=question.kind,
        theme=call.theme_by_id(question.theme_id),
        wording=wording_from(asked),
        wording_changed=review is not None and review.text_digest != question.text_digest,
        round_name=round_.name,
        is_open=round_.state is RoundState.OPEN,
        is_frozen=round_.state is RoundState.FROZEN,
        closes_at=round_.closes_at,
        criteria=criteria,
        state=assignment.state.value,
        abstain_reason=assignment.abstain_reason,
        confidence=review.confidence if review else None,
        scores=_scores(session, assignment.id, criteria),
        comment_to_panel=review.comment_to_panel if review else "",
        comment_to_authors=review.comment_to_authors if review else "",
        version=review.version if review else 0,
        queue=_queue(session, call, round_.id, person_id, None),
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


def _asked(session: Session, call_id: int, label: str, person_id: int) -> sa.Row:
    """The latest assignment of a panelist for a question, in an open round if there is one; raises NotFound."""
    kind, number = parse_label(label) or (Kind.QUESTION, 0)
    found = session.execute(
        sa.select(Assignment, Round, Question, Review, *panel_columns())
        .join(Round, Round.id == Assignment.round_id)
        .join(Question, Question.id == Assignment.question_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Question.call_id == call_id, Question.kind == kind, Question.number == number)
        .where(Assignment.person_id == person_id, NOT_VOIDED, HAS_OPENED)
        .order_by((Round.state == RoundState.OPEN).desc(), Round.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:  # taken away since the door was opened
        raise NotFound
    return found


def _rounds_of(session: Session, call_id: int, person_id: int) -> tuple[RoundOfPanelist, ...]:
    """Open ones first, then the latest."""
    found = session.execute(
        sa.select(Round, sa.func.count(Assignment.id), sa.func.count(Assignment.id).filter(Assignment.state.in_(DONE)))
        .join(Assignment, Assignment.round_id == Round.id)
        .join(Question, Question.id == Assignment.question_id)
        .where(Round.call_id == call_id, HAS_OPENED, Assignment.person_id == person_id, NOT_VOIDED, IN_SCOPE)
        .where(without_conflict(Assignment.question_id, person_id))
        .group_by(Round.id)
        .order_by((Round.state == RoundState.OPEN).desc(), Round.id.desc())
    )
    return tuple(
        RoundOfPanelist(
            id=row.id,
            name=row.name,
            kind_word=KIND_WORDS[row.kind],
            is_open=row.state is RoundState.OPEN,
            state_word=ROUND_WORDS[row.state],
            closes_at=row.closes_at,
            n_assigned=n_assigned,
            n_done=n_done,
        )
        for row, n_assigned, n_done in found
    )


def _queue(
    session: Session, call: CallFacts, round_id: int, person_id: int, window: Window | None
) -> tuple[QueueRow, ...]:
    wanted = (
        sa.select(
            Question.kind,
            Question.number,
            panel_text("title"),
            Question.language,
            Question.theme_id,
            Assignment.state,
        )
        .join(Question, Question.id == Assignment.question_id)
        .where(Assignment.round_id == round_id, Assignment.person_id == person_id, NOT_VOIDED, IN_SCOPE)
        .where(without_conflict(Assignment.question_id, person_id))
        .order_by(Assignment.queue_order, Assignment.id)
    )
    if window is not None:
        wanted = wanted.limit(window.size).offset(window.offset)
    return tuple(
        QueueRow(
            label=question_label(kind, number) or "",
            title=title,
            language=language,
            theme=call.theme_by_id(theme_id),
            state=state.value,
            state_word=ASSIGNMENT_WORDS[state],
            is_done=state in DONE,
        )
        for kind, number, title, language, theme_id, state in session.execute(wanted)
    )


def _scores(session: Session, assignment_id: int, criteria: tuple[CriterionView, ...]) -> tuple[int | None, ...]:
    found = session.execute(sa.select(Score.criterion_id, Score.value).where(Score.assignment_id == assignment_id))
    given = {criterion_id: value for criterion_id, value in found}
    return tuple(given.get(criterion.id) for criterion in criteria)

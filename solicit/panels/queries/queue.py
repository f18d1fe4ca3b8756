"""A panelist's queues: the rounds they read in, what is done in one of them, and what is served next."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.keys import derived_key
from solicit.panels.models import Assignment, Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import ASSIGNMENT_WORDS, DONE, ROUND_WORDS, AssignmentState, RoundState
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.states import QuestionState, question_label
from solicit.web.pagination import Window
from solicit.words import N_

NOT_VOIDED = Assignment.state != AssignmentState.VOIDED
HAS_OPENED = Round.state != RoundState.DRAFT
IN_SCOPE = Question.state == QuestionState.IN_SCOPE
SKIPPED, SKIPPED_WORD = "skipped", N_("Skipped")


@dataclass(frozen=True)
class RoundOfPanelist:
    """A round in which a panelist has something to read."""

    id: int
    name: str
    kind_word: str
    is_open: bool
    is_staged: bool
    is_again: bool
    state_word: str
    closes_at: datetime
    n_assigned: int
    n_done: int

    @property
    def n_waiting(self) -> int:
        """How many questions somebody is still asked to judge."""
        return self.n_assigned - self.n_done if self.is_open else 0


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

    @property
    def next_label(self) -> str | None:
        """The first of these to do: what is served next would tell, by changing, what others have done."""
        to_do = (row.label for row in self.rows if not row.is_done and row.state != SKIPPED)
        return next(to_do, None) if self.chosen and self.chosen.is_open else None


def queue_page(session: Session, *, call: CallFacts, person_id: int, round_id: int | None, window: Window) -> QueuePage:
    """The rounds of a panelist and a page of one queue; two statements."""
    rounds = _rounds_of(session, call.id, person_id)
    chosen = next((r for r in rounds if r.id == round_id), rounds[0] if rounds else None)
    rows = queue_of(session, call=call, round_id=chosen.id, person_id=person_id, window=window) if chosen else ()
    return QueuePage(rounds, chosen, rows)


def queue_of(
    session: Session, *, call: CallFacts, round_id: int, person_id: int, window: Window | None = None
) -> tuple[QueueRow, ...]:
    """What somebody is asked to read in a round, in an order that stays; one statement."""
    wanted = _mine(
        round_id,
        person_id,
        Question.kind,
        Question.number,
        panel_text("title"),
        Question.language,
        Question.theme_id,
        Assignment.state,
        Assignment.skipped_at.is_not(None),
    ).order_by(Assignment.queue_order, Assignment.id)
    if window is not None:
        wanted = wanted.limit(window.size).offset(window.offset)
    return tuple(_row(call, *row) for row in session.execute(wanted))


def next_label(session: Session, *, round_id: int, person_id: int, after: str = "") -> str | None:
    """The undone question that is served next: one that was not skipped, with the fewest ratings in the round.

    Between equals a keyed hash decides, another one for each panelist, so that the order tells nobody a count.
    """
    other = aliased(Assignment)
    rated = sa.select(sa.func.count()).where(
        other.round_id == round_id,
        other.question_id == Assignment.question_id,
        other.state == AssignmentState.SUBMITTED,
    )
    undone = _mine(
        round_id,
        person_id,
        Question.kind,
        Question.number,
        Assignment.skipped_at,
        rated.correlate(Assignment).scalar_subquery(),
    ).where(Assignment.state.not_in(DONE))
    key = derived_key(f"queue of {person_id} in {round_id}")
    served = []
    for kind, number, skipped_at, n_rated in session.execute(undone):
        label = question_label(kind, number) or ""
        tie = hmac.digest(key, label.encode(), hashlib.sha256)
        skipped = skipped_at.timestamp() if skipped_at else 0
        served.append((label == after, skipped, n_rated, tie, label))
    return min(served)[-1] if served else None


def _mine(round_id: int, person_id: int, *columns) -> sa.Select:
    """Columns of what somebody is asked to read in a round and may read."""
    return (
        sa.select(*columns)
        .select_from(Assignment)
        .join(Question, Question.id == Assignment.question_id)
        .where(Assignment.round_id == round_id, Assignment.person_id == person_id, NOT_VOIDED, IN_SCOPE)
        .where(without_conflict(Assignment.question_id, person_id))
    )


def _row(
    call: CallFacts, kind, number: int, title: str, language: str, theme_id: int, state: AssignmentState, skipped: bool
) -> QueueRow:
    is_skipped = skipped and state not in DONE
    return QueueRow(
        label=question_label(kind, number) or "",
        title=title,
        language=language,
        theme=call.theme_by_id(theme_id),
        state=SKIPPED if is_skipped else state.value,
        state_word=SKIPPED_WORD if is_skipped else ASSIGNMENT_WORDS[state],
        is_done=state in DONE,
    )


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
            is_staged=row.is_staged,
            is_again=row.follows_id is not None,
            state_word=ROUND_WORDS[row.state],
            closes_at=row.closes_at,
            n_assigned=n_assigned,
            n_done=n_done,
        )
        for row, n_assigned, n_done in found
    )

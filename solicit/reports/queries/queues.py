"""What waits for an organizer beside screening and duplicates, and what becomes of the letters of a call."""

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from solicit.invitations.models import LetterBatch, LimitSet
from solicit.invitations.states import BatchState, LimitState
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.panels.models import ConflictOfInterest
from solicit.panels.queries.conflict_desk import may_decide
from solicit.panels.states import ConflictState
from solicit.questions.models import ProblemReport, Question, QuestionSource, SecondLook
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import SecondLookState
from solicit.reports.queries.plots.part import Asking, Part


class Waiting(enum.Enum):
    """What somebody has to decide on."""

    REPORTS = "reports"
    SECOND_LOOKS = "second looks"
    CONFLICTS = "conflicts"
    LIMITS = "limits"
    LETTERS = "letters"


@dataclass(frozen=True)
class Letters:
    """The letters of a call by what became of them, and why some did not go out."""

    n_queued: int
    n_sent: int
    n_failed: int
    problems: tuple[tuple[str, int], ...]


def _waiting(asking: Asking) -> sa.CompoundSelect:
    counts = {
        Waiting.REPORTS: _reports(asking),
        Waiting.SECOND_LOOKS: _second_looks(asking),
        Waiting.CONFLICTS: _conflicts(asking),
        Waiting.LIMITS: _changed_limits(asking),
        Waiting.LETTERS: _prepared_letters(asking),
    }
    n = sa.func.count().label("n")
    return sa.union_all(*(of.with_only_columns(sa.literal(name.value).label("name"), n) for name, of in counts.items()))


def _reports(asking: Asking) -> sa.Select:
    is_open = sa.and_(ProblemReport.call_id == asking.call.id, ProblemReport.closed_at.is_(None))
    return sa.select(ProblemReport).where(is_open, ~is_involved(asking.viewer_id, ProblemReport.question_id))


def _second_looks(asking: Asking) -> sa.Select:
    return (
        sa.select(SecondLook)
        .join(QuestionSource, QuestionSource.submission_id == SecondLook.submission_id)
        .join(Question, Question.id == QuestionSource.question_id)
        .where(Question.call_id == asking.call.id, SecondLook.state == SecondLookState.ASKED)
        .where(~is_involved(asking.viewer_id, Question.id))
        .where(~is_involved(asking.viewer_id, QuestionSource.first_question_id))
    )


def _conflicts(asking: Asking) -> sa.Select:
    return (
        sa.select(ConflictOfInterest)
        .join(Question, Question.id == ConflictOfInterest.question_id)
        .where(Question.call_id == asking.call.id, ConflictOfInterest.state == ConflictState.SUSPECTED)
        .where(may_decide(asking.viewer_id))
    )


def _changed_limits(asking: Asking) -> sa.Select:
    """Changes that another organizer asked for."""
    waits = sa.and_(LimitSet.call_id == asking.call.id, LimitSet.state == LimitState.WAITING)
    return sa.select(LimitSet).where(waits, LimitSet.drawn_up_by_id.is_distinct_from(asking.viewer_id))


def _prepared_letters(asking: Asking) -> sa.Select:
    waits = sa.and_(LetterBatch.call_id == asking.call.id, LetterBatch.state == BatchState.PREPARED)
    return sa.select(LetterBatch).where(waits, LetterBatch.prepared_by_id.is_distinct_from(asking.viewer_id))


def _queues(_asking: Asking, rows: list[dict]) -> dict[Waiting, int]:
    return {Waiting(row["name"]): row["n"] for row in rows if row["n"]}


def _by_state(asking: Asking) -> sa.Select:
    return (
        sa.select(OutboxMail.state, OutboxMail.problem, sa.func.count().label("n"))
        .where(OutboxMail.call_id == asking.call.id)
        .group_by(OutboxMail.state, OutboxMail.problem)
    )


def _letters(_asking: Asking, rows: list[dict]) -> Letters:
    counts = Counter()
    for row in rows:
        counts[row["state"]] += row["n"]
    failed = [(row["problem"], row["n"]) for row in rows if row["state"] == MailState.FAILED.value]
    return Letters(*(counts[state.value] for state in MailState), _most_frequent(failed))


def _most_frequent(problems: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(problems, key=lambda each: (-each[1], each[0])))


QUEUES = Part(_waiting, _queues)
LETTERS = Part(_by_state, _letters)

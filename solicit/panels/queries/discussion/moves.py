"""What scoring again changed: who moved, towards the middle or not, and what is settled now."""

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.crossed_model import ROUNDING
from ml.decision.delphi import conformity, opinions, stable_questions
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Assignment
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.discussion.rated import rated_reviews
from solicit.panels.queries.series import in_series
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.states import question_label

# Below this many panelists who rated twice nothing about them is said.
FEWEST = 3


@dataclass(frozen=True)
class MovedRow:
    """A question that was scored again; values are None where fewer than three panelists rated it twice."""

    label: str
    title: str
    language: str
    theme: ThemeView | None
    n_raters: int
    median_before: float | None
    median_after: float | None
    spread_before: float | None
    spread_after: float | None
    n_moved: int | None
    is_settled: bool
    is_agreed: bool
    is_split: bool


@dataclass(frozen=True)
class Moves:
    """``conformity`` is the share of changed ratings that came nearer to the middle shown; None if none changed."""

    rows: tuple[MovedRow, ...]
    n_settled: int
    conformity: float | None


def moves(session: Session, *, call: CallFacts, round_id: int, first_id: int, viewer_id: int) -> Moves:
    """The questions of a closed round of scoring again, without those that the viewer is in conflict with.

    Two statements. Before the close there is nothing to see.
    """
    questions = _questions(session, round_id, viewer_id)
    place = {row.id: n for n, row in enumerate(questions)}
    twice = [row for row in _rated_twice(session, round_id, first_id) if row.question_id in place]
    question = np.array([place[row.question_id] for row in twice], dtype=np.int64)
    before = np.array([row.before for row in twice], dtype=float)
    after = np.array([row.after for row in twice], dtype=float)
    old = opinions(question=question, rating=before, n_questions=len(questions))
    new = opinions(question=question, rating=after, n_questions=len(questions))
    settled = stable_questions(question=question, before=before, after=after, n_questions=len(questions))
    n_moved = np.bincount(question, np.abs(after - before) > ROUNDING, minlength=len(questions))
    drawn = conformity(question=question, before=before, after=after, median=old.median)
    rows = tuple(_row(call, row, n, old, new, n_moved, settled) for n, row in enumerate(questions))
    return Moves(rows, sum(row.is_settled for row in rows), None if np.isnan(drawn) else float(drawn))


def _row(call: CallFacts, row: sa.Row, n: int, old, new, n_moved, settled) -> MovedRow:
    n_raters = int(new.n_ratings[n])
    is_told = n_raters >= FEWEST

    def told(values) -> float | None:
        return float(values[n]) if is_told else None

    return MovedRow(
        label=question_label(row.kind, row.number) or "",
        title=row.title,
        language=row.language,
        theme=call.theme_by_id(row.theme_id),
        n_raters=n_raters,
        median_before=told(old.median),
        median_after=told(new.median),
        spread_before=told(old.iqr),
        spread_after=told(new.iqr),
        n_moved=int(n_moved[n]) if is_told else None,
        is_settled=is_told and bool(settled[n]),
        is_agreed=is_told and bool(new.is_agreed[n]),
        is_split=is_told and bool(new.is_split[n]),
    )


def _questions(session: Session, round_id: int, viewer_id: int) -> list[sa.Row]:
    asked = sa.select(Assignment.question_id).where(Assignment.round_id == round_id)
    found = session.execute(
        sa.select(
            Question.id, Question.kind, Question.number, Question.language, Question.theme_id, panel_text("title")
        )
        .where(Question.id.in_(asked), without_conflict(Question.id, viewer_id))
        .order_by(Question.theme_id, Question.number)
    )
    return list(found)


def _rated_twice(session: Session, round_id: int, first_id: int) -> list[sa.Row]:
    """(question_id, person_id, before, after) of who rated in the closed round, and earlier in its series."""
    rated = rated_reviews().where(in_series(first_id)).subquery()
    after = sa.select(rated).where(rated.c.round_id == round_id).subquery()
    earlier = sa.select(rated).where(rated.c.round_id < round_id, rated.c.rating.is_not(None)).subquery()
    latest = (
        sa.select(earlier.c.rating)
        .where(earlier.c.question_id == after.c.question_id, earlier.c.person_id == after.c.person_id)
        .order_by(earlier.c.round_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    pairs = sa.select(after.c.question_id, after.c.person_id, latest.label("before"), after.c.rating.label("after"))
    found = session.execute(pairs.order_by(after.c.question_id, after.c.person_id))
    return [row for row in found if row.before is not None and row.after is not None]

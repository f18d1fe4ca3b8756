"""What one plot asks of the database and how its rows are read; any number of them are asked in one statement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.queries.involvement import questions_of, submissions_behind
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Asking:
    """Of which call, for which organizer, and when."""

    call: CallFacts
    viewer_id: int
    now: datetime

    @cached_property
    def standing(self) -> sa.CTE:
        """The submissions that stand, without those of questions in which the organizer has a part; found once."""
        hidden = submissions_behind(questions_of(self.viewer_id))
        return (
            sa.select(Submission.id, Submission.sent_at, Submission.theme_id)
            .where(Submission.call_id == self.call.id, Submission.state.in_(LIVE), Submission.id.not_in(hidden))
            .cte("standing")
        )


@dataclass(frozen=True)
class Part:
    """rows: a statement whose rows come as JSON objects. read: those objects as a frozen value."""

    rows: Callable[[Asking], sa.Select]
    read: Callable[[Asking, list[dict]], object]


def read_parts(session: Session, *, asking: Asking, parts: Mapping[str, Part]) -> dict[str, object]:
    """What each of these parts says, by its name; one statement."""
    row = session.execute(sa.select(*(_as_json(part.rows(asking)).label(name) for name, part in parts.items()))).one()
    return {name: part.read(asking, row._mapping[name]) for name, part in parts.items()}


def _as_json(rows: sa.Select) -> sa.ScalarSelect:
    """The rows of a statement as one JSON array of objects."""
    row = rows.subquery("part")
    array = sa.func.json_agg(sa.func.row_to_json(sa.literal_column("part")), type_=sa.JSON)
    return (
        sa.select(sa.func.coalesce(array, sa.literal_column("'[]'::json"), type_=sa.JSON))
        .select_from(row)
        .scalar_subquery()
    )

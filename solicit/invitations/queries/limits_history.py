"""All limits of a call, with what it takes to read them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, Selection
from solicit.invitations.queries.letters.rows import committed_invitations
from solicit.invitations.queries.limit_sets import LimitSetFacts, limit_set_rows, sets_from
from solicit.invitations.queries.selections import RunLine, lines_from, results_to_name
from solicit.invitations.queries.words import LimitWords, topics_to_name, words_from
from solicit.invitations.states import LimitState, SelectionState
from solicit.topics.models import Topic


@dataclass(frozen=True)
class Committed:
    """Whether a selection is approved, and what invitations to people whom the reader sees bind: people and money."""

    is_approved: bool
    n: int
    cents: int


@dataclass(frozen=True)
class LimitsHistory:
    """Every set, latest first."""

    sets: tuple[LimitSetFacts, ...]
    runs: dict[int, RunLine]
    words: LimitWords
    committed: Committed

    def find(self, limit_set_id: int | None) -> LimitSetFacts | None:
        return next((each for each in self.sets if each.id == limit_set_id), None)

    def first_in(self, state: LimitState) -> LimitSetFacts | None:
        return next((each for each in self.sets if each.state is state), None)

    @property
    def in_force(self) -> LimitSetFacts | None:
        return self.first_in(LimitState.IN_FORCE)

    @property
    def draft(self) -> LimitSetFacts | None:
        return self.first_in(LimitState.DRAFT)

    @property
    def waiting(self) -> tuple[LimitSetFacts, ...]:
        return tuple(each for each in self.sets if each.state is LimitState.WAITING)


def limits_history(session: Session, *, call: CallFacts, viewer_id: int, locale: str) -> LimitsHistory:
    """The limits of a call; two statements."""
    rows = session.execute(limit_set_rows(call).add_columns(*_commitments(call, viewer_id))).all()
    runs, words = runs_and_words(session, call=call, locale=locale)
    return LimitsHistory(
        sets=sets_from(rows),
        runs={run.id: run for run in runs},
        words=words,
        committed=_committed(rows[0]) if rows else Committed(False, 0, 0),
    )


def runs_and_words(session: Session, *, call: CallFacts, locale: str) -> tuple[tuple[RunLine, ...], LimitWords]:
    """The rankings of ``run_lines`` and the words of ``limit_words``; one statement for both."""
    runs, topics = results_to_name(call), topics_to_name(call)
    both = runs.add_columns(sa.type_coerce(sa.null(), sa.ARRAY(sa.Text)).label("terms")).union_all(
        topics.with_only_columns(Topic.id, Topic.name, sa.null(), sa.null(), Topic.terms)
    )
    rows = session.execute(both).all()
    lines = lines_from(row for row in rows if row.kind is not None)
    latest_first = tuple(sorted(lines, key=lambda line: -line.id))
    return latest_first, words_from(call, locale, (row for row in rows if row.kind is None))


def committed(session: Session, *, call: CallFacts, viewer_id: int) -> Committed:
    """What is approved and sent in a call; one statement."""
    return _committed(session.execute(sa.select(*_commitments(call, viewer_id))).one())


def _commitments(call: CallFacts, viewer_id: int) -> tuple[sa.Label, ...]:
    ours = committed_invitations(call, viewer_id)
    approved = sa.exists().where(Selection.call_id == call.id, Selection.state == SelectionState.APPROVED)
    cents = sa.func.coalesce(sa.func.sum(Invitation.cost_cents), 0)
    return (
        sa.select(approved).scalar_subquery().label("is_approved"),
        ours.with_only_columns(sa.func.count()).scalar_subquery().label("n_bound"),
        ours.with_only_columns(cents).scalar_subquery().label("bound_cents"),
    )


def _committed(row: sa.Row) -> Committed:
    return Committed(row.is_approved, row.n_bound, int(row.bound_cents))

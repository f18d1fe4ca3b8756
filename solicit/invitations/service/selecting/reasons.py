"""Keeping the reasons of a selection, piece by piece: what is explained is not solved again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.selection_stability import LIKELY_SHARE
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound
from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.explaining import ASKED, EXPLAIN, is_known
from solicit.invitations.queries.stored import stored_selection
from solicit.invitations.service.selecting.explain import choice_of, reason_of
from solicit.invitations.service.selecting.start import start_or_join
from solicit.invitations.states import Outcome

# With more candidates one reason takes longer than a reader should wait for a page.
SOLVED_AT_ONCE = 1_000


def start_explaining(
    session: Session, *, call: CallFacts, selection_id: int, actor_id: int | None, now: datetime
) -> int:
    """Start the job that works out the reasons of every selection of a call, newest first; one that runs is enough."""
    return start_or_join(
        session,
        EXPLAIN,
        task=EXPLAIN,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        call_slug=call.slug,
        selection_id=selection_id,
    )


def next_unexplained(session: Session, *, call_id: int) -> int | None:
    """The newest selection whose reasons are not complete; one statement."""
    waiting = sa.select(sa.func.max(Selection.id)).where(Selection.call_id == call_id, Selection.explained_at.is_(None))
    return session.scalar(waiting)


def ask_why(
    session: Session, *, call: CallFacts, selection_id: int, person_id: int, actor_id: int, now: datetime
) -> int | None:
    """Work out the reason of one more person; the number of a job where that takes long.

    Raises NotFound for somebody who is no candidate of it.
    """
    selection = session.get_one(Selection, selection_id)
    row = session.get(SelectionCandidate, (selection_id, person_id), with_for_update=True)
    if row is None or selection.outcome is Outcome.INFEASIBLE:
        raise NotFound
    if is_known(row.why):
        return None
    stored = stored_selection(session, selection_id=selection_id)
    if len(stored.pool.candidates) <= SOLVED_AT_ONCE:
        row.why = reason_of(choice_of(stored), person_id)
        return None
    row.why, selection.explained_at = ASKED, None
    return start_explaining(session, call=call, selection_id=selection_id, actor_id=actor_id, now=now)


def done_so_far(session: Session, *, selection_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Whose reason is known, and whose is asked for besides: by somebody, or because they are near the line."""
    rows = session.execute(
        sa.select(
            SelectionCandidate.person_id,
            SelectionCandidate.why,
            SelectionCandidate.is_chosen,
            SelectionCandidate.draw_share,
        ).where(SelectionCandidate.selection_id == selection_id)
    ).all()
    known = frozenset(row.person_id for row in rows if is_known(row.why))
    near = {row.person_id for row in rows if not row.is_chosen and (row.draw_share or 0) >= LIKELY_SHARE}
    return known, frozenset(near | {row.person_id for row in rows if row.why == ASKED})


def keep_reason(session: Session, *, selection_id: int, person_id: int, reason: dict) -> None:
    """Keep one reason; a person who was erased meanwhile has none."""
    _update(session, selection_id, person_id, why=reason)


def keep_worth(session: Session, *, selection_id: int, worth: dict) -> None:
    """Keep what the limits cost."""
    selection = session.get_one(Selection, selection_id, with_for_update=True, populate_existing=True)
    selection.explanation = selection.explanation | worth


def keep_reserve(session: Session, *, selection_id: int, person_ids: Sequence[int]) -> None:
    for place, person_id in enumerate(person_ids, 1):
        _update(session, selection_id, person_id, reserve_place=place)
    keep_worth(session, selection_id=selection_id, worth={"n_reserve": len(person_ids)})


def keep_shares(session: Session, *, selection_id: int, shares: Mapping[int, float], n_draws: int) -> None:
    for person_id, share in shares.items():
        _update(session, selection_id, person_id, draw_share=share)
    session.get_one(Selection, selection_id).n_draws = n_draws


def keep_end(session: Session, *, selection_id: int, now: datetime) -> None:
    """The reasons are complete."""
    session.get_one(Selection, selection_id).explained_at = now


def _update(session: Session, selection_id: int, person_id: int, **values: object) -> None:
    of = SelectionCandidate.selection_id == selection_id, SelectionCandidate.person_id == person_id
    session.execute(sa.update(SelectionCandidate).where(*of).values(**values))

"""Asking the same panelists again: another round of scoring goes to those who rated its questions before."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, Panelist, Review, Round
from solicit.panels.queries.conflicts import conflict_pairs, suspected_pairs
from solicit.panels.queries.series import first_of, in_series
from solicit.panels.service.assign.deploy import add_assignments
from solicit.panels.service.assign.plan import NewPair
from solicit.panels.states import AssignmentState, Confidence


def ask_again(session: Session, *, round_: Round, question_ids: Collection[int], now: datetime) -> int:
    """Assign each question to everybody who rated it earlier in the series and still sits; return how many."""
    rated = _raters(session, round_, question_ids)
    pairs = [NewPair(*each) for each in rated]
    add_assignments(session, round_=round_, pairs=pairs, stage=0, now=now)
    return len(pairs)


def _raters(session: Session, round_: Round, question_ids: Collection[int]) -> list[tuple[int, int, int, float]]:
    """(question, panelist, panel, affinity), once for each who rated, without conflicts, suspected ones too."""
    pair = sa.tuple_(Assignment.question_id, Assignment.person_id)
    still_sits = sa.exists().where(Panelist.panel_id == Assignment.panel_id, Panelist.person_id == Assignment.person_id)
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id, Assignment.panel_id, Assignment.affinity)
        .ext(distinct_on(Assignment.question_id, Assignment.person_id))
        .join(Round, Round.id == Assignment.round_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(in_series(first_of(round_)), Round.id != round_.id, Assignment.question_id.in_(question_ids))
        .where(Assignment.state == AssignmentState.SUBMITTED, Review.confidence != Confidence.OUTSIDE, still_sits)
        .where(pair.not_in(sa.select(conflict_pairs())), pair.not_in(suspected_pairs()))
        .order_by(Assignment.question_id, Assignment.person_id, Round.id.desc())
    )
    return [tuple(row) for row in found]

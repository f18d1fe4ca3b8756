"""Whether somebody may vote in a round at this moment."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Closed, NotFound
from solicit.panels.models import Round
from solicit.panels.queries.review import has_accepted_statement
from solicit.panels.queries.voting.voter import holds_seat
from solicit.panels.service.review import StatementNotAccepted
from solicit.panels.service.taking import is_taking_votes
from solicit.panels.states import Activity, RoundState
from solicit.words import N_


def held_round(session: Session, *, round_id: int | None, person_id: int, activity: Activity, now: datetime) -> Round:
    """The round, held against closing, if this panelist has a seat for it and it takes votes now."""
    row = session.scalar(
        sa.select(Round)
        .where(Round.id == round_id, Round.activity == activity, Round.state != RoundState.DRAFT)
        .where(holds_seat(person_id))
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if not is_taking_votes(row, now):
        raise Closed(N_("This round is closed: votes can no longer be given or changed. Write to the organizers."))
    if not has_accepted_statement(session, call_id=row.call_id, person_id=person_id):
        raise StatementNotAccepted
    return row

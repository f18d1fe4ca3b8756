"""Setting what people cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.errors import Refused
from solicit.invitations.models import CostSettings, SubregionBand, TravelBand
from solicit.invitations.queries.costs import MIDDLES, N_BANDS
from solicit.words import N_


def set_costs(
    session: Session,
    *,
    call_id: int,
    settings: Mapping[str, object],
    bands: Sequence[int],
    band_of: Mapping[str, int],
    actor_id: int,
    now: datetime,
) -> None:
    """Store all rates of a call: settings, the price of each band in cents, and the band of each subregion."""
    if len(bands) != N_BANDS or min(bands) < 0:
        raise Refused(N_("Give a price for each of the seven bands."))
    if set(band_of) != set(MIDDLES) or not set(band_of.values()) <= set(range(1, N_BANDS + 1)):
        raise Refused(N_("Give a band, 1 to 7, for each region."))
    _forget(session, call_id)
    session.add(CostSettings(call_id=call_id, **settings))
    session.add_all(TravelBand(call_id=call_id, band=band, amount_cents=cents) for band, cents in enumerate(bands, 1))
    session.add_all(SubregionBand(call_id=call_id, subregion=name, band=band) for name, band in band_of.items())
    session.flush()
    record(
        session,
        act="set costs",
        subject="call",
        subject_id=call_id,
        call_id=call_id,
        actor_id=actor_id,
        now=now,
        bands=list(bands),
        band_of=dict(sorted(band_of.items())),
        **settings,
    )


def reset_costs(session: Session, *, call_id: int, actor_id: int, now: datetime) -> None:
    """Go back to the defaults; selections keep the costs that they were made with."""
    _forget(session, call_id)
    record(session, act="reset costs", subject="call", subject_id=call_id, call_id=call_id, actor_id=actor_id, now=now)


def _forget(session: Session, call_id: int) -> None:
    # Two organizers who save at once wait for each other here.
    session.scalars(sa.select(Call.id).where(Call.id == call_id).with_for_update()).one()
    for model in (CostSettings, TravelBand, SubregionBand):
        session.execute(sa.delete(model).where(model.call_id == call_id))

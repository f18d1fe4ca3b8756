"""What the journey to the meeting costs, per subregion: the organizers' table, or a guess from the distance."""

import math
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import TravelCost
from solicit.people.queries import subregion_of
from solicit.words import N_

CURRENCY = "USD"
EARTH_RADIUS_KM = 6371.0

# A rough middle of each M49 subregion, latitude and longitude: only good enough to sort journeys into bands.
MIDDLES = {
    N_("Antarctica"): (-75, 0),
    N_("Australia and New Zealand"): (-33, 150),
    N_("Central Asia"): (43, 68),
    N_("Eastern Asia"): (36, 112),
    N_("Eastern Europe"): (53, 33),
    N_("Latin America and the Caribbean"): (-8, -65),
    N_("Melanesia"): (-12, 160),
    N_("Micronesia"): (9, 152),
    N_("Northern Africa"): (27, 13),
    N_("Northern America"): (42, -95),
    N_("Northern Europe"): (58, 10),
    N_("Polynesia"): (-16, -160),
    N_("South-eastern Asia"): (7, 107),
    N_("Southern Asia"): (24, 75),
    N_("Southern Europe"): (41, 13),
    N_("Sub-Saharan Africa"): (0, 22),
    N_("Western Asia"): (31, 44),
    N_("Western Europe"): (48, 6),
}

# Distance up to so many kilometres -> price of a return journey in whole units of the currency.
BANDS = ((1_000, 400), (2_500, 650), (4_500, 900), (7_000, 1_200), (9_500, 1_500), (12_500, 1_900), (math.inf, 2_300))


@dataclass(frozen=True)
class SubregionCost:
    """The journey from one subregion; ``is_default`` while no organizer has set it."""

    subregion: str
    amount_cents: int
    is_default: bool


@dataclass(frozen=True)
class CostTable:
    """All journeys of a call; a country we do not know travels at the highest price."""

    rows: tuple[SubregionCost, ...]

    def amount_cents(self, subregion: str) -> int:
        amounts = {row.subregion: row.amount_cents for row in self.rows}
        return amounts.get(subregion, max(amounts.values()))


def cost_table(session: Session, *, call: CallFacts) -> CostTable:
    """What the organizers set, and defaults for the rest; one statement."""
    known = sa.select(TravelCost.subregion, TravelCost.amount_cents).where(TravelCost.call_id == call.id)
    stored = {subregion: amount for subregion, amount in session.execute(known)}
    host = subregion_of(call.host_country)
    return CostTable(
        tuple(
            SubregionCost(name, stored.get(name, default_cents(name, host)), name not in stored)
            for name in sorted(MIDDLES)
        )
    )


def default_cents(subregion: str, host: str) -> int:
    """A guess: the band of the distance between the two subregions' middles."""
    if host not in MIDDLES:
        return BANDS[-1][1] * 100
    distance = _distance_km(MIDDLES[subregion], MIDDLES[host])
    return next(price for limit, price in BANDS if distance <= limit) * 100


def _distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle distance (haversine)."""
    (lat1, lon1), (lat2, lon2) = (map(math.radians, place) for place in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))

"""What bringing one person to the meeting costs: the organizers' tables, or defaults where they set none."""

import math
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import CostSettings, SubregionBand, TravelBand
from solicit.invitations.states import Attendance
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

N_BANDS = 7

# Band -> up to so many kilometres, and the price of a return journey in whole units of the currency.
BANDS = ((1_000, 400), (2_500, 650), (4_500, 900), (7_000, 1_200), (9_500, 1_500), (12_500, 1_900), (math.inf, 2_300))

DEFAULTS = dict(
    currency=CURRENCY, per_diem_cents=18_000, nights=5, visa_cents=14_000, insurance_cents=6_000, online_cents=10_000
)


@dataclass(frozen=True)
class RegionCost:
    """What one person from a region costs in all, if they need a visa."""

    region: str
    band: int
    travel_cents: int
    total_cents: int


@dataclass(frozen=True)
class CostRates:
    """Every amount that makes up what one person costs, in cents; ``bands`` has seven, near to far."""

    host_country: str
    currency: str
    per_diem_cents: int
    nights: int
    visa_cents: int
    insurance_cents: int
    online_cents: int
    bands: tuple[int, ...]
    band_of: dict[str, int]
    is_default: bool

    @property
    def stay_cents(self) -> int:
        return self.per_diem_cents * self.nights

    def travel_cents(self, region: str) -> int:
        """The return journey from a subregion; one we do not know is as far as any."""
        return self.bands[self.band_of.get(region, N_BANDS) - 1]

    def cost_cents(self, *, country: str | None, region: str, attendance: Attendance) -> int:
        """What one person costs in all."""
        if attendance is Attendance.ONLINE:
            return self.online_cents
        visa = 0 if country == self.host_country else self.visa_cents
        return self.travel_cents(region) + self.stay_cents + visa + self.insurance_cents

    def per_region(self) -> tuple[RegionCost, ...]:
        """What one person from each region costs, near regions first."""
        in_person = dict(country=None, attendance=Attendance.IN_PERSON)
        rows = (
            RegionCost(name, band, self.travel_cents(name), self.cost_cents(region=name, **in_person))
            for name, band in self.band_of.items()
        )
        return tuple(sorted(rows, key=lambda row: (row.band, row.region)))

    def as_json(self) -> dict:
        return asdict(self)


def cost_rates(session: Session, *, call: CallFacts) -> CostRates:
    """What the organizers set, and defaults for the rest; one statement."""
    return rates_from(call, *session.execute(cost_tables(call)).one())


def cost_tables(call: CallFacts) -> sa.Select:
    """One row for ``rates_from``: the settings, and what is stored of bands and subregions."""
    bands = sa.select(sa.cast(TravelBand.band, sa.Text), TravelBand.amount_cents).where(TravelBand.call_id == call.id)
    subregions = sa.select(SubregionBand.subregion, SubregionBand.band).where(SubregionBand.call_id == call.id)
    # A band is named by its number, a subregion by its name.
    amounts = sa.union_all(bands, subregions).subquery()
    named = sa.select(sa.func.jsonb_object_agg(*amounts.c)).scalar_subquery()
    found = sa.select(CostSettings, named).select_from(sa.select(sa.literal(call.id).label("id")).subquery("one"))
    return found.outerjoin(CostSettings, CostSettings.call_id == call.id)


def rates_from(call: CallFacts, settings: CostSettings | None, stored: dict[str, int] | None) -> CostRates:
    stored = stored or {}
    host = subregion_of(call.host_country)
    values = {name: getattr(settings, name) if settings else default for name, default in DEFAULTS.items()}
    return CostRates(
        host_country=call.host_country,
        bands=tuple(stored.get(str(band), price * 100) for band, (_, price) in enumerate(BANDS, 1)),
        band_of={name: stored.get(name, default_band(name, host)) for name in sorted(MIDDLES)},
        is_default=settings is None,
        **values,
    )


def default_band(subregion: str, host: str) -> int:
    """A guess: the band of the distance between the two subregions' middles."""
    if host not in MIDDLES:
        return N_BANDS
    distance = _distance_km(MIDDLES[subregion], MIDDLES[host])
    return next(band for band, (limit, _) in enumerate(BANDS, 1) if distance <= limit)


def _distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle distance (haversine)."""
    (lat1, lon1), (lat2, lon2) = (map(math.radians, place) for place in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))

"""What bringing one person to the meeting costs."""

import pytest
from builders import make_call, make_organizer, sign_in

from solicit.clock import utcnow
from solicit.errors import Refused
from solicit.invitations.queries.costs import DEFAULTS, MIDDLES, N_BANDS, cost_rates, default_band
from solicit.invitations.service.costs import set_costs
from solicit.invitations.states import Attendance
from solicit.people.queries import country_choices, subregion_of


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def test_every_country_has_a_journey():
    assert {subregion_of(code) for code, _ in country_choices("en")} <= set(MIDDLES)


def test_farther_is_never_cheaper():
    host = "Eastern Asia"
    bands = [default_band(name, host) for name in ("Eastern Asia", "Central Asia", "Western Europe")]
    assert bands == sorted(bands)
    assert (bands[0], default_band("Western Europe", "nowhere")) == (1, N_BANDS)


COSTS = {"currency": "EUR", "per_diem": "200", "nights": "3", "visa": "90", "insurance": "40", "online": "70"}
COSTS |= {f"band_{band}": f"{band}00" for band in range(1, 8)} | {f"region_{n}": "2" for n in range(len(MIDDLES))}


def test_costs_are_saved_and_read(client, session, call, ada):
    sign_in(client, session, ada)
    address = f"/{call.slug}/organize/invite/costs"
    assert "These are guesses" in client.get(address).text
    assert client.post(address, data=COSTS).status_code == 303
    rates = cost_rates(session, call=call)
    assert (rates.currency, rates.bands[6], set(rates.band_of.values())) == ("EUR", 70_000, {2})
    abroad = rates.cost_cents(country="FR", region="Western Europe", attendance=Attendance.IN_PERSON)
    assert abroad == 20_000 + 3 * 20_000 + 9_000 + 4_000
    assert rates.cost_cents(country="FR", region="Western Europe", attendance=Attendance.ONLINE) == 7_000
    assert rates.cost_cents(country="CN", region="Eastern Asia", attendance=Attendance.IN_PERSON) == abroad - 9_000


@pytest.mark.parametrize("typed", [{"band_3": "-5"}, {"region_3": "8"}, {"currency": "euro"}, {"nights": "0"}])
def test_wrong_costs_are_refused_with_the_text_kept(client, session, call, ada, typed):
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/costs", data=COSTS | {"visa": "77"} | typed)
    assert (answer.status_code, 'value="77"' in answer.text) == (422, True)
    assert cost_rates(session, call=call).is_default


@pytest.mark.parametrize(
    ("bands", "band_of"), [([1] * 6, {}), ([1] * 7, {"Atlantis": 1}), ([-1] * 7, dict.fromkeys(MIDDLES, 1))]
)
def test_senseless_costs_are_refused(session, call, ada, bands, band_of):
    with pytest.raises(Refused):
        set_costs(
            session, call_id=call.id, settings=DEFAULTS, bands=bands, band_of=band_of, actor_id=ada.id, now=utcnow()
        )


def test_preview_adds_up(session, call):
    rates = cost_rates(session, call=call)
    rows = {row.region: row for row in rates.per_region()}
    assert set(rows) == set(MIDDLES)
    around = rates.stay_cents + rates.visa_cents + rates.insurance_cents
    assert all(row.total_cents == row.travel_cents + around for row in rows.values())
    assert [row.band for row in rates.per_region()] == sorted(row.band for row in rows.values())


def test_defaults_come_back(client, session, call, ada):
    sign_in(client, session, ada)
    address = f"/{call.slug}/organize/invite/costs"
    assert "Back to the defaults" not in client.get(address).text
    client.post(address, data=COSTS)
    text = client.get(address).text
    assert "Back to the defaults" in text and "Band 2: up to 2,500 km" in text and "Band 7: farther" in text
    assert client.post(f"{address}/defaults").status_code == 303
    assert cost_rates(session, call=call).is_default


def test_page_of_costs_takes_three_statements(client, session, call, ada, count_statements):
    sign_in(client, session, ada)
    count_statements.clear()
    assert client.get(f"/{call.slug}/organize/invite/costs").status_code == 200
    assert len(count_statements) == 3

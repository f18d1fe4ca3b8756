"""Setting up a call on pages: every part is saved once, previews save nothing, and the call's state has a say."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_calls import desk, filled

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call, Stage
from solicit.calls.queries import call_facts
from solicit.calls.states import CallState, FormChoices, Kind
from solicit.clock import utcnow

PARTS = ("", "texts", "dates", "form", "criteria", "settings", "themes", "languages", "languages/fr", "copy", "letters")


@pytest.fixture
def call(session):
    return make_call(session, state=CallState.DRAFT)


@pytest.fixture
def organizer(client, session, call):
    person = make_organizer(session, call)
    sign_in(client, session, person)
    return person


def kept(session, call) -> Call:
    return session.get_one(Call, call.id, populate_existing=True)


def save(client, call, part: str, **changes):
    url = desk(call, part)
    return client.post(url, data=filled(client.get(url).text, **changes))


def test_every_part_opens_in_at_most_eight_statements(client, session, call, organizer, count_statements):
    for part in PARTS:
        count_statements.clear()
        assert client.get(desk(call, part)).status_code == 200, part
        assert len(count_statements) <= 8, part


def test_texts_are_saved_and_recorded(client, session, call, organizer):
    answer = save(client, call, "texts", title="A new title", about="**All** may write.", language="fr")

    assert (answer.status_code, answer.location) == (303, desk(call))
    row = kept(session, call)
    assert (row.title, row.about, row.language, row.terms_version) == ("A new title", "**All** may write.", "fr", "1")
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "change texts")).one()
    assert event.details["changed"] == ["about", "language", "title"]
    assert event.details["old"]["title"] == "A call" and event.details["new"]["title"] == "A new title"
    assert save(client, call, "texts").status_code == 303
    assert session.scalar(sa.select(sa.func.count()).where(AuditEvent.act == "change texts")) == 1


def test_preview_shows_the_public_page_and_saves_nothing(client, session, call, organizer):
    page = save(client, call, "texts", headline="Where is the water?", about="**bold** <b>raw</b>", go="preview")

    assert page.status_code == 200 and "Nothing is saved yet" in page.text
    assert "<strong>bold</strong> &lt;b&gt;raw&lt;/b&gt;" in page.text
    assert "Where is the water?" in page.text and kept(session, call).headline == "Which questions come next?"


def test_stale_page_keeps_what_was_typed_and_shows_both_versions(client, session, call, organizer):
    url = desk(call, "texts")
    opened = client.get(url).text
    save(client, call, "texts", title="Theirs")

    stale = client.post(url, data=filled(opened, title="Mine"))

    assert stale.status_code == 409 and kept(session, call).title == "Theirs"
    assert "Both versions are below" in stale.text and "Theirs" in stale.text and 'value="Mine"' in stale.text
    assert client.post(url, data=filled(stale.text)).status_code == 303
    assert kept(session, call).title == "Mine"


def test_parts_of_two_people_do_not_disturb_each_other(client, session, call, organizer):
    opened = client.get(desk(call, "settings")).text
    save(client, call, "texts", title="Theirs")

    assert client.post(desk(call, "settings"), data=filled(opened, n_places="7")).status_code == 303
    assert (kept(session, call).title, kept(session, call).n_places) == ("Theirs", 7)


def test_changed_consent_is_a_new_version_of_the_terms_once_open(client, session):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))
    save(client, call, "texts", title="Another title")
    assert kept(session, call).terms_version == "1"
    save(client, call, "texts", consent="We may publish and translate it.")
    assert kept(session, call).terms_version == "2"
    refused = save(client, call, "texts", consent="")
    assert refused.status_code == 422 and "not be empty" in refused.text


def test_dates_are_written_on_the_clocks_of_the_zone(client, session, call, organizer):
    year = utcnow().year + 1  # the public page tells when a call opens that has not opened yet
    days = {"stage_1_title": "Reading", "stage_1_starts_on": f"{year}-03-01", "stage_1_ends_on": f"{year}-04-01"}
    times = {"time_zone": "Asia/Shanghai", "opens_at": f"{year}-01-15 09:00", "closes_at": f"{year}-02-28 23:59"}
    assert save(client, call, "dates", **times, **days).status_code == 303

    row = kept(session, call)
    assert row.opens_at == datetime(year, 1, 15, 1, 0, tzinfo=UTC)
    assert row.closes_at == datetime(year, 2, 28, 15, 59, tzinfo=UTC)
    page = client.get(desk(call, "dates")).text
    assert f'value="{year}-02-28 23:59"' in page and f"28 February {year}, 15:59 UTC" in page
    public = client.get(f"/en/{call.slug}/").text
    assert f"15 January {year}, 01:00 UTC" in public and f"15 January {year}, 09:00 in Asia/Shanghai" in public
    assert "Reading" in public


@pytest.mark.parametrize(
    ("local", "moment", "said"),
    [
        ("2027-03-28 02:30", None, "put forward over this time"),
        ("2027-10-31 02:30", datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "The call closes at the second."),
        ("31 October", None, "Write the time like"),
        ("2199-01-01 00:00", None, "between 2020 and 2100"),
    ],
)
def test_times_that_clocks_skip_or_repeat(client, session, call, organizer, local, moment, said):
    before = call.closes_at
    answer = save(client, call, "dates", time_zone="Europe/Paris", opens_at="2027-01-01 00:00", closes_at=local)

    assert answer.status_code == (303 if moment else 422)
    assert said in (client.get(answer.location) if moment else answer).text.replace("&#39;", "'")
    assert kept(session, call).closes_at == (moment or before)


def test_dates_of_an_open_call_keep_their_promise(client, session):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))
    later = (utcnow() + timedelta(days=90)).strftime("%Y-%m-%d %H:%M")
    assert save(client, call, "dates", closes_at=later).status_code == 303
    moved = save(client, call, "dates", opens_at="2026-01-01 00:00")
    assert moved.status_code == 422 and "can no longer be changed" in moved.text
    past = save(client, call, "dates", closes_at=(utcnow() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M"))
    assert past.status_code == 422 and "This closing time is past" in past.text


def test_stages_are_stored_as_a_whole_and_keep_their_numbers(client, session, call, organizer):
    first = {"stage_1_title": "One", "stage_1_starts_on": "2027-03-01", "stage_1_ends_on": "2027-03-02"}
    second = {"stage_2_title": "Two", "stage_2_starts_on": "2027-02-01", "stage_2_ends_on": "2027-02-02"}
    save(client, call, "dates", **first, **second)
    save(client, call, "dates", stage_1_title="")

    assert [(s.position, s.title) for s in session.scalars(sa.select(Stage).where(Stage.call_id == call.id))] == [
        (2, "Two")
    ]
    reversed_ = save(client, call, "dates", stage_2_ends_on="2027-01-01")
    assert reversed_.status_code == 422 and "must not end before it starts" in reversed_.text


def test_form_of_a_draft_is_free_and_of_an_open_call_only_gets_easier(client, session, call, organizer):
    assert save(client, call, "form", kinds=["plan"], of_plan=["measurement"], title_max="100").status_code == 303
    facts = call_facts(session, slug=call.slug)
    assert (facts.asks.kinds, "measurement" in facts.asks, "missions" in facts.asks) == ((Kind.PLAN,), True, False)
    assert facts.limits.title_max == 100
    bad = save(client, call, "form", title_min="100", kinds=None)
    assert bad.status_code == 422 and "Choose at least one kind" in bad.text and "must be longer" in bad.text

    client.post(desk(call, "move/open"))
    for change in ({"kinds": ["plan", "question"]}, {"of_plan": ["measurement", "missions"]}, {"title_max": "99"}):
        refused = save(client, call, "form", **change)
        assert refused.status_code == 422 and "The call has opened" in refused.text
    assert save(client, call, "form", of_plan=None, title_max="200").status_code == 303
    facts = call_facts(session, slug=call.slug)
    assert facts.asks == FormChoices(facts.asks.fields - {"measurement"}, (Kind.PLAN,))


def test_criteria_are_what_a_new_round_begins_with(client, session, call, organizer):
    rounds = f"/{call.slug}/organize/panels/rounds/new"
    assert 'value="Importance"' in client.get(rounds).text
    values = {"name": "Beauty", "question": "Is it beautiful?", "low": "Not at all", "high": "Very", "weight": "100"}
    changes = {f"criterion_{n}_name": "" for n in (2, 3)} | {f"criterion_1_{k}": v for k, v in values.items()}

    assert save(client, call, "criteria", **changes).status_code == 303

    page = client.get(rounds).text
    assert 'value="Beauty"' in page and 'value="Importance"' not in page
    refused = save(client, call, "criteria", criterion_1_high="")
    assert refused.status_code == 422 and kept(session, call).criteria == [values | {"weight": 100}]


def test_settings_are_saved_within_their_bounds(client, session, call, organizer):
    good = dict(
        contact="Desk@Example.org", n_places="12", host_country="KE", results_for="nobody", keep_drafts_days="5"
    )
    assert save(client, call, "settings", publishes_while_open=None, **good).status_code == 303
    row = kept(session, call)
    assert (row.contact, row.n_places, row.host_country, row.results_for.value, row.keep_drafts_days) == (
        *("desk@example.org", 12, "KE", "nobody", 5),
    )
    assert row.publishes_while_open is False
    for change in ({"contact": "nobody"}, {"n_places": "0"}, {"keep_drafts_days": "4000"}, {"host_country": "XX"}):
        assert save(client, call, "settings", **change).status_code == 422


def test_archive_changes_no_more(client, session):
    call = make_call(session, state=CallState.PUBLISHED)
    sign_in(client, session, make_organizer(session, call))
    assert save(client, call, "texts", title="Corrected").status_code == 303
    assert "The results of this call are published" in save(client, call, "dates", grace_minutes="5").text
    client.post(desk(call, "move/archived"))
    assert "in the archive" in save(client, call, "texts", title="Again").text
    assert kept(session, call).title == "Corrected"


def test_part_that_is_final_is_read_without_a_button_that_saves(client, session):
    call = make_call(session, state=CallState.PUBLISHED)
    sign_in(client, session, make_organizer(session, call))

    def is_final(part):
        page = client.get(desk(call, part)).text
        return "This part can be read, and stays as it is." in page and ">Save</button>" not in page

    parts = ("texts", "dates", "form", "criteria", "settings")
    assert [part for part in parts if is_final(part)] == ["dates", "form", "criteria"]
    assert "Publish a correction" in client.get(desk(call)).text
    client.post(desk(call, "move/archived"))
    assert all(map(is_final, parts))

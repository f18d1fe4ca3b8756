from datetime import timedelta

import pytest
from builders import make_call, make_organizer, sign_in

from solicit.calls.queries import call_page
from solicit.calls.service import NewStage
from solicit.calls.states import CallState
from solicit.clock import utcnow


def test_call_page_names_its_four_themes_in_four_statements(client, session, count_statements):
    call = make_call(session)
    count_statements.clear()
    page = client.get(f"/en/{call.slug}/")
    assert page.status_code == 200
    assert len(count_statements) <= 4
    for name in (
        "Unexplored Space",
        "Signatures of Extra-terrestrial Life",
        "Nature of the Universe",
        "Extra-terrestrial Station",
    ):
        assert name in page.text
    assert "Submit a question" in page.text


def test_call_page_before_the_opening_offers_no_submission(client, session):
    call = make_call(session, opens_at=utcnow() + timedelta(days=3))
    page = client.get(f"/en/{call.slug}/").text
    assert "Opens" in page
    assert "Submit a question" not in page


def test_closed_call_says_so(client, session):
    call = make_call(session, state=CallState.CLOSED)
    page = client.get(f"/en/{call.slug}/").text
    assert f'<dt>Closed on</dt><dd><time datetime="{call.closed_at.isoformat()}">' in page
    assert "Submit a question" not in page and "Before you start" not in page


@pytest.mark.parametrize(
    ("state", "now"),
    [(CallState.OPEN, ["Collection", "Grouping"]), (CallState.CLOSED, ["Grouping"]), (CallState.PUBLISHED, [])],
)
def test_stages_end_with_the_call_and_with_its_results(session, state, now):
    today = utcnow().date()
    days = {"Collection": 30, "Grouping": 60}
    stages = tuple(
        NewStage(title=title, text="", starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=n))
        for title, n in days.items()
    )
    call = make_call(session, state=state, stages=stages)
    page = call_page(session, call_id=call.id, now=utcnow())
    assert [stage.title for stage in page.stages if stage.is_now] == now


def test_draft_call_exists_for_its_organizers_only(client, session):
    call = make_call(session, state=CallState.DRAFT)
    missing = client.get("/en/no-such-call/")
    hidden = client.get(f"/en/{call.slug}/")
    assert hidden.status_code == missing.status_code == 404
    sign_in(client, session, make_organizer(session, call))
    assert client.get(f"/en/{call.slug}/").status_code == 200


def test_home_goes_to_the_only_call_or_lists_them(client, session):
    first = make_call(session)
    assert client.get("/").location == f"/en/{first.slug}/"
    second = make_call(session, title="Another call", state=CallState.PUBLISHED)
    listing = client.get("/en/")
    assert listing.status_code == 200
    assert "Another call" in listing.text
    assert second.slug in listing.text


def test_an_address_without_a_language_leads_to_the_page(client, session):
    call = make_call(session)
    draft = make_call(session, state=CallState.DRAFT)
    for address in (f"/{call.slug}", f"/{call.slug}/"):
        assert client.get(address).location == f"/en/{call.slug}/"
    assert client.get(f"/{draft.slug}").status_code == client.get("/no-such-call").status_code == 404


def test_a_language_comes_before_a_call_of_that_name(client, session):
    for _ in range(2):
        make_call(session, title="Deep space")
    make_call(session, slug="en", title="About English")
    assert client.get("/en").text.count("Deep space") == 2
    assert client.get("/en/en/").status_code == 200


def test_text_pages_open(client, session):
    call = make_call(session)
    for name in ("methods", "accessibility", "privacy"):
        assert client.get(f"/en/{call.slug}/{name}").status_code == 200

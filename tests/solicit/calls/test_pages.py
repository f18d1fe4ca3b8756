from datetime import timedelta

from builders import make_call, make_organizer, sign_in

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
    assert "Submit a question" not in page


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


def test_text_pages_open(client, session):
    call = make_call(session)
    for name in ("methods", "accessibility", "privacy"):
        assert client.get(f"/en/{call.slug}/{name}").status_code == 200

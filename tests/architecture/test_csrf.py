"""Nothing changes without a form of ours: no foreign request does, and no address does by being opened."""

import io

import pytest
import sqlalchemy as sa

from architecture.world import SECURE, is_tenth, reviewed_doors

DOORS = {door.endpoint: door for door in reviewed_doors()}
# Programs have no cookie that another site could use: see below.
BY_PROGRAMS = [door for endpoint, door in DOORS.items() if endpoint.startswith("api.")]
CHANGING = [endpoint for endpoint, door in DOORS.items() if "POST" in door.methods and not endpoint.startswith("api.")]


@pytest.fixture
def protected(world):
    """The world with the protection that tests of pages switch off."""
    world.app.config["WTF_CSRF_ENABLED"] = True
    yield world
    world.app.config["WTF_CSRF_ENABLED"] = False


def persona_for(endpoint: str) -> str:
    """Somebody who may open the door: signed in, if there is such a person."""
    allowed = DOORS[endpoint].personas("open") or ["visitor"]
    return next((persona for persona in allowed if persona != "visitor"), "visitor")


def attacks(world, persona: str) -> dict[str, dict]:
    """Requests that another site, or another person's page, can make a browser send."""
    token, other = world.csrf_token(), world.csrf_token(of_another_browser=True)
    cookies = f"{world.cookie(persona)}; csrf_token={token}"
    return {
        "no token": dict(data={"x": "1"}),
        "empty token": dict(data={"csrf_token": ""}),
        "token of another session": dict(data={"csrf_token": other}),
        "token of another session in a header": dict(headers={"X-CSRFToken": other}),
        "token in the address": dict(query=f"csrf_token={token}"),
        "token in a cookie": dict(headers={"Cookie": cookies}),
        "unsigned token": dict(data={"csrf_token": token.split(".")[0]}),
        "text that is JSON": dict(data=f'{{"csrf_token": "{token}"}}', content_type="text/plain"),
        "form sent as text": dict(data=f"csrf_token={token}", content_type="text/plain"),
        "page of another site": dict(
            data={"csrf_token": token}, headers={"Referer": "https://evil.example/"}, **SECURE
        ),
        "page of a similar host": dict(
            data={"csrf_token": token}, headers={"Referer": "https://localhost.evil.example/"}, **SECURE
        ),
        "page without encryption": dict(data={"csrf_token": token}, headers={"Referer": "http://localhost/"}, **SECURE),
        "page that hides itself": dict(data={"csrf_token": token}, **SECURE),
    }


def attacks_on(world, endpoint: str, persona: str, *, is_full: bool) -> dict[str, dict]:
    """All of them at each tenth door and in the full run; else the plainest and, in turn, another.

    What asks for the token is the same for all doors, and does not know which one it is.
    """
    (name, plainest), *others = attacks(world, persona).items()
    if is_full or is_tenth(endpoint):
        return {name: plainest, **dict(others)}
    return dict([(name, plainest), others[CHANGING.index(endpoint) % len(others)]])


@pytest.mark.parametrize("endpoint", CHANGING)
def test_foreign_request_changes_nothing(protected, endpoint, is_full):
    persona, address = persona_for(endpoint), protected.address(endpoint)
    answers = {}
    with protected.undone():
        before = protected.written()
        for name, attack in attacks_on(protected, endpoint, persona, is_full=is_full).items():
            aim = address + ("&" if "?" in address else "?") + attack.pop("query", "")
            answers[name] = protected.request(persona, "POST", aim, **attack).status_code
        after = protected.written()
    assert after == before
    assert answers == dict.fromkeys(answers, 400)


@pytest.mark.parametrize("endpoint", CHANGING)
def test_own_form_comes_through(protected, endpoint, is_full):
    persona, address = persona_for(endpoint), protected.address(endpoint)
    own = {"csrf_token": protected.csrf_token()}
    encrypted = dict(headers={"Referer": "https://localhost/en/"}, **SECURE)
    statuses = set()
    for way in ({}, encrypted) if is_full or is_tenth(endpoint) else ({},):
        with protected.undone():
            statuses.add(protected.request(persona, "POST", address, data=own, **way).status_code)
    assert len(statuses) == 1 and 400 not in statuses
    assert DOORS[endpoint].expected[persona] != "missing" or statuses == {404}


def test_cookie_opens_nothing_of_the_api(protected):
    with protected.undone():
        before = protected.written()
        for door in (door for door in BY_PROGRAMS if door.permission != "public"):
            persona, address = persona_for(door.endpoint), protected.address(door.endpoint)
            cookie, csrf = protected.cookie(persona), {"X-CSRFToken": protected.csrf_token()}
            for attack in ({"json": {}}, {"data": {"csrf_token": csrf["X-CSRFToken"]}}):
                answer = protected.request(
                    "visitor", door.methods[0], address, headers={"Cookie": cookie, **csrf}, **attack
                )
                assert answer.status_code == 401, door.endpoint
        assert protected.written() == before


def test_page_that_lost_its_token_leads_back(protected):
    """Who signs out in another window finds the way back to what they were writing."""
    address = protected.address("submissions.draft_text")
    again = f'<a href="{address}">Open the page again</a>'
    assert again in protected.request("owner", "POST", address, data={"title": "What is dust?"}).text
    no_page = protected.address("people.sign_out")
    assert "Open the page again" not in protected.request("owner", "POST", no_page).text.replace(
        "Open the page again and send it once more.", ""
    )


def multipart(token: str | None) -> dict:
    """A form with a file, as another site can make a browser send it, too."""
    fields = {"file": (io.BytesIO(b"title\nIs it dust?\n"), "questions.csv")}
    return dict(data=fields | ({"csrf_token": token} if token else {}), content_type="multipart/form-data")


def test_file_comes_in_by_our_own_form_only(protected):
    address, token = protected.address("submissions.read_file"), protected.csrf_token()
    foreign = {"Referer": "https://evil.example/"}
    attacks = (
        multipart(None),
        multipart(protected.csrf_token(of_another_browser=True)),
        multipart(token) | dict(headers=foreign, **SECURE),
        dict(data=b"title\nIs it dust?\n", content_type="text/csv"),
    )
    with protected.undone():
        before = protected.written()
        assert [protected.request("organizer", "POST", address, **attack).status_code for attack in attacks] == [
            400
        ] * 4
        assert protected.written() == before
        assert protected.request("submitter", "POST", address, **multipart(token)).status_code == 403
        assert protected.written() == before
        assert protected.request("organizer", "POST", address, **multipart(token)).status_code == 303
        assert protected.written() != before


def test_every_change_is_seen_but_the_use_of_a_sign_in(world):
    with world.undone():
        before = world.written()
        world.connection.execute(sa.text("UPDATE sign_in SET seen_at = now() - interval '1 hour'"))
        assert world.written() == before
        for change in (
            "UPDATE person SET scheme = 'dark' WHERE id = (SELECT min(id) FROM person)",
            "DELETE FROM support",
            "INSERT INTO failed_sign_in (email_hash, at) VALUES ('x', now())",
            "DELETE FROM procrastinate_jobs",
            "DO $$ BEGIN UPDATE person SET scheme = 'light'; END $$",
        ):
            if world.connection.execute(sa.text(change)).rowcount:
                changed = world.written()
                assert changed != before
                before = changed


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, door in DOORS.items() if "GET" in door.methods])
def test_opening_an_address_changes_nothing(world, endpoint, is_full):
    with world.undone():
        # Everybody came an hour ago: that they are here now is the one thing that may be remembered.
        world.connection.execute(sa.text("UPDATE sign_in SET seen_at = now() - interval '1 hour'"))
        before = world.written()
        for persona in DOORS[endpoint].asked_by(is_full=is_full):
            world.request(persona, "GET", world.address(endpoint))
        assert world.written() == before

"""Nothing changes without a form of ours: no foreign request does, and no address does by being opened."""

import io

import pytest
import sqlalchemy as sa
from architecture.world import SECURE, reviewed_doors, standing_world

DOORS = {door.endpoint: door for door in reviewed_doors()}
# Programs have no cookie that another site could use: see below.
BY_PROGRAMS = [door for endpoint, door in DOORS.items() if endpoint.startswith("api.")]
CHANGING = [endpoint for endpoint, door in DOORS.items() if "POST" in door.methods and not endpoint.startswith("api.")]


@pytest.fixture(scope="module")
def world(app):
    with standing_world(app) as world:
        yield world


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


@pytest.mark.parametrize("endpoint", CHANGING)
def test_foreign_request_changes_nothing(protected, endpoint):
    persona, address = persona_for(endpoint), protected.address(endpoint)
    answers = {}
    with protected.undone():
        before = protected.digest()
        for name, attack in attacks(protected, persona).items():
            aim = address + ("&" if "?" in address else "?") + attack.pop("query", "")
            answers[name] = protected.request(persona, "POST", aim, **attack).status_code
        after = protected.digest()
    assert after == before
    assert answers == dict.fromkeys(answers, 400)


@pytest.mark.parametrize("endpoint", CHANGING)
def test_own_form_comes_through(protected, endpoint):
    persona, address = persona_for(endpoint), protected.address(endpoint)
    own = {"csrf_token": protected.csrf_token()}
    with protected.undone():
        plain = protected.request(persona, "POST", address, data=own)
    with protected.undone():
        secure = protected.request(
            persona, "POST", address, data=own, headers={"Referer": "https://localhost/en/"}, **SECURE
        )
    expected = 404 if DOORS[endpoint].expected[persona] == "missing" else plain.status_code
    assert plain.status_code == secure.status_code == expected != 400


def test_cookie_opens_nothing_of_the_api(protected):
    with protected.undone():
        before = protected.digest()
        for door in (door for door in BY_PROGRAMS if door.permission != "public"):
            persona, address = persona_for(door.endpoint), protected.address(door.endpoint)
            cookie, csrf = protected.cookie(persona), {"X-CSRFToken": protected.csrf_token()}
            for attack in ({"json": {}}, {"data": {"csrf_token": csrf["X-CSRFToken"]}}):
                answer = protected.request(
                    "visitor", door.methods[0], address, headers={"Cookie": cookie, **csrf}, **attack
                )
                assert answer.status_code == 401, door.endpoint
        assert protected.digest() == before


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
        before = protected.digest()
        assert [protected.request("organizer", "POST", address, **attack).status_code for attack in attacks] == [
            400
        ] * 4
        assert protected.digest() == before
        assert protected.request("submitter", "POST", address, **multipart(token)).status_code == 403
        assert protected.digest() == before
        assert protected.request("organizer", "POST", address, **multipart(token)).status_code == 303
        assert protected.digest() != before


def test_digest_sees_every_change_but_the_use_of_a_sign_in(world):
    with world.undone():
        before = world.digest()
        world.connection.execute(sa.text("UPDATE sign_in SET seen_at = now() - interval '1 hour'"))
        assert world.digest() == before
        for change in (
            "UPDATE person SET scheme = 'dark' WHERE id = (SELECT min(id) FROM person)",
            "DELETE FROM support",
            "INSERT INTO failed_sign_in (email_hash, at) VALUES ('x', now())",
            "DELETE FROM procrastinate_jobs",
        ):
            if world.connection.execute(sa.text(change)).rowcount:
                changed = world.digest()
                assert changed != before
                before = changed


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, door in DOORS.items() if "GET" in door.methods])
def test_opening_an_address_changes_nothing(world, endpoint, is_full):
    with world.undone():
        # Everybody came an hour ago: that they are here now is the one thing that may be remembered.
        world.connection.execute(sa.text("UPDATE sign_in SET seen_at = now() - interval '1 hour'"))
        before = world.digest()
        for persona in DOORS[endpoint].asked_by(is_full=is_full):
            world.request(persona, "GET", world.address(endpoint))
        assert world.digest() == before

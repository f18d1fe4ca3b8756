"""The same strict headers with every answer, and an error page that people can read for every status."""

import re
from dataclasses import dataclass, field

import pytest

from architecture.world import ENDPOINTS, PERSONAS, SECURE, is_tenth, reviewed_doors
from solicit import create_app
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings
from solicit.web.errors import PAGES

DOORS = {door.endpoint: door for door in reviewed_doors()}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STRICT = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What a browser may keep, as long as it asks each time whether it is still right.
KEPT = {"topics.points": "private, no-cache"}
TELLTALE = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Strict-Transport-Security")
NOBODY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2"


def lax(answer, *, is_file: bool = False, kept: str = "no-store") -> list[str]:
    """What is missing in the headers of an answer, or too much."""
    headers = answer.headers
    wrong = [name for name, value in STRICT.items() if headers.getlist(name) != [value]]
    wrong += [name for name in TELLTALE if name in headers]
    if not is_file:
        wrong += ["Cache-Control"] if headers.get("Cache-Control") != kept else []
        wrong += ["Vary"] if "Cookie" not in answer.vary else []
    return wrong


def broken(**view_args):
    raise ZeroDivisionError


@pytest.mark.parametrize("endpoint", DOORS)
def test_every_answer_of_a_door_is_strict(world, endpoint, monkeypatch, is_full):
    door, address = DOORS[endpoint], world.address(endpoint)
    others = ("PUT", "DELETE", "TRACE", *(() if endpoint.startswith("api.") else ("PATCH",)))
    is_whole, turn = is_full or is_tenth(endpoint), ENDPOINTS.index(endpoint) % len(others)
    others = others if is_whole else others[turn : turn + 1]
    people = door.asked_by(is_full=False)
    asked = [(persona, method) for persona in people for method in door.methods]
    asked += [(persona, method) for persona in people if is_whole for method in ("HEAD", "OPTIONS")]
    with world.undone():
        answers = [world.request(persona, method, address) for persona, method in asked]
        answers += [world.request("visitor", method, address) for method in others]
        monkeypatch.setitem(world.app.view_functions, endpoint, broken)
        answers.append(world.request("organizer", door.methods[0], address))
    is_file = endpoint == "static"
    assert [
        (answer.status_code, wrong)
        for answer in answers
        if (wrong := lax(answer, is_file=is_file and answer.status_code == 200, kept=kept_of(endpoint, answer)))
    ] == []
    refused = answers[-len(others) - 1 : -1]
    assert {answer.status_code for answer in refused} == {405}
    assert all(set(others).isdisjoint(answer.allow) for answer in refused)
    assert answers[-1].status_code == 500


def kept_of(endpoint: str, answer) -> str:
    is_read = answer.status_code == 200 and answer.request.method in ("GET", "HEAD")
    usual = "private, no-cache" if endpoint.startswith("api.") and answer.is_json else "no-store"
    return KEPT.get(endpoint, usual) if is_read else "no-store"


IN_JSON = {"application/json", "application/problem+json"}


def test_api_never_answers_with_what_a_browser_would_show_as_a_page(world, monkeypatch):
    """A text that somebody wrote stands unescaped in JSON: that is safe only where nothing takes it for HTML."""
    strange = ["/api/v1/none", "/api/v1/calls/none/questions", "/api/v1/calls?cursor=%3Cb%3E", "/api/v1/calls/%00"]
    asked = [("visitor", "GET", address) for address in strange]
    for endpoint, door in DOORS.items():
        if endpoint.startswith("api.") or endpoint == "reference.document":
            methods = (*door.methods, "PUT", "HEAD", "OPTIONS")
            asked += [(p, m, world.address(endpoint)) for p in ("visitor", "owner", "organizer") for m in methods]
    with world.undone():
        answers = [world.request(*each) for each in asked]
        monkeypatch.setitem(world.app.view_functions, "api.calls.index", broken)
        answers.append(world.request("visitor", "GET", "/api/v1/calls"))
    wrong = [
        (answer.request.method, answer.request.path, answer.status_code, answer.content_type)
        for answer in answers
        if answer.data and answer.mimetype not in IN_JSON and "attachment" not in str(answer.headers)
    ]
    assert wrong == []
    assert {answer.status_code for answer in answers} >= {200, 401, 403, 404, 405, 422, 500}
    assert [lax(answer, kept=answer.headers["Cache-Control"]) for answer in answers] == [[]] * len(answers)


@pytest.mark.full
def test_answers_of_every_class_were_looked_at(world):
    seen = set()
    for endpoint, door in DOORS.items():
        with world.undone():
            seen |= {
                world.request(p, door.methods[0], world.address(endpoint)).status_code // 100
                for p in door.asked_by(is_full=False)
            }
    assert seen == {2, 3, 4}


def test_files_may_be_kept_and_pages_not(world):
    file = world.request("organizer", "GET", world.address("static"))
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in file.vary
    assert "Set-Cookie" not in file.headers
    again = world.request("organizer", "GET", world.address("static"), headers={"If-None-Match": file.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, file.headers["Cache-Control"])
    missing = world.request("organizer", "GET", world.address("static", filename="css/none.css"))
    assert (missing.status_code, lax(missing)) == (404, [])


def test_encrypted_answers_ask_for_encryption_from_then_on(world):
    answer = world.request("visitor", "GET", world.address("calls.page"), **SECURE)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_forwarded_headers_of_a_direct_client_change_nothing(world):
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "10.0.0.1"}
    answer = world.request("visitor", "GET", world.address("submissions.mine"), headers=forged)
    assert (answer.status_code, lax(answer)) == (303, [])
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("persona", PERSONAS)
def test_cookie_is_for_our_pages_only(world, persona):
    with world.undone():
        answer = world.request(persona, "POST", world.address("people.sign_out"))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie


@dataclass(frozen=True)
class Trouble:
    """A request that ends in an error."""

    persona: str
    method: str
    endpoint: str
    sent: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)


TROUBLES = {
    400: Trouble("visitor", "GET", "questions.index", dict(query_string={"q": "a\x00b"})),
    401: Trouble("visitor", "POST", "submissions.revive"),
    403: Trouble("administrator", "GET", "reports.dashboard"),
    404: Trouble("organizer", "GET", "panels.panel", changes={"panel_id": 999_999}),
    405: Trouble("organizer", "PUT", "reports.dashboard"),
    409: Trouble("organizer", "POST", "questions.undo_verdict"),
    410: Trouble("visitor", "GET", "people.confirm"),
    413: Trouble("owner", "POST", "submissions.new", dict(data={"title": "x" * 600_000})),
    415: Trouble("owner", "POST", "submissions.new", dict(data={"x": "1"}, headers={"Content-Encoding": "gzip"})),
    422: Trouble("owner", "POST", "submissions.revive"),
}


@pytest.mark.parametrize("code", TROUBLES)
def test_error_is_a_page_to_read(world, code):
    trouble = TROUBLES[code]
    with world.undone():
        address = world.address(trouble.endpoint, **trouble.changes)
        answer = world.request(trouble.persona, trouble.method, address, **trouble.sent)
    assert answer.status_code == code
    assert_readable(answer)


def test_too_many_wrong_passwords_are_429(world):
    email = "nobody-we-know@example.org"
    with world.undone():
        answers = [
            world.request(
                "visitor", "POST", world.address("people.sign_in"), data={"email": email, "password": "wrong"}
            )
            for _ in range(7)
        ]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert_readable(answers[-1])


def test_fault_of_ours_is_500_with_a_reference(world, monkeypatch):
    monkeypatch.setitem(world.app.view_functions, "calls.methods", broken)
    answer = world.request("visitor", "GET", world.address("calls.methods"))
    assert answer.status_code == 500
    assert re.search(r"<code>[0-9a-f]{8}</code>", answer.text)
    assert "ZeroDivisionError" not in answer.text
    assert_readable(answer)


@pytest.mark.parametrize("path", ["/", "/en/a-call/", "/a-call/organize"])
def test_database_that_does_not_answer_is_503(tmp_path, path):
    app = create_app(Settings(instance_dir=tmp_path, testing=True), DatabaseUrls(app=NOBODY, owner=NOBODY))
    answer = app.test_client().get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "nobody" not in answer.text
    assert_readable(answer)


def test_every_error_page_was_provoked():
    assert {*TROUBLES, 429, 500, 503} == set(PAGES)


def assert_readable(answer) -> None:
    assert lax(answer) == []
    assert answer.mimetype == "text/html"
    assert len(re.findall(r"<h1\b", answer.text)) == 1
    assert '<html lang="en"' in answer.text and "<title>" in answer.text
    assert "Traceback" not in answer.text and "psycopg" not in answer.text

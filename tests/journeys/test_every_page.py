"""Every page in Chromium: nothing for axe to find, nothing wider than the window, no word on the console.

The browser's requests are answered by the application in this process, on the world that tests of doors use.
Longer words, another direction, a phone and a dark scheme are tried together; ``--full`` tries all of them.
"""

from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from architecture.pseudo_world import pseudo_world, speak
from architecture.world import reviewed_doors
from axe_playwright_python.sync_playwright import Axe
from pseudo_locale import PSEUDO, PSEUDO_RTL

pytestmark = pytest.mark.browser

DOORS = {door.endpoint: door for door in reviewed_doors() if "GET" in door.methods and door.endpoint != "static"}
HOST = "http://localhost"


@dataclass(frozen=True)
class View:
    """How a page is looked at."""

    width: int
    language: str
    scheme: str


PHONE = View(320, PSEUDO_RTL, "dark")
MORE = tuple(
    View(width, language, scheme)
    for width in (320, 1280)
    for language in (PSEUDO, PSEUDO_RTL)
    for scheme in ("light", "dark")
)
VIEWS = [
    pytest.param(view, marks=() if view == PHONE else pytest.mark.full, id="-".join(map(str, astuple(view))))
    for view in MORE
]


@pytest.fixture(scope="module")
def world(make_database, tmp_path_factory):
    with pseudo_world(make_database, tmp_path_factory) as world:
        yield world


@pytest.fixture(scope="module")
def windows(chromium):
    """One window per view, kept for the whole module."""
    opened = {}

    def window(view: View):
        if view not in opened:
            context = chromium.new_context(
                viewport={"width": view.width, "height": 800}, color_scheme=view.scheme, base_url=HOST
            )
            opened[view] = context.new_page()
        return opened[view]

    yield window
    for page in opened.values():
        page.context.close()


@pytest.fixture(scope="module")
def files() -> dict:
    """Answers that a browser may keep for ever, which a browser that is answered here does not do by itself."""
    return {}


def answer_from(world, persona: str, files: dict):
    """Let the application answer what the browser asks for, as this person."""

    def answer(route):
        parts = urlsplit(route.request.url)
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        got = files.get(address)
        if got is None:
            with world.app.app_context():  # the browser's turn has a context of its own
                got = world.request(persona, route.request.method, address)
            if "immutable" in got.headers.get("Cache-Control", ""):
                files[address] = got
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.data)

    return answer


def complaints_about(page) -> list[str]:
    found = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{too_wide} px wider than the window"] if too_wide > 0 else [])


def html_persona(world, endpoint: str) -> str | None:
    """Somebody to whom this door shows a page."""
    for persona in DOORS[endpoint].personas("open"):
        answer = world.request(persona, "GET", world.address(endpoint))
        if answer.status_code == 200 and answer.mimetype == "text/html" and "<html" in answer.text:
            return persona
    return None


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("endpoint", DOORS)
def test_page_is_in_order(world, windows, files, endpoint, view):
    complaints = []
    with world.undone():
        persona = html_persona(world, endpoint)
        if persona is None:
            return
        speak(world, view.language)
        world.connection.execute(sa.text("UPDATE person SET scheme = NULL"))
        page = windows(view)
        said = lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None  # noqa: E731
        page.on("console", said)
        page.route("**/*", answer_from(world, persona, files))
        page.goto(world.address(endpoint, lang=view.language))
        page.wait_for_load_state("load")
        complaints += complaints_about(page)
        page.unroute("**/*")
        page.remove_listener("console", said)
    assert complaints == []


def test_what_is_wrong_with_a_page_is_found(windows):
    page = windows(View(320, "en", "light"))
    page.set_content("<html><body><img><p style='width: 400px'>Wide</p></body></html>")
    found = complaints_about(page)
    assert any(complaint.startswith("image-alt") for complaint in found)
    assert any("wider than the window" in complaint for complaint in found)

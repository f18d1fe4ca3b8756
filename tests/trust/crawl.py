"""Everything that a person can be shown: every address with every thing, every link, choice, refusal and letter."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import sqlalchemy as sa
from architecture.world import reviewed_doors
from trust.pages import Form, Page
from trust.worlds import Planted
from werkzeug.test import TestResponse

from solicit.db import Base, db
from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message

DOORS = {door.endpoint: door for door in reviewed_doors()}
FORMATS = ("csv", "xlsx", "json", "bib", "ris", "atom", "pdf", "docx")
# Where the name of a thing in an address is not that of its table.
LISTED = {
    "label": "SELECT CASE kind WHEN 'plan' THEN 'P-' ELSE 'Q-' END || number FROM question WHERE number IS NOT NULL",
    "reference": "SELECT reference FROM submission",
    "draft": "SELECT reference FROM submission WHERE state = 'draft'",
    "request_id": "SELECT id FROM co_author",
    "new_question_id": "SELECT id FROM question",
    "pair_id": "SELECT id FROM duplicate_pair",
    "report_id": "SELECT id FROM problem_report",
    "group_id": "SELECT DISTINCT canonical_id FROM duplicate_group",
    "summary_id": "SELECT id FROM question WHERE is_summary",
    "grouping_id": "SELECT id FROM topic_run",
    "decision_id": "SELECT id FROM screening_decision",
    "reason_id": "SELECT id FROM out_of_scope_reason",
    "batch_id": "SELECT id FROM import_batch",
    "mail_id": "SELECT id FROM outbox_mail",
    "run": "SELECT id FROM ranking_run",
    "run_id": "SELECT id FROM ranking_run",
    "selection": "SELECT id FROM selection",
    "person_id": "SELECT DISTINCT person_id FROM panelist",
}


@dataclass(frozen=True)
class Request:
    """One knock at a door; what it changes is undone."""

    method: str
    address: str
    data: dict | None = None
    content_type: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def ask(planted: Planted, persona: str, request: Request) -> TestResponse:
    extra = {"content_type": request.content_type} if request.content_type else {}
    if request.method in ("GET", "HEAD", "OPTIONS"):  # by being opened, no address changes anything
        return planted.request(persona, request.method, request.address)
    with planted.undone():
        return planted.request(persona, request.method, request.address, data=request.data, **extra)


def page_of(request: Request, answer: TestResponse) -> Page | None:
    if answer.status_code == 200 and answer.mimetype == "text/html":
        return Page(request.address, answer.text)
    return None


def own_addresses(planted: Planted, persona: str) -> list[str]:
    """Every page of the address map, for the things of the call that the person knows and for the sealed question."""
    world, hidden = planted.world, planted.hidden
    if persona.startswith("other_"):
        return [world.address(endpoint, **world.foreign) for endpoint in pages()]
    sealed = {"label": hidden.sealed_label, "question_id": hidden.sealed_id}
    found = []
    for endpoint in pages():
        found.append(world.address(endpoint))
        changes = {name: value for name, value in sealed.items() if name in world.asks_for(endpoint)}
        found += [world.address(endpoint, **changes)] if changes else []
    return list(dict.fromkeys(found))


def all_addresses(planted: Planted, persona: str) -> list[str]:
    """Every page of the address map for every thing there is, one thing changed at a time; and every kind of file."""
    world, listed = planted.world, listed_things(planted)
    found = own_addresses(planted, persona)
    for endpoint in pages():
        for name in sorted(world.asks_for(endpoint)):
            for value in FORMATS if name == "file_format" else listed.get(name, ()):
                found.append(world.address(endpoint, **{name: value}))
    return list(dict.fromkeys(found))


def pages() -> list[str]:
    return [endpoint for endpoint, door in DOORS.items() if "GET" in door.methods and endpoint != "static"]


def listed_things(planted: Planted) -> dict[str, list]:
    """Every thing there is, by the name that addresses use for it."""
    things = {}
    for name in planted.world.things:
        table = name.removesuffix("_id")
        statement = LISTED.get(name) or (f"SELECT id FROM {table}" if table in Base.metadata.tables else None)
        if statement:
            things[name] = sorted(planted.world.connection.scalars(sa.text(statement)).all())
    return things


def walk(planted: Planted, persona: str, start: list[str], *, most: int) -> Iterator[tuple[Request, TestResponse]]:
    """Open the addresses, then whatever they lead to, each once, at most so many in all."""
    waiting, known = list(start), set(start)
    for n in range(most):
        if n >= len(waiting):
            return
        request = Request("GET", waiting[n])
        answer = ask(planted, persona, request)
        yield request, answer
        page = page_of(request, answer)
        for address in page.addresses() if page else ():
            if address not in known and address.startswith("/") and not address.startswith("/static/"):
                known.add(address)
                waiting.append(address)


def forms_of(planted: Planted, persona: str, addresses: list[str]) -> list[Form]:
    """Every form that the person is offered on these pages, each once."""
    found: dict[tuple, Form] = {}
    for address in addresses:
        request = Request("GET", address)
        page = page_of(request, ask(planted, persona, request))
        for form in page.forms if page else ():
            if form.method == "post":
                found[form.action, tuple(each.name for each in form.fields)] = form
    return list(found.values())


def refusals(planted: Planted) -> list[Request]:
    """Requests that are refused: nothing sent, nonsense sent, too much, a wrong method, a page that is none."""
    world, found = planted.world, []
    for endpoint, door in DOORS.items():
        if endpoint == "static":
            continue
        address = world.address(endpoint)
        if "POST" in door.methods:
            found.append(Request("POST", address, {}))
            found.append(Request("POST", address, dict.fromkeys(("title", "text", "reason", "state", "version"), "x")))
            found.append(Request("POST", address, {"x": "y" * 2_100_000}))
        found.append(Request("PUT", address))
        if "GET" in door.methods:
            found.append(
                Request("GET", address + ("&" if "?" in address else "?") + "page=-1&sort=nonsense&theme=none")
            )
    return [
        *found,
        Request("GET", "/en/no-such-page"),
        Request("GET", "/en/%00"),
        Request("GET", f"/{quote('é' * 300)}"),
    ]


def letters_to(planted: Planted, persona: str, *, after: int = 0) -> Iterator[tuple[str, bytes]]:
    """The letters in the outbox to a person, as they would leave the house."""
    address = sa.text("SELECT email FROM person WHERE id = :id")
    email = db.session.scalar(address, {"id": planted.world.people[persona]}) if persona != "visitor" else None
    wanted = sa.select(OutboxMail).where(OutboxMail.recipient == email, OutboxMail.id > after, OutboxMail.params != {})
    for mail in db.session.scalars(wanted.order_by(OutboxMail.id)).all():
        yield mail.kind, _message(mail).message().as_bytes()

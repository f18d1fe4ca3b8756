"""Everything that a person can be shown: every address with every thing, every link, choice, refusal and letter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import sqlalchemy as sa
from architecture.world import reviewed_doors
from werkzeug.routing import AnyConverter
from werkzeug.test import TestResponse

from solicit.db import Base, db
from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message
from trust.pages import Form, Page
from trust.worlds import Planted

DOORS = {door.endpoint: door for door in reviewed_doors()}
# A wrong method and too much are refused before it is known whose door it is: at every tenth one.
BEFORE_ANY_DOOR = 10
# Where the name of a thing in an address is not that of its table.
LISTED = {
    "label": "SELECT CASE kind WHEN 'plan' THEN 'P-' ELSE 'Q-' END || number FROM question"
    " WHERE number IS NOT NULL ORDER BY id",
    "reference": "SELECT reference FROM submission ORDER BY id",
    "draft": "SELECT reference FROM submission WHERE state = 'draft' ORDER BY id",
    "request_id": "SELECT id FROM co_author ORDER BY 1",
    "new_question_id": "SELECT id FROM question ORDER BY 1",
    "pair_id": "SELECT id FROM duplicate_pair ORDER BY 1",
    "report_id": "SELECT id FROM problem_report ORDER BY 1",
    "group_id": "SELECT DISTINCT canonical_id FROM duplicate_group ORDER BY 1",
    "summary_id": "SELECT id FROM question WHERE is_summary ORDER BY 1",
    "grouping_id": "SELECT id FROM topic_run ORDER BY 1",
    "decision_id": "SELECT id FROM screening_decision ORDER BY 1",
    "reason_id": "SELECT id FROM out_of_scope_reason ORDER BY 1",
    "batch_id": "SELECT id FROM import_batch ORDER BY 1",
    "mail_id": "SELECT id FROM outbox_mail ORDER BY 1",
    "token_id": "SELECT id FROM api_token ORDER BY 1",
    "ranking_id": "SELECT id FROM ranking_run ORDER BY 1",
    "run": "SELECT id FROM ranking_run ORDER BY 1",
    "run_id": "SELECT id FROM ranking_run ORDER BY 1",
    "selection": "SELECT id FROM selection ORDER BY 1",
    "candidate_id": "SELECT DISTINCT person_id FROM selection_candidate ORDER BY 1",
    "person_id": "SELECT DISTINCT person_id FROM panelist ORDER BY 1",
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


def get(address: str) -> Request:
    return Request("GET", address)


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
    """Every page of the address map, for the things of the call that the person knows and for those with canaries."""
    world, hidden = planted.world, planted.hidden
    if persona.startswith("other_"):
        return [world.address(endpoint, **world.foreign) for endpoint in pages()]
    sealed = {
        "label": hidden.sealed_label,
        "question_id": hidden.sealed_id,
        "reference": hidden.sealed_reference,
        "person_id": hidden.peers[0],
        "invitation_id": hidden.invitation_id,
    }
    # Its author agreed to be named.
    found = [world.address("questions.page", label=hidden.near_label)]
    # Only the desk shows what was taken back.
    found.append(world.address("questions.screen", question_id=hidden.withdrawn_id))
    for endpoint in pages():
        found.append(world.address(endpoint))
        changes = {name: value for name, value in sealed.items() if name in world.asks_for(endpoint)}
        found += [world.address(endpoint, **changes)] if changes else []
    return list(dict.fromkeys(found))


def thing_addresses(planted: Planted, endpoints: Iterable[str], *, newest: int | None = None) -> list[str]:
    """The pages of endpoints for every thing there is, or the newest ones of each kind, one thing changed at a time."""
    world, listed = planted.world, listed_things(planted)
    found = []
    for endpoint in endpoints:
        for name in sorted(world.asks_for(endpoint)):
            values = named_in_rules(planted, endpoint, name) or listed.get(name, [])[-(newest or 0) :]
            found += [world.address(endpoint, **{name: value}) for value in values]
    return list(dict.fromkeys(found))


def endpoints_shown(planted: Planted, asked: Iterable[tuple[Request, int]]) -> list[str]:
    """The endpoints that showed a person anything, by the status of each request."""
    adapter = planted.world.app.url_map.bind("localhost")
    paths = {urlsplit(request.address).path for request, status in asked if status == 200}
    return sorted({adapter.match(path, "GET")[0] for path in paths} & set(pages()))


def named_in_rules(planted: Planted, endpoint: str, name: str) -> list[str]:
    """The words that an address takes where it takes only some: formats of files, answers, steps."""
    converters = [rule._converters.get(name) for rule in planted.world.app.url_map.iter_rules(endpoint)]
    return sorted({word for each in converters if isinstance(each, AnyConverter) for word in each.items})


def pages() -> list[str]:
    return [endpoint for endpoint, door in DOORS.items() if "GET" in door.methods and endpoint != "static"]


def listed_things(planted: Planted) -> dict[str, list]:
    """Every thing there is, by the name that addresses use for it, the newest last."""
    things = {}
    for name in planted.world.things:
        table = name.removesuffix("_id")
        has_id = table in Base.metadata.tables and "id" in Base.metadata.tables[table].columns
        statement = LISTED.get(name) or (f"SELECT id FROM {table} ORDER BY id" if has_id else None)
        if statement:
            things[name] = planted.world.connection.scalars(sa.text(statement)).all()
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
    for n, (endpoint, door) in enumerate(DOORS.items()):
        if endpoint == "static":
            continue
        address = world.address(endpoint)
        if "POST" in door.methods:
            found.append(Request("POST", address, {}))
            found.append(Request("POST", address, dict.fromkeys(("title", "text", "reason", "state", "version"), "x")))
        if n % BEFORE_ANY_DOOR == 0:
            found += [Request("PUT", address), Request("POST", address, {"x": "y" * 2_100_000})]
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
    letters = [(mail.kind, _message(mail)) for mail in db.session.scalars(wanted.order_by(OutboxMail.id)).all()]
    db.session.remove()  # its savepoint would end with the next request, and take that one's along
    for kind, message in letters:
        yield kind, message.message().as_bytes()

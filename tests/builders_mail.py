"""Letters for tests: something for every value that one speaks of, and its page taken apart."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

from aiosmtpd.controller import Controller
from builders_people import Mailbox
from jinja2 import meta

from solicit.clock import utcnow
from solicit.mail.letters import Letter, read_letter
from solicit.mail.models import OutboxMail
from solicit.mail.states import STOPPABLE, MailState, Problem
from solicit.web.files import files_dir

LETTERS = Path(files_dir("templates")) / "mail"
WRITTEN = sorted(path.stem for path in LETTERS.glob("*.jinja"))
WORDS = {"subject", "p", "quote", "written", "action", "link", "why", "_", "ngettext", "public_url", "ours", "lang"}
OURS = {
    "activity": "comparing",
    "max_load": 40,
    "is_chair": True,
    "call_slug": "deep-space",
    "contact": "desk@calls.example",
    "job": "Group the questions into topics",
    "label": "Q-1203",
    "outcome": "something was done",
    "reference": "S-7F3K-9Q2M",
}
HEADERS = {
    "Content-Type", "Content-Language", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
}  # fmt: skip
# What a person could call themselves, or type as an address, to write further headers or receivers.
HOSTILE = {
    "CR": "Ada\rBcc: evil@example.org",
    "LF": "Ada\nBcc: evil@example.org",
    "CRLF": "Ada\r\nBcc: evil@example.org\r\n\r\nhello",
    "NUL": "Ada\0Bcc: evil@example.org",
    "VT": "Ada\x0bBcc: evil@example.org",
    "FF": "Ada\x0cBcc: evil@example.org",
    "NEL": "Ada\x85Bcc: evil@example.org",
    "LS": "Ada\u2028Bcc: evil@example.org",
    "surrogate": "Ada\ud800Bcc: evil@example.org",
    "bidi": "Ada\u202eBcc: evil@example.org",
    "encoded": "=?utf-8?q?Ada=0D=0ABcc:_evil@example.org?=",
    "encoded in halves": "=?utf-8?q?Ada=0D=0A?= =?utf-8?q?Bcc:_evil@example.org?=",
    "long": "Bcc: evil@example.org " * 500,
    "display": 'Ada" <evil@example.org>, "Ada',
    "comma": "ada@example.org, evil@example.org",
    "two @": "ada@example.org@evil.example",
    "IDN": "Ada <evil@exämple.org>",
    "route": "<@evil.example:ada@example.org>",
}
THEIRS = "Is <b>dust</b> & ice one thing? See www.evil.example or http://evil.example/x"


@contextmanager
def listening(mailbox: Mailbox) -> Iterator[int]:
    """The port of a real mail server whose letters go into a mailbox."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def some_params(app, kind: str) -> dict[str, object]:
    """A value for everything that a letter speaks of; what people could have written is THEIRS."""
    source = (LETTERS / f"{kind}.jinja").read_text()
    names = meta.find_undeclared_variables(app.jinja_env.parse(source)) - WORDS
    return {name: _some_value(name) for name in names}


def _some_value(name: str) -> object:
    if name.startswith("n_"):
        return 2
    if name.endswith("path"):
        return f"/en/{name}"
    return OURS.get(name, THEIRS)


def some_letter(app, kind: str, locale: str = "en", **changes) -> Letter:
    stop_path = "/en/mail/stop/a-token" if kind in STOPPABLE else ""
    return read_letter(kind, params=some_params(app, kind) | changes, locale=locale, stop_path=stop_path)


def make_letter(session, *, state: MailState = MailState.SENT, **values) -> OutboxMail:
    """A letter in the outbox, without a job that sends it."""
    now = values.pop("now", utcnow())
    defaults = dict(
        kind="submission_received",
        recipient="reader@example.org",
        locale="en",
        params={},
        message_id=secrets.token_hex(16),
        state=state,
        created_at=now,
        sent_at=now if state is MailState.SENT else None,
    )
    mail = OutboxMail(**defaults | values)
    session.add(mail)
    session.flush()
    return mail


def make_failed_letter(session, *, call_id: int) -> int:
    return make_letter(session, state=MailState.FAILED, problem=Problem.REFUSED, n_tries=1, call_id=call_id).id


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class MailPage(HTMLParser):
    """The elements of a page in their order, and the text of its body."""

    source: str
    elements: list[Element] = field(default_factory=list)
    open_elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        assert self.open_elements == []

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open_elements.append(self.elements[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.open_elements.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.open_elements:
            element.text += data + " "


@dataclass
class MailServer(Mailbox):
    """A mail server that says what a test tells it to, by the name of the command; else it takes everything."""

    answers: dict[str, str] = field(default_factory=dict)
    stops_at: str = ""
    on_data: Callable[[], None] | None = None

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802 - aiosmtpd's name
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.answers:
            return self.answers["DATA"]
        await super().handle_DATA(server, session, envelope)
        if self.on_data:
            self.on_data()
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.stops_at == "QUIT":
            await asyncio.sleep(3)
        return "221 Bye"

    def forget(self) -> None:
        self.envelopes.clear()
        self.answers, self.stops_at, self.on_data = {}, "", None

    def mail(self, number: int = -1) -> EmailMessage:
        return BytesParser(policy=default).parsebytes(self.envelopes[number].content)

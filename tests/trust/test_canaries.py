"""The oracle itself: it finds a canary in whatever carries it, and cries for nothing else."""

import base64
import gzip
import hashlib
import io
import json
import quopri
import unicodedata
import zipfile
import zlib
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html import escape
from urllib.parse import quote, quote_plus

import pytest
import typst
import xlsxwriter
from itsdangerous import URLSafeTimedSerializer

from trust.canaries import Canary, fields_in

NAME = Canary("author_name")
ADDRESS = Canary("author_address")
KNOWN = (NAME, ADDRESS)
NOWHERE = "no-packages"


def workbook(*, author: str = "", comment: str = "", hidden: str = "", cell: str = "") -> bytes:
    """A spreadsheet with a text in one of the places that people forget."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"author": author})
        sheet, second = book.add_worksheet("Questions"), book.add_worksheet("Notes")
        second.hide()
        second.write_string(0, 0, hidden)
        sheet.write_string(0, 0, cell)
        if comment:
            sheet.write_comment(0, 0, comment)
    return file.getvalue()


def archive(text: str, *, name: str = "a.txt") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(name, text)
    return file.getvalue()


def letter(text: str, charset: str = "utf-8") -> bytes:
    message = MIMEMultipart("alternative")
    message["Subject"] = "A letter"
    message.attach(MIMEText(text, "plain", charset))
    return message.as_bytes()


def pdf(text: str) -> bytes:
    return b"%PDF-1.7\n1 0 obj\nstream\n" + zlib.compress(f"({text}) Tj".encode()) + b"\nendstream\n%%EOF"


def document(text: str) -> bytes:
    """A PDF as ours are made."""
    return typst.compile(
        b"#sys.inputs.text", format="pdf", sys_inputs={"text": text}, package_path=NOWHERE, package_cache_path=NOWHERE
    )


def cookie(text: str) -> str:
    signer = URLSafeTimedSerializer("a secret", salt="cookie-session")
    return f"session={signer.dumps({'typed': text, 'padding': 'x' * 200})}; HttpOnly"


# What carries a text in the body, or in a header.
BODIES = {
    "raw": str.encode,
    "html entities": lambda text: escape(text).encode("ascii", "xmlcharrefreplace"),
    "json escapes": lambda text: json.dumps({"x": text}).encode(),
    "percent-encoding": lambda text: f'<a href="/x?q={quote_plus(text)}">'.encode(),
    "quoted-printable": lambda text: b"Subject: x\r\n\r\n" + quopri.encodestring(text.encode()),
    "base64 part": letter,
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "slug": lambda text: unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").replace(b" ", b"-"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zip member": archive,
    "zip member's name": lambda text: archive("", name=text.replace(" ", "_") + ".txt"),
    "core properties": lambda text: workbook(author=text),
    "cell comment": lambda text: workbook(comment=text),
    "hidden sheet": lambda text: workbook(hidden=text),
    "cell": lambda text: workbook(cell=text),
    "pdf stream": pdf,
    "document": document,
    "utf-16": lambda text: text.encode("utf-16"),
    "html comment": lambda text: f"<p>x</p><!-- by {text} -->".encode(),
    "twice encoded": lambda text: escape(json.dumps(text)).encode(),
}
HEADERS = {
    "content disposition": lambda text: ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(text)}"),
    "etag": lambda text: ("ETag", '"' + base64.urlsafe_b64encode(text.encode()).decode() + '"'),
    "encoded word": lambda text: ("Reply-To", Header(text, "utf-8").encode()),
    "cookie": lambda text: ("Set-Cookie", cookie(text)),
    "location": lambda text: ("Location", f"/en/x?next={quote(quote(text))}"),
}
CLEAN = [
    "<p>Zqx is three letters, and qv two; O'Brien is a name, and Ünï is none.</p>",
    json.dumps({"question": "Où est l’eau ? \u00fc", "n": 3}),
    "%PDF and PK and =?utf-8?q?nothing?= and =C3=BC and %41%42 stand here as words.",
    base64.b64encode(bytes(range(256))).decode(),
    hashlib.sha256(b"somebody@example.org").hexdigest(),
    "%ZZ &unknown; \\u12 =?x?= =G1",
]


@pytest.mark.parametrize("token", ["plain", "odd"])
@pytest.mark.parametrize("carrier", BODIES)
def test_oracle_finds_a_canary_in_every_body(carrier, token):
    assert fields_in(BODIES[carrier](getattr(NAME, token)), [], KNOWN) == {NAME.field}


@pytest.mark.parametrize("token", ["plain", "odd"])
@pytest.mark.parametrize("carrier", HEADERS)
def test_oracle_finds_a_canary_in_every_header(carrier, token):
    assert fields_in(b"", [HEADERS[carrier](getattr(NAME, token))], KNOWN) == {NAME.field}


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256"])
def test_oracle_finds_an_address_by_its_digest(digest):
    picture = f"https://pictures.example/{hashlib.new(digest, ADDRESS.address.encode()).hexdigest()}?s=80"
    assert fields_in(picture.encode(), [], KNOWN) == {ADDRESS.field}


def test_oracle_tells_canaries_apart():
    canaries = [Canary("name"), Canary("author_name"), Canary("co_author_name")]
    for canary in canaries:
        assert fields_in(canary.text.encode(), [], canaries) == {canary.field}


def test_oracle_cries_for_nothing_clean(record_property):
    alarms = [fields_in(text.encode(), [("X-Text", text)], KNOWN) for text in CLEAN]
    alarms += [fields_in(make(text), [], KNOWN) for make in BODIES.values() for text in CLEAN]
    assert alarms == [set()] * len(alarms)
    n_carriers = len(BODIES) + len(HEADERS) + 3
    record_property("trust", f"oracle: {n_carriers} carriers, 2 tokens, 0 alarms on {len(alarms)} clean texts")


def test_oracle_survives_what_is_broken():
    for data in (
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"%PDF-1.4 stream\n",
        b"\xff\xfe\x00",
        b"\x78\x9c",
        b"Subject: \xff\r\n",
    ):
        assert fields_in(data, [], KNOWN) == set()

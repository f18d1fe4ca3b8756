"""Canaries, and an oracle that finds them however they are written.

A canary is a text that stands in one hidden field of a world and nowhere else. A plain search for it finds next to
nothing of what leaks (TRUST.md, finding 2), so whatever an answer carries is decoded first: entities, escapes, MIME,
archives, cookies; and an address is also looked for as the digests under which the web knows people.
"""

import base64
import binascii
import email
import email.policy
import hashlib
import html
import io
import quopri
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.header import decode_header
from functools import cached_property
from urllib.parse import unquote_plus

from pypdf import PdfReader
from pypdf.errors import PyPdfError

DEEPEST = 4
MANY_BYTES = 5_000_000
PLAIN = re.compile("zqx([a-z0-9]+?)qv")
ODD = re.compile("unij([a-z0-9]+?)obrienj")
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,128}(?![0-9a-f])")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
WORD_2047 = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
SOFT_BREAK_OR_BYTE = re.compile(r"=\r?\n|=[0-9A-F]{2}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
BASE64_LINE_END = re.compile(r"(?<=[A-Za-z0-9+/]{60})\r?\n")
IS_MAIL = re.compile(
    rb"\A(?:[A-Za-z0-9-]+: .*\r?\n(?:[ \t].*\r?\n)*)*?(?:MIME-Version|Subject|From|To):", re.IGNORECASE
)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
DIGESTS = (hashlib.md5, hashlib.sha1, hashlib.sha256)


@dataclass(frozen=True)
class Canary:
    """Two tokens for one hidden field: one of ASCII letters, one of everything that encodings trip over."""

    field: str

    @property
    def key(self) -> str:
        return self.field.replace("_", "")

    @property
    def plain(self) -> str:
        return f"Zqx{self.key}Qv"

    @property
    def odd(self) -> str:
        return f"Ünïj {self.key} O'Brien-J"

    @property
    def text(self) -> str:
        return f"{self.plain} {self.odd}"

    @property
    def address(self) -> str:
        return f"{self.plain}@example.org".lower()

    @cached_property
    def digests(self) -> frozenset[str]:
        return frozenset(digest(self.address.encode()).hexdigest() for digest in DIGESTS)


def fields_in(body: bytes, headers: Iterable[tuple[str, str]], known: Iterable[Canary]) -> set[str]:
    """The fields of all ``known`` canaries that a body and its headers carry."""
    known = tuple(known)
    of_digest = {digest: canary.key for canary in known for digest in canary.digests}
    head = "\n".join(f"{name}: {value}" for name, value in headers)
    found: set[str] = set()
    for text in (*readings(body), *readings(head.encode())):
        folded = fold(text)
        found.update(PLAIN.findall(folded), ODD.findall(folded))
        found.update(of_digest[digest] for digest in DIGEST.findall(text.lower()) if digest in of_digest)
    return {canary.field for canary in known if canary.key in found}


def fold(text: str) -> str:
    """A text without case, accents, spaces and signs: what slugs, searches and file names leave of it."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", text.casefold())


def readings(data: bytes, depth: int = 0) -> Iterator[str]:
    """All texts that a receiver can make of the bytes."""
    if depth > DEEPEST:
        return
    for part in _unpacked(data):
        yield from readings(part, depth + 1)
    if IS_MAIL.match(data):
        for part in _mail_parts(data):
            yield from readings(part, depth + 1)
    plain = _as_text(data)
    yield plain
    decoded = _decoded(plain)
    if decoded != plain:
        yield decoded
    for part in _hidden_in_base64(decoded):
        yield from readings(part, depth + 1)


def _as_text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _decoded(text: str) -> str:
    """A text with its entities, escapes and encoded words resolved, twice: one may stand inside another."""
    for _ in range(2):
        text = html.unescape(text)
        text = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        text = WORD_2047.sub(_word_2047, text)
        if "%" in text:
            text = unquote_plus(text)
    if SOFT_BREAK_OR_BYTE.search(text):
        text += quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return text


def _word_2047(found: re.Match) -> str:
    (content, charset), *_ = decode_header(found[0])
    return content.decode(charset or "ascii", "replace") if isinstance(content, bytes) else content


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is inside archives, compressed bodies and the streams of a PDF; names and remarks count as content."""
    if data.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment
            for member in archive.infolist():
                yield member.filename.encode() + b"\n" + member.comment
                yield archive.read(member)
    elif data.startswith(b"\x1f\x8b"):
        yield _inflated(data, 31)
    elif data.startswith(b"%PDF"):
        yield _text_of_pdf(data)
        for stream in STREAM.findall(data):
            yield _inflated(stream, 15) or stream
    elif data[:1] == b"\x78":
        yield _inflated(data, 15)


def _text_of_pdf(data: bytes) -> bytes:
    """What a reader reads: the numbers of glyphs in a stream are no text by themselves."""
    try:
        reader = PdfReader(io.BytesIO(data))
        told = [str(reader.metadata or ""), *(page.extract_text() for page in reader.pages)]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return b""
    return "\n".join(told).encode("utf-8", "replace")


def _inflated(data: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(data, MANY_BYTES)
    except zlib.error:
        return b""


def _mail_parts(data: bytes) -> Iterator[bytes]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        yield "\n".join(f"{name}= {value}" for name, value in part.items()).encode("utf-8", "replace")
        if not part.is_multipart():
            yield part.get_payload(decode=True) or b""


def _hidden_in_base64(text: str) -> Iterator[bytes]:
    """Runs of base64, also those over several lines, and the compressed cookies of the framework."""
    for run in BASE64.findall(BASE64_LINE_END.sub("", text)):
        whole = run.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(whole + "=" * (-len(whole) % 4), validate=True)
        except binascii.Error:
            continue
        if data[:1] == b"\x78" or _is_readable(data):
            yield data


def _is_readable(data: bytes) -> bool:
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return data.startswith((b"PK", b"\x1f\x8b", b"%PDF"))

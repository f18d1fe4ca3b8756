"""Feeds in the Atom format (RFC 4287)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

ATOM_TYPE = "application/atom+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 has no way to write, even as a reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One thing of a feed; ``id`` never changes."""

    id: str
    title: str
    url: str
    language: str
    summary: str
    category: str
    published: date
    updated: date


@dataclass(frozen=True)
class Feed:
    id: str
    title: str
    author: str
    url: str
    page_url: str
    language: str
    updated: date


def atom(feed: Feed, entries: Iterable[Entry]) -> str:
    """The feed as text; dates are whole days."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _put(root, "id", feed.id)
    _put(root, "title", feed.title)
    _put(ET.SubElement(root, "author"), "name", feed.author)
    _put(root, "updated", _midnight(feed.updated))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.url})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page_url})
    for entry in entries:
        root.append(_entry(entry))
    return ET.tostring(root, encoding="unicode", xml_declaration=False)


def _entry(entry: Entry) -> ET.Element:
    element = ET.Element("entry", {"xml:lang": entry.language})
    _put(element, "id", entry.id)
    _put(element, "title", entry.title)
    ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
    _put(element, "published", _midnight(entry.published))
    _put(element, "updated", _midnight(entry.updated))
    if entry.category:
        ET.SubElement(element, "category", {"term": _NOT_XML.sub("", entry.category)})
    _put(element, "summary", entry.summary)
    return element


def _put(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"

"""What was met in answers and letters, held against the reviewed table who_sees.csv."""

import collections
from collections.abc import Iterable, Iterator
from urllib.parse import quote_plus

from werkzeug.test import TestResponse

from trust.canaries import Canary, fields_in
from trust.crawl import Request, ask, letters_to, page_of
from trust.facts import ORGANIZERS
from trust.pages import Form
from trust.twins import bare
from trust.worlds import CANARIES, Planted, rules

EXPECTED = {(rule.persona, rule.phase, rule.field): rule.word for rule in rules()}
Places = dict[str, list[str]]


def places_of(planted: Planted, persona: str, answers: Iterable[tuple[Request, TestResponse]]) -> Places:
    """Where each canary was met: on which pages, in which letters.

    Each answer is read as it comes: the database ends a transaction that rests while a thousand are read.
    """
    places = collections.defaultdict(list)
    for request, answer in answers:
        assert answer.status_code < 500, request
        for field in fields_in(answer.data, answer.headers, CANARIES.values()):
            places[field].append(str(request))
    for kind, letter in letters_to(planted, persona):
        for field in fields_in(letter, [], CANARIES.values()):
            places[field].append(f"letter {kind}")
    return places


def leaks(persona: str, phase: str, places: Places) -> Places:
    """What was met and may never be."""
    hidden = {field: where for field, where in places.items() if EXPECTED[persona, phase, field] == "never"}
    found = {field: [place for place in where if not takes_all(persona, place)] for field, where in hidden.items()}
    return {field: where[:5] for field, where in found.items() if where}


def takes_all(persona: str, place: str) -> bool:
    """The complete package holds all that the database holds of a call, for those who may take it (decision 0033)."""
    return persona == "organizer" and place.startswith("POST ") and place.endswith("/organize/package")


def missed(persona: str, phase: str, places: Places) -> list[str]:
    """What must be met and was not: then it is the oracle that is blind. A draft of a call is its organizers' alone."""
    if phase == "draft" and persona not in ORGANIZERS:
        return []
    return [field for field in CANARIES if EXPECTED[persona, phase, field] == "must" and field not in places]


def hidden_from(persona: str, phase: str) -> list[Canary]:
    return [canary for canary in CANARIES.values() if EXPECTED[persona, phase, canary.field] == "never"]


def found_by_search(planted: Planted, persona: str, addresses: list[str], canaries: list[Canary]) -> dict[str, str]:
    """Searches for a hidden word that are answered otherwise than those for a word that stands nowhere."""
    found = {}
    fields = {(form.action, name) for form in search_forms(planted, persona, addresses) for name in form.words}
    for action, name in sorted(fields):
        for canary in canaries:
            words = canary.plain, canary.plain.replace("Zqx", "Jqx")
            asked = [Request("GET", f"{action}?{name}={quote_plus(word)}") for word in words]
            hidden, nowhere = (repr(bare(planted, ask(planted, persona, request))) for request in asked)
            if hidden.replace(words[0], "") != nowhere.replace(words[1], ""):
                found[canary.field] = f"{action}?{name}="
    return found


def search_forms(planted: Planted, persona: str, addresses: list[str]) -> Iterator[Form]:
    for address in addresses:
        request = Request("GET", address)
        page = page_of(request, ask(planted, persona, request))
        yield from (form for form in page.forms if form.method == "get") if page else ()

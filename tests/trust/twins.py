"""Answers of one world and of its twin, without what is new with every request."""

import random
import re
from urllib.parse import quote_plus

from flask.sessions import TaggedJSONSerializer
from werkzeug.test import TestResponse

from trust.crawl import Request, ask, get, own_addresses, page_of, refusals, walk
from trust.worlds import Planted

PASSING = ("X-RateLimit", "Retry-After", "Content-Length", "Date")
# What a form carries that is new each time it is shown.
FRESH = re.compile(
    r'name="csrf_token" value="[^"]*"|name="key" type="hidden" value="[^"]*"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)
# References, keys and numbers of what a request has just made.
NEW = re.compile(r"S-[0-9A-Z]{4}-[0-9A-Z]{4}|[A-Za-z0-9_.-]{24,}|\d+")
# Pages with a field to search by, and forms that take an address of anybody.
SEARCHED = (
    "questions.index",
    "questions.screening",
    "questions.merges",
    "people.organizations",
    "topics.index",
    "reports.search",
    "reports.panel_search",
)
ADDRESS_FORMS = (
    "people.sign_in",
    "people.register",
    "people.ask_reset",
    "people.ask_magic_link",
    "people.ask_confirmation",
)
# What is drawn by lot, or tells what this very request was recorded as.
RANDOM = ("/en/account/data", "/en/account/second-factor/begin", "/en/account/second-factor/codes")
SEED = 5


def bare(planted: Planted, answer: TestResponse) -> tuple:
    """Status, headers and body as a reader could compare them."""
    headers = []
    for name, value in answer.headers:
        if name == "Set-Cookie":
            value = _content_of_cookie(planted, value)
        elif name == "Location" and answer.status_code == 303:
            value = NEW.sub("#", value)
        if not name.startswith(PASSING):
            headers.append((name, value))
    text = answer.data.decode("utf-8", "backslashreplace")  # files are answers, too
    text = NEW.sub("#", text) if answer.status_code == 303 else FRESH.sub("", text)
    return answer.status_code, tuple(sorted(headers)), text


def _content_of_cookie(planted: Planted, header: str) -> str:
    """What the session's cookie says, without its signature and the token of the browser."""
    name, _, rest = header.partition("=")
    if name != planted.world.app.config["SESSION_COOKIE_NAME"]:
        return name
    signer = planted.world.app.session_interface.get_signing_serializer(planted.world.app)
    signer.serializer = TaggedJSONSerializer()
    found, content = signer.loads_unsafe(rest.split(";")[0])
    return repr({key: value for key, value in (content or {}).items() if key not in ("csrf_token", "sign_in")})


def first_answers(planted: Planted, persona: str, *, most: int) -> tuple[list[Request], list[tuple]]:
    """What a person asks of both worlds, and how the first one answers: pages, what they lead to, and refusals."""
    start = own_addresses(planted, persona)
    refused = [request for request in refusals(planted) if request.address not in RANDOM]
    drawn = random.Random(f"{SEED} {persona}")
    if most <= len(start):
        requests = drawn.sample([get(address) for address in start] + refused, most)
        return requests, answers(planted, persona, requests)
    refused = drawn.sample(refused, most // 4)
    walked = [(r, bare(planted, answer)) for r, answer in walk(planted, persona, start, most=most - len(refused))]
    return [r for r, _ in walked] + refused, [answer for _, answer in walked] + answers(planted, persona, refused)


def searches(planted: Planted, persona: str, words: tuple[str, ...]) -> list[Request]:
    """The words in every field that one searches by, and addresses in every form that takes one."""
    found = []
    for endpoint in SEARCHED:
        request = Request("GET", planted.world.address(endpoint))
        page = page_of(request, ask(planted, persona, request))
        for form in page.forms if page else ():
            names = form.words if form.method == "get" else ()
            found += [Request("GET", f"{form.action}?{name}={quote_plus(word)}") for name in names for word in words]
    doors = [planted.world.address(endpoint) for endpoint in ADDRESS_FORMS]
    typed = [
        {"email": word, "password": "a comet with no tail", "full_name": "Somebody"} for word in words if "@" in word
    ]
    return found + [Request("POST", door, values) for door in doors for values in typed]


def answers(planted: Planted, persona: str, requests: list[Request]) -> list[tuple]:
    return [bare(planted, ask(planted, persona, request)) for request in requests]


def told_apart(requests: list[Request], one: list[tuple], other: list[tuple]) -> dict[str, list]:
    """The requests that are answered differently in two worlds, with what differs first."""
    return {str(r): first_difference(a, b) for r, a, b in zip(requests, one, other, strict=True) if a != b}


def first_difference(one: tuple, other: tuple) -> list:
    if one[:2] != other[:2]:
        return [one[0], other[0], sorted(set(one[1]) ^ set(other[1]))]
    lines = zip(one[2].splitlines(), other[2].splitlines(), strict=False)
    return [next(((a.strip(), b.strip()) for a, b in lines if a != b), "one is longer")]

"""Two worlds that differ in the author of a question alone look the same, byte for byte; hostile texts stay texts."""

from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_panels import make_panel, seat
from builders_people import without_token
from builders_submissions import author_values, label_of, make_question

from solicit.people.models import Person
from solicit.submissions.models import Authorship, Submission

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</mark><iframe src=javascript:alert(1)>",
    "{{ 7*7 }} ${7*7} <%= 7 %>",
    '<a href="javascript:alert(1)">x</a>',
)
ALLOWED_SCHEMES = ("http://localhost/", "/", "#", "mailto:")


@pytest.fixture
def call(session):
    return make_call(session, contact="desk@example.org")


def addresses(call, question) -> list[str]:
    base = f"/en/{call.slug}/questions"
    one = f"{base}/{label_of(question)}"
    lists = [
        base + rest
        for rest in ("", "?sort=title", "?q=rings", "?q=Zqxjk", "?theme=space", ".csv", ".csv?q=rings", ".atom")
    ]
    return [
        *lists,
        one,
        one + ".bib",
        one + ".ris",
        f"/en/{call.slug}/similar?title=What+are+the+rings+of+it&language=fr",
    ]


def answers(client, call, question) -> list[tuple]:
    found = (client.get(address, buffered=True) for address in addresses(call, question))
    return [(answer.status_code, headers_of(answer), without_token(answer.text)) for answer in found]


def headers_of(answer) -> list[tuple[str, str]]:
    """The headers without those that count how often one asked, and the cookie that carries a token."""
    left_out = ("X-RateLimit-", "Retry-After", "Set-Cookie")
    return sorted(each for each in answer.headers if not each[0].startswith(left_out))


@pytest.mark.parametrize("role", ["visitor", "panelist"])
def test_the_author_changes_no_byte(client, session, call, no_language_model, role):
    sender = make_person(session, full_name="Zqxjk One", country="KE")
    question = make_question(session, call, sender, title="What are the rings of Saturn?")
    if role == "panelist":
        panelist = make_person(session)
        seat(session, call, make_panel(session, call), person=panelist)
        sign_in(client, session, panelist)
    before = answers(client, call, question)
    stranger = make_person(session, full_name="Other Two", country="PE", affiliation="Zqxjk Institute")
    session.execute(sa.update(Submission).values(submitter_id=stranger.id))
    values = dict(person_id=stranger.id, full_name="Other Two", country="PE", affiliation="Zqxjk Institute")
    session.execute(sa.update(Authorship).values(may_be_named=True, **values))
    session.execute(sa.update(Person).where(Person.id == sender.id).values(full_name="Nobody", country=None))
    assert answers(client, call, question) == before
    assert all(status == 200 for status, _headers, _body in before)
    assert all("Zqxjk One" not in body for _status, _headers, body in before)


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong = []
        self.n_scripts = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.n_scripts += tag == "script"
        bad = tag in ("iframe", "img", "object", "embed")
        bad |= any(name.startswith("on") for name, _value in attrs)
        bad |= any(
            name in ("href", "src", "action") and not (value or "").startswith(ALLOWED_SCHEMES) for name, value in attrs
        )
        if bad:
            self.wrong.append((tag, attrs))


def test_hostile_texts_are_inert_everywhere(client, session, call, no_language_model):
    for payload in PAYLOADS:
        text = f"{payload} rings, and is this long enough to be a text?"
        question = make_question(
            session,
            call,
            author=author_values(full_name=payload),
            title=text,
            goal_overview=text,
            significance=text,
            approach=text,
        )
        base = f"/en/{call.slug}/questions"
        for address in (f"{base}/{label_of(question)}", f"{base}/{label_of(question)}/report"):
            page = Elements(client.get(address).text)
            assert (page.wrong, page.n_scripts) == ([], 1), payload
    for query in ("", "rings", *PAYLOADS):
        page = Elements(client.get(f"/en/{call.slug}/questions", query_string={"q": query}).text)
        assert (page.wrong, page.n_scripts) == ([], 1), query
    for ending in ("csv", "atom"):
        answer = client.get(f"/en/{call.slug}/questions.{ending}", buffered=True)
        assert answer.status_code == 200
        assert not answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

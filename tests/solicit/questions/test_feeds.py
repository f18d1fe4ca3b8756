"""The feed of new questions."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_submissions import label_of, make_question

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.questions.states import QuestionState

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "]]> <script>alert(1)</script> & \"'\ufffe\uffff\U0001f600 <!-- x, is it?"

ELEMENTS = {
    *("feed", "id", "title", "author", "name", "updated", "link"),
    *("entry", "published", "category", "summary"),
}


@pytest.fixture
def call(session):
    return make_call(session)


def feed(client, call, **query) -> ET.Element:
    answer = client.get(f"/en/{call.slug}/questions.atom", query_string=query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(answer.data)


def ids(root: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]


def test_entries_have_what_atom_asks_for(client, session, call):
    question = make_question(session, call, title="A first question, is it?", language="fr")
    root = feed(client, call)
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{name}") is not None
    (entry,) = root.iter(f"{ATOM}entry")
    tag = f"tag:localhost,{call.opens_at.year}:{call.slug}/{label_of(question)}"
    assert entry.findtext(f"{ATOM}id") == tag
    assert entry.findtext(f"{ATOM}title") == question.title
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost/en/{call.slug}/questions/{label_of(question)}"
    assert entry.findtext(f"{ATOM}updated") == f"{question.screened_at.date().isoformat()}T00:00:00Z"
    assert entry.findtext(f"{ATOM}published") == f"{question.created_at.date().isoformat()}T00:00:00Z"
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"


def test_hostile_text_is_text(client, session, call):
    make_question(session, call, title=HOSTILE, goal_overview=HOSTILE * 3)
    root = feed(client, call)
    (entry,) = root.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == HOSTILE.replace("\ufffe\uffff", "")
    assert {element.tag.removeprefix(ATOM) for element in root.iter()} == ELEMENTS


def test_filters_and_what_is_hidden(client, session, call, no_language_model):
    space = make_question(session, call, title="What is dust in space?")
    life = make_question(session, call, theme="life", title="What is dust to life?")
    make_question(session, call, title="An unread dust, is it?", state=QuestionState.NEW)
    assert len(ids(feed(client, call))) == 2
    assert [each.rpartition("/")[2] for each in ids(feed(client, call, theme="life"))] == [label_of(life)]
    assert [each.rpartition("/")[2] for each in ids(feed(client, call, q="space"))] == [label_of(space)]
    assert ids(feed(client, call, kind="plan")) == []
    self_link = feed(client, call, theme="life").find(f"{ATOM}link[@rel='self']").get("href")
    assert self_link == f"http://localhost/en/{call.slug}/questions.atom?theme=life"
    page = client.get(f"/en/{call.slug}/questions?theme=life").text
    assert f'title="New questions" href="/en/{call.slug}/questions.atom?theme=life">' in page


def test_the_fifty_newest_by_the_day_they_became_public(client, session, call):
    now = utcnow()
    questions = [make_question(session, call) for _ in range(52)]
    for place, question in enumerate(questions):
        question.screened_at = now - timedelta(days=place)
    session.flush()
    assert [each.rpartition("/")[2] for each in ids(feed(client, call))] == [label_of(q) for q in questions[:50]]


def test_a_silent_call_has_no_feed_and_no_table(client, session, call):
    make_question(session, call)
    session.execute(sa.update(Call).where(Call.id == call.id).values(publishes_while_open=False))
    for ending in ("atom", "csv"):
        assert client.get(f"/en/{call.slug}/questions.{ending}").status_code == 404

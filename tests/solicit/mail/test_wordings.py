"""Organizers' own words of a letter: its own placeholders alone, values stay values, one source for the twins."""

from itertools import groupby

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_calls import desk, filled

from solicit.calls.queries.facts import letterhead_of
from solicit.clock import utcnow
from solicit.mail.letters import HAIR_SPACE, default_wording, read_letter
from solicit.mail.models import LetterWording, OutboxMail
from solicit.mail.queries import kept_wording, wording_for
from solicit.mail.service import Recipient, enqueue
from solicit.mail.states import PLACEHOLDERS, WORDED
from solicit.mail.tasks import _message
from solicit.mail.wordings import Wording, placeholders, samples, unknown_placeholders

RECEIVED = "submission_received"
PARAMS = {
    "reference": "S-1",
    "call_title": "Old title",
    "title": "Is [this](http://evil.example) **it**?\n<b>no</b>",
    "closes_at": "Friday",
    "path": "/en/x",
}


def worded(body: str, subject: str = "Got {reference}", **changes) -> object:
    wording = Wording(subject, body)
    return read_letter(RECEIVED, params=PARAMS | changes, locale="en", wording=wording)


def around_buttons(letter) -> list[str]:
    """Where the buttons of a letter stand in its words, which may be one part or several."""
    kinds = ["words" if part.kind in ("p", "markdown") else part.kind for part in letter.parts]
    return [kind for kind, _alike in groupby(kinds)]


def test_button_stands_where_it_is_put_and_otherwise_at_the_end(app, session):
    for body, last in (("Here:\n\n{button}\n\nWe read it next.", "markdown"), ("Here it is.", "action")):
        kinds = [part.kind for part in worded(body).parts if part.kind != "why"]
        assert (kinds.count("action"), kinds[-1]) == (1, last)
    assert unknown_placeholders(RECEIVED, "Here:\n\n{button}") == []
    assert unknown_placeholders(RECEIVED, "Here: {button}") == ["{button}"]


@pytest.mark.parametrize("kind", WORDED)
def test_default_wording_reads_as_the_letter_does(app, session, kind):
    values = samples(kind, call_title="Deep space")
    ours = read_letter(kind, params=values, locale="en")
    again = read_letter(kind, params=values, locale="en", wording=default_wording(kind, locale="en"))

    assert again.subject == ours.subject
    said = [part.text for part in ours.parts if part.kind in ("p", "quote")]
    worded = "\n\n".join(part.text for part in again.parts if part.kind in ("markdown", "quote"))
    assert worded.replace(HAIR_SPACE, "") == "\n\n".join(said).replace(HAIR_SPACE, "")
    assert around_buttons(again) == around_buttons(ours)
    kept = [part for part in ours.parts if part.kind in ("action", "link", "why")]
    assert [part for part in again.parts if part.kind in ("action", "link", "why")] == kept
    assert set(placeholders(kind)) <= PLACEHOLDERS.keys()


def test_values_are_never_markdown_nor_links(app, session):
    letter = worded("Dear writer of {title}, **thank you**. [Home](https://calls.example)")
    (part,) = [part for part in letter.parts if part.kind == "markdown"]
    assert "<strong>thank you</strong>" in part.html and 'href="https://calls.example"' in part.html
    assert "evil" in part.html and 'href="http://evil' not in part.html and "<b>" not in part.html
    assert part.text.startswith("Dear writer of Is [this](http:") and "Home (https://calls.example)" in part.text
    assert letter.as_text().count("thank you") == 1 and "**thank you**" not in letter.as_text()


def test_paragraph_of_one_placeholder_quotes_and_one_without_values_goes(app, session):
    letter = read_letter(
        "question_out_of_scope",
        params=samples("question_out_of_scope", call_title="Deep space") | {"note": "", "call_slug": "x"},
        locale="en",
        wording=Wording("S", "One.\n\n{title}\n\nThey add: {note}\n\n{reason}"),
    )
    body = [(part.kind, part.text) for part in letter.parts if part.kind in ("markdown", "quote")]
    assert body == [
        ("markdown", "One."),
        ("quote", PLACEHOLDERS["title"].sample),
        ("quote", PLACEHOLDERS["reason"].sample),
    ]


def test_nothing_in_braces_is_evaluated(app, session):
    for text in ("{title.upper}", "{title!r}", "{0}", "{}", "{ title }", "{path}", "{lang}"):
        assert unknown_placeholders(RECEIVED, text) == [text]
        assert text in worded(text).as_text()
    assert unknown_placeholders(RECEIVED, "{title} { and }") == ["{ and }"]


@pytest.fixture
def call(session):
    return make_call(session, title="Deep space", translations={"fr": {"title": "Espace"}})


@pytest.fixture
def organizer(client, session, call):
    person = make_organizer(session, call)
    sign_in(client, session, person)
    return person


def as_sent(session, mail: OutboxMail):
    about = dict(call_id=mail.call_id, language=mail.locale)
    return _message(mail, letterhead_of(session, **about), wording_for(session, kind=mail.kind, **about))


def page(call, kind: str = RECEIVED) -> str:
    return desk(call, f"letters/{kind}/en")


def test_wording_is_saved_used_for_its_call_alone_and_forgotten(client, session, call, organizer):
    form = filled(client.get(page(call)).text, subject="We have {reference}", body="Hello from {call_title}: {title}")
    assert client.post(page(call), data=form).status_code == 303
    other = make_call(session, title="Elsewhere")
    for each in (call, other):
        enqueue(
            session,
            to=Recipient("ada@example.org", "en"),
            kind=RECEIVED,
            params=PARAMS | {"title": "T"},
            now=utcnow(),
            call_id=each.id,
        )
    own, theirs = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert wording_for(session, call_id=call.id, kind=RECEIVED, language="en-GB") == Wording(
        "We have {reference}", "Hello from {call_title}: {title}"
    )
    assert wording_for(session, call_id=other.id, kind=RECEIVED, language="en") is None
    assert wording_for(session, call_id=call.id, kind="magic_link", language="en") is None
    first, second = as_sent(session, own), as_sent(session, theirs)
    assert [first.subject, second.subject] == ["We have S-1", "Received: S-1"]
    assert "Hello from Deep space: T" in first.body and "Elsewhere" in second.body

    client.post(page(call) + "/default")
    assert session.scalar(sa.select(sa.func.count()).select_from(LetterWording)) == 0


def test_unknown_placeholder_names_those_that_there_are(client, session, call, organizer):
    form = filled(client.get(page(call)).text, body="Dear {nam}, {title}")
    answer = client.post(page(call), data=form)
    assert answer.status_code == 422 and "Dear {nam}, {title}" in answer.text
    assert "does not know {nam}. It knows: {call_title} {closes_at} {reference} {title}" in answer.text
    assert kept_wording(session, call_id=call.id, kind=RECEIVED, language="en").wording is None


def test_preview_saves_nothing_and_a_stale_page_keeps_what_was_typed(client, session, call, organizer):
    opened = client.get(page(call)).text
    preview = client.post(page(call), data=filled(opened, subject="Look: {reference}", go="preview"))
    assert "Look: S-7F3K-9Q2M" in preview.text and "As plain text" in preview.text
    assert preview.text.index("<h1") < preview.text.index('id="preview"')
    client.post(page(call), data=filled(opened, subject="Theirs"))
    stale = client.post(page(call), data=filled(opened, subject="Mine"))
    assert stale.status_code == 409 and "Theirs" in stale.text and 'value="Mine"' in stale.text


def test_test_letter_goes_to_whoever_asks(client, session, call, organizer):
    form = filled(client.get(page(call)).text, subject="Hello {reference}", go="test")
    assert client.post(page(call), data=form).location == page(call)
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.recipient, mail.person_id, mail.kind) == (organizer.email, organizer.id, RECEIVED)
    stored = kept_wording(session, call_id=call.id, kind=RECEIVED, language="en").wording
    letter = read_letter(RECEIVED, params=mail.params, locale="en", wording=stored)
    assert letter.subject == "Test: Hello S-7F3K-9Q2M"


def test_only_letters_of_calls_and_languages_of_the_site_have_pages(client, session, call, organizer, count_statements):
    for path in ("letters/magic_link/en", f"letters/{RECEIVED}/xx", "letters/nothing/en"):
        assert client.get(desk(call, path)).status_code == 404
    count_statements.clear()
    assert client.get(page(call)).status_code == 200 and len(count_statements) <= 8


def test_somebody_who_left_is_not_named_by_a_wording(session, call):
    person = make_person(session)
    row = LetterWording(
        call_id=call.id,
        kind=RECEIVED,
        language="en",
        subject="S",
        body="B",
        changed_at=utcnow(),
        changed_by_id=person.id,
    )
    session.add(row)
    session.flush()
    session.delete(person)
    session.flush()
    session.refresh(row)
    assert row.changed_by_id is None

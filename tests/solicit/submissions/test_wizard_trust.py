"""Who holds only the key of a draft, or a link to it, gets no further than that."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_drafts import about_form, draft_of, hold_key, make_draft, submission_of, text_form
from builders_people import is_signed_in, make_account
from builders_submissions import label_of, make_question

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.people.models import Person
from solicit.submissions import tasks
from solicit.web.limits import limiter

KEY = "the key in the cookie of this browser"
SECRET = "What the owner wrote and nobody else may read."
BROKEN = {"title": "\x01", "full_name": "\x01", "version": 2}


@pytest.fixture
def call(session):
    return make_call(session)


def at(call, reference: str, page: str) -> str:
    return f"/en/{call.slug}/submit/{reference}/{page}"


def mailed_link(session, reference: str) -> str:
    tasks.write_finish_letter(submission_id=submission_of(session, reference).id)
    session.expire_all()
    letters = sa.select(OutboxMail).where(OutboxMail.kind == "draft_finish").order_by(OutboxMail.id.desc())
    return session.scalars(letters).first().params["path"]


@pytest.mark.parametrize("is_over", [False, True])
@pytest.mark.parametrize("page", ["question", "about"])
def test_a_key_alone_is_not_shown_what_it_did_not_send(client, session, call, page, is_over):
    """A field that is not sent would be filled with what is stored."""
    typed = {"affiliation": SECRET, "co_authors": [("A friend", "friend@example.org")]}
    reference = make_draft(session, call, make_person(session), key=KEY, significance=SECRET, typed=typed)
    hold_key(client, KEY)
    if is_over:
        over = utcnow() - timedelta(days=3)
        session.execute(sa.update(Call).where(Call.id == call.id).values(closes_at=over, opens_at=over - timedelta(9)))
    answer = client.post(at(call, reference, page), data=BROKEN)
    assert answer.status_code in (401, 409, 422)
    for words in (SECRET, "friend@example.org", "A friend", "Ada Example"):
        assert words not in answer.text, words
    assert draft_of(session, reference).version == 2


def test_a_key_alone_still_sees_what_it_typed(client, session, call):
    reference = make_draft(session, call, make_person(session), key=KEY, significance=SECRET)
    hold_key(client, KEY)
    typed = text_form(version=2, significance="What I typed \x01 in the meantime.")
    answer = client.post(at(call, reference, "question"), data=typed)
    assert "in the meantime." in answer.text and SECRET not in answer.text


def test_a_link_to_an_address_dies_when_somebody_else_owns_the_draft(app, client, session, call):
    """It was sent to an address that was typed wrongly, and would have signed its reader in as the owner."""
    hold_key(client, KEY)
    reference = make_draft(session, call, key=KEY, email="wrong@example.org")
    link = mailed_link(session, reference)
    owner = make_account(session)
    sign_in(client, session, owner)
    assert client.post(at(call, reference, "question"), data=text_form(version=2, go="on")).status_code == 303
    assert submission_of(session, reference).submitter_id == owner.id
    stranger = app.test_client()
    assert stranger.post(link).status_code == 410
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("change", [{"password": "another hash"}, {"email": "moved@example.org"}])
def test_a_link_dies_with_a_new_password_or_address(app, client, session, call, change):
    owner = make_account(session)
    reference = make_draft(session, call, owner, key=KEY)
    link = mailed_link(session, reference)
    session.execute(sa.update(Person).where(Person.id == owner.id).values(**change))
    for method in ("GET", "POST"):
        assert client.open(link, method=method).status_code == 410
    assert not is_signed_in(client)


def test_a_link_says_in_whose_name_it_opens_the_draft(client, session, call):
    """Else a mailed link could put a reader into the account of its sender without their seeing it."""
    owner = make_account(session, email="sender@example.org")
    reference = make_draft(session, call, owner, key=KEY)
    assert "sender@example.org" in client.get(mailed_link(session, reference)).text


def test_the_guardian_is_never_the_young_person_themselves(client, session, call):
    hold_key(client, KEY)
    typed = {"age": "younger", "guardian_email": "parent@example.org"}
    reference = make_draft(session, call, key=KEY, email="young@example.org", typed=typed)
    form = about_form(version=2, email="parent@example.org", age="younger", guardian_email="parent@example.org")
    client.post(at(call, reference, "about"), data=form)
    draft = draft_of(session, reference)
    assert draft.email != draft.guardian_email


def test_notes_name_no_question_of_a_call_that_shows_none(client, session):
    """The title of the question stands beside the note, for whoever counts through the numbers."""
    call = make_call(session)
    session.execute(sa.update(Call).where(Call.id == call.id).values(publishes_while_open=False))
    hidden = make_question(session, call, title="Which question does nobody read before the results?")
    person = make_account(session)
    reference = make_draft(session, call, person, key=KEY)
    sign_in(client, session, person)
    form = text_form(version=2) | {f"differs-{label_of(hidden)}": "Mine asks about another thing."}
    assert client.post(at(call, reference, "question"), data=form).status_code == 303
    assert client.post(at(call, reference, "check"), data={"version": 3, "has_consented": "y"}).status_code == 303
    assert hidden.title not in client.get(f"/en/{call.slug}/my/{reference}").text


def keys_of(client) -> list[str]:
    return client.get_cookie("draft").value.strip('"').split(".")  # a key of ours needs no quotes


def test_no_draft_begins_under_a_key_that_somebody_else_may_know(app, client, session, call):
    """At a shared computer the one before could have copied the cookie, or put one of theirs there."""
    hold_key(client, KEY)
    theirs = make_draft(session, call, key=KEY)
    form = {"kind": "question", "idempotency_key": "7a2f3b9e-1c1d-4a51-9f33-9b1b1f0d1a31"}
    begun = client.post(f"/en/{call.slug}/submit", data=form)
    assert client.post(f"/en/{call.slug}/submit", data=form).location == begun.location
    elsewhere = app.test_client()
    hold_key(elsewhere, KEY)
    assert client.get(begun.location).status_code == 200
    assert elsewhere.get(begun.location).status_code == 303
    assert begun.location.split("/")[-2] not in elsewhere.get(f"/en/{call.slug}/submit").text
    assert client.get(at(call, theirs, "question")).status_code == 200  # what was begun before is not lost
    assert keys_of(client)[-1] == KEY


def test_a_link_gives_its_draft_a_key_of_its_own(app, client, session, call):
    hold_key(client, KEY)
    reference = make_draft(session, call, key=KEY, email="ada@example.org")
    assert client.post(mailed_link(session, reference)).status_code == 303
    elsewhere = app.test_client()
    hold_key(elsewhere, KEY)
    assert elsewhere.post(at(call, reference, "question"), data=text_form(version=2)).status_code == 401
    assert len(set(keys_of(client))) == 2


def test_a_browser_holds_no_more_keys_than_a_cookie_takes(client, call):
    for number in range(25):
        form = {"kind": "question", "idempotency_key": f"7a2f3b9e-1c1d-4a51-9f33-9b1b1f0d1a{number:02d}"}
        assert client.post(f"/en/{call.slug}/submit", data=form).status_code == 303
    assert len(keys_of(client)) == 20


def test_a_second_click_before_the_answer_begins_one_draft(app, client, session, call):
    hold_key(client, KEY)
    window = app.test_client()
    hold_key(window, KEY)
    form = {"kind": "question", "idempotency_key": "7a2f3b9e-1c1d-4a51-9f33-9b1b1f0d1a32"}
    answers = [browser.post(f"/en/{call.slug}/submit", data=form) for browser in (client, window)]
    assert answers[0].location == answers[1].location
    assert keys_of(client) == keys_of(window)


def test_guardians_are_not_written_to_in_great_number(client, session, call, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    hold_key(client, KEY)
    reference = make_draft(session, call, key=KEY, typed={"age": "younger", "guardian_email": "parent@example.org"})
    answers = [client.post(at(call, reference, "guardian")).status_code for _ in range(61)]
    assert answers[-1] == 429 and answers[0] == 303

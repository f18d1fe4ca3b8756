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

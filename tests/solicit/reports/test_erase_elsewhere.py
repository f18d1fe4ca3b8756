"""What other people's rows say of a person goes with them, under every name that they used here."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_around import ask_co_author
from builders_drafts import draft_of, make_draft
from builders_people import make_account
from builders_submissions import author_values, send

from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.questions.models import Support
from solicit.reports.service.erase import erase_person
from solicit.submissions.service import LinkKey, agree, request_revision, take_back

EMAIL, PUBLISHED = "zqmail@example.org", "Prof. Zqpublished Name"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def person(session):
    return make_account(session, email=EMAIL, full_name="Zqaccount")


def everything(session) -> str:
    session.flush()
    names = session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    rows = (row for name in names for row in session.scalars(sa.text(f"SELECT t::text FROM {name} t")))
    return "\n".join(rows).lower()


def erase(session, person, *, blanks_texts: bool = False) -> str:
    """Everything that is kept after a person left."""
    session.execute(sa.update(OutboxMail).values(state=MailState.SENT, sent_at=utcnow()))
    erase_person(session, person_id=person.id, blanks_texts=blanks_texts, now=utcnow())
    session.expire_all()
    return everything(session)


def test_letters_go_that_name_them_as_they_publish(session, call, person):
    """An author may write under another name than that of the account."""
    receipt, question_id = send(session, call, person, author=author_values(full_name=PUBLISHED))
    session.add(Support(question_id=question_id, person_id=make_person(session).id, supported_at=utcnow()))
    ask_co_author(session, call, receipt, email="friend@example.org")
    assert "zqpublished" in everything(session)
    assert "zqpublished" not in erase(session, person)


def test_answers_of_a_co_author_go_that_name_them(session, call, person):
    receipt, _question_id = send(session, call, make_person(session))
    asked = ask_co_author(session, call, receipt, email=person.email)
    key, author = LinkKey(asked.id, asked.nonce), author_values(full_name=PUBLISHED)
    agree(session, call=call, key=key, author=author, locale="en", now=utcnow())
    assert "zqpublished" in everything(session)
    assert "zqpublished" not in erase(session, person)


@pytest.mark.parametrize("field", ["co_authors", "guardian_email"])
def test_drafts_of_others_forget_their_address(session, call, person, field):
    typed = {"co_authors": [("Zqaccount", EMAIL), ("Bo", "bo@example.org")], "guardian_email": EMAIL}
    reference = make_draft(session, call, make_person(session), typed={field: typed[field]})
    kept = draft_of(session, reference).author | {field: [["Bo", "bo@example.org"]] if field == "co_authors" else ""}
    assert "zqmail" in everything(session)
    said = erase(session, person)
    assert "zqmail" not in said and "zqaccount" not in said
    assert draft_of(session, reference).author == kept


def test_the_audit_keeps_no_words_of_a_request(session, call, person):
    receipt, _question_id = send(session, call, person)
    organizer = make_organizer(session, call)
    asked = dict(call=call, submission_id=receipt.submission_id, now=utcnow())
    request_revision(session, text="Zqaccount, please shorten this.", asked_by_id=organizer.id, **asked)
    take_back(session, actor_id=organizer.id, **asked)
    assert "zqaccount" not in erase(session, person)

"""The account comes last: a mailed link proves the address, opens the draft on any device, and works once."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_drafts import about_form, draft_of, hold_key, make_draft, submission_of
from builders_people import is_signed_in, make_account

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.people.models import Person
from solicit.submissions import tasks
from solicit.submissions.models import Draft, Submission
from solicit.submissions.service import finish, forget
from solicit.submissions.states import SubmissionState

KEY = "the key in the cookie of this browser"
LETTERS = "DELETE FROM procrastinate_jobs WHERE task_name = 'submissions.write_finish_letter' RETURNING args"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def waiting(client, session, call):
    """A draft in this browser, with an address."""
    hold_key(client, KEY)
    return make_draft(session, call, key=KEY, email="ada@example.org")


def at(call, reference: str, page: str) -> str:
    return f"/en/{call.slug}/submit/{reference}/{page}"


def written(session) -> list[OutboxMail]:
    """Do what the worker does with the letters that were asked for."""
    for arguments in session.scalars(sa.text(LETTERS)).all():
        tasks.write_finish_letter(**arguments)
    return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "draft_finish").order_by(OutboxMail.id)))


def mailed_link(client, session, call, reference: str) -> str:
    assert client.post(at(call, reference, "letter")).status_code == 303
    return written(session)[-1].params["path"]


def test_from_signed_out_to_the_receipt(client, session, call, waiting):
    page = client.get(at(call, waiting, "check")).text
    assert "Send me the link to finish" in page and ">Send<" not in page
    link = mailed_link(client, session, call, waiting)
    assert link.startswith(f"/en/{call.slug}/submit/{waiting}/finish/")
    for _ in range(2):
        assert client.get(link).status_code == 200
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0  # opening a link changes nothing
    answer = client.post(link)
    assert answer.location == at(call, waiting, "check") and is_signed_in(client)
    person = session.scalars(sa.select(Person)).one()
    assert (person.email, person.full_name, person.password) == ("ada@example.org", "Ada Example", None)
    assert person.confirmed_at is not None and submission_of(session, waiting).submitter_id == person.id
    for method in ("GET", "POST"):
        assert client.open(link, method=method).status_code == 410
    sent = client.post(at(call, waiting, "check"), data={"version": 2, "has_consented": "y"})
    assert sent.status_code == 303 and submission_of(session, waiting).state is SubmissionState.SENT


def test_on_another_device_the_first_one_keeps_nothing(app, client, session, call, waiting):
    link = mailed_link(client, session, call, waiting)
    phone = app.test_client()
    assert phone.post(link).status_code == 303
    assert phone.get(at(call, waiting, "question")).status_code == 200
    assert client.get(at(call, waiting, "question")).status_code == 303
    assert client.post(at(call, waiting, "about"), data=about_form(version=2)).status_code == 401


def test_a_known_address_claims_for_its_account(client, session, call, waiting):
    person = make_account(session, email="ada@example.org")
    before = person.password
    assert client.post(mailed_link(client, session, call, waiting)).status_code == 303
    assert submission_of(session, waiting).submitter_id == person.id
    assert session.scalars(sa.select(Person.password)).all() == [before]


def test_a_password_that_nobody_proved_goes(client, session, call, waiting):
    make_account(session, email="ada@example.org", confirmed_at=None)
    assert client.post(mailed_link(client, session, call, waiting)).status_code == 303
    person = session.scalars(sa.select(Person).execution_options(populate_existing=True)).one()
    assert person.password is None and person.confirmed_at is not None


def test_a_deactivated_account_opens_nothing(client, session, call, waiting):
    link = mailed_link(client, session, call, waiting)
    make_person(session, email="ada@example.org", active=False)
    assert client.post(link).status_code == 410
    assert submission_of(session, waiting).submitter_id is None and not is_signed_in(client)


def test_another_address_ends_the_links_to_the_first(client, session, call, waiting):
    link = mailed_link(client, session, call, waiting)
    client.post(at(call, waiting, "about"), data=about_form(version=2, email="eve@example.org"))
    assert client.post(link).status_code == 410


def test_links_expire_and_fit_one_draft_only(app, client, session, call, waiting):
    links = finish.FinishLinks(app.config["SECRET_KEY"])
    nonce, other = draft_of(session, waiting).link_nonce, make_draft(session, call, email="eve@example.org")
    to = finish.Addressee("ada@example.org", "")
    old = links.token(nonce, to=to, now=utcnow() - timedelta(hours=24, seconds=1))
    fresh = links.token(nonce, to=to, now=utcnow() - timedelta(hours=23, minutes=59))
    foreign = make_call(session)
    for address in (
        at(call, waiting, f"finish/{old}"),
        at(call, waiting, "finish/forged"),
        at(call, other, f"finish/{fresh}"),
        at(foreign, waiting, f"finish/{fresh}"),
        at(call, waiting, f"finish/{finish.FinishLinks('x' * 32).token(nonce, to=to, now=utcnow())}"),
    ):
        assert client.get(address).status_code == client.post(address).status_code == 410
    assert client.post(at(call, waiting, f"finish/{fresh}")).status_code == 303


def test_asking_costs_the_same_for_every_address(client, session, call, count_statements):
    hold_key(client, KEY)
    make_account(session, email="known@example.org")
    costs = []
    for email in ("known@example.org", "unknown@example.org"):
        reference = make_draft(session, call, key=KEY, email=email)
        count_statements.clear()
        answer = client.post(at(call, reference, "letter"))
        costs.append((answer.status_code, answer.location.replace(reference, ""), len(count_statements)))
    assert costs[0] == costs[1]


def test_five_letters_an_hour(client, session, call, waiting):
    for _ in range(7):
        client.post(at(call, waiting, "letter"))
    assert len(written(session)) == 5
    session.execute(sa.update(OutboxMail).values(created_at=utcnow() - timedelta(hours=1, seconds=1)))
    client.post(at(call, waiting, "letter"))
    assert len(written(session)) == 6


def test_without_an_address_the_page_asks_for_one(client, session, call):
    reference = make_draft(session, call, key=KEY)
    hold_key(client, KEY)
    assert client.post(at(call, reference, "letter")).location == at(call, reference, "about") + "#email"
    assert written(session) == []


def test_a_signed_in_writer_gets_the_link_at_the_account(client, session, call):
    person = make_account(session)
    reference = make_draft(session, call, person)
    sign_in(client, session, person)
    mailed_link(client, session, call, reference)
    assert [mail.recipient for mail in written(session)] == [person.email]


def at_close(session, call, left: timedelta) -> None:
    session.execute(sa.update(Call).where(Call.id == call.id).values(closes_at=utcnow() + left))


@pytest.mark.parametrize(("days", "n"), [(4, 0), (2.9, 2), (1.1, 2), (0.9, 0)])
def test_writers_are_reminded_once(app, session, call, waiting, days, n):
    make_draft(session, call)  # of nobody whom we could write to
    make_draft(session, call, make_person(session))
    at_close(session, call, timedelta(days=days))
    links = finish.FinishLinks(app.config["SECRET_KEY"])
    assert forget.remind_of_drafts(session, links=links, now=utcnow()) == n
    assert forget.remind_of_drafts(session, links=links, now=utcnow()) == 0
    kinds = session.scalars(sa.select(OutboxMail.kind)).all()
    assert kinds == ["draft_reminder"] * n


def test_letters_say_what_and_until_when(app, client, session, call, waiting):
    at_close(session, call, timedelta(days=2))
    tasks.remind_of_drafts(timestamp=0)
    client.post(at(call, waiting, "letter"))
    written(session)
    for mail in session.scalars(sa.select(OutboxMail)):
        letter = read_letter(mail.kind, params=mail.params, locale=mail.locale)
        assert waiting in letter.subject and len(letter.subject) <= 60
        assert re.search(r"^http://localhost/en/\S+/finish/\S+$", letter.as_text(), re.MULTILINE)


def test_drafts_are_forgotten(session):
    call = make_call(session, opens_at=utcnow() - timedelta(days=60))
    now, old = utcnow(), utcnow() - timedelta(days=30, seconds=1)
    person = make_person(session)
    gone, kept = make_draft(session, call, now=old + timedelta(seconds=1)), make_draft(session, call)
    owned = make_draft(session, call, person, now=old + timedelta(seconds=1))
    session.execute(sa.update(Draft).where(Draft.submission_id == submission_of(session, gone).id).values(saved_at=old))
    forget.forget_drafts(session, now=now)
    assert set(session.scalars(sa.select(Submission.reference))) == {kept, owned}
    session.execute(sa.update(Call).where(Call.id == call.id).values(closes_at=old))
    forget.forget_drafts(session, now=now)
    assert session.scalars(sa.select(Submission.reference)).all() == []

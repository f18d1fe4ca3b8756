"""Guardians of young people: asked by mail, answered once, needed before anything is sent."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_around import letters, make_draft, rendered
from builders_submissions import GOAL, author_values, make_question

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.errors import Closed, Refused
from solicit.submissions import service
from solicit.submissions.models import Authorship, Draft
from solicit.submissions.states import AnswerLink
from solicit.submissions.views.links import links


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def draft(session, call):
    """A draft without an account that names a guardian."""
    draft = make_draft(session, call, email="young@example.org")
    service.name_guardian(session, submission_id=draft.id, email="Parent@example.org")
    return draft


def ask(session, call, draft, *, now=None):
    service.ask_guardian(session, call=call, links=links(), submission_id=draft.id, now=now or utcnow())
    return letters(session, "guardian_asked")[-1].params["path"]


def row(session, draft) -> Draft:
    return session.get_one(Draft, draft.id, populate_existing=True)


def test_letter_and_page_say_who_asks_and_what_is_agreed_to(client, session, call, draft):
    link = ask(session, call, draft)
    (mail,) = letters(session, "guardian_asked")
    subject, _, body = rendered(mail).partition("\n")
    assert (mail.recipient, mail.person_id, subject) == (
        "parent@example.org",
        None,
        "May a young person take part? Please answer",
    )
    assert "Young Stargazer is under 16" in body
    assert body.count("http://localhost/") == 1
    page = client.get(link).text
    for text in ("Young Stargazer", "Why is the night sky dark?", GOAL, "We may publish it.", "CC BY 4.0"):
        assert text in page
    assert row(session, draft).guardian_confirmed_at is None


@pytest.mark.parametrize("answer", ["confirm", "refuse"])
def test_answer_is_kept_and_the_young_person_told(client, session, call, draft, answer):
    link = ask(session, call, draft)
    assert client.post(link, data={"answer": answer}).status_code == 303
    kept = row(session, draft)
    assert (kept.guardian_confirmed_at is not None) == (answer == "confirm")
    assert kept.guardian_email == ("parent@example.org" if answer == "confirm" else None)
    (mail,) = letters(session, "guardian_answered")
    assert mail.recipient == "young@example.org"
    assert f"/en/{call.slug}/submit/{draft.reference}/check" in rendered(mail)
    assert ("confirmed" if answer == "confirm" else "refused") in rendered(mail).partition("\n")[0]
    for again in ({"answer": "confirm"}, {"answer": "refuse"}):
        assert client.post(link, data=again).status_code == 410
    assert client.get(link).status_code == 410
    assert len(letters(session, "guardian_answered")) == 1


def test_account_of_the_young_person_gets_the_answer(session, call):
    person = make_person(session, locale="en")
    draft = make_draft(session, call, person)
    service.name_guardian(session, submission_id=draft.id, email="parent@example.org")
    ask(session, call, draft)
    key = service.LinkKey(draft.id, row(session, draft).guardian_nonce)
    service.answer_as_guardian(session, call=call, key=key, agrees=True, now=utcnow())
    assert [(mail.recipient, mail.person_id) for mail in letters(session, "guardian_answered")] == [
        (person.email, person.id)
    ]


def test_press_without_an_answer_changes_nothing(client, session, call, draft):
    link = ask(session, call, draft)
    for data in ({}, {"answer": "maybe"}):
        assert client.post(link, data=data).status_code == 200
    assert row(session, draft).guardian_confirmed_at is None
    assert client.post(link, data={"answer": "confirm"}).status_code == 303


def test_links_that_are_not_ours_change_nothing(client, session, call, draft):
    link = ask(session, call, draft)
    key = dict(number=draft.id, nonce=row(session, draft).guardian_nonce)
    page = f"/en/{call.slug}/guardian/"
    bad = (
        link[:-3] + "xyz",
        page + links().token(AnswerLink.CO_AUTHOR, **key),
        link.replace(call.slug, make_call(session).slug),
        page + service.AnswerLinks("guessed").token(AnswerLink.GUARDIAN, **key),
        page + links().token(AnswerLink.GUARDIAN, number=draft.id + 999, nonce="x"),
    )
    for each in bad:
        assert client.get(each).status_code == client.post(each, data={"answer": "confirm"}).status_code == 410
    assert row(session, draft).guardian_confirmed_at is None


def test_another_address_has_not_confirmed(client, session, call, draft):
    link = ask(session, call, draft)
    client.post(link, data={"answer": "confirm"})
    service.name_guardian(session, submission_id=draft.id, email="PARENT@example.org ")
    assert row(session, draft).guardian_confirmed_at is not None
    for email in ("friend@example.org", None):
        service.name_guardian(session, submission_id=draft.id, email=email)
        assert row(session, draft).guardian_confirmed_at is None
    assert client.get(link).status_code == 410


def test_new_letter_replaces_the_link_of_the_old_one(client, session, call, draft):
    first = ask(session, call, draft)
    second = ask(session, call, draft)
    assert client.post(first, data={"answer": "confirm"}).status_code == 410
    assert client.post(second, data={"answer": "confirm"}).status_code == 303
    with pytest.raises(Refused):
        ask(session, call, draft)


def test_three_letters_a_day_whatever_the_address(session, call, draft):
    now = utcnow()
    for email in ("parent@example.org", "second@example.org", "third@example.org"):
        service.name_guardian(session, submission_id=draft.id, email=email)
        ask(session, call, draft, now=now)
    with pytest.raises(Refused, match="three times today"):
        ask(session, call, draft, now=now)
    ask(session, call, draft, now=now + timedelta(hours=25))
    # One address is not flooded from many drafts, either.
    others = [make_draft(session, call, email="young@example.org") for _ in range(3)]
    for other in others:
        service.name_guardian(session, submission_id=other.id, email="third@example.org")
    for other in others[:2]:
        ask(session, call, other, now=now + timedelta(hours=25))
    with pytest.raises(Refused):
        ask(session, call, others[2], now=now + timedelta(hours=25))


def test_one_is_not_ones_own_guardian(session, call, draft):
    with pytest.raises(Refused, match="own address"):
        service.name_guardian(session, submission_id=draft.id, email="Young@example.org")


def test_nobody_confirms_after_the_close(client, session, call, draft):
    link = ask(session, call, draft)
    draft_row = row(session, draft)
    draft_row.saved_at = utcnow() - timedelta(hours=2)
    session.execute(sa.update(Call).where(Call.id == call.id).values(closes_at=utcnow() - timedelta(minutes=1)))
    answer = client.post(link, data={"answer": "confirm"})
    assert answer.status_code == 409
    assert "The call closed on" in answer.text
    assert row(session, draft).guardian_confirmed_at is None
    with pytest.raises(Closed):
        ask(session, call, draft)


def test_sent_or_deleted_draft_has_no_link(client, session, call, draft):
    link = ask(session, call, draft)
    session.delete(row(session, draft))
    session.commit()
    assert client.get(link).status_code == client.post(link, data={"answer": "confirm"}).status_code == 410


def test_minor_is_never_named(client, session, call):
    person = make_person(session, full_name="Canary Minor")
    question = make_question(session, call, person, author=author_values(full_name="Canary Minor"))
    author = session.scalars(sa.select(Authorship)).one()
    author.is_minor = True
    session.commit()
    for page in ("", "/questions", f"/questions/Q-{question.number}", "/topics"):
        answer = client.get(f"/en/{call.slug}{page}")
        assert answer.status_code == 200
        assert "Canary" not in answer.text
    sign_in(client, session, person)
    address = f"/en/{call.slug}/my/{_reference(session)}/about-you"
    assert "may_be_named" not in client.get(address).text
    values = dict(full_name="Canary Minor", country="KE", career="student", may_be_named="y")
    assert client.post(address, data=values).status_code == 422
    author.may_be_named = True
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()


def _reference(session) -> str:
    return session.scalar(sa.text("SELECT reference FROM submission"))


def test_page_costs_few_statements(client, session, call, draft, count_statements):
    link = ask(session, call, draft)
    session.commit()
    count_statements.clear()
    assert client.get(link).status_code == 200
    assert len(count_statements) <= 4

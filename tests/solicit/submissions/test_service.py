"""The rules of sending, that hold whoever calls."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_submissions import author_values, send, text_values

from solicit.calls.service import move_call
from solicit.calls.states import CallState, Kind
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, DomainError, NotFound, Refused
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.submissions import service
from solicit.submissions.models import Submission
from solicit.submissions.queries.changes import Piece, word_changes
from solicit.submissions.queries.imports import ImportedText
from solicit.submissions.queries.languages import language_choices
from solicit.submissions.states import LANGUAGES


@pytest.fixture
def call(session):
    return make_call(session)


def submit(session, call, person_id, *, now=None, author=None, **text):
    return service.submit(
        session,
        call=call,
        person_id=person_id,
        author=author or author_values(),
        text=text_values(call, **text),
        idempotency_key=uuid4(),
        now=now or utcnow(),
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(title=""), "no title"),
        (dict(title="x" * 251), "too long"),
        (dict(goal_overview="x" * 3001), "too long"),
        (dict(significance=""), "missing"),
        (dict(kind=Kind.PLAN), "missing"),
        (dict(theme_id=None), "missing"),
        (dict(theme_id=2**62), "does not have this theme"),
        (dict(language="tlh"), "do not know this language"),
    ],
)
def test_texts_that_are_refused(session, call, values, message):
    with pytest.raises(Refused, match=message):
        submit(session, call, make_person(session).id, **values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(is_sixteen=False), "consent of a guardian"),
        (dict(has_consented=False), "agreement"),
        (dict(full_name=""), "name is missing"),
        (dict(affiliation="x" * 301), "too long"),
    ],
)
def test_authors_that_are_refused(session, call, values, message):
    with pytest.raises(Refused, match=message):
        submit(session, call, make_person(session).id, author=author_values(**values))


def test_close_is_exact(session, call):
    person_id = make_person(session).id
    submit(session, call, person_id, now=call.closes_at - timedelta(seconds=1))
    for late in (timedelta(0), timedelta(seconds=1)):
        with pytest.raises(Closed, match="The call closed on"):
            submit(session, call, person_id, now=call.closes_at + late)
    with pytest.raises(Closed):
        submit(session, call, person_id, now=call.opens_at - timedelta(seconds=1))


def test_call_that_closed_meanwhile_takes_nothing(session, call):
    person_id = make_person(session).id
    move_call(session, call_id=call.id, to=CallState.CLOSED, actor_id=None, now=utcnow())
    with pytest.raises(Closed):
        submit(session, call, person_id)  # ``call`` was read before


def test_theme_of_another_call_is_refused(session, call):
    other = make_call(session)
    with pytest.raises(Refused):
        submit(session, call, make_person(session).id, theme_id=other.theme("space").id)


def test_submission_of_another_call_is_missing(session, call):
    person = make_person(session)
    receipt, _id = send(session, make_call(session), person)
    with pytest.raises(NotFound):
        service.withdraw(session, call=call, submission_id=receipt.submission_id, person_id=person.id, now=utcnow())


def test_kind_of_a_sent_text_stays(session, call):
    person = make_person(session)
    receipt, _id = send(session, call, person)
    text = text_values(call, kind=Kind.PLAN, approach="We go there.")
    service.edit(
        session,
        call=call,
        submission_id=receipt.submission_id,
        person_id=person.id,
        version=1,
        text=text,
        now=utcnow(),
    )
    assert session.get_one(Submission, receipt.submission_id).kind is Kind.QUESTION


def test_stale_version_conflicts(session, call):
    person = make_person(session)
    receipt, _id = send(session, call, person)
    with pytest.raises(Conflict):
        service.edit(
            session,
            call=call,
            submission_id=receipt.submission_id,
            person_id=person.id,
            version=0,
            text=text_values(call),
            now=utcnow(),
        )


def test_imported_text_may_be_incomplete(session, call):
    text = replace(text_values(call), theme_id=None, goal_overview="", significance="")
    ((submission_id, _),) = service.bring_in(session, call=call, texts=[ImportedText(text, "A report")], now=utcnow())
    submission = session.get_one(Submission, submission_id)
    assert (submission.origin, submission.submitter_id, submission.consented_at) == ("A report", None, None)
    assert not text.is_complete
    with pytest.raises(DomainError):
        service.bring_in(session, call=call, texts=[ImportedText(replace(text, title=""))], now=utcnow())


def test_mails_say_the_fact_first(session, call):
    person = make_person(session)
    receipt, _id = send(session, call, person, title="Is <dust> & ice one thing?")
    act = dict(call=call, submission_id=receipt.submission_id, person_id=person.id, now=utcnow())
    service.edit(session, **act, version=1, text=text_values(call, title="Is <dust> & ice two things?"))
    service.withdraw(session, **act)
    mails = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [mail.kind.removeprefix("submission_") for mail in mails] == ["received", "edited", "withdrawn"]
    for mail, fact in zip(mails, ("Received", "Edited", "Withdrawn"), strict=True):
        letter = read_letter(mail.kind, params=mail.params, locale=mail.locale)
        body = letter.as_text()
        assert letter.subject == f"{fact}: {receipt.reference}"
        assert f"http://localhost/en/{call.slug}/my/{receipt.reference}" in body
        assert "& ice" in body
        assert f"{call.closes_at:%Y, %H:%M} UTC" in body
        assert "A call" in body


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("one two three", "one three", ("one ", "-two ", "three")),
        ("one", "one two", ("-one", "+one two")),
        ("one 1.5 km.", "one 2.5 km.", ("one ", "-1.5 ", "+2.5 ", "km.")),
        ("火星生命", "火星的生命", ("火星", "+的", "生命")),
        ("same text", "same text", ("same text",)),
        ("", "all new", ("+all new",)),
    ],
)
def test_word_changes(old, new, pieces):
    marks = {"-": "removed", "+": "added"}
    expected = tuple(Piece(marks[piece[0]], piece[1:]) if piece[0] in marks else Piece("", piece) for piece in pieces)
    assert word_changes(old, new) == expected
    assert "".join(piece.text for piece in word_changes(old, new) if piece.change != "removed") == new
    assert "".join(piece.text for piece in word_changes(old, new) if piece.change != "added") == old


def test_languages_have_names_and_those_of_the_un_come_first():
    for locale in ("en", "ar", "zh", "fr", "ru", "es"):
        choices = language_choices(locale)
        assert [code for code, _name in choices][:6] == ["ar", "zh", "en", "fr", "ru", "es"]
        assert {code for code, _name in choices} == set(LANGUAGES)
        assert all(name for _code, name in choices)


def test_parallel_sends_of_one_form_make_one_submission(app, make_database):
    """Real transactions that race: the same key from many threads at once."""
    engine = sa.create_engine(make_database("solicit_race").app)
    with sa.orm.Session(engine) as session, app.app_context():
        call, person_id = make_call(session), make_person(session).id
        session.commit()
    key, text, receipts = uuid4(), text_values(call), []
    barrier = threading.Barrier(6)

    def send_once():
        with sa.orm.Session(engine) as session:
            barrier.wait()
            receipts.append(
                service.submit(
                    session,
                    call=call,
                    person_id=person_id,
                    author=author_values(),
                    text=text,
                    idempotency_key=key,
                    now=utcnow(),
                )
            )
            session.commit()

    threads = [threading.Thread(target=send_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sa.orm.Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1
    assert len({receipt.reference for receipt in receipts}) == 1
    assert sorted(receipt.is_repeat for receipt in receipts) == [False] + [True] * 5
    engine.dispose()

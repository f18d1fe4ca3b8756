"""What goes over the wire, to a real mail server: the receiver meant, the headers meant, once."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_mail import HEADERS, HOSTILE, MailServer, listening

from solicit import create_app
from solicit.calls.queries import Words
from solicit.calls.queries.facts import Letterhead
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.jobs.tasks import queue
from solicit.mail import tasks
from solicit.mail.models import MailStop, OutboxMail
from solicit.mail.service import MOST_TRIES, Recipient, enqueue, stop_letters
from solicit.mail.states import MailState, Problem
from solicit.settings import Settings

PUBLIC_URL = "http://calls.example"
STOP_HEADERS = {"List-Unsubscribe", "List-Unsubscribe-Post"}
NAMES = (
    "Ada Lovelace", "محمد بن موسى الخوارزمي", "רוזה ברוק", "陈景润", "きむら えい", "김순희", "Софья Ковалевская",
    "Υπατία", "श्रीनिवास", "ஸ்ரீநிவாச", "সত্যেন্দ্র", "ಸರ್ವಜ್ಞ", "సర్వజ్ఞ", "ശ്രീധരൻ", "ਗੁਰੂ", "สมชาย", "ლელა", "Մարիամ",
    "ሰላም", "ཏ་ཤི", "فروغ‌ زاد", "𝒜da 🪐",
)  # fmt: skip


@pytest.fixture(scope="module")
def mail_server():
    return MailServer()


@pytest.fixture(scope="module")
def urls(make_database):
    return make_database("solicit_mail")


@pytest.fixture(scope="module")
def settings(mail_server, tmp_path_factory):
    with listening(mail_server) as port:
        yield Settings(
            instance_dir=tmp_path_factory.mktemp("mail"),
            testing=True,
            public_url=PUBLIC_URL,
            mail_server="127.0.0.1",
            mail_port=port,
        )


@pytest.fixture(scope="module")
def outside(settings, urls):
    """An application on a database of its own, whose letters go to a real server."""
    outside = create_app(settings, urls)
    with outside.app_context():
        yield outside
        db.engine.dispose()


@pytest.fixture
def session(outside, mail_server):
    mail_server.forget()
    yield db.session()
    db.session.remove()


def write(kind="submission_received", *, email="ada@example.org", person_id=None, call_id=None, locale="en", **params):
    """A letter in the outbox, committed; returns its number."""
    values = dict(reference="S-7F3K-9Q2M", title="T", call_title="C", closes_at="soon", path="/en/c/my/S-7F3K-9Q2M")
    with transaction() as session:
        to = Recipient(email, locale, person_id)
        return enqueue(session, to=to, kind=kind, params=values | params, now=utcnow(), call_id=call_id)


def stored(mail_id: int) -> OutboxMail:
    db.session.expire_all()
    return db.session.get_one(OutboxMail, mail_id)


def parts_of(mail) -> tuple[str, str]:
    return tuple(mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))


def test_letter_has_its_headers_and_both_twins(session, mail_server):
    call = make_call(session, contact="desk@calls.example")
    session.commit()
    tasks.send(mail_id=write(call_id=call.id))
    (envelope,) = mail_server.envelopes
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert sorted(mail_server.headers(0)) == sorted(HEADERS | {"Reply-To"})
    mail = mail_server.mail()
    assert mail["Reply-To"] == "desk@calls.example"
    assert mail["Subject"] == "Received: S-7F3K-9Q2M"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "en")
    assert mail["Message-ID"].endswith("@calls.example>")
    assert mail.get_content_type() == "multipart/alternative"
    assert all(f"{PUBLIC_URL}/en/c/my/S-7F3K-9Q2M" in part for part in parts_of(mail))


def test_letter_that_nobody_must_get_can_be_stopped(session, mail_server):
    person = make_person(session)
    session.commit()
    numbers = dict.fromkeys(("n_to_screen", "n_new_duplicates", "n_duplicates", "n_reports", "n_new_answers"), 1)
    values = numbers | dict(n_new_submissions=3, n_new_reports=0)
    mail_id = write("digest", person_id=person.id, **values)
    tasks.send(mail_id=mail_id)
    assert sorted(mail_server.headers(0)) == sorted(HEADERS | STOP_HEADERS)
    mail = mail_server.mail()
    address = mail["List-Unsubscribe"].strip(" <>")
    assert address.startswith(f"{PUBLIC_URL}/en/mail/stop/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(address in part for part in parts_of(mail))


def test_letter_stopped_after_it_was_written_is_not_sent(session, mail_server):
    person = make_person(session)
    session.commit()
    mail_id = write("draft_reminder", person_id=person.id)
    with transaction() as database:
        stop_letters(database, person_id=person.id, kind="draft_reminder", now=utcnow())
    tasks.send(mail_id=mail_id)
    assert mail_server.envelopes == []
    assert session.get(OutboxMail, mail_id) is None
    assert write("draft_reminder", person_id=person.id) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(MailStop).filter_by(person_id=person.id)) == 1


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values_stay_inside_the_letter(session, mail_server, payload):
    mail_id = write(reference=payload, title=payload, call_title=payload, closes_at=payload)
    tasks.send(mail_id=mail_id)
    (envelope,) = mail_server.envelopes
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert sorted(mail_server.headers(0)) == sorted(HEADERS)
    mail = mail_server.mail()
    assert mail["Subject"].startswith("Received:") and mail.get_all("Bcc") is None
    assert mail["To"] == "ada@example.org" and mail.get_all("Cc") is None
    assert stored(mail_id).state is MailState.SENT


def headed(contact: str) -> Letterhead:
    return Letterhead(Words("Deep space", "en"), contact)


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_hostile_contact_answers_no_letter(session, mail_server, payload):
    mail = stored(write())
    tasks._hand_over(tasks._message(mail, headed(payload)))
    (envelope,) = mail_server.envelopes
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert sorted(mail_server.headers(0)) == sorted(HEADERS)
    assert b"evil" not in envelope.content


def test_contact_at_a_name_in_another_script_is_written_in_ascii(session, mail_server):
    tasks._hand_over(tasks._message(stored(write()), headed("desk@exämple.org")))
    assert mail_server.mail()["Reply-To"] == "desk@xn--exmple-cua.org"


@pytest.mark.parametrize("payload", [text for text in HOSTILE.values() if "\0" not in text and "\ud800" not in text])
def test_hostile_receiver_gets_nothing(session, mail_server, payload):
    mail_id = write(email=payload)
    tasks.send(mail_id=mail_id)
    assert mail_server.envelopes == []
    assert (stored(mail_id).state, stored(mail_id).problem) == (MailState.FAILED, Problem.UNWRITABLE)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_scripts_survive(session, mail_server, name):
    params = dict(name=name, call=name, panel=name)
    tasks.send(mail_id=write("panelist_invited", **params))
    for part in parts_of(mail_server.mail()):
        assert unescape(part).count(name) == 3
    tasks.send(mail_id=write(title=name, reference=name))
    mail = mail_server.mail()
    assert f"    {name}\n" in parts_of(mail)[0]
    assert mail["Subject"].strip().removeprefix("Received: ") == name


@pytest.mark.parametrize(
    ("command", "answer", "is_final"),
    [
        ("RCPT", "550 no such user", True),
        ("RCPT", "450 mailbox busy", False),
        ("DATA", "554 rejected", True),
        ("DATA", "451 try later", False),
    ],
)
def test_refusal_for_good_ends_it_and_any_other_is_tried_again(session, mail_server, command, answer, is_final):
    mail_server.answers = {command: answer}
    mail_id = write()
    if is_final:
        tasks.send(mail_id=mail_id)
    else:
        with pytest.raises(tasks.PutOff):
            tasks.send(mail_id=mail_id)
    mail = stored(mail_id)
    assert mail.state is (MailState.FAILED if is_final else MailState.QUEUED)
    assert (mail.n_tries, mail.problem) == (1, Problem.REFUSED if is_final else Problem.UNREACHABLE)
    mail_server.answers = {}
    tasks.send(mail_id=mail_id)
    assert len(mail_server.envelopes) == (0 if is_final else 1)
    assert stored(mail_id).n_tries == (1 if is_final else 2)


def test_letter_is_given_up_after_its_last_try(session, mail_server):
    mail_server.answers = {"DATA": "451 try later"}
    mail_id = write()
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(tasks.PutOff):
            tasks.send(mail_id=mail_id)
    tasks.send(mail_id=mail_id)
    assert (stored(mail_id).state, stored(mail_id).n_tries) == (MailState.FAILED, MOST_TRIES)


def test_old_letters_are_emptied_every_night(session, mail_server):
    mail_id = write()
    tasks.send(mail_id=mail_id)
    stored(mail_id).created_at -= timedelta(days=91)
    session.commit()
    tasks.forget(timestamp=0)
    assert (stored(mail_id).recipient, stored(mail_id).params) == ("", {})
    assert queue.periodic_registry.periodic_tasks["mail.forget", ""].cron == "47 3 * * *"


def test_server_that_never_answers_holds_nobody_up(outside, session, settings):
    mailman = outside.extensions["mailman"]
    assert mailman.timeout == 10
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.setblocking(False)
        mailman.port, mailman.timeout = silent.getsockname()[1], 0.5
        try:
            started = time.monotonic()
            mail_id = write()
            assert time.monotonic() - started < 0.5
            with pytest.raises(BlockingIOError):  # nobody has knocked yet
                silent.accept()
            with pytest.raises(tasks.PutOff):
                tasks.send(mail_id=mail_id)
            assert 0.5 <= time.monotonic() - started < 3
            silent.accept()[0].close()
        finally:
            mailman.port, mailman.timeout = settings.mail_port, 10
    assert stored(mail_id).problem == Problem.UNREACHABLE


def test_letter_that_was_taken_is_sent_whatever_the_server_does_next(outside, session, mail_server):
    mail_server.stops_at = "QUIT"
    outside.extensions["mailman"].timeout = 0.5
    try:
        mail_id = write()
        tasks.send(mail_id=mail_id)
    finally:
        outside.extensions["mailman"].timeout = 10
    assert stored(mail_id).state is MailState.SENT
    assert len(mail_server.envelopes) == 1


SEND = """
import sys
from pathlib import Path
from solicit import create_app
from solicit.mail import tasks
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings
app = create_app(Settings.from_env(), DatabaseUrls(*sys.argv[1:3]))
with app.app_context():
    tasks.send(mail_id=int(sys.argv[3]))
"""


def test_killed_between_handing_over_and_marking_repeats_one_letter_as_itself(session, mail_server, settings, urls):
    mail_id = write()
    command = [sys.executable, "-c", SEND, urls.app, urls.owner, str(mail_id)]
    worker = subprocess.Popen(command, env=os.environ | settings.to_env())
    mail_server.on_data = lambda: worker.send_signal(signal.SIGKILL)
    assert worker.wait(timeout=120) == -signal.SIGKILL
    assert len(mail_server.envelopes) == 1 and stored(mail_id).state is MailState.QUEUED
    mail_server.on_data = None
    end = time.monotonic() + 10
    while stored(mail_id).state is not MailState.SENT and time.monotonic() < end:
        db.session.rollback()  # the dead worker's lock goes with its connection
        tasks.send(mail_id=mail_id)
    tasks.send(mail_id=mail_id)
    assert len(mail_server.envelopes) == 2
    assert mail_server.mail(0)["Message-ID"] == mail_server.mail(1)["Message-ID"]
    assert parts_of(mail_server.mail(0)) == parts_of(mail_server.mail(1))

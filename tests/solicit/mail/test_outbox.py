"""The outbox: letters written once, stopped, sent again, emptied."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_mail import make_letter

from solicit.audit.models import AuditEvent
from solicit.errors import Conflict, NotFound
from solicit.mail import service
from solicit.mail.letters import subject_of
from solicit.mail.models import OutboxMail
from solicit.mail.queries import letters_to
from solicit.mail.service import Recipient, StopLinks
from solicit.mail.states import STOPPABLE, MailState, Problem

LINKS = StopLinks("a secret")


def write(session, now, *, kind="digest", person=None, **values) -> int | None:
    to = Recipient("ada@example.org", "en", person.id if person else None)
    return service.enqueue(session, to=to, kind=kind, params={"path": "/en"}, now=now, **values)


def n_letters(session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxMail))


def n_jobs(session) -> int:
    return session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mail.send'"))


def test_letter_comes_with_the_job_that_sends_it(session, now):
    before = n_jobs(session)
    mail = session.get_one(OutboxMail, write(session, now))
    assert (mail.state, mail.n_tries, mail.problem) == (MailState.QUEUED, 0, "")
    assert n_jobs(session) == before + 1


def test_letter_that_has_a_name_is_written_once(session, now):
    before = n_jobs(session)
    assert write(session, now, once="digest of today") is not None
    assert write(session, now, once="digest of today") is None
    assert write(session, now, once="digest of tomorrow") is not None
    assert (n_letters(session), n_jobs(session)) == (2, before + 2)


def test_stopped_kind_is_not_written_until_it_is_wanted_again(session, now):
    person, other = make_person(session), make_person(session)
    for _ in range(2):
        service.stop_letters(session, person_id=person.id, kind="digest", now=now)
    assert write(session, now, person=person) is None
    assert write(session, now, person=other) and write(session, now, person=person, kind="draft_reminder")
    service.resume_letters(session, person_id=person.id, kind="digest")
    assert write(session, now, person=person) is not None


def test_essential_letter_cannot_be_stopped(session, now):
    person = make_person(session)
    service.stop_letters(session, person_id=person.id, kind="submission_received", now=now)
    assert write(session, now, person=person, kind="submission_received") is not None


def test_values_hold_nothing_that_cannot_be_stored(session, now):
    params = {"title": "a\0b\ud800c\u202ed", "more": ["\x1b", {"n": 1}]}
    to = Recipient("ada@example.org", "en")
    mail_id = service.enqueue(session, to=to, kind="digest", params=params, now=now)
    assert session.get_one(OutboxMail, mail_id).params == {"title": "a b cd", "more": [" ", {"n": 1}]}


def test_link_that_stops_is_ours_or_nothing():
    token = LINKS.token(person_id=7, kind="digest")
    assert LINKS.read(token) == (7, "digest")
    forged = (token + "x", token[:-1], "", StopLinks("b").token(person_id=7, kind="digest"))
    for bad in (*forged, LINKS.token(person_id=7, kind="submission_received")):
        with pytest.raises(NotFound):
            LINKS.read(bad)


def test_stop_of_somebody_who_left_is_not_found(session, now):
    with pytest.raises(NotFound):
        service.stop_letters(session, person_id=9_000_000, kind="digest", now=now)


def test_choice_stops_every_kind_but_the_wanted_ones(session, now):
    person = make_person(session)
    service.choose_letters(session, person_id=person.id, wanted={"digest"}, now=now)
    stopped = {kind for kind in STOPPABLE if service.has_stopped(session, person_id=person.id, kind=kind)}
    assert stopped == STOPPABLE - {"digest"}


def test_failed_letter_is_sent_again_and_audited(session, now):
    call, organizer = make_call(session), make_person(session)
    mail = make_letter(session, state=MailState.FAILED, n_tries=8, problem=Problem.UNREACHABLE, call_id=call.id)
    before = n_jobs(session)
    act = dict(call_id=call.id, mail_id=mail.id, actor_id=organizer.id, now=now)
    service.send_again(session, **act)
    assert (mail.state, mail.n_tries) == (MailState.QUEUED, 0)
    assert n_jobs(session) == before + 1
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "mail")).one()
    assert (event.act, event.subject_id, event.call_id) == ("send again", mail.id, call.id)
    with pytest.raises(Conflict):
        service.send_again(session, **act)
    assert n_jobs(session) == before + 1


@pytest.mark.parametrize("recipient", ["ada@example.org", ""])
def test_only_a_failed_letter_with_an_address_is_sent_again(session, now, recipient):
    call = make_call(session)
    state = MailState.FAILED if recipient == "" else MailState.SENT
    mail = make_letter(session, state=state, recipient=recipient, call_id=call.id)
    with pytest.raises(Conflict):
        service.send_again(session, call_id=call.id, mail_id=mail.id, actor_id=make_person(session).id, now=now)


def test_letter_of_another_call_is_not_found(session, now):
    mail = make_letter(session, state=MailState.FAILED, call_id=make_call(session).id)
    with pytest.raises(NotFound):
        service.send_again(session, call_id=make_call(session).id, mail_id=mail.id, actor_id=1, now=now)


def test_old_letters_are_emptied_and_counted_on(session, now):
    params = {"title": "Secret"}
    old, young = (make_letter(session, params=params, now=now - timedelta(days=days)) for days in (91, 89))
    failed = make_letter(session, params=params, state=MailState.FAILED, now=now - timedelta(days=91))
    waiting = make_letter(session, params=params, state=MailState.QUEUED, now=now - timedelta(days=91))
    service.empty_old_letters(session, kept_days=90, now=now)
    for mail in (old, young, failed, waiting):
        session.refresh(mail)
    assert [(mail.recipient, mail.params) for mail in (old, failed)] == [("", {})] * 2
    assert all(mail.recipient and mail.params == params for mail in (young, waiting))
    assert old.state is MailState.SENT and old.sent_at


def test_person_reads_what_they_were_sent_in_a_call(session, now, count_statements):
    call, other = make_call(session), make_call(session)
    person, stranger = make_person(session), make_person(session)
    of = dict(person_id=person.id, call_id=call.id)
    for hours, reference in enumerate(("S-1111-1111", "S-2222-2222", "S-3333-3333")):
        values = dict(reference=reference, title="T", call_title="C", closes_at="soon", path="/en")
        make_letter(session, params=values, now=now + timedelta(hours=hours), **of)
    make_letter(session, person_id=stranger.id, call_id=call.id)
    make_letter(session, person_id=person.id, call_id=other.id)
    session.commit()
    count_statements.clear()
    lines = letters_to(session, **of, limit=2)
    assert len(count_statements) == 1
    subjects = [subject_of(line.kind, params=line.params, locale="en") for line in lines]
    assert subjects == ["Received: S-3333-3333", "Received: S-2222-2222"]


def test_emptied_letter_is_named_by_its_kind(app, session):
    assert subject_of("submission_received", params={}, locale="en") == "Submission received"

"""Sending the outbox: written in the receiver's language, handed to the server, the result recorded."""

import logging
import re
import smtplib
from contextlib import suppress

from flask import current_app
from flask_mailman import EmailMultiAlternatives
from procrastinate import RetryStrategy
from sqlalchemy.orm import Session

from solicit.calls.queries.facts import Letterhead, letterhead_of
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task
from solicit.mail import service
from solicit.mail.letters import header_text, read_letter
from solicit.mail.models import OutboxMail
from solicit.mail.queries import wording_for
from solicit.mail.service import StopLinks
from solicit.mail.states import STOPPABLE, Problem
from solicit.mail.wordings import Wording
from solicit.web.addresses import public_host, public_root

log = logging.getLogger(__name__)

PLAIN_ADDRESS = re.compile(r'[^\s@,:;<>"()\[\]\\]+@[^\s@,:;<>"()\[\]\\]+')


class PutOff(Exception):
    """A letter did not go out this time; the queue tries again later."""


# The letter counts its tries and says when it is over; the queue only waits longer each time.
@task("mail.send", retry=RetryStrategy(exponential_wait=4))
def send(mail_id: int) -> None:
    # Long: a slow server answers between two of our statements, while the letter stays locked.
    with transaction(is_long=True) as session:
        mail = service.take_for_sending(session, mail_id=mail_id)
        is_put_off = mail is not None and not _is_over(session, mail)
    if is_put_off:
        raise PutOff(f"Letter {mail_id} is tried again.")


@task("mail.forget")
def forget(timestamp: int) -> None:
    """Empty old letters of what is personal."""
    with transaction() as session:
        service.empty_old_letters(session, kept_days=current_app.extensions["settings"].keep_mail_days, now=utcnow())


queue.periodic(cron="47 3 * * *")(queue.tasks["mail.forget"])


def _is_over(session: Session, mail: OutboxMail) -> bool:
    """Try to send a letter and record the result; False if it is to be tried again."""
    try:
        head = letterhead_of(session, call_id=mail.call_id, language=mail.locale) if mail.call_id else None
        wording = wording_for(session, call_id=mail.call_id, kind=mail.kind, language=mail.locale)
        _hand_over(_message(mail, head, wording))
    except (OSError, smtplib.SMTPException) as error:
        log.warning("Letter %s was not sent: %s", mail.id, type(error).__name__)
        is_final = _refuses_for_good(error)
        problem = Problem.REFUSED if is_final else Problem.UNREACHABLE
        return service.note_failure(session, mail, problem=problem, is_final=is_final)
    except Exception:
        log.exception("Letter %s could not be written", mail.id)
        return service.note_failure(session, mail, problem=Problem.UNWRITABLE, is_final=True)
    service.mark_sent(session, mail, now=utcnow())
    return True


def _message(
    mail: OutboxMail, head: Letterhead | None = None, wording: Wording | None = None
) -> EmailMultiAlternatives:
    """The mail as it is sent, under the title of its call and in the words of its organizers if they have some."""
    if not PLAIN_ADDRESS.fullmatch(mail.recipient):
        raise ValueError("The receiver's address is none.")
    stop_path = _stop_path(mail)
    params = mail.params | (head.params(mail.params) if head else {})
    letter = read_letter(mail.kind, params=params, locale=mail.locale, stop_path=stop_path, wording=wording)
    contact = head.contact if head else ""
    message = EmailMultiAlternatives(subject=letter.subject, body=letter.as_text(), to=[mail.recipient])
    message.attach_alternative(letter.as_html(), "text/html")
    if header_text(contact) == contact and PLAIN_ADDRESS.fullmatch(contact):
        message.reply_to = [contact]
    message.extra_headers = {
        "Message-ID": f"<{mail.message_id}@{public_host()}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter.lang,
    }
    if stop_path:
        message.extra_headers |= {
            "List-Unsubscribe": f"<{public_root()}{stop_path}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return message


def _stop_path(mail: OutboxMail) -> str:
    """Where the receiver may stop letters of this kind; empty if they may not, or have no account."""
    if mail.kind not in STOPPABLE or mail.person_id is None:
        return ""
    token = StopLinks(current_app.config["SECRET_KEY"]).token(person_id=mail.person_id, kind=mail.kind)
    return f"/{mail.locale}/mail/stop/{token}"


def _hand_over(message: EmailMultiAlternatives) -> None:
    """Give a message to the server; once it was taken, nothing that the server does matters."""
    connection = message.get_connection()
    connection.open()
    try:
        connection.send_messages([message])
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()


def _refuses_for_good(error: Exception) -> bool:
    """Whether the server means this letter, and for ever: a wrong password or greeting concerns the site."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    return isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and error.smtp_code >= 500

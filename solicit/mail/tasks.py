"""Sending the outbox: render in the receiver's language, hand to the server, record the result."""

import logging
import re
import smtplib

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import task
from solicit.mail import service
from solicit.mail.models import OutboxMail

log = logging.getLogger(__name__)

LONGEST_SUBJECT = 120
# An RFC 2047 word would be decoded again when the header is written, and could carry a line break.
ENCODED_WORD = re.compile(r"=\?[^?]*\?[^?]*\?[^?]*\?=")


@task("mail.send")
def send(mail_id: int) -> None:
    with transaction() as session:
        mail = service.take_for_sending(session, mail_id=mail_id)
        if mail is None:
            return
        try:
            _message(mail).send()
        except (OSError, smtplib.SMTPException) as error:
            service.mark_failed(session, mail, problem=type(error).__name__)
            failure = error
        else:
            service.mark_sent(session, mail, now=utcnow())
            return
    raise failure  # the queue tries again later


def _message(mail: OutboxMail) -> EmailMultiAlternatives:
    public_url = current_app.config["PUBLIC_URL"].rstrip("/")
    with force_locale(mail.locale):
        text = render_template(f"mail/{mail.kind}.txt", public_url=public_url, **mail.params)
    subject, _, body = text.partition("\n")
    message = EmailMultiAlternatives(subject=header_text(subject), body=body.strip() + "\n", to=[mail.recipient])
    message.extra_headers["Message-ID"] = mail.message_id
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    return message


def header_text(text: str) -> str:
    """A text that is safe in a header: one line, no encoded words, not too long."""
    line = " ".join(text.split())
    while ENCODED_WORD.search(line):  # what is left on both sides may be another one
        line = ENCODED_WORD.sub("", line)
    return line[:LONGEST_SUBJECT]

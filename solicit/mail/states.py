"""The life of a mail in the outbox."""

import enum


class MailState(enum.Enum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"

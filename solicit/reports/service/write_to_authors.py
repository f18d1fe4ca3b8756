"""Writing one letter to the authors of questions: all of them in one transaction, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import Conflict
from solicit.mail.service import enqueue_all
from solicit.mail.wordings import filled
from solicit.reports.queries.search.authors import LETTER_KIND, Author
from solicit.words import N_

PLACEHOLDERS = frozenset({"title", "name"})


@dataclass(frozen=True)
class Message:
    """What an organizer wrote; both texts may hold placeholders."""

    subject: str
    body: str


def letter_params(message: Message, *, call: CallFacts, author: Author) -> dict:
    """What the template of the letter speaks of."""
    title = "; ".join(author.titles)
    return {
        "heading": filled(message.subject, {"name": author.name, "title": title}),
        "body": message.body,
        "name": author.name,
        "title": title,
        "call_title": call.title,
    }


def write_to_authors(
    session: Session,
    *,
    call: CallFacts,
    message: Message,
    authors: Sequence[Author],
    expected: int,
    key: str,
    actor_id: int,
    now: datetime,
) -> int:
    """Put a letter for each author into the outbox and return how many; none if this very message was sent before.

    ``key`` names the message, ``expected`` says to how many people the organizer was told that it goes.
    """
    if len(authors) != expected:
        raise Conflict(N_("The people have changed since you looked. Look at the letter again, then send it."))
    once = f"{LETTER_KIND} {key} {message}"
    letters = [
        (author.to, letter_params(message, call=call, author=author), f"{once} {author.to.person_id}")
        for author in authors
    ]
    n = enqueue_all(session, kind=LETTER_KIND, letters=letters, now=now, call_id=call.id)
    if n:
        facts = dict(subject="call", subject_id=call.id, call_id=call.id, actor_id=actor_id, now=now)
        record(session, act="write to authors", n_people=n, **facts)
    return n

"""The people whom a writer names as co-authors."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.submissions.models import CoAuthor
from solicit.submissions.states import CoAuthorState


@dataclass(frozen=True)
class NamedCoAuthor:
    """Somebody who wrote along, as the writer knows them."""

    email: str
    full_name: str


def name_co_authors(session: Session, *, submission_id: int, people: Sequence[NamedCoAuthor], now: datetime) -> None:
    """Replace the people who are named in a draft; nobody is written to before it is sent."""
    named = sa.delete(CoAuthor).where(CoAuthor.submission_id == submission_id, CoAuthor.state == CoAuthorState.NAMED)
    session.execute(named)
    session.add_all(
        CoAuthor(submission_id=submission_id, nonce=secrets.token_hex(16), named_at=now, **vars(person))
        for person in people
    )
    session.flush()


def ask_named(session: Session, *, call: CallFacts, submission_id: int, now: datetime) -> None:
    """Ask the people who are named in what was just sent whether they agree."""
    named = sa.update(CoAuthor).where(CoAuthor.submission_id == submission_id, CoAuthor.state == CoAuthorState.NAMED)
    session.execute(named.values(state=CoAuthorState.INVITED, invited_at=now))

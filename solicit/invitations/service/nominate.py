"""Proposing people without a ranked question, their consent, and scoring the statements of fit."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.db import violated_constraint
from solicit.errors import Conflict, NotFound, Refused
from solicit.invitations.models import Nomination, StatementScore
from solicit.mail.service import Recipient, enqueue
from solicit.people.service.accounts import person_at
from solicit.words import N_

PURPOSE = "nomination consent"
VALID_FOR = timedelta(days=14)
SHORTEST_NAME = 3


@dataclass(frozen=True)
class ConsentLinks:
    """Signed links that ask one person for one consent, until a given time."""

    secret: str

    def token(self, *, nomination_id: int, person_id: int, now: datetime) -> str:
        return self._signer.dumps([nomination_id, person_id, int((now + VALID_FOR).timestamp())])

    def read(self, token: str, *, now: datetime) -> tuple[int, int]:
        """Nomination and person of a token; raises NotFound if it is forged or too old."""
        try:
            nomination_id, person_id, until = self._signer.loads(token)
        except BadData:
            raise NotFound(N_("This link is not complete. Open it from the mail again.")) from None
        if now.timestamp() > until:
            raise NotFound(N_("This link has expired. Ask the organizers for a new one."))
        return nomination_id, person_id

    @property
    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=PURPOSE)


@dataclass(frozen=True, kw_only=True)
class NewNomination:
    email: str
    full_name: str
    theme_id: int | None
    statement: str


def nominate(
    session: Session, *, call: CallFacts, new: NewNomination, links: ConsentLinks, proposer_id: int, now: datetime
) -> int:
    """Propose a person and ask them by mail for their consent; returns the nomination's number."""
    if new.theme_id is not None and call.theme_by_id(new.theme_id) is None:
        raise Refused(N_("This theme is not part of the call."))
    person = person_at(session, email=new.email.lower(), full_name=new.full_name, now=now)
    if any(
        names_person(new.statement, full_name=name, email=person.email) for name in (new.full_name, person.full_name)
    ):
        raise Refused(N_("Leave the name and the address out of the statement: it is scored without them."))
    nomination = _store(session, call=call, new=new, person_id=person.id, proposer_id=proposer_id, now=now)
    token = links.token(nomination_id=nomination.id, person_id=person.id, now=now)
    enqueue(
        session,
        to=Recipient(person.email, person.locale, person.id),
        kind="nomination_consent",
        params={
            "call_title": call.title,
            "path": f"/{person.locale}/{call.slug}/nomination/{token}",
        },
        call_id=call.id,
        now=now,
    )
    return nomination.id


def consent(session: Session, *, call_id: int, token: str, links: ConsentLinks, now: datetime) -> None:
    """The person agrees to be considered; agreeing twice changes nothing."""
    nomination_id, person_id = links.read(token, now=now)
    nomination = session.scalar(
        sa.select(Nomination)
        .where(Nomination.id == nomination_id, Nomination.person_id == person_id, Nomination.call_id == call_id)
        .with_for_update()
    )
    if nomination is None:
        raise NotFound
    if nomination.consented_at is None:
        nomination.consented_at = now
        session.flush()


def score_statement(
    session: Session, *, call_id: int, nomination_id: int, organizer_id: int, value: int, now: datetime
) -> None:
    """Keep what an organizer finds of a statement; a second score replaces the first."""
    found = sa.select(Nomination).where(Nomination.id == nomination_id, Nomination.call_id == call_id)
    nomination = session.scalar(found)
    if nomination is None or nomination.consented_at is None:
        raise NotFound
    if organizer_id in (nomination.proposed_by_id, nomination.person_id):
        raise Refused(N_("You know who this is. Somebody else must score the statement."))
    if not 0 <= value <= 100:
        raise Refused(N_("Give a number from 0 to 100."))
    statement = insert(StatementScore).values(
        nomination_id=nomination_id, organizer_id=organizer_id, value=value, scored_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["nomination_id", "organizer_id"], set_={"value": value, "scored_at": now}
        )
    )
    record(
        session,
        act="score statement",
        subject="nomination",
        subject_id=nomination_id,
        call_id=call_id,
        actor_id=organizer_id,
        now=now,
    )


def names_person(statement: str, *, full_name: str, email: str) -> bool:
    """Whether a statement gives the person away by their full name, a longer part of it, or their address."""
    text = statement.casefold()
    words = set(re.findall(r"\w+", text))
    parts = [part for part in re.findall(r"\w+", full_name.casefold()) if len(part) >= SHORTEST_NAME]
    return email.casefold() in text or full_name.casefold() in text or any(part in words for part in parts)


def _store(
    session: Session, *, call: CallFacts, new: NewNomination, person_id: int, proposer_id: int, now: datetime
) -> Nomination:
    nomination = Nomination(
        call_id=call.id,
        person_id=person_id,
        theme_id=new.theme_id,
        statement=new.statement,
        proposed_by_id=proposer_id,
        proposed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(nomination)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_nomination_call_id_person_id":
            raise Conflict(N_("This person was proposed already.")) from None
        raise
    record(
        session,
        act="nominate",
        subject="nomination",
        subject_id=nomination.id,
        call_id=call.id,
        actor_id=proposer_id,
        now=now,
    )
    return nomination

"""Proposing people without a ranked question, their answer, and scoring the statements of fit."""

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
from solicit.invitations.models import CandidateWish, Nomination, StatementScore
from solicit.invitations.queries.in_force import pool_in_force
from solicit.invitations.queries.pool.unite import accounts_of
from solicit.invitations.queries.redaction import names_person
from solicit.invitations.queries.sight import hidden_person_ids
from solicit.invitations.states import NominationSource, Wish
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.people.service.accounts import person_at
from solicit.words import N_

PURPOSE = "nomination consent"
VALID_FOR = timedelta(days=14)
MOST_LETTERS = 3  # that wait for one person's answer in one call


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
    """A proposal; ``panel_id`` if it is made in the name of a panel."""

    email: str
    full_name: str
    theme_id: int | None
    statement: str
    panel_id: int | None = None


def nominate(
    session: Session, *, call: CallFacts, new: NewNomination, links: ConsentLinks, proposer_id: int, now: datetime
) -> int:
    """Propose a person and ask them by mail for their consent; returns the nomination's number.

    What the proposer is told is the same whether there is an account, an earlier proposal or a candidate.
    """
    if new.theme_id is not None and call.theme_by_id(new.theme_id) is None:
        raise Refused(N_("This theme is not part of the call."))
    # What the account says is not compared: the answer would tell what somebody is called.
    if names_person(new.statement, full_name=new.full_name, email=new.email):
        raise Refused(N_("Leave the name and the address out of the statement: it is scored without them."))
    person = person_at(session, email=new.email.lower(), full_name=new.full_name, now=now)
    if person.id == proposer_id:
        raise Refused(N_("This is your own address. Propose yourself from your own page."))
    nomination = _store(session, call=call, new=new, person_id=person.id, proposer_id=proposer_id, now=now)
    if _may_be_asked(session, call_id=call.id, person=person):
        _ask(session, call=call, person=person, nomination_id=nomination.id, links=links, now=now)
    return nomination.id


def consent(session: Session, *, call_id: int, token: str, links: ConsentLinks, now: datetime) -> None:
    """The person agrees to be considered; agreeing twice changes nothing."""
    nomination = _of_token(session, call_id=call_id, token=token, links=links, now=now)
    if nomination.consented_at is None:
        nomination.consented_at, nomination.declined_at = now, None
        _record_answer(session, "agree to a proposal", nomination, now)


def decline(session: Session, *, call_id: int, token: str, links: ConsentLinks, now: datetime) -> None:
    """The person does not want to be considered: a no to one proposal is a no to all that others made."""
    nomination = _of_token(session, call_id=call_id, token=token, links=links, now=now)
    if nomination.declined_at is not None:
        return
    mine = (Nomination.call_id == call_id, Nomination.person_id == nomination.person_id)
    by_others = Nomination.source != NominationSource.ONESELF
    session.execute(sa.update(Nomination).where(*mine, by_others).values(consented_at=None, declined_at=now))
    session.refresh(nomination)
    _record_answer(session, "decline a proposal", nomination, now)


def score_statement(
    session: Session, *, call: CallFacts, nomination_id: int, organizer_id: int, value: int, now: datetime
) -> None:
    """Keep what an organizer finds of a statement; a second score replaces the first.

    A statement of somebody hidden from the organizer is missing: its number must not tell who was proposed.
    """
    found = sa.select(Nomination).where(Nomination.id == nomination_id, Nomination.call_id == call.id)
    nomination = session.scalar(found)
    hidden = hidden_person_ids(session, viewer_id=organizer_id)
    if nomination is None or nomination.consented_at is None or nomination.person_id in hidden:
        raise NotFound
    if organizer_id == nomination.proposed_by_id:
        raise Refused(N_("You know who this is. Somebody else must score the statement."))
    _check_no_rival(session, call=call, organizer_id=organizer_id)
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
        call_id=call.id,
        actor_id=organizer_id,
        now=now,
    )


def _check_no_rival(session: Session, *, call: CallFacts, organizer_id: int) -> None:
    """Raise Refused for an organizer who could come instead of those whose statements they score."""
    own = accounts_of(organizer_id)
    proposed = sa.select(Nomination.id).where(
        Nomination.call_id == call.id, Nomination.person_id.in_(own), Nomination.consented_at.is_not(None)
    )
    pool = pool_in_force(session, call=call)
    if session.scalar(proposed.limit(1)) or (pool and organizer_id in pool.person_ids):
        raise Refused(N_("You are a candidate yourself. Another organizer must decide."))


def _of_token(session: Session, *, call_id: int, token: str, links: ConsentLinks, now: datetime) -> Nomination:
    """The nomination that a link is about, locked."""
    nomination_id, person_id = links.read(token, now=now)
    nomination = session.scalar(
        sa.select(Nomination)
        .where(Nomination.id == nomination_id, Nomination.person_id == person_id, Nomination.call_id == call_id)
        .with_for_update()
    )
    if nomination is None:
        raise NotFound
    return nomination


def _record_answer(session: Session, act: str, nomination: Nomination, now: datetime) -> None:
    record(
        session,
        act=act,
        subject="nomination",
        subject_id=nomination.id,
        call_id=nomination.call_id,
        actor_id=nomination.person_id,
        now=now,
    )


def _may_be_asked(session: Session, *, call_id: int, person: Person) -> bool:
    """Nobody is asked who said no, who closed their account, or whom enough letters wait for already."""
    mine = (Nomination.call_id == call_id, Nomination.person_id == person.id)
    is_waiting = sa.and_(Nomination.consented_at.is_(None), Nomination.declined_at.is_(None))
    n_waiting, n_declined = session.execute(
        sa.select(sa.func.count().filter(is_waiting), sa.func.count(Nomination.declined_at)).where(*mine)
    ).one()
    wish = session.get(CandidateWish, (call_id, person.id))
    has_said_no = n_declined or (wish is not None and wish.wish is Wish.NOT)
    return person.active and not has_said_no and n_waiting <= MOST_LETTERS


def _ask(
    session: Session, *, call: CallFacts, person: Person, nomination_id: int, links: ConsentLinks, now: datetime
) -> None:
    token = links.token(nomination_id=nomination_id, person_id=person.id, now=now)
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


def _store(
    session: Session, *, call: CallFacts, new: NewNomination, person_id: int, proposer_id: int, now: datetime
) -> Nomination:
    nomination = Nomination(
        call_id=call.id,
        person_id=person_id,
        proposed_name=new.full_name,
        source=NominationSource.PANEL if new.panel_id else NominationSource.ORGANIZER,
        panel_id=new.panel_id,
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
        if violated_constraint(error) == "uq_nomination_call_id_person_id_proposed_by_id":
            raise Conflict(N_("You proposed this person already.")) from None
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

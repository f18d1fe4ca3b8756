"""What happened to a question, for its desk."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.audit.models import AuditEvent, PersonKey
from solicit.calls.queries import CallFacts
from solicit.people.models import Person
from solicit.questions.models import QuestionSource
from solicit.questions.states import STAFF_WORDS, QuestionState, TranslationSource
from solicit.words import N_

MOST = 200
# Whoever does this is an author: an organizer's name would say whose text it is.
ACTS_OF_AUTHORS = ("submit", "edit", "withdraw", "revive")
ACT_WORDS = {
    "move": N_("Decided"),
    "undo decision": N_("A decision was undone"),
    "change theme": N_("Another theme"),
    "redact": N_("Copy for panels saved"),
    "remove redaction": N_("Copy for panels removed"),
    "translate": N_("Translation saved"),
    "show translation": N_("Translation shown to everybody"),
    "remove translation": N_("Translation removed"),
    "accept wording": N_("New wording taken"),
    "keep wording": N_("Old wording kept"),
    "dismiss suspicion": N_("Suspicion dismissed"),
    "merge": N_("Merged into another question"),
    "undo merge": N_("Merge undone"),
    "submit": N_("Submitted"),
    "import": N_("Imported"),
    "edit": N_("Text changed by its author"),
    "withdraw": N_("Withdrawn"),
    "revive": N_("Brought back"),
    "request revision": N_("Revision asked for"),
    "take back revision": N_("Request for a revision taken back"),
}


@dataclass(frozen=True)
class Happening:
    """One act; ``who`` is an organizer's name, nothing for everybody else. ``states`` are words, from and to."""

    at: datetime
    word: str
    who: str | None
    states: tuple[str, ...]


def audit_trail(session: Session, *, call: CallFacts, question_id: int) -> tuple[Happening, ...]:
    """What was done to a question and to the submissions behind it, the latest first; one statement.

    Authors are not named here: whoever screens reads a text without them.
    """
    behind = sa.select(QuestionSource.submission_id).where(
        sa.or_(QuestionSource.question_id == question_id, QuestionSource.first_question_id == question_id)
    )
    of_question = sa.and_(AuditEvent.subject == "question", AuditEvent.subject_id == question_id)
    of_submission = sa.and_(AuditEvent.subject == "submission", AuditEvent.subject_id.in_(behind))
    organizes = sa.exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.role == Role.ORGANIZER, RoleGrant.call_id == call.id
    )
    rows = session.execute(
        sa.select(AuditEvent, sa.case((sa.and_(organizes, ~_is_of_author()), Person.full_name)).label("who"))
        .outerjoin(PersonKey, PersonKey.key == AuditEvent.actor_key)
        .outerjoin(Person, Person.id == PersonKey.person_id)
        .where(sa.or_(of_question, of_submission), AuditEvent.act.in_(list(ACT_WORDS)))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(MOST)
    )
    return tuple(Happening(row[0].at, ACT_WORDS[row[0].act], row.who, _states(row[0].details)) for row in rows)


def _is_of_author() -> sa.ColumnElement[bool]:
    translates = AuditEvent.details["source"].astext == TranslationSource.AUTHOR.value
    return sa.func.coalesce(sa.or_(AuditEvent.act.in_(ACTS_OF_AUTHORS), translates), sa.false())


def _states(details: dict) -> tuple[str, ...]:
    known = {state.value: STAFF_WORDS[state] for state in QuestionState}
    moved = [known.get(details.get(name)) for name in ("old", "new")]
    return tuple(moved) if all(moved) else ()

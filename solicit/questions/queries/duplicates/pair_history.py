"""What people decided about a pair, and took back, as the audit remembers it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.models import AuditEvent, PersonKey
from solicit.people.models import Person
from solicit.questions.states import VERDICT_WORDS, Verdict
from solicit.words import N_

ACT_WORDS = {
    "give verdict": N_("Verdict given"),
    "undo verdict": N_("Verdict taken back"),
    "merge": N_("Merged"),
    "undo merge": N_("Merge undone"),
}


@dataclass(frozen=True)
class PairAct:
    """One act; ``who`` is None for the site itself and for people who were erased."""

    word: str
    verdict_word: str | None
    who: str | None
    at: datetime


def pair_history(session: Session, *, pair_id: int, question_ids: tuple[int, int]) -> tuple[PairAct, ...]:
    """The verdicts on a pair and the merges of one of its questions into the other, oldest first; one statement."""
    of_pair = sa.and_(AuditEvent.subject == "duplicate_pair", AuditEvent.subject_id == pair_id)
    of_merges = sa.and_(
        AuditEvent.subject == "question",
        AuditEvent.act.in_(("merge", "undo merge")),
        AuditEvent.subject_id.in_(question_ids),
        AuditEvent.details["other"].as_integer().in_(question_ids),
    )
    rows = session.execute(
        sa.select(AuditEvent.act, AuditEvent.details, AuditEvent.at, Person.full_name)
        .outerjoin(PersonKey, PersonKey.key == AuditEvent.actor_key)
        .outerjoin(Person, Person.id == PersonKey.person_id)
        .where(sa.or_(of_pair, of_merges), AuditEvent.act.in_(ACT_WORDS))
        .order_by(AuditEvent.id)
    )
    return tuple(PairAct(ACT_WORDS[act], _verdict_word(details), who, at) for act, details, at, who in rows)


def _verdict_word(details: dict) -> str | None:
    return VERDICT_WORDS[Verdict(details["verdict"])] if "verdict" in details else None

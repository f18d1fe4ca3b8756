"""Taking a question to read it, so that two organizers do not decide on the same one."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict
from solicit.people.models import Person
from solicit.questions.models import Question, ScreeningClaim
from solicit.questions.states import CLAIM_LAPSE
from solicit.words import N_


def take(session: Session, *, question_id: int, person_id: int, now: datetime) -> None:
    """Claim a question for a quarter of an hour; raises Conflict while somebody else has it."""
    call_id = sa.select(Question.call_id).where(Question.id == question_id)
    check_desk_is_open(session.scalars(sa.select(Call).where(Call.id.in_(call_id))).one(), now=now)
    if not _claim(session, question_id, person_id, now):
        check_free(session, question_id=question_id, person_id=person_id, now=now)


def take_next(session: Session, *, waiting: sa.Select, person_id: int, now: datetime) -> int | None:
    """Claim the first question of ``waiting`` (ids, in order) that nobody reads, and return its id.

    A row that somebody is just claiming or deciding on is passed over, not waited for.
    """
    free = ~sa.exists().where(ScreeningClaim.question_id == Question.id, ScreeningClaim.claimed_at > now - CLAIM_LAPSE)
    first = waiting.where(free).limit(1).with_for_update(of=Question, skip_locked=True)
    while (question_id := session.scalar(first)) is not None:
        # Somebody may have claimed it between the look and the lock.
        if _claim(session, question_id, person_id, now):
            return question_id
    return None


def give_back(session: Session, *, question_id: int, person_id: int) -> None:
    """Let others have a question again; a claim of somebody else stays."""
    own = ScreeningClaim.question_id == question_id, ScreeningClaim.person_id == person_id
    session.execute(sa.delete(ScreeningClaim).where(*own))


def release(session: Session, *, question_id: int) -> None:
    """End the claim on a question that is decided."""
    session.execute(sa.delete(ScreeningClaim).where(ScreeningClaim.question_id == question_id))


def check_free(session: Session, *, question_id: int, person_id: int, now: datetime) -> None:
    """Raise Conflict while somebody else reads a question."""
    reader = session.scalar(
        sa.select(Person.full_name)
        .join(ScreeningClaim, ScreeningClaim.person_id == Person.id)
        .where(ScreeningClaim.question_id == question_id, *_of_others(person_id, now))
    )
    if reader is not None:
        raise Conflict(N_("%(name)s is reading this question now. Decide anyway, or take another one."), name=reader)


def claimed_by_others(
    session: Session, *, question_ids: Collection[int], person_id: int, now: datetime
) -> frozenset[int]:
    """Which of these questions somebody else is reading."""
    of_them = sa.select(ScreeningClaim.question_id).where(ScreeningClaim.question_id.in_(question_ids))
    return frozenset(session.scalars(of_them.where(*_of_others(person_id, now))))


def _of_others(person_id: int, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return ScreeningClaim.person_id != person_id, ScreeningClaim.claimed_at > now - CLAIM_LAPSE


def _claim(session: Session, question_id: int, person_id: int, now: datetime) -> bool:
    """Write the claim unless another person's stands."""
    new = insert(ScreeningClaim).values(question_id=question_id, person_id=person_id, claimed_at=now)
    is_over = sa.or_(ScreeningClaim.person_id == person_id, ScreeningClaim.claimed_at <= now - CLAIM_LAPSE)
    mine = new.on_conflict_do_update(
        index_elements=[ScreeningClaim.question_id],
        set_={"person_id": new.excluded.person_id, "claimed_at": new.excluded.claimed_at},
        where=is_over,
    )
    return session.scalar(mine.returning(ScreeningClaim.question_id)) is not None

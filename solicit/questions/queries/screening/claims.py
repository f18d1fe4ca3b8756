"""Who is reading a question at the desk."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from solicit.people.models import Person
from solicit.questions.models import Question, ScreeningClaim
from solicit.questions.states import CLAIM_LAPSE


@dataclass(frozen=True)
class ClaimView:
    """Who reads a question, since when."""

    name: str
    since: datetime
    is_mine: bool


def live_claim(now: datetime) -> sa.ScalarSelect:
    """[person, name, seconds since 1970] of whoever reads the question of the outer statement."""
    since = sa.extract("epoch", ScreeningClaim.claimed_at)
    return (
        sa.select(sa.func.jsonb_build_array(Person.id, Person.full_name, since))
        .select_from(ScreeningClaim)
        .join(Person, Person.id == ScreeningClaim.person_id)
        .where(ScreeningClaim.question_id == Question.id, ScreeningClaim.claimed_at > now - CLAIM_LAPSE)
        .correlate(Question)
        .scalar_subquery()
    )


def claim_from(kept: list | None, viewer_id: int) -> ClaimView | None:
    """What ``live_claim`` found."""
    if kept is None:
        return None
    person_id, name, since = kept
    return ClaimView(name, datetime.fromtimestamp(since, UTC), person_id == viewer_id)


def is_claimed_by(person_id: int, now: datetime) -> sa.ColumnElement[bool]:
    mine = sa.select(ScreeningClaim.question_id)
    return Question.id.in_(
        mine.where(ScreeningClaim.person_id == person_id, ScreeningClaim.claimed_at > now - CLAIM_LAPSE)
    )

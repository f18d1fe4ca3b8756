"""What was decided at the desk and may be undone."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.questions.models import ScreeningDecision, ScreeningStep


def decision_subject(session: Session, *, call: CallFacts, decision_id: int, **_) -> Subject | None:
    """Facts for the policy: a decision belongs to its call and to whoever made it."""
    made_by = sa.select(ScreeningDecision.id, ScreeningDecision.made_by_id).where(
        ScreeningDecision.id == decision_id, ScreeningDecision.call_id == call.id
    )
    found = session.execute(made_by).one_or_none()
    return Subject(call_id=call.id, owner_ids=frozenset({found.made_by_id} - {None})) if found else None


def n_decided(session: Session, *, decision_id: int) -> int:
    """How many questions a decision changed and nobody has put back."""
    return session.scalar(sa.select(sa.func.count()).where(ScreeningStep.decision_id == decision_id)) or 0

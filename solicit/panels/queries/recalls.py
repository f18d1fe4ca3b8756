"""Which questions a panelist called back in a staged round."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.panels.models import Recall, Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import RoundState
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.states import question_label


@dataclass(frozen=True)
class OwnRecall:
    label: str
    title: str
    language: str
    reason: str


@dataclass(frozen=True)
class RecallPage:
    round_name: str
    is_open: bool
    own: tuple[OwnRecall, ...]


def staged_subject(session: Session, *, call: CallFacts, round_id: int, **_) -> Subject | None:
    """Facts for the policy: a staged round that has opened belongs to its call."""
    this = Round.id == round_id, Round.call_id == call.id, Round.is_staged, Round.state != RoundState.DRAFT
    found = session.scalar(sa.select(Round.id).where(*this))
    return Subject(call_id=call.id) if found else None


def recall_page(session: Session, *, round_id: int, person_id: int) -> RecallPage:
    """A panelist's own recalls, and nothing of what others asked for; two statements."""
    row = session.get_one(Round, round_id, populate_existing=True)
    found = session.execute(
        sa.select(Question.kind, Question.number, panel_text("title"), Question.language, Recall.reason)
        .join(Recall, Recall.question_id == Question.id)
        .where(Recall.round_id == round_id, Recall.person_id == person_id, without_conflict(Question.id, person_id))
        .order_by(Recall.recalled_at)
    )
    own = tuple(
        OwnRecall(question_label(kind, number) or "", title, language, reason)
        for kind, number, title, language, reason in found
    )
    return RecallPage(row.name, row.state is RoundState.OPEN, own)

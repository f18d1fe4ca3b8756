"""The page on which an organizer makes the copy that panels read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.states import Kind
from solicit.questions.models import Question, Redaction
from solicit.questions.queries.marking import Part
from solicit.questions.queries.screening.suspicions import AFFILIATIONS, NAMES, author_names, phrases_marked
from solicit.questions.states import question_label
from solicit.submissions.states import PlanValues
from solicit.words import N_

LABELS = {
    "title": N_("Title"),
    "goal_overview": N_("Goal overview"),
    "significance": N_("Scientific significance"),
    "approach": N_("How it could be explored"),
    "target_body": N_("Target body"),
    "measurement": N_("Measurement"),
}


@dataclass(frozen=True)
class MarkedText:
    """One of the person's own texts, with what may name somebody marked."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class RedactionPage:
    """A question's own words, and those of the copy, or what it starts from."""

    label: str | None
    title: str
    language: str
    has_plan: bool
    originals: tuple[MarkedText, ...]
    words: Mapping[str, str]
    version: int
    is_old: bool
    redacted_at: datetime | None

    @property
    def n_marked(self) -> int:
        return sum(part.is_match for text in self.originals for part in text.parts)


def redaction_page(session: Session, *, question_id: int) -> RedactionPage:
    """One statement."""
    row = session.execute(
        sa.select(Question, Redaction, author_names(NAMES).label(NAMES), author_names(AFFILIATIONS).label(AFFILIATIONS))
        .outerjoin(Redaction, Redaction.question_id == Question.id)
        .where(Question.id == question_id)
        .execution_options(populate_existing=True)
    ).one()
    question, copy, known = row.Question, row.Redaction, dict(names=row.names, affiliations=row.affiliations)
    own = _words(question)
    return RedactionPage(
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        has_plan=question.kind is Kind.PLAN,
        originals=tuple(MarkedText(LABELS[name], phrases_marked(own[name], **known)) for name in LABELS if own[name]),
        words=_words(copy) if copy else own,
        version=copy.version if copy else 0,
        is_old=copy is not None and copy.of_digest != question.text_digest,
        redacted_at=copy.redacted_at if copy else None,
    )


def _words(text: Question | Redaction) -> dict[str, str]:
    plan = PlanValues.from_json(text.plan) or PlanValues()
    return {name: getattr(plan if hasattr(plan, name) else text, name) for name in LABELS}

"""Redacted copies: a question's words as panels read them, without what names somebody."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import Question, Redaction
from solicit.questions.service.screen.acts import note_act, write
from solicit.questions.states import QuestionState
from solicit.words import N_

REDACTABLE = (QuestionState.NEW, QuestionState.IN_SCOPE)
PLAN_TEXTS = ("target_body", "measurement")


@dataclass(frozen=True, kw_only=True)
class RedactedText:
    """The words that panels are to read; what is empty is empty for them, too."""

    title: str
    goal_overview: str = ""
    significance: str = ""
    approach: str = ""
    target_body: str = ""
    measurement: str = ""

    @property
    def columns(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if name not in PLAN_TEXTS}


def save_redaction(
    session: Session, *, question_id: int, version: int, text: RedactedText, actor_id: int, now: datetime
) -> None:
    """Keep the copy that panels read from now on; the author is told of the first one.

    ``version`` is that of the copy that the organizer read, 0 where there was none.
    """
    question = _locked_question(session, question_id, now)
    if question.state not in REDACTABLE:
        raise Refused(N_("This question is merged, withdrawn or out of scope: panels do not read it."))
    copy = _locked_copy(session, question_id)
    if (copy.version if copy else 0) != version:
        raise Conflict(N_("Somebody else saved this copy in the meantime. Read it again, then save yours."))
    is_first = copy is None
    copy = copy or Redaction(question_id=question_id)
    for name, value in text.columns.items():
        setattr(copy, name, value)
    plan = {name: getattr(text, name) for name in PLAN_TEXTS}
    copy.plan = None if question.plan is None else {**question.plan, **plan}
    copy.of_digest, copy.version = question.text_digest, version + 1
    copy.redacted_at, copy.redacted_by_id = now, actor_id
    session.add(copy)
    if is_first:
        write(session, question, "question_redacted", {}, now=now)
    note_act(session, question, "redact", actor_id=actor_id, now=now, version=copy.version)


def remove_redaction(session: Session, *, question_id: int, version: int, actor_id: int, now: datetime) -> None:
    """Let panels read the person's own words again."""
    question, copy = _locked_question(session, question_id, now), _locked_copy(session, question_id)
    if copy is None or copy.version != version:
        raise Conflict(N_("Somebody else changed this copy in the meantime."))
    session.delete(copy)
    note_act(session, question, "remove redaction", actor_id=actor_id, now=now, version=version)


def _locked_question(session: Session, question_id: int, now: datetime) -> Question:
    wanted = sa.select(Question).where(Question.id == question_id)
    question = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if question is None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, question.call_id), now=now)
    return question


def _locked_copy(session: Session, question_id: int) -> Redaction | None:
    wanted = sa.select(Redaction).where(Redaction.question_id == question_id)
    return session.scalar(wanted.with_for_update().execution_options(populate_existing=True))

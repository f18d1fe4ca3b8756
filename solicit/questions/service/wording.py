"""A question whose submission has changed since screening: the desk takes the new words, or keeps the old ones."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Refused
from solicit.questions.models import Question, QuestionSource
from solicit.questions.service.claim import check_free
from solicit.questions.service.open import defer_embedding, word_question
from solicit.questions.service.screen.acts import note_act, write
from solicit.questions.service.screen.one import read_question
from solicit.submissions.models import Submission
from solicit.submissions.queries.history import text_of
from solicit.submissions.states import LIVE
from solicit.words import N_


def accept_wording(session: Session, *, actor_id: int, now: datetime, **read) -> None:
    """Let the question say what its submission says now; its theme stays, and its author is told."""
    question = _read(session, actor_id=actor_id, now=now, **read)
    newest = text_of(_own_submission(session, question))
    word_question(question, replace(newest, theme_id=question.theme_id))
    _settle(session, question, "accept wording", actor_id=actor_id, now=now)
    defer_embedding(session, question_id=question.id)
    write(session, question, "wording_accepted", {}, now=now)


def keep_wording(session: Session, *, actor_id: int, now: datetime, **read) -> None:
    """Let the words that were screened stand; the submission keeps the new ones."""
    question = _read(session, actor_id=actor_id, now=now, **read)
    _own_submission(session, question)
    _settle(session, question, "keep wording", actor_id=actor_id, now=now)


def _read(
    session: Session, *, question_id: int, version: int, actor_id: int, now: datetime, anyway: bool = False
) -> Question:
    question = read_question(session, question_id, version, now)
    if not anyway:
        check_free(session, question_id=question_id, person_id=actor_id, now=now)
    return question


def _settle(session: Session, question: Question, act: str, *, actor_id: int, now: datetime) -> None:
    question.wording_settled_at = now
    question.version += 1
    note_act(session, question, act, actor_id=actor_id, now=now)


def _own_submission(session: Session, question: Question) -> Submission:
    """The live submission that came with a question, locked so that its text stays while it is read."""
    own = (
        sa.select(Submission)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.first_question_id == question.id, Submission.state.in_(LIVE))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(own).all()
    if len(found) != 1 or question.is_summary:
        raise Refused(N_("This question has a wording of its own."))
    return found[0]

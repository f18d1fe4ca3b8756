"""A wording of the organizers for questions that ask the same: made, merged into, reworded (decisions/0014)."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call, Theme
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import Question, SummaryVersion
from solicit.questions.service.merge import lock_questions, merge_all
from solicit.questions.service.open import defer_embedding, word_question
from solicit.questions.service.screen.acts import SEQUENCES
from solicit.questions.states import QuestionState
from solicit.submissions.states import TextValues
from solicit.words import N_

LEAST_SOURCES = 2


def write_summary(
    session: Session,
    *,
    call_id: int,
    source_ids: Collection[int],
    text: TextValues,
    actor_id: int,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> int:
    """Make a question in scope of the organizers' words, merge all sources into it, and return it."""
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    if len(set(source_ids)) < LEAST_SOURCES:
        raise Refused(N_("A summary is for two questions or more."))
    _check_theme(session, call_id, text)
    summary = Question(
        call_id=call_id,
        kind=text.kind,
        is_summary=True,
        state=QuestionState.IN_SCOPE,
        number=session.scalar(sa.select(SEQUENCES[text.kind].next_value())),
        created_at=now,
        screened_at=now,
        screened_by_id=actor_id,
    )
    word_question(summary, text)
    session.add(summary)
    session.flush()
    _keep_version(session, summary, reason="", actor_id=actor_id, now=now)
    _record(session, "write summary", summary, actor_id=actor_id, now=now)
    merge_all(session, source_ids=source_ids, target_id=summary.id, actor_id=actor_id, now=now, locked_ids=locked_ids)
    defer_embedding(session, question_id=summary.id)
    return summary.id


def reword_summary(
    session: Session,
    *,
    question_id: int,
    version: int,
    text: TextValues,
    reason: str,
    actor_id: int,
    now: datetime,
    locked_ids: frozenset[int] = frozenset(),
) -> None:
    """Give a summary other words, in the version that the organizer read; the old ones are kept."""
    summary = lock_questions(session, [question_id])[question_id]
    check_desk_is_open(session.get_one(Call, summary.call_id), now=now)
    if not summary.is_summary:
        raise NotFound
    if summary.version != version:
        raise Conflict(N_("This question changed while you were reading it. Read it again, then decide."))
    if summary.state is not QuestionState.IN_SCOPE:
        raise Refused(N_("This summary does not stand any more."))
    if summary.id in locked_ids:
        raise Refused(N_("This summary is judged in an open round: whoever runs it must allow merging first."))
    _check_theme(session, summary.call_id, text)
    word_question(summary, text)
    summary.version += 1
    _keep_version(session, summary, reason=reason, actor_id=actor_id, now=now)
    _record(session, "reword summary", summary, actor_id=actor_id, now=now, version=summary.version)
    defer_embedding(session, question_id=summary.id)


def _check_theme(session: Session, call_id: int, text: TextValues) -> None:
    theme = session.get(Theme, text.theme_id) if text.theme_id is not None else None
    if theme is None or theme.call_id != call_id:
        raise Refused(N_("Choose one of the themes of this call."))


def _keep_version(session: Session, summary: Question, *, reason: str, actor_id: int, now: datetime) -> None:
    words = {
        name: getattr(summary, name) for name in ("language", "title", "goal_overview", "significance", "approach")
    }
    session.add(
        SummaryVersion(
            question_id=summary.id,
            version=summary.version,
            reason=reason,
            written_at=now,
            written_by_id=actor_id,
            **words,
        )
    )
    session.flush()


def _record(session: Session, act: str, summary: Question, *, actor_id: int, now: datetime, **details: object) -> None:
    record(
        session,
        act=act,
        subject="question",
        subject_id=summary.id,
        call_id=summary.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )

"""Translations of a question's words, added by an author or by the desk; nobody changes the other's."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import Question, Translation
from solicit.questions.service.report import report_problem
from solicit.questions.service.screen.acts import note_act
from solicit.questions.states import SCREENED_BY_PEOPLE, ReportReason, TranslationSource
from solicit.words import N_

LOOK_AT_TRANSLATION = "The author translated this text. Nobody else reads the translation before you show it."


@dataclass(frozen=True, kw_only=True)
class TranslatedText:
    language: str
    title: str
    goal_overview: str = ""
    significance: str = ""
    approach: str = ""


def save_translation(
    session: Session,
    *,
    question_id: int,
    source: TranslationSource,
    version: int,
    text: TranslatedText,
    actor_id: int,
    now: datetime,
) -> int:
    """Keep a translation into a language, new (``version`` 0) or in the place of the one that was read.

    The desk reads what an author writes before anybody else does, each time; a report on its queue asks it to.
    """
    question = _locked_question(session, question_id, now)
    if question.state not in SCREENED_BY_PEOPLE:
        raise Refused(N_("This question is merged or withdrawn."))
    if text.language == question.language:
        raise Refused(N_("The question is written in this language already."))
    kept = _locked(session, Translation.question_id == question_id, Translation.language == text.language)
    if kept is not None and kept.source is not source:
        raise Refused(N_("There is a translation into this language by somebody else already."))
    if (kept.version if kept else 0) != version:
        raise Conflict(N_("This translation was saved in the meantime. Read it again, then save yours."))
    if kept is None:
        kept = Translation(question_id=question_id, source=source, version=0)
        session.add(kept)
    for name, value in vars(text).items():
        setattr(kept, name, value)
    kept.of_digest, kept.version = question.text_digest, version + 1
    kept.made_at, kept.made_by_id, kept.is_screened = now, actor_id, source is TranslationSource.DESK
    if source is TranslationSource.AUTHOR:
        values = dict(question_id=question_id, reporter_id=None, reason=ReportReason.OTHER, text=LOOK_AT_TRANSLATION)
        report_problem(session, call_id=question.call_id, **values, now=now)
    note_act(session, question, "translate", actor_id=actor_id, now=now, language=text.language, source=source.value)
    return kept.id


def show_translation(
    session: Session, *, question_id: int, language: str, version: int, actor_id: int, now: datetime
) -> None:
    """Let everybody read a translation, in the version that the desk read."""
    question = _locked_question(session, question_id, now)
    kept = _locked(session, Translation.question_id == question_id, Translation.language == language)
    if kept is None:
        raise NotFound
    if kept.version != version:
        raise Conflict(N_("This translation was saved in the meantime. Read it again, then show it."))
    kept.is_screened = True
    note_act(session, question, "show translation", actor_id=actor_id, now=now, language=language)


def remove_translation(
    session: Session,
    *,
    question_id: int,
    language: str,
    actor_id: int,
    now: datetime,
    source: TranslationSource | None = None,
) -> None:
    """Take a translation away; an author only one by an author, the desk any."""
    question = _locked_question(session, question_id, now)
    kept = _locked(session, Translation.question_id == question_id, Translation.language == language)
    if kept is None or source not in (None, kept.source):
        raise NotFound
    session.delete(kept)
    about = dict(language=language, source=kept.source.value)
    note_act(session, question, "remove translation", actor_id=actor_id, now=now, **about)


def _locked_question(session: Session, question_id: int, now: datetime) -> Question:
    wanted = sa.select(Question).where(Question.id == question_id)
    question = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if question is None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, question.call_id), now=now)
    return question


def _locked(session: Session, *which: sa.ColumnElement[bool]) -> Translation | None:
    return session.scalar(
        sa.select(Translation).where(*which).with_for_update().execution_options(populate_existing=True)
    )

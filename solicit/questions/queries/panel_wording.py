"""A question's words as panels read them: the redacted copy where there is one, else the person's own.

This is the only place that chooses. What is empty in a copy is empty, and never falls back to the original.
"""

from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from solicit.questions.models import Question, Redaction
from solicit.questions.queries.translations import TranslationView, screened_translations, translations_from

TEXTS = ("title", "goal_overview", "significance", "approach")


@dataclass(frozen=True)
class PanelWording:
    """What a panelist reads; no translations beside a copy, since they are of the words that it leaves out."""

    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    translations: tuple[TranslationView, ...]


def panel_text(name: str) -> sa.ScalarSelect[str]:
    """One text of the question of the outer statement, as panels read it."""
    copied = getattr(Redaction, name)
    copy = sa.select(copied).where(Redaction.question_id == Question.id).correlate(Question).scalar_subquery()
    is_copied = sa.exists().where(Redaction.question_id == Question.id).correlate(Question)
    return sa.case((is_copied, copy), else_=getattr(Question, name)).label(name)


def copied_title(question_id: sa.ColumnElement[int]) -> sa.ScalarSelect[str | None]:
    """The title of a redacted copy, nothing where there is none: for what keeps a title of its own."""
    return sa.select(Redaction.title).where(Redaction.question_id == question_id).scalar_subquery()


@cache
def panel_columns() -> tuple[sa.ColumnElement, ...]:
    """What ``wording_from`` needs of a statement about questions."""
    is_copied = sa.exists().where(Redaction.question_id == Question.id).correlate(Question)
    translated = sa.case((is_copied, sa.null()), else_=screened_translations())
    texts = (panel_text(name) for name in TEXTS)
    return Question.language, Question.text_digest, *texts, translated.label("translations")


def wording_from(row: sa.Row) -> PanelWording:
    """All that a panelist reads of a question, from a row with ``panel_columns``."""
    texts = {name: getattr(row, name) for name in TEXTS}
    translated = translations_from(row.translations, row.text_digest)
    return PanelWording(row.language, **texts, translations=translated)

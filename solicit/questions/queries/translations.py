"""Translations of questions, for readers, authors and the desk."""

from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from solicit.questions.models import Question, QuestionSource, Translation
from solicit.questions.queries.screening.suspicions import AFFILIATIONS, NAMES, author_names
from solicit.questions.states import SCREENED_BY_PEOPLE, TRANSLATION_WORDS, TranslationSource
from solicit.submissions.service.self_naming import named_phrases

TEXTS = ("title", "goal_overview", "significance", "approach")


@dataclass(frozen=True)
class TranslationView:
    """A question in another language; ``is_old`` if its words were changed since.

    Until it is screened nobody but its author and the desk reads it.
    """

    language: str
    source: str
    source_word: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    version: int
    is_screened: bool
    is_old: bool


@dataclass(frozen=True)
class Translated:
    """A question with its translations, and the names that none of them should hold."""

    question_id: int
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    is_open: bool
    translations: tuple[TranslationView, ...]
    names: tuple[str, ...]
    affiliations: tuple[str, ...]

    def into(self, language: str | None) -> TranslationView | None:
        return next((each for each in self.translations if each.language == language), None)

    def named_in(self, texts: dict[str, str]) -> tuple[str, ...]:
        """What in a translation may say who wrote it."""
        whole = "\n".join(texts[name] for name in TEXTS)
        return named_phrases(whole, names=self.names, affiliations=self.affiliations)


@cache
def screened_translations() -> sa.ScalarSelect:
    """What readers and panels may see, for ``translations_from``."""
    return translations_json(sa.and_(Translation.question_id == Question.id, Translation.is_screened))


def translations_json(which: sa.ColumnElement[bool]) -> sa.ScalarSelect:
    """What ``translations_from`` reads, by language, for the question of the outer statement."""
    columns = ("language", "source", *TEXTS, "version", "is_screened")
    pairs = [part for name in columns for part in (name, getattr(Translation, name))]
    each = sa.func.jsonb_build_object(*pairs, "of_digest", sa.func.encode(Translation.of_digest, "hex"))
    listed = sa.func.jsonb_agg(aggregate_order_by(each, Translation.language))
    return sa.select(listed).where(which).correlate(Question).scalar_subquery()


def translations_from(kept: list | None, text_digest: bytes) -> tuple[TranslationView, ...]:
    views = []
    for row in kept or ():
        source = TranslationSource(row["source"])
        texts = {name: row[name] for name in ("language", *TEXTS, "version", "is_screened")}
        is_old = row["of_digest"] != text_digest.hex()
        word = TRANSLATION_WORDS[source]
        views.append(TranslationView(source=source.value, source_word=word, is_old=is_old, **texts))
    return tuple(views)


def translated(session: Session, *, question_id: int) -> Translated | None:
    """A question with its translations, for who may change them; one statement."""
    row = session.execute(_translated().where(Question.id == question_id)).one_or_none()
    return _view(row) if row else None


def translated_submission(session: Session, *, submission_id: int) -> Translated | None:
    """The question that came with a submission, with its translations; one statement."""
    own = sa.select(QuestionSource.first_question_id).where(QuestionSource.submission_id == submission_id)
    row = session.execute(_translated().where(Question.id == own.scalar_subquery())).one_or_none()
    return _view(row) if row else None


def _translated() -> sa.Select:
    return sa.select(
        Question,
        translations_json(Translation.question_id == Question.id).label("translations"),
        author_names(NAMES).label(NAMES),
        author_names(AFFILIATIONS).label(AFFILIATIONS),
    ).execution_options(populate_existing=True)


def _view(row: sa.Row) -> Translated:
    question = row.Question
    return Translated(
        question_id=question.id,
        language=question.language,
        **{name: getattr(question, name) for name in TEXTS},
        is_open=question.state in SCREENED_BY_PEOPLE,
        translations=translations_from(row.translations, question.text_digest),
        names=tuple(row.names),
        affiliations=tuple(row.affiliations),
    )

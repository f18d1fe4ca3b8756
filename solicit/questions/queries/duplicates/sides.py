"""Questions as they stand beside each other on the organizers' desk, with what differs."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.duplicates.differences import Words, lacking_words, word_differences
from solicit.questions.states import STAFF_WORDS, question_label


@dataclass(frozen=True)
class NamedQuestion:
    """A question as it stands in a sentence."""

    id: int
    label: str | None
    title: str
    language: str
    is_summary: bool = False


@dataclass(frozen=True)
class Side:
    """One question of a pair; the words that the other one lacks are marked."""

    id: int
    label: str | None
    title: tuple[Words, ...]
    plain_title: str
    language: str
    kind_word: str
    theme: ThemeView | None
    state_word: str
    goal_overview: tuple[Words, ...]
    significance: tuple[Words, ...]
    created_at: datetime
    n_submissions: int
    is_summary: bool


def named(question: Question) -> NamedQuestion:
    label = question_label(question.kind, question.number)
    return NamedQuestion(question.id, label, question.title, question.language, question.is_summary)


def words_of_sides(left: Question, right: Question) -> tuple[dict[str, tuple[Words, ...]], ...]:
    """The texts of two questions with their differences; two languages are not compared word by word."""
    sides: tuple[dict, dict] = {}, {}
    for name in ("title", "goal_overview", "significance"):
        one, other = getattr(left, name), getattr(right, name)
        if left.language != right.language:
            marked = (Words(one, False),), (Words(other, False),)
        else:
            marked = (word_differences if name == "title" else lacking_words)(one, other)
        for side, words in zip(sides, marked, strict=True):
            side[name] = words
    return sides


def side_view(call: CallFacts, question: Question, words: dict[str, tuple[Words, ...]], n_submissions: int) -> Side:
    return Side(
        id=question.id,
        label=question_label(question.kind, question.number),
        plain_title=question.title,
        language=question.language,
        kind_word=KIND_WORDS[question.kind],
        theme=call.theme_by_id(question.theme_id),
        state_word=STAFF_WORDS[question.state],
        created_at=question.created_at,
        n_submissions=n_submissions,
        is_summary=question.is_summary,
        **words,
    )


def n_submissions_of(question: type[Question]) -> sa.ScalarSelect[int]:
    """How many submissions speak through the question of the statement around it."""
    counted = sa.select(sa.func.count()).select_from(QuestionSource).where(QuestionSource.question_id == question.id)
    return counted.correlate(question).scalar_subquery()


def staying_order(side: Side) -> tuple:
    """What should stay comes first: it has a number, more submissions, or is older."""
    return side.label is None, -side.n_submissions, side.created_at, side.id

"""The words of a search as a condition: those that a question's text holds, as far as the searcher may read it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts
from solicit.questions.models import Question, Redaction
from solicit.questions.queries.search import asked_words
from solicit.questions.states import parse_label
from solicit.reports.queries.search.language import Query, Words
from solicit.web.folding import fold, search_words

IS_COPIED = sa.exists().where(Redaction.question_id == Question.id).correlate(Question)


def words_condition(
    session: Session, *, call: CallFacts, is_organizer: bool, query: Query
) -> list[sa.ColumnElement[bool]]:
    """Every word must be there, those after a minus must not; a number such as Q-12 names its question.

    Panelists never find a word that a redacted copy leaves out: copies, of which there are few, are looked through
    one by one, in one statement.
    """
    if not query.words:
        return []
    copies = {} if is_organizer else _copies(session, call)
    wanted, conditions = [], []
    for term in query.words:
        if term.is_not:
            conditions.append(~_holds(term, copies))
        elif term.is_phrase or parse_label(term.text):
            conditions.append(_holds(term, copies))
        else:
            wanted.append(term.text)
    if wanted:
        conditions.append(_holds(Words(" ".join(wanted)), copies))
    return conditions


def searched_text(query: Query) -> sa.ColumnElement | None:
    """What ranks the questions found: the words without a minus, if there are any."""
    wanted = [term.text for term in query.words if not term.is_not]
    return asked_words(" ".join(wanted)) if wanted else None


def _holds(term: Words, copies: dict[int, str]) -> sa.ColumnElement[bool]:
    label = None if term.is_phrase else parse_label(term.text)
    if label:
        return sa.and_(Question.kind == label[0], sa.func.coalesce(Question.number == label[1], sa.false()))
    is_held = _is_indexed(_phrase(term.text) if term.is_phrase else asked_words(term.text))
    if not copies:
        return is_held
    holding = [question_id for question_id, text in copies.items() if _is_in(term, text)]
    return sa.or_(sa.and_(is_held, ~IS_COPIED), Question.id.in_(holding))


def _is_indexed(asked: sa.ColumnElement) -> sa.ColumnElement[bool]:
    """Found by the index, whatever the planner expects: reading every vector of ten thousand takes far longer."""
    held = aliased(Question)
    holding = sa.select(held.id).where(held.search_vector.bool_op("@@")(sa.select(asked).scalar_subquery()))
    return Question.id.in_(holding)


def _phrase(text: str) -> sa.ColumnElement:
    """The folded words one after the other; several pairs of Chinese signs in a row are a run of them."""
    return sa.func.to_tsquery("simple", " <-> ".join(f"'{word}'" for word in fold(text).split()))


def _copies(session: Session, call: CallFacts) -> dict[int, str]:
    """The folded words of every redacted copy of a call, by question."""
    found = session.execute(
        sa.select(
            Redaction.question_id, Redaction.title, Redaction.goal_overview, Redaction.significance, Redaction.approach
        )
        .join(Question, Question.id == Redaction.question_id)
        .where(Question.call_id == call.id)
    )
    return {question_id: fold(*texts) for question_id, *texts in found}


def _is_in(term: Words, folded: str) -> bool:
    padded = f" {folded} "
    if term.is_phrase:
        return f" {fold(term.text)} " in padded
    return all(f" {word}" in padded for word in search_words(term.text))

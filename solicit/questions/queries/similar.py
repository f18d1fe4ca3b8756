"""Which public questions are close to a text: by meaning, or by words where the model does not know the language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.orm import Session, aliased

from ml.language.embedding import Encoder
from solicit.calls.queries import CallFacts, ThemeView
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.near import Space, near_texts, space_of, vector_of
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.queries.public import has_live_origin, is_author
from solicit.questions.states import Aspect, QuestionState, question_label
from solicit.web.folding import search_words
from solicit.words import N_

# Cosines for the bundled model. From these on two titles, or two texts, are as likely as not the same question
# (ml.language.duplicates); below 0.45 most pairs have only the field in common.
VERY_CLOSE_TITLES = 0.72
VERY_CLOSE_TEXTS = 0.63
RELATED = 0.45
# By words: the share of a title's words that a question must hold.
ENOUGH_WORDS = 0.5

VERY_CLOSE_WORD = N_("Very close")
RELATED_WORD = N_("Related")

N_SIMILAR = 5
N_NEAREST = 3
LEAST_LETTERS = 8
LONGEST_TITLE = 500
# Merged questions lead to one target: so many more neighbours are read than are shown.
SPARE = 4

# What a near question shows of itself.
SHOWN = (Question.kind, Question.number, Question.title, Question.language, Question.theme_id)
# The question whose text was near, where it speaks through another one.
Given = aliased(Question)


@dataclass(frozen=True)
class SimilarQuestion:
    """A public question near a text; authors read a word, never a number. ``is_own`` if the reader wrote it."""

    label: str
    title: str
    language: str
    theme: ThemeView | None
    closeness_word: str
    is_very_close: bool
    is_own: bool


@dataclass(frozen=True)
class SimilarPanel:
    """What stands beside the form. ``questions`` is None when the comparison is not available."""

    questions: tuple[SimilarQuestion, ...] | None
    is_asked: bool = True
    is_by_words: bool = False


def similar_panel(
    session: Session, *, call: CallFacts, title: str, language: str, viewer_id: int | None, encoder: Encoder | None
) -> SimilarPanel:
    """The questions near a title that somebody is writing; nothing is stored. At most one statement."""
    title = " ".join(title.split())[:LONGEST_TITLE]
    if len(title) < LEAST_LETTERS or not call.shows_questions:
        return SimilarPanel((), is_asked=False)
    if encoder is None:
        return SimilarPanel(None)
    space = space_of(call)
    if space is None or not call.reads(language):
        found = lexical_matches(session, call=call, text=title, viewer_id=viewer_id)
        return SimilarPanel(found, is_by_words=True)
    vector = encoder.encode([title])[0]
    return SimilarPanel(similar_questions(session, call=call, space=space, vector=vector, viewer_id=viewer_id))


def similar_questions(
    session: Session,
    *,
    call: CallFacts,
    space: Space,
    vector: Sequence[float],
    viewer_id: int | None = None,
    limit: int = N_SIMILAR,
) -> tuple[SimilarQuestion, ...]:
    """The public questions nearest to a title's vector by title or text, nearest first; one statement."""
    statement = _near_vector(space, limit, is_signed_in=viewer_id is not None)
    values = {"vector": list(vector), "viewer_id": viewer_id} if viewer_id is not None else {"vector": list(vector)}
    return _similar(session, call, statement, values)


# Writing this statement takes longer than the database needs to answer it, and people type on.
@lru_cache(maxsize=256)
def _near_vector(space: Space, limit: int, *, is_signed_in: bool) -> sa.Select:
    vector = vector_of(sa.bindparam("vector", type_=HALFVEC(space.width)), space)
    near = near_texts(space, vector, n=limit * SPARE, keep=is_comparable(space), least=RELATED)
    found = _standing(near, limit, mark=sa.literal(VERY_CLOSE_TITLES))
    viewer = sa.bindparam("viewer_id", type_=sa.BigInteger) if is_signed_in else None
    return found.add_columns(is_author(viewer).label("is_own"))


def nearest_questions(
    session: Session, *, call: CallFacts, question_id: int, limit: int = N_NEAREST
) -> tuple[SimilarQuestion, ...]:
    """The public questions nearest to a question, without those that were merged into it; one statement."""
    space = space_of(call)
    if space is None:
        return ()
    own, asking = aliased(QuestionVector), aliased(Question)
    vector = (
        sa.select(own.vector)
        .join(asking, asking.id == own.question_id)
        .where(own.question_id == question_id, own.model_id == space.model_id, own.aspect == Aspect.TEXT)
        .where(is_read_by_model(asking.language, space.model_id))
        .scalar_subquery()
    )
    bare = sa.select(asking.goal_overview == "").where(asking.id == question_id).scalar_subquery()
    mark = sa.case((sa.and_(bare, Given.goal_overview == ""), VERY_CLOSE_TITLES), else_=VERY_CLOSE_TEXTS)
    of_others = (QuestionVector.aspect == Aspect.TEXT, QuestionVector.question_id != question_id)
    near = near_texts(
        space, vector_of(vector, space), n=limit * SPARE, keep=is_comparable(space), least=RELATED, where=of_others
    )
    others = _standing(near, limit, mark=mark).where(Question.id != question_id)
    return _similar(session, call, others.add_columns(sa.false().label("is_own")), {})


def lexical_matches(
    session: Session, *, call: CallFacts, text: str, viewer_id: int | None = None, limit: int = N_SIMILAR
) -> tuple[SimilarQuestion, ...]:
    """The public questions that hold at least half of the words of a text, most of them first; one statement."""
    words = search_words(text)
    if not words:
        return ()
    any_word = sa.func.to_tsquery("simple", " | ".join(f"'{word}'" for word in words))
    wanted = sa.cast(list(words), sa.ARRAY(sa.Text))
    held_words = sa.func.unnest(sa.func.tsvector_to_array(Question.search_vector)).table_valued("word").render_derived()
    held = sa.select(sa.func.count()).where(held_words.c.word == sa.any_(wanted)).scalar_subquery()
    share = sa.cast(held, sa.Float) / len(words)
    rows = session.execute(
        sa.select(*SHOWN, is_author(viewer_id).label("is_own"), sa.false().label("is_very_close"))
        .where(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
        .where(Question.search_vector.bool_op("@@")(any_word), share >= ENOUGH_WORDS)
        .order_by(share.desc(), Question.number)
        .limit(limit)
    )
    return tuple(_shown(row, call) for row in rows)


def is_comparable(space: Space) -> sa.ColumnElement[bool]:
    """Questions whose texts may be shown as near: public ones, and what was merged and not withdrawn."""
    is_shown = sa.or_(
        Question.state == QuestionState.IN_SCOPE,
        sa.and_(Question.state == QuestionState.MERGED, has_live_origin()),
    )
    return sa.and_(is_shown, is_read_by_model(Question.language, space.model_id))


def _standing(found: sa.CTE, limit: int, *, mark: sa.ColumnElement[float]) -> sa.Select:
    """Each near question, or what it was merged into, once and with its best cosine; very close from ``mark`` on."""
    climb = sa.select(found.c.question_id.label("given"), found.c.question_id.label("id")).cte("climb", recursive=True)
    above = sa.select(climb.c.given, Question.merged_into_id).join(climb, climb.c.id == Question.id)
    climb = climb.union(above.where(Question.merged_into_id.is_not(None)))
    cosine = 1 - found.c.distance
    best = sa.func.max(cosine)
    return (
        sa.select(*SHOWN, sa.func.bool_or(cosine >= mark).label("is_very_close"))
        .join(climb, climb.c.id == Question.id)
        .join(found, found.c.question_id == climb.c.given)
        .join(Given, Given.id == found.c.question_id)
        .where(Question.state == QuestionState.IN_SCOPE)
        .group_by(Question.id)
        .having(best >= RELATED)
        .order_by(best.desc(), Question.id)
        .limit(limit)
    )


def _similar(
    session: Session, call: CallFacts, standing: sa.Select, values: Mapping[str, object]
) -> tuple[SimilarQuestion, ...]:
    if not call.shows_questions:
        return ()
    return tuple(_shown(row, call) for row in session.execute(standing, values))


def _shown(row: sa.Row, call: CallFacts) -> SimilarQuestion:
    return SimilarQuestion(
        label=question_label(row.kind, row.number),
        title=row.title,
        language=row.language,
        theme=call.theme_by_id(row.theme_id),
        closeness_word=VERY_CLOSE_WORD if row.is_very_close else RELATED_WORD,
        is_very_close=row.is_very_close,
        is_own=row.is_own,
    )

"""What panelists know, as texts and as vectors, and how like it is to questions."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.embedding import text_digest
from solicit.embeddings.models import TextVector
from solicit.panels.models import Panel, Panelist, Round, ThemeExpertise
from solicit.panels.states import Expertise
from solicit.questions.models import QuestionVector
from solicit.questions.states import Aspect

DECLARED = {Expertise.EXPERT: 1.0, Expertise.SOME: 0.5, Expertise.NONE: 0.0}
# Without a word of theirs: at home they are taken for experts, elsewhere for people who can judge.
AT_HOME, ELSEWHERE = 1.0, 0.5

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def profile_texts(seat: Panelist) -> tuple[str, ...]:
    """What stands for what a panelist knows: keywords, words of their own, titles of their own."""
    texts = (", ".join(seat.keywords), seat.expertise, *seat.own_titles)
    return tuple(text for text in texts if text.strip())


def texts_to_embed(session: Session, *, round_id: int) -> tuple[str, ...]:
    """What the panelists of a round's call know, as texts to embed."""
    call_id = sa.select(Round.call_id).where(Round.id == round_id).scalar_subquery()
    seats = session.scalars(sa.select(Panelist).join(Panel).where(Panel.call_id == call_id))
    return tuple(sorted({text for seat in seats for text in profile_texts(seat)}))


def likeness(
    session: Session, *, question_ids: Sequence[int], texts_of: Sequence[Sequence[str]], call_id: int
) -> Floats:
    """Likeness of each panelist's texts to each question, NaN where a vector is missing; two statements.

    Half the mean over the texts, half the best of them: one paper on the very subject says as much as a field.
    """
    found = np.full((len(question_ids), len(texts_of)), np.nan)
    digests = {text_digest(text) for texts in texts_of for text in texts}
    questions = _question_vectors(session, question_ids, call_id)
    if not digests or not questions:
        return found
    known = session.execute(
        sa.select(TextVector.model_id, TextVector.digest, TextVector.vector).where(TextVector.digest.in_(digests))
    )
    vectors = {(model_id, bytes(digest)): _unit(vector) for model_id, digest, vector in known}
    for model_id, (rows, matrix) in questions.items():
        for column, texts in enumerate(texts_of):
            own = [vectors[key] for text in texts if (key := (model_id, text_digest(text))) in vectors]
            if own:
                cosines = matrix @ np.array(own).T
                found[rows, column] = (cosines.mean(axis=1) + cosines.max(axis=1)) / 2
    return found


def declared(
    session: Session, *, theme_ids: Sequence[int | None], person_ids: Sequence[int], is_home: Bools
) -> tuple[Floats, Bools]:
    """How well each panelist can judge each question, as they say, and where they say that they cannot."""
    rows = session.execute(
        sa.select(ThemeExpertise.person_id, ThemeExpertise.theme_id, ThemeExpertise.level).where(
            ThemeExpertise.person_id.in_(person_ids)
        )
    )
    said = {(person_id, theme_id): level for person_id, theme_id, level in rows}
    value = np.where(is_home, AT_HOME, ELSEWHERE)
    cannot = np.zeros_like(is_home)
    columns_of = defaultdict(list)
    for row, theme_id in enumerate(theme_ids):
        columns_of[theme_id].append(row)
    for column, person_id in enumerate(person_ids):
        for theme_id, of_theme in columns_of.items():
            if level := said.get((person_id, theme_id)):
                value[of_theme, column] = DECLARED[level]
                cannot[of_theme, column] = level is Expertise.NONE
    return value, cannot


def _question_vectors(session: Session, question_ids: Sequence[int], call_id: int) -> dict[int, tuple[list, Floats]]:
    """For each model the rows of the questions that it has read, and their unit vectors."""
    place = {question_id: row for row, question_id in enumerate(question_ids)}
    found = session.execute(
        sa.select(QuestionVector.model_id, QuestionVector.question_id, QuestionVector.vector).where(
            QuestionVector.call_id == call_id, QuestionVector.aspect == Aspect.TEXT
        )
    )
    by_model: dict[int, list] = defaultdict(list)
    for model_id, question_id, vector in found:
        if question_id in place:
            by_model[model_id].append((place[question_id], _unit(vector)))
    return {
        model_id: ([row for row, _ in pairs], np.array([unit for _, unit in pairs]))
        for model_id, pairs in by_model.items()
    }


def _unit(vector) -> Floats:
    values = np.array(vector, dtype=np.float64)
    return values / (np.linalg.norm(values) or 1.0)

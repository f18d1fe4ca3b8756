"""A place on the map for a question that came after it was drawn."""

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ml.language.projection import NEAREST, place
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import Aspect, QuestionState
from solicit.topics.models import MapLayout, MapPoint

Own = aliased(QuestionVector)


def place_on_map(session: Session, *, question_id: int) -> bool:
    """Put a question between its five nearest on the map of its call; whether it stands there now.

    Nothing happens without a map or a meaningful vector, or where the map was drawn with the question.
    """
    nearest = session.execute(_nearest(question_id)).all()
    if not nearest:
        return False
    positions = np.array([(row.x, row.y) for row in nearest])
    x, y = place(_unit([nearest[0].own]), _unit([row.vector for row in nearest]), positions)[0].tolist()
    values = dict(question_id=question_id, layout_id=nearest[0].layout_id, x=x, y=y, came_later=True)
    point = insert(MapPoint).values(values)
    changed = dict(layout_id=point.excluded.layout_id, x=point.excluded.x, y=point.excluded.y, came_later=True)
    is_older = sa.or_(MapPoint.came_later, MapPoint.layout_id != point.excluded.layout_id)
    session.execute(point.on_conflict_do_update(index_elements=[MapPoint.question_id], set_=changed, where=is_older))
    return True


def _nearest(question_id: int) -> sa.Select:
    """The nearest questions that the last map was drawn with; none if the question itself is not to be drawn."""
    layout = (
        sa.select(MapLayout.id, MapLayout.model_id)
        .join(Question, Question.call_id == MapLayout.call_id)
        .where(Question.id == question_id, Question.state == QuestionState.IN_SCOPE)
        .where(is_read_by_model(Question.language, MapLayout.model_id))
        .order_by(MapLayout.id.desc())
        .limit(1)
        .subquery()
    )
    is_text = (Own.question_id == question_id, Own.model_id == layout.c.model_id, Own.aspect == Aspect.TEXT)
    return (
        sa.select(Own.vector.label("own"), QuestionVector.vector, MapPoint.x, MapPoint.y, MapPoint.layout_id)
        .select_from(layout)
        .join(Own, sa.and_(*is_text))
        .join(MapPoint, (MapPoint.layout_id == layout.c.id) & ~MapPoint.came_later)
        .join(QuestionVector, QuestionVector.question_id == MapPoint.question_id)
        .where(
            QuestionVector.model_id == layout.c.model_id,
            QuestionVector.aspect == Aspect.TEXT,
            MapPoint.question_id != question_id,
        )
        .order_by(Own.vector.cosine_distance(QuestionVector.vector), QuestionVector.digest)
        .limit(NEAREST)
    )


def _unit(vectors: list) -> np.ndarray:
    rows = np.array(vectors, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)

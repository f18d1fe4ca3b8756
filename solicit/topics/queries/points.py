"""The points of the map, for everybody: where each question in scope stands, its theme, topic and number."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.questions.models import Question
from solicit.questions.queries.public import named_question
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import QuestionState, question_label
from solicit.topics.models import MapPoint
from solicit.web.scatter import Point, middle_of

# Places travel as whole numbers from 0 to this.
SCALE = 4_000
FORMAT = "1"


@dataclass(frozen=True)
class PlottedPoint:
    theme: ThemeView
    topic_id: int | None
    place: Point


@dataclass(frozen=True)
class PointTitle:
    """What the map says of one point."""

    label: str
    title: str
    language: str
    topic: str | None


def points_version(session: Session, *, call: CallFacts) -> str:
    """Words that change whenever something that the points say does; one statement, which sends no points."""
    points = _points(call).subquery()
    said = sa.func.hashtextextended(sa.func.concat_ws(",", *points.c), 0)
    n, total = session.execute(sa.select(sa.func.count(), sa.func.sum(sa.cast(said, sa.Numeric)))).one()
    return f"{FORMAT}-{n}-{total or 0}"


def packed_points(session: Session, *, call: CallFacts) -> dict[str, object]:
    """All points by theme and topic, in arrays of whole numbers; one statement.

    A place is the distance to the middle of its group, a number the difference to the one before it: so they pack
    well. Plans come first and have negative numbers.
    """
    places = {theme.id: place for place, theme in enumerate(call.themes)}
    groups = defaultdict(list)
    for row in session.execute(_points(call)):
        number = -row.number if row.kind is Kind.PLAN else row.number
        groups[places[row.theme_id], row.topic_id or 0].append((number, round(row.x * SCALE), round(row.y * SCALE)))
    return {
        "scale": SCALE,
        "themes": [theme.key for theme in call.themes],
        "groups": [_packed(*key, sorted(groups[key])) for key in sorted(groups)],
    }


def plotted_points(session: Session, *, call: CallFacts, most: int) -> tuple[PlottedPoint, ...] | None:
    """Every point of the map, or nothing if there are more than ``most``; one statement."""
    rows = session.execute(_points(call).limit(most + 1)).all()
    if len(rows) > most:
        return None
    return tuple(PlottedPoint(call.theme_by_id(row.theme_id), row.topic_id, (row.x, row.y)) for row in rows)


def point_title(session: Session, *, call: CallFacts, label: str) -> PointTitle | None:
    """A question that the public may read, by its number; one statement."""
    named = named_question(call, label)
    if named is None:
        return None
    named = named.with_only_columns(
        Question.kind, Question.number, Question.title, Question.language, topic.c.id.label("topic_id"),
        TOPIC_NAME.label("topic_name"),
    )  # fmt: skip
    row = session.execute(with_topic(named).where(Question.state == QuestionState.IN_SCOPE)).one_or_none()
    if row is None:
        return None
    return PointTitle(
        label=question_label(row.kind, row.number),
        title=row.title,
        language=row.language,
        topic=row.topic_name if row.topic_id else None,
    )


def _points(call: CallFacts) -> sa.Select:
    rows = sa.select(
        Question.id, MapPoint.x, MapPoint.y, Question.theme_id, Question.kind, Question.number,
        topic.c.id.label("topic_id"),
    )  # fmt: skip
    rows = rows.select_from(Question).join(MapPoint, MapPoint.question_id == Question.id)
    return (
        with_topic(rows)
        .where(
            Question.call_id == call.id,
            Question.state == QuestionState.IN_SCOPE,
            Question.theme_id == sa.any_([theme.id for theme in call.themes]),
        )
        .order_by(Question.id)
    )


def _packed(theme: int, topic_id: int, points: list[tuple[int, int, int]]) -> dict:
    numbers, across, down = zip(*points, strict=True)
    middle = [middle_of(across), middle_of(down)]
    return {
        "theme": theme,
        "topic": topic_id,
        "middle": middle,
        "number": [numbers[0], *(after - before for before, after in pairwise(numbers))],
        "x": [x - middle[0] for x in across],
        "y": [y - middle[1] for y in down],
    }

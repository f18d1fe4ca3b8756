"""The map as an SVG that needs no script: what the canvas replaces, and the small one beside a topic."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.topics.queries.points import PlottedPoint, plotted_points
from solicit.topics.queries.public import PublicTopic, TopicSurroundings
from solicit.web.scatter import MOST_RADIUS, Label, Point, free_labels, middle_of, percent, radius

# With more points than this a picture without script shows topics as circles: it comes with every page.
MOST_POINTS = 600
SMALL_RADIUS = 11.0


@dataclass(frozen=True)
class ThemePoints:
    """Where the questions of one theme stand."""

    theme: ThemeView
    places: tuple[Point, ...]


@dataclass(frozen=True)
class TopicCircle:
    """One topic as a circle whose area speaks for its number of questions."""

    topic: PublicTopic
    place: Point
    radius: float
    is_marked: bool


@dataclass(frozen=True)
class Drawing:
    """Points or circles, never both, and the names of topics."""

    points: tuple[ThemePoints, ...]
    circles: tuple[TopicCircle, ...]
    labels: tuple[tuple[PublicTopic, Label], ...]


def drawing(session: Session, *, call: CallFacts, topics: Sequence[PublicTopic], theme: ThemeView | None) -> Drawing:
    """The map of a call, or of one theme of it; at most one statement."""
    points = plotted_points(session, call=call, most=MOST_POINTS)
    is_full = points is None
    places = {topic.id: topic.place for topic in topics if topic.place} if is_full else _middles(points)
    placed = [topic for topic in topics if topic.id in places and theme in (None, topic.theme)]
    labels = free_labels([(topic.name, places[topic.id]) for topic in placed])
    return Drawing(
        points=_by_theme(call, points or (), theme),
        circles=_circles(placed) if is_full else (),
        labels=tuple(zip(placed, labels, strict=True)),
    )


def around(found: TopicSurroundings) -> Drawing | None:
    """A topic marked among the others; None where it has no place."""
    if found.topic.place is None:
        return None
    placed = [*(topic for topic in found.all if topic.place and topic is not found.topic), found.topic]
    return Drawing(points=(), circles=_circles(placed, marked=found.topic, most=SMALL_RADIUS), labels=())


def _middles(points: Sequence[PlottedPoint]) -> dict[int, Point]:
    """Where most of a topic is."""
    places = defaultdict(list)
    for point in points:
        if point.topic_id:
            places[point.topic_id].append(point.place)
    return {id_: (middle_of(x for x, _y in found), middle_of(y for _x, y in found)) for id_, found in places.items()}


def _by_theme(call: CallFacts, points: Sequence[PlottedPoint], theme: ThemeView | None) -> tuple[ThemePoints, ...]:
    shown = [each for each in call.themes if theme in (None, each)]
    by_theme = {each: tuple(percent(point.place) for point in points if point.theme == each) for each in shown}
    return tuple(ThemePoints(each, places) for each, places in by_theme.items() if places)


def _circles(
    topics: Sequence[PublicTopic], *, marked: PublicTopic | None = None, most: float = MOST_RADIUS
) -> tuple[TopicCircle, ...]:
    largest = max((topic.n for topic in topics), default=1)
    return tuple(
        TopicCircle(topic, percent(topic.place), radius(topic.n, largest, most), is_marked=topic is marked)
        for topic in topics
    )

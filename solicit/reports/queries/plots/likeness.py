"""What reads alike: pairs by their similarity, and topics as they grow."""

from dataclasses import dataclass

import sqlalchemy as sa

from solicit.calls.queries import ThemeView
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.duplicates.pair_counts import EDGES, bucket
from solicit.questions.queries.duplicates.pairs import Left, Right, visible
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import Method, QuestionState, Verdict
from solicit.reports.queries.plots.part import WEEK, Asking, Part

WEEKS_BACK = 4


@dataclass(frozen=True)
class Similarities:
    """Pairs compared by meaning per bin of EDGES, those judged the same, and the least similar of both."""

    counts: tuple[int, ...]
    same: tuple[int, ...]
    begins_at: float | None
    least_same: float | None


@dataclass(frozen=True)
class TopicGrowth:
    """The questions of a topic now, a week and four weeks ago."""

    id: int
    name: str
    theme: ThemeView | None
    n: int
    n_week_ago: int
    n_month_ago: int

    @property
    def n_new(self) -> int:
        return self.n - self.n_week_ago


def _per_bin(asking: Asking) -> sa.Select:
    is_same = DuplicatePair.verdict == Verdict.SAME
    place = bucket(DuplicatePair.cosine, EDGES).label("bin")
    return (
        sa.select(
            place,
            sa.func.count().label("n"),
            sa.func.count().filter(is_same).label("n_same"),
            sa.func.min(DuplicatePair.cosine).filter(~DuplicatePair.is_audit).label("least"),
            sa.func.min(DuplicatePair.cosine).filter(is_same).label("least_same"),
        )
        .select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(*visible(asking.call, asking.viewer_id), DuplicatePair.method == Method.MEANING)
        .group_by(place)
    )


def _similarities(_asking: Asking, rows: list[dict]) -> Similarities:
    counts, same = [0] * (len(EDGES) - 1), [0] * (len(EDGES) - 1)
    for row in rows:
        place = min(max(row["bin"], 1), len(counts)) - 1
        counts[place] += row["n"]
        same[place] += row["n_same"]
    least, least_same = (
        min((row[name] for row in rows if row[name] is not None), default=None) for name in ("least", "least_same")
    )
    return Similarities(tuple(counts), tuple(same), least, least_same)


def _per_topic(asking: Asking) -> sa.Select:
    def n_until(weeks: int) -> sa.ColumnElement[int]:
        return sa.func.count().filter(Question.created_at <= asking.now - weeks * WEEK)

    return (
        with_topic(
            sa.select(
                topic.c.id,
                sa.func.max(TOPIC_NAME).label("name"),
                topic.c.theme_id,
                sa.func.count().label("n"),
                n_until(1).label("n_week_ago"),
                n_until(WEEKS_BACK).label("n_month_ago"),
            ).select_from(Question)
        )
        .where(Question.call_id == asking.call.id, Question.state == QuestionState.IN_SCOPE, topic.c.id.is_not(None))
        .where(~is_involved(asking.viewer_id, Question.id))
        .group_by(topic.c.id, topic.c.theme_id)
    )


def _topics(asking: Asking, rows: list[dict]) -> tuple[TopicGrowth, ...]:
    """Those with most new questions this week first, then the largest."""
    numbers = ("n", "n_week_ago", "n_month_ago")
    found = [
        TopicGrowth(row["id"], row["name"], asking.call.theme_by_id(row["theme_id"]), *(row[name] for name in numbers))
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.n_new, -each.n, each.id)))


SIMILARITY = Part(_per_bin, _similarities)
TOPICS = Part(_per_topic, _topics)

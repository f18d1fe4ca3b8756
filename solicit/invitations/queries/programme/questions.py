"""The questions that a meeting takes up: the leading ones of the rankings behind the limits in force."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import LimitRun, LimitSet
from solicit.invitations.queries.pool.ranked import PLACES_READ, places
from solicit.invitations.states import LimitState
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import Evidence
from solicit.topics.models import Topic, TopicMember
from solicit.topics.queries.topics import stands_for_question, topic_name


@dataclass(frozen=True)
class MeetingQuestion:
    """A ranked question; ``is_leading``: it is within the places that its ranking announced in the theme."""

    id: int
    label: str
    title: str
    language: str
    theme: ThemeView
    topic_id: int | None
    topic: str
    place: int
    is_leading: bool


def meeting_questions(session: Session, *, call: CallFacts) -> tuple[MeetingQuestion, ...]:
    """The ranked questions of the limits in force whose authors are candidates, by theme and place; one statement."""
    place = sa.func.row_number().over(
        partition_by=(RankingRow.run_id, RankingRow.theme_id), order_by=(RankingRow.position, RankingRow.question_id)
    )
    rows = session.execute(
        sa.select(RankingRun.parameters, Question, Topic, place.label("place"))
        .join(RankingRow, RankingRow.run_id == RankingRun.id)
        .join(LimitRun, LimitRun.run_id == RankingRun.id)
        .join(LimitSet, LimitSet.id == LimitRun.limit_set_id)
        .join(Question, Question.id == RankingRow.question_id)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, sa.and_(Topic.id == TopicMember.topic_id, stands_for_question()))
        .where(
            LimitSet.call_id == call.id,
            LimitSet.state == LimitState.IN_FORCE,
            RankingRow.evidence == Evidence.RANKED,
        )
        .order_by(RankingRun.id, "place", Question.id)
    ).all()
    found = {row.Question.id: row for row in reversed(rows)}
    ordered = sorted(found.values(), key=lambda row: (_theme_place(call, row), row.place, row.Question.id))
    return tuple(_meeting_question(call, row) for row in ordered if row.place <= PLACES_READ * _places(call, row))


def taken_up(questions: Collection[MeetingQuestion], written_ids: Collection[int]) -> tuple[MeetingQuestion, ...]:
    """The questions that the programme covers: the leading ones, and what somebody who comes has written."""
    return tuple(question for question in questions if question.is_leading or question.id in written_ids)


def _places(call: CallFacts, row) -> int:
    """How many places the ranking announced in the theme of a question."""
    return places(row.parameters, call.theme_by_id(row.Question.theme_id).key, call.n_places)


def _theme_place(call: CallFacts, row) -> int:
    return [theme.id for theme in call.themes].index(row.Question.theme_id)


def _meeting_question(call: CallFacts, row) -> MeetingQuestion:
    question, topic = row.Question, row.Topic
    return MeetingQuestion(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        theme=call.theme_by_id(question.theme_id),
        topic_id=topic.id if topic else None,
        topic=topic_name(topic.id, topic.name, topic.terms) if topic else "",
        place=row.place,
        is_leading=row.place <= _places(call, row),
    )

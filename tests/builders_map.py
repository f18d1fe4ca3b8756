"""Builders of topics with their questions, and of the map they stand on."""

from builders_questions import make_question
from builders_topics import make_run

from solicit.clock import utcnow
from solicit.questions.states import QuestionState
from solicit.topics.models import MapLayout, MapPoint, Topic, TopicMember


def make_topic(session, call, questions, *, run=None, terms=("lunar dust", "ice"), **values) -> Topic:
    """A topic of these questions; the first is in its middle."""
    topic = Topic(
        call_id=call.id,
        theme_id=questions[0].theme_id,
        terms=list(terms),
        medoid_id=questions[0].id,
        run_id=(run or make_run(session, call, n_questions=len(questions))).id,
        created_at=utcnow(),
        **values,
    )
    session.add(topic)
    session.flush()
    session.add_all(TopicMember(question_id=each.id, topic_id=topic.id) for each in questions)
    session.flush()
    return topic


def in_scope(session, call, n=1, **values) -> list:
    return [make_question(session, call, state=QuestionState.IN_SCOPE, **values) for _ in range(n)]


def make_layout(session, call, places: dict, *, model_id: int | None = None) -> MapLayout:
    """A map on which these questions (by id) stand at these places."""
    layout = MapLayout(
        call_id=call.id,
        model_id=model_id or make_run(session, call).model_id,
        seed=1,
        parameters={},
        versions={},
        input_digest=b"",
        n_questions=len(places),
        laid_out_at=utcnow(),
    )
    session.add(layout)
    session.flush()
    session.add_all(MapPoint(question_id=id_, layout_id=layout.id, x=x, y=y) for id_, (x, y) in places.items())
    session.flush()
    return layout

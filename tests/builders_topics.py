"""Builders of topics: plain rows, nothing surprising."""

from datetime import datetime

import numpy as np
import sqlalchemy as sa
from builders_questions import make_model, make_question, make_vector
from sqlalchemy.orm import Session

from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember, TopicRun
from solicit.topics.service import decide, propose, read
from solicit.topics.service.group import group_theme
from solicit.topics.states import Detail, RunState

WIDTH = 8


def make_run(
    session: Session,
    call,
    *,
    model_id: int | None = None,
    n_questions: int = 1,
    state: RunState = RunState.ACCEPTED,
    now: datetime | None = None,
) -> TopicRun:
    """A grouping of a call, accepted unless a test wants another state."""
    now = now or utcnow()
    run = TopicRun(
        call_id=call.id,
        model_id=model_id or _model_of(session, call),
        seed=1,
        parameters={},
        versions={},
        input_digest=b"",
        n_questions=n_questions,
        run_at=now,
        state=state,
        decided_at=now if state in (RunState.ACCEPTED, RunState.DISCARDED) else None,
    )
    session.add(run)
    session.flush()
    return run


def make_proposal(session: Session, call, question, **values) -> TopicRun:
    """A grouping that waits for a decision: it finds one new topic, of one question."""
    run = make_run(session, call, state=RunState.PROPOSED, **values)
    found = ProposedTopic(
        run_id=run.id, theme_id=question.theme_id, position=0, terms=["dust", "rings"], medoid_id=question.id
    )
    session.add(found)
    session.flush()
    session.add(ProposedMember(run_id=run.id, question_id=question.id, proposed_topic_id=found.id))
    session.flush()
    return run


def _model_of(session: Session, call) -> int:
    """One model for all runs of a call that name none."""
    name = f"model of topics in call {call.id}"
    found = session.scalar(sa.select(EmbeddingModel.id).where(EmbeddingModel.name == name))
    return found or make_model(session, name=name).id


def make_group(session, call, model, *, axis: int, n: int = 6, words: str = "ice", **values) -> list[Question]:
    """Questions in scope whose titles point to the same side."""
    questions = []
    for number in range(n):
        title = f"What does {words} tell us, part {axis}-{number}-{len(questions)}?"
        question = make_question(session, call, state=QuestionState.IN_SCOPE, title=title, **values)
        direction = np.eye(WIDTH)[axis] + 0.05 * np.eye(WIDTH)[(axis + 1 + number) % WIDTH]
        make_vector(session, question, model, direction)
        questions.append(question)
    return questions


def propose_topics(session, call, model, now, *, detail=Detail.MIDDLE, seed=7) -> int:
    """What the task does, on vectors of our own."""
    themes = read.load_themes(session, call_id=call.id, model_id=model.id)
    parameters = read.next_parameters(session, call_id=call.id, detail=detail, seed=seed)
    asked = dict(call_id=call.id, model_id=model.id, parameters=parameters, run_by_id=None)
    run_id = propose.begin_run(session, themes=themes, now=now, **asked)
    for theme in themes:
        propose.store_theme(session, run_id=run_id, theme=theme, topics=group_theme(theme, parameters))
    propose.finish_run(session, run_id=run_id, themes=themes)
    return run_id


def run(session, call, model, now, **values) -> int:
    """A proposal that is accepted at once."""
    run_id = propose_topics(session, call, model, now, **values)
    decide.accept_run(session, run_id=run_id, actor_id=None, now=now)
    return run_id


def topics(session, call) -> list[Topic]:
    standing = sa.select(Topic).where(Topic.call_id == call.id, Topic.retired_at.is_(None)).order_by(Topic.id)
    return list(session.scalars(standing))


def members(session) -> dict[int, int]:
    return dict(session.execute(sa.select(TopicMember.question_id, TopicMember.topic_id)).all())

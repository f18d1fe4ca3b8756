"""Opening a question for a submission, and following that submission while it is the question's only voice."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import check_move
from solicit.jobs.service import defer, defer_all
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.wording import wording_digest
from solicit.questions.service.letters import write_to_supporters
from solicit.questions.states import MOVES, QuestionState
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE, PlanValues, TextValues
from solicit.web.folding import fold

EMBED = "questions.embed"
PLACE = "topics.place"
# A screened, merged or withdrawn question keeps its wording when its submission changes.
FOLLOWING = (QuestionState.NEW, QuestionState.OUT_OF_SCOPE)


def open_question(session: Session, *, submission_id: int, call_id: int, text: TextValues, now: datetime) -> int:
    """Store the question that a new submission speaks through, and the job that embeds it; return its id."""
    (question_id,) = _open(session, call_id, [(submission_id, text)], now)
    defer_embedding(session, question_id=question_id)
    return question_id


def open_questions(
    session: Session, *, call_id: int, texts: Sequence[tuple[int, TextValues]], now: datetime
) -> list[int]:
    """``open_question`` for many new submissions, each with its text; few statements for all."""
    ids = _open(session, call_id, texts, now)
    defer_all(session, EMBED, [{"question_id": question_id} for question_id in ids])
    # Many rows at once: the database has to count them before it plans well.
    defer(session, "embeddings.watch", queueing_lock="embeddings.watch")
    return ids


def _open(session: Session, call_id: int, texts: Sequence[tuple[int, TextValues]], now: datetime) -> list[int]:
    questions = []
    for _submission_id, text in texts:
        question = Question(call_id=call_id, kind=text.kind, created_at=now)
        word_question(question, text)
        questions.append(question)
    session.add_all(questions)
    session.flush()
    session.add_all(
        QuestionSource(submission_id=submission_id, question_id=question.id, first_question_id=question.id)
        for (submission_id, _text), question in zip(texts, questions, strict=True)
    )
    session.flush()
    return [question.id for question in questions]


def follow_edit(session: Session, *, submission_id: int, text: TextValues) -> bool:
    """Give the new wording of a submission to its question; False if the question has a wording of its own."""
    question = _locked_question_of(session, submission_id)
    if question.state not in FOLLOWING or not _is_only_voice(session, submission_id, question.id):
        return False
    word_question(question, text)
    question.version += 1
    session.flush()
    defer_embedding(session, question_id=question.id)
    return True


def follow_withdrawal(session: Session, *, submission_id: int, now: datetime) -> None:
    """Withdraw the question of a withdrawn submission unless another one still speaks through it.

    The supporters of a public question are told.
    """
    question = _locked_question_of(session, submission_id)
    if _has_live_submission(session, question.id):
        return
    check_move(MOVES, question.state, QuestionState.WITHDRAWN)
    if question.state is QuestionState.OUT_OF_SCOPE:
        # What comes back is read anew.
        question.reason_id, question.reason_note = None, ""
        question.screened_at, question.screened_by_id = None, None
    was_public = question.state is QuestionState.IN_SCOPE
    question.state = QuestionState.WITHDRAWN
    question.version += 1
    session.flush()
    if was_public:
        write_to_supporters(session, question, kind="question_withdrawn", now=now)


def follow_revival(session: Session, *, submission_id: int) -> None:
    """Give a withdrawn question back the state it had."""
    question = _locked_question_of(session, submission_id)
    if question.state is not QuestionState.WITHDRAWN:
        return
    was_screened = question.number is not None and question.screened_at is not None
    state = QuestionState.IN_SCOPE if was_screened else QuestionState.NEW
    check_move(MOVES, question.state, state)
    question.state = state
    question.version += 1
    session.flush()
    # The model of the call may have changed while nobody read its withdrawn questions.
    defer_embedding(session, question_id=question.id)


def defer_embedding(session: Session, *, question_id: int) -> None:
    """Have a worker embed a question's words; one waiting job per question is enough."""
    defer(session, EMBED, queueing_lock=f"questions.embed:{question_id}", question_id=question_id)


def defer_placing(session: Session, *, question_id: int) -> None:
    """Have a worker find the topic of a question, and its place on the map, if it is in scope."""
    if session.scalar(sa.select(Question.state).where(Question.id == question_id)) is QuestionState.IN_SCOPE:
        defer(session, PLACE, queueing_lock=f"{PLACE}:{question_id}", question_id=question_id)


def word_question(question: Question, text: TextValues) -> None:
    """Give a question these words, and what is computed of them."""
    for name, value in text.columns().items():
        if name != "kind":
            setattr(question, name, value)
    plan = text.plan or PlanValues()
    parts = (text.title, text.goal_overview, text.significance, text.approach)
    question.search_text = fold(*parts, plan.target_body, plan.measurement)
    question.text_digest = wording_digest(*parts, plan=question.plan)


def _locked_question_of(session: Session, submission_id: int) -> Question:
    source = sa.select(QuestionSource.question_id).where(QuestionSource.submission_id == submission_id)
    locked = sa.select(Question).where(Question.id == source.scalar_subquery())
    return session.scalars(locked.with_for_update().execution_options(populate_existing=True)).one()


def _is_only_voice(session: Session, submission_id: int, question_id: int) -> bool:
    sources = session.execute(
        sa.select(QuestionSource.submission_id, QuestionSource.first_question_id).where(
            QuestionSource.question_id == question_id
        )
    ).all()
    return [tuple(source) for source in sources] == [(submission_id, question_id)]


def _has_live_submission(session: Session, question_id: int) -> bool:
    live = (
        sa.select(Submission.id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.question_id == question_id, Submission.state.in_(LIVE))
    )
    return session.scalar(sa.select(live.exists()))

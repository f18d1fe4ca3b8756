"""Submissions and their questions, made as people make them."""

import itertools
from uuid import uuid4

import numpy as np
from builders import make_person

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.embeddings.service import settle_model
from solicit.people.states import Career
from solicit.questions.models import PLAN_NUMBERS, QUESTION_NUMBERS, Question, QuestionVector
from solicit.questions.service.open import open_question
from solicit.questions.states import Aspect, QuestionState
from solicit.submissions import service
from solicit.submissions.states import AuthorValues, TextValues

_numbers = itertools.count(1)

GOAL = "We want to find out where it comes from and how it changes."
SIGNIFICANCE = "It would tell us how worlds like ours begin and end."


def author_values(**values) -> AuthorValues:
    defaults = dict(
        full_name="Ada Example",
        affiliation="Institute of Examples",
        country="KE",
        career=Career.RESEARCHER,
        is_sixteen=True,
        has_consented=True,
    )
    return AuthorValues(**defaults | values)


def text_values(call, *, theme="space", **values) -> TextValues:
    defaults = dict(
        kind=Kind.QUESTION,
        theme_id=call.theme(theme).id,
        language="en",
        title=f"What shapes the rings of planet number {next(_numbers)}?",
        goal_overview=GOAL,
        significance=SIGNIFICANCE,
    )
    return TextValues(**defaults | values)


def send(session, call, person=None, *, author=None, now=None, **text):
    """A sent submission with its question: returns (receipt, question id)."""
    person, now = person or make_person(session), now or utcnow()
    wording = text_values(call, **text)
    receipt = service.submit(
        session,
        call=call,
        person_id=person.id,
        author=author or author_values(),
        text=wording,
        idempotency_key=uuid4(),
        now=now,
    )
    question_id = open_question(session, submission_id=receipt.submission_id, call_id=call.id, text=wording, now=now)
    return receipt, question_id


def make_question(session, call, person=None, *, state=QuestionState.IN_SCOPE, **text) -> Question:
    """A question in a state, with the number that screening gives."""
    _receipt, question_id = send(session, call, person, **text)
    question = session.get_one(Question, question_id)
    if state is QuestionState.IN_SCOPE:
        numbers = PLAN_NUMBERS if question.kind is Kind.PLAN else QUESTION_NUMBERS
        question.number, question.screened_at = session.scalar(numbers.next_value()), utcnow()
    question.state = state
    session.flush()
    return question


def merge(session, source: Question, target: Question) -> None:
    """Group one question with another, as far as readers see it."""
    source.state, source.merged_into_id = QuestionState.MERGED, target.id
    session.flush()


def make_vector(
    session, question: Question, *, towards: int, share: float = 1.0, name="a-model", aspects=tuple(Aspect)
) -> int:
    """Vectors of length 1 that have the cosine ``share`` with the axis ``towards``; returns the model's id."""
    model = session.query(EmbeddingModel).filter_by(name=name).one_or_none()
    if model is None:
        model = EmbeddingModel(name=name, width=8)
        session.add(model)
        session.flush()
    vector = np.zeros(8)
    vector[towards], vector[-1] = share, np.sqrt(1 - share**2)
    for aspect in aspects:
        session.add(
            QuestionVector(
                question_id=question.id,
                model_id=model.id,
                aspect=aspect,
                call_id=question.call_id,
                theme_id=question.theme_id,
                digest=question.text_digest,
                vector=vector,
            )
        )
    session.flush()
    settle_model(session, call_id=question.call_id, model_id=model.id)
    return model.id


def label_of(question: Question) -> str:
    return f"{'P' if question.kind is Kind.PLAN else 'Q'}-{question.number}"

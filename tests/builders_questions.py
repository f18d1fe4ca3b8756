"""Questions, their vectors and pairs, as rows: for tests of what happens to them later."""

import hashlib
import itertools

import numpy as np
from builders import make_person

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.embeddings.service import settle_model
from solicit.questions.models import (
    DifferenceNote,
    DuplicatePair,
    ProblemReport,
    Question,
    QuestionSource,
    QuestionVector,
)
from solicit.questions.queries.wording import wording_digest
from solicit.questions.states import Aspect, QuestionState, ReportReason
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import Source, SubmissionState
from solicit.web.folding import fold

_numbers = itertools.count(1)


def make_submission(session, call, *, submitter=None, theme="space", **values) -> Submission:
    """A sent submission with its author; an import has none."""
    number = next(_numbers)
    found = call.theme(theme)
    defaults = dict(
        reference=f"S-{number:04d}-TEST",
        call_id=call.id,
        theme_id=found.id if found else None,
        submitter_id=submitter.id if submitter else None,
        kind=Kind.QUESTION,
        state=SubmissionState.SENT,
        source=Source.PERSON if submitter and found else Source.IMPORT,
        language="en",
        title=f"What is question number {number}?",
        consented_at=utcnow() if submitter else None,
        created_at=utcnow(),
        updated_at=utcnow(),
        sent_at=utcnow(),
    )
    submission = Submission(**defaults | values)
    session.add(submission)
    session.flush()
    if submitter:
        session.add(Authorship(submission_id=submission.id, person_id=submitter.id, full_name=submitter.full_name))
        session.flush()
    return submission


def make_question(
    session, call, *, state=QuestionState.NEW, theme="space", submitter=None, with_submission=True, **values
) -> Question:
    """A question in any state, spoken through by one submission of its own."""
    title = values.pop("title", f"What is question number {next(_numbers)}?")
    found = call.theme(theme)
    words = dict(
        title=title,
        goal_overview=values.pop("goal_overview", "We want to know how it works in detail."),
        significance=values.pop("significance", "It decides what we may believe of the rest."),
        approach=values.pop("approach", ""),
    )
    defaults = words | dict(
        call_id=call.id,
        theme_id=found.id if found else None,
        kind=Kind.QUESTION,
        state=state,
        language="en",
        text_digest=wording_digest(**words),
        search_text=fold(title),
        number=10_000 + next(_numbers) if state is QuestionState.IN_SCOPE else None,
        screened_at=utcnow() if state is QuestionState.IN_SCOPE else None,
        created_at=utcnow(),
    )
    question = Question(**defaults | values)
    session.add(question)
    session.flush()
    if with_submission:
        submitter = submitter or make_person(session)
        submission = make_submission(session, call, submitter=submitter, theme=theme, title=title, kind=question.kind)
        attach(session, submission, question)
    return question


def attach(session, submission, question) -> None:
    """Let a submission speak through a question from the start."""
    session.add(QuestionSource(submission_id=submission.id, question_id=question.id, first_question_id=question.id))
    session.flush()


def make_model(session, *, name="test-model", width=4) -> EmbeddingModel:
    model = EmbeddingModel(name=name, width=width)
    session.add(model)
    session.flush()
    return model


def make_vector(session, question, model, values, *, aspects=tuple(Aspect)) -> None:
    """Give a question vectors of length 1 in the direction of ``values``."""
    vector = np.array(values, dtype=np.float32)
    for aspect in aspects:
        session.add(
            QuestionVector(
                question_id=question.id,
                model_id=model.id,
                aspect=aspect,
                call_id=question.call_id,
                theme_id=question.theme_id,
                digest=hashlib.sha256(question.title.encode()).digest(),
                vector=vector / np.linalg.norm(vector),
            )
        )
    session.flush()
    settle_model(session, call_id=question.call_id, model_id=model.id)


def make_pair(session, one, other, *, model=None, cosine=0.8, probability=0.7, **values) -> DuplicatePair:
    """A suggestion that two questions are the same."""
    left, right = sorted((one, other), key=lambda question: question.id)
    pair = DuplicatePair(
        call_id=left.call_id,
        left_id=left.id,
        right_id=right.id,
        model_id=(model or make_model(session, name=f"model-{next(_numbers)}")).id,
        cosine=cosine,
        probability=probability,
        suggested_at=utcnow(),
        **values,
    )
    session.add(pair)
    session.flush()
    settle_model(session, call_id=pair.call_id, model_id=pair.model_id)
    return pair


def make_report(session, question, *, reporter=None, **values) -> ProblemReport:
    """What a reader found wrong with a question."""
    defaults = dict(
        call_id=question.call_id,
        question_id=question.id,
        reporter_id=reporter.id if reporter else None,
        reason=ReportReason.OTHER,
        text="Something is wrong with it.",
        reported_at=utcnow(),
    )
    report = ProblemReport(**defaults | values)
    session.add(report)
    session.flush()
    return report


def make_note(session, submission_id: int, question, text="Mine asks about another planet.") -> DifferenceNote:
    """What an author said of how theirs differs from a question."""
    note = DifferenceNote(submission_id=submission_id, question_id=question.id, text=text, noted_at=utcnow())
    session.add(note)
    session.flush()
    return note

"""What submitters are told of merges: of another's question only where everybody may read it, now or by the merge."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.questions.models import Question
from solicit.questions.service.letters import write_to_submitters
from solicit.questions.states import QuestionState, question_label


def write_grouped(session: Session, sources: Sequence[Question], target: Question, *, now: datetime) -> None:
    """Tell the submitters of all these questions that they are one now; call it before anything moves."""
    is_public = _is_public(session, target)
    if target.is_summary:
        kind, params = "questions_summarized", _summary_of(target) if is_public else {}
    elif len(sources) == 1:
        kind = "questions_grouped"
        params = dict(first=sources[0].title, second=target.title) if is_public else {}
    else:
        kind, params = (
            "questions_grouped",
            dict(n_questions=len(sources) + 1) | (dict(second=target.title) if is_public else {}),
        )
    _write(session, [*sources, target], kind, params, now=now)


def write_undone(session: Session, source: Question, target: Question, *, now: datetime) -> None:
    """Tell the submitters that the source stands by itself again; those of a summary keep the one they are in."""
    if target.is_summary:
        _write(session, [source], "grouping_undone", dict(was_summary=True), now=now)
        return
    is_public = _is_public(session, target) and source.state is QuestionState.IN_SCOPE
    params = dict(first=source.title, second=target.title) if is_public else {}
    _write(session, [source, target], "grouping_undone", params, now=now)


def _summary_of(target: Question) -> dict:
    return dict(summary=target.title, label=question_label(target.kind, target.number))


def _is_public(session: Session, question: Question) -> bool:
    call = call_facts(session, slug=session.get_one(Call, question.call_id).slug)
    return call.shows_questions and question.state is QuestionState.IN_SCOPE


def _write(session: Session, questions: Sequence[Question], kind: str, params: dict, *, now: datetime) -> None:
    write_to_submitters(
        session,
        call_id=questions[0].call_id,
        question_ids=[question.id for question in questions],
        kind=kind,
        params=params,
        now=now,
    )

"""“Mine differs because ...”: what an author says when a question looked like theirs."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.models import DifferenceNote, Question
from solicit.questions.states import QuestionState, parse_label


def note_difference(
    session: Session, *, call: CallFacts, submission_id: int, notes: Mapping[str, str], now: datetime
) -> None:
    """Keep what is said about public questions, by their labels; an empty note takes an earlier one back.

    A label that names no public question of the call is passed over: a note never stops anybody. While the call
    shows no questions, none is public: the title would stand beside the note.
    """
    wanted = {parsed: text for label, text in notes.items() if (parsed := parse_label(label))}
    if not wanted or not call.shows_questions:
        return
    named = sa.tuple_(Question.kind, Question.number).in_(list(wanted))
    public = sa.select(Question.id, Question.kind, Question.number).where(
        Question.call_id == call.id, Question.state.in_((QuestionState.IN_SCOPE, QuestionState.MERGED)), named
    )
    texts = {row.id: wanted[row.kind, row.number] for row in session.execute(public)}
    _forget(session, submission_id, [question_id for question_id, text in texts.items() if not text])
    kept = [
        dict(submission_id=submission_id, question_id=question_id, text=text, noted_at=now)
        for question_id, text in texts.items()
        if text
    ]
    if kept:
        new = insert(DifferenceNote)
        changes = {"text": new.excluded.text, "noted_at": new.excluded.noted_at}
        session.execute(new.on_conflict_do_update(index_elements=["submission_id", "question_id"], set_=changes), kept)


def _forget(session: Session, submission_id: int, question_ids: list[int]) -> None:
    if question_ids:
        gone = sa.delete(DifferenceNote).where(
            DifferenceNote.submission_id == submission_id, DifferenceNote.question_id.in_(question_ids)
        )
        session.execute(gone, execution_options={"synchronize_session": False})

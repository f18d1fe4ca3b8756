"""What authors said when a question looked like theirs, "mine differs because ...": for them and for organizers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.questions.models import DifferenceNote, Question, QuestionSource
from solicit.questions.queries.duplicates.pairs import PairView
from solicit.questions.queries.duplicates.sides import NamedQuestion, named
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import question_label
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE

Mine, Other = aliased(Question), aliased(Question)


@dataclass(frozen=True)
class DifferenceView:
    """The author of ``mine`` says in ``text`` how it differs from ``other``."""

    mine: NamedQuestion
    other: NamedQuestion
    text: str

    @property
    def ids(self) -> set[int]:
        return {self.mine.id, self.other.id}


@dataclass(frozen=True)
class NoteView:
    """“Mine differs because ...”, beside the question it was said of."""

    label: str | None
    title: str
    language: str
    text: str


def notes_of(session: Session, *, submission_id: int) -> tuple[NoteView, ...]:
    """The notes of one submission, in the order of the questions; one statement."""
    rows = session.execute(
        sa.select(DifferenceNote.text, Question.kind, Question.number, Question.title, Question.language)
        .join(Question, Question.id == DifferenceNote.question_id)
        .where(DifferenceNote.submission_id == submission_id)
        .order_by(Question.id)
    )
    return tuple(NoteView(question_label(r.kind, r.number), r.title, r.language, r.text) for r in rows)


def differences_of(session: Session, *, question_ids: Sequence[int], viewer_id: int) -> tuple[DifferenceView, ...]:
    """The notes that authors of these questions wrote, and those that name them, oldest first; one statement.

    Left out: what names a question in which the organizer has a part.
    """
    rows = session.execute(
        sa.select(Mine, Other, DifferenceNote.text)
        .select_from(DifferenceNote)
        .join(Submission, Submission.id == DifferenceNote.submission_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Mine, Mine.id == QuestionSource.first_question_id)
        .join(Other, Other.id == DifferenceNote.question_id)
        .where(Submission.state.in_(LIVE), sa.or_(Mine.id.in_(question_ids), Other.id.in_(question_ids)))
        .where(~is_involved(viewer_id, Mine.id), ~is_involved(viewer_id, Other.id))
        .order_by(DifferenceNote.noted_at, Mine.id, Other.id)
    )
    return tuple(DifferenceView(named(mine), named(other), text) for mine, other, text in rows)


def differences_between(
    session: Session, *, pairs: Sequence[PairView], viewer_id: int
) -> Mapping[int, tuple[DifferenceView, ...]]:
    """The notes about the two questions of each pair, by the pair's id; one statement."""
    ids = [side.id for pair in pairs for side in pair.sides]
    notes = differences_of(session, question_ids=ids, viewer_id=viewer_id)
    return {pair.id: tuple(note for note in notes if note.ids == {side.id for side in pair.sides}) for pair in pairs}

"""What was said at the meeting to each question, and what the meeting found, as one organizer may see it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import (
    Contribution,
    Invitation,
    ProgrammeSession,
    ProgrammeSlot,
    QuestionOutcome,
    SelectionCandidate,
)
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.sight import Sight
from solicit.invitations.states import OUTCOME_KIND_WORDS, OutcomeKind
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.involvement import people_involved, question_subject
from solicit.questions.states import question_label


@dataclass(frozen=True)
class ContributionView:
    id: int
    person_id: int
    person: str
    title: str
    text: str
    version: int
    recorded_at: datetime


@dataclass(frozen=True)
class OutcomeView:
    id: int
    kind: OutcomeKind
    text: str
    version: int
    recorded_at: datetime

    @property
    def kind_word(self) -> str:
        return OUTCOME_KIND_WORDS[self.kind]


@dataclass(frozen=True)
class TalkedOf:
    """A question of the meeting with all that is recorded against it."""

    id: int
    label: str
    title: str
    language: str
    theme: ThemeView | None
    contributions: tuple[ContributionView, ...]
    outcomes: tuple[OutcomeView, ...]

    @property
    def kinds(self) -> frozenset[OutcomeKind]:
        return frozenset(each.kind for each in self.outcomes)


def talked_of(session: Session, *, call: CallFacts, sight: Sight) -> tuple[TalkedOf, ...]:
    """The questions of the programme, and others with records, in which the organizer has no part; three statements."""
    return _views(session, call=call, sight=sight, wanted=_of_meeting(call))


def one_talked_of(session: Session, *, call: CallFacts, sight: Sight, question_id: int) -> TalkedOf | None:
    """One question with what is recorded against it; three statements."""
    wanted = sa.and_(Question.id == question_id, Question.call_id == call.id, Question.number.is_not(None))
    return next(iter(_views(session, call=call, sight=sight, wanted=wanted)), None)


def one_contribution(session: Session, *, call: CallFacts, sight: Sight, contribution_id: int) -> TalkedOf | None:
    """A question with one contribution alone, None if its speaker is hidden; one statement."""
    row = session.execute(_said(call).where(Contribution.id == contribution_id)).one_or_none()
    if row is None or sight.hides(row.SelectionCandidate):
        return None
    return _talked_of(call, row.Question, {row.Question.id: [_contribution(row)]}, {})


def one_outcome(session: Session, *, call: CallFacts, outcome_id: int) -> TalkedOf | None:
    """A question with one outcome alone; one statement."""
    row = session.execute(_found(call).where(QuestionOutcome.id == outcome_id)).one_or_none()
    return row and _talked_of(call, row.Question, {}, {row.Question.id: [_outcome(row.QuestionOutcome)]})


def contribution_subject(session: Session, *, call: CallFacts, contribution_id: int, **_) -> Subject | None:
    """Facts for the policy: who has a part in the question, or in one by which its speaker is hidden."""
    row = session.execute(
        sa.select(Contribution.question_id, SelectionCandidate.question_ids, SelectionCandidate.also_ids)
        .outerjoin(Invitation, _invitation_of(call))
        .outerjoin(SelectionCandidate, as_selected())
        .where(Contribution.id == contribution_id, Contribution.call_id == call.id)
    ).one_or_none()
    if row is None:
        return None
    involved = people_involved(session, question_ids=[row.question_id, *(row.question_ids or ())])
    return Subject(call_id=call.id, conflicted_ids=involved | set(row.also_ids or ()))


def outcome_subject(session: Session, *, call: CallFacts, outcome_id: int, **_) -> Subject | None:
    """Facts for the policy: those of the question that the outcome is about."""
    of_call = QuestionOutcome.call_id == call.id
    question_id = session.scalar(
        sa.select(QuestionOutcome.question_id).where(QuestionOutcome.id == outcome_id, of_call)
    )
    return question_subject(session, call=call, question_id=question_id) if question_id else None


def _of_meeting(call: CallFacts) -> sa.ColumnElement[bool]:
    spoken = sa.select(ProgrammeSlot.question_id).join(ProgrammeSession)
    spoken = spoken.where(ProgrammeSession.call_id == call.id, ProgrammeSlot.question_id.is_not(None))
    recorded = (
        sa.select(model.question_id).where(model.call_id == call.id) for model in (Contribution, QuestionOutcome)
    )
    return Question.id.in_(sa.union(spoken, *recorded))


def _invitation_of(call: CallFacts) -> sa.ColumnElement[bool]:
    return sa.and_(Invitation.call_id == call.id, Invitation.person_id == Contribution.person_id)


def _views(session: Session, *, call: CallFacts, sight: Sight, wanted: sa.ColumnElement[bool]) -> tuple[TalkedOf, ...]:
    questions = session.scalars(sa.select(Question).where(wanted).order_by(Question.kind, Question.number)).all()
    contributions, outcomes = defaultdict(list), defaultdict(list)
    for row in session.execute(_said(call).where(wanted)):
        if not sight.hides(row.SelectionCandidate):
            contributions[row.Question.id].append(_contribution(row))
    for row in session.execute(_found(call).where(wanted)):
        outcomes[row.Question.id].append(_outcome(row.QuestionOutcome))
    places = {theme.id: place for place, theme in enumerate(call.themes)}
    shown = [question for question in questions if question.id not in sight.question_ids]
    shown.sort(key=lambda question: places[question.theme_id])
    return tuple(_talked_of(call, question, contributions, outcomes) for question in shown)


def _said(call: CallFacts) -> sa.Select:
    return (
        sa.select(Contribution, Question, Person.full_name, SelectionCandidate)
        .join(Question, Question.id == Contribution.question_id)
        .join(Person, Person.id == Contribution.person_id)
        .outerjoin(Invitation, _invitation_of(call))
        .outerjoin(SelectionCandidate, as_selected())
        .where(Contribution.call_id == call.id)
        .order_by(Contribution.id)
        .execution_options(populate_existing=True)
    )


def _found(call: CallFacts) -> sa.Select:
    return (
        sa.select(QuestionOutcome, Question)
        .join(Question, Question.id == QuestionOutcome.question_id)
        .where(QuestionOutcome.call_id == call.id)
        .order_by(QuestionOutcome.id)
        .execution_options(populate_existing=True)
    )


def _contribution(row: sa.Row) -> ContributionView:
    said = row.Contribution
    return ContributionView(
        id=said.id,
        person_id=said.person_id,
        person=row.full_name,
        title=said.title,
        text=said.text,
        version=said.version,
        recorded_at=said.recorded_at,
    )


def _outcome(row: QuestionOutcome) -> OutcomeView:
    return OutcomeView(row.id, row.kind, row.text, row.version, row.recorded_at)


def _talked_of(
    call: CallFacts,
    question: Question,
    contributions: Mapping[int, list[ContributionView]],
    outcomes: Mapping[int, list[OutcomeView]],
) -> TalkedOf:
    return TalkedOf(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        theme=call.theme_by_id(question.theme_id),
        contributions=tuple(contributions.get(question.id, ())),
        outcomes=tuple(outcomes.get(question.id, ())),
    )

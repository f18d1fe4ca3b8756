"""The candidates of a selection as one organizer may see them, each with the reason in words."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.selections import conflicted_question_ids
from solicit.invitations.queries.words import Sentence
from solicit.invitations.states import RULE_WORDS, Basis, Rule
from solicit.people.models import Person
from solicit.people.queries import country_name
from solicit.people.states import CAREER_WORDS
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.words import N_

MOST_NAMES = 4


@dataclass(frozen=True)
class CandidateQuestion:
    label: str
    title: str
    language: str


@dataclass(frozen=True)
class CandidateRow:
    """One candidate whom the reader may see."""

    person_id: int
    name: str
    country: str
    region: str
    career_word: str
    themes: tuple[ThemeView, ...]
    questions: tuple[CandidateQuestion, ...]
    merit: int
    is_waiting: bool
    cost_cents: int
    is_chosen: bool
    rule_word: str
    rule_reason: str
    why: tuple[Sentence, ...]


@dataclass(frozen=True)
class StoredCandidates:
    """All candidates of a selection, and those the reader may see, chosen ones first."""

    every: tuple[SelectionCandidate, ...]
    visible: tuple[CandidateRow, ...]

    @property
    def chosen(self) -> list[SelectionCandidate]:
        return [row for row in self.every if row.is_chosen]


def stored_candidates(
    session: Session, *, call: CallFacts, selection_id: int, viewer_id: int, locale: str
) -> StoredCandidates:
    """The candidates of a selection; three statements."""
    rows = session.execute(
        sa.select(SelectionCandidate, Person.full_name)
        .join(Person, Person.id == SelectionCandidate.person_id)
        .where(SelectionCandidate.selection_id == selection_id)
        .order_by(SelectionCandidate.is_chosen.desc(), SelectionCandidate.merit.desc(), SelectionCandidate.person_id)
    ).all()
    conflicted = conflicted_question_ids(session, viewer_id=viewer_id)
    shown = [
        (row, name) for row, name in rows if row.person_id != viewer_id and conflicted.isdisjoint(row.question_ids)
    ]
    questions = _questions(session, ids={number for row, _ in shown for number in row.question_ids})
    names = {row.person_id: name for row, name in shown}
    return StoredCandidates(
        every=tuple(row for row, _ in rows),
        visible=tuple(_candidate_row(row, names, questions, call, locale) for row, _ in shown),
    )


def _questions(session: Session, *, ids: set[int]) -> dict[int, CandidateQuestion]:
    rows = session.execute(
        sa.select(Question.id, Question.kind, Question.number, Question.title, Question.language)
        .where(Question.id.in_(ids))
        .order_by(Question.id)
    )
    return {row.id: CandidateQuestion(question_label(row.kind, row.number), row.title, row.language) for row in rows}


def _candidate_row(
    row: SelectionCandidate,
    names: Mapping[int, str],
    questions: Mapping[int, CandidateQuestion],
    call: CallFacts,
    locale: str,
) -> CandidateRow:
    return CandidateRow(
        person_id=row.person_id,
        name=names[row.person_id],
        country=country_name(row.country, locale) if row.country else "",
        region=row.region,
        career_word=CAREER_WORDS[row.career] if row.career else "",
        themes=tuple(theme for theme in call.themes if theme.key in row.theme_keys),
        questions=tuple(questions[number] for number in row.question_ids if number in questions),
        merit=row.merit,
        is_waiting=row.basis is Basis.WAITING,
        cost_cents=row.cost_cents,
        is_chosen=row.is_chosen,
        rule_word=RULE_WORDS[row.rule] if row.rule is not Rule.NONE else "",
        rule_reason=row.rule_reason,
        why=why_in_words(row, names),
    )


def why_in_words(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """The exact reason, from solving the selection once more with the opposite decision on this person."""
    if not row.why:
        return ()
    price, extra = row.why["price"], row.why["extra_breach"]
    if price is None:
        text = N_("Without this person no selection keeps the limits.")
        return (Sentence(text if row.is_chosen else N_("With this person no selection keeps the limits.")),)
    if extra:
        text = N_("Without this person a limit with a price would be missed by more.")
        first = text if row.is_chosen else N_("With this person a limit with a price would be missed by more.")
        return (Sentence(first), *_others(row, names))
    if price == 0:
        text = N_("Worth the same with or without this person; the order of ties, fixed beforehand, decided.")
        return (Sentence(text), *_others(row, names))
    return (Sentence(_price_text(row.is_chosen, is_loss=price > 0), {"points": abs(price)}), *_others(row, names))


def _price_text(is_chosen: bool, *, is_loss: bool) -> str:
    """Only a rule about the person can keep a result that would gain."""
    if is_loss:
        text = N_("Without this person the result would lose %(points)s.")
        return text if is_chosen else N_("With this person the result would lose %(points)s.")
    text = N_("Only the rule brings this person in; without it the result would gain %(points)s.")
    return (
        text if is_chosen else N_("Only the rule keeps this person out; without it the result would gain %(points)s.")
    )


def _others(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """Who would come or go instead; nobody is named whom the reader may not see."""
    moved = row.why["enters"] if row.is_chosen else row.why["leaves"]
    known = [names[person_id] for person_id in moved if person_id in names]
    if not moved or len(known) < len(moved) or len(known) > MOST_NAMES:
        return ()
    text = N_("Instead would come: %(names)s.") if row.is_chosen else N_("Would have to leave: %(names)s.")
    return (Sentence(text, {"names": ", ".join(known)}),)

"""The candidates of a selection as one organizer may see them, each with the reason in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.selection_stability import Stability, stability_of
from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.reasons import Named, why_in_words
from solicit.invitations.queries.sight import is_hidden_from
from solicit.invitations.queries.words import Sentence
from solicit.invitations.states import RULE_WORDS, Attendance, Basis, Rule
from solicit.people.models import Person
from solicit.people.queries import country_name
from solicit.people.states import CAREER_WORDS
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.words import N_

STABILITY_WORDS = {
    Stability.CLEAR: N_("clear"),
    Stability.LIKELY: N_("likely"),
    Stability.NEAR_LINE: N_("near the line"),
}


@dataclass(frozen=True)
class CandidateQuestion:
    label: str
    title: str
    language: str


@dataclass(frozen=True)
class CandidateRow:
    """One candidate whom the reader may see.

    stability_word: empty where it was not worked out, or somebody left out is far from the line.
    draw_percent: in how many of a hundred draws they are chosen.
    """

    person_id: int
    name: str
    country: str
    region: str
    career_word: str
    themes: tuple[ThemeView, ...]
    questions: tuple[CandidateQuestion, ...]
    merit: int
    is_waiting: bool
    is_online: bool
    cost_cents: int
    is_chosen: bool
    reserve_place: int | None
    stability_word: str
    is_near_line: bool
    draw_percent: int | None
    rule: Rule
    rule_word: str
    rule_reason: str
    why: tuple[Sentence, ...]

    @property
    def may_be_ruled(self) -> bool:
        """Whether an organizer may decide on them: they have not answered yet."""
        return self.rule not in (Rule.ACCEPTED, Rule.OUT)


@dataclass(frozen=True)
class StoredCandidates:
    """All candidates of a selection, and those the reader may see, chosen ones first, then the reserve."""

    every: tuple[SelectionCandidate, ...]
    names: Mapping[int, str]
    questions: Mapping[int, CandidateQuestion]

    @property
    def chosen(self) -> list[SelectionCandidate]:
        return [row for row in self.every if row.is_chosen]

    @property
    def visible(self) -> list[SelectionCandidate]:
        return [row for row in self.every if row.person_id in self.names]

    @property
    def chosen_and_visible(self) -> list[SelectionCandidate]:
        return [row for row in self.visible if row.is_chosen]

    @property
    def is_whole(self) -> bool:
        """Whether nobody is hidden from the reader."""
        return len(self.names) == len(self.every)

    def sees_all(self, *person_ids: Collection[int]) -> bool:
        """Whether the reader sees every one of these people."""
        return all(self.names.keys() >= set(each) for each in person_ids)


def stored_candidates(session: Session, *, selection_id: int, viewer_id: int) -> StoredCandidates:
    """The candidates of a selection; two statements."""
    row = SelectionCandidate
    rows = session.execute(
        sa.select(row, Person.full_name, is_hidden_from(viewer_id).label("is_hidden"))
        .join(Person, Person.id == row.person_id)
        .where(row.selection_id == selection_id)
        .order_by(row.is_chosen.desc(), row.reserve_place.nulls_last(), row.merit.desc(), row.person_id)
        .execution_options(populate_existing=True)
    ).all()
    shown = [(each, name) for each, name, is_hidden in rows if not is_hidden]
    return StoredCandidates(
        every=tuple(each for each, _, _ in rows),
        names={each.person_id: name for each, name in shown},
        questions=_questions(session, ids={number for each, _ in shown for number in each.question_ids}),
    )


def candidate_rows(found: StoredCandidates, *, call: CallFacts, named: Named, locale: str) -> tuple[CandidateRow, ...]:
    """The candidates whom the reader may see, in words."""
    return tuple(_candidate_row(row, found, call, named, locale) for row in found.visible)


def _questions(session: Session, *, ids: set[int]) -> dict[int, CandidateQuestion]:
    rows = session.execute(
        sa.select(Question.id, Question.kind, Question.number, Question.title, Question.language)
        .where(Question.id.in_(ids))
        .order_by(Question.id)
    )
    return {row.id: CandidateQuestion(question_label(row.kind, row.number), row.title, row.language) for row in rows}


def _candidate_row(
    row: SelectionCandidate, found: StoredCandidates, call: CallFacts, named: Named, locale: str
) -> CandidateRow:
    stability = None if row.draw_share is None else stability_of(row.draw_share, is_chosen=row.is_chosen)
    return CandidateRow(
        person_id=row.person_id,
        name=found.names[row.person_id],
        country=country_name(row.country, locale) if row.country else "",
        region=row.region,
        career_word=CAREER_WORDS[row.career] if row.career else "",
        themes=tuple(theme for theme in call.themes if theme.key in row.theme_keys),
        questions=tuple(found.questions[number] for number in row.question_ids if number in found.questions),
        merit=row.merit,
        is_waiting=row.basis is Basis.WAITING,
        is_online=row.attendance is Attendance.ONLINE,
        cost_cents=row.cost_cents,
        is_chosen=row.is_chosen,
        reserve_place=row.reserve_place,
        stability_word=STABILITY_WORDS[stability] if stability else "",
        is_near_line=stability is Stability.NEAR_LINE,
        draw_percent=None if row.draw_share is None else round(100 * row.draw_share),
        rule=row.rule,
        rule_word=RULE_WORDS[row.rule] if row.rule is not Rule.NONE else "",
        rule_reason=row.rule_reason,
        why=why_in_words(row, found.names, named, sees_budget=found.is_whole),
    )

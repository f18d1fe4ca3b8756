"""A proposal of an assignment as a person reads it before anybody is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.panels.models import AssignmentProposal, Panel, ProposedPair, Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import ProposalState, RoundState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.words import N_

MOST_NAMED = 10
PROPOSAL_WORDS = {
    ProposalState.PROPOSED: N_("Waits for you"),
    ProposalState.DEPLOYED: N_("Deployed"),
    ProposalState.DISCARDED: N_("Put away"),
}


@dataclass(frozen=True)
class ProposedPanelist:
    """How much one panelist would get; chairs read the names of their own panel alone."""

    name: str
    panel: str
    n_pairs: int


@dataclass(frozen=True)
class ShortQuestion:
    """A question that would still lack panelists, and whether it is eligible ones or room that is missing."""

    label: str
    n_missing: int
    is_eligible_missing: bool


@dataclass(frozen=True)
class Unread:
    """Languages that nobody reads, with the questions that are in no other."""

    languages: tuple[str, ...]
    n_questions: int
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """By how much a limit would have to give, and of whom or of which question."""

    name: str
    by: int


@dataclass(frozen=True)
class InTheWay:
    """Why not every demand can be met at once, and the cheapest way out; names are for organizers alone."""

    unfilled_seats: int
    unfilled_minimum: int
    labels: tuple[str, ...]
    full: tuple[str, ...]
    raise_load: tuple[Change, ...]
    n_raise_load: int
    lower_minimum: tuple[Change, ...]
    n_lower_minimum: int
    accept_fewer: tuple[Change, ...]
    loosen: tuple[tuple[str, tuple[Change, ...]], ...]


@dataclass(frozen=True)
class ProposalPage:
    """``summary`` holds the plain numbers of the computation."""

    id: int
    round_id: int
    round_name: str
    round_is_open: bool
    waits: bool
    state_word: str
    stage: int
    proposed_at: datetime
    summary: dict
    panelists: tuple[ProposedPanelist, ...]
    n_others: int
    short: tuple[ShortQuestion, ...]
    unread: tuple[Unread, ...]
    in_the_way: InTheWay | None
    is_organizer: bool

    @property
    def meets_all(self) -> bool:
        return not self.summary["n_short"] and not self.summary["unread"] and self.in_the_way is None


def proposal_subject(session: Session, *, call: CallFacts, round_id: int, proposal_id: int, **_) -> Subject | None:
    """Facts for the policy: a proposal belongs to its round, and with it to a panel's chair."""
    found = session.execute(
        sa.select(Round.panel_id)
        .join(AssignmentProposal, AssignmentProposal.round_id == Round.id)
        .where(AssignmentProposal.id == proposal_id, Round.id == round_id, Round.call_id == call.id)
    ).one_or_none()
    return Subject(call_id=call.id, panel_id=found.panel_id) if found else None


def proposal_page(session: Session, *, proposal_id: int, viewer_id: int, is_organizer: bool) -> ProposalPage:
    """A proposal with loads by panelist and what is missing, never who would read which question; four statements."""
    proposal, round_ = session.execute(
        sa.select(AssignmentProposal, Round)
        .join(Round, Round.id == AssignmentProposal.round_id)
        .where(AssignmentProposal.id == proposal_id)
        .execution_options(populate_existing=True)
    ).one()
    summary = proposal.summary
    labels = _labels(session, summary, viewer_id)
    panelists = _panelists(session, proposal_id)
    own = [row for row in panelists if is_organizer or row[0] == round_.panel_id]
    return ProposalPage(
        id=proposal.id,
        round_id=round_.id,
        round_name=round_.name,
        round_is_open=round_.state is RoundState.OPEN,
        waits=proposal.state is ProposalState.PROPOSED,
        state_word=PROPOSAL_WORDS[proposal.state],
        stage=proposal.stage,
        proposed_at=proposal.proposed_at,
        summary=summary,
        panelists=tuple(ProposedPanelist(*row[1:]) for row in own),
        n_others=sum(row[3] for row in panelists) - sum(row[3] for row in own),
        short=_short(summary, labels),
        unread=tuple(_unread(languages, ids, labels) for languages, ids in summary["unread"]),
        in_the_way=_in_the_way(session, summary["shortage"], labels, is_organizer),
        is_organizer=is_organizer,
    )


def _panelists(session: Session, proposal_id: int) -> list[sa.Row]:
    """Rows (panel id, name, panel, pairs)."""
    found = session.execute(
        sa.select(Panel.id, Person.full_name, Panel.name, sa.func.count())
        .select_from(ProposedPair)
        .join(Person, Person.id == ProposedPair.person_id)
        .join(Panel, Panel.id == ProposedPair.panel_id)
        .where(ProposedPair.proposal_id == proposal_id)
        .group_by(Panel.id, Person.id)
        .order_by(Person.full_name, Person.id, Panel.id)
    )
    return list(found)


def _labels(session: Session, summary: dict, viewer_id: int) -> dict[int, str]:
    """The numbers of the questions that the summary names, without those that the viewer is in conflict with."""
    named = [row[0] for row in summary["short"]]
    if shortage := summary["shortage"]:
        changed = [shortage["accept_fewer"], *shortage["loosen"].values()]
        named += shortage["competing"] + [who for rows in changed for who, _ in rows]
    named += [question_id for _, ids in summary["unread"] for question_id in ids]
    found = session.execute(
        sa.select(Question.id, Question.kind, Question.number).where(
            Question.id.in_(named), without_conflict(Question.id, viewer_id)
        )
    )
    return {id_: question_label(kind, number) or "" for id_, kind, number in found}


def _short(summary: dict, labels: dict[int, str]) -> tuple[ShortQuestion, ...]:
    rows = summary["short"]
    return tuple(ShortQuestion(labels[id_], n, why == "eligible") for id_, n, why in rows if id_ in labels)


def _unread(languages: str, ids: Iterable[int], labels: dict[int, str]) -> Unread:
    known = tuple(labels[id_] for id_ in ids if id_ in labels)
    return Unread(tuple(languages.split()), len(known), known[:MOST_NAMED])


def _in_the_way(session: Session, shortage: dict | None, labels: dict[int, str], is_organizer: bool) -> InTheWay | None:
    if shortage is None:
        return None
    names = _names(session, shortage) if is_organizer else {}
    raised, lowered = shortage["raise_load"], shortage["lower_minimum"]
    return InTheWay(
        unfilled_seats=shortage["unfilled_seats"],
        unfilled_minimum=shortage["unfilled_minimum"],
        labels=tuple(labels[id_] for id_ in shortage["competing"] if id_ in labels)[:MOST_NAMED],
        full=tuple(names[id_] for id_ in shortage["full"] if id_ in names)[:MOST_NAMED],
        raise_load=_changes(raised, names),
        n_raise_load=sum(by for _, by in raised),
        lower_minimum=_changes(lowered, names),
        n_lower_minimum=sum(by for _, by in lowered),
        accept_fewer=_changes(shortage["accept_fewer"], labels),
        loosen=tuple((level, _changes(rows, labels)) for level, rows in sorted(shortage["loosen"].items())),
    )


def _names(session: Session, shortage: dict) -> dict[int, str]:
    people = shortage["full"] + [who for who, _ in shortage["raise_load"] + shortage["lower_minimum"]]
    return dict(session.execute(sa.select(Person.id, Person.full_name).where(Person.id.in_(people))).all())


def _changes(rows: list[list[int]], words: dict[int, str]) -> tuple[Change, ...]:
    return tuple(Change(words[who], by) for who, by in rows if who in words)[:MOST_NAMED]

"""The health of a round's panel as organizers and its chair read it: agreement, severity, and cases to look into."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.panels.models import HealthCase, PanelHealth, Round
from solicit.panels.states import ALARM_WORDS, CASE_WORDS, Alarm, CaseState, RoundState
from solicit.people.models import Person

# Of fewer panelists a chair would know whose severity it is.
FEWEST_SHOWN = 3


@dataclass(frozen=True)
class PanelistHealth:
    """How one panelist rates beside the others; ``place`` counts from the strictest.

    ``name`` and ``n_ratings`` are None for a chair, who knows how much each has done.
    """

    place: int
    name: str | None
    n_ratings: int | None
    severity: float
    low: float
    high: float
    influence: int
    agreement: float | None


@dataclass(frozen=True)
class CaseRow:
    id: int
    alarm: Alarm
    alarm_word: str
    people: tuple[str, ...]
    measure: float
    state: CaseState
    state_word: str
    decision_note: str
    opened_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class HealthPage:
    """``report`` is empty before the first measurement; the numbers of single panelists are not in it."""

    round_id: int
    round_name: str
    panel_id: int | None
    is_closed: bool
    is_frozen: bool
    report: Mapping
    computed_at: datetime | None
    seed: int | None
    input_digest: str
    versions: Mapping[str, str]
    n_open_cases: int


@dataclass(frozen=True)
class HealthOfPanelists:
    round_id: int
    round_name: str
    is_frozen: bool
    panelists: tuple[PanelistHealth, ...]
    cases: tuple[CaseRow, ...]
    is_hidden: bool


def health_subject(session: Session, *, call: CallFacts, round_id: int, **_) -> Subject | None:
    """Facts for the policy: a scoring round that began a series, and the panel that it may be of."""
    found = session.execute(
        sa.select(Round.panel_id).where(Round.id == round_id, Round.call_id == call.id, Round.follows_id.is_(None))
    ).one_or_none()
    return Subject(call_id=call.id, panel_id=found.panel_id) if found else None


def case_subject(session: Session, *, call: CallFacts, case_id: int, **_) -> Subject | None:
    """Facts for the policy: whom a case is about; they never decide on it."""
    found = session.execute(
        sa.select(Round.panel_id, HealthCase.person_id, HealthCase.other_person_id)
        .join(Round, Round.id == HealthCase.round_id)
        .where(HealthCase.id == case_id, Round.call_id == call.id)
    ).one_or_none()
    if found is None:
        return None
    people = frozenset({found.person_id, found.other_person_id} - {None})
    return Subject(call_id=call.id, panel_id=found.panel_id, conflicted_ids=people)


def health_page(session: Session, *, round_id: int) -> HealthPage:
    """What was measured of a round, without single panelists; one statement."""
    n_open = sa.func.count(HealthCase.id).filter(HealthCase.state == CaseState.OPEN)
    row, health, n_cases = session.execute(
        sa.select(Round, PanelHealth, n_open)
        .outerjoin(PanelHealth, PanelHealth.round_id == Round.id)
        .outerjoin(HealthCase, HealthCase.round_id == Round.id)
        .where(Round.id == round_id)
        .group_by(Round.id, PanelHealth.round_id)
        .execution_options(populate_existing=True)
    ).one()
    is_closed = row.state in (RoundState.CLOSED, RoundState.FROZEN)
    shown = health if is_closed else None
    return HealthPage(
        round_id=row.id,
        round_name=row.name,
        panel_id=row.panel_id,
        is_closed=is_closed,
        is_frozen=row.state is RoundState.FROZEN,
        report={name: value for name, value in shown.report.items() if name != "panelists"} if shown else {},
        computed_at=shown.computed_at if shown else None,
        seed=shown.seed if shown else None,
        input_digest=bytes(shown.input_digest).hex() if shown else "",
        versions=shown.versions if shown else {},
        n_open_cases=n_cases,
    )


def health_of_panelists(session: Session, *, round_id: int, with_names: bool) -> HealthOfPanelists:
    """Severity and influence of each panelist, the strictest first, and the cases; two statements.

    Without names they are numbered in this order, and nothing else tells who they are.
    """
    found = session.execute(
        sa.select(Round, PanelHealth, HealthCase)
        .outerjoin(PanelHealth, PanelHealth.round_id == Round.id)
        .outerjoin(HealthCase, HealthCase.round_id == Round.id)
        .where(Round.id == round_id)
        .order_by(HealthCase.decided_at.is_not(None), HealthCase.id)
        .execution_options(populate_existing=True)
    ).all()
    row, health = found[0][:2]
    is_closed = row.state in (RoundState.CLOSED, RoundState.FROZEN)
    measured = health.report["panelists"] if health and is_closed else []
    is_hidden = not with_names and 0 < len(measured) < FEWEST_SHOWN
    cases = [case for _, _, case in found if case is not None]
    words = _names(session, measured, cases) if with_names else _numbers(measured)
    return HealthOfPanelists(
        round_id=row.id,
        round_name=row.name,
        is_frozen=row.state is RoundState.FROZEN,
        panelists=() if is_hidden else tuple(_panelist(n, each, words, with_names) for n, each in _placed(measured)),
        cases=() if is_hidden or not is_closed else tuple(_case(case, words) for case in cases),
        is_hidden=is_hidden,
    )


def round_of_case(session: Session, *, case_id: int) -> int:
    """The round whose panel a case is about; one statement."""
    return session.scalars(sa.select(HealthCase.round_id).where(HealthCase.id == case_id)).one()


def case_row(session: Session, *, case_id: int, with_names: bool) -> CaseRow | None:
    """One case, None while a chair would know whom it is about; three statements."""
    round_id = round_of_case(session, case_id=case_id)
    known = health_of_panelists(session, round_id=round_id, with_names=with_names)
    return next((case for case in known.cases if case.id == case_id), None)


def upheld_cases(session: Session, *, round_id: int, with_names: bool) -> tuple[CaseRow, ...]:
    """The upheld cases of a round; two statements."""
    known = health_of_panelists(session, round_id=round_id, with_names=with_names)
    return tuple(case for case in known.cases if case.state is CaseState.UPHELD)


def _placed(measured: list[dict]) -> list[tuple[int, dict]]:
    """Panelists as they are measured, numbered from the strictest."""
    return list(enumerate(sorted(measured, key=lambda each: (each["severity"], each["low"], each["high"])), 1))


def _names(session: Session, measured: list[dict], cases: list[HealthCase]) -> dict[int, str]:
    people = {each["person_id"] for each in measured}
    people |= {case.person_id for case in cases} | {case.other_person_id for case in cases} - {None}
    return dict(session.execute(sa.select(Person.id, Person.full_name).where(Person.id.in_(people))).all())


def _numbers(measured: list[dict]) -> dict[int, str]:
    return {each["person_id"]: str(place) for place, each in _placed(measured)}


def _panelist(place: int, each: dict, words: Mapping[int, str], with_names: bool) -> PanelistHealth:
    return PanelistHealth(
        place=place,
        name=words.get(each["person_id"], "") if with_names else None,
        n_ratings=each["n_ratings"] if with_names else None,
        severity=each["severity"],
        low=each["low"],
        high=each["high"],
        influence=each["influence"],
        agreement=each["agreement"],
    )


def _case(case: HealthCase, words: Mapping[int, str]) -> CaseRow:
    people = [case.person_id, case.other_person_id] if case.other_person_id else [case.person_id]
    return CaseRow(
        id=case.id,
        alarm=case.alarm,
        alarm_word=ALARM_WORDS[case.alarm],
        people=tuple(words.get(person_id) or "–" for person_id in people),
        measure=case.measure,
        state=case.state,
        state_word=CASE_WORDS[case.state],
        decision_note=case.decision_note,
        opened_at=case.opened_at,
        decided_at=case.decided_at,
    )

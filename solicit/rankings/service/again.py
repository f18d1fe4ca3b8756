"""Another ranking beside the official one: corrected after a late conflict, or without panelists of upheld cases."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from solicit.calls.queries import CallFacts
from solicit.errors import Closed, Refused
from solicit.panels.models import HealthCase, Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.states import CaseState, RoundState
from solicit.provenance import digest
from solicit.rankings.models import RankingRun
from solicit.rankings.queries.inputs import SMALLEST_BALLOT, people_behind
from solicit.rankings.service.compute import compute
from solicit.rankings.service.store import store_run
from solicit.rankings.states import Purpose
from solicit.words import N_


def correct(
    session: Session, *, call: CallFacts, round_id: int, reason: str, actor_id: int | None, now: datetime
) -> int:
    """Rank a frozen series anew without what a conflict found late has voided; the earlier run stays as it is.

    Raises Closed before the first ranking, Refused without a reason or where nothing was voided.
    """
    run = _official(session, round_id)
    inputs = _still_counting(session, run)
    if digest(inputs) == run.input_digest:
        raise Refused(N_("Nothing was voided since the ranking was frozen, so there is nothing to correct."))
    if digest(inputs) in _known(session, round_id):
        raise Refused(N_("The ranking was corrected already. Nothing was voided since."))
    written = dict(purpose=Purpose.CORRECTED, reason=_checked(reason), actor_id=actor_id, now=now)
    return store_run(session, call=call, round_id=round_id, inputs=inputs, computed=compute(inputs), **written)


def without(
    session: Session,
    *,
    call: CallFacts,
    round_id: int,
    case_ids: Collection[int],
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Rank a frozen series without the panelists of these upheld cases, for comparison: it never is the result.

    Raises Closed before the first ranking, Refused without a reason, or for cases that nobody upheld.
    """
    run = _official(session, round_id)
    cases = session.scalars(
        sa.select(HealthCase).where(
            HealthCase.round_id == round_id, HealthCase.id.in_(case_ids), HealthCase.state == CaseState.UPHELD
        )
    ).all()
    people = {case.person_id for case in cases} | {case.other_person_id for case in cases} - {None}
    if not cases or len(cases) < len(set(case_ids)):
        raise Refused(N_("Choose cases that were upheld."))
    inputs = _still_counting(session, run, left_out=people)
    written = dict(purpose=Purpose.WITHOUT, reason=_checked(reason), actor_id=actor_id, now=now)
    left_out = dict(n_left_out=len(people), cases=sorted(case_ids))
    return store_run(
        session, call=call, round_id=round_id, inputs=inputs, computed=compute(inputs), **written, **left_out
    )


def _official(session: Session, round_id: int) -> RankingRun:
    """The first ranking of a frozen series, which is held so that nobody corrects it twice at once."""
    state = session.scalar(sa.select(Round.state).where(Round.id == round_id).with_for_update())
    if state is not RoundState.FROZEN:
        raise Closed(N_("This round has no ranking yet."))
    wanted = sa.select(RankingRun).where(RankingRun.round_id == round_id, RankingRun.purpose == Purpose.OFFICIAL)
    return session.scalars(wanted.options(undefer(RankingRun.inputs))).one()


def _still_counting(session: Session, run: RankingRun, left_out: Collection[int] = ()) -> dict:
    """The inputs of a run, the same rows in the same order, without votes in conflict or of those left out."""
    inputs = run.inputs
    person_of = people_behind(session, inputs=inputs)
    ids = [question["id"] for question in inputs["questions"]]
    pairs = conflict_pairs()
    known = sa.select(pairs).where(pairs.c.person_id.in_(person_of.values()))
    in_conflict = {tuple(row) for row in session.execute(known)}

    def counts(panelist: int, *questions: int) -> bool:
        person = person_of.get(panelist)
        return person not in left_out and not any((ids[question], person) in in_conflict for question in questions)

    ballots = ([p, [place for place in places if counts(p, place[1])]] for p, places in inputs["ballots"])
    return inputs | {
        "ratings": [row for row in inputs["ratings"] if counts(row[1], row[0])],
        "comparisons": [row for row in inputs["comparisons"] if counts(row[2], row[0], row[1])],
        "ballots": [ballot for ballot in ballots if len(ballot[1]) >= SMALLEST_BALLOT],
    }


def _known(session: Session, round_id: int) -> set[bytes]:
    found = session.scalars(sa.select(RankingRun.input_digest).where(RankingRun.round_id == round_id))
    return {bytes(each) for each in found}


def _checked(reason: str) -> str:
    if not reason.strip():
        raise Refused(N_("Say why there is to be another ranking."))
    return reason.strip()

"""A ranked ballot: saved as a draft, arranged step by step, submitted, taken back; and places that a conflict voids."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Theme
from solicit.errors import Conflict, Refused, check_move
from solicit.panels.models import Ballot, BallotPlace, Round
from solicit.panels.queries.seals import ballot_content
from solicit.panels.queries.voting.ballots import FEWEST, place_groups
from solicit.panels.queries.voting.voter import questions_for
from solicit.panels.service.chain import seal_void, seal_vote
from solicit.panels.service.voting.standing import held_round
from solicit.panels.states import BALLOT_MOVES, Activity, BallotState, VoteKind
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.words import N_

UP, DOWN, TOP, TIE, OUT, IN = "up", "down", "top", "tie", "out", "in"


def arranged(places: Mapping[int, int], *, act: str, question_id: int) -> dict[int, int]:
    """The places after one step: ``act`` moves a question up, down, to the top, beside the one above, out or in.

    Whoever leaves a tie up or down stands alone, right before or after it.
    """
    groups = place_groups(dict(places))
    at = next((n for n, group in enumerate(groups) if question_id in group), None)
    if at is None:
        return numbered([*groups, [question_id]] if act == IN else groups)
    alone = groups[at] == [question_id]
    rest = [[id_ for id_ in group if id_ != question_id] for group in groups]
    if act == TIE:
        if at > 0:
            rest[at - 1].append(question_id)
            return numbered(rest)
        return numbered(groups)
    before = {UP: max(at - alone, 0), DOWN: at + 1 + alone, TOP: 0}
    if act in before:
        rest.insert(before[act], [question_id])
    return numbered(rest if act in (*before, OUT) else groups)


def numbered(groups: list[list[int]]) -> dict[int, int]:
    """Places from 1 without gaps."""
    return {id_: n for n, group in enumerate(filter(None, groups), 1) for id_ in group}


def save_ballot(
    session: Session,
    *,
    round_id: int,
    theme_id: int,
    person_id: int,
    places: Mapping[int, int],
    version: int,
    now: datetime,
) -> int:
    """Keep an unfinished order and return its new version; it counts only when it is submitted."""
    ballot, _ = _stored(session, round_id, theme_id, person_id, places, version, now)
    return ballot.version


def submit_ballot(
    session: Session,
    *,
    round_id: int,
    theme_id: int,
    person_id: int,
    places: Mapping[int, int],
    version: int,
    now: datetime,
) -> int:
    """Hand an order in: from now on it counts; return its new version."""
    if len(places) < FEWEST:
        raise Refused(N_("Give at least two questions a place."))
    ballot, round_ = _stored(session, round_id, theme_id, person_id, places, version, now)
    check_move(BALLOT_MOVES, ballot.state, BallotState.SUBMITTED)
    ballot.state, ballot.submitted_at = BallotState.SUBMITTED, now
    session.flush()
    _record(session, "submit_ballot", ballot, round_, now)
    seal_ballot(session, ballot, now=now)
    return ballot.version


def take_back(session: Session, *, round_id: int, theme_id: int, person_id: int, now: datetime) -> None:
    """Turn a submitted order into a draft again; until it is submitted anew it does not count."""
    round_ = held_round(session, round_id=round_id, person_id=person_id, activity=Activity.BALLOT, now=now)
    ballot = _locked(session, round_id, theme_id, person_id)
    if ballot is None or ballot.state is not BallotState.SUBMITTED:
        return
    check_move(BALLOT_MOVES, ballot.state, BallotState.DRAFT)
    ballot.state, ballot.submitted_at, ballot.saved_at = BallotState.DRAFT, None, now
    ballot.version += 1
    session.flush()
    _record(session, "take_ballot_back", ballot, round_, now)
    seal_void(session, round_id=round_id, kind=VoteKind.BALLOT, vote_id=ballot.id, now=now)


def seal_ballot(session: Session, ballot: Ballot, *, now: datetime) -> None:
    """Seal a submitted ballot as it is now."""
    found = session.execute(
        sa.select(Question.kind, Question.number, BallotPlace.place)
        .join(Question, Question.id == BallotPlace.question_id)
        .where(BallotPlace.ballot_id == ballot.id)
    )
    places = {question_label(kind, number) or "": place for kind, number, place in found}
    theme = session.scalar(sa.select(Theme.key).where(Theme.id == ballot.theme_id))
    vote = dict(round_id=ballot.round_id, kind=VoteKind.BALLOT, vote_id=ballot.id, person_id=ballot.person_id)
    seal_vote(session, **vote, content=ballot_content(theme, places), now=now)


def _stored(
    session: Session,
    round_id: int,
    theme_id: int,
    person_id: int,
    places: Mapping[int, int],
    version: int,
    now: datetime,
) -> tuple[Ballot, Round]:
    """The ballot with its new places, locked, if this panelist may give them now."""
    round_ = held_round(session, round_id=round_id, person_id=person_id, activity=Activity.BALLOT, now=now)
    mine = questions_for(session, round_id=round_id, person_id=person_id)
    if any(mine.get(question_id) != theme_id for question_id in places):
        raise Refused(N_("One of these questions is no longer on your list. Reload the page."))
    ballot = _locked(session, round_id, theme_id, person_id) or _new(session, round_id, theme_id, person_id, now)
    if ballot.version != version:
        raise Conflict(N_("You saved this order in another window. Compare both, then save again."))
    if ballot.state is not BallotState.DRAFT:
        raise Refused(N_("This order is submitted. Take it back first to change it."))
    ballot.version, ballot.saved_at = version + 1, now
    session.execute(sa.delete(BallotPlace).where(BallotPlace.ballot_id == ballot.id))
    kept = numbered(place_groups(dict(places)))
    session.add_all(BallotPlace(ballot_id=ballot.id, question_id=id_, place=place) for id_, place in kept.items())
    session.flush()
    return ballot, round_


def _locked(session: Session, round_id: int, theme_id: int, person_id: int) -> Ballot | None:
    return session.scalar(
        sa.select(Ballot)
        .where(Ballot.round_id == round_id, Ballot.theme_id == theme_id, Ballot.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _new(session: Session, round_id: int, theme_id: int, person_id: int, now: datetime) -> Ballot:
    """A ballot of version 0; whoever makes it first in two windows, there is one."""
    values = dict(round_id=round_id, theme_id=theme_id, person_id=person_id, version=0, saved_at=now)
    row = insert(Ballot).values(**values, state=BallotState.DRAFT)
    session.execute(row.on_conflict_do_nothing(index_elements=["round_id", "person_id", "theme_id"]))
    return _locked(session, round_id, theme_id, person_id)


def _record(session: Session, act: str, ballot: Ballot, round_: Round, now: datetime) -> None:
    whom = dict(actor_id=ballot.person_id, call_id=round_.call_id)
    record(session, act=act, subject="ballot", subject_id=ballot.id, now=now, **whom)

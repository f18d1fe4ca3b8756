"""Rounds that follow a closed scoring round: about its shortlist, about what is contested, or about a list by hand."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.allocation import contested, second_stage_k
from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import Closed, NotFound, Refused
from solicit.panels.models import Assignment, Criterion, Round, RoundQuestion
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.live import LiveFit, live_fit
from solicit.panels.queries.series import round_questions
from solicit.panels.service.assign.again import ask_again
from solicit.panels.service.rounds.create import check_dates
from solicit.panels.service.rounds.move import WRONG_STATE, locked_round
from solicit.panels.states import Activity, Pick, RoundState
from solicit.questions.models import Question
from solicit.questions.states import parse_label
from solicit.words import N_

PER_THEME = 35
# What a later round keeps of the one it follows.
KEPT = (
    "call_id",
    "panel_id",
    "kind",
    "theme_ids",
    "reviews_per_question",
    "home_share",
    "most_per_region",
    "most_per_institution",
    "publishes_ratings",
)


@dataclass(frozen=True, kw_only=True)
class NewLaterRound:
    """A round to follow; ``pick`` says which questions it begins with: CHOSEN is none, they are added by hand."""

    activity: Activity
    name: str
    opens_at: datetime
    closes_at: datetime
    instruction: str = ""
    pick: Pick = Pick.SHORTLIST
    per_theme: int = PER_THEME
    pairs_per_panelist: int = 60


def start_later_round(
    session: Session,
    *,
    call: CallFacts,
    first_id: int,
    new: NewLaterRound,
    actor_id: int | None,
    now: datetime,
    seed: int | None = None,
) -> int:
    """Prepare a round that follows the closed scoring round ``first_id``; return its id."""
    first = locked_round(session, round_id=first_id)
    if first.call_id != call.id or first.follows_id is not None:
        raise NotFound
    if first.state is not RoundState.CLOSED:
        raise Closed(WRONG_STATE[first.state])
    _check(new)
    row = _add(session, first, new, secrets.randbits(62) if seed is None else seed, now)
    picked = _picked(session, first, new)
    session.add_all(RoundQuestion(round_id=row.id, question_id=each, pick=new.pick) for each in picked)
    session.flush()
    if new.activity is Activity.SCORING:
        _copy_criteria(session, first.id, row.id)
        ask_again(session, round_=row, question_ids=picked, now=now)
    record(
        session,
        act="create",
        subject="round",
        subject_id=row.id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        follows=first_id,
        n_questions=len(picked),
    )
    return row.id


def change_later_round(
    session: Session, *, round_id: int, new: NewLaterRound, actor_id: int | None, now: datetime
) -> None:
    """Change name, words, dates and pairs of a later round in preparation; its questions are changed one by one."""
    row = _in_preparation(session, round_id)
    _check(new)
    row.name, row.instruction, row.pairs_per_panelist = new.name, new.instruction, new.pairs_per_panelist
    row.opens_at, row.closes_at = new.opens_at, new.closes_at
    record(session, act="change", subject="round", subject_id=round_id, call_id=row.call_id, actor_id=actor_id, now=now)


def add_question(session: Session, *, round_id: int, label: str, actor_id: int, now: datetime) -> None:
    """Put a question of the series on the list of a later round in preparation, by its number."""
    row = _in_preparation(session, round_id)
    number = parse_label(label.strip().upper())
    if number is None or number[0] is not row.kind:
        raise Refused(N_("Write the number of a question of this kind, for example Q-1203."))
    first = session.get_one(Round, row.follows_id)
    found = session.scalar(
        sa.select(Question.id)
        .where(round_questions(first), Question.number == number[1])
        .where(without_conflict(Question.id, actor_id))
    )
    if found is None:
        raise Refused(N_("No question of this series has this number, or you are in conflict with it."))
    if session.get(RoundQuestion, (round_id, found)) is not None:
        raise Refused(N_("This question is on the list already."))
    session.add(RoundQuestion(round_id=round_id, question_id=found, pick=Pick.CHOSEN))
    session.flush()
    if row.activity is Activity.SCORING:
        ask_again(session, round_=row, question_ids=(found,), now=now)
    _record_list(session, row, "add_question", found, actor_id, now)


def remove_question(session: Session, *, round_id: int, question_id: int, actor_id: int, now: datetime) -> None:
    """Take a question off the list of a later round in preparation, with what was assigned of it."""
    of_call = sa.select(Round.call_id).where(Round.id == round_id).scalar_subquery()
    if not session.scalar(sa.select(sa.exists().where(Question.id == question_id, Question.call_id == of_call))):
        raise NotFound
    row = _in_preparation(session, round_id)
    if not session.scalar(sa.select(without_conflict(sa.literal(question_id), actor_id))):
        raise NotFound
    session.execute(sa.delete(Assignment).where(Assignment.round_id == round_id, Assignment.question_id == question_id))
    listed = RoundQuestion.round_id == round_id, RoundQuestion.question_id == question_id
    if not session.execute(sa.delete(RoundQuestion).where(*listed)).rowcount:
        raise Refused(N_("This question is not on the list."))
    _record_list(session, row, "remove_question", question_id, actor_id, now)


def _add(session: Session, first: Round, new: NewLaterRound, seed: int, now: datetime) -> Round:
    row = Round(
        **{name: getattr(first, name) for name in KEPT},
        follows_id=first.id,
        activity=new.activity,
        name=new.name,
        instruction=new.instruction,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        pairs_per_panelist=new.pairs_per_panelist,
        seed=seed,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _check(new: NewLaterRound) -> None:
    check_dates(new.opens_at, new.closes_at)
    if new.activity is Activity.COMPARING and not new.instruction:
        raise Refused(N_("Say what is compared: one criterion, as a question."))


def _picked(session: Session, first: Round, new: NewLaterRound) -> tuple[int, ...]:
    """The questions that a round begins with, by the ratings of the series as they are now and the stored seed."""
    if new.pick is Pick.CHOSEN:
        return ()
    fit = live_fit(session, first=first, seed=first.seed)
    if not fit.has_ratings:
        raise Refused(N_("This series has no rating yet: nothing can be picked from it. Choose the questions by hand."))
    chosen = _contested(fit) if new.pick is Pick.CONTESTED else _shortlist(fit, new.per_theme)
    return tuple(fit.question_ids[n] for n in chosen)


def _shortlist(fit: LiveFit, per_theme: int) -> list[int]:
    return fit.first_of_themes(fit.p_top_k, np.maximum(per_theme, second_stage_k(fit.k)))


def _contested(fit: LiveFit) -> list[int]:
    return np.flatnonzero(contested(fit.p_top_k, fit.iqr) & (fit.n_ratings > 0)).tolist()


def _copy_criteria(session: Session, from_id: int, to_id: int) -> None:
    found = session.scalars(sa.select(Criterion).where(Criterion.round_id == from_id).order_by(Criterion.position))
    names = [column.name for column in Criterion.__table__.columns if column.name not in ("id", "round_id")]
    session.add_all([Criterion(round_id=to_id, **{name: getattr(c, name) for name in names}) for c in found])
    session.flush()


def _in_preparation(session: Session, round_id: int) -> Round:
    row = locked_round(session, round_id=round_id)
    if row.follows_id is None:
        raise Refused(N_("The first round of a series is about its themes: it has no list."))
    if row.state is not RoundState.DRAFT:
        raise Closed(N_("This round has opened: its dates and questions are fixed."))
    return row


def _record_list(session: Session, row: Round, act: str, question_id: int, actor_id: int, now: datetime) -> None:
    record(
        session,
        act=act,
        subject="round",
        subject_id=row.id,
        call_id=row.call_id,
        actor_id=actor_id,
        now=now,
        question_id=question_id,
    )

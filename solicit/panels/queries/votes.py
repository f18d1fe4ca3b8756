"""Everything that was sent in a scoring round, for organizers after the close, and the seals of its chain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound
from solicit.panels.models import Assignment, ChainAnchor, Round, VoteVersion
from solicit.panels.queries.history import Said, said_in
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.states import RoundState, VoteKind
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import question_label
from solicit.web.pagination import Window

OVER = (RoundState.CLOSED, RoundState.FROZEN)


@dataclass(frozen=True)
class AnchorView:
    seq: int
    hash: str
    anchored_at: datetime


@dataclass(frozen=True)
class SentVote:
    """One state of a review, its ``version`` counted from 1; ``person`` is empty for somebody who was erased since."""

    person: str
    label: str
    version: int
    said: Said


@dataclass(frozen=True)
class VotesPage:
    """``votes`` is empty before the close; votes on questions in which the reader has a part are never in it."""

    round_id: int
    round_name: str
    is_over: bool
    n_votes: int
    votes: tuple[SentVote, ...]
    anchors: tuple[AnchorView, ...]


def votes_subject(session: Session, *, call: CallFacts, round_id: int, **_) -> Subject | None:
    """Facts for the policy: a round of this call; its panel is left out, because chairs read no names."""
    found = session.scalar(sa.select(Round.id).where(Round.id == round_id, Round.call_id == call.id))
    return Subject(call_id=call.id) if found else None


def votes_page(session: Session, *, round_id: int, viewer_id: int, window: Window) -> VotesPage:
    """The votes of a round that is over, in an order that tells nothing of when they were sent; four statements."""
    page = sealed_page(session, round_id=round_id)
    sent = _sent(round_id, viewer_id).limit(window.size).offset(window.offset)
    rows = session.execute(sent).all() if page.is_over else []
    votes = _votes(session, round_id, rows) if rows else ()
    return replace(page, n_votes=rows[0].n_votes if rows else 0, votes=votes)


def sealed_page(session: Session, *, round_id: int) -> VotesPage:
    """The seals of a round without a single vote; two statements."""
    round_ = session.get(Round, round_id, populate_existing=True)
    if round_ is None:
        raise NotFound
    return VotesPage(round_id, round_.name, round_.state in OVER, 0, (), _anchors(session, round_id))


def _sent(round_id: int, viewer_id: int) -> sa.Select:
    return (
        sa.select(Person.full_name, Question.kind, Question.number, _version(), _content(), VoteVersion.cast_at)
        .add_columns(sa.func.count().over().label("n_votes"))
        .join(Assignment, Assignment.id == VoteVersion.vote_id)
        .join(Question, Question.id == Assignment.question_id)
        .join(Person, Person.id == VoteVersion.person_id)
        .where(VoteVersion.round_id == round_id, VoteVersion.kind == VoteKind.REVIEW)
        .where(~is_involved(viewer_id, Question.id))
        .order_by(Question.kind, Question.number, Person.full_name, VoteVersion.vote_id, VoteVersion.seq)
    )


def _version() -> sa.ColumnElement[int]:
    of_vote = sa.func.row_number().over(partition_by=VoteVersion.vote_id, order_by=VoteVersion.seq)
    return of_vote.label("version")


def _content() -> sa.ColumnElement[list]:
    """What was sent, after what the same panelist had sent before."""
    before = sa.func.lag(VoteVersion.content).over(partition_by=VoteVersion.vote_id, order_by=VoteVersion.seq)
    return sa.func.jsonb_build_array(sa.func.coalesce(before, sa.text("'{}'::jsonb")), VoteVersion.content).label(
        "both"
    )


def _votes(session: Session, round_id: int, rows: Sequence[sa.Row]) -> tuple[SentVote, ...]:
    criteria = criteria_of(session, round_id=round_id)
    return tuple(
        SentVote(
            row.full_name,
            question_label(row.kind, row.number) or "",
            row.version,
            said_in(row.cast_at, row.both[1], row.both[0], criteria),
        )
        for row in rows
    )


def _anchors(session: Session, round_id: int) -> tuple[AnchorView, ...]:
    found = session.scalars(
        sa.select(ChainAnchor).where(ChainAnchor.round_id == round_id).order_by(ChainAnchor.id.desc())
    )
    return tuple(AnchorView(row.seq, row.hash.hex(), row.anchored_at) for row in found)

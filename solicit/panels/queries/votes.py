"""Everything that was sent in a scoring round, for organizers after the close, and the seals of its chain."""

from dataclasses import dataclass
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
    """One state of a review; ``person`` is empty for somebody who was erased since."""

    seq: int
    person: str
    label: str
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
    """Five statements after the close, two before it."""
    round_ = session.get(Round, round_id, populate_existing=True)
    if round_ is None:
        raise NotFound
    is_over = round_.state in OVER
    sent = _sent(round_id, viewer_id)
    n_votes = session.scalar(sa.select(sa.func.count()).select_from(sent.subquery())) if is_over else 0
    votes = _votes(session, round_id, sent.limit(window.size).offset(window.offset)) if n_votes else ()
    return VotesPage(round_id, round_.name, is_over, n_votes or 0, votes, _anchors(session, round_id))


def _sent(round_id: int, viewer_id: int) -> sa.Select:
    return (
        sa.select(VoteVersion.seq, Person.full_name, Question.kind, Question.number, _content(), VoteVersion.cast_at)
        .join(Assignment, Assignment.id == VoteVersion.vote_id)
        .join(Question, Question.id == Assignment.question_id)
        .join(Person, Person.id == VoteVersion.person_id)
        .where(VoteVersion.round_id == round_id, VoteVersion.kind == VoteKind.REVIEW)
        .where(~is_involved(viewer_id, Question.id))
        .order_by(VoteVersion.seq)
    )


def _content() -> sa.ColumnElement[list]:
    """What was sent, after what the same panelist had sent before."""
    before = sa.func.lag(VoteVersion.content).over(partition_by=VoteVersion.vote_id, order_by=VoteVersion.seq)
    return sa.func.jsonb_build_array(sa.func.coalesce(before, sa.text("'{}'::jsonb")), VoteVersion.content).label(
        "both"
    )


def _votes(session: Session, round_id: int, sent: sa.Select) -> tuple[SentVote, ...]:
    criteria = criteria_of(session, round_id=round_id)
    return tuple(
        SentVote(
            row.seq,
            row.full_name,
            question_label(row.kind, row.number) or "",
            said_in(row.cast_at, row.both[1], row.both[0], criteria),
        )
        for row in session.execute(sent)
    )


def _anchors(session: Session, round_id: int) -> tuple[AnchorView, ...]:
    found = session.scalars(
        sa.select(ChainAnchor).where(ChainAnchor.round_id == round_id).order_by(ChainAnchor.id.desc())
    )
    return tuple(AnchorView(row.seq, row.hash.hex(), row.anchored_at) for row in found)

"""The votes of a round as their tables have them, beside what was sealed of them."""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.models import Theme
from solicit.errors import NotFound
from solicit.panels.models import (
    Assignment,
    Ballot,
    BallotPlace,
    ChainAnchor,
    ChainLink,
    Comparison,
    Criterion,
    Review,
    Round,
    Score,
    VoteVersion,
)
from solicit.panels.queries.chain import Anchor, Link, MergeOfChain, Opening, RoundChain, StoredVote, Vote
from solicit.panels.queries.seals import (
    ballot_content,
    comparison_content,
    review_content,
    round_facts,
    seal_key,
    voter_name,
)
from solicit.panels.states import AssignmentState, BallotState, ComparisonState, VoteKind
from solicit.people.models import Erasure
from solicit.questions.models import Merge, Question
from solicit.questions.states import question_label


def round_chain(session: Session, *, round_id: int, anchors: tuple[Anchor, ...] = ()) -> RoundChain:
    """The chain of a round with everything it is checked against; ``anchors`` are those kept elsewhere."""
    if session.get(Round, round_id) is None:
        raise NotFound
    kept = sa.select(ChainAnchor.seq, ChainAnchor.hash).where(ChainAnchor.round_id == round_id)
    return RoundChain(
        round_id=round_id,
        key=seal_key(round_id),
        links=links_of(session, round_id=round_id),
        openings=openings_of(session, round_id=round_id),
        stored=stored_votes(session, round_id=round_id),
        merges=merges_beside(session, round_id=round_id),
        facts=round_facts(session, round_id=round_id),
        anchors=(*(Anchor(*row) for row in session.execute(kept)), *anchors),
    )


def merges_beside(session: Session, *, round_id: int) -> tuple[MergeOfChain, ...]:
    """Every merge in the call of a round."""
    source, target = aliased(Question), aliased(Question)
    found = session.execute(
        sa.select(Merge.id, source.kind, source.number, target.number, Merge.undone_at)
        .join(source, source.id == Merge.source_id)
        .join(target, target.id == Merge.target_id)
        .where(source.call_id == sa.select(Round.call_id).where(Round.id == round_id).scalar_subquery())
        .order_by(Merge.id)
    )
    return tuple(
        MergeOfChain(id_, question_label(kind, of) or "", question_label(kind, into) or "", undone_at is None)
        for id_, kind, of, into, undone_at in found
    )


def rounds_with_chain(session: Session, *, call_id: int | None, round_id: int | None) -> list[sa.Row]:
    """The id and name of every round, of one call, or of one number."""
    wanted = sa.select(Round.id, Round.name).order_by(Round.id)
    if call_id is not None:
        wanted = wanted.where(Round.call_id == call_id)
    if round_id is not None:
        wanted = wanted.where(Round.id == round_id)
    return list(session.execute(wanted))


def links_of(session: Session, *, round_id: int) -> tuple[Link, ...]:
    columns = (getattr(ChainLink, name) for name in ("seq", "act", "commitment", "previous", "hash", "day"))
    found = session.execute(sa.select(*columns).where(ChainLink.round_id == round_id).order_by(ChainLink.seq))
    return tuple(Link(*row) for row in found)


def openings_of(session: Session, *, round_id: int) -> dict[int, Opening]:
    """By the number of the link that they open."""
    found = session.scalars(sa.select(VoteVersion).where(VoteVersion.round_id == round_id).order_by(VoteVersion.seq))
    return {
        row.seq: Opening(row.kind, row.vote_id, voter_name(round_id, row.person_id), row.content, row.nonce)
        for row in found
    }


def stored_votes(session: Session, *, round_id: int) -> dict[Vote, StoredVote]:
    erased = frozenset(session.scalars(sa.select(Erasure.person_id)))
    return (
        _reviews(session, round_id, erased)
        | _comparisons(session, round_id, erased)
        | _ballots(session, round_id, erased)
    )


def _reviews(session: Session, round_id: int, erased: frozenset[int]) -> dict[Vote, StoredVote]:
    scores: dict[int, dict[str, int]] = defaultdict(dict)
    given = (
        sa.select(Score.assignment_id, Criterion.key, Score.value)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(Assignment, Assignment.id == Score.assignment_id)
        .where(Assignment.round_id == round_id)
    )
    for assignment_id, key, value in session.execute(given):
        scores[assignment_id][key] = value
    found = session.execute(
        sa.select(Assignment, Review, Question.kind, Question.number)
        .join(Question, Question.id == Assignment.question_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id)
    )
    return {
        (VoteKind.REVIEW, row.id): StoredVote(
            _content(row, review, question_label(kind, number) or "", scores[row.id]), row.person_id in erased
        )
        for row, review, kind, number in found
    }


def _content(row: Assignment, review: Review | None, label: str, scores: dict[str, int]) -> dict | None:
    if row.state is AssignmentState.ABSTAINED:
        return review_content(row.round_id, label, None, {}, row.abstain_reason)
    if row.state is not AssignmentState.SUBMITTED or review is None:
        return None
    return review_content(row.round_id, label, review, scores)


def _comparisons(session: Session, round_id: int, erased: frozenset[int]) -> dict[Vote, StoredVote]:
    left, right = aliased(Question), aliased(Question)
    found = session.execute(
        sa.select(Comparison, left.kind, left.number, right.kind, right.number)
        .join(left, left.id == Comparison.left_id)
        .join(right, right.id == Comparison.right_id)
        .where(Comparison.round_id == round_id)
    )
    votes = {}
    for row, *numbers in found:
        labels = (question_label(*numbers[:2]) or "", question_label(*numbers[2:]) or "")
        content = comparison_content(row, *labels) if row.state is ComparisonState.JUDGED else None
        votes[VoteKind.COMPARISON, row.id] = StoredVote(content, row.person_id in erased)
    return votes


def _ballots(session: Session, round_id: int, erased: frozenset[int]) -> dict[Vote, StoredVote]:
    places: dict[int, dict[str, int]] = defaultdict(dict)
    given = (
        sa.select(BallotPlace.ballot_id, Question.kind, Question.number, BallotPlace.place)
        .join(Question, Question.id == BallotPlace.question_id)
        .join(Ballot, Ballot.id == BallotPlace.ballot_id)
        .where(Ballot.round_id == round_id)
    )
    for ballot_id, kind, number, place in session.execute(given):
        places[ballot_id][question_label(kind, number) or ""] = place
    found = session.execute(
        sa.select(Ballot, Theme.key).join(Theme, Theme.id == Ballot.theme_id).where(Ballot.round_id == round_id)
    )
    return {
        (VoteKind.BALLOT, row.id): StoredVote(
            ballot_content(key, places[row.id]) if row.state is BallotState.SUBMITTED else None,
            row.person_id in erased,
        )
        for row, key in found
    }

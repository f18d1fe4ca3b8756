"""What merging questions does to the rounds that ask about them; and whoever runs a round agreeing to it.

Votes stay as they were sealed, for the wording they were given for. Those that name a merged question are left out
wherever votes are counted; the chain of their round says from when, and until when if the merge is undone. Panelists
who were asked about it are offered what it was merged into. A frozen round never changes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from solicit.audit.service import record
from solicit.errors import Closed
from solicit.panels.models import Assignment, ChainLink, Panelist, Round, RoundQuestion, ThemeExpertise
from solicit.panels.queries.conflicts import conflict_pairs, suspected_pairs
from solicit.panels.queries.merged_votes import Votes, votes_about
from solicit.panels.queries.rounds import questions_in_open_round
from solicit.panels.queries.seals import commitment_of, merge_facts, seal_key
from solicit.panels.queries.series import round_questions
from solicit.panels.queries.stored_votes import merges_beside
from solicit.panels.service.assign.deploy import add_assignments
from solicit.panels.service.assign.plan import NewPair
from solicit.panels.service.chain import seal_act
from solicit.panels.service.rounds import locked_round
from solicit.panels.states import Activity, AssignmentState, ChainAct, Expertise, Pick, RoundState
from solicit.provenance import canonical
from solicit.questions.models import Merge, Question
from solicit.words import N_

PREPARED = (RoundState.DRAFT, RoundState.OPEN)
Seal = tuple[int, ChainAct, dict]


def agree_to_merging(session: Session, *, round_id: int, agrees: bool, actor_id: int | None, now: datetime) -> None:
    """Let the questions of a round be merged and reworded while it is open, or no longer; twice changes nothing."""
    row = locked_round(session, round_id=round_id)
    if row.state not in PREPARED:
        raise Closed(N_("This round is over: its questions can be merged without your agreement."))
    if agrees is (row.merging_agreed_at is not None):
        return
    row.merging_agreed_at = now if agrees else None
    act = "agree to merging" if agrees else "refuse merging"
    record(session, act=act, subject="round", subject_id=row.id, call_id=row.call_id, actor_id=actor_id, now=now)


@contextmanager
def merging(
    session: Session, *, call_id: int, question_ids: Collection[int] = (), actor_id: int | None, now: datetime
) -> Iterator[frozenset[int]]:
    """Merge, or undo merging, inside: yields those of the questions that an open round guards.

    The rounds are held from before the questions are, the order of everybody who assigns.
    """
    rounds = _held_rounds(session, call_id)
    yield questions_in_open_round(session, question_ids=question_ids)
    made, undone = (_merges(session, call_id, at == now) for at in (Merge.merged_at, Merge.undone_at))
    for merge in made:
        _offer_target(session, rounds, merge, now)
    for merge in undone:
        _take_offer_back(session, rounds, merge)
    sealed = [
        *_set_aside(session, rounds, made, actor_id=actor_id, now=now),
        *_bring_back(session, rounds, undone, actor_id=actor_id, now=now),
    ]
    for round_id, act, facts in sorted(sealed, key=lambda each: (each[0], each[2]["merge"])):
        seal_act(session, round_id=round_id, act=act, facts=facts, now=now)


def _held_rounds(session: Session, call_id: int) -> Sequence[Round]:
    """The rounds of a call that are not frozen, held against being moved or assigned."""
    rounds = sa.select(Round).where(Round.call_id == call_id, Round.state != RoundState.FROZEN).order_by(Round.id)
    return session.scalars(rounds.with_for_update(read=True).execution_options(populate_existing=True)).all()


def _merges(session: Session, call_id: int, is_new: sa.ColumnElement[bool]) -> Sequence[Merge]:
    wanted = sa.select(Merge).join(Question, Question.id == Merge.source_id).where(Question.call_id == call_id, is_new)
    return session.scalars(wanted.order_by(Merge.id)).all()


def _offer_target(session: Session, rounds: Sequence[Round], merge: Merge, now: datetime) -> None:
    """Put the target on the lists that have the source, and ask the source's panelists about it."""
    is_listed = sa.select(RoundQuestion.round_id).where(
        RoundQuestion.question_id == merge.source_id,
        RoundQuestion.round_id.in_([each.id for each in rounds if each.state in PREPARED]),
    )
    joining = [
        dict(round_id=round_id, question_id=merge.target_id, pick=Pick.MERGED)
        for round_id in session.scalars(is_listed.order_by(RoundQuestion.round_id))
    ]
    if joining:
        session.execute(insert(RoundQuestion).on_conflict_do_nothing(), joining)
    for round_ in rounds:
        if round_.state is RoundState.OPEN and round_.activity is Activity.SCORING:
            pairs = _pairs_to_ask(session, round_, merge)
            if pairs:
                add_assignments(session, round_=round_, pairs=pairs, stage=round_.stage, now=now)


def _pairs_to_ask(session: Session, round_: Round, merge: Merge) -> list[NewPair]:
    """The target for each panelist of the source who may judge it and was not asked about it in this round."""
    pair = sa.tuple_(Question.id, Assignment.person_id)
    has_it = sa.select(Assignment.person_id).where(
        Assignment.round_id == round_.id, Assignment.question_id == merge.target_id
    )
    cannot = sa.select(ThemeExpertise.person_id).where(
        ThemeExpertise.theme_id == Question.theme_id, ThemeExpertise.level == Expertise.NONE
    )
    found = session.execute(
        sa.select(Assignment.person_id, Assignment.panel_id, Assignment.affinity)
        .join(Question, Question.id == merge.target_id)
        .join(Panelist, (Panelist.panel_id == Assignment.panel_id) & (Panelist.person_id == Assignment.person_id))
        .where(Assignment.round_id == round_.id, Assignment.question_id == merge.source_id)
        .where(Assignment.state != AssignmentState.VOIDED, round_questions(round_))
        .where(Question.language == sa.any_(Panelist.languages), Assignment.person_id.not_in(has_it))
        .where(pair.not_in(sa.select(conflict_pairs())), pair.not_in(suspected_pairs()))
        .where(Assignment.person_id.not_in(cannot))
        .order_by(Assignment.id)
    )
    return [NewPair(merge.target_id, person_id, panel_id, affinity) for person_id, panel_id, affinity in found]


def _take_offer_back(session: Session, rounds: Sequence[Round], merge: Merge) -> None:
    """What the merge asked and nobody has begun is no longer asked; what was begun stays a review of the target."""
    prepared = [each.id for each in rounds if each.state in PREPARED]
    asked_with_it = sa.delete(Assignment).where(
        Assignment.round_id.in_(prepared),
        Assignment.question_id == merge.target_id,
        Assignment.assigned_at == merge.merged_at,
        Assignment.state == AssignmentState.ASSIGNED,
    )
    session.execute(asked_with_it)
    listed, source = aliased(RoundQuestion), aliased(Question)
    stands_for_another = (
        sa.select(source.id)
        .join(listed, listed.question_id == source.id)
        .where(source.merged_into_id == merge.target_id, listed.round_id == RoundQuestion.round_id)
    )
    session.execute(
        sa.delete(RoundQuestion)
        .where(RoundQuestion.round_id.in_(prepared), RoundQuestion.question_id == merge.target_id)
        .where(RoundQuestion.pick == Pick.MERGED, ~stands_for_another.exists())
        .execution_options(synchronize_session=False)
    )


def _set_aside(
    session: Session, rounds: Sequence[Round], merges: Sequence[Merge], *, actor_id: int | None, now: datetime
) -> Iterator[Seal]:
    """Record in each round what no longer counts, and return what its chain has to say."""
    for round_ in rounds if merges else ():
        facts = _facts(session, round_.id)
        for merge in merges:
            votes = votes_about(session, round_id=round_.id, question_id=merge.source_id)
            if votes.n_all:
                _record(session, "set votes aside", round_, merge, votes, actor_id=actor_id, now=now)
                yield round_.id, ChainAct.MERGE, facts[merge.id]


def _bring_back(
    session: Session, rounds: Sequence[Round], merges: Sequence[Merge], *, actor_id: int | None, now: datetime
) -> Iterator[Seal]:
    """Record in each round what counts again: where the chain had said that it does not."""
    for round_ in rounds if merges else ():
        facts = _facts(session, round_.id)
        for merge in merges:
            if _is_sealed(session, round_.id, facts[merge.id]):
                votes = votes_about(session, round_id=round_.id, question_id=merge.source_id)
                _record(session, "bring votes back", round_, merge, votes, actor_id=actor_id, now=now)
                yield round_.id, ChainAct.UNMERGE, facts[merge.id]


def _facts(session: Session, round_id: int) -> Mapping[int, dict]:
    return {
        each.id: merge_facts(each.id, each.source, each.target) for each in merges_beside(session, round_id=round_id)
    }


def _is_sealed(session: Session, round_id: int, facts: dict) -> bool:
    commitment = commitment_of(seal_key(round_id), b"", canonical(facts))
    link = sa.exists().where(
        ChainLink.round_id == round_id, ChainLink.act == ChainAct.MERGE, ChainLink.commitment == commitment
    )
    return bool(session.scalar(sa.select(link)))


def _record(
    session: Session, act: str, round_: Round, merge: Merge, votes: Votes, *, actor_id: int | None, now: datetime
) -> None:
    record(
        session,
        act=act,
        subject="round",
        subject_id=round_.id,
        call_id=round_.call_id,
        actor_id=actor_id,
        now=now,
        merge_id=merge.id,
        **vars(votes),
    )

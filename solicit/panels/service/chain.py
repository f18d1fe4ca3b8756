"""The audit chain of a round: every vote and every act is sealed with what came before it.

Sealing is the last write of a transaction: it holds the head of the round's chain until the commit. Locks are taken
in one order everywhere: the round (key share), the vote, the chain.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import ChainLink, VoteVersion
from solicit.panels.queries.seals import (
    commitment_of,
    first_previous,
    hash_of,
    round_facts,
    seal_key,
    sealed_words,
    void_facts,
    voter_name,
)
from solicit.panels.service.anchors import anchor_chain
from solicit.panels.states import ChainAct, VoteKind
from solicit.provenance import canonical

NONCE_BYTES = 32
# What a chain says after these leaves the house.
ANCHORED = (ChainAct.CLOSE, ChainAct.FREEZE)


def seal_vote(
    session: Session, *, round_id: int, kind: VoteKind, vote_id: int, person_id: int, content: Mapping, now: datetime
) -> int:
    """Seal a vote as it was cast or changed, keep what opens the seal, and return its number in the chain."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    voter = voter_name(round_id, person_id)
    words = sealed_words(voter=voter, kind=kind, vote_id=vote_id, content=content)
    commitment = commitment_of(seal_key(round_id), nonce, words)
    seq = _add_link(session, round_id, ChainAct.CAST, commitment, now)
    session.add(
        VoteVersion(
            round_id=round_id,
            seq=seq,
            kind=kind,
            vote_id=vote_id,
            person_id=person_id,
            content=dict(content),
            nonce=nonce,
            cast_at=now,
        )
    )
    session.flush()
    return seq


def seal_act(session: Session, *, round_id: int, act: ChainAct, facts: Mapping, now: datetime) -> int:
    """Seal what happened to a round, and return its number in the chain."""
    return _add_link(session, round_id, act, commitment_of(seal_key(round_id), b"", canonical(facts)), now)


def seal_move(session: Session, *, round_id: int, act: ChainAct, now: datetime) -> int:
    """Seal that a round was opened, closed, opened again or frozen, with what must not change in it."""
    seq = seal_act(session, round_id=round_id, act=act, facts=round_facts(session, round_id=round_id), now=now)
    if act in ANCHORED:
        anchor_chain(session, round_id=round_id, seq=seq, now=now)
    return seq


def seal_void(session: Session, *, round_id: int, kind: VoteKind, vote_id: int, now: datetime) -> int:
    """Seal that a vote no longer counts."""
    return seal_act(session, round_id=round_id, act=ChainAct.VOID, facts=void_facts(kind, vote_id), now=now)


def _add_link(session: Session, round_id: int, act: ChainAct, commitment: bytes, now: datetime) -> int:
    # One writer at a time for each chain, also for its first link, where there is no row to lock.
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"chain {round_id}", 0))))
    last = session.execute(
        sa.select(ChainLink.seq, ChainLink.hash)
        .where(ChainLink.round_id == round_id)
        .order_by(ChainLink.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, first_previous(round_id))
    day = now.date()
    sealed = hash_of(previous=previous, seq=seq, act=act, commitment=commitment, day=day)
    session.add(
        ChainLink(round_id=round_id, seq=seq, act=act, commitment=commitment, previous=previous, hash=sealed, day=day)
    )
    session.flush()
    return seq

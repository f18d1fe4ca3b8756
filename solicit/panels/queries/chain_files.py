"""A round's chain as tables, for a checker outside (docs/verify_round.py)."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import NotFound
from solicit.panels.models import ChainAnchor, Round
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.queries.seals import first_previous
from solicit.panels.queries.stored_votes import links_of, openings_of
from solicit.provenance import canonical

CHAIN = ("seq", "act", "day", "commitment", "previous", "hash")
OPENINGS = ("seq", "kind", "vote", "voter", "nonce", "content")


def chain_files(session: Session, *, round_id: int) -> dict[str, Iterator[tuple]]:
    """Rows of each file, the heading first; raises NotFound."""
    if session.get(Round, round_id) is None:
        raise NotFound
    return {
        "chain.csv": _chain(session, round_id),
        "openings.csv": _openings(session, round_id),
        "anchors.csv": _anchors(session, round_id),
        "criteria.csv": _criteria(session, round_id),
    }


def _chain(session: Session, round_id: int) -> Iterator[tuple]:
    """With the link before the first one, whose hash is what the first link follows."""
    yield CHAIN
    yield (0, "begin", "", "", "", first_previous(round_id).hex())
    for link in links_of(session, round_id=round_id):
        sealed = (link.commitment.hex(), link.previous.hex(), link.hash.hex())
        yield (link.seq, link.act.value, link.day.isoformat(), *sealed)


def _openings(session: Session, round_id: int) -> Iterator[tuple]:
    yield OPENINGS
    for seq, opening in openings_of(session, round_id=round_id).items():
        content = canonical(opening.content).decode()
        yield (seq, opening.kind.value, opening.vote_id, opening.voter, opening.nonce.hex(), content)


def _anchors(session: Session, round_id: int) -> Iterator[tuple]:
    yield ("seq", "hash")
    kept = sa.select(ChainAnchor.seq, ChainAnchor.hash).where(ChainAnchor.round_id == round_id)
    for seq, digest in session.execute(kept.order_by(ChainAnchor.id)):
        yield (seq, digest.hex())


def _criteria(session: Session, round_id: int) -> Iterator[tuple]:
    yield ("key", "weight")
    for criterion in criteria_of(session, round_id=round_id):
        yield (criterion.key, criterion.weight)

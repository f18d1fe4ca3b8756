"""What the audit chain of a round is made of: commitments, hashes, and the words that are sealed."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.keys import derived_key
from solicit.panels.models import Comparison, Criterion, Review, Round
from solicit.panels.states import ChainAct, VoteKind
from solicit.provenance import canonical


def seal_key(round_id: int) -> bytes:
    """What opens the commitments of one round; a checker is given it."""
    return derived_key(f"votes of round {round_id}")


def voter_name(round_id: int, person_id: int) -> str:
    """A panelist's pseudonym in one round; the key for checking does not lead to it."""
    return hmac.digest(derived_key(f"voters of round {round_id}"), str(person_id).encode(), hashlib.sha256).hex()[:16]


def word_digest(round_id: int, text: str) -> str:
    """Stands for a comment in what is sealed, so that a history keeps no words and a checker reads none."""
    key = derived_key(f"comments of round {round_id}")
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()[:32] if text else ""


def sealed_words(*, voter: str, kind: VoteKind, vote_id: int, content: Mapping) -> bytes:
    """What a vote's commitment covers."""
    return canonical({"content": content, "kind": kind.value, "vote": vote_id, "voter": voter})


def commitment_of(key: bytes, nonce: bytes, words: bytes) -> bytes:
    return hmac.digest(key, nonce + words, hashlib.sha256)


def first_previous(round_id: int) -> bytes:
    """What the first link of a round seals, so that chains of two rounds are never exchanged."""
    return hashlib.sha256(f"round {round_id}".encode()).digest()


def hash_of(*, previous: bytes, seq: int, act: ChainAct, commitment: bytes, day: date) -> bytes:
    return hashlib.sha256(previous + f"{seq} {act.value} {day.isoformat()} ".encode() + commitment).digest()


def round_facts(session: Session, *, round_id: int) -> dict:
    """What must not change once a round has opened: sealed with every act of the round."""
    row = session.get_one(Round, round_id)
    weights = sa.select(Criterion.key, Criterion.weight).where(Criterion.round_id == round_id)
    return {
        "activity": row.activity.value,
        "criteria": {key: weight for key, weight in session.execute(weights)},
        "kind": row.kind.value,
        "seed": row.seed,
    }


def void_facts(kind: VoteKind, vote_id: int) -> dict:
    return {"kind": kind.value, "vote": vote_id}


def merge_facts(merge_id: int, source: str, target: str) -> dict:
    """``source`` and ``target`` are labels like Q-12."""
    return {"merge": merge_id, "source": source, "target": target}


def review_content(
    round_id: int, question: str, review: Review | None, scores: Mapping[str, int], reason: str = ""
) -> dict:
    """A review as it is sealed; ``scores`` by criterion key, ``reason`` where the panelist abstained."""
    if reason:
        return {"abstained": word_digest(round_id, reason), "question": question}
    return {
        "comment_to_authors": word_digest(round_id, review.comment_to_authors),
        "comment_to_panel": word_digest(round_id, review.comment_to_panel),
        "confidence": review.confidence.value,
        "question": question,
        "scores": dict(scores),
        "wording": review.text_digest.hex()[:32],
    }


def comparison_content(row: Comparison, left: str, right: str) -> dict:
    """A judged comparison as it is sealed; ``left`` and ``right`` are labels like Q-12."""
    return {
        "left": left,
        "preference": row.preference.value,
        "reason": word_digest(row.round_id, row.reason),
        "right": right,
    }


def ballot_content(theme: str, places: Mapping[str, int]) -> dict:
    """A submitted ballot as it is sealed; ``theme`` is its key, ``places`` by label."""
    return {"places": dict(places), "theme": theme}

"""Vectors of texts, kept by the digest of the text: what did not change is never embedded twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder, text_digest
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.errors import Conflict
from solicit.words import N_

DIGESTS = sa.ARRAY(sa.LargeBinary)


@dataclass(frozen=True, eq=False)
class EmbeddedTexts:
    """Texts as vectors: one digest and one row of ``vectors`` (float32, length 1) per text, in their order."""

    model_id: int
    digests: tuple[bytes, ...]
    vectors: NDArray[np.float32]


def model_id_of(session: Session, encoder: Encoder) -> int:
    """The number under which the vectors of this encoder are filed."""
    known = session.execute(_model_named(encoder.name)).one_or_none()
    if known is None:
        row = insert(EmbeddingModel).values(name=encoder.name, width=encoder.width)
        session.execute(row.on_conflict_do_nothing(index_elements=[EmbeddingModel.name]))
        known = session.execute(_model_named(encoder.name)).one()
    if known.width != encoder.width:
        raise Conflict(N_("Another language model is already filed under the name %(name)s."), name=encoder.name)
    return known.id


def embed_texts(session: Session, texts: Sequence[str], *, encoder: Encoder) -> EmbeddedTexts:
    """The vector of each text; only texts that were never embedded with this model are encoded."""
    model_id = model_id_of(session, encoder)
    digests = tuple(text_digest(text) for text in texts)
    vectors = _stored_vectors(session, model_id, digests)
    missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in vectors}
    if missing:
        vectors |= _embed_missing(session, model_id, missing, encoder)
    rows = [vectors[digest] for digest in digests]
    return EmbeddedTexts(model_id, digests, np.array(rows, dtype=np.float32).reshape(len(rows), encoder.width))


def _model_named(name: str) -> sa.Select:
    return sa.select(EmbeddingModel.id, EmbeddingModel.width).where(EmbeddingModel.name == name)


def _stored_vectors(session: Session, model_id: int, digests: tuple[bytes, ...]) -> dict[bytes, NDArray[np.float32]]:
    kept = sa.select(TextVector.digest, TextVector.vector).where(
        TextVector.model_id == model_id, TextVector.digest == sa.any_(sa.cast(list(set(digests)), DIGESTS))
    )
    return {row.digest: np.array(row.vector, dtype=np.float32) for row in session.execute(kept)}


def _embed_missing(
    session: Session, model_id: int, missing: dict[bytes, str], encoder: Encoder
) -> dict[bytes, NDArray[np.float32]]:
    # The database keeps half precision: everybody gets the numbers that the next reader will get.
    made = encoder.encode(list(missing.values())).astype(np.float16).astype(np.float32)
    vectors = dict(zip(missing, made, strict=True))
    rows = [dict(digest=digest, model_id=model_id, vector=vector) for digest, vector in sorted(vectors.items())]
    session.execute(insert(TextVector).on_conflict_do_nothing(), rows)
    return vectors

"""Vectors of texts, kept by the digest of the text: what did not change is never embedded twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder, text_digest
from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.errors import Conflict
from solicit.jobs.models import Job
from solicit.jobs.service import start_job
from solicit.jobs.states import AGAIN
from solicit.words import N_

DIGESTS = sa.ARRAY(sa.LargeBinary)
CHANGE_MODEL = "embeddings.change_model"
# Preparing the model, reading the questions, taking the old vectors away.
CHANGE_STEPS = 3


@dataclass(frozen=True, eq=False)
class EmbeddedTexts:
    """Texts as vectors: one digest and one row of ``vectors`` (float32, length 1) per text, in their order."""

    model_id: int
    digests: tuple[bytes, ...]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class CallModels:
    """The names of the models that read the texts of a call: the one that answers, and the one that is to take over."""

    answering: str | None
    coming: str | None


def models_of_call(session: Session, *, call_id: int) -> CallModels:
    """Which models read the texts of a call now; nothing answers before the first text was read."""
    answering = sa.select(EmbeddingModel.name).join(Call, Call.model_id == EmbeddingModel.id).where(Call.id == call_id)
    coming = sa.select(Job.arguments["model"].astext).where(
        Job.kind == CHANGE_MODEL, Job.call_id == call_id, Job.finished_at.is_(None)
    )
    return CallModels(session.scalar(answering), session.scalar(coming))


def settle_model(session: Session, *, call_id: int, model_id: int) -> None:
    """Let a model answer for a call for which none answers yet."""
    session.execute(sa.update(Call).where(Call.id == call_id, Call.model_id.is_(None)).values(model_id=model_id))


def switch_model(session: Session, *, call_id: int, model_id: int, now: datetime) -> None:
    """Let another model answer for a call from now on."""
    changed = sa.update(Call).where(Call.id == call_id, Call.model_id.is_distinct_from(model_id))
    if session.execute(changed.values(model_id=model_id)).rowcount:
        record(
            session,
            act="change language model",
            subject="call",
            subject_id=call_id,
            call_id=call_id,
            actor_id=None,
            now=now,
            model_id=model_id,
        )


def start_changes(session: Session, *, name: str, now: datetime) -> int:
    """Start the job that changes the model of each call for which another one answers; return how many.

    A change that failed or was stopped is not begun again by itself: people can, and so does another setting.
    """
    others = session.execute(
        sa.select(Call.id, Call.slug)
        .join(EmbeddingModel, EmbeddingModel.id == Call.model_id)
        .where(EmbeddingModel.name != name)
        .order_by(Call.id)
    )
    due = [call for call in others.all() if _is_due(session, call.id, name)]
    for call in due:
        start_job(
            session,
            kind=CHANGE_MODEL,
            call_id=call.id,
            task=CHANGE_MODEL,
            n_steps=CHANGE_STEPS,
            started_by_id=None,
            now=now,
            model=name,
            result_path=f"/{call.slug}/organize/index",
        )
    return len(due)


def say_languages(session: Session, *, name: str, languages: Sequence[str]) -> None:
    """Keep what the settings say of the languages that a model knows; none means that they say nothing."""
    said = sa.update(EmbeddingModel).where(EmbeddingModel.name == name)
    session.execute(said.values(languages=list(languages) or None))


def forget_unused_texts(session: Session) -> int:
    """Delete the vectors of texts by models that answer for no call and are to answer for none."""
    answering = sa.select(Call.model_id).where(Call.model_id.is_not(None))
    coming = (
        sa.select(EmbeddingModel.id)
        .join(Job, Job.arguments["model"].astext == EmbeddingModel.name)
        .where(Job.kind == CHANGE_MODEL, Job.finished_at.is_(None))
    )
    unused = sa.delete(TextVector).where(TextVector.model_id.not_in(answering), TextVector.model_id.not_in(coming))
    return session.execute(unused).rowcount


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


def _is_due(session: Session, call_id: int, name: str) -> bool:
    latest = sa.select(Job).where(Job.kind == CHANGE_MODEL, Job.call_id == call_id).order_by(Job.id.desc()).limit(1)
    job = session.scalar(latest)
    if job is None:
        return True
    is_given_up = job.state in AGAIN and job.arguments["model"] == name
    return job.finished_at is not None and not is_given_up


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

"""Keeping what a look at a question found suspicious, and dismissing it: a person decides."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.suspicion import distance_signs, distance_strength, spam_signs, spam_strength
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import NotFound
from solicit.questions.models import Question, Suspicion
from solicit.questions.queries.screening.suspicions import Suspect, scope_cosines, suspects
from solicit.questions.service.screen.acts import note_act
from solicit.questions.states import SuspicionKind
from solicit.submissions.service.self_naming import named_phrases

Found = dict[SuspicionKind, tuple[float, tuple[str, ...]]]


def look_for_suspicions(
    session: Session, *, question_ids: Sequence[int], model_id: int, theme_cosines: Mapping[int, float], now: datetime
) -> None:
    """Keep what is suspicious about these questions as they are now, and drop what no longer is.

    ``theme_cosines``: how near a question is to the nearest theme, where the model reads it.
    """
    scope = scope_cosines(session, question_ids=question_ids, model_id=model_id)
    found = {
        each.id: _signs(each, theme_cosines.get(each.id), scope.get(each.id))
        for each in suspects(session, question_ids=question_ids)
    }
    rows = [
        dict(question_id=question_id, kind=kind, strength=strength, signs=list(signs), found_at=now)
        for question_id, kinds in found.items()
        for kind, (strength, signs) in kinds.items()
    ]
    standing = sa.tuple_(Suspicion.question_id, Suspicion.kind)
    gone = sa.delete(Suspicion).where(Suspicion.question_id.in_(list(found)))
    session.execute(gone.where(standing.not_in([(row["question_id"], row["kind"]) for row in rows])))
    if rows:
        session.execute(_upsert(), rows)


def dismiss(session: Session, *, question_id: int, kind: SuspicionKind, actor_id: int, now: datetime) -> None:
    """Say that a suspicion is none; it comes back only for other reasons."""
    question = session.get(Question, question_id)
    if question is None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, question.call_id), now=now)
    wanted = sa.select(Suspicion).where(Suspicion.question_id == question_id, Suspicion.kind == kind)
    suspicion = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if suspicion is None or suspicion.dismissed_at is not None:
        return
    suspicion.dismissed_at, suspicion.dismissed_by_id = now, actor_id
    note_act(session, question, "dismiss suspicion", actor_id=actor_id, now=now, kind=kind.value)


def _signs(suspect: Suspect, theme: float | None, scope: float | None) -> Found:
    spam = spam_signs(suspect.text, language=suspect.language, n_of_submitter=suspect.n_of_submitter)
    far = distance_signs(theme, scope)
    phrases = named_phrases(suspect.text, names=suspect.names, affiliations=suspect.affiliations)
    found = {
        SuspicionKind.SPAM: (spam_strength(spam), spam),
        SuspicionKind.OUT_OF_SCOPE: (distance_strength(theme, scope) if far else 0.0, far),
        SuspicionKind.SELF_IDENTIFICATION: (1 - 0.5 ** len(phrases), ("name",) if phrases else ()),
    }
    return {kind: kept for kind, kept in found.items() if kept[1]}


def _upsert():
    new = insert(Suspicion)
    is_known = Suspicion.signs.bool_op("@>")(new.excluded.signs)
    kept = {name: new.excluded[name] for name in ("strength", "signs", "found_at")}
    # What was dismissed stays so, unless there is a reason that nobody saw yet.
    kept |= {
        name: sa.case((is_known, getattr(Suspicion, name)), else_=None) for name in ("dismissed_at", "dismissed_by_id")
    }
    return new.on_conflict_do_update(index_elements=["question_id", "kind"], set_=kept)

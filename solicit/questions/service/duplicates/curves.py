"""What the verdicts of a call teach about how likely its pairs are the same."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from ml.language.pair_features import NAMES
from ml.language.pair_scores import Scorer, Verdicts, fit_scorer, scorer_of, shipped_scorer
from solicit.jobs.service import defer
from solicit.questions.models import DuplicateCurve, DuplicatePair, Question
from solicit.questions.service.duplicates.groups import regroup_call
from solicit.questions.service.duplicates.texts import texts_of_questions
from solicit.questions.states import Method, Verdict

LEARN = "questions.learn_duplicates"
VERDICTS_PER_FIT = 25
PAIRS_PER_STATEMENT = 5_000
# An audit stands for the many pairs below the threshold from which it was drawn, but never counts as more verdicts
# than these: else a handful of them would outvote all others (docs/decisions/0010).
MOST_AUDIT_WEIGHT = 3.0

Left, Right = aliased(Question), aliased(Question)


def defer_learning(session: Session, *, call_id: int, model_id: int) -> None:
    """Have a worker see whether the verdicts are enough to fit the curves again."""
    lock = f"{LEARN}:{call_id}:{model_id}"
    defer(session, LEARN, queueing_lock=lock, call_id=call_id, model_id=model_id)


def scorer_in_use(session: Session, *, call_id: int, model_id: int, method: Method) -> Scorer:
    """How pairs of a call are scored now: as the latest curve says, or as shipped."""
    curve = _latest(session, call_id, model_id, method)
    return scorer_of(curve.parameters) if curve else shipped_scorer(method.value)


def learn(session: Session, *, call_id: int, model_id: int, now: datetime) -> bool:
    """Fit the call's curves again if enough verdicts came since the last time, and score its undecided pairs anew."""
    learnt = [
        _learn_method(session, DuplicateCurve(call_id=call_id, model_id=model_id, method=method, fitted_at=now))
        for method in Method
    ]
    if any(learnt):
        regroup_call(session, call_id=call_id)
    return any(learnt)


def _learn_method(session: Session, curve: DuplicateCurve) -> bool:
    latest = _latest(session, curve.call_id, curve.model_id, curve.method)
    decided = DuplicatePair.verdict.is_not(None)
    n_verdicts = session.scalar(sa.select(sa.func.count()).where(*_pairs_of(curve), decided))
    if abs(n_verdicts - (latest.n_verdicts if latest else 0)) < VERDICTS_PER_FIT:
        return False
    _add_features(session, curve)
    first = sa.func.least(Left.text_digest, Right.text_digest)
    rows = session.execute(
        sa.select(DuplicatePair.features, DuplicatePair.verdict, DuplicatePair.is_audit, first.label("first"))
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(*_pairs_of(curve), decided)
        .order_by(first, sa.func.greatest(Left.text_digest, Right.text_digest), DuplicatePair.id)
    ).all()
    scorer, error = fit_scorer(_verdicts(rows), prior=shipped_scorer(curve.method.value))
    curve.parameters, curve.calibration_error, curve.n_verdicts = scorer.parameters(), error, n_verdicts
    session.add(curve)
    session.flush()
    _score_undecided(session, curve, scorer)
    return True


def _verdicts(rows: Sequence[sa.Row]) -> Verdicts:
    """Verdicts for the scorer: "related" is not the same."""
    group = {digest: number for number, digest in enumerate(sorted({row.first for row in rows}))}
    return Verdicts(
        features=_matrix([row.features for row in rows]),
        same=np.array([row.verdict is Verdict.SAME for row in rows], dtype=bool),
        weight=np.array([_weight(row) for row in rows], dtype=np.float64),
        group=np.array([group[row.first] for row in rows], dtype=np.int64),
    )


def _weight(row: sa.Row) -> float:
    return min(row.features.get("stands_for", 1.0), MOST_AUDIT_WEIGHT) if row.is_audit else 1.0


def _matrix(features: Sequence[dict]) -> np.ndarray:
    rows = [[each[name] for name in NAMES] for each in features]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(NAMES))


def _add_features(session: Session, curve: DuplicateCurve) -> None:
    """Give pairs the features that they lack: they were suggested by an earlier version of this site."""
    lacking = sa.select(DuplicatePair).where(*_pairs_of(curve), DuplicatePair.features.is_(None))
    pairs = session.scalars(lacking.order_by(DuplicatePair.id)).all()
    if not pairs:
        return
    left_ids, right_ids = [pair.left_id for pair in pairs], [pair.right_id for pair in pairs]
    texts = texts_of_questions(session, call_id=curve.call_id, ids=sorted({*left_ids, *right_ids}))
    cosine = np.array([pair.cosine for pair in pairs])
    for pair, row in zip(pairs, texts.features(left_ids, right_ids, cosine).tolist(), strict=True):
        pair.features = dict(zip(NAMES, row, strict=True))
    session.flush()


def _score_undecided(session: Session, curve: DuplicateCurve, scorer: Scorer) -> None:
    """Write the new probability of every pair without a verdict; a decided one keeps what it had."""
    undecided = sa.select(DuplicatePair.id, DuplicatePair.features).where(
        *_pairs_of(curve), DuplicatePair.verdict.is_(None)
    )
    rows = session.execute(undecided.order_by(DuplicatePair.id)).all()
    for start in range(0, len(rows), PAIRS_PER_STATEMENT):
        some = rows[start : start + PAIRS_PER_STATEMENT]
        chances = scorer.probability(_matrix([row.features for row in some])).tolist()
        scored = (
            sa.func.unnest(
                sa.cast([row.id for row in some], sa.ARRAY(sa.BigInteger)), sa.cast(chances, sa.ARRAY(sa.Double))
            )
            .table_valued("id", "probability")
            .render_derived(name="scored")
        )
        changed = sa.update(DuplicatePair).where(DuplicatePair.id == scored.c.id, DuplicatePair.verdict.is_(None))
        session.execute(changed.values(probability=scored.c.probability).execution_options(synchronize_session=False))


def _pairs_of(curve: DuplicateCurve) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        DuplicatePair.call_id == curve.call_id,
        DuplicatePair.model_id == curve.model_id,
        DuplicatePair.method == curve.method,
    )


def _latest(session: Session, call_id: int, model_id: int, method: Method) -> DuplicateCurve | None:
    curves = sa.select(DuplicateCurve).where(
        DuplicateCurve.call_id == call_id, DuplicateCurve.model_id == model_id, DuplicateCurve.method == method
    )
    return session.scalar(curves.order_by(DuplicateCurve.id.desc()).limit(1))

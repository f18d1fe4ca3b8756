"""How well the suggestions of duplicates agree with what people said of them afterwards."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.language.embedding import BUNDLED_NAME
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.embeddings.models import EmbeddingModel
from solicit.questions.models import DuplicateCurve, DuplicatePair
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import Method, Verdict

# Below one in five, a person reads more than five pairs for each duplicate (docs/decisions/0006).
LEAST_PROBABILITY = 0.2
# From here on a question would join the other one's group.
LIKELY = 0.5
# Without a shipped curve of its own, a model shows the order of its suggestions alone until so many verdicts.
VERDICTS_FOR_PROBABILITY = 50
N_BINS = 10
# An interval from 5 to 95 %.
Z = 1.645


@dataclass(frozen=True)
class Bin:
    """Verdicts on pairs whose probability, before the verdict, lay between ``low`` and ``high``."""

    low: float
    high: float
    n: int
    mean_probability: float
    share_same: float
    interval_low: float
    interval_high: float


@dataclass(frozen=True)
class CalibrationView:
    """What the plot of calibration shows.

    ``form`` is how probabilities come about now: "shipped", "cosine", "features" or "trees". ``threshold`` is the
    least probability of a suggestion. ``bins`` leaves empty ones out.
    """

    n_verdicts: int
    n_same: int
    form: str
    shows_probability: bool
    calibration_error: float | None
    bins: tuple[Bin, ...]
    n_audits: int
    n_audits_same: int
    threshold: float = LEAST_PROBABILITY


def calibration_view(
    session: Session, *, call: CallFacts, viewer_id: int, method: Method = Method.MEANING
) -> CalibrationView:
    """Verdicts on pairs in which this organizer has no part, each beside its probability from before; two statements.

    A decided pair keeps the probability that it had, so that no verdict is held against a curve that knew it.
    """
    model = _model_in_use(session, call, method)
    rows = _verdicts(session, call, viewer_id, method, model.id)
    numbers = dict.fromkeys(row.number for row in rows)
    bins = tuple(_bin(number, [row for row in rows if row.number == number]) for number in numbers)
    n_verdicts = sum(row.n for row in rows)
    audits = [row for row in rows if row.is_audit]
    return CalibrationView(
        n_verdicts=n_verdicts,
        n_same=sum(row.n_same for row in rows),
        form=model.form or "shipped",
        shows_probability=model.name in (None, BUNDLED_NAME) or n_verdicts >= VERDICTS_FOR_PROBABILITY,
        calibration_error=_error(bins),
        bins=bins,
        n_audits=sum(row.n for row in audits),
        n_audits_same=sum(row.n_same for row in audits),
    )


def wilson_interval(n_same: int, n: int) -> tuple[float, float]:
    """Where a share lies with a chance of nine in ten, from ``n_same`` of ``n``."""
    share, spread = n_same / n, Z * Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / n + spread / n / 4) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _verdicts(
    session: Session, call: CallFacts, viewer_id: int, method: Method, model_id: int | None
) -> Sequence[sa.Row]:
    """How many verdicts fell into each bin, apart for suggestions and audits."""
    counted = sa.select(
        sa.func.least(sa.func.floor(DuplicatePair.probability * N_BINS), N_BINS - 1).label("number"),
        DuplicatePair.is_audit,
        sa.func.count().label("n"),
        sa.func.count().filter(DuplicatePair.verdict == Verdict.SAME).label("n_same"),
        sa.func.sum(DuplicatePair.probability).label("expected"),
    ).where(
        DuplicatePair.call_id == call.id,
        DuplicatePair.model_id == model_id,
        DuplicatePair.method == method,
        DuplicatePair.verdict.is_not(None),
        ~is_involved(viewer_id, DuplicatePair.left_id),
        ~is_involved(viewer_id, DuplicatePair.right_id),
    )
    grouped = counted.group_by("number", DuplicatePair.is_audit).order_by("number", DuplicatePair.is_audit)
    return session.execute(grouped).all()


def _model_in_use(session: Session, call: CallFacts, method: Method) -> sa.Row:
    """The model that compares the call's questions, and the form of its latest curve; nothing of each before any."""
    form = (
        sa.select(DuplicateCurve.parameters["form"].astext)
        .where(
            DuplicateCurve.call_id == call.id,
            DuplicateCurve.model_id == EmbeddingModel.id,
            DuplicateCurve.method == method,
        )
        .order_by(DuplicateCurve.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        sa.select(EmbeddingModel.id, EmbeddingModel.name, form.label("form"))
        .select_from(Call)
        .outerjoin(EmbeddingModel, EmbeddingModel.id == Call.model_id)
        .where(Call.id == call.id)
    )
    return session.execute(found).one()


def _bin(number: float, rows: list[sa.Row]) -> Bin:
    n, n_same = sum(row.n for row in rows), sum(row.n_same for row in rows)
    low, high = wilson_interval(n_same, n)
    return Bin(
        low=number / N_BINS,
        high=(number + 1) / N_BINS,
        n=n,
        mean_probability=sum(row.expected for row in rows) / n,
        share_same=n_same / n,
        interval_low=low,
        interval_high=high,
    )


def _error(bins: tuple[Bin, ...]) -> float | None:
    """Expected calibration error: how far the bins are off, each weighed by its verdicts."""
    n = sum(each.n for each in bins)
    return sum(each.n * abs(each.mean_probability - each.share_same) for each in bins) / n if n else None

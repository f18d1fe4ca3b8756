"""What is measured of a closed round: agreement, severity, influence, and what stands out; no database."""

from dataclasses import dataclass

import numpy as np

from ml.decision.agreement import alpha_interval, kendall_w
from ml.decision.crossed_model import DIGITS
from ml.decision.health import (
    SURELY_TOGETHER,
    CoDeviation,
    Steps,
    co_deviation,
    effects_without,
    influence,
    leave_one_out_correlation,
)
from ml.decision.robust_model import fit_robust_model
from ml.decision.scoring import fit_crossed_model
from solicit.panels.queries.outcomes import HealthInput
from solicit.panels.states import Alarm

FEWEST_TO_COMPARE = 2
# More ratings of a question than this are counted together.
MOST_COUNTED = 12


@dataclass(frozen=True)
class OpenedAlarm:
    """What a person is to look into; ``measure`` is how far it stands out."""

    alarm: Alarm
    person_id: int
    other_person_id: int | None
    measure: float


@dataclass(frozen=True)
class Measured:
    """``report`` is JSON: numbers of the panel, and under "panelists" those of each of them."""

    report: dict
    alarms: tuple[OpenedAlarm, ...]


def measure(given: HealthInput, *, seed: int) -> Measured:
    """Measure a panel; the same ratings and seed give the same numbers."""
    counted = np.bincount(given.question, minlength=len(given.group))
    report = {
        "n_questions": len(given.group),
        "n_panelists": len(given.person_ids),
        "n_ratings": len(given.rating),
        "per_question": np.bincount(np.minimum(counted, MOST_COUNTED)).tolist(),
        "outcomes": given.outcomes,
        "confidence": given.confidence,
    }
    if len(given.person_ids) < FEWEST_TO_COMPARE:
        return Measured(report | {"w": None, "alpha": None, "panelists": []}, ())
    panelists, alarms = _panelists(given, seed)
    return Measured(report | _agreement(given, seed) | {"panelists": panelists}, alarms)


def _agreement(given: HealthInput, seed: int) -> dict:
    """Kendall's W on what all panelists rated, Krippendorff's alpha on everything."""
    table = np.full((len(given.person_ids), len(given.group)), np.nan)
    table[given.panelist, given.question] = given.rating
    common = table[:, np.isfinite(table).all(axis=0)]
    has_common = common.shape[1] >= FEWEST_TO_COMPARE
    w = _number(kendall_w(common)) if has_common else None
    found = alpha_interval(table, seed=seed % 2**63)
    values = {name: _number(getattr(found, name)) for name in ("alpha", "low", "high")}
    return {
        "w": None if w is None else {"value": w, "n_questions": common.shape[1]},
        "alpha": None if values["alpha"] is None else values,
    }


def _number(value: float) -> float | None:
    """Rounded for the report; JSON knows no NaN."""
    return round(float(value), DIGITS) if np.isfinite(value) else None


def _panelists(given: HealthInput, seed: int) -> tuple[list[dict], tuple[OpenedAlarm, ...]]:
    """Every panelist beside the others, and who stands out: against the panel, or in step with another."""
    rows = dict(question=given.question, panelist=given.panelist, rating=given.rating)
    design = rows | dict(n_questions=len(given.group), n_panelists=len(given.person_ids))
    crossed = fit_crossed_model(**design)
    robust = fit_robust_model(**design, seed=seed)
    effects = effects_without(**design, fit=crossed)
    steps = leave_one_out_correlation(**rows, effects=effects)
    changed = influence(effects=effects, question_effect=crossed.question_effect, group=given.group, k=given.k)
    n_ratings = np.bincount(given.panelist, minlength=len(given.person_ids))
    panelists = [
        {
            "person_id": person_id,
            "n_ratings": int(n_ratings[n]),
            "severity": _number(robust.leniency[n]),
            "low": _number(robust.leniency_low[n]),
            "high": _number(robust.leniency_high[n]),
            "influence": int(changed[n]),
            "agreement": _number(steps.correlation[n]),
        }
        for n, person_id in enumerate(given.person_ids)
    ]
    return panelists, _against(given, steps) + _in_step(given, co_deviation(**rows, fit=crossed))


def _against(given: HealthInput, steps: Steps) -> tuple[OpenedAlarm, ...]:
    """Who rates against what all others say."""
    return tuple(
        OpenedAlarm(Alarm.AGAINST_THE_PANEL, given.person_ids[n], None, round(float(steps.correlation[n]), DIGITS))
        for n in np.flatnonzero(steps.is_out_of_step)
    )


def _in_step(given: HealthInput, pairs: CoDeviation) -> tuple[OpenedAlarm, ...]:
    """Which two deviate from the panel together."""
    loud = np.flatnonzero(pairs.z > SURELY_TOGETHER)
    both = ((given.person_ids[pairs.first[n]], given.person_ids[pairs.second[n]], float(pairs.z[n])) for n in loud)
    return tuple(
        OpenedAlarm(Alarm.IN_STEP, min(one, other), max(one, other), round(z, DIGITS)) for one, other, z in both
    )

"""What is measured of a closed round: agreement, severity, influence, and what stands out. Arrays in, numbers out."""

from dataclasses import dataclass

import numpy as np

from ml.decision.agreement import alpha_interval, kendall_w
from ml.decision.crossed_model import DIGITS
from ml.decision.robust_model import fit_robust_model
from solicit.panels.queries.outcomes import HealthInput
from solicit.panels.states import Alarm

FEWEST_COMMON = 2
# More than so many ratings of a question are counted together.
MOST_COUNTED = 12


@dataclass(frozen=True)
class OpenedAlarm:
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
    shown = np.bincount(np.minimum(counted, MOST_COUNTED), minlength=int(counted.max(initial=0)) + 1)
    report = {
        "n_questions": len(given.group),
        "n_panelists": len(given.person_ids),
        "n_ratings": len(given.rating),
        "per_question": shown[: MOST_COUNTED + 1].tolist(),
        "outcomes": given.outcomes,
        "confidence": given.confidence,
        "panelists": [],
    }
    if len(given.person_ids) < FEWEST_COMMON:
        return Measured(report | {"w": None, "alpha": None}, ())
    table = _table(given)
    panelists, alarms = _panelists(given, seed)
    return Measured(report | {"w": _w(table), "alpha": _alpha(table, seed), "panelists": panelists}, alarms)

"""The dashboard: numbers, at most one warning, four plots, what waits, jobs and letters."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.jobs.queries import JobPage, unfinished_jobs
from solicit.questions.queries.duplicates.pairs import PairFilter, PairView, pair_rows
from solicit.questions.queries.screening.queue import DeskFilter, DeskRow, Viewing, desk_rows
from solicit.reports.queries.figures import DESK, Desk, Figures, figures_of
from solicit.reports.queries.plots import PLOTS
from solicit.reports.queries.plots.judging import PanelPace
from solicit.reports.queries.plots.part import Asking, read_parts
from solicit.reports.queries.queues import LETTERS, QUEUES, Letters, Waiting
from solicit.web.pagination import Window

QUEUE_LENGTH = Window(1, 5)
WAITED_TOO_LONG = timedelta(days=7)
# The plots that answer what organizers ask every day; the others have a page of their own.
SHOWN_PLOTS = ("pace", "countries", "themes", "panels")


class Concern(enum.Enum):
    """What the one warning is about."""

    PANEL = "panel"
    LETTERS = "letters"
    SCREENING = "screening"
    DUPLICATES = "duplicates"


@dataclass(frozen=True)
class Pressing:
    """The most pressing thing, with the numbers that show it; ``days`` is None where nobody can tell."""

    concern: Concern
    n: int
    days: int | None = None
    panel: PanelPace | None = None


@dataclass(frozen=True)
class Dashboard:
    """``plots`` are the numbers of SHOWN_PLOTS by name."""

    figures: Figures
    days_to_close: int | None
    warning: Pressing | None
    plots: Mapping[str, object]
    waiting: Mapping[Waiting, int]
    letters: Letters
    to_screen: tuple[DeskRow, ...]
    duplicates: tuple[PairView, ...]
    jobs: tuple[JobPage, ...]


def dashboard(session: Session, *, call: CallFacts, viewer_id: int, now: datetime) -> Dashboard:
    """Everything on the dashboard of one organizer; four statements."""
    asking = Asking(call, viewer_id, now)
    parts = {name: PLOTS[name] for name in SHOWN_PLOTS} | {"desk": DESK, "waiting": QUEUES, "letters": LETTERS}
    said = read_parts(session, asking=asking, parts=parts)
    return Dashboard(
        figures=figures_of(asking, said),
        days_to_close=_days_to_close(call, now),
        warning=warning_of(said["desk"], said["panels"].panels, said["letters"], now=now),
        plots={name: said[name] for name in SHOWN_PLOTS},
        waiting=said["waiting"],
        letters=said["letters"],
        to_screen=desk_rows(session, viewing=Viewing(call, viewer_id, now), chosen=DeskFilter(), window=QUEUE_LENGTH),
        duplicates=pair_rows(session, call=call, viewer_id=viewer_id, chosen=PairFilter(), window=QUEUE_LENGTH),
        jobs=unfinished_jobs(session, call_id=call.id),
    )


def _days_to_close(call: CallFacts, now: datetime) -> int | None:
    """Whole days; None once it is closed, by its date or before it by an organizer."""
    is_to_close = call.state in (CallState.DRAFT, CallState.OPEN) and now < call.closes_at
    return (call.closes_at - now).days if is_to_close else None


def warning_of(desk: Desk, panels: Iterable[PanelPace], letters: Letters, *, now: datetime) -> Pressing | None:
    """The first of: the panel that is furthest behind, letters that did not go out, what waited over a week."""
    behind = [panel for panel in panels if panel.is_behind]
    if behind:
        worst = max(behind, key=lambda panel: panel.due - panel.n_done / panel.n_assigned)
        return Pressing(Concern.PANEL, worst.n_assigned - worst.n_done, worst.days_late(now), worst)
    if letters.n_failed:
        return Pressing(Concern.LETTERS, letters.n_failed)
    waits = (
        (Concern.SCREENING, desk.n_to_screen, desk.oldest_to_screen_at),
        (Concern.DUPLICATES, desk.n_duplicates, desk.oldest_duplicate_at),
    )
    for concern, n, oldest_at in waits:
        if oldest_at and now - oldest_at > WAITED_TOO_LONG:
            return Pressing(concern, n, (now - oldest_at).days)
    return None

"""The organizers' dashboard: numbers, one warning, plots, what waits, jobs and letters."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template, url_for
from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db
from solicit.reports.queries import dashboard as queries
from solicit.reports.queries.figures import Figures
from solicit.reports.queries.queues import Waiting
from solicit.reports.views import bp
from solicit.reports.views.plots import draw_all
from solicit.web.counting import ngettext
from solicit.web.pages import Link


@dataclass(frozen=True)
class KeyFigure:
    label: str
    value: str
    note: str


@bp.get("/<call>/organize")
@requires(Permission.SEE_DASHBOARD, call_subject)
def dashboard(call: CallFacts):
    now = utcnow()
    view = queries.dashboard(db.session(), call=call, viewer_id=g.identity.person_id, now=now)
    return render_template(
        "reports/dashboard.html",
        is_over=call.desk_is_over,
        view=view,
        now=now,
        figures=_key_figures(view.figures, view.days_to_close, call),
        plots=draw_all(view.plots),
        queues=_queues(view.waiting),
    )


def _key_figures(numbers: Figures, days_to_close: int | None, call: CallFacts) -> tuple[KeyFigure, ...]:
    desk, close = numbers.desk, format_date(call.stops_at.date(), "d MMM y")
    return (
        KeyFigure(_("Submissions"), format_decimal(numbers.n_submissions), _change(numbers.n_submissions_week)),
        KeyFigure(_("Countries"), format_decimal(numbers.n_countries), _change(numbers.n_countries_week)),
        KeyFigure(_("Duplicates to check"), format_decimal(desk.n_duplicates), _change(desk.n_duplicates_week)),
        KeyFigure(_("Reviews done"), format_decimal(numbers.n_done), _reviews_note(numbers)),
        KeyFigure(_("Days to close"), _("Closed") if days_to_close is None else format_decimal(days_to_close), close),
    )


def _change(n: int) -> str:
    return _("+%(n)s in 7 days", n=format_decimal(n))


def _reviews_note(numbers: Figures) -> str:
    if not numbers.n_assigned:
        return _("none assigned yet")
    share = format_percent(numbers.n_done / numbers.n_assigned)
    assigned, week = format_decimal(numbers.n_assigned), format_decimal(numbers.n_done_week)
    return _("%(share)s of %(n)s, +%(week)s in 7 days", share=share, n=assigned, week=week)


def _queues(waiting: Mapping[Waiting, int]) -> tuple[Link, ...]:
    """What waits, by words with its number and where to decide on it."""
    places = {
        Waiting.REPORTS: ("questions.reports", _reports),
        Waiting.SECOND_LOOKS: ("questions.second_looks", _second_looks),
        Waiting.CONFLICTS: ("panels.conflicts", _conflicts),
        Waiting.LIMITS: ("invitations.limits", _limits),
        Waiting.LETTERS: ("invitations.letters", _letters),
    }
    return tuple(
        Link(words(waiting[name]), url_for(endpoint)) for name, (endpoint, words) in places.items() if waiting.get(name)
    )


def _reports(n: int) -> str:
    return ngettext("%(num)s problem report to answer", "%(num)s problem reports to answer", n)


def _second_looks(n: int) -> str:
    return ngettext("%(num)s request for a second look", "%(num)s requests for a second look", n)


def _conflicts(n: int) -> str:
    return ngettext("%(num)s conflict of interest to decide on", "%(num)s conflicts of interest to decide on", n)


def _limits(n: int) -> str:
    return ngettext(
        "%(num)s change of limits for a second organizer", "%(num)s changes of limits for a second organizer", n
    )


def _letters(n: int) -> str:
    return ngettext(
        "%(num)s batch of letters for a second organizer", "%(num)s batches of letters for a second organizer", n
    )

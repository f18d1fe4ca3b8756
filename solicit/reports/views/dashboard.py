"""The organizers' dashboard and the numbers behind its plots."""

from dataclasses import dataclass

from flask import g, render_template
from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db
from solicit.reports.queries import dashboard as queries
from solicit.reports.queries.figures import Figures
from solicit.reports.views import bp
from solicit.web.charts import BarRow, ColumnChart, DrawnBar, bar_chart, bar_list
from solicit.web.counting import ngettext


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
        view=view,
        now=now,
        figures=_key_figures(view.figures, view.days_to_close, call),
        pace=_pace(view.days),
        pace_finding=_pace_finding(view.days),
        balance=_balance(view.shares),
    )


def _key_figures(numbers: Figures, days_to_close: int | None, call: CallFacts) -> tuple[KeyFigure, ...]:
    close = format_date(call.closes_at.date(), "d MMM y")
    return (
        KeyFigure(_("Submissions"), format_decimal(numbers.n_submissions), _change(numbers.n_submissions_week)),
        KeyFigure(_("Countries"), format_decimal(numbers.n_countries), _change(numbers.n_countries_week)),
        KeyFigure(_("Duplicates to check"), format_decimal(numbers.n_duplicates), _change(numbers.n_duplicates_week)),
        KeyFigure(_("Reviews done"), format_decimal(numbers.n_done), _reviews_note(numbers)),
        KeyFigure(_("Days to close"), _("closed") if days_to_close is None else format_decimal(days_to_close), close),
    )


def _change(n: int) -> str:
    return _("+%(n)s in 7 days", n=format_decimal(n))


def _reviews_note(numbers: Figures) -> str:
    if not numbers.n_assigned:
        return _("none assigned yet")
    share = format_percent(numbers.n_done / numbers.n_assigned)
    assigned, week = format_decimal(numbers.n_assigned), format_decimal(numbers.n_done_week)
    return _("%(share)s of %(n)s, +%(week)s in 7 days", share=share, n=assigned, week=week)


def _pace(days: tuple[queries.Day, ...]) -> ColumnChart:
    labels = [format_date(day.day, "d MMM") for day in days]
    return bar_chart(labels, [day.n for day in days], [day.mean for day in days])


def _pace_finding(days: tuple[queries.Day, ...]) -> str:
    if not days:
        return _("No submission yet.")
    last_week = sum(day.n for day in days[-7:])
    before = sum(day.n for day in days[-14:-7])
    return ngettext(
        "%(num)s submission in the last 7 days shown, %(before)s in the 7 days before.",
        "%(num)s submissions in the last 7 days shown, %(before)s in the 7 days before.",
        last_week,
        before=before,
    )


def _balance(shares: tuple[queries.ThemeShare, ...]) -> tuple[DrawnBar, ...]:
    """One bar per theme; the mark is an even split."""
    themes = [share for share in shares if share.theme]
    even = 1 / len(themes) if themes else None
    return bar_list(
        [
            BarRow(
                label=share.theme.name if share.theme else _("No theme chosen"),
                value=share.share,
                text=format_percent(share.share),
                mark=even if share.theme else None,
                theme=share.theme,
            )
            for share in shares
            if any(other.n for other in shares)
        ]
    )

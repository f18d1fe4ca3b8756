"""How far a panel is, and the chair's way to its rounds."""

from datetime import timedelta

from flask import g, render_template
from flask_babel import format_date
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db
from solicit.panels.queries.desk import panel_subject
from solicit.panels.queries.progress import Pace, progress_page
from solicit.panels.views import bp
from solicit.rankings.queries.runs import runs


@bp.get("/<call>/review/panels/<id:panel_id>")
@requires(Permission.CHAIR_PANEL, panel_subject)
def progress(call: CallFacts, panel_id: int):
    view = progress_page(db.session(), call=call, panel_id=panel_id, now=utcnow())
    is_chair = g.identity.holds(Role.CHAIR, call_id=call.id, panel_id=panel_id)
    frozen = runs(db.session(), call_id=call.id) if is_chair else ()
    finding = _finding(view.pace) if view.pace else ""
    return render_template("panels/progress.html", view=view, runs=frozen, finding=finding)


def _finding(pace: Pace) -> str:
    """What one sees in the picture, in a sentence."""
    ahead, today = pace.forecast, utcnow().date()
    if ahead.is_too_early:
        return _("Too early for a forecast: it needs three days and ten reviews.")
    if ahead.early is None:
        return _("At this pace it takes more than a year.") if pace.n_done < pace.n_in_all else ""
    if not ahead.early:
        return _("Everything that was asked for is done.")
    first = format_date(today + timedelta(days=ahead.early), "d MMMM yyyy")
    if ahead.late is None:
        return _("At this pace all is done on %(day)s at the earliest, and maybe not within a year.", day=first)
    last = format_date(today + timedelta(days=ahead.late), "d MMMM yyyy")
    return _("At this pace all is done between %(first)s and %(last)s.", first=first, last=last)

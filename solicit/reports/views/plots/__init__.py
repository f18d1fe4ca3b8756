"""All plots of a call on one page, and the numbers of each as a file."""

from collections.abc import Callable, Mapping

from flask import g, render_template

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db
from solicit.reports.queries.plots import PLOTS
from solicit.reports.queries.plots.part import Asking, read_parts
from solicit.reports.views import bp
from solicit.reports.views.plots import arrivals, judging, likeness, results
from solicit.reports.views.plots.plot import Plot, PlotFile
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download

DRAWN: Mapping[str, tuple[Callable[..., Plot], PlotFile]] = {
    "pace": (arrivals.draw_pace, arrivals.PER_DAY),
    "countries": (arrivals.draw_countries, arrivals.PER_COUNTRY),
    "themes": (arrivals.draw_themes, arrivals.PER_THEME),
    "panels": (judging.draw_panels, judging.PER_PANEL),
    "reviews": (judging.draw_reviews, judging.PER_RATINGS),
    "intervals": (results.draw_intervals, results.PER_QUESTION),
    "severity": (judging.draw_severity, judging.PER_PANELIST),
    "similarity": (likeness.draw_similarity, likeness.PER_SIMILARITY),
    "topics": (likeness.draw_topics, likeness.PER_TOPIC),
    "seats": (results.draw_seats, results.PER_SEATS),
}


@bp.get("/<call>/organize/plots")
@requires(Permission.SEE_DASHBOARD, call_subject)
def plots(call: CallFacts):
    asking = Asking(call, g.identity.person_id, utcnow())
    numbers = read_parts(db.session(), asking=asking, parts=PLOTS)
    return render_template("reports/plots.html", now=asking.now, plots=draw_all(numbers))


@bp.get(f"/<call>/organize/plots/<any({', '.join(PLOTS)}):plot>.csv")
@requires(Permission.EXPORT, call_subject)
def plot_table(call: CallFacts, plot: str):
    asking = Asking(call, g.identity.person_id, utcnow())
    numbers = read_parts(db.session(), asking=asking, parts={plot: PLOTS[plot]})
    _draw, file = DRAWN[plot]
    names = [column.name for column in file.columns]
    return download(f"{call.slug}-{plot}.csv", CSV_TYPE, csv_lines(names, file.cells(numbers[plot])))


def draw_all(numbers: Mapping[str, object]) -> dict[str, Plot]:
    """The plots of these numbers by name, in the order given."""
    return {name: DRAWN[name][0](each) for name, each in numbers.items()}

"""The public page of published rankings."""

from flask import abort, g, render_template, request

from solicit.access.guard import public as open_to_all
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.rankings.queries import published as queries
from solicit.rankings.queries.runs import RunLink, runs
from solicit.rankings.views import bp
from solicit.rankings.views.run import SCALE, chosen_theme, drawn, theme_options
from solicit.submissions.queries.readers import is_reader
from solicit.web.facets import list_url
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from


@bp.get("/<locale:lang>/<call>/ranking")
@open_to_all
def public(lang: str, call: CallFacts):
    if not is_reader(db.session(), call=call, who=g.identity):
        abort(404)
    published = runs(db.session(), call_id=call.id, only_published=True)
    run = _chosen(published)
    per_theme = queries.public_theme_counts(db.session(), call=call, run_id=run.id)
    theme, window = chosen_theme(call, per_theme), window_from(request.args.get("page"))
    rows = queries.public_rows(db.session(), run_id=run.id, theme_id=theme.id, window=window)
    filters = {"run": str(run.id), "theme": theme.key}
    return render_template(
        "rankings/public.html",
        run=run,
        published=published,
        theme=theme,
        themes=theme_options(call, filters, per_theme),
        rows=drawn(rows),
        scale=SCALE,
        pagination=paginate(window, per_theme.get(theme.key, 0), lambda page: list_url(filters, page=page)),
    )


def _chosen(published: tuple[RunLink, ...]) -> RunLink:
    """The run asked for by number or kind, else the latest result."""
    results = [run for run in published if run.is_current] or published or abort(404)
    number, kind = id_from(request.args.get("run")), request.args.get("kind")
    by_number = next((run for run in published if run.id == number), None)
    return by_number or next((run for run in results if run.kind.value == kind), results[0])

"""Pages of rankings: frozen by organizers, published for everybody."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public as open_to_all
from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, ThemeView, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import start_job
from solicit.panels.queries.rounds import round_page, round_subject
from solicit.rankings import queries, service
from solicit.web.charts import interval_row
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

bp = Blueprint("rankings", __name__)

SCALE_LOW, SCALE_HIGH = 1, 5


@bp.get("/<call>/organize/ranking")
@requires(Permission.SEE_RANKING, call_subject)
def index(call: CallFacts):
    return render_template(
        "rankings/index.html",
        runs=queries.runs(db.session(), call_id=call.id),
        rounds=queries.closed_rounds(db.session(), call_id=call.id),
    )


@bp.get("/<call>/organize/ranking/rounds/<id:round_id>/freeze")
@requires(Permission.FREEZE_RANKING, round_subject)
def confirm_freeze(call: CallFacts, round_id: int):
    return _freeze_page(round_id, ActionForm())


@bp.post("/<call>/organize/ranking/rounds/<id:round_id>/freeze")
@requires(Permission.FREEZE_RANKING, round_subject)
def freeze(call: CallFacts, round_id: int):
    form = ActionForm()
    if not form.accepted():
        return _freeze_page(round_id, form), 422
    try:
        with transaction() as session:
            job_id = start_job(
                session,
                kind="rankings.freeze",
                call_id=call.id,
                task="rankings.freeze",
                n_steps=1,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                call_slug=call.slug,
                round_id=round_id,
                actor_id=g.identity.person_id,
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _freeze_page(round_id, form), 409
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/ranking/<id:run_id>")
@requires(Permission.SEE_RANKING, queries.run_subject)
def page(call: CallFacts, run_id: int):
    return _run_page(call, run_id, is_organizer=True)


@bp.get("/<call>/review/ranking/<id:run_id>")
@requires(Permission.SEE_RANKING_AS_CHAIR, queries.run_subject)
def chair_page(call: CallFacts, run_id: int):
    return _run_page(call, run_id, is_organizer=False)


@bp.get("/<call>/organize/ranking/<id:run_id>/publish")
@requires(Permission.FREEZE_RANKING, queries.run_subject)
def confirm_publish(call: CallFacts, run_id: int):
    return _publish_page(run_id, ActionForm())


@bp.post("/<call>/organize/ranking/<id:run_id>/publish")
@requires(Permission.FREEZE_RANKING, queries.run_subject)
def publish(call: CallFacts, run_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                service.publish(session, call=call, run_id=run_id, actor_id=g.identity.person_id, now=utcnow())
            flash(_("The ranking is published."), "success")
            return redirect(url_for(".page", run_id=run_id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _publish_page(run_id, form), 409


@bp.get("/<locale:lang>/<call>/ranking")
@open_to_all
def public(lang: str, call: CallFacts):
    published = queries.runs(db.session(), call_id=call.id, only_published=True)
    if not published:
        abort(404)
    latest = {run.kind: run for run in reversed(published)}
    run = next((run for run in latest.values() if run.kind.value == request.args.get("kind")), published[0])
    per_theme = queries.public_theme_counts(db.session(), call=call, run_id=run.id)
    theme, window = _theme(call, per_theme), window_from(request.args.get("page"))
    rows = queries.public_rows(db.session(), run_id=run.id, theme_id=theme.id, window=window)
    table = _table(call, theme, window, rows, per_theme, {"kind": run.kind.value})
    return render_template("rankings/public.html", run=run, published=tuple(latest.values()), **table)


def _run_page(call: CallFacts, run_id: int, *, is_organizer: bool) -> str:
    viewer_id = g.identity.person_id
    counts = queries.theme_counts(db.session(), call=call, run_id=run_id, viewer_id=viewer_id)
    theme, window = _theme(call, counts.per_theme), window_from(request.args.get("page"))
    rows = queries.ranking_rows(db.session(), run_id=run_id, theme_id=theme.id, viewer_id=viewer_id, window=window)
    return render_template(
        "rankings/page.html",
        view=queries.run_page(db.session(), run_id=run_id),
        n_hidden=counts.n_hidden,
        is_organizer=is_organizer,
        **_table(call, theme, window, rows, counts.per_theme, {}),
    )


def _theme(call: CallFacts, counted) -> ThemeView:
    """The theme asked for, else the first with rows: places are counted within a theme."""
    usual = next((theme for theme in call.themes if theme.key in counted), None)
    return call.theme(request.args.get("theme")) or usual or (call.themes[0] if call.themes else abort(404))


def _table(call: CallFacts, theme: ThemeView, window, rows, per_theme, filters: dict) -> dict:
    filters = filters | {"theme": theme.key}
    names = [(known.key, known.name, per_theme[known.key]) for known in call.themes if known.key in per_theme]
    return {
        "theme": theme,
        "themes": facet_options(filters, "theme", names),
        "rows": [(row, interval_row(row.low, row.mean, row.high, SCALE_LOW, SCALE_HIGH)) for row in rows],
        "scale": (SCALE_LOW, SCALE_HIGH),
        "pagination": paginate(window, per_theme.get(theme.key, 0), lambda page: list_url(filters, page=page)),
    }


def _freeze_page(round_id: int, form: ActionForm) -> str:
    view = round_page(db.session(), round_id=round_id)
    return render_template("rankings/freeze.html", round=view, form=form)


def _publish_page(run_id: int, form: ActionForm) -> str:
    return render_template("rankings/publish.html", view=queries.run_page(db.session(), run_id=run_id), form=form)

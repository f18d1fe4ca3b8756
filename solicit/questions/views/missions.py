"""The matrix of questions and missions: which could answer which, suggested and said."""

from collections.abc import Iterable

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, MissionView, call_subject
from solicit.calls.queries import missions as missions_of
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.questions.queries import missions as queries
from solicit.questions.queries.involvement import question_subject
from solicit.questions.service.missions import judge_missions as judge
from solicit.questions.service.missions import start_suggesting
from solicit.questions.states import MissionVerdict
from solicit.questions.views import bp
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from
from solicit.words import N_

MATRIX = "/<call>/organize/missions/matrix"
STANDINGS = {queries.WAITING: N_("Waiting for a verdict"), queries.CONFIRMED: N_("With a confirmed mission")}
COLUMNS = ("question", "theme_key", "title", "mission_key", "mission", "similarity", "verdict")
# What the verdict in an address means; to take one back is no verdict.
VERDICTS = {"confirmed": MissionVerdict.CONFIRMED, "refused": MissionVerdict.REFUSED, "open": None}
MOST_AT_ONCE = 300


@bp.get(MATRIX)
@requires(Permission.ARRANGE_CALL, call_subject)
def missions(call: CallFacts):
    listed, window = missions_of(db.session(), call.id), window_from(request.args.get("page"))
    filters = _filters()
    wanted = _wanted(call, listed, filters)
    asked = dict(call=call, viewer_id=g.identity.person_id, wanted=wanted)
    shown = tuple(each for each in listed if wanted.mission_id in (None, each.id))
    counts = queries.matrix_counts(db.session(), **asked)
    return render_template(
        "questions/missions.html",
        missions=shown,
        has_missions=bool(listed),
        rows=queries.matrix_rows(db.session(), **asked, missions=shown, window=window),
        filters=filters,
        page_number=window.page,
        facets=_facets(call, listed, filters, counts),
        pagination=paginate(window, counts.total, lambda page: list_url(filters, page=page)),
    )


@bp.get(MATRIX + ".csv")
@requires(Permission.ARRANGE_CALL, call_subject)
def missions_file(call: CallFacts):
    wanted = _wanted(call, missions_of(db.session(), call.id), _filters())
    rows = queries.link_cells(db.session(), call=call, viewer_id=g.identity.person_id, wanted=wanted)
    return download(f"{call.slug}-questions-and-missions.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.post(MATRIX + "/suggest")
@requires(Permission.ARRANGE_CALL, call_subject)
def suggest_missions(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".missions"), 303)
    with transaction() as session:
        job_id = start_suggesting(
            session,
            call_id=call.id,
            started_by_id=g.identity.person_id,
            result_path=url_for(".missions"),
            now=utcnow(),
        )
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.post(MATRIX)
@requires(Permission.ARRANGE_CALL, call_subject)
def judge_missions(call: CallFacts):
    """Say the same of every chosen pair; one with a question in which the organizer has a part refuses them all."""
    pairs = _chosen_pairs(request.form.getlist("selected"))
    if not pairs or request.form.get("verdict") not in VERDICTS:
        flash(_("Select at least one cell first."), "warning")
        return redirect(_back(), 303)
    _judge(call, pairs, request.form["verdict"])
    flash(ngettext("%(num)s verdict is kept.", "%(num)s verdicts are kept.", len(pairs)), "success")
    return redirect(_back(), 303)


@bp.post(MATRIX + "/<id:question_id>/<id:mission_id>/<any(confirmed, refused, open):verdict>")
@requires(Permission.LINK_MISSION, question_subject)
def judge_mission(call: CallFacts, question_id: int, mission_id: int, verdict: str):
    _judge(call, {(question_id, mission_id)}, verdict)
    return redirect(_back(_anchor=f"question-{question_id}"), 303)


def _judge(call: CallFacts, pairs: set[tuple[int, int]], verdict: str) -> None:
    if not ActionForm().accepted():
        abort(400)
    said = dict(verdict=VERDICTS[verdict], actor_id=g.identity.person_id, now=utcnow())
    with transaction() as session:
        judge(session, call_id=call.id, pairs=pairs, **said)


def _chosen_pairs(values: Iterable[str]) -> set[tuple[int, int]]:
    """Pairs such as “12-3”; anything else is missing."""
    pairs = {tuple(id_from(part) or abort(404) for part in value.split("-")) for value in values}
    if len(pairs) > MOST_AT_ONCE or any(len(pair) != 2 for pair in pairs):
        abort(404)
    return pairs


def _filters() -> dict[str, str | None]:
    return {name: request.args.get(name) for name in ("theme", "mission", "standing")}


def _back(**values: object) -> str:
    """The page of the matrix from which something was sent: its filters are in the address."""
    return url_for(".missions", page=request.args.get("page"), **_filters(), **values)


def _wanted(call: CallFacts, listed: tuple[MissionView, ...], filters: dict) -> queries.MatrixFilter:
    """The filter of the address; what it names and the call does not have is no filter."""
    theme = call.theme(filters["theme"])
    mission = next((each for each in listed if each.key == filters["mission"]), None)
    return queries.MatrixFilter(
        theme_id=theme and theme.id,
        mission_id=mission and mission.id,
        standing=filters["standing"] if filters["standing"] in STANDINGS else None,
    )


def _facets(
    call: CallFacts, listed: tuple[MissionView, ...], filters: dict, counts: queries.MatrixCounts
) -> list[tuple[str, tuple]]:
    themes = ((theme.key, theme.name, counts.per_theme.get(theme.id, 0)) for theme in call.themes)
    missions = ((each.key, each.name, counts.per_mission.get(each.id, 0)) for each in listed)
    standings = ((name, _(word), counts.per_standing.get(name, 0)) for name, word in STANDINGS.items())
    return [
        (_("State"), facet_options(filters, "standing", standings)),
        (_("Theme"), facet_options(filters, "theme", themes)),
        (_("Mission"), facet_options(filters, "mission", missions)),
    ]

"""One frozen ranking, with every number: filters, remarks, what differs from another one, and its files."""

import io
import zipfile
from itertools import groupby

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Subject, permits
from solicit.calls.queries import CallFacts, ThemeView
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.rankings.forms import RemarkForm, wanted_from, words_from
from solicit.rankings.queries import differences as changes
from solicit.rankings.queries import remarks as notes
from solicit.rankings.queries import rows as queries
from solicit.rankings.queries.runs import RunLink, RunPage, run_page, run_subject
from solicit.rankings.service.annotate import annotate as write_remark
from solicit.rankings.service.package import package
from solicit.rankings.states import EVIDENCE_WORDS, SORT_WORDS, Evidence
from solicit.rankings.views import bp
from solicit.rankings.views.desk import may_freeze
from solicit.web.charts import interval_row
from solicit.web.facets import facet_options, list_url
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from

SCALE = (1, 5)


@bp.get("/<call>/organize/ranking/<id:run_id>")
@requires(Permission.SEE_RANKING, run_subject)
def page(call: CallFacts, run_id: int):
    viewer_id, words = g.identity.person_id, words_from(request.args)
    counted = queries.counts(db.session(), call=call, run_id=run_id, viewer_id=viewer_id, words=words)
    theme, window = chosen_theme(call, counted.per_theme), window_from(request.args.get("page"))
    wanted = wanted_from(request.args, theme_id=theme.id)
    rows = queries.ranking_rows(db.session(), run_id=run_id, wanted=wanted, viewer_id=viewer_id, window=window)
    view = run_page(db.session(), run_id=run_id)
    filters = {
        "theme": theme.key,
        "evidence": wanted.evidence and wanted.evidence.value,
        "q": words,
        "sort": request.args.get("sort") if wanted.sort != queries.USUAL_SORT else None,
    }
    return render_template(
        "rankings/page.html",
        view=view,
        theme=theme,
        filters=filters,
        themes=theme_options(call, filters, counted.per_theme),
        evidences=_evidence_options(filters, counted.per_evidence.get(theme.id, {})),
        sorts=_sorts(filters, wanted.sort),
        sections=_sections(rows),
        scale=SCALE,
        n_hidden=counted.n_hidden,
        remarks=notes.remarks(db.session(), run_ids=[run_id], viewer_id=viewer_id),
        may_freeze=may_freeze(call, view.panel_id),
        may_export=permits(g.identity, Permission.EXPORT, Subject(call_id=call.id)),
        pagination=paginate(window, counted.n_fitting(wanted), lambda page: list_url(filters, page=page)),
    )


@bp.get("/<call>/organize/ranking/<id:run_id>/changes")
@requires(Permission.SEE_RANKING, run_subject)
def differences(call: CallFacts, run_id: int):
    view, window = run_page(db.session(), run_id=run_id), window_from(request.args.get("page"))
    before = _before(view)
    asked = dict(before_id=before.id, after_id=run_id, viewer_id=g.identity.person_id)
    found = changes.differences(db.session(), **asked, window=window)
    pagination = paginate(window, found.n_moved, lambda page: list_url({"of": str(before.id)}, page=page))
    themes = {theme.id: theme for theme in call.themes}
    return render_template(
        "rankings/differences.html", view=view, before=before, found=found, themes=themes, pagination=pagination
    )


@bp.get("/<call>/organize/ranking/<id:run_id>/remark")
@requires(Permission.ANNOTATE_RANKING, run_subject)
def remark(call: CallFacts, run_id: int):
    return _remark_page(run_id, _remark_form(call))


@bp.post("/<call>/organize/ranking/<id:run_id>/remark")
@requires(Permission.ANNOTATE_RANKING, run_subject)
def annotate(call: CallFacts, run_id: int):
    form = _remark_form(call)
    if not form.accepted():
        return _remark_page(run_id, form), 422
    said = dict(panel_id=int(form.panel.data), label=form.label.data, text=form.text.data)
    try:
        with transaction() as session:
            write_remark(session, call=call, run_id=run_id, **said, person_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _remark_page(run_id, form), 409
    flash(_("The remark stands beside the ranking."), "success")
    return redirect(url_for(".page", run_id=run_id, _anchor="remarks"), 303)


@bp.get("/<call>/organize/ranking/<id:run_id>/package.zip")
@requires(Permission.EXPORT, run_subject)
def download(call: CallFacts, run_id: int):
    """Everything that it takes to check a run; its draws are computed again."""
    made = package(db.session(), run_id=run_id, viewer_id=g.identity.person_id)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, lines in made.files().items():
            with packed.open(name, "w") as member:
                member.writelines(line.encode() for line in lines())
    file.seek(0)
    name = f"{call.slug}-ranking-run-{run_id}.zip"
    answer = send_file(file, "application/zip", as_attachment=True, download_name=name)
    # The library's own word here is weaker than the house's.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def chosen_theme(call: CallFacts, counted) -> ThemeView:
    """The theme asked for, else the first with rows: places are counted within a theme."""
    usual = next((theme for theme in call.themes if theme.key in counted), None)
    return call.theme(request.args.get("theme")) or usual or (call.themes[0] if call.themes else abort(404))


def theme_options(call: CallFacts, filters: dict, per_theme) -> tuple:
    """The themes with rows as links; another theme begins at its first page."""
    names = [(known.key, known.name, per_theme[known.key]) for known in call.themes if known.key in per_theme]
    return facet_options(filters, "theme", names)


def drawn(rows) -> list:
    """Rows with the picture of their interval on the scale of the criteria."""
    return [(row, interval_row(row.low, row.mean, row.high, *SCALE)) for row in rows]


def _sections(rows: tuple[queries.RankedRow, ...]) -> list:
    """What is ranked, set aside and not ranked, each under a heading of its own."""
    return [(evidence, drawn(each)) for evidence, each in groupby(rows, key=lambda row: row.evidence)]


def _evidence_options(filters: dict, counted: dict) -> tuple:
    named = [(e.value, _(EVIDENCE_WORDS[e]), counted[e]) for e in Evidence if counted.get(e)]
    return facet_options(filters, "evidence", named)


def _sorts(filters: dict, current: str) -> list[dict]:
    return [
        {
            "label": _(SORT_WORDS[sort]),
            "url": list_url(filters, sort=sort if sort != queries.USUAL_SORT else None),
            "current": sort == current,
        }
        for sort in queries.SORTS
    ]


def _before(view: RunPage) -> RunLink:
    """The run to compare with: the one asked for, else the earliest other one of the round, else itself."""
    asked = id_from(request.args.get("of"))
    known = {run.id: run for run in view.others}
    return known.get(asked) or (view.others[-1] if view.others else view.run)


def _remark_form(call: CallFacts) -> RemarkForm:
    return RemarkForm().offer(notes.panels_spoken_for(db.session(), call_id=call.id, who=g.identity))


def _remark_page(run_id: int, form: RemarkForm) -> str:
    return render_template("rankings/remark.html", view=run_page(db.session(), run_id=run_id), form=form)

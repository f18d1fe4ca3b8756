"""All merges, standing and undone: a list, what is merged into what, and undoing."""

from collections.abc import Mapping

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.panels.service.merging import merging
from solicit.questions.queries.duplicates.merges import MERGE_WORDS, STANDS, merge_list, merge_subject, merge_trees
from solicit.questions.service.unmerge import undo_merge as undo
from solicit.questions.views import bp
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

LONGEST_SEARCH = 200
TREES_PER_PAGE = 20
ANY = "all"
COLUMNS = (
    "number", "title", "into_number", "into_title", "submissions", "merged_at", "merged_by", "undone_at", "undone_by"
)  # fmt: skip


@bp.get("/<call>/organize/merges")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def merges(call: CallFacts):
    filters, window = _filters(), window_from(request.args.get("page"))
    found = merge_list(db.session(), **_asked(call, filters), window=window)
    counted = ((state, _(word), found.per_state.get(state, 0)) for state, word in MERGE_WORDS.items())
    return render_template(
        "questions/merges.html",
        merges=found.rows,
        filters=filters,
        states=facet_options(filters, "state", counted, without=ANY),
        table_url=url_for(".merges_table", **filters),
        pagination=paginate(window, _total(filters, found.per_state), lambda page: list_url(filters, page=page)),
    )


@bp.get("/<call>/organize/merges.csv")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def merges_table(call: CallFacts):
    found = merge_list(db.session(), **_asked(call, _filters()))
    rows = (
        (
            row.source.label,
            row.source.title,
            row.target.label,
            row.target.title,
            row.n_submissions,
            row.merged_at.isoformat(),
            row.merged_by,
            row.undone_at.isoformat() if row.undone_at else None,
            row.undone_by,
        )
        for row in found.rows
    )
    return download(f"{call.slug}-merges.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.get("/<call>/organize/merges/groups")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def merge_groups(call: CallFacts):
    window = window_from(request.args.get("page"), TREES_PER_PAGE)
    trees, total = merge_trees(db.session(), call=call, viewer_id=g.identity.person_id, window=window)
    pagination = paginate(window, total, lambda page: list_url({}, page=page))
    return render_template("questions/merge_groups.html", trees=trees, pagination=pagination)


@bp.post("/<call>/organize/merges/<id:merge_id>/undo")
@requires(Permission.JUDGE_PAIR, merge_subject)
def undo_merge(call: CallFacts, merge_id: int):
    if ActionForm().accepted():
        by = dict(actor_id=g.identity.person_id, now=utcnow())
        with transaction() as session, merging(session, call_id=call.id, **by):
            undo(session, merge_id=merge_id, **by)
        flash(_("The merge is undone. Each question stands by itself again."), "success")
    return redirect(url_for(".merges"), 303)


def _filters() -> dict[str, str | None]:
    state = request.args.get("state")
    return dict(
        state=state if state in (*MERGE_WORDS, ANY) else STANDS,
        q=request.args.get("q", "").strip()[:LONGEST_SEARCH] or None,
    )


def _asked(call: CallFacts, filters: dict[str, str | None]) -> dict[str, object]:
    words, state = filters["q"] or "", None if filters["state"] == ANY else filters["state"]
    return dict(call=call, viewer_id=g.identity.person_id, state=state, words=words)


def _total(filters: dict[str, str | None], per_state: Mapping[str, int]) -> int:
    return sum(n for state, n in per_state.items() if filters["state"] in (state, ANY))

"""The queue of near pairs: filters, a page, a table to take along, and the comparison of everything."""

from flask import g, redirect, render_template, request, url_for
from flask_babel import format_percent
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.states import KIND_WORDS, Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.questions.queries.duplicates import pairs
from solicit.questions.queries.duplicates.calibration import CalibrationView, calibration_view
from solicit.questions.queries.duplicates.pair_counts import (
    ACROSS,
    EDGES,
    KIND,
    LEAST,
    LEVELS,
    METHOD,
    THEME,
    VERDICT,
    pair_counts,
)
from solicit.questions.queries.duplicates.pairs import METHOD_WORDS, PairFilter
from solicit.questions.queries.notes import differences_between
from solicit.questions.queries.screening.queue import NO_THEME
from solicit.questions.service import duplicates as service
from solicit.questions.states import VERDICT_WORDS, Method, Verdict
from solicit.questions.views import bp
from solicit.web.charts import histogram
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pages import Link
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from
from solicit.words import N_

# Two texts side by side need room: a shorter page than other lists.
PAIRS_PER_PAGE = 20
ANY = "all"
VERDICT_FILTER = (
    {pairs.UNDECIDED: N_("Undecided"), pairs.DECIDED: N_("Decided")}
    | {verdict.value: word for verdict, word in VERDICT_WORDS.items()}
    | {ANY: N_("All")}
)
COLUMNS = (
    "number", "title", "other_number", "other_title", "probability", "cosine", "method", "drawn_at_random",
    "verdict", "decided_by", "decided_at",
)  # fmt: skip


@bp.get("/<call>/organize/duplicates")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def duplicates(call: CallFacts):
    learnt = calibration_view(db.session(), call=call, viewer_id=g.identity.person_id)
    filters, window = filters_of(call), window_from(request.args.get("page"), PAIRS_PER_PAGE)
    asked = dict(call=call, viewer_id=g.identity.person_id, chosen=_chosen(call, filters, learnt))
    counts = pair_counts(db.session(), **asked)
    rows = pairs.pair_rows(db.session(), **asked, window=window)
    if window.page > 1 and not rows:
        return redirect(list_url(filters), 303)
    return render_template(
        "questions/duplicates.html",
        is_over=call.desk_is_over,
        pairs=rows,
        differences=differences_between(db.session(), pairs=rows, viewer_id=g.identity.person_id),
        learnt=learnt,
        filters=filters,
        page_number=window.page,
        first_place=window.offset + 1,
        current_id=_current_id(rows),
        undo_id=id_from(request.args.get("undo", "")),
        undo_merge_id=id_from(request.args.get("undo_merge", "")),
        facets=_facets(call, filters, counts.per, learnt),
        sorts=_sort_links(filters),
        keywords=_keyword_search(filters),
        similarity=histogram(EDGES, counts.per_bin, counts.least_cosine),
        pagination=paginate(window, counts.total, lambda page: list_url(filters, page=page)),
    )


@bp.get("/<call>/organize/duplicates.csv")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def duplicates_table(call: CallFacts):
    learnt = calibration_view(db.session(), call=call, viewer_id=g.identity.person_id)
    chosen = _chosen(call, filters_of(call), learnt)
    found = pairs.pair_table(db.session(), call=call, viewer_id=g.identity.person_id, chosen=chosen)
    rows = (
        (
            row.left_label,
            row.left_title,
            row.right_label,
            row.right_title,
            row.probability if learnt.shows_probability else None,
            row.cosine,
            row.method,
            "yes" if row.is_audit else "no",
            row.verdict,
            row.decided_by,
            row.decided_at.isoformat() if row.decided_at else None,
        )
        for row in found
    )
    return download(f"{call.slug}-duplicates.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.post("/<call>/organize/duplicates/find")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def find_duplicates(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".duplicates"), 303)
    with transaction() as session:
        job_id = service.start_finding_duplicates(
            session,
            call_id=call.id,
            started_by_id=g.identity.person_id,
            result_path=url_for(".duplicates"),
            now=utcnow(),
        )
    return redirect(url_for("jobs.page", job_id=job_id), 303)


def filters_of(call: CallFacts) -> dict[str, str | None]:
    """The filter of the query string; what it does not know is left out."""
    theme = request.args.get("theme")
    return dict(
        verdict=_known("verdict", VERDICT_FILTER) or pairs.UNDECIDED,
        theme=theme if theme == NO_THEME or call.theme(theme) else None,
        kind=_known("kind", [kind.value for kind in Kind]),
        method=_known("method", [method.value for method in Method]),
        least=_known("least", [str(level) for level in LEVELS]),
        across=_known("across", ["yes"]),
        sort=_known("sort", pairs.SORT_WORDS),
    )


def back_to_queue(call: CallFacts, **added: object):
    """To the page of the queue from which a form was sent, at the pair that came next."""
    page, following = window_from(request.args.get("page"), PAIRS_PER_PAGE).page, id_from(request.args.get("next", ""))
    added |= dict(page=page if page > 1 else None, at=following, _anchor=f"pair-{following}" if following else None)
    return redirect(url_for(".duplicates", **filters_of(call), **added), 303)


def _known(name: str, values) -> str | None:
    value = request.args.get(name)
    return value if value in values else None


def _keyword_search(filters: dict[str, str | None]) -> str | None:
    """The questions of these pairs as the search by keywords finds them; None where it has no word for a filter."""
    if any(filters[name] for name in ("theme", "kind", "method", "least", "across")):
        return None
    decided = ",".join(verdict.value for verdict in Verdict)
    several = {pairs.UNDECIDED: "open", pairs.DECIDED: decided, ANY: f"open,{decided}"}
    return f"dup:{several.get(filters['verdict'], filters['verdict'])}"


def _chosen(call: CallFacts, filters: dict[str, str | None], learnt: CalibrationView) -> PairFilter:
    return PairFilter(
        verdict=None if filters["verdict"] == ANY else filters["verdict"],
        theme=filters["theme"],
        kind=Kind(filters["kind"]) if filters["kind"] else None,
        method=Method(filters["method"]) if filters["method"] else None,
        least=float(filters["least"]) if filters["least"] and learnt.shows_probability else None,
        is_across=bool(filters["across"]),
        sort=filters["sort"] or pairs.PROBABLE,
    )


def _current_id(rows) -> int | None:
    """The pair that single keys decide on: the one after the last decision, or the first."""
    asked = id_from(request.args.get("at", ""))
    ids = [row.id for row in rows if row.verdict is None]
    return asked if asked in ids else next(iter(ids), None)


def _facets(call: CallFacts, filters: dict, per: dict, learnt: CalibrationView):
    def options(name: str, words, *, without: str | None = None):
        counted = ((value, word, per[name].get(key, 0)) for key, value, word in words)
        return facet_options(filters, name, counted, without=without)

    verdicts = ((None if value == ANY else value, value, _(word)) for value, word in VERDICT_FILTER.items())
    found = [
        (_("Verdict"), options(VERDICT, verdicts, without=ANY)),
        (_("Theme"), options(THEME, ((theme.key, theme.key, theme.name) for theme in call.themes))),
        (_("Across themes"), options(ACROSS, [(True, "yes", _("Two themes"))])),
        (_("Kind"), options(KIND, ((kind, kind.value, _(KIND_WORDS[kind])) for kind in Kind))),
        (_("Compared"), options(METHOD, ((method, method.value, _(METHOD_WORDS[method])) for method in Method))),
    ]
    if learnt.shows_probability:
        levels = ((level, str(level), _("%(least)s or more", least=format_percent(level))) for level in LEVELS)
        found.append((_("Probability"), options(LEAST, levels)))
    return found


def _sort_links(filters: dict) -> tuple[Link, ...]:
    chosen = filters["sort"] or pairs.PROBABLE
    return tuple(
        Link(_(word), list_url(filters, sort=None if name == pairs.PROBABLE else name), name == chosen)
        for name, word in pairs.SORT_WORDS.items()
    )

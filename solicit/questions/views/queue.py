"""The queue of the screening desk: its filters, its file, and taking the next question."""

from collections.abc import Iterator

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.states import KIND_WORDS, Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.questions.queries.reports import report_counts
from solicit.questions.queries.screening import queue
from solicit.questions.queries.supporters import exact_support
from solicit.questions.service import claim, look_over
from solicit.questions.states import STAFF_WORDS, SUSPICION_WORDS, QuestionState, SuspicionKind
from solicit.questions.views import bp
from solicit.submissions.queries.languages import language_name
from solicit.submissions.states import LANGUAGES
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pages import Link, current_language
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from

LONGEST_SEARCH = 200
COLUMNS = (
    "id", "number", "kind", "state", "theme", "suggested_theme", "language", "title", "received_on", "suspicions",
    "text_changed", "revision",
)  # fmt: skip


@bp.app_template_filter("language_name")
def language_name_here(code: str) -> str:
    """The name of a text's language, in the language of the page."""
    return language_name(code, current_language())


@bp.get("/<call>/organize/questions")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def screening(call: CallFacts):
    viewing, chosen = viewing_now(call), chosen_filter(call, request.args)
    window, session = window_from(request.args.get("page")), db.session()
    counts = queue.desk_counts(session, viewing=viewing, chosen=chosen)
    rows = queue.desk_rows(session, viewing=viewing, chosen=chosen, window=window)
    filters = filter_values(chosen)
    return render_template(
        "questions/screening.html",
        rows=rows,
        support=exact_support(session, question_ids=[row.id for row in rows]),
        n_open_reports=report_counts(session, call=call, viewer_id=viewing.viewer_id)[True],
        filters=filters,
        is_filtered=filters != filter_values(queue.DeskFilter()),
        facets=_facets(call, filters, counts),
        sorts=[
            Link(_(word), list_url(filters, sort=sort.value), sort is chosen.sort)
            for sort, word in queue.SORT_WORDS.items()
        ],
        pagination=paginate(window, counts.total, lambda page: list_url(filters, page=page)),
        counts=counts,
        undo_id=id_from(request.args.get("undo")),
        keywords=keyword_search(chosen),
        is_over=call.desk_is_over,
    )


@bp.get("/<call>/organize/questions.csv")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def screening_file(call: CallFacts):
    rows = queue.every_desk_row(db.session(), viewing=viewing_now(call), chosen=chosen_filter(call, request.args))
    return download(f"{call.slug}-screening.csv", CSV_TYPE, csv_lines(COLUMNS, _file_rows(rows)))


@bp.post("/<call>/organize/questions/next")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def take_next(call: CallFacts):
    chosen, taken = chosen_filter(call, request.form), None
    if ActionForm().accepted():
        waiting = queue.waiting(viewing_now(call), chosen)
        with transaction() as session:
            taken = claim.take_next(session, waiting=waiting, person_id=g.identity.person_id, now=utcnow())
    if taken is None:
        flash(_("No question of this list waits for a reader."), "warning")
        return redirect(url_for(".screening", **filter_values(chosen)), 303)
    return redirect(url_for(".screen", question_id=taken), 303)


@bp.post("/<call>/organize/questions/look-over")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def look_over_all(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".screening"), 303)
    what = dict(call_id=call.id, started_by_id=g.identity.person_id, result_path=url_for(".screening"))
    with transaction() as session:
        job_id = look_over.start_looking_over(session, now=utcnow(), **what)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


def viewing_now(call: CallFacts) -> queue.Viewing:
    return queue.Viewing(call, g.identity.person_id, utcnow())


def chosen_filter(call: CallFacts, sent: MultiDict, *, theme_name: str = "theme") -> queue.DeskFilter:
    """The filter of a query string or a form; what it does not know is left out."""
    theme, language = sent.get(theme_name), sent.get("language")
    return queue.DeskFilter(
        state=_member(QuestionState, sent.get("state", QuestionState.NEW.value)),
        theme=theme if theme == queue.NO_THEME or call.theme(theme) else None,
        language=language if language in LANGUAGES else None,
        kind=_member(Kind, sent.get("kind")),
        suspicion=_member(SuspicionKind, sent.get("suspicion")),
        mark=sent.get("mark") if sent.get("mark") in queue.MARK_WORDS else None,
        words=" ".join(sent.get("q", "")[:LONGEST_SEARCH].split()),
        sort=_member(queue.Sort, sent.get("sort")) or queue.Sort.OLDEST,
    )


def filter_values(chosen: queue.DeskFilter) -> dict[str, str | None]:
    """A filter as its address says it."""
    return dict(
        state=chosen.state.value if chosen.state else "all",
        theme=chosen.theme,
        suspicion=chosen.suspicion.value if chosen.suspicion else None,
        mark=chosen.mark,
        language=chosen.language,
        kind=chosen.kind.value if chosen.kind else None,
        q=chosen.words,
        sort=None if chosen.sort is queue.Sort.OLDEST else chosen.sort.value,
    )


def keyword_search(chosen: queue.DeskFilter) -> str | None:
    """A filter as the search by keywords says it; None where it has no word for it."""
    words = chosen.words.split()
    if chosen.language or chosen.suspicion or chosen.mark or not all(word.isalnum() for word in words):
        return None
    state, kind = (each.value if each else None for each in (chosen.state, chosen.kind))
    named = {"state": state, "theme": chosen.theme, "kind": kind}
    return " ".join([*words, *(f"{name}:{value}" for name, value in named.items() if value)])


def filter_words(call: CallFacts, chosen: queue.DeskFilter) -> list[str]:
    """A filter in words, for the page that asks once more."""
    theme = call.theme(chosen.theme)
    words = [
        _(STAFF_WORDS[chosen.state]) if chosen.state else _("All states"),
        (theme.name if theme else _("No theme yet")) if chosen.theme else "",
        _(SUSPICION_WORDS[chosen.suspicion]) if chosen.suspicion else "",
        _(queue.MARK_WORDS[chosen.mark]) if chosen.mark else "",
        language_name_here(chosen.language) if chosen.language else "",
        _(KIND_WORDS[chosen.kind]) if chosen.kind else "",
        _("with the words “%(words)s”", words=chosen.words) if chosen.words else "",
    ]
    return [word for word in words if word]


def _member(kind, value: str | None):
    return next((each for each in kind if each.value == value), None)


def _facets(call: CallFacts, filters: dict, counts: queue.DeskCounts) -> list[tuple]:
    """Every filter with its title and options, those without any question left out."""
    per = counts.per
    themes = [(theme.key, theme.name) for theme in call.themes] + [(queue.NO_THEME, _("No theme yet"))]
    languages = sorted((code, language_name_here(code)) for code in per.get("language", {}))
    named = (
        ("state", _("State"), [(state.value, _(word)) for state, word in STAFF_WORDS.items()]),
        ("theme", _("Theme"), themes),
        ("suspicion", _("Suspicion"), [(kind.value, _(word)) for kind, word in SUSPICION_WORDS.items()]),
        ("mark", _("To look at"), [(mark, _(word)) for mark, word in queue.MARK_WORDS.items()]),
        ("language", _("Language"), languages),
        ("kind", _("Kind"), [(kind.value, _(word)) for kind, word in KIND_WORDS.items()]),
    )
    facets = []
    for name, title, options in named:
        counted = [(value, label, per.get(name, {}).get(value, 0)) for value, label in options]
        shown = [each for each in counted if each[2] or filters[name] == each[0] or name in ("state", "mark")]
        if name == "theme":
            shown = [each for each in counted if each[0] != queue.NO_THEME or each[2] or filters[name] == each[0]]
        if shown:
            facets.append((title, facet_options(filters, name, shown, without="all" if name == "state" else None)))
    return facets


def _file_rows(rows: Iterator[queue.DeskRow]) -> Iterator[tuple]:
    for row in rows:
        yield (
            row.id,
            row.label,
            _(row.kind_word),
            _(row.state_word),
            row.theme.name if row.theme else None,
            row.suggested.name if row.suggested else None,
            row.language,
            row.title,
            row.created_at.date().isoformat(),
            ", ".join(_(suspicion.word) for suspicion in row.suspicions),
            "yes" if row.has_changed else "no",
            row.revision,
        )

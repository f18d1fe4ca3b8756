"""Screening: the queue of the organizers, and the decision on one question."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject, out_of_scope_reasons
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.forms import DecisionForm, OutOfScopeForm, RevisionForm, ThemeForm
from solicit.questions.queries import desk, involvement, neighbours
from solicit.questions.queries.notes import differences_of
from solicit.questions.queries.reports import report_counts
from solicit.questions.queries.revisions import revisable_submissions
from solicit.questions.queries.supporters import exact_support
from solicit.questions.service import screen as service
from solicit.questions.states import STAFF_WORDS, QuestionState
from solicit.questions.views import bp
from solicit.submissions.queries.languages import language_name
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.pagination import PAGE_SIZE, paginate, window_from
from solicit.web.routing import id_from

LONGEST_SEARCH = 200


@bp.app_template_filter("language_name")
def language_name_here(code: str) -> str:
    """The name of a text's language, in the language of the page."""
    return language_name(code, current_language())


@bp.get("/<call>/organize/questions")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def screening(call: CallFacts):
    chosen, window = _chosen(call), window_from(request.args.get("page"))
    filters = dict(state=_state_name(chosen), theme=chosen.theme, q=chosen.words)
    counts = desk.desk_counts(db.session(), call=call, viewer_id=g.identity.person_id, chosen=chosen)
    rows = desk.desk_rows(db.session(), call=call, viewer_id=g.identity.person_id, chosen=chosen, window=window)
    return render_template(
        "questions/screening.html",
        rows=rows,
        support=exact_support(db.session(), question_ids=[row.id for row in rows]),
        n_open_reports=report_counts(db.session(), call=call, viewer_id=g.identity.person_id)[True],
        filters=filters,
        states=_state_facet(filters, counts),
        themes=_theme_facet(call, filters, counts.per_theme),
        pagination=paginate(window, _total(chosen, counts), lambda page: list_url(filters, page=page)),
        n_new=counts.per_state.get(QuestionState.NEW, 0),
    )


@bp.get("/<call>/organize/questions/in-scope")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def confirm_in_scope(call: CallFacts):
    selected = _selected_ids(request.args)
    rows = desk.rows_to_accept(db.session(), call=call, viewer_id=g.identity.person_id, question_ids=selected)
    if not rows:
        flash(_("Select at least one question first."), "warning")
        return redirect(url_for(".screening"), 303)
    return render_template("questions/screening_confirm.html", rows=rows)


@bp.post("/<call>/organize/questions/in-scope")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def put_many_in_scope(call: CallFacts):
    if ActionForm().accepted():
        with transaction() as session:
            n_done = service.put_many_in_scope(
                session,
                call_id=call.id,
                question_ids=_selected_ids(request.form),
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
        flash(ngettext("%(num)s question is now in scope.", "%(num)s questions are now in scope.", n_done), "success")
    return redirect(url_for(".screening"), 303)


@bp.get("/<call>/organize/questions/<id:question_id>")
@requires(Permission.SCREEN_QUESTION, involvement.question_subject)
def screen(call: CallFacts, question_id: int):
    return screen_page(call, question_id)


@bp.post("/<call>/organize/questions/<id:question_id>/in-scope")
@requires(Permission.SCREEN_QUESTION, involvement.question_subject)
def put_in_scope(call: CallFacts, question_id: int):
    form = DecisionForm()
    return _decide(
        call, question_id, form, service.put_in_scope, lambda label: _("%(label)s is in scope.", label=label)
    )


@bp.post("/<call>/organize/questions/<id:question_id>/out-of-scope")
@requires(Permission.SCREEN_QUESTION, involvement.question_subject)
def put_out_of_scope(call: CallFacts, question_id: int):
    form = OutOfScopeForm().offer(out_of_scope_reasons(db.session(), call_id=call.id))
    values = dict(reason_id=form.reason.data, note=form.note.data or "")
    return _decide(
        call, question_id, form, service.put_out_of_scope, lambda _none: _("The question is out of scope."), **values
    )


@bp.post("/<call>/organize/questions/<id:question_id>/back")
@requires(Permission.SCREEN_QUESTION, involvement.question_subject)
def put_back(call: CallFacts, question_id: int):
    form = DecisionForm()
    return _decide(call, question_id, form, service.put_back, lambda _none: _("The question is new again."), stay=True)


@bp.post("/<call>/organize/questions/<id:question_id>/theme")
@requires(Permission.SCREEN_QUESTION, involvement.question_subject)
def change_theme(call: CallFacts, question_id: int):
    form = ThemeForm().offer(call.themes)
    theme = call.theme(form.theme.data)
    return _decide(
        call,
        question_id,
        form,
        service.change_theme,
        lambda _none: _("The theme was changed."),
        stay=True,
        theme_id=theme.id if theme else 0,
    )


def _decide(call: CallFacts, question_id: int, form, act, told, *, stay: bool = False, **values):
    """Carry a decision out and go on to the next question, or show the page again with what is wrong."""
    if not form.accepted():
        return screen_page(call, question_id, form=form)
    try:
        with transaction() as session:
            done = act(
                session,
                question_id=question_id,
                version=form.version.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
                **values,
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return screen_page(call, question_id, form=form)
    flash(told(done), "success")
    if stay:
        return redirect(url_for(".screen", question_id=question_id), 303)
    following = desk.next_new_id(db.session(), call=call, viewer_id=g.identity.person_id, after_id=question_id)
    if following is None:
        return redirect(url_for(".screening"), 303)
    return redirect(url_for(".screen", question_id=following, decided=question_id), 303)


def screen_page(call: CallFacts, question_id: int, form=None):
    session, viewer_id = db.session(), g.identity.person_id
    view = desk.desk_question(session, call=call, viewer_id=viewer_id, question_id=question_id)
    reasons = out_of_scope_reasons(session, call_id=call.id)
    out_form = form if isinstance(form, OutOfScopeForm) else OutOfScopeForm(formdata=None).offer(reasons)
    theme_form = form if isinstance(form, ThemeForm) else _theme_form(call, view)
    page = render_template(
        "questions/screen.html",
        question=view,
        form=form,
        out_form=out_form,
        theme_form=theme_form,
        revision_form=form if isinstance(form, RevisionForm) else RevisionForm(formdata=None),
        revisable=revisable_submissions(session, question_id=question_id),
        differences=differences_of(session, question_ids=[question_id], viewer_id=viewer_id),
        nearest=neighbours.nearest_for_desk(session, call=call, viewer_id=viewer_id, question_id=question_id),
        decided_id=id_from(request.args.get("decided")),
    )
    return page, form.status if form else 200


def _theme_form(call: CallFacts, view: desk.DeskQuestion) -> ThemeForm:
    return ThemeForm(formdata=None, theme=view.theme.key if view.theme else None).offer(call.themes)


def _selected_ids(sent: MultiDict) -> tuple[int, ...]:
    numbers = (id_from(text) for text in sent.getlist("selected"))
    return tuple(number for number in numbers if number)[:PAGE_SIZE]


def _chosen(call: CallFacts) -> desk.DeskFilter:
    """The filter of the query string; what it does not know is left out."""
    state = request.args.get("state", QuestionState.NEW.value)
    theme = request.args.get("theme")
    return desk.DeskFilter(
        state=QuestionState(state) if state in {each.value for each in QuestionState} else None,
        theme=theme if theme == desk.NO_THEME or call.theme(theme) else None,
        words=" ".join(request.args.get("q", "")[:LONGEST_SEARCH].split()),
    )


def _state_name(chosen: desk.DeskFilter) -> str:
    return chosen.state.value if chosen.state else "all"


def _total(chosen: desk.DeskFilter, counts: desk.DeskCounts) -> int:
    return counts.per_state.get(chosen.state, 0) if chosen.state else sum(counts.per_state.values())


def _state_facet(filters: dict, counts: desk.DeskCounts):
    per_state = counts.per_state
    return facet_options(
        filters,
        "state",
        ((state.value, _(STAFF_WORDS[state]), per_state.get(state, 0)) for state in QuestionState),
        without="all",
    )


def _theme_facet(call: CallFacts, filters: dict, per_theme: dict[str, int]):
    options = [(theme.key, theme.name, per_theme.get(theme.key, 0)) for theme in call.themes]
    if per_theme.get(desk.NO_THEME) or filters["theme"] == desk.NO_THEME:
        options.append((desk.NO_THEME, _("No theme yet"), per_theme.get(desk.NO_THEME, 0)))
    return facet_options(filters, "theme", options)

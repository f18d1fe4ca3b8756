"""What the meeting said to each question: the list, one question, and its records."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.invitations.forms.outcomes import (
    ChangeContributionForm,
    ChangeOutcomeForm,
    ContributionForm,
    OutcomeForm,
    VersionForm,
    contribution_values,
    outcome_values,
)
from solicit.invitations.queries.programme.outcomes import (
    ContributionView,
    OutcomeView,
    TalkedOf,
    contribution_subject,
    one_contribution,
    one_outcome,
    one_talked_of,
    outcome_subject,
    talked_of,
)
from solicit.invitations.queries.programme.speakers import speakers
from solicit.invitations.queries.sight import Sight, sight_of
from solicit.invitations.service.programme import outcomes as service
from solicit.invitations.states import OUTCOME_KIND_WORDS, OutcomeKind
from solicit.invitations.views import bp
from solicit.questions.queries.involvement import question_subject
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.pagination import paginate, window_from
from solicit.web.text import render_markdown
from solicit.words import N_

OUTCOMES = "/<call>/organize/meeting/outcomes"
QUESTION = "/<call>/organize/meeting/questions/<id:question_id>"
NOTHING, NOTHING_WORD = "none", N_("No outcome yet")
COLUMNS = ("question", "question_title", "theme", "record", "person", "title", "text", "recorded")


@bp.get(OUTCOMES, endpoint="outcomes")
@requires(Permission.RUN_MEETING, call_subject)
def list_outcomes(call: CallFacts):
    every, (theme, kind) = _seen(call), _asked(call)
    found = [each for each in every if _is_of(each, theme) and _is_kind(each, kind)]
    window, filters = window_from(request.args.get("page")), {"theme": theme, "kind": kind}
    return render_template(
        "invitations/outcomes.html",
        rows=found[window.offset : window.offset + window.size],
        is_empty=not every,
        facets=_facets(call, filters, every),
        filters=filters,
        pagination=paginate(window, len(found), lambda page: list_url(filters, page=page)),
    )


@bp.get(OUTCOMES + ".csv")
@requires(Permission.RUN_MEETING, call_subject)
def outcomes_csv(call: CallFacts):
    theme, kind = _asked(call)
    found = [each for each in _seen(call) if _is_of(each, theme) and _is_kind(each, kind)]
    rows = [cells for each in found for cells in _cells(each)]
    return download(f"{call.slug}-outcomes.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


@bp.get(QUESTION)
@requires(Permission.RECORD_OUTCOME, question_subject)
def talked(call: CallFacts, question_id: int):
    return _question_page(call, question_id)


@bp.post(QUESTION + "/contributions")
@requires(Permission.RECORD_OUTCOME, question_subject)
def add_contribution(call: CallFacts, question_id: int):
    form = ContributionForm().offer(speakers(db.session(), call=call, sight=_sight()))
    if not form.accepted():
        return _question_page(call, question_id, contribution_form=form)
    try:
        with transaction() as session:
            service.add_contribution(session, call=call, question_id=question_id, values=form.values(), **_by_whom())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _question_page(call, question_id, contribution_form=form)
    flash(_("The contribution is recorded."), "success")
    return redirect(url_for(".talked", question_id=question_id), 303)


@bp.post(QUESTION + "/outcomes")
@requires(Permission.RECORD_OUTCOME, question_subject)
def add_outcome(call: CallFacts, question_id: int):
    form = OutcomeForm()
    if not form.accepted():
        return _question_page(call, question_id, outcome_form=form)
    with transaction() as session:
        service.add_outcome(session, call=call, question_id=question_id, values=form.values(), **_by_whom())
    flash(_("The outcome is recorded."), "success")
    return redirect(url_for(".talked", question_id=question_id), 303)


@bp.route("/<call>/organize/meeting/contributions/<id:contribution_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_OUTCOME, contribution_subject)
def contribution(call: CallFacts, contribution_id: int):
    sight = _sight()
    page, view = _contribution(call, sight, contribution_id)
    people = speakers(db.session(), call=call, sight=sight)
    form = ChangeContributionForm(data=contribution_values(view)).offer(people, kept=view)
    which = dict(call=call, contribution_id=contribution_id)
    status = None
    if form.accepted():
        try:
            with transaction() as session:
                what = dict(version=form.version.data, values=form.values())
                service.change_contribution(session, **which, **what, **_by_whom())
            return redirect(url_for(".talked", question_id=page.id), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
            if isinstance(error, Conflict):
                page, view = _contribution(call, sight, contribution_id)
                form.start_from(view.version)
                status = 409
    shown = dict(form=form, question=page, view=view, is_conflicting=status == 409)
    return render_template("invitations/contribution.html", **shown), status or form.status


@bp.post("/<call>/organize/meeting/contributions/<id:contribution_id>/remove")
@requires(Permission.RECORD_OUTCOME, contribution_subject)
def remove_contribution(call: CallFacts, contribution_id: int):
    page, _view = _contribution(call, _sight(), contribution_id)
    which = dict(call=call, contribution_id=contribution_id)
    return _remove(page.id, lambda session, **by: service.remove_contribution(session, **which, **by))


@bp.route("/<call>/organize/meeting/outcomes/<id:outcome_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_OUTCOME, outcome_subject)
def outcome(call: CallFacts, outcome_id: int):
    page, view = _outcome(call, outcome_id)
    form = ChangeOutcomeForm(data=outcome_values(view))
    status = None
    if form.accepted():
        try:
            with transaction() as session:
                what = dict(version=form.version.data, values=form.values())
                service.change_outcome(session, call=call, outcome_id=outcome_id, **what, **_by_whom())
            return redirect(url_for(".talked", question_id=page.id), 303)
        except Conflict as error:
            form.refuse(_(error.message))
            page, view = _outcome(call, outcome_id)
            form.start_from(view.version)
            status = 409
    shown = dict(form=form, question=page, view=view, is_conflicting=status == 409)
    return render_template("invitations/outcome.html", **shown), status or form.status


@bp.post("/<call>/organize/meeting/outcomes/<id:outcome_id>/remove")
@requires(Permission.RECORD_OUTCOME, outcome_subject)
def remove_outcome(call: CallFacts, outcome_id: int):
    page, _view = _outcome(call, outcome_id)
    which = dict(call=call, outcome_id=outcome_id)
    return _remove(page.id, lambda session, **by: service.remove_outcome(session, **which, **by))


def _remove(question_id: int, remove):
    form = VersionForm()
    if form.accepted():
        try:
            with transaction() as session:
                remove(session, version=form.version.data, **_by_whom())
            flash(_("The record was removed."), "success")
        except Conflict:
            flash(_("Someone changed this record in the meantime. Look at it, then remove it."), "warning")
    return redirect(url_for(".talked", question_id=question_id), 303)


def _by_whom() -> dict:
    return {"actor_id": g.identity.person_id, "now": utcnow()}


def _sight() -> Sight:
    return sight_of(db.session(), viewer_id=g.identity.person_id)


def _seen(call: CallFacts) -> tuple[TalkedOf, ...]:
    return talked_of(db.session(), call=call, sight=_sight())


def _question_page(
    call: CallFacts,
    question_id: int,
    *,
    contribution_form: ContributionForm | None = None,
    outcome_form: OutcomeForm | None = None,
):
    """The page of one question; at most one of its forms was sent."""
    sight = _sight()
    view = one_talked_of(db.session(), call=call, sight=sight, question_id=question_id) or abort(404)
    people = speakers(db.session(), call=call, sight=sight)
    sent = contribution_form or outcome_form
    return render_template(
        "invitations/talked.html",
        view=view,
        has_people=bool(people),
        contribution_form=contribution_form or ContributionForm(formdata=None).offer(people),
        outcome_form=outcome_form or OutcomeForm(formdata=None),
        form=sent,
        html=render_markdown,
    ), sent.status if sent else 200


def _contribution(call: CallFacts, sight: Sight, contribution_id: int) -> tuple[TalkedOf, ContributionView]:
    which = dict(sight=sight, contribution_id=contribution_id)
    page = one_contribution(db.session(), call=call, **which) or abort(404)
    return page, page.contributions[0]


def _outcome(call: CallFacts, outcome_id: int) -> tuple[TalkedOf, OutcomeView]:
    page = one_outcome(db.session(), call=call, outcome_id=outcome_id) or abort(404)
    return page, page.outcomes[0]


def _asked(call: CallFacts) -> tuple[str | None, str | None]:
    """Theme and kind of the query string; what it does not know is left out."""
    theme, kind = call.theme(request.args.get("theme")), request.args.get("kind")
    return theme.key if theme else None, kind if kind in (NOTHING, *(each.value for each in OutcomeKind)) else None


def _is_of(each: TalkedOf, theme: str | None) -> bool:
    return theme is None or bool(each.theme and each.theme.key == theme)


def _is_kind(each: TalkedOf, kind: str | None) -> bool:
    if kind == NOTHING:
        return not each.outcomes
    return kind is None or OutcomeKind(kind) in each.kinds


def _facets(call: CallFacts, filters: dict, every: tuple[TalkedOf, ...]) -> list[tuple]:
    """Each filter with what its values would show beside the other one."""
    of_kind = [each for each in every if _is_kind(each, filters["kind"])]
    of_theme = [each for each in every if _is_of(each, filters["theme"])]
    themes = [(each.key, each.short_name, sum(_is_of(one, each.key) for one in of_kind)) for each in call.themes]
    words = {**{each.value: word for each, word in OUTCOME_KIND_WORDS.items()}, NOTHING: NOTHING_WORD}
    kinds = [(value, _(word), sum(_is_kind(one, value) for one in of_theme)) for value, word in words.items()]
    return [
        (_("Outcome"), facet_options(filters, "kind", kinds)),
        (_("Theme"), facet_options(filters, "theme", themes)),
    ]


def _cells(each: TalkedOf) -> list[tuple]:
    about = (each.label, each.title, each.theme.name if each.theme else None)
    day = "%Y-%m-%d"
    said = [
        (*about, "contribution", one.person, one.title, one.text, one.recorded_at.strftime(day))
        for one in each.contributions
    ]
    found = [(*about, one.kind.value, None, None, one.text, one.recorded_at.strftime(day)) for one in each.outcomes]
    return [*said, *found] or [(*about, None, None, None, None, None)]

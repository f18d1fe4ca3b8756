"""Drawing up the first limits, putting them in force, and asking for a change of them."""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms import limits as forms
from solicit.invitations.queries.groups import Group
from solicit.invitations.queries.limit_sets import LimitSetFacts, draft_limit_set, latest_limit_set, limit_set_in_force
from solicit.invitations.queries.limits_desk import LimitsDesk, commitment_warnings, limits_desk, supply_for
from solicit.invitations.queries.limits_history import committed, limits_history
from solicit.invitations.service import limits as service
from solicit.invitations.states import LimitState
from solicit.invitations.views import bp
from solicit.invitations.views.limits import refusal_status, set_terms
from solicit.invitations.views.limits_first import needed_limits
from solicit.invitations.views.wording import name_text, run_text, say
from solicit.web.pages import current_language
from solicit.web.routing import id_from


@dataclass(frozen=True)
class Drawing:
    """The form, what it offers, and the stored set that it starts from."""

    form: forms.LimitsForm
    desk: LimitsDesk
    start: LimitSetFacts | None


@bp.get("/<call>/organize/invite/limits/draft")
@requires(Permission.SELECT_INVITEES, call_subject)
def draft_limits(call: CallFacts):
    latest = latest_limit_set(db.session(), call=call)
    if latest and latest.state is LimitState.IN_FORCE:
        return redirect(url_for(".limits"), 303)
    drawing = _drawing(call, forms.LimitsForm, latest)
    return _form_page(call, drawing, shows_warnings=drawing.start is not None)


@bp.post("/<call>/organize/invite/limits/draft")
@requires(Permission.SELECT_INVITEES, call_subject)
def save_limits(call: CallFacts):
    drawing = _drawing(call, forms.LimitsForm, draft_limit_set(db.session(), call=call))
    form = drawing.form
    is_check = form.do.data == "check"
    if form.do.data == "more" or not form.accepted() or is_check:
        return _form_page(call, drawing, shows_warnings=is_check)
    try:
        with transaction() as session:
            service.save_draft(
                session,
                call=call,
                run_ids=form.run_ids(),
                limits=form.limits(),
                version=form.seen.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        return _refused_page(call, drawing, error)
    flash(_("The draft is saved. Nothing is in force yet."), "success")
    return redirect(url_for(".draft_limits"), 303)


@bp.post("/<call>/organize/invite/limits/draft/discard")
@requires(Permission.SELECT_INVITEES, call_subject)
def discard_limits(call: CallFacts):
    form = forms.SeenForm()
    if form.accepted():
        with transaction() as session:
            service.discard_draft(
                session, call=call, version=form.seen.data, actor_id=g.identity.person_id, now=utcnow()
            )
        flash(_("The draft is discarded."), "success")
    return redirect(url_for(".limits"), 303)


@bp.get("/<call>/organize/invite/limits/draft/put-in-force")
@requires(Permission.SELECT_INVITEES, call_subject)
def confirm_limits(call: CallFacts):
    return _confirm_page(call, forms.SeenForm(formdata=None), 200)


@bp.post("/<call>/organize/invite/limits/draft/put-in-force")
@requires(Permission.SELECT_INVITEES, call_subject)
def freeze_limits(call: CallFacts):
    form = forms.SeenForm()
    if not form.accepted():
        return _confirm_page(call, form, 422)
    try:
        with transaction() as session:
            service.put_in_force(
                session, call=call, version=form.seen.data, actor_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        if limit_set_in_force(db.session(), call=call):
            raise
        form.refuse(_(error.message, **error.params))
        return _confirm_page(call, form, refusal_status(error))
    flash(_("The limits are in force. Candidates are shown from now on."), "success")
    return redirect(url_for(".limits"), 303)


@bp.get("/<call>/organize/invite/limits/change")
@requires(Permission.SELECT_INVITEES, call_subject)
def change_limits(call: CallFacts):
    return _form_page(call, _drawing(call, forms.ChangeForm, needed_limits(call)))


@bp.post("/<call>/organize/invite/limits/change")
@requires(Permission.SELECT_INVITEES, call_subject)
def ask_change(call: CallFacts):
    drawing = _drawing(call, forms.ChangeForm, needed_limits(call))
    form = drawing.form
    is_check = form.do.data == "check"
    if form.do.data == "more" or not form.accepted() or is_check:
        return _form_page(call, drawing, shows_warnings=is_check)
    try:
        with transaction() as session:
            limit_set_id = service.ask_change(
                session,
                call=call,
                base_id=id_from(form.seen.data) or 0,
                run_ids=form.run_ids(),
                limits=form.limits(),
                reason=form.reason.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        return _refused_page(call, drawing, error)
    flash(_("A second organizer must put this change in force."), "success")
    return redirect(url_for(".limit_set", limit_set_id=limit_set_id), 303)


def _drawing(call: CallFacts, form: type[forms.LimitsForm], start: LimitSetFacts | None) -> Drawing:
    """The form for a draft or a change; what was sent decides which rankings are counted."""
    sent = request.method == "POST"
    wanted = [id_from(text) or 0 for text in request.form.getlist("runs")] if sent else start and start.run_ids
    desk = limits_desk(
        db.session(), call=call, viewer_id=g.identity.person_id, locale=current_language(), run_ids=wanted
    )
    typed = {text for name, text in request.form.items() if name.startswith("quota_") and name.endswith("_group")}
    before = {quota.name for quota in start.limits.quotas} if start else set()
    counted = {group.key for kind in desk.kinds() for group in kind.groups}
    values = {"runs": [str(run_id) for run_id in desk.run_ids], "seen": _seen(form, start)}
    made = forms.limits_form(
        form,
        groups={
            _(kind.word): sorted(((group.key, _choice(group)) for group in kind.groups), key=lambda choice: choice[1])
            for kind in desk.kinds(before | typed)
        },
        runs=[(str(run.id), run_text(run)) for run in desk.runs],
        offered=frozenset(before | counted),
        values=values | (forms.values_of(start.limits) if start else {}),
        n_rows=_n_rows(start),
    )
    return Drawing(made, desk, start)


def _seen(form: type[forms.LimitsForm], start: LimitSetFacts | None) -> str:
    """What the page shows: the limits in force that a change starts from, or this version of the draft."""
    if start is None:
        return ""
    return str(start.id) if issubclass(form, forms.ChangeForm) else start.version


def _n_rows(start: LimitSetFacts | None) -> int:
    """As many rows as the page had, and more if they are asked for."""
    n = id_from(request.form.get("rows")) or max(forms.ROWS, len(start.limits.quotas) + 2 if start else 0)
    return min(n + (forms.MORE_ROWS if request.form.get("do") == "more" else 0), forms.MOST_ROWS)


def _choice(group: Group) -> str:
    if group.n_candidates is None:
        return _("%(group)s (fewer than 3)", group=name_text(group.name))
    return _("%(group)s (%(n)s)", group=name_text(group.name), n=format_decimal(group.n_candidates))


def _refused_page(call: CallFacts, drawing: Drawing, error: DomainError):
    """The form with what was typed; who saves again after a conflict has been told of what is stored now."""
    drawing.form.refuse(_(error.message, **error.params))
    status = refusal_status(error)
    if status == 409:
        drawing.form.seen.data = _seen(type(drawing.form), drawing.start)
    return _form_page(call, drawing, is_conflict=status == 409)[0], status


def _form_page(
    call: CallFacts, drawing: Drawing, *, shows_warnings: bool = False, is_conflict: bool = False
) -> tuple[str, int]:
    """The form; what cannot be met is told of limits that are saved, or were checked and make sense."""
    form, desk, start = drawing.form, drawing.desk, drawing.start
    is_change = isinstance(form, forms.ChangeForm)
    checked = None
    if shows_warnings and not form.errors:
        checked = form.limits() if request.method == "POST" else start.limits
    found = desk.supply.warnings(checked, words=desk.words) if checked else ()
    if checked and is_change:
        bound = committed(db.session(), call=call, viewer_id=g.identity.person_id)
        found = (*commitment_warnings(bound, checked), *found)
    page = render_template(
        "invitations/change_limits.html" if is_change else "invitations/draft_limits.html",
        form=form,
        desk=desk,
        start=start,
        is_conflict=is_conflict,
        is_checked=checked is not None,
        warnings=[say(sentence, currency=desk.supply.currency) for sentence in found],
        more_rows=f"#quota_{form.n_quotas + 1}_group",
    )
    return page, form.status


def _confirm_page(call: CallFacts, form: forms.SeenForm, status: int):
    history = limits_history(db.session(), call=call, viewer_id=g.identity.person_id, locale=current_language())
    if history.in_force:
        return redirect(url_for(".limits"), 303)
    draft = history.draft or abort(404)
    supply = supply_for(db.session(), call=call, viewer_id=g.identity.person_id, run_ids=draft.run_ids)
    warnings = supply.warnings(draft.limits, words=history.words)
    form.seen.data = draft.version
    page = render_template(
        "invitations/confirm_limits.html",
        form=form,
        terms=set_terms(history, draft, supply.currency),
        supply=supply,
        warnings=[say(sentence, currency=supply.currency) for sentence in warnings],
    )
    return page, status

"""Accounts that may be one person: looking for them, and deciding."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.doubles import DoubleForm
from solicit.invitations.queries.doubles import double_subject, doubles_page
from solicit.invitations.service.doubles import decide_double
from solicit.invitations.service.doubles import find_doubles as find
from solicit.invitations.states import DoubleState
from solicit.invitations.views import bp
from solicit.invitations.views.limits_first import needed_candidates, needed_limits
from solicit.web.facets import list_url
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/invite/doubles")
@requires(Permission.SELECT_INVITEES, call_subject)
def doubles(call: CallFacts):
    return _page(call, DoubleForm(formdata=None))


@bp.post("/<call>/organize/invite/doubles")
@requires(Permission.SELECT_INVITEES, call_subject)
def find_doubles(call: CallFacts):
    needed_limits(call)
    if ActionForm().accepted():
        with transaction(is_long=True) as session:
            find(session, call=call, now=utcnow())
        # How many were found is not told: some of them may be hidden from the reader.
        flash(_("We compared all candidates."), "success")
    return redirect(url_for(".doubles"), 303)


@bp.post("/<call>/organize/invite/doubles/<id:double_id>")
@requires(Permission.SELECT_INVITEES, double_subject)
def judge_double(call: CallFacts, double_id: int):
    form = DoubleForm()
    if not form.accepted():
        return _page(call, form, double_id)
    return _decide(call, double_id, form, to=form.to, reason=form.reason.data)


@bp.post("/<call>/organize/invite/doubles/<id:double_id>/undo")
@requires(Permission.SELECT_INVITEES, double_subject)
def undo_double(call: CallFacts, double_id: int):
    if not ActionForm().accepted():
        abort(400)
    return _decide(call, double_id, DoubleForm(formdata=None), to=DoubleState.SUSPECTED, reason="")


def _decide(call: CallFacts, double_id: int, form: DoubleForm, *, to: DoubleState, reason: str):
    said = dict(double_id=double_id, to=to, reason=reason)
    try:
        with transaction() as session:
            decide_double(session, call=call, **said, actor_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(call, form, double_id)[0], 409
    flash(_("Your decision is saved. It counts from the next selection on."), "success")
    return redirect(url_for(".doubles"), 303)


def _page(call: CallFacts, form: DoubleForm, wrong_id: int | None = None):
    reader = dict(viewer_id=g.identity.person_id, locale=current_language())
    view = doubles_page(db.session(), call=call, pool=needed_candidates(call), **reader)
    window = window_from(request.args.get("page"))
    rows = view.rows[window.offset : window.offset + window.size]
    return render_template(
        "invitations/doubles.html",
        rows=rows,
        may_decide=view.may_decide,
        form=form,
        wrong_id=wrong_id,
        pagination=paginate(window, len(view.rows), lambda page: list_url({}, page=page)),
    ), form.status

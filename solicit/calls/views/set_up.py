"""The desk of a call: its parts, what is missing before it opens, and its moves with what they do."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls import service
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.queries.checklist import checklist
from solicit.calls.queries.consequences import consequences
from solicit.calls.queries.translations import translations_of
from solicit.calls.service.moves import NotReady
from solicit.calls.states import MOVES, RESULTS_FOR_WORDS, STAFF_WORDS, CallState
from solicit.calls.views import bp
from solicit.calls.views.by_whom import by_whom
from solicit.calls.views.parts import DESK
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.web.forms import ActionForm


@bp.get(DESK)
@requires(Permission.SET_UP_CALL, call_subject)
def set_up(call: CallFacts):
    return render_template(
        "calls/set_up.html",
        call=call,
        # That the time is past is news before the opening alone; it is asked again where a call is opened again.
        points=[point for point in _points(call) if point.key != "closed" or call.state is CallState.DRAFT],
        state=STAFF_WORDS[call.state],
        moves=[to for to in CallState if to in MOVES[call.state]],
        translations=translations_of(db.session(), call_id=call.id),
    )


@bp.route(DESK + "/move/<any(open, closed, published, archived):state>", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def move(call: CallFacts, state: str):
    """Ask before a call moves, and move it; what publishing makes public is asked on a page of its own."""
    to, form = CallState(state), ActionForm()
    if to not in MOVES[call.state]:
        flash(_("The call moved on in the meantime: it is “%(state)s”.", state=_(STAFF_WORDS[call.state])), "warning")
        return redirect(url_for(".set_up"), 303)
    if to is CallState.PUBLISHED and form.accepted():
        return redirect(url_for("reports.publication"), 303)
    if form.accepted():
        try:
            with transaction() as session:
                service.move_call(session, call_id=call.id, to=to, **by_whom())
            flash(_("The call is now “%(state)s”.", state=_(STAFF_WORDS[to])), "success")
            return redirect(url_for(".set_up"), 303)
        except NotReady as error:
            form.refuse(_(error.message))
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    blocking = [point for point in _points(call) if point.is_blocking] if to is CallState.OPEN else []
    results_for = RESULTS_FOR_WORDS[call.results_for]
    shown = dict(call=call, to=to, form=form, points=blocking, results_for=results_for, now=utcnow())
    return render_template(
        "calls/move.html", concerned=consequences(db.session(), call_id=call.id), **shown
    ), form.status


def _points(call: CallFacts):
    settings = current_app.extensions["settings"]
    sends_mail = bool(settings.mail_server)
    return checklist(db.session(), call_id=call.id, now=utcnow(), sends_mail=sends_mail)

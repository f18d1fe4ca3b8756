"""The page that asks the guardian of a young person; opening it changes nothing."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.calls.queries import CallFacts, call_texts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.submissions import service
from solicit.submissions.queries.asked import guardian_request
from solicit.submissions.states import AnswerLink
from solicit.submissions.views import bp
from solicit.submissions.views.links import links
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter


@bp.route("/<locale:lang>/<call>/guardian/<token>", methods=["GET", "POST"])
@limiter.limit("60 per hour", key_func=asker, methods=["POST"])
@public
def guardian(lang: str, call: CallFacts, token: str):
    key = links().read(AnswerLink.GUARDIAN, token)
    wanted = guardian_request(db.session(), call=call, submission_id=key.number, nonce=key.nonce)
    if wanted is None:
        raise service.LinkUsedUp
    answer = request.form.get("answer")
    if answer in ("confirm", "refuse") and ActionForm().accepted():
        agrees = answer == "confirm"
        with transaction() as session:
            service.answer_as_guardian(session, call=call, key=key, agrees=agrees, now=utcnow())
        flash(
            _("Thank you. We told them.") if agrees else _("You refused. Nothing is sent, and we told them."), "success"
        )
        return redirect(url_for("calls.page"), 303)
    consent, _confidentiality = call_texts(db.session(), call_id=call.id, language=lang)
    return render_template("submissions/guardian.html", call=call, wanted=wanted, consent=consent)

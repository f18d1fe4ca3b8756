"""The page where a proposed person agrees to be considered, or not; opening it changes nothing."""

from flask import abort, current_app, redirect, render_template, url_for

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.invitations.queries.nominations import consent_page
from solicit.invitations.service.nominate import ConsentLinks
from solicit.invitations.service.nominate import consent as give_consent
from solicit.invitations.service.nominate import decline as say_no
from solicit.invitations.views import bp
from solicit.web.forms import ActionForm


@bp.get("/<locale:lang>/<call>/nomination/<token>")
@public
def consent(lang: str, call: CallFacts, token: str):
    nomination_id, person_id = _links().read(token, now=utcnow())
    view = consent_page(db.session(), call=call, nomination_id=nomination_id, person_id=person_id) or abort(404)
    return render_template("invitations/consent.html", call=call, view=view, token=token, form=ActionForm())


@bp.post("/<locale:lang>/<call>/nomination/<token>")
@public
def agree(lang: str, call: CallFacts, token: str):
    if ActionForm().accepted():
        with transaction() as session:
            give_consent(session, call_id=call.id, token=token, links=_links(), now=utcnow())
    return redirect(url_for(".consent", token=token), 303)


@bp.post("/<locale:lang>/<call>/nomination/<token>/no")
@public
def decline(lang: str, call: CallFacts, token: str):
    if ActionForm().accepted():
        with transaction() as session:
            say_no(session, call_id=call.id, token=token, links=_links(), now=utcnow())
    return redirect(url_for(".consent", token=token), 303)


def _links() -> ConsentLinks:
    return ConsentLinks(current_app.config["SECRET_KEY"])

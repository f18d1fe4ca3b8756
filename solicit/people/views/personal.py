"""A person's own data: taking them along, and having them erased."""

import json

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from solicit.access import guard
from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries
from solicit.people.forms import EraseForm
from solicit.people.views.blueprint import bp
from solicit.reports.service import erase as erasing
from solicit.reports.service import own_data as own
from solicit.web.limits import asker, limiter


@bp.get("/<locale:lang>/account/data")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def own_data(lang: str):
    return render_template("people/own_data.html")


@bp.post("/<locale:lang>/account/data")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def download_data(lang: str):
    now = utcnow()
    try:
        with transaction() as database:
            document = own.take_data_along(database, person_id=g.identity.person_id, now=now)
    except own.TooManyDownloads:
        raise TooManyRequests(retry_after=int(own.DOWNLOADS_WINDOW.total_seconds())) from None
    name = f"my-data-{now:%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(json.dumps(document, ensure_ascii=False, indent=2), mimetype="application/json", headers=headers)


@bp.route("/<locale:lang>/account/erase", methods=["GET", "POST"])
@limiter.limit("20 per hour", key_func=asker, methods=["POST"])
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def erase(lang: str):
    person = queries.person_profile(db.session(), g.identity.person_id)
    form = EraseForm(data=guard.typed_before_proof() if request.method == "GET" else None)
    if form.accepted() and _is_erased(form, person):
        guard.sign_out()
        flash(_("Your account is erased. A last letter confirms it."), "success")
        return redirect(url_for("calls.home"), 303)
    return render_template("people/erase.html", form=form, person=person), form.status


def _is_erased(form: EraseForm, person: queries.PersonProfile) -> bool:
    if form.email.data != person.email:
        form.refuse_email(_("This is not the address of this account"))
        return False
    try:
        with transaction() as database:
            wish = dict(person_id=person.id, blanks_texts=form.blanks_texts.data)
            erasing.leave(database, now=utcnow(), **wish)
    except erasing.StillNeeded as error:
        form.refuse(_(error.message, **error.params))
        return False
    return True

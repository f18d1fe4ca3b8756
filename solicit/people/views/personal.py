"""A person's own data: taking them along, and having them erased."""

import json

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from solicit.access import guard
from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.audit.queries import n_acts_since
from solicit.audit.service import record
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries
from solicit.people.forms import EraseForm
from solicit.people.states import DOWNLOADS_WINDOW, MOST_DOWNLOADS
from solicit.people.views.blueprint import bp
from solicit.reports.queries.personal import personal_data
from solicit.reports.service import erase as erasing
from solicit.web.limits import asker, limiter


@bp.get("/<locale:lang>/account/data")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def own_data(lang: str):
    return render_template("people/own_data.html")


@bp.post("/<locale:lang>/account/data")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def download_data(lang: str):
    """At most ten times an hour, counted in the audit: it reads every table."""
    person_id, now = g.identity.person_id, utcnow()
    with transaction() as database:
        given = dict(act="download data", actor_id=person_id)
        if n_acts_since(database, since=now - DOWNLOADS_WINDOW, **given) >= MOST_DOWNLOADS:
            raise TooManyRequests(retry_after=int(DOWNLOADS_WINDOW.total_seconds()))
        record(database, subject="person", subject_id=person_id, now=now, **given)
        document = {"made_at": now.isoformat(), "tables": personal_data(database, person_id=person_id)}
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

"""Signing in with a password or a mailed link, and signing out."""

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from solicit.access import guard
from solicit.access.guard import public
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries, service
from solicit.people.forms import SignInForm
from solicit.people.states import Letter, LinkPurpose
from solicit.people.views.blueprint import begin_attempt, bp, credentials, local_path, network
from solicit.people.views.entering import AFTER_KEY, enter
from solicit.people.views.registering import ask_for
from solicit.web.forms import ActionForm
from solicit.web.limits import limiter


@bp.route("/<locale:lang>/sign-in", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
@public
def sign_in(lang: str):
    target = local_path(request.args.get("next"))
    if g.identity:
        return redirect(target, 303)
    form = SignInForm()
    if not form.accepted():
        return render_template("people/sign_in.html", form=form), form.status
    begin_attempt(form.email.data)
    checked = _check_password(form)
    if checked is None:
        form.refuse(_("The e-mail address or the password is wrong."))
        return render_template("people/sign_in.html", form=form), form.status
    if not checked.is_confirmed:
        return render_template("people/not_confirmed.html", form=form, email=form.email.data), 403
    return enter(checked.person_id, target)


@bp.post("/<locale:lang>/sign-out")
@public
def sign_out(lang: str):
    guard.sign_out()
    flash(_("You are signed out."), "success")
    return redirect(url_for("calls.home"), 303)


@bp.route("/<locale:lang>/sign-in/link", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=network, methods=["POST"])
@public
def ask_magic_link(lang: str):
    return ask_for(Letter.MAGIC_LINK, "people/ask_magic_link.html", lang)


@bp.route("/<locale:lang>/sign-in/link/<token>", methods=["GET", "POST"])
@public
def use_magic_link(lang: str, token: str):
    form = ActionForm()
    if not form.accepted():
        owner = service.owner_of_link(
            db.session(), credentials=credentials(), purpose=LinkPurpose.SIGN_IN, token=token, now=utcnow()
        )
        return render_template("people/use_magic_link.html", form=form, owner=owner), form.status
    with transaction() as database:
        person_id = service.use_magic_link(database, credentials=credentials(), token=token, now=utcnow())
    return enter(person_id, local_path(session.get(AFTER_KEY)))


@bp.route("/<locale:lang>/demo/<key>", methods=["GET", "POST"])
@public
def demo(lang: str, key: str):
    """Take the place of a sample person; the address is printed when a demonstration starts."""
    settings = current_app.extensions["settings"]
    if not settings.demo or settings.is_production or settings.is_secure:
        abort(404)
    person_id = service.person_of_demo_key(current_app.config["SECRET_KEY"], key) or abort(404)
    person = queries.sample_person(db.session(), person_id=person_id) or abort(404)
    form = ActionForm()
    if not form.accepted():
        return render_template("people/demo.html", form=form, person=person), form.status
    return enter(person.id, url_for("calls.home"))


def _check_password(form: SignInForm) -> service.Checked | None:
    given = dict(email=form.email.data, password=form.password.data)
    with transaction() as database:
        return service.check_password(database, credentials=credentials(), **given)

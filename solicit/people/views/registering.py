"""Registering and confirming the address."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import service
from solicit.people.forms import AddressForm, RegisterForm
from solicit.people.states import Letter, LinkPurpose
from solicit.people.views.blueprint import bp, credentials, network, sent_url
from solicit.web.forms import ActionForm
from solicit.web.limits import limiter


@bp.route("/<locale:lang>/register", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=network, methods=["POST"])
@public
def register(lang: str):
    if g.identity:
        return redirect(url_for(".account"), 303)
    form = RegisterForm()
    if not form.accepted():
        return render_template("people/register.html", form=form), form.status
    if form.is_from_a_robot:
        return redirect(sent_url(Letter.CONFIRM_EMAIL), 303)
    try:
        with transaction() as session:
            service.register(session, credentials=credentials(), **_registration(form), locale=lang, now=utcnow())
    except service.WeakPassword as error:
        form.refuse_password(_(error.message, **error.params))
        return render_template("people/register.html", form=form), form.status
    return redirect(sent_url(Letter.CONFIRM_EMAIL), 303)


@bp.get("/<locale:lang>/account/sent")
@public
def sent(lang: str):
    """The same page whether or not a letter is under way."""
    try:
        letter = Letter(request.args.get("letter"))
    except ValueError:
        abort(404)
    return render_template("people/sent.html", letter=letter.value)


@bp.route("/<locale:lang>/account/confirm", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=network, methods=["POST"])
@public
def ask_confirmation(lang: str):
    return ask_for(Letter.CONFIRM_EMAIL, "people/ask_confirmation.html", lang)


@bp.route("/<locale:lang>/account/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(lang: str, token: str):
    form = ActionForm()
    if not form.accepted():
        owner = service.owner_of_link(
            db.session(), credentials=credentials(), purpose=LinkPurpose.CONFIRM, token=token, now=utcnow()
        )
        return render_template("people/confirm.html", form=form, owner=owner), form.status
    with transaction() as session:
        service.confirm_email(session, credentials=credentials(), token=token, now=utcnow())
    flash(_("Your address is confirmed. You can sign in now."), "success")
    return redirect(url_for(".sign_in"), 303)


def ask_for(letter: Letter, template: str, lang: str):
    """A page with one address, to which a letter is sent if somebody here has it."""
    form = AddressForm()
    if not form.accepted():
        return render_template(template, form=form), form.status
    with transaction() as session:
        service.ask_for_letter(session, letter=letter, email=form.email.data, locale=lang)
    return redirect(sent_url(letter), 303)


def _registration(form: RegisterForm) -> dict[str, str]:
    return {name: form[name].data for name in ("email", "full_name", "password")}


@bp.errorhandler(service.LinkUsedUp)
def link_used_up(error: service.LinkUsedUp):
    db.session.rollback()
    again = {
        LinkPurpose.CONFIRM: ".ask_confirmation",
        LinkPurpose.RESET: ".ask_reset",
        LinkPurpose.SIGN_IN: ".ask_magic_link",
        LinkPurpose.NEW_ADDRESS: ".change_address",
    }
    return render_template("people/link_used_up.html", again_url=url_for(again[error.purpose])), 410

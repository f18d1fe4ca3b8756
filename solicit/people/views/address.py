"""Changing the address that one signs in with."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access import guard
from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries, service
from solicit.people.forms import AddressForm, NewAddressForm
from solicit.people.views.blueprint import bp, credentials, network
from solicit.people.views.entering import password_is_right
from solicit.web.forms import ActionForm
from solicit.web.limits import limiter


@bp.route("/<locale:lang>/account/address", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=network, methods=["POST"])
@requires(Permission.MANAGE_OWN_ACCOUNT)
def change_address(lang: str):
    """The password is the proof; who has none proves it by a sign-in of the last minutes."""
    person = queries.person_profile(db.session(), g.identity.person_id)
    if not (person.has_password or guard.is_fresh()):
        return guard.ask_for_proof()
    form_of = NewAddressForm if person.has_password else AddressForm
    form = form_of(data=guard.typed_before_proof() if request.method == "GET" else None)
    if form.accepted() and _is_asked_for(form, person, lang):
        return redirect(url_for(".address_asked"), 303)
    return render_template("people/change_address.html", form=form, person=person), form.status


@bp.get("/<locale:lang>/account/address/sent")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def address_asked(lang: str):
    return render_template("people/address_asked.html")


@bp.route("/<locale:lang>/account/address/<token>", methods=["GET", "POST"])
@public
def confirm_address(lang: str, token: str):
    given = dict(credentials=credentials(), token=token, now=utcnow())
    email = service.new_address_of_link(db.session(), **given)
    form = ActionForm()
    if not form.accepted():
        return render_template("people/confirm_address.html", form=form, email=email), form.status
    contact = current_app.extensions["settings"].contact
    with transaction() as database:
        person_id = service.confirm_new_address(database, contact=contact, **given)
    if g.identity and g.identity.person_id == person_id:
        guard.sign_in(person_id, is_proof=False)
        flash(_("Your address is changed. Every other sign-in has ended."), "success")
        return redirect(url_for(".account"), 303)
    guard.sign_out()
    flash(_("Your address is changed. Sign in with it."), "success")
    return redirect(url_for(".sign_in"), 303)


def _is_asked_for(form: AddressForm | NewAddressForm, person: queries.PersonProfile, lang: str) -> bool:
    if person.has_password and not password_is_right(form, person):
        return False
    try:
        with transaction() as database:
            asked = dict(person_id=person.id, email=form.email.data, locale=lang)
            service.ask_for_address(database, now=utcnow(), **asked)
    except service.SameAddress as error:
        form.email.errors = [_(error.message)]
        return False
    return True

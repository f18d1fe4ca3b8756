"""The account: what a person says of themselves, their password, their sign-ins."""

from flask import flash, g, redirect, render_template, session, url_for
from flask_babel import gettext as _

from solicit.access import guard
from solicit.access import service as access
from solicit.access.guard import TOKEN_KEY, public, requires
from solicit.access.policy import Permission
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries, service
from solicit.people.forms import SYSTEM_SCHEME, ChangePasswordForm, ProfileForm, ResetForm
from solicit.people.queries.tokens import n_live_tokens
from solicit.people.states import Career, Letter, LinkPurpose
from solicit.people.views.blueprint import begin_attempt, bp, credentials, network
from solicit.people.views.registering import ask_for
from solicit.web.counting import ngettext
from solicit.web.languages import spoken_languages
from solicit.web.limits import limiter
from solicit.web.pages import current_language


@bp.route("/<locale:lang>/account", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_ACCOUNT)
def account(lang: str):
    person = queries.person_profile(db.session(), g.identity.person_id)
    form = _profile_form(person, lang)
    if not form.accepted():
        now = utcnow()
        sign_ins = queries.live_sign_ins(db.session(), who=g.identity, token=session[TOKEN_KEY], now=now)
        return render_template("people/account.html", form=form, person=person, sign_ins=sign_ins), form.status
    with transaction() as database:
        service.change_profile(database, person_id=person.id, profile=_profile(form))
    flash(_("Your account is saved."), "success")
    return redirect(url_for(".account", lang=form.locale.data), 303)


@bp.route("/<locale:lang>/account/password", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_ACCOUNT)
def change_password(lang: str):
    person = queries.person_profile(db.session(), g.identity.person_id)
    form = ChangePasswordForm()
    n_revoked = _changed(form, person, lang) if form.accepted() else None
    if n_revoked is None:
        n_tokens = n_live_tokens(db.session(), person_id=person.id, now=utcnow())
        return render_template("people/change_password.html", form=form, person=person, n_tokens=n_tokens), form.status
    guard.sign_in(person.id, is_proof=not person.has_second_factor)
    flash(_("Your password is changed. Every other sign-in has ended."), "success")
    _tell_of_tokens(n_revoked)
    return redirect(url_for(".account"), 303)


@bp.post("/<locale:lang>/account/sign-ins/<id:sign_in_id>/end")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def end_sign_in(lang: str, sign_in_id: int):
    with transaction() as database:
        access.end_sign_in(database, person_id=g.identity.person_id, sign_in_id=sign_in_id)
    flash(_("The sign-in has ended."), "success")
    return redirect(url_for(".account"), 303)


@bp.post("/<locale:lang>/account/sign-ins/end-others")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def end_other_sign_ins(lang: str):
    with transaction() as database:
        access.revoke_other_sign_ins(database, person_id=g.identity.person_id, token=session[TOKEN_KEY])
    flash(_("Every other sign-in has ended."), "success")
    return redirect(url_for(".account"), 303)


@bp.route("/<locale:lang>/account/reset", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=network, methods=["POST"])
@public
def ask_reset(lang: str):
    return ask_for(Letter.RESET_PASSWORD, "people/ask_reset.html", lang)


@bp.route("/<locale:lang>/account/reset/<token>", methods=["GET", "POST"])
@public
def reset_password(lang: str, token: str):
    owner = service.owner_of_link(
        db.session(), credentials=credentials(), purpose=LinkPurpose.RESET, token=token, now=utcnow()
    )
    form = ResetForm()
    n_revoked = _reset(form, token, lang) if form.accepted() else None
    if n_revoked is None:
        return render_template("people/reset_password.html", form=form, owner=owner), form.status
    guard.sign_out()
    flash(_("Your password is changed. Sign in with it."), "success")
    _tell_of_tokens(n_revoked)
    return redirect(url_for(".sign_in"), 303)


def _reset(form: ResetForm, token: str, lang: str) -> int | None:
    """Set the password of a link; how many tokens that revoked, None if the form has to be shown again."""
    new = dict(token=token, password=form.password.data, locale=lang)
    try:
        with transaction() as database:
            return service.reset_password(database, credentials=credentials(), **new, now=utcnow())
    except service.WeakPassword as error:
        form.refuse_password(_(error.message, **error.params))
        return None


def _changed(form: ChangePasswordForm, person: queries.PersonProfile, lang: str) -> int | None:
    """Change the password; how many tokens that revoked, None if the form has to be shown again."""
    begin_attempt(person.email)
    proof = dict(person_id=person.id, present=form.present_password.data)
    new = dict(password=form.password.data, keeps_tokens=form.keeps_tokens.data, locale=lang)
    try:
        with transaction() as database:
            return service.change_password(database, credentials=credentials(), **proof, **new, now=utcnow())
    except service.WrongPassword as error:
        form.refuse_present(_(error.message))
    except service.WeakPassword as error:
        form.refuse_password(_(error.message, **error.params))
    return None


def _tell_of_tokens(n_revoked: int) -> None:
    if n_revoked:
        flash(ngettext("%(num)s token was revoked.", "%(num)s tokens were revoked.", n_revoked), "info")


def _profile_form(person: queries.PersonProfile, lang: str) -> ProfileForm:
    present = vars(person) | {
        "country": person.country or "",
        "career": person.career.value if person.career else "",
        "scheme": person.scheme or SYSTEM_SCHEME,
    }
    form = ProfileForm(data=present)
    form.country.choices = [("", _("I would rather not say")), *queries.country_choices(current_language())]
    form.locale.choices = [(locale, queries.language_name(locale)) for locale in spoken_languages()]
    return form


def _profile(form: ProfileForm) -> service.Profile:
    return service.Profile(
        full_name=form.full_name.data,
        family_name=form.family_name.data,
        affiliation=form.affiliation.data,
        country=form.country.data or None,
        career=Career(form.career.data) if form.career.data else None,
        orcid=form.orcid.data or None,
        ror=form.ror.data or None,
        locale=form.locale.data,
        scheme=None if form.scheme.data == SYSTEM_SCHEME else form.scheme.data,
        uses_keys=form.uses_keys.data,
    )

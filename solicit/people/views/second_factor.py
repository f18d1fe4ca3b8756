"""The second factor in the account: setting it up, its recovery codes, removing it."""

from flask import flash, g, redirect, render_template, session, url_for
from flask_babel import gettext as _

from solicit.access import guard
from solicit.access.guard import TOKEN_KEY, requires
from solicit.access.policy import Permission
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries, service
from solicit.people.forms import CodeForm
from solicit.people.views.blueprint import bp, credentials
from solicit.people.views.pictures import qr_code


@bp.get("/<locale:lang>/account/second-factor")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def second_factor(lang: str):
    return _page(CodeForm())


@bp.post("/<locale:lang>/account/second-factor/begin")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def begin_second_factor(lang: str):
    with transaction() as database:
        service.begin_setup(database, credentials=credentials(), person_id=g.identity.person_id)
    return redirect(url_for(".second_factor"), 303)


@bp.post("/<locale:lang>/account/second-factor/confirm")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def confirm_second_factor(lang: str):
    form = CodeForm()
    if not form.accepted():
        return _page(form)
    given = dict(person_id=g.identity.person_id, code=form.code.data, token=session[TOKEN_KEY], now=utcnow())
    try:
        with transaction() as database:
            codes = service.confirm_setup(database, credentials=credentials(), **given)
    except service.WrongCode as error:
        form.refuse_code(_(error.message))
        return _page(form)
    return render_template("people/recovery_codes.html", codes=codes, is_first=True)


@bp.post("/<locale:lang>/account/second-factor/codes")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def new_recovery_codes(lang: str):
    with transaction() as database:
        codes = service.new_recovery_codes(database, credentials=credentials(), person_id=g.identity.person_id)
    return render_template("people/recovery_codes.html", codes=codes, is_first=False)


@bp.post("/<locale:lang>/account/second-factor/remove")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def remove_second_factor(lang: str):
    with transaction() as database:
        service.remove_second_factor(database, person_id=g.identity.person_id, now=utcnow())
    flash(_("Your second factor is removed."), "success")
    return redirect(url_for(".second_factor"), 303)


def _page(form: CodeForm):
    database, person_id = db.session(), g.identity.person_id
    setup = service.setup_of(database, credentials=credentials(), person_id=person_id)
    shown = dict(
        setup=setup,
        qr=qr_code(setup.address) if setup else None,
        state=queries.second_factor_state(database, person_id),
        is_needed=guard.needs_second_factor((g.without_second_factor or g.identity).grants),
    )
    return render_template("people/second_factor.html", form=form, **shown), form.status

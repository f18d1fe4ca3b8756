"""Keys to the API in the account: making one, which is shown once, and revoking it."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import ask_for_second_factor, requires
from solicit.access.policy import Permission
from solicit.access.scopes import SCOPE_WORDS, scopes_for
from solicit.calls.queries import call_facts, public_calls
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.people import service
from solicit.people.forms import TokenForm
from solicit.people.queries.tokens import token_views
from solicit.people.service.tokens import LIVES_IN_DAYS
from solicit.people.views.blueprint import bp
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm


@bp.get("/<locale:lang>/account/tokens")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def tokens(lang: str):
    return _page(_token_form())


@bp.post("/<locale:lang>/account/tokens")
@requires(Permission.MANAGE_OWN_ACCOUNT, fresh=True)
def create_token(lang: str):
    if g.without_second_factor:
        return ask_for_second_factor()
    form = _token_form()
    if not form.accepted():
        return _page(form)
    try:
        with transaction() as session:
            token = service.create_token(session, **_values(form), person_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(form)
    return render_template("people/token.html", token=token, name=form.name.data)


@bp.post("/<locale:lang>/account/tokens/<id:token_id>/revoke")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def revoke_token(lang: str, token_id: int):
    if ActionForm().accepted():
        me = g.identity.person_id
        with transaction() as session:
            service.end_token(session, person_id=me, token_id=token_id, actor_id=me, now=utcnow())
        flash(_("The token is revoked."), "success")
    return redirect(url_for(".tokens"), 303)


def _token_form() -> TokenForm:
    form = TokenForm()
    form.scopes.choices = [(name, f"{name}: {_(SCOPE_WORDS[name])}") for name in scopes_for(g.identity.grants)]
    form.call.choices = [("", _("All calls")), *((call.slug, call.title) for call in public_calls(db.session()))]
    form.days.choices = [(days, ngettext("%(num)s day", "%(num)s days", days)) for days in LIVES_IN_DAYS]
    return form


def _values(form: TokenForm) -> dict:
    call = call_facts(db.session(), slug=form.call.data) if form.call.data else None
    return dict(
        name=form.name.data,
        scopes=form.scopes.data,
        days=form.days.data,
        call_id=call.id if call else None,
        actor_id=g.identity.person_id,
    )


def _page(form: TokenForm):
    listed = token_views(db.session(), person_id=g.identity.person_id, now=utcnow())
    return render_template("people/tokens.html", form=form, tokens=listed), form.status

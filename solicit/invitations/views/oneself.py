"""What a person says of themselves for a call: wishes, and proposing oneself."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.nominations import StatementForm
from solicit.invitations.forms.wishes import WishesForm, wishes_form
from solicit.invitations.queries import oneself as queries
from solicit.invitations.service import oneself as service
from solicit.invitations.service.wishes import say_wishes
from solicit.invitations.views import bp
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter

WISHES = "/<locale:lang>/<call>/my/wishes"
PROPOSAL = "/<locale:lang>/<call>/my/proposal"


@bp.get(WISHES)
@requires(Permission.OFFER_ONESELF, call_subject)
def wishes(lang: str, call: CallFacts):
    said = queries.own_wishes(db.session(), **_who(call))
    return _wishes_page(call, wishes_form(said), said)


@bp.post(WISHES)
@limiter.limit("60 per hour", key_func=asker)
@requires(Permission.OFFER_ONESELF, call_subject)
def save_wishes(lang: str, call: CallFacts):
    said = queries.own_wishes(db.session(), **_who(call))
    form = wishes_form(said)
    if not form.accepted():
        return _wishes_page(call, form, said)
    try:
        with transaction() as session:
            person_id = g.identity.person_id
            say_wishes(session, call_id=call.id, person_id=person_id, wishes=form.wishes(), now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _wishes_page(call, form, said)[0], 409
    flash(_("What you said is saved."), "success")
    return redirect(url_for(".wishes"), 303)


@bp.get(PROPOSAL)
@requires(Permission.OFFER_ONESELF, call_subject)
def proposal(lang: str, call: CallFacts):
    made = queries.own_proposal(db.session(), **_who(call))
    typed = dict(theme=made.theme.key if made.theme else "", statement=made.statement) if made else {}
    return _proposal_page(call, StatementForm(formdata=None, **typed), made)


@bp.post(PROPOSAL)
@limiter.limit("30 per hour", key_func=asker)
@requires(Permission.OFFER_ONESELF, call_subject)
def propose_oneself(lang: str, call: CallFacts):
    form = StatementForm().offer(call.themes)
    if not form.accepted():
        return _proposal_page(call, form, queries.own_proposal(db.session(), **_who(call)))
    said = dict(theme_id=call.theme(form.theme.data).id, statement=form.statement.data)
    try:
        with transaction() as session:
            service.propose_oneself(session, call=call, person_id=g.identity.person_id, **said, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _proposal_page(call, form, queries.own_proposal(db.session(), **_who(call)))[0], 409
    flash(_("Your proposal is saved. You can withdraw it at any time."), "success")
    return redirect(url_for(".proposal"), 303)


@bp.post("/<locale:lang>/<call>/my/proposal/withdraw")
@limiter.limit("30 per hour", key_func=asker)
@requires(Permission.OFFER_ONESELF, call_subject)
def withdraw_oneself(lang: str, call: CallFacts):
    if ActionForm().accepted():
        with transaction() as session:
            service.withdraw_oneself(session, call_id=call.id, person_id=g.identity.person_id, now=utcnow())
        flash(_("Your proposal is withdrawn and deleted."), "success")
    return redirect(url_for(".proposal"), 303)


def _who(call: CallFacts) -> dict:
    """The call and the person who asks; a call that is not open to anybody yet has no such page."""
    if call.state is CallState.DRAFT:
        abort(404)
    return dict(call=call, person_id=g.identity.person_id)


def _wishes_page(call: CallFacts, form: WishesForm, said: queries.OwnWishes):
    return render_template("invitations/wishes.html", call=call, form=form, said=said), form.status


def _proposal_page(call: CallFacts, form: StatementForm, made: queries.OwnProposal | None):
    form.offer(call.themes)
    return render_template("invitations/proposal.html", call=call, form=form, made=made), form.status

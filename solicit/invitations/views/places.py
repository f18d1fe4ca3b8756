"""One invitation at the organizers' desk: its letter, its answer, and what they decide on the place."""

from collections.abc import Callable

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.letters import CancelForm
from solicit.invitations.queries.letters.letter import letter_facts
from solicit.invitations.queries.letters.one import invitation_row, invitation_subject
from solicit.invitations.queries.letters.rows import InvitationRow
from solicit.invitations.service import letters as service
from solicit.invitations.views import bp
from solicit.invitations.views.documents import letter_file
from solicit.invitations.views.letters import LETTERS, links
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language

PLACE = f"{LETTERS}/<id:invitation_id>"


@bp.get(PLACE)
@requires(Permission.SELECT_INVITEES, invitation_subject)
def invitation(call: CallFacts, invitation_id: int):
    return _place_page(_row(call, invitation_id), CancelForm(formdata=None))


@bp.get(f"{PLACE}/letter.pdf")
@requires(Permission.SELECT_INVITEES, invitation_subject)
def letter(call: CallFacts, invitation_id: int):
    viewer_id = g.identity.person_id
    facts = letter_facts(db.session(), call=call, invitation_id=invitation_id, viewer_id=viewer_id)
    return letter_file(facts or abort(404))


@bp.post(f"{PLACE}/confirm")
@requires(Permission.SELECT_INVITEES, invitation_subject)
def confirm_place(call: CallFacts, invitation_id: int):
    return _act(call, invitation_id, service.confirm_place, _("The place is confirmed, and the person knows."))


@bp.post(f"{PLACE}/again")
@requires(Permission.SELECT_INVITEES, invitation_subject)
def send_letter_again(call: CallFacts, invitation_id: int):
    told = _("We wrote again. The link of the mail before works no longer.")
    return _act(call, invitation_id, service.send_letter_again, told, links=links())


@bp.post(f"{PLACE}/cancel")
@requires(Permission.SELECT_INVITEES, invitation_subject)
def cancel_place(call: CallFacts, invitation_id: int):
    row, form = _row(call, invitation_id), CancelForm()
    if not form.accepted():
        return _place_page(row, form)
    told = _("The invitation is cancelled, and the place is free.")
    return _act(call, invitation_id, service.cancel_place, told, form, reason=form.reason.data)


def _act(
    call: CallFacts, invitation_id: int, act: Callable, told: str, form: CancelForm | None = None, **asked: object
):
    """Carry out what a button asks and come back to the page, saying what came of it."""
    row, form = _row(call, invitation_id), form or ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                who = dict(invitation_id=invitation_id, actor_id=g.identity.person_id)
                act(session, call=call, now=utcnow(), **who, **asked)
        except DomainError as error:
            flash(_(error.message, **error.params), "warning")
        else:
            flash(told, "success")
    return redirect(url_for(".invitation", invitation_id=row.id), 303)


def _row(call: CallFacts, invitation_id: int) -> InvitationRow:
    who = dict(viewer_id=g.identity.person_id, locale=current_language())
    return invitation_row(db.session(), call=call, invitation_id=invitation_id, **who) or abort(404)


def _place_page(row: InvitationRow, form: CancelForm):
    return render_template("invitations/invitation.html", row=row, form=form), form.status

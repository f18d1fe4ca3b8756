"""The page of an invited person, by the link of the mail or signed in; opening it answers nothing."""

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError, Refused
from solicit.invitations.forms.letters import CancelForm, DeclineForm
from solicit.invitations.queries.letters.letter import letter_facts
from solicit.invitations.queries.letters.own import OwnInvitation, invitation_by_link, invitation_of, invited_subject
from solicit.invitations.service import letters as service
from solicit.invitations.service.letters.tell import until
from solicit.invitations.states import InvitationLink
from solicit.invitations.views import bp
from solicit.invitations.views.documents import calendar_file, days_in_words, letter_file, paid_in_words, where
from solicit.invitations.views.letters import links
from solicit.submissions.service.links import LinkUsedUp
from solicit.web.forms import ActionForm, BaseForm
from solicit.web.limits import asker, limiter
from solicit.web.pages import current_language
from solicit.words import N_

BY_LINK = "/<locale:lang>/<call>/invitation/<invitation_token>"
OWN = "/<locale:lang>/<call>/my/invitation"
THANKS = {
    "accept": N_("Thank you for accepting. The organizers know."),
    "decline": N_("You declined, and the organizers know. Thank you for answering."),
    "cancel": N_("Your place is given back, and the organizers know."),
}


@bp.get(BY_LINK)
@public
def invited(lang: str, call: CallFacts, invitation_token: str):
    return _page(call, _by_link(call, invitation_token))


@bp.post(BY_LINK)
@limiter.limit("60 per hour", key_func=asker)
@public
def answer(lang: str, call: CallFacts, invitation_token: str):
    return _answered(call, _by_link(call, invitation_token))


@bp.get(f"{BY_LINK}/letter.pdf")
@limiter.limit("60 per hour", key_func=asker)
@public
def invited_letter(lang: str, call: CallFacts, invitation_token: str):
    return _letter(call, _by_link(call, invitation_token))


@bp.get(f"{BY_LINK}/meeting.ics")
@limiter.limit("60 per hour", key_func=asker)
@public
def invited_calendar(lang: str, call: CallFacts, invitation_token: str):
    return _calendar(call, _by_link(call, invitation_token))


@bp.get(OWN)
@requires(Permission.SEE_INVITATION, invited_subject)
def mine(lang: str, call: CallFacts):
    return _page(call, _own(call))


@bp.post(OWN)
@requires(Permission.SEE_INVITATION, invited_subject)
def answer_mine(lang: str, call: CallFacts):
    return _answered(call, _own(call))


@bp.get(f"{OWN}/letter.pdf")
@requires(Permission.SEE_INVITATION, invited_subject)
def my_letter(lang: str, call: CallFacts):
    return _letter(call, _own(call))


@bp.get(f"{OWN}/meeting.ics")
@requires(Permission.SEE_INVITATION, invited_subject)
def my_calendar(lang: str, call: CallFacts):
    return _calendar(call, _own(call))


@bp.errorhandler(LinkUsedUp)
def link_used_up(error: LinkUsedUp):
    db.session.rollback()
    return render_template("invitations/link_used_up.html"), 410


def _by_link(call: CallFacts, token: str) -> OwnInvitation:
    key = links().read(InvitationLink.INVITATION, token)
    found = invitation_by_link(db.session(), call=call, key=key)
    if found is None:
        raise LinkUsedUp
    return found


def _own(call: CallFacts) -> OwnInvitation:
    return invitation_of(db.session(), call=call, person_id=g.identity.person_id) or abort(404)


def _letter(call: CallFacts, own: OwnInvitation):
    """The letter, while it holds: nobody shows one at a border for a place that they do not have."""
    if not _holds(own):
        return _page(call, own, status=410)
    return letter_file(letter_facts(db.session(), call=call, invitation_id=own.id) or abort(404))


def _calendar(call: CallFacts, own: OwnInvitation):
    return calendar_file(call, own) if _holds(own) else _page(call, own, status=410)


def _holds(own: OwnInvitation) -> bool:
    return own.is_coming or own.is_waiting(utcnow())


def _answered(call: CallFacts, own: OwnInvitation):
    """Do what the pressed button says; a page without the answer it needs comes back with what was typed."""
    wanted = request.form.get("answer")
    form = {"accept": ActionForm, "decline": DeclineForm, "cancel": CancelForm}.get(wanted, ActionForm)()
    if wanted not in THANKS or not form.accepted():
        return _page(call, own, form if form.errors else None)
    try:
        _refuse_others(own)
        with transaction() as session:
            _act(session, call, own, wanted, form)
    except LinkUsedUp:
        raise
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(call, own, form, status=409)
    flash(_(THANKS[wanted]), "success")
    return redirect(request.path, 303)


def _act(session, call: CallFacts, own: OwnInvitation, wanted: str, form: BaseForm) -> None:
    what = dict(call=call, key=own.key, now=utcnow())
    if wanted == "accept":
        service.accept(session, **what)
    elif wanted == "decline":
        service.decline(session, note=form.reason.data, **what)
    else:
        service.cancel_own(session, reason=form.reason.data, **what)


def _is_another(own: OwnInvitation) -> bool:
    """Whether somebody else is signed in than the invited person."""
    return g.identity is not None and g.identity.person_id != own.person_id


def _refuse_others(own: OwnInvitation) -> None:
    if _is_another(own):
        raise Refused(N_("You are signed in with another account than the invited one. Sign out first."))


def _page(call: CallFacts, own: OwnInvitation, form: BaseForm | None = None, status: int | None = None):
    """The invitation, or what became of it; one that can no longer be answered is gone."""
    now, locale = utcnow(), current_language()
    is_late = not (own.is_waiting(now) or own.is_coming or own.has_declined or own.is_cancelled)
    deadline = until(own.answer_by, own.meeting, locale)
    if is_late:
        contact = own.meeting.contact or call.contact
        return render_template("invitations/answer_late.html", mine=own, until=deadline, contact=contact), 410
    return render_template(
        "invitations/mine.html",
        mine=own,
        until=deadline,
        is_waiting=own.is_waiting(now),
        is_over=own.meeting.is_over(now),
        is_another=_is_another(own),
        here=request.path,
        days=days_in_words(own.meeting, locale),
        place=where(own.meeting, own.paid, locale),
        paid=paid_in_words(own.paid),
        travel_url=_travel_url(),
        form=form,
        decline_form=form if isinstance(form, DeclineForm) else DeclineForm(formdata=None),
        cancel_form=form if isinstance(form, CancelForm) else CancelForm(formdata=None),
    ), status or (form.status if form else 200)


def _travel_url() -> str:
    """Where the journey is arranged; the page asks to sign in."""
    endpoint = "invitations.travel"
    return url_for(endpoint) if endpoint in current_app.view_functions else ""

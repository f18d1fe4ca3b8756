"""A person's own travel details: giving, opening and deleting them, and the visa support letter."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.travel import LetterForm, TravelForm, filled_travel_form
from solicit.invitations.queries import travel as queries
from solicit.invitations.queries.letters.own import coming_subject
from solicit.invitations.queries.meeting import MeetingView, meeting_of
from solicit.invitations.service import travel as service
from solicit.invitations.states import ReadingPurpose
from solicit.invitations.views import bp
from solicit.invitations.views.travel_letter import language_name, visa_letter_file
from solicit.web.forms import ActionForm
from solicit.web.languages import spoken_languages
from solicit.web.pages import current_language


@bp.get("/<call>/invitation/travel")
@requires(Permission.SEE_INVITATION, coming_subject)
def travel(call: CallFacts):
    return _travel_page(call, TravelForm(formdata=None))


@bp.post("/<call>/invitation/travel")
@requires(Permission.SEE_INVITATION, coming_subject)
def save_travel(call: CallFacts):
    """Not behind a fresh proof: what was typed would wait for it in the cookie."""
    form = _offer(TravelForm(), meeting_of(db.session(), call_id=call.id))
    if not form.accepted():
        return _travel_page(call, form)
    try:
        with transaction() as session:
            own = dict(call_id=call.id, person_id=g.identity.person_id)
            service.save_travel(session, details=form.details(), now=utcnow(), **own)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _travel_page(call, form)
    flash(_("Your travel details are stored, sealed."), "success")
    return redirect(url_for(".travel"), 303)


@bp.post("/<call>/invitation/travel/show")
@requires(Permission.SEE_INVITATION, coming_subject, fresh=True)
def show_travel(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".travel"), 303)
    return _travel_page(call, filled_travel_form(_open_own(call, ReadingPurpose.OWN)), is_open=True)


@bp.post("/<call>/invitation/travel/visa-letter")
@requires(Permission.SEE_INVITATION, coming_subject, fresh=True)
def visa_letter(call: CallFacts):
    form = letter_form()
    if not form.accepted():
        return redirect(url_for(".travel"), 303)
    details = _open_own(call, ReadingPurpose.VISA_LETTER)
    meeting = meeting_of(db.session(), call_id=call.id)
    return visa_letter_file(meeting, details, language=form.language.data, today=utcnow().date())


@bp.get("/<call>/invitation/travel/delete")
@requires(Permission.SEE_INVITATION, coming_subject)
def confirm_travel_deletion(call: CallFacts):
    return render_template("invitations/confirm_travel_deletion.html")


@bp.post("/<call>/invitation/travel/delete")
@requires(Permission.SEE_INVITATION, coming_subject)
def delete_travel(call: CallFacts):
    if ActionForm().accepted():
        with transaction() as session:
            own = dict(call_id=call.id, person_id=g.identity.person_id)
            service.delete_own_travel(session, now=utcnow(), **own)
        flash(_("Your travel details are deleted."), "success")
    return redirect(url_for(".travel"), 303)


def letter_form() -> LetterForm:
    """The form that asks for a letter, in the language of the page unless another one is chosen."""
    form = LetterForm(language=current_language())
    return form.offer(spoken_languages(), language_name)


def _open_own(call: CallFacts, purpose: ReadingPurpose):
    with transaction() as session:
        own = dict(call_id=call.id, person_id=g.identity.person_id)
        return service.open_own_travel(session, purpose=purpose, now=utcnow(), **own)


def _offer(form: TravelForm, meeting: MeetingView | None) -> TravelForm:
    return form.offer(current_language(), meeting=meeting, today=utcnow().date())


def _travel_page(call: CallFacts, form: TravelForm, *, is_open: bool = False):
    view = queries.own_travel(db.session(), call=call, person_id=g.identity.person_id)
    _offer(form, view.meeting)
    letters = letter_form()
    page = render_template("invitations/travel.html", view=view, form=form, letters=letters, is_open=is_open)
    return page, form.status

"""Where and when the meeting is, and how its letters look."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.meeting import MeetingForm, meeting_form
from solicit.invitations.queries.costs import cost_rates
from solicit.invitations.queries.letters.letter import example_letter
from solicit.invitations.queries.meeting import MeetingView, meeting_of
from solicit.invitations.service.meeting import set_meeting
from solicit.invitations.views import bp
from solicit.invitations.views.documents import letter_file
from solicit.web.pages import current_language


@bp.route("/<call>/organize/meeting", methods=["GET", "POST"])
@requires(Permission.RUN_MEETING, call_subject)
def meeting(call: CallFacts):
    stored = meeting_of(db.session(), call_id=call.id)
    form = meeting_form(call, stored, locale=current_language())
    if not form.accepted():
        return _meeting_page(form, stored)
    try:
        with transaction() as session:
            set_meeting(session, call_id=call.id, meeting=form.meeting(), actor_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _meeting_page(form, stored)
    flash(_("The meeting is saved. Letters that were prepared before keep what they say."), "success")
    return redirect(url_for(".meeting"), 303)


@bp.get("/<call>/organize/meeting/letter.pdf")
@requires(Permission.RUN_MEETING, call_subject)
def meeting_letter(call: CallFacts):
    stored = meeting_of(db.session(), call_id=call.id) or abort(404)
    rates = cost_rates(db.session(), call=call)
    reader = dict(name=g.identity.name, locale=current_language())
    return letter_file(example_letter(call=call, meeting=stored, rates=rates.as_json(), now=utcnow(), **reader))


def _meeting_page(form: MeetingForm, stored: MeetingView | None):
    return render_template("invitations/meeting.html", form=form, is_stored=stored is not None), form.status

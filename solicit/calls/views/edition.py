"""A new edition of a call, or a new call with nothing in it, for whoever organizes one already."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls import service
from solicit.calls.forms.edition import COPY, EditionForm
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.queries.parts import Part, kept_part
from solicit.calls.views import bp
from solicit.calls.views.by_whom import by_whom
from solicit.calls.views.parts import DESK
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.web.zones import written_in


@bp.route(DESK + "/copy", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def copy(call: CallFacts):
    times = {name: written_in(call.time_zone, getattr(call, name)) for name in ("opens_at", "closes_at")}
    title = kept_part(db.session(), call_id=call.id, part=Part.TEXTS).values["title"]
    form = EditionForm(data={"start": COPY, "title": title, "time_zone": call.time_zone, "seen": "new", **times})
    if form.accepted():
        try:
            _begin(call, form)
            flash(_("The new call is a draft. Only its organizers see it."), "success")
            return redirect(url_for(".set_up", call=form.slug.data), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return render_template("calls/copy.html", call=call, form=form), form.status


def _begin(call: CallFacts, form: EditionForm) -> int:
    with transaction() as session:
        if form.start.data == COPY:
            return service.copy_call(session, from_id=call.id, edition=form.edition(), **by_whom())
        return service.begin_call(session, edition=form.edition(), **by_whom())

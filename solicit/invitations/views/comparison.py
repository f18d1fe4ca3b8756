"""Saved selections side by side."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.invitations.queries.comparison import INVITED, MOST, Comparison, comparison
from solicit.invitations.views import bp
from solicit.invitations.views.limit_bars import used_of
from solicit.invitations.views.wording import name_text
from solicit.web.pages import current_language
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from


@bp.get("/<call>/organize/invite/compare")
@requires(Permission.SELECT_INVITEES, call_subject)
def compare(call: CallFacts):
    numbers = _numbers()
    if not 1 <= len(numbers) <= MOST:
        flash(_("Tick two to four selections to see them side by side."), "warning")
        return redirect(url_for(".selections"), 303)
    found = _read(call, numbers)
    window = window_from(request.args.get("page"))
    return render_template(
        "invitations/compare.html",
        found=found,
        ids=numbers,
        people=found.people[window.offset : window.offset + window.size],
        invited=INVITED,
        name_of=name_text,
        used_of=used_of,
        pagination=paginate(window, len(found.people), lambda page: url_for(".compare", selection=numbers, page=page)),
    )


def _numbers() -> list[int]:
    """The selections in the address, each once; what is no number is missing."""
    return sorted({id_from(text) or abort(404) for text in request.args.getlist("selection")})


def _read(call: CallFacts, numbers: list[int]) -> Comparison:
    found = comparison(
        db.session(),
        call=call,
        selection_ids=numbers,
        viewer_id=g.identity.person_id,
        locale=current_language(),
    )
    return found or abort(404)

"""What was sent in a round, vote by vote, for organizers after the close; each reading is noted."""

from flask import g, render_template, request

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.panels.queries.votes import sealed_page, votes_page, votes_subject
from solicit.panels.service.health import record_reading
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/votes")
@requires(Permission.RUN_PANELS, votes_subject)
def votes(call: CallFacts, round_id: int):
    """The seals, and the way to the votes: opening an address notes nothing, so that it shows nothing either."""
    view = sealed_page(db.session(), round_id=round_id)
    return render_template("panels/votes.html", view=view, form=ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/votes")
@requires(Permission.RUN_PANELS, votes_subject)
def read_votes(call: CallFacts, round_id: int):
    form, reader_id = ActionForm(), g.identity.person_id
    if not form.accepted():
        view = sealed_page(db.session(), round_id=round_id)
        return render_template("panels/votes.html", view=view, form=form), form.status
    window = window_from(request.form.get("page"))
    view = votes_page(db.session(), round_id=round_id, viewer_id=reader_id, window=window)
    if view.votes:
        with transaction() as session:
            record_reading(session, call_id=call.id, round_id=round_id, reader_id=reader_id, now=utcnow())
    pages = paginate(window, view.n_votes, str)
    return render_template("panels/read_votes.html", view=view, pagination=pages)

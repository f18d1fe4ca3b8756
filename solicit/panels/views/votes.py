"""What was sent in a round, vote by vote, for organizers after the close; each reading is noted."""

from flask import g, render_template, request, url_for

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.panels.queries.votes import votes_page, votes_subject
from solicit.panels.service.health import record_reading
from solicit.panels.views import bp
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/votes")
@requires(Permission.RUN_PANELS, votes_subject)
def votes(call: CallFacts, round_id: int):
    reader_id, window = g.identity.person_id, window_from(request.args.get("page"))
    view = votes_page(db.session(), round_id=round_id, viewer_id=reader_id, window=window)
    if view.votes:
        with transaction() as session:
            record_reading(session, call_id=call.id, round_id=round_id, reader_id=reader_id, now=utcnow())
    pagination = paginate(window, view.n_votes, lambda page: url_for(".votes", round_id=round_id, page=page))
    return render_template("panels/votes.html", view=view, pagination=pagination)

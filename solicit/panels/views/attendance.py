"""What every page of a panelist asks first: known before the page, so that an error page asks nothing."""

from flask import g, request

from solicit.clock import utcnow
from solicit.db import db
from solicit.panels.queries.voting import voter
from solicit.panels.views import bp

# What a chair does for a panel is read beside the panel's rounds, and costs enough statements as it is.
CHAIRS = "/<call>/review/panels/"


@bp.before_request
def find_attendance() -> None:
    address = str(request.url_rule)
    if g.identity is None or getattr(g, "call", None) is None or "/review" not in address or address.startswith(CHAIRS):
        return
    g.attendance = voter.attendance(db.session(), call_id=g.call.id, person_id=g.identity.person_id, now=utcnow())

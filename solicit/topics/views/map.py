"""What the map fetches by script, and the button that has it drawn."""

import gzip
import json

from flask import Response, abort, g, redirect, request, url_for

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.topics.queries import points as queries
from solicit.topics.service.layout import start_drawing
from solicit.topics.views import bp
from solicit.web.limits import asker, limiter

POINTS = "/<locale:lang>/<call>/topics/points"


@bp.get(POINTS + ".json")
@public
def points(lang: str, call: CallFacts):
    """All points, which browsers keep and ask for again only to hear that nothing has changed."""
    if not call.shows_questions:
        abort(404)
    answer = Response(mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(queries.points_version(db.session(), call=call), weak=True)
    if answer.make_conditional(request).status_code == 304:
        return answer
    packed = json.dumps(queries.packed_points(db.session(), call=call), separators=(",", ":")).encode()
    if "gzip" in request.accept_encodings:
        packed, answer.content_encoding = gzip.compress(packed, 6, mtime=0), "gzip"
    answer.set_data(packed)
    return answer


@bp.get(POINTS + "/<label>.json")
@limiter.limit("600 per hour", key_func=asker)
@public
def point(lang: str, call: CallFacts, label: str):
    found = queries.point_title(db.session(), call=call, label=label) or abort(404)
    return dict(label=found.label, title=found.title, language=found.language, topic=found.topic)


@bp.post("/<call>/organize/topics/draw")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def draw(call: CallFacts):
    with transaction() as session:
        job_id = start_drawing(
            session,
            call_id=call.id,
            started_by_id=g.identity.person_id,
            result_path=url_for(".coverage"),
            now=utcnow(),
        )
    return redirect(url_for("jobs.page", job_id=job_id), 303)

"""Two addresses for whatever watches a site, and the complete package of a call for its organizers."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from solicit.access.guard import public, requires
from solicit.access.policy import Permission, permits
from solicit.audit.service import record
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.operating.service.package import write_package
from solicit.reports.queries.whole_call import n_unfinished_rounds, whole_call_subject
from solicit.web.commands import is_up_to_date
from solicit.web.downloads import whole_download
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter

bp = Blueprint("operating", __name__)


@bp.get("/health")
@public
def health():
    """This process answers; nothing else is asked."""
    return jsonify(alive=True)


@bp.get("/ready")
@public
def ready():
    """The database answers, and its tables are those of this code."""
    try:
        tables = "up to date" if is_up_to_date() else "not up to date"
    except SQLAlchemyError:
        tables = "no answer"
    is_ready = tables == "up to date"
    answer = jsonify(ready=is_ready, database=tables)
    answer.status_code = 200 if is_ready else 503
    if not is_ready:
        answer.headers["Retry-After"] = "10"
    return answer


@bp.get("/<call>/organize/package")
@requires(Permission.EXPORT, call_subject)
def package(call: CallFacts):
    facts = whole_call_subject(db.session(), call=call)
    return render_template(
        "operating/package.html",
        may_take=permits(g.identity, Permission.EXPORT_PACKAGE, facts),
        n_open=n_unfinished_rounds(db.session(), call=call),
    )


@bp.post("/<call>/organize/package")
@limiter.limit("10 per hour", key_func=asker, methods=["POST"])
@requires(Permission.EXPORT_PACKAGE, whole_call_subject, fresh=True)
def take_package(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".package"), 303)
    if n_unfinished_rounds(db.session(), call=call):
        flash(_("Votes are still being given. The package can be taken once every round is closed."), "warning")
        return redirect(url_for(".package"), 303)
    with transaction(is_long=True) as session:
        connection = session.connection()
        answer = whole_download(
            f"{call.slug}-package.zip",
            "application/zip",
            lambda file: write_package(connection, call_id=call.id, output=file),
        )
        record(
            session,
            act="take away",
            subject="call",
            subject_id=call.id,
            actor_id=g.identity.person_id,
            call_id=call.id,
            now=utcnow(),
        )
    return answer

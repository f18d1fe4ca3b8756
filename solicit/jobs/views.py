"""The pages of long jobs: how far they are, and a button that stops them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import InvalidMove
from solicit.jobs import queries, service
from solicit.web.forms import ActionForm

bp = Blueprint("jobs", __name__)

REFRESH_SECONDS = 10


@bp.get("/<call>/organize/jobs/<id:job_id>")
@requires(Permission.SEE_JOB, queries.job_subject)
def page(call: CallFacts, job_id: int):
    job = queries.job_page(db.session(), job_id=job_id)
    return render_template("jobs/page.html", job=job, refresh_seconds=REFRESH_SECONDS)


@bp.get("/<call>/organize/jobs/<id:job_id>/fragment")
@requires(Permission.SEE_JOB, queries.job_subject)
def fragment(call: CallFacts, job_id: int):
    return render_template("jobs/fragment.html", job=queries.job_page(db.session(), job_id=job_id))


@bp.post("/<call>/organize/jobs/<id:job_id>/stop")
@requires(Permission.SEE_JOB, queries.job_subject)
def stop(call: CallFacts, job_id: int):
    if ActionForm().accepted():
        try:
            with transaction() as session:
                service.stop_job(session, job_id=job_id, now=utcnow())
            flash(_("The job stops before its next step."), "success")
        except InvalidMove:
            flash(_("The job was over already."), "warning")
    return redirect(url_for(".page", job_id=job_id), 303)

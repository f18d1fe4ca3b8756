"""The pages of long jobs: all of a call, how far one is, and the buttons that stop it or start another like it."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Subject, permits
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, InvalidMove
from solicit.jobs import queries, service
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

bp = Blueprint("jobs", __name__)

REFRESH_SECONDS = 10


@bp.get("/<call>/organize/jobs")
@requires(Permission.SEE_JOBS, call_subject)
def index(call: CallFacts):
    window = window_from(request.args.get("page"))
    jobs = queries.job_list(db.session(), call_id=call.id, window=window)
    total = queries.n_jobs(db.session(), call_id=call.id)
    pagination = paginate(window, total, lambda page: url_for(".index", page=page))
    return render_template("jobs/index.html", jobs=jobs, pagination=pagination)


@bp.get("/<call>/organize/jobs/<id:job_id>")
@requires(Permission.SEE_JOB, queries.job_subject)
def page(call: CallFacts, job_id: int):
    job = queries.job_page(db.session(), job_id=job_id)
    sees_desks = permits(g.identity, Permission.SEE_JOBS, Subject(call_id=call.id))
    return render_template(
        "jobs/page.html",
        job=job,
        rest=job.rest(utcnow()),
        refresh_seconds=REFRESH_SECONDS,
        sees_desks=sees_desks,
    )


@bp.get("/<call>/organize/jobs/<id:job_id>/fragment")
@requires(Permission.SEE_JOB, queries.job_subject)
def fragment(call: CallFacts, job_id: int):
    job = queries.job_page(db.session(), job_id=job_id)
    return render_template("jobs/fragment.html", job=job, rest=job.rest(utcnow()))


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


@bp.post("/<call>/organize/jobs/<id:job_id>/again")
@requires(Permission.SEE_JOB, queries.job_subject)
def start_again(call: CallFacts, job_id: int):
    if ActionForm().accepted():
        try:
            with transaction() as session:
                job_id = service.start_again(session, job_id=job_id, actor_id=g.identity.person_id, now=utcnow())
        except Conflict as error:
            flash(_(error.message), "warning")
    return redirect(url_for(".page", job_id=job_id), 303)

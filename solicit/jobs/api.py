"""Long jobs for programs: which there are, how far one is, and stopping it."""

from marshmallow import fields, validate

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.jobs import queries, service
from solicit.jobs.states import JobState
from solicit.web.api import Answer, ApiBlueprint, PageQuery, asked_window, page_schema, paged

bp = ApiBlueprint("jobs", "Long jobs of a call, such as grouping its questions into topics.")


class JobSchema(Answer):
    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True, attribute="kind_word")
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in JobState]))
    is_over = fields.Boolean(required=True)
    share = fields.Float(required=True, metadata={"description": "How much is finished, 0 to 1."})
    problem = fields.String(required=True, metadata={"description": "Why it failed, in words; empty if it did not."})
    started_by = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


@bp.get("/calls/<call>/jobs")
@requires(Permission.SEE_JOBS, call_subject)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_schema("jobs", JobSchema, counts=True))
def index(call: CallFacts, query: dict):
    """List the long jobs of a call, the newest first."""
    window = asked_window(query)
    jobs = queries.job_list(db.session(), call_id=call.id, window=window)
    total = queries.n_jobs(db.session(), call_id=call.id)
    return paged("jobs", jobs, window, key=lambda job: job.id, total=total)


@bp.get("/calls/<call>/jobs/<id:job_id>")
@requires(Permission.SEE_JOB, queries.job_subject)
@bp.response(200, JobSchema)
def page(call: CallFacts, job_id: int):
    """Read how far a job is."""
    return queries.job_page(db.session(), job_id=job_id)


@bp.post("/calls/<call>/jobs/<id:job_id>/stop", refuses=(409,))
@requires(Permission.SEE_JOB, queries.job_subject)
@bp.response(200, JobSchema)
def stop(call: CallFacts, job_id: int):
    """Stop a job before its next step."""
    with transaction() as session:
        service.stop_job(session, job_id=job_id, now=utcnow())
    return queries.job_page(db.session(), job_id=job_id)

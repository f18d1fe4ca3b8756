"""Topics for programs, with the questions in them."""

from flask import abort, g, url_for
from marshmallow import fields, validate

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.jobs.api import JobSchema
from solicit.jobs.queries import job_page
from solicit.questions.api.public import QuestionPageSchema, listed
from solicit.topics.queries import public as queries
from solicit.topics.service.start import start_grouping
from solicit.topics.states import Detail
from solicit.web.api import Answer, ApiBlueprint, Keyed, PageQuery, Sent

bp = ApiBlueprint("topics", "Topics: groups of questions that ask alike, as everybody reads them.")


class TopicSchema(Answer):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    theme = Keyed(required=True, metadata={"description": "The key of its theme."})
    middle = fields.String(
        required=True,
        allow_none=True,
        attribute="sentence_label",
        metadata={"description": "The number of the question in its middle, while that is part of the call."},
    )
    sentence = fields.String(required=True, allow_none=True, metadata={"description": "The title of that question."})
    n_questions = fields.Integer(required=True)
    n_plans = fields.Integer(required=True)
    n_new = fields.Integer(required=True, metadata={"description": "Of them, new in seven days."})


class NearTopicSchema(Answer):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    nearness = fields.Float(required=True, metadata={"description": "The cosine of the two questions in the middle."})


class TopicListSchema(Answer):
    topics = fields.List(fields.Nested(TopicSchema), required=True)


class GroupingSchema(Sent):
    """How a grouping is to be made."""

    detail = fields.String(load_default=Detail.MIDDLE.value, validate=validate.OneOf([each.value for each in Detail]))
    discards = fields.Boolean(load_default=False, metadata={"description": "A proposal that waits is discarded."})


class TopicPageSchema(TopicSchema):
    nearest = fields.List(fields.Nested(NearTopicSchema), required=True)


@bp.get("/calls/<call>/topics")
@public
@bp.response(200, TopicListSchema)
def index(call: CallFacts):
    """List the topics of a call, the largest first."""
    _check_shown(call)
    return {"topics": queries.public_topics(db.session(), call=call, now=utcnow())}


@bp.get("/calls/<call>/topics/<id:topic_id>")
@public
@bp.response(200, TopicPageSchema)
def page(call: CallFacts, topic_id: int):
    """Read one topic and those that are most like it."""
    _check_shown(call)
    found = _found(call, topic_id)
    return {name: getattr(found.topic, name) for name in vars(found.topic)} | {"nearest": found.nearest}


@bp.get("/calls/<call>/topics/<id:topic_id>/questions")
@public
@bp.arguments(PageQuery, location="query")
@bp.response(200, QuestionPageSchema)
def questions(call: CallFacts, topic_id: int, query: dict):
    """List the questions of a topic."""
    _check_shown(call)
    _found(call, topic_id)
    return listed(call, query, topic_id=topic_id)


@bp.post("/calls/<call>/groupings", refuses=(409,))
@requires(Permission.ARRANGE_TOPICS, call_subject)
@bp.arguments(GroupingSchema, example={"detail": "middle"})
@bp.response(202, JobSchema, headers={"Location": {"schema": {"type": "string"}, "description": "The job."}})
def group(call: CallFacts, sent: dict):
    """Start the job that groups the questions of a call into topics; it ends in a proposal for the desk."""
    with transaction() as session:
        job_id = start_grouping(
            session,
            call_id=call.id,
            detail=Detail(sent["detail"]),
            started_by_id=g.identity.person_id,
            result_path=url_for("topics.proposal"),
            now=utcnow(),
            discards=sent["discards"],
        )
    location = url_for("api.jobs.page", call=call.slug, job_id=job_id)
    return job_page(db.session(), job_id=job_id), 202, {"Location": location}


def _check_shown(call: CallFacts) -> None:
    if not call.shows_questions:
        abort(404)


def _found(call: CallFacts, topic_id: int) -> queries.TopicSurroundings:
    return queries.topic_surroundings(db.session(), call=call, topic_id=topic_id, now=utcnow()) or abort(404)

"""The screening desk for programs: its queue, one question of it, and decisions."""

from flask import g
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject, out_of_scope_reasons
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.questions.queries.involvement import question_subject
from solicit.questions.queries.screening import desk, queue
from solicit.questions.service import screen as service
from solicit.questions.states import DecisionAct, QuestionState, SuspicionKind
from solicit.questions.views.queue import chosen_filter, viewing_now
from solicit.submissions.states import LANGUAGES
from solicit.web.api import (
    Answer,
    ApiBlueprint,
    Keyed,
    PageQuery,
    Sent,
    Text,
    asked_window,
    page_schema,
    paged,
    refuse_fields,
)
from solicit.web.routing import LARGEST_ID

bp = ApiBlueprint("desk", "The organizer's desk: questions of every state, but those in which one has a part oneself.")

ALL = "all"
LONGEST_NOTE = 2_000


class QueueQuery(PageQuery):
    """Which part of the queue."""

    state = fields.String(
        load_default=QuestionState.NEW.value,
        validate=validate.OneOf([ALL, *(state.value for state in QuestionState)]),
        metadata={"description": "New ones without it."},
    )
    theme = fields.String(metadata={"description": f"The key of a theme, or “{queue.NO_THEME}”."})
    kind = fields.String(validate=validate.OneOf([kind.value for kind in Kind]))
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    suspicion = fields.String(validate=validate.OneOf([kind.value for kind in SuspicionKind]))
    mark = fields.String(validate=validate.OneOf(list(queue.MARK_WORDS)))
    q = fields.String(validate=validate.Length(max=200), metadata={"description": "Words, or a number."})
    sort = fields.String(validate=validate.OneOf([sort.value for sort in queue.Sort]))


class SuspicionSchema(Answer):
    kind = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)


class ClaimSchema(Answer):
    """Who reads a question now."""

    name = fields.String(required=True)
    since = fields.AwareDateTime(required=True)
    is_mine = fields.Boolean(required=True)


class DeskRowSchema(Answer):
    id = fields.Integer(required=True)
    label = fields.String(required=True, allow_none=True, metadata={"description": "null before it is screened in."})
    title = fields.String(required=True)
    language = fields.String(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    theme = Keyed(required=True, allow_none=True)
    suggested_theme = Keyed(required=True, allow_none=True, attribute="suggested")
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in QuestionState]))
    created_at = fields.AwareDateTime(required=True)
    is_incomplete = fields.Boolean(required=True)
    has_changed = fields.Boolean(required=True, metadata={"description": "Whether its text changed since screening."})
    revision = fields.String(required=True, allow_none=True)
    suspicions = fields.List(fields.Nested(SuspicionSchema), required=True)
    claim = fields.Nested(ClaimSchema, required=True, allow_none=True)


class SupportSchema(Answer):
    n_people = fields.Integer(required=True)
    n_countries = fields.Integer(required=True)


class DeskQuestionSchema(DeskRowSchema):
    version = fields.Integer(required=True, metadata={"description": "What a decision is based on."})
    goal_overview = fields.String(required=True)
    significance = fields.String(required=True)
    approach = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why it is out of scope."})
    reason_note = fields.String(required=True)
    screened_at = fields.AwareDateTime(required=True, allow_none=True)
    merged_into_id = fields.Integer(required=True, allow_none=True)
    references = fields.List(fields.String(), required=True, metadata={"description": "The submissions behind it."})
    support = fields.Nested(SupportSchema, required=True, allow_none=True)


class DecisionSchema(Sent):
    """What is decided on a question, in the version that was read."""

    act = fields.String(required=True, validate=validate.OneOf([act.value for act in DecisionAct]))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, LARGEST_ID))
    reason = fields.String(metadata={"description": "The key of a reason of the call, for out_of_scope."})
    note = Text(
        load_default="", validate=validate.Length(max=LONGEST_NOTE), metadata={"description": "To the submitter."}
    )
    theme = fields.String(metadata={"description": "The key of the other theme, for theme."})
    anyway = fields.Boolean(load_default=False, metadata={"description": "Even while somebody else reads it."})


@bp.get("/calls/<call>/desk/questions")
@requires(Permission.SCREEN_QUESTIONS, call_subject)
@bp.arguments(QueueQuery, location="query")
@bp.response(200, page_schema("questions", DeskRowSchema, counts=True))
def index(call: CallFacts, query: dict):
    """List the questions of the desk."""
    if query.get("theme") not in (None, queue.NO_THEME) and call.theme(query["theme"]) is None:
        refuse_fields({"theme": [_("Choose a theme")]})
    viewing, window = viewing_now(call), asked_window(query)
    chosen = chosen_filter(call, MultiDict(query))
    rows = queue.desk_rows(db.session(), viewing=viewing, chosen=chosen, window=window)
    counts = queue.desk_counts(db.session(), viewing=viewing, chosen=chosen)
    return paged("questions", rows, window, key=lambda row: row.id, total=counts.total)


@bp.get("/calls/<call>/desk/questions/<id:question_id>")
@requires(Permission.SCREEN_QUESTION, question_subject)
@bp.response(200, DeskQuestionSchema)
def page(call: CallFacts, question_id: int):
    """Read one question with what it takes to decide on it."""
    return desk.desk_question(db.session(), viewing=viewing_now(call), question_id=question_id)


@bp.post("/calls/<call>/desk/questions/<id:question_id>/decisions", refuses=(409,))
@requires(Permission.SCREEN_QUESTION, question_subject)
@bp.arguments(
    DecisionSchema, example={"act": "out_of_scope", "version": 1, "reason": "not-space", "note": "It is about weather."}
)
@bp.response(200, DeskQuestionSchema)
def decide(call: CallFacts, question_id: int, sent: dict):
    """Decide on a question: take it into the call, leave it out, put it back, or change its theme.

    Whoever submitted it is told, as from the page.
    """
    act, values = _act(call, sent)
    decision = dict(question_id=question_id, version=sent["version"], anyway=sent["anyway"], **values)
    with transaction() as session:
        act(session, **decision, actor_id=g.identity.person_id, now=utcnow())
    return desk.desk_question(db.session(), viewing=viewing_now(call), question_id=question_id)


def _act(call: CallFacts, sent: dict) -> tuple:
    """The service that does what was decided, with the values that it alone needs."""
    wanted = DecisionAct(sent["act"])
    if wanted is DecisionAct.OUT_OF_SCOPE:
        known = {reason.key: reason.id for reason in out_of_scope_reasons(db.session(), call_id=call.id)}
        reason_id = known.get(sent.get("reason")) or refuse_fields({"reason": [_("Choose a reason")]})
        return service.put_out_of_scope, {"reason_id": reason_id, "note": sent["note"]}
    if wanted is DecisionAct.THEME:
        theme = call.theme(sent.get("theme")) or refuse_fields({"theme": [_("Choose a theme")]})
        return service.change_theme, {"theme_id": theme.id}
    return (service.put_in_scope if wanted is DecisionAct.IN_SCOPE else service.put_back), {}

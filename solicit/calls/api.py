"""Calls and their themes for programs."""

from marshmallow import fields

from solicit.access.guard import public
from solicit.calls import queries
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.db import db
from solicit.web.api import Answer, ApiBlueprint
from solicit.web.pages import current_language

bp = ApiBlueprint("calls", "Calls that are open, or were, and their themes.")


class CallLinkSchema(Answer):
    slug = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.Enum(CallState, by_value=True, required=True)
    closes_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it closed: at its closing time or before it."}
    )


class CallListSchema(Answer):
    calls = fields.List(fields.Nested(CallLinkSchema), required=True)


class ThemeSchema(Answer):
    key = fields.String(required=True)
    name = fields.String(required=True)
    short_name = fields.String(required=True)
    description = fields.String(required=True)


class ThemeListSchema(Answer):
    themes = fields.List(fields.Nested(ThemeSchema), required=True)


class LimitsSchema(Answer):
    """How long the texts of a submission may be, in characters."""

    title_min = fields.Integer(required=True)
    title_max = fields.Integer(required=True)
    overview_min = fields.Integer(required=True)
    overview_max = fields.Integer(required=True)
    significance_min = fields.Integer(required=True)
    significance_max = fields.Integer(required=True)
    approach_max = fields.Integer(required=True)


class CallSchema(CallLinkSchema):
    opens_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    language = fields.String(required=True)
    headline = fields.String(required=True)
    lead = fields.String(required=True)
    about = fields.String(required=True, metadata={"description": "Markdown."})
    is_open = fields.Boolean(required=True)
    shows_questions = fields.Boolean(required=True, metadata={"description": "Whether everybody may read them now."})
    contact = fields.String(required=True)
    licence = fields.String(required=True)
    terms_version = fields.String(required=True)
    consent = fields.String(required=True, metadata={"description": "What a submitter agrees to. Markdown."})
    limits = fields.Nested(LimitsSchema, required=True)
    themes = fields.List(fields.Nested(ThemeSchema), required=True)


@bp.get("/calls")
@public
@bp.response(200, CallListSchema)
def index():
    """List the calls, open ones first."""
    return {"calls": queries.public_calls(db.session())}


@bp.get("/calls/<call>")
@public
@bp.response(200, CallSchema)
def page(call: CallFacts):
    """Read a call: its dates, its texts and its themes."""
    view = queries.call_page(db.session(), call_id=call.id, now=utcnow(), language=current_language())
    consent, _confidentiality = queries.call_texts(db.session(), call_id=call.id, language=current_language())
    return {name: getattr(call, name) for name in CallSchema().fields if hasattr(call, name)} | {
        "headline": view.headline,
        "lead": view.lead,
        "about": view.about,
        "is_open": view.is_open,
        "consent": consent,
    }


@bp.get("/calls/<call>/themes")
@public
@bp.response(200, ThemeListSchema)
def themes(call: CallFacts):
    """List the themes of a call in their order."""
    return {"themes": call.themes}

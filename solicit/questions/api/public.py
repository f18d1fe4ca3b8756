"""Questions for programs: the list that everybody reads, and one of them."""

from flask import abort, g
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.db import db
from solicit.questions.forms import SearchForm
from solicit.questions.queries.listing import QuestionRow, Search, Sort, public_listing
from solicit.questions.queries.page import question_page
from solicit.questions.queries.public import Viewer, viewer_of
from solicit.questions.views.listing import found, meaning_for, searches_nothing
from solicit.submissions.states import LANGUAGES
from solicit.web.api import (
    Answer,
    ApiBlueprint,
    Keyed,
    Marked,
    PageQuery,
    asked_window,
    page_schema,
    paged,
    refuse_fields,
)
from solicit.web.limits import asker, limiter

SEARCH_LIMIT = limiter.limit("60 per minute", key_func=asker, exempt_when=searches_nothing)

bp = ApiBlueprint("questions", "Questions and exploration plans that are part of a call, as everybody reads them.")


class SearchQuery(PageQuery):
    """What to look for, as on the page of questions."""

    q = fields.String(metadata={"description": "Words, or a number such as Q-12."})
    theme = fields.String(metadata={"description": "The key of a theme."})
    kind = fields.String(validate=validate.OneOf([kind.value for kind in Kind]))
    topic = fields.String(metadata={"description": "The number of a topic."})
    language = fields.String(validate=validate.OneOf(LANGUAGES), metadata={"description": "ISO 639-1."})
    sort = fields.String(validate=validate.OneOf([sort.value for sort in Sort]))


class BandSchema(Answer):
    """How many support a question, in bands."""

    least = fields.Integer(required=True)
    most = fields.Integer(required=True, allow_none=True, metadata={"description": "null: any number."})


class Band(fields.Nested):
    """Two ends as an object; null where nobody supports it, or the reader may not know."""

    def __init__(self, **kwargs) -> None:
        super().__init__(BandSchema, allow_none=True, attribute="band", **kwargs)

    def _serialize(self, value, attr, obj, **kwargs):
        return value and dict(zip(("least", "most"), value, strict=True))


class QuestionRowSchema(Answer):
    label = fields.String(required=True, metadata={"description": "Its number, such as Q-1203 or P-87."})
    kind = fields.Enum(Kind, by_value=True, required=True)
    title = Marked(required=True)
    snippet = Marked(required=True, metadata={"description": "Where the words stand; empty without words."})
    theme = Keyed(required=True, allow_none=True, metadata={"description": "The key of its theme."})
    language = fields.String(required=True)
    sent_on = fields.Date(required=True)
    support = Band(required=True)


class WordingSchema(Answer):
    label = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    title = fields.String(required=True)
    goal_overview = fields.String(required=True)
    significance = fields.String(required=True)
    approach = fields.String(required=True)
    sent_on = fields.Date(required=True)
    is_summary = fields.Boolean(required=True, metadata={"description": "Worded by the organizers."})


class RelatedSchema(Answer):
    label = fields.String(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True)


class TopicLinkSchema(Answer):
    id = fields.Integer(required=True)
    name = fields.String(required=True)


class PlanSchema(Answer):
    target_body = fields.String(required=True)
    mission_type = fields.String(required=True, allow_none=True, attribute="mission_type_word")
    measurement = fields.String(required=True)
    readiness = fields.String(required=True, allow_none=True, attribute="readiness_word")
    time_frame = fields.String(required=True, allow_none=True, attribute="time_frame_word")
    missions = fields.List(fields.String(), required=True)


class QuestionSchema(Answer):
    label = fields.String(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    theme = Keyed(required=True, allow_none=True)
    topic = fields.Nested(TopicLinkSchema, required=True, allow_none=True)
    wording = fields.Nested(WordingSchema, required=True)
    plan = fields.Nested(PlanSchema, required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    grouped_with = fields.String(required=True, allow_none=True, metadata={"description": "It is part of this."})
    n_submissions = fields.Integer(required=True)
    support = Band(required=True)
    is_supported = fields.Boolean(required=True, metadata={"description": "Whether you support it."})
    is_author = fields.Boolean(required=True, metadata={"description": "Whether you wrote it."})
    authors = fields.List(fields.String(), required=True, metadata={"description": "Who agreed to be named."})
    licence = fields.String(required=True)
    originals = fields.List(fields.Nested(WordingSchema), required=True)
    answers = fields.List(fields.Nested(RelatedSchema), required=True)
    answered_by = fields.List(fields.Nested(RelatedSchema), required=True)


QuestionPageSchema = page_schema("questions", QuestionRowSchema, counts=True)


@bp.get("/calls/<call>/questions")
@SEARCH_LIMIT
@public
@bp.arguments(SearchQuery, location="query")
@bp.response(200, QuestionPageSchema)
def index(call: CallFacts, query: dict):
    """List or search the questions of a call, with the filters of the page."""
    return listed(call, query)


@bp.get("/calls/<call>/questions/<label>")
@public
@bp.response(200, QuestionSchema)
def page(call: CallFacts, label: str):
    """Read one question, with the texts that are grouped with it."""
    viewer = viewer_of(g.identity, call)
    return question_page(db.session(), call=call, label=label, viewer=viewer) or abort(404)


def listed(call: CallFacts, query: dict, *, topic_id: int | None = None) -> tuple:
    """A page of the questions that a query looks for, in a topic or in all of the call."""
    if not call.shows_questions:
        abort(404)
    viewer = viewer_of(g.identity, call)
    search = _search(call, query | ({"topic": str(topic_id)} if topic_id else {}), viewer)
    window = asked_window(query)
    listing = public_listing(db.session(), call=call, search=search, window=window, viewer=viewer)
    return paged("questions", listing.rows, window, key=_id, total=listing.total)


def _search(call: CallFacts, query: dict, viewer: Viewer) -> Search:
    form = SearchForm(MultiDict({name: str(value) for name, value in query.items()}), call=call)
    if not form.validate():
        refuse_fields(form.errors)
    search = form.search(may_sort_by_support=viewer.sees_support)
    return found(call, search, meaning_for(call, search, "en"))


def _id(row: QuestionRow) -> int:
    return row.id

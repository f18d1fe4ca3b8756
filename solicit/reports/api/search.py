"""The search of a call for programs: the words and keywords of its page, and what that finds."""

from flask import g
from flask_babel import gettext as _
from marshmallow import fields, validate

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.reports.queries.search import question_filter, searcher_of
from solicit.reports.queries.search.results import Sort, found_questions, offered_sorts, tallies
from solicit.web.api import Answer, ApiBlueprint, Keyed, PageQuery, asked_window, page_schema, paged, refuse_fields
from solicit.web.limits import asker, limiter

bp = ApiBlueprint("search", "One search for organizers and panelists, over what each of them may see.")


class FoundQuery(PageQuery):
    q = fields.String(
        load_default="",
        metadata={"description": "Words and keywords, such as “ice theme:life score>4”. Everything without it."},
    )
    sort = fields.String(validate=validate.OneOf([sort.value for sort in Sort]))


class ScoreSchema(Answer):
    mean = fields.Float(required=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class OnDeskSchema(Answer):
    """What organizers read of a question beside its text."""

    n_reviews = fields.Integer(required=True)
    score = fields.Nested(ScoreSchema, required=True, allow_none=True)
    duplicates = fields.List(fields.String(), required=True)
    countries = fields.List(fields.String(), required=True)


class FoundSchema(Answer):
    id = fields.Integer(required=True)
    label = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    language = fields.String(required=True)
    theme = Keyed(required=True, allow_none=True)
    state = fields.String(required=True, attribute="state_word")
    topic = fields.String(required=True, allow_none=True)
    is_asked = fields.Boolean(required=True, metadata={"description": "Whether you are asked to judge it."})
    on_desk = fields.Nested(OnDeskSchema, required=True, allow_none=True)


@bp.get("/calls/<call>/search")
@limiter.limit("120 per minute", key_func=asker)
@requires(Permission.SEARCH, call_subject)
@bp.arguments(FoundQuery, location="query")
@bp.response(200, page_schema("questions", FoundSchema, counts=True))
def index(call: CallFacts, query: dict):
    """Search the questions of a call by words and keywords."""
    searcher = searcher_of(g.identity, call=call)
    found = question_filter(db.session(), call=call, viewer=searcher, text=query["q"])
    if found.problems:
        refuse_fields({"q": [_(problem.text, **problem.params) for problem in found.problems]})
    sorts, window = offered_sorts(found, searcher), asked_window(query)
    sort = next((each for each in sorts if each.value == query.get("sort")), sorts[0])
    what = dict(call=call, searcher=searcher, found=found, sort=sort, window=window)
    rows = found_questions(db.session(), **what)
    total = tallies(db.session(), call=call, found=found).total
    return paged("questions", rows, window, key=lambda row: row.id, total=total)

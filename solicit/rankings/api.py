"""Rankings for programs: what is published, and what is frozen for those who may see it."""

from flask import abort, g
from marshmallow import fields, validate

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, ThemeView, call_subject
from solicit.calls.states import Kind
from solicit.db import db
from solicit.rankings.queries import published, rows
from solicit.rankings.queries.runs import run_subject, runs
from solicit.rankings.states import Evidence, Purpose, RunState
from solicit.web.api import Answer, ApiBlueprint, PageQuery, asked_window, page_schema, paged, refuse_fields

bp = ApiBlueprint("rankings", "Rankings of a call: published ones, and frozen ones for those who may see them.")


class RankingQuery(PageQuery):
    theme = fields.String(metadata={"description": "The key of a theme; the first one with rows without it."})


class FrozenQuery(RankingQuery):
    evidence = fields.String(validate=validate.OneOf([each.value for each in Evidence]))
    sort = fields.String(load_default=rows.USUAL_SORT, validate=validate.OneOf(list(rows.SORTS)))


class RunSchema(Answer):
    id = fields.Integer(required=True)
    round = fields.String(required=True, attribute="round_name")
    kind = fields.Enum(Kind, by_value=True, required=True)
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in RunState]))
    is_current = fields.Boolean(required=True, metadata={"description": "Whether it is the result of its round now."})
    frozen_at = fields.AwareDateTime(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)


class RunListSchema(Answer):
    rankings = fields.List(fields.Nested(RunSchema), required=True)


class PublicRunSchema(Answer):
    id = fields.Integer(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    is_current = fields.Boolean(required=True)
    published_on = fields.Function(
        lambda run: run.published_at.date().isoformat(), required=True, metadata={"type": "string", "format": "date"}
    )


class PublicRunListSchema(Answer):
    rankings = fields.List(fields.Nested(PublicRunSchema), required=True)


class PublicRowSchema(Answer):
    label = fields.String(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True)
    place_first = fields.Integer(required=True, metadata={"description": "The first place of its band."})
    place_last = fields.Integer(required=True, metadata={"description": "The last place of its band."})
    mean = fields.Float(required=True)
    low = fields.Float(required=True, metadata={"description": "The value is above it with a chance of 95 %."})
    high = fields.Float(required=True, metadata={"description": "The value is below it with a chance of 95 %."})
    n_ratings = fields.Integer(required=True)
    ratings = fields.List(
        fields.Float(), required=True, metadata={"description": "By size, where the round said so before it opened."}
    )


class FrozenRowSchema(Answer):
    question_id = fields.Integer(required=True)
    label = fields.String(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True)
    evidence = fields.Enum(Evidence, by_value=True, required=True)
    place_first = fields.Integer(required=True, allow_none=True)
    place_last = fields.Integer(required=True, allow_none=True)
    mean = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    p_top_k = fields.Float(required=True, metadata={"description": "The chance to be among the places announced."})
    plain_mean = fields.Float(required=True, allow_none=True)
    n_ratings = fields.Integer(required=True)
    n_outside = fields.Integer(required=True)
    n_comparisons = fields.Integer(required=True)
    n_ballots = fields.Integer(required=True)
    is_divided = fields.Boolean(required=True)
    is_method_sensitive = fields.Boolean(required=True)


@bp.get("/calls/<call>/rankings")
@public
@bp.response(200, PublicRunListSchema)
def index(call: CallFacts):
    """List the published rankings of a call."""
    return {"rankings": runs(db.session(), call_id=call.id, only_published=True)}


@bp.get("/calls/<call>/rankings/<id:ranking_id>")
@public
@bp.arguments(RankingQuery, location="query")
@bp.response(200, page_schema("questions", PublicRowSchema, counts=True))
def page(call: CallFacts, ranking_id: int, query: dict):
    """Read a theme of a published ranking, best first: each question with its band of places and its interval."""
    known = runs(db.session(), call_id=call.id, only_published=True)
    if ranking_id not in {run.id for run in known}:
        abort(404)
    per_theme = published.public_theme_counts(db.session(), call=call, run_id=ranking_id)
    theme, window = _theme(call, query, per_theme), asked_window(query)
    found = published.public_rows(db.session(), run_id=ranking_id, theme_id=theme.id, window=window)
    return paged("questions", found, window, key=lambda row: 0, total=per_theme.get(theme.key, 0))


@bp.get("/calls/<call>/desk/rankings")
@requires(Permission.SEE_RANKING, call_subject)
@bp.response(200, RunListSchema)
def frozen(call: CallFacts):
    """List the frozen rankings of a call, published or not."""
    return {"rankings": runs(db.session(), call_id=call.id)}


@bp.get("/calls/<call>/desk/rankings/<id:run_id>")
@requires(Permission.SEE_RANKING, run_subject)
@bp.arguments(FrozenQuery, location="query")
@bp.response(200, page_schema("questions", FrozenRowSchema, counts=True))
def frozen_page(call: CallFacts, run_id: int, query: dict):
    """Read a theme of a frozen ranking with every number, without questions that one is in conflict with."""
    viewer_id = g.identity.person_id
    counted = rows.counts(db.session(), call=call, run_id=run_id, viewer_id=viewer_id)
    evidence = Evidence(query["evidence"]) if "evidence" in query else None
    theme, window = _theme(call, query, counted.per_theme), asked_window(query)
    wanted = rows.Wanted(theme.id, evidence=evidence, sort=query["sort"])
    found = rows.ranking_rows(db.session(), run_id=run_id, wanted=wanted, viewer_id=viewer_id, window=window)
    return paged("questions", found, window, key=lambda row: 0, total=counted.n_fitting(wanted))


def _theme(call: CallFacts, query: dict, counted) -> ThemeView:
    """The theme asked for, else the first with rows, else the first: places are counted within a theme."""
    if "theme" in query:
        return call.theme(query["theme"]) or refuse_fields({"theme": ["This call does not have this theme."]})
    usual = next((theme for theme in call.themes if theme.key in counted), None)
    return usual or (call.themes[0] if call.themes else abort(404))

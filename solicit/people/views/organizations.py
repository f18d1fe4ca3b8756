"""Suggestions for an affiliation."""

from flask import render_template, request

from solicit.access.guard import public
from solicit.db import db
from solicit.people.queries.countries import country_name
from solicit.people.queries.organizations import suggested_organizations
from solicit.people.views.blueprint import bp
from solicit.web.limits import limiter
from solicit.web.pages import current_language


@bp.get("/<locale:lang>/organizations")
@limiter.limit("60 per minute")
@public
def organizations(lang: str):
    found = suggested_organizations(db.session(), typed=request.args.get("q", ""))
    named = [(each, country_name(each.country, current_language())) for each in found]
    return render_template("people/organizations.html", organizations=named) if named else ("", 204)

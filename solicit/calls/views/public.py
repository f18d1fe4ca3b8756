"""The public pages of a call."""

from flask import current_app, g, redirect, render_template, url_for

from solicit.access.guard import public
from solicit.calls import queries
from solicit.calls.views import bp
from solicit.clock import utcnow
from solicit.db import db
from solicit.reports.queries.public_counts import public_counts
from solicit.submissions.queries.readers import is_reader
from solicit.web.languages import asked_language

KEPT = ("keep_mail_days", "keep_imports_days", "keep_panelists_days")


@bp.get("/")
@bp.get("/<locale:lang>/")
@public
def home(lang: str | None = None):
    calls = queries.public_calls(db.session(), language=asked_language())
    if len(calls) == 1:  # beside an open call, the results of an earlier one have to be found
        return redirect(url_for(".page", call=calls[0].slug), 302)
    return render_template("calls/home.html", calls=calls)


@bp.get("/<call>/")
@public
def without_language(call: queries.CallFacts):
    """The beginning of a longer address, as people shorten it or tell it each other."""
    return redirect(url_for(".page"), 302)


@bp.get("/<locale:lang>/<call>/")
@public
def page(lang: str, call: queries.CallFacts):
    view = queries.call_page(db.session(), call_id=call.id, now=utcnow(), language=lang)
    counts = public_counts(db.session(), call_id=call.id)
    reads_results = is_reader(db.session(), call=call, who=g.identity)
    return render_template("calls/page.html", call=call, view=view, counts=counts, is_reader=reads_results)


@bp.get("/<locale:lang>/<call>/missions")
@public
def missions(lang: str, call: queries.CallFacts):
    return render_template("calls/missions.html", missions=queries.missions(db.session(), call.id, lang))


@bp.get("/<locale:lang>/<call>/methods")
@public
def methods(lang: str, call: queries.CallFacts):
    return render_template("calls/methods.html", call=call)


@bp.get("/<locale:lang>/<call>/accessibility")
@public
def accessibility(lang: str, call: queries.CallFacts):
    return render_template("calls/accessibility.html", call=call)


@bp.get("/<locale:lang>/<call>/privacy")
@public
def privacy(lang: str, call: queries.CallFacts):
    settings = current_app.extensions["settings"]
    kept = {name: getattr(settings, name) for name in ("contact", *KEPT)}
    return render_template("calls/privacy.html", call=call, **kept)

"""The API of the whole site: every feature's operations below one address, their document, and a page to read it."""

import flask_smorest
from flask import Blueprint, Flask, current_app, jsonify, render_template

from solicit.access.guard import check_bearer, public
from solicit.access.scopes import SCOPE_WORDS
from solicit.calls import api as calls
from solicit.jobs import api as jobs
from solicit.questions import api as questions
from solicit.rankings import api as rankings
from solicit.reports import api as reports
from solicit.submissions import api as submissions
from solicit.topics import api as topics
from solicit.web.api.document import openapi
from solicit.web.api.reference import reference_of

PARTS = (
    calls.bp,
    questions.public.bp,
    topics.bp,
    rankings.bp,
    submissions.bp,
    questions.desk.bp,
    jobs.bp,
    reports.search.bp,
    reports.exports.bp,
)


class Root(flask_smorest.Blueprint):
    """What all operations share: the beginning of their addresses, and how a token is looked at."""

    parts = PARTS


root = Root("api", __name__, url_prefix="/api/v1")
root.before_request(check_bearer)
for part in PARTS:
    root.register_blueprint(part)

pages = Blueprint("reference", __name__)


@pages.get("/api/v1/openapi.json")
@public
def document():
    return jsonify(openapi(current_app, root))


@pages.get("/<locale:lang>/api")
@public
def page(lang: str):
    scopes = [{"name": name, "word": word} for name, word in SCOPE_WORDS.items()]
    return render_template("reference/page.html", reference=reference_of(openapi(current_app, root)), scopes=scopes)


def install_api(app: Flask) -> None:
    app.register_blueprint(root)
    app.register_blueprint(pages)

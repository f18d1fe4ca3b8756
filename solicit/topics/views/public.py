"""Topics as everybody reads them: the list, and one topic with its questions."""

from flask import abort, render_template

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.topics.queries import topics as queries
from solicit.topics.views import bp
from solicit.topics.views._page import topic_page


@bp.get("/<locale:lang>/<call>/topics")
@public
def index(lang: str, call: CallFacts):
    themes = queries.topics_of_call(db.session(), call=call) if call.shows_questions else ()
    return render_template("topics/index.html", themes=themes, shows_questions=call.shows_questions)


@bp.get("/<locale:lang>/<call>/topics/<id:topic_id>")
@public
def page(lang: str, call: CallFacts, topic_id: int):
    topic = queries.topic_view(db.session(), call=call, topic_id=topic_id) if call.shows_questions else None
    if topic is None:
        abort(404)
    return topic_page("topics/page.html", topic)

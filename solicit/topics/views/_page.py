"""What the public page of a topic and the organizers' have in common."""

from flask import render_template, request

from solicit.db import db
from solicit.topics.queries import topics as queries
from solicit.web.facets import list_url
from solicit.web.pagination import paginate, window_from


def topic_page(template: str, topic: queries.TopicView, *, weak_first: bool = False, **values) -> str:
    """One topic with one page of its questions."""
    window = window_from(request.args.get("page"))
    questions = queries.questions_of_topic(db.session(), topic=topic, window=window, weak_first=weak_first)
    pagination = paginate(window, topic.n_questions, lambda page: list_url({}, page=page))
    return render_template(template, topic=topic, questions=questions, pagination=pagination, **values)

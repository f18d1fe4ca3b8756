"""New questions as a feed, under the filters of the list."""

from urllib.parse import urlencode

from flask import Response, abort, g
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.questions.queries.feed import NewQuestion, newest_questions
from solicit.questions.queries.public import viewer_of
from solicit.questions.queries.search import Meaning
from solicit.questions.views import bp
from solicit.questions.views.listing import LIST, asked, filters_of, found, without_sort
from solicit.web.addresses import public_host, public_url
from solicit.web.atom import ATOM_TYPE, Entry, Feed, atom
from solicit.web.limits import limiter


@bp.get(LIST + ".atom")
@limiter.limit("60 per minute")
@public
def feed(lang: str, call: CallFacts):
    if not call.shows_questions:
        abort(404)
    # Readers of feeds come by themselves, again and again: they are answered by words, without the language model.
    search = found(call, asked(call, viewer_of(g.identity, call)), Meaning())
    new = newest_questions(db.session(), call=call, search=search)
    filters = without_sort(filters_of(search))
    about = Feed(
        id=f"{_tag(call)}/{lang}?{urlencode({name: value for name, value in filters.items() if value})}",
        title=_("New questions of “%(call)s”", call=call.title),
        author=call.title,
        url=public_url(".feed", **filters),
        page_url=public_url(".index", **filters),
        language=lang,
        updated=max((each.public_on for each in new), default=call.opens_at.date()),
    )
    return Response(atom(about, [_entry(call, each) for each in new]), content_type=ATOM_TYPE)


def _entry(call: CallFacts, question: NewQuestion) -> Entry:
    return Entry(
        id=f"{_tag(call)}/{question.label}",
        title=question.title,
        url=public_url(".page", label=question.label),
        language=question.language,
        summary=question.goal_overview,
        category=question.theme.name if question.theme else "",
        published=question.sent_on,
        updated=question.public_on,
    )


def _tag(call: CallFacts) -> str:
    """The beginning of what is for ever called so (RFC 4151)."""
    return f"tag:{public_host()},{call.opens_at.year}:{call.slug}"

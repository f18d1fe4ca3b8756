"""A letter to the authors of the questions found: written, read once more, and sent to each of them once."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict
from solicit.mail.letters import Letter, read_letter
from solicit.questions.views.many import selected_ids
from solicit.reports.forms.search import MessageForm
from solicit.reports.queries.search import QuestionFilter, question_filter, searcher_of, selected
from solicit.reports.queries.search.authors import LETTER_KIND, Authors, authors_of
from solicit.reports.service.write_to_authors import letter_params
from solicit.reports.service.write_to_authors import write_to_authors as send_message
from solicit.reports.views import bp
from solicit.web.counting import ngettext
from solicit.web.limits import asker, limiter

WRITE = "/<call>/organize/search/authors"
SEND = "send"


@bp.get(WRITE)
@requires(Permission.WRITE_TO_AUTHORS, call_subject)
def write_to_authors(call: CallFacts):
    found = _meant(call, request.args)
    authors = authors_of(db.session(), condition=found.condition)
    if not authors.people:
        flash(_("Nobody can be written to: select questions whose authors are still in the call."), "warning")
        return redirect(url_for(".search", q=found.text or None), 303)
    return _page(found, authors, MessageForm(formdata=None), request.args)


@bp.post(WRITE)
@limiter.limit("60 per hour", key_func=asker)
@requires(Permission.WRITE_TO_AUTHORS, call_subject)
def send_to_authors(call: CallFacts):
    form, found = MessageForm(), _meant(call, request.form)
    authors = authors_of(db.session(), condition=found.condition)
    if not form.accepted() or not authors.people or request.form.get("step") != SEND:
        return _page(found, authors, form, request.form, call=call)
    what = dict(message=form.message, expected=form.n_expected, key=form.key.data)
    try:
        with transaction() as session:
            act = dict(actor_id=g.identity.person_id, now=utcnow())
            n = send_message(session, call=call, authors=authors.people, **what, **act)
    except Conflict as error:
        form.refuse(_(error.message, **error.params))
        return _page(found, authors, form, request.form, call=call, status=409)
    sent = ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", n)
    flash(sent if n else _("This letter was sent already; nobody gets it twice."), "success")
    return redirect(url_for(".search", q=found.text or None), 303)


def _meant(call: CallFacts, sent: MultiDict) -> QuestionFilter:
    """All that a search finds, or what was selected."""
    text, searcher = sent.get("search", ""), searcher_of(g.identity, call=call)
    if sent.get("whole"):
        return question_filter(db.session(), call=call, viewer=searcher, text=text)
    return selected(call=call, viewer=searcher, text=text, question_ids=selected_ids(sent))


def _page(
    found: QuestionFilter,
    authors: Authors,
    form: MessageForm,
    sent: MultiDict,
    *,
    call: CallFacts | None = None,
    status: int | None = None,
):
    """The form; with a call, and if nothing is wrong with it, how the letter looks to the first who gets it."""
    is_ready = call and authors.people and not form.errors
    return render_template(
        "reports/write_to_authors.html",
        form=form,
        search=found.text,
        is_whole=bool(sent.get("whole")),
        selected=selected_ids(sent),
        n_people=len(authors.people),
        n_stopped=authors.n_stopped,
        letter=_first_letter(call, authors, form) if is_ready else None,
    ), status or form.status


def _first_letter(call: CallFacts, authors: Authors, form: MessageForm) -> Letter:
    first = authors.people[0]
    params = letter_params(form.message, call=call, author=first)
    return read_letter(LETTER_KIND, params=params, locale=first.to.locale)

"""Summaries: a wording of the organizers for what is merged, its originals, and changing its words."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.queries.rounds import questions_in_open_round
from solicit.panels.service.merging import merging
from solicit.questions.forms import RewordForm, SummaryForm
from solicit.questions.queries.duplicates import summaries
from solicit.questions.queries.duplicates.summaries import Original
from solicit.questions.queries.involvement import question_subject
from solicit.questions.service.summary import reword_summary, write_summary
from solicit.questions.views import bp
from solicit.questions.views.duplicates.refusals import refuse
from solicit.submissions.states import TextValues
from solicit.web.pages import current_language
from solicit.web.routing import id_from

MOST_SOURCES = 200


@bp.route("/<call>/organize/duplicates/summary", methods=["GET", "POST"])
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def summary(call: CallFacts):
    originals = _originals(call)
    start = _start(originals)
    form = _form(SummaryForm, call, start)
    status = None
    if form.accepted():
        try:
            summary_id = _write(call, form, originals, start)
        except DomainError as error:
            status = refuse(form, error)
        else:
            flash(_("The summary stands for all of them now."), "success")
            return redirect(url_for(".grouped", question_id=summary_id), 303)
    page = render_template("questions/summary.html", form=form, originals=originals, start=start, limits=call.limits)
    return page, status or form.status


@bp.get("/<call>/organize/questions/<id:question_id>/grouped")
@requires(Permission.SCREEN_QUESTION, question_subject)
def grouped(call: CallFacts, question_id: int):
    return render_template("questions/grouped.html", grouped=_grouped(call, question_id))


@bp.route("/<call>/organize/questions/<id:summary_id>/reword", methods=["GET", "POST"])
@requires(Permission.SCREEN_QUESTION, summaries.summary_subject)
def reword(call: CallFacts, summary_id: int):
    found = _grouped(call, summary_id)
    form = _form(RewordForm, call, found.question, version=found.question.version)
    status = None
    if form.accepted():
        try:
            _reword(form, found.question)
        except DomainError as error:
            status = refuse(form, error)
        else:
            flash(_("The summary has its new words. The old ones are kept."), "success")
            return redirect(url_for(".grouped", question_id=summary_id), 303)
    page = render_template("questions/reword.html", form=form, grouped=found, limits=call.limits)
    return page, status or form.status


def _originals(call: CallFacts) -> tuple[Original, ...]:
    ids = [id_ for text in request.args.getlist("of")[:MOST_SOURCES] if (id_ := id_from(text))]
    viewer_id = g.identity.person_id
    found = summaries.originals_to_summarize(db.session(), call=call, viewer_id=viewer_id, question_ids=ids)
    return found if found and len(found) > 1 else abort(404)


def _start(originals: tuple[Original, ...]) -> Original:
    """The text that the form begins with: the one asked for, or the best."""
    asked = id_from(request.args.get("start", ""))
    return next((original for original in originals if original.id == asked), originals[0])


def _form(kind: type[SummaryForm], call: CallFacts, start: Original, **values):
    words = {name: getattr(start, name) for name in ("title", "goal_overview", "significance", "approach", "language")}
    theme = start.theme.key if start.theme else None
    return kind(call=call, locale=current_language(), kind=start.kind, theme=theme, **words, **values)


def _values(form: SummaryForm, start: Original) -> TextValues:
    """What the form holds; the fields of a plan that it does not ask for are those of the text it began with."""
    values = form.values()
    return TextValues(**vars(values) | {"plan": start.plan})


def _write(call: CallFacts, form: SummaryForm, originals: tuple[Original, ...], start: Original) -> int:
    ids = [original.id for original in originals]
    text, by = _values(form, start), dict(actor_id=g.identity.person_id, now=utcnow())
    with transaction() as session, merging(session, call_id=call.id, question_ids=ids, **by) as locked_ids:
        return write_summary(session, call_id=call.id, source_ids=ids, text=text, locked_ids=locked_ids, **by)


def _reword(form: RewordForm, question: Original) -> None:
    with transaction() as session:
        reword_summary(
            session,
            question_id=question.id,
            version=form.version.data,
            text=_values(form, question),
            reason=form.reason.data,
            actor_id=g.identity.person_id,
            now=utcnow(),
            locked_ids=questions_in_open_round(session, question_ids=[question.id]),
        )


def _grouped(call: CallFacts, question_id: int) -> summaries.GroupedPage:
    viewer_id = g.identity.person_id
    return summaries.grouped_page(db.session(), call=call, viewer_id=viewer_id, question_id=question_id)

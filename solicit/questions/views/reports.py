"""Reports of problems: the form for everybody, and the desk's list of them."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.questions.forms import ReportDecisionForm, ReportForm
from solicit.questions.queries import reports as queries
from solicit.questions.queries.page import question_page
from solicit.questions.queries.public import viewer_of
from solicit.questions.service import report as service
from solicit.questions.states import ReportOutcome, ReportReason
from solicit.questions.views import bp
from solicit.questions.views.citations import ONE
from solicit.web.facets import facet_options, list_url
from solicit.web.limits import limiter, network
from solicit.web.pagination import paginate, window_from

DESK = "/<call>/organize/questions/reports"


@bp.route(ONE + "/report", methods=["GET", "POST"])
@limiter.limit("10 per hour", key_func=network, methods=["POST"], deduct_when=lambda answer: answer.status_code == 303)
@public
def report(lang: str, call: CallFacts, label: str):
    question = question_page(db.session(), call=call, label=label, viewer=viewer_of(g.identity, call))
    if question is None or question.withdrawn_at:
        abort(404)
    form = ReportForm()
    if not form.accepted():
        return render_template("questions/report.html", call=call, question=question, form=form), form.status
    if not form.is_from_a_robot:
        with transaction() as session:
            service.report_problem(
                session,
                call_id=call.id,
                question_id=question.id,
                reporter_id=g.identity.person_id if g.identity else None,
                reason=ReportReason(form.reason.data),
                text=form.text.data,
                now=utcnow(),
            )
    flash(_("Thank you. The organizers will look at it."), "success")
    return redirect(url_for(".page", label=question.label), 303)


@bp.get(DESK)
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def reports(call: CallFacts):
    is_open, window = request.args.get("state") != "closed", window_from(request.args.get("page"))
    filters = {"state": "open" if is_open else "closed"}
    asked = dict(call=call, viewer_id=g.identity.person_id)
    counts = queries.report_counts(db.session(), **asked)
    words = (("open", _("Open"), counts[True]), ("closed", _("Closed"), counts[False]))
    return render_template(
        "questions/reports.html",
        reports=queries.report_rows(db.session(), **asked, is_open=is_open, window=window),
        is_open=is_open,
        states=facet_options(filters, "state", words, always_one=True),
        pagination=paginate(window, counts[is_open], lambda page: list_url(filters, page=page)),
    )


@bp.post(DESK + "/<id:report_id>/close")
@requires(Permission.SCREEN_QUESTION, queries.report_subject)
def close_report(call: CallFacts, report_id: int):
    form = ReportDecisionForm()
    if form.accepted():
        outcome = ReportOutcome(form.outcome.data)
        with transaction() as session:
            service.close_report(
                session, call=call, report_id=report_id, outcome=outcome, actor_id=g.identity.person_id, now=utcnow()
            )
        flash(_("The report is closed."), "success")
    else:
        flash(_("Choose what became of it."), "error")
    return redirect(url_for(".reports"), 303)

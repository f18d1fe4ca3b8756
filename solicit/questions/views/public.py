"""One question as everybody reads it, the similar panel, and support."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.calls.service import accepts_submissions
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.embeddings.encoders import web_encoder
from solicit.questions.queries import public as queries
from solicit.questions.queries.page import question_page
from solicit.questions.queries.similar import nearest_questions, similar_panel
from solicit.questions.service import support as supporting
from solicit.questions.views import bp
from solicit.questions.views.citations import ONE, reference
from solicit.submissions.queries.languages import language_name
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter
from solicit.web.pages import current_language

SUPPORT_LIMIT = limiter.shared_limit(
    "60 per hour", scope="support", key_func=asker, deduct_when=lambda answer: answer.status_code == 303
)


@bp.get(ONE)
@public
def page(lang: str, call: CallFacts, label: str):
    session, viewer = db.session(), queries.viewer_of(g.identity, call)
    question = question_page(session, call=call, label=label, viewer=viewer) or abort(404)
    if question.label != label:
        return redirect(url_for(".page", label=question.label), 301)
    if question.withdrawn_at:
        return render_template("questions/withdrawn.html", call=call, question=question)
    return render_template(
        "questions/page.html",
        call=call,
        question=question,
        nearest=nearest_questions(session, call=call, question_id=question.id),
        language=language_name(question.wording.language, current_language()),
        is_open=accepts_submissions(call, now=utcnow()),
        cited=reference(call, question),
    )


@bp.get("/<locale:lang>/<call>/similar")
@limiter.limit("60 per minute")
@public
def similar(lang: str, call: CallFacts):
    title, language = request.args.get("title", ""), request.args.get("language", "")
    viewer_id = g.identity.person_id if g.identity else None
    panel = similar_panel(
        db.session(),
        call=call,
        title=title,
        language=language,
        viewer_id=viewer_id,
        encoder=web_encoder(call.model_name),
    )
    return render_template("questions/similar.html", panel=panel, may_support=accepts_submissions(call, now=utcnow()))


@bp.post(ONE + "/support")
@SUPPORT_LIMIT
@requires(Permission.SUPPORT_QUESTION, queries.support_subject)
def support(lang: str, call: CallFacts, label: str):
    _change_support(supporting.give_support, call, label)
    flash(_("You support this question."), "success")
    return redirect(url_for(".page", label=label), 303)


@bp.post(ONE + "/support/withdraw")
@SUPPORT_LIMIT
@requires(Permission.SUPPORT_QUESTION, queries.support_subject)
def withdraw_support(lang: str, call: CallFacts, label: str):
    _change_support(supporting.withdraw_support, call, label)
    flash(_("You no longer support this question."), "success")
    return redirect(url_for(".page", label=label), 303)


def _change_support(change, call: CallFacts, label: str) -> None:
    if not ActionForm().accepted():
        abort(400)
    with transaction() as session:
        question_id = queries.question_id_of(session, call=call, label=label) or abort(404)
        change(session, call=call, question_id=question_id, person_id=g.identity.person_id, now=utcnow())

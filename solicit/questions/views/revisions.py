"""Asking the author behind a question for a change."""

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError, Refused
from solicit.questions.forms import RevisionForm
from solicit.questions.queries.involvement import question_subject
from solicit.questions.queries.screening.revisions import Voice, voices_of
from solicit.questions.views import bp
from solicit.questions.views.desk import screen_page
from solicit.submissions.service import request_revision, take_back
from solicit.web.forms import ActionForm
from solicit.words import N_

REVISION = "/<call>/organize/questions/<id:question_id>/revision"


@bp.post(REVISION)
@requires(Permission.SCREEN_QUESTION, question_subject)
def ask_revision(call: CallFacts, question_id: int):
    form = RevisionForm()
    if not form.accepted():
        return screen_page(call, question_id, form=form)
    try:
        chosen = _chosen(question_id, form.reference.data)
        with transaction() as session:
            what = dict(submission_id=chosen.id, text=form.text.data, asked_by_id=g.identity.person_id)
            request_revision(session, call=call, now=utcnow(), **what)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return screen_page(call, question_id, form=form)
    flash(_("We asked the author. The answer appears here."), "success")
    return redirect(url_for(".screen", question_id=question_id), 303)


@bp.post(REVISION + "/take-back")
@requires(Permission.SCREEN_QUESTION, question_subject)
def take_back_revision(call: CallFacts, question_id: int):
    if ActionForm().accepted():
        chosen = _chosen(question_id, request.form.get("reference"))
        with transaction() as session:
            take_back(session, call=call, submission_id=chosen.id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The request is taken back. The author is told."), "success")
    return redirect(url_for(".screen", question_id=question_id), 303)


def _chosen(question_id: int, reference: str | None) -> Voice:
    """The submission that a form names, if it speaks through the question."""
    voices = voices_of(db.session(), question_id=question_id, viewer_id=g.identity.person_id)
    chosen = next((each for each in voices.submissions if each.reference == reference), None)
    if chosen is None:
        raise Refused(N_("This submission does not speak through this question any more."))
    return chosen

"""The copy of a question that panels read instead of the person's words."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.questions.forms import DecisionForm, RedactionForm
from solicit.questions.queries.involvement import question_subject
from solicit.questions.queries.screening.redaction import redaction_page
from solicit.questions.service import redact
from solicit.questions.views import bp
from solicit.questions.views.desk import ONE


@bp.route(ONE + "/redaction", methods=["GET", "POST"])
@requires(Permission.SCREEN_QUESTION, question_subject)
def redaction(call: CallFacts, question_id: int):
    view = redaction_page(db.session(), question_id=question_id)
    form, status = RedactionForm(data={**view.words, "version": view.version}), None
    if form.accepted():
        try:
            with transaction() as session:
                redact.save_redaction(
                    session,
                    question_id=question_id,
                    version=form.version.data,
                    text=redact.RedactedText(**form.texts()),
                    actor_id=g.identity.person_id,
                    now=utcnow(),
                )
            flash(_("The copy is saved. Panels read it from now on."), "success")
            return redirect(url_for(".screen", question_id=question_id), 303)
        except DomainError as error:
            status = 409 if isinstance(error, Conflict) else None
            form.refuse(_(error.message, **error.params))
            view = redaction_page(db.session(), question_id=question_id)
    return render_template("questions/redaction.html", view=view, form=form, question_id=question_id), (
        status or form.status
    )


@bp.post(ONE + "/redaction/remove")
@requires(Permission.SCREEN_QUESTION, question_subject)
def remove_redaction(call: CallFacts, question_id: int):
    form = DecisionForm()
    if form.accepted():
        what = dict(question_id=question_id, version=form.version.data, actor_id=g.identity.person_id, now=utcnow())
        try:
            with transaction() as session:
                redact.remove_redaction(session, **what)
            flash(_("The copy is removed. Panels read the person's own words again."), "success")
        except DomainError as error:
            flash(_(error.message, **error.params), "error")
    return redirect(url_for(".redaction", question_id=question_id), 303)

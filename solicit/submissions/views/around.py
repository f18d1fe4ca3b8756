"""What authors do about themselves on the page of a submission."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.people.queries import country_name
from solicit.submissions import service
from solicit.submissions.forms.around import AuthorForm
from solicit.submissions.queries.authors import AuthorView, people_around, submission_subject
from solicit.submissions.queries.page import SubmissionPage, submission_page
from solicit.submissions.views import bp
from solicit.submissions.views.own import ONE
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.routing import id_from


@bp.app_template_filter("country_name")
def country_name_here(code: str | None) -> str:
    """The name of a country, in the language of the page."""
    return country_name(code, current_language())


@bp.route(ONE + "/about-you", methods=["GET", "POST"])
@requires(Permission.SEE_SUBMISSION, submission_subject)
def about_you(lang: str, call: CallFacts, reference: str):
    stored, you = _with_you(call, reference)
    said = vars(you.said) | dict(career=you.said.career.value if you.said.career else None)
    form = AuthorForm(locale=lang, asks=call.asks, data=said)
    if form.accepted():
        try:
            with transaction() as session:
                who = dict(submission_id=stored.id, person_id=g.identity.person_id)
                service.describe_oneself(session, call=call, author=form.author(), now=utcnow(), **who)
            flash(_("Your changes are saved."), "success")
            return redirect(url_for(".page", reference=reference), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return render_template("submissions/about_you.html", call=call, submission=stored, you=you, form=form), form.status


@bp.post(ONE + "/letters")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def hand_letters(lang: str, call: CallFacts, reference: str):
    position = id_from(request.form.get("position"))
    if ActionForm().accepted() and position:
        with transaction() as session:
            stored = submission_page(session, call=call, reference=reference)
            values = dict(submission_id=stored.id, position=position, actor_id=g.identity.person_id)
            service.hand_letters_to(session, call=call, now=utcnow(), **values)
        flash(_("Letters about this submission go to them as well."), "success")
    return redirect(url_for(".page", reference=reference), 303)


@bp.route(ONE + "/step-back", methods=["GET", "POST"])
@requires(Permission.LEAVE_SUBMISSION, submission_subject)
def step_back(lang: str, call: CallFacts, reference: str):
    stored, _you = _with_you(call, reference)
    if not ActionForm().accepted():
        return render_template("submissions/step_back.html", call=call, submission=stored)
    with transaction() as session:
        who = dict(submission_id=stored.id, person_id=g.identity.person_id)
        service.step_back(session, call=call, now=utcnow(), **who)
    flash(_("You are no longer a co-author of this submission."), "success")
    return redirect(url_for(".mine"), 303)


def _with_you(call: CallFacts, reference: str) -> tuple[SubmissionPage, AuthorView]:
    """A submission, and the one who asks among its authors."""
    session = db.session()
    stored = submission_page(session, call=call, reference=reference)
    around = people_around(session, submission_id=stored.id, viewer_id=g.identity.person_id)
    return stored, around.you or abort(404)

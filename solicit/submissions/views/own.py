"""Looking after what one has sent: its page, its receipt, changing it, withdrawing it and bringing it back."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, offered_missions
from solicit.calls.service import accepts_answers, accepts_submissions
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.questions.queries.notes import notes_of
from solicit.questions.queries.numbers import public_numbers
from solicit.questions.queries.public import states_of
from solicit.questions.service.open import follow_edit, follow_revival, follow_withdrawal
from solicit.questions.states import question_label
from solicit.submissions import service
from solicit.submissions.forms.around import CoAuthorForm
from solicit.submissions.forms.edit import EditForm, EditPlanForm
from solicit.submissions.forms.plan import numbers_in, plan_fields
from solicit.submissions.queries.authors import people_around, submission_subject
from solicit.submissions.queries.page import RevisionView, SubmissionPage, revisions_of, submission_page
from solicit.submissions.states import PlanValues
from solicit.submissions.views import bp
from solicit.web.forms import ActionForm
from solicit.web.languages import asked_language

MINE = "/<locale:lang>/<call>/my"
ONE = MINE + "/<reference>"


@bp.get(ONE)
@requires(Permission.SEE_SUBMISSION, submission_subject)
def page(lang: str, call: CallFacts, reference: str):
    return show_page(call, reference)


@bp.get(ONE + "/received")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def receipt(lang: str, call: CallFacts, reference: str):
    stored = submission_page(db.session(), call=call, reference=reference)
    return render_template("submissions/receipt.html", call=call, submission=stored, is_open=_is_open(call, stored))


@bp.route(ONE + "/edit", methods=["GET", "POST"])
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def edit(lang: str, call: CallFacts, reference: str):
    stored = submission_page(db.session(), call=call, reference=reference)
    form = _edit_form(lang, call, stored)
    conflicting, status = None, None
    if form.accepted():
        try:
            _save(call, stored, form)
            return redirect(url_for(".page", reference=reference), 303)
        except Conflict:
            stored = submission_page(db.session(), call=call, reference=reference)
            form.start_from(stored.version)
            conflicting, status = stored.latest, 409
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return render_template(
        "submissions/edit.html",
        call=call,
        form=form,
        submission=stored,
        conflicting=conflicting,
        requests=_unanswered(call, stored),
    ), status or form.status


@bp.route(ONE + "/withdraw", methods=["GET", "POST"])
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def withdraw(lang: str, call: CallFacts, reference: str):
    stored = submission_page(db.session(), call=call, reference=reference)
    if not ActionForm().accepted():
        return render_template("submissions/withdraw.html", call=call, submission=stored)
    with transaction() as session:
        service.withdraw(session, call=call, submission_id=stored.id, person_id=g.identity.person_id, now=utcnow())
        follow_withdrawal(session, submission_id=stored.id, now=utcnow())
    flash(_("Your submission is withdrawn."), "success")
    return redirect(url_for(".page", reference=reference), 303)


@bp.post(ONE + "/revive")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def revive(lang: str, call: CallFacts, reference: str):
    stored = submission_page(db.session(), call=call, reference=reference)
    if ActionForm().accepted():
        with transaction() as session:
            service.revive(session, call=call, submission_id=stored.id, person_id=g.identity.person_id, now=utcnow())
            follow_revival(session, submission_id=stored.id)
        flash(_("Your submission is back in the call."), "success")
    return redirect(url_for(".page", reference=reference), 303)


def _edit_form(lang: str, call: CallFacts, stored: SubmissionPage) -> EditForm | EditPlanForm:
    """The form of a question or of a plan, with what is stored."""
    latest, plan = stored.latest, stored.plan or PlanValues()
    names = ("title", "goal_overview", "significance", "approach", "language")
    values = {name: getattr(latest, name) for name in names}
    values |= dict(theme=latest.theme.key if latest.theme else None, version=stored.version)
    shared = dict(call=call, locale=lang, kind=stored.kind)
    if stored.kind is not Kind.PLAN:
        return EditForm(**shared, data=values)
    answers = ", ".join(question_label(Kind.QUESTION, number) for number in plan.answers)
    typed = numbers_in(request.form.get("answers", answers))
    return EditPlanForm(
        **shared,
        data=values | plan_fields(plan, answers=answers),
        offered=offered_missions(db.session(), call.id, kept=plan.missions, language=asked_language()),
        # A question that left the list since the plan was sent does not keep the plan from being changed.
        public=public_numbers(db.session(), call=call, numbers=typed) | set(plan.answers),
    )


def _unanswered(call: CallFacts, stored: SubmissionPage) -> tuple[RevisionView, ...]:
    """What the organizers asked for and wait for; beside the form, so that nobody must keep it in mind."""
    if not stored.is_asked_for_change:
        return ()
    asked = revisions_of(db.session(), call=call, submission_id=stored.id)
    return tuple(revision for revision in asked if not revision.answered_at)


def _save(call: CallFacts, stored: SubmissionPage, form: EditForm) -> None:
    text, version = form.values(), form.version.data
    with transaction() as session:
        changed = service.edit(
            session,
            call=call,
            submission_id=stored.id,
            person_id=g.identity.person_id,
            version=version,
            text=text,
            now=utcnow(),
        )
        followed = changed and follow_edit(session, submission_id=stored.id, text=text)
    if followed or not changed:
        flash(_("Your changes are saved.") if changed else _("Nothing was changed."), "success")
    else:
        flash(
            _("Your changes are saved with your submission. The question keeps the wording that was screened."),
            "success",
        )


def show_page(call: CallFacts, reference: str, *, co_author_form: CoAuthorForm | None = None):
    """The page of a submission for its submitter, or for a co-author, who may not change it."""
    session, viewer_id = db.session(), g.identity.person_id
    stored = submission_page(session, call=call, reference=reference)
    revisions, is_open = revisions_of(session, call=call, submission_id=stored.id), _is_open(call, stored)
    return render_template(
        "submissions/page.html",
        call=call,
        submission=stored,
        around=people_around(session, submission_id=stored.id, viewer_id=viewer_id),
        standing=states_of(session, (stored.id,), language=asked_language()).get(stored.id),
        revisions=revisions,
        notes=notes_of(session, submission_id=stored.id),
        is_open=is_open,
        may_edit=is_open or any(revision.is_open(utcnow()) for revision in revisions),
        takes_answers=accepts_answers(call, now=utcnow()),
        co_author_form=co_author_form or CoAuthorForm(formdata=None),
    )


def _is_open(call: CallFacts, stored: SubmissionPage) -> bool:
    return accepts_submissions(call, now=utcnow(), draft_saved_at=stored.updated_at)

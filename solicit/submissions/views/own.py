"""Looking after what one has sent."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.service import check_accepts_submissions
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, Conflict, DomainError
from solicit.people.queries import country_choices
from solicit.questions.queries.public import states_of
from solicit.questions.service.open import follow_edit, follow_revival, follow_withdrawal
from solicit.submissions import service
from solicit.submissions.forms.edit import EditForm
from solicit.submissions.queries import own
from solicit.submissions.queries.languages import language_name
from solicit.submissions.views import bp
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

MINE = "/<locale:lang>/<call>/my"
ONE = MINE + "/<reference>"


@bp.get(MINE)
@requires(Permission.SEE_OWN_SUBMISSIONS, call_subject)
def mine(lang: str, call: CallFacts):
    session = db.session()
    window = window_from(request.args.get("page"))
    found = own.own_submissions(session, call=call, person_id=g.identity.person_id, window=window)
    standings = states_of(session, tuple(row.id for row in found.rows))
    pages = paginate(window, found.total, lambda page: url_for(".mine", page=page))
    return render_template("submissions/mine.html", call=call, rows=found.rows, standings=standings, pagination=pages)


@bp.get(ONE)
@requires(Permission.CHANGE_SUBMISSION, own.own_submission_subject)
def page(lang: str, call: CallFacts, reference: str):
    return _show("submissions/page.html", call, reference)


@bp.get(ONE + "/received")
@requires(Permission.CHANGE_SUBMISSION, own.own_submission_subject)
def receipt(lang: str, call: CallFacts, reference: str):
    return _show("submissions/receipt.html", call, reference)


@bp.route(ONE + "/edit", methods=["GET", "POST"])
@requires(Permission.CHANGE_SUBMISSION, own.own_submission_subject)
def edit(lang: str, call: CallFacts, reference: str):
    stored = own.submission_page(db.session(), call=call, reference=reference)
    form = EditForm(call=call, locale=lang, kind=stored.kind, data=_stored_values(stored))
    conflicting, status = None, None
    if form.accepted():
        try:
            _save(call, stored, form)
            return redirect(url_for(".page", reference=reference), 303)
        except Conflict:
            stored = own.submission_page(db.session(), call=call, reference=reference)
            form.start_from(stored.version)
            conflicting, status = stored.latest, 409
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return render_template(
        "submissions/edit.html", call=call, form=form, submission=stored, conflicting=conflicting
    ), status or form.status


@bp.route(ONE + "/withdraw", methods=["GET", "POST"])
@requires(Permission.CHANGE_SUBMISSION, own.own_submission_subject)
def withdraw(lang: str, call: CallFacts, reference: str):
    stored = own.submission_page(db.session(), call=call, reference=reference)
    if not ActionForm().accepted():
        return render_template("submissions/withdraw.html", call=call, submission=stored)
    with transaction() as session:
        service.withdraw(session, call=call, submission_id=stored.id, person_id=g.identity.person_id, now=utcnow())
        follow_withdrawal(session, submission_id=stored.id)
    flash(_("Your submission is withdrawn."), "success")
    return redirect(url_for(".page", reference=reference), 303)


@bp.post(ONE + "/revive")
@requires(Permission.CHANGE_SUBMISSION, own.own_submission_subject)
def revive(lang: str, call: CallFacts, reference: str):
    stored = own.submission_page(db.session(), call=call, reference=reference)
    if ActionForm().accepted():
        with transaction() as session:
            service.revive(session, call=call, submission_id=stored.id, person_id=g.identity.person_id, now=utcnow())
            follow_revival(session, submission_id=stored.id)
        flash(_("Your submission is no longer withdrawn."), "success")
    return redirect(url_for(".page", reference=reference), 303)


def _stored_values(stored: own.SubmissionPage) -> dict:
    latest = stored.latest
    return dict(
        title=latest.title,
        goal_overview=latest.goal_overview,
        significance=latest.significance,
        approach=latest.approach,
        theme=latest.theme.key if latest.theme else None,
        language=latest.language,
        version=stored.version,
    )


def _save(call: CallFacts, stored: own.SubmissionPage, form: EditForm) -> None:
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


def _show(template: str, call: CallFacts, reference: str):
    session = db.session()
    submission = own.submission_page(session, call=call, reference=reference)
    standing = states_of(session, (submission.id,)).get(submission.id)
    try:
        check_accepts_submissions(call, now=utcnow(), draft_saved_at=submission.latest.saved_at)
        is_open = True
    except Closed:
        is_open = False
    lang = request.view_args["lang"]
    return render_template(
        template,
        call=call,
        submission=submission,
        standing=standing,
        is_open=is_open,
        language=language_name(submission.latest.language, lang),
        country=dict(country_choices(lang)).get(submission.author.country) if submission.author else None,
    )

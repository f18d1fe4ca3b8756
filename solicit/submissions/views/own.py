"""Sending a question or plan, and looking after what one has sent."""

from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject, call_texts
from solicit.calls.service import check_accepts_submissions
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.embeddings.tasks import web_encoder
from solicit.errors import Closed, Conflict, DomainError
from solicit.people.queries import country_choices
from solicit.questions.queries.public import states_of
from solicit.questions.queries.similar import SimilarPanel, similar_panel
from solicit.questions.service.open import follow_edit, follow_revival, follow_withdrawal, open_question
from solicit.submissions import service
from solicit.submissions.forms.edit import EditForm
from solicit.submissions.forms.wizard import SubmissionForm
from solicit.submissions.queries import own
from solicit.submissions.queries.languages import language_name
from solicit.submissions.views import bp
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter
from solicit.web.pagination import paginate, window_from
from solicit.web.text import render_markdown

MINE = "/<locale:lang>/<call>/my"
ONE = MINE + "/<reference>"


@bp.route("/<locale:lang>/<call>/submit", methods=["GET", "POST"])
@limiter.limit("60 per minute", key_func=asker, methods=["POST"])
@limiter.limit("30 per hour", key_func=asker, methods=["POST"], deduct_when=lambda answer: answer.status_code == 303)
@requires(Permission.SUBMIT, call_subject)
def new(lang: str, call: CallFacts):
    if request.method == "GET":
        try:
            check_accepts_submissions(call, now=utcnow())
        except Closed as closed:
            reason, is_before = _(closed.message, **closed.params), utcnow() < call.opens_at
            return render_template("submissions/closed.html", call=call, reason=reason, is_before=is_before)
    form = SubmissionForm(call=call, locale=lang, data=_first_values(lang, call))
    if "check" not in request.form and form.accepted() and (receipt := _send(call, form)):
        return redirect(url_for(".receipt", reference=receipt.reference), 303)
    consent, _confidentiality = call_texts(db.session(), call_id=call.id)
    return render_template(
        "submissions/new.html", call=call, form=form, panel=_panel(call, form), consent=render_markdown(consent)
    ), form.status


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


def _first_values(lang: str, call: CallFacts) -> dict:
    """What the form holds before anybody typed: what the link and the account say already."""
    kinds = {kind.value for kind in Kind}
    known = own.author_as_known(db.session(), person_id=g.identity.person_id)
    kind, theme = request.args.get("kind", ""), call.theme(request.args.get("theme"))
    return dict(
        kind=kind if kind in kinds else Kind.QUESTION.value,
        theme=theme.key if theme else None,
        language=lang.split("-")[0],
        full_name=known.full_name,
        affiliation=known.affiliation,
        country=known.country,
        career=known.career.value if known.career else None,
        idempotency_key=str(uuid4()),
    )


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


def _panel(call: CallFacts, form: SubmissionForm) -> SimilarPanel:
    title, language = form.title.data or "", form.language.data or ""
    return similar_panel(
        db.session(),
        call=call,
        title=title,
        language=language,
        viewer_id=g.identity.person_id,
        encoder=web_encoder(),
    )


def _send(call: CallFacts, form: SubmissionForm) -> service.Receipt | None:
    """The receipt, or None with the refusal shown on the form."""
    sender, text, now = g.identity.person_id, form.values(), utcnow()
    try:
        with transaction() as session:
            receipt = service.submit(
                session,
                call=call,
                person_id=sender,
                author=form.author(),
                text=text,
                idempotency_key=form.key(),
                now=now,
            )
            if not receipt.is_repeat:
                open_question(session, submission_id=receipt.submission_id, call_id=call.id, text=text, now=now)
        return receipt
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return None


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

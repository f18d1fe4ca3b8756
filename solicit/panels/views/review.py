"""The panelists' side: the statement, the queue, one question."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject, call_texts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.panels.forms.review import (
    DRAFT,
    NEXT,
    SKIP,
    AbstainForm,
    ConflictForm,
    ReviewForm,
    StatementForm,
    review_form,
)
from solicit.panels.queries import queue as queues
from solicit.panels.queries import review as queries
from solicit.panels.queries.discussion.feedback import Feedback, feedback
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.service import conflicts, seats
from solicit.panels.service import review as service
from solicit.panels.views import bp
from solicit.web.errors import status_of
from solicit.web.languages import asked_language
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from


@bp.get("/<call>/review")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def queue(call: CallFacts):
    person_id = g.identity.person_id
    if not g.attendance.has_accepted:
        return redirect(url_for(".statement"), 303)
    window = window_from(request.args.get("page"))
    view = queues.queue_page(
        db.session(), call=call, person_id=person_id, round_id=id_from(request.args.get("round")), window=window
    )
    contacts = queries.organizer_contacts(db.session(), call_id=call.id) if not view.chosen else ()
    pagination = paginate(window, view.chosen.n_assigned if view.chosen else 0, _page_url(view))
    return render_template("panels/queue.html", view=view, pagination=pagination, contacts=contacts)


@bp.get("/<call>/review/statement")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def statement(call: CallFacts):
    return _statement_page(call, StatementForm())


@bp.post("/<call>/review/statement")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def accept_statement(call: CallFacts):
    form = StatementForm()
    if not form.accepted():
        return _statement_page(call, form), form.status
    with transaction() as session:
        seats.accept_statement(session, call=call, person_id=g.identity.person_id, now=utcnow())
    return redirect(url_for(".queue"), 303)


@bp.get("/<call>/review/<label>")
@requires(Permission.REVIEW, queries.review_subject)
def review(call: CallFacts, label: str):
    page = _review(call, label)
    if not page.has_accepted:
        flash(_("Before the first question, please read the statement of confidentiality and accept it."), "warning")
        return redirect(url_for(".statement"), 303)
    return _review_page(call, page, review_form(page))


@bp.post("/<call>/review/<label>")
@requires(Permission.REVIEW, queries.review_subject)
def save_review(call: CallFacts, label: str):
    page = _accepted_review(call, label)
    form = review_form(page)
    if request.accept_mimetypes.best == "application/json":
        return _autosave(page, form)
    if not form.accepted():
        return _review_page(call, page, form), 422
    try:
        with transaction() as session:
            _save(session, page, form)
    except DomainError as error:
        return _refused(call, label, form, error)
    return _after(page, form)


@bp.post("/<call>/review/<label>/abstain")
@requires(Permission.REVIEW, queries.review_subject)
def abstain(call: CallFacts, label: str):
    page, form = _accepted_review(call, label), AbstainForm()
    if not form.accepted():
        return _review_page(call, page, review_form(page, is_sent=False), abstain_form=form), 422
    try:
        with transaction() as session:
            service.abstain(
                session,
                assignment_id=page.assignment_id,
                person_id=g.identity.person_id,
                reason=form.abstain_reason.data,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _review_page(call, page, review_form(page, is_sent=False), abstain_form=form), 409
    flash(_("You abstained from %(label)s.", label=label), "success")
    return _go_on(page)


@bp.post("/<call>/review/<label>/conflict")
@requires(Permission.REVIEW, queries.review_subject)
def declare_conflict(call: CallFacts, label: str):
    page, form = _accepted_review(call, label), ConflictForm()
    if not form.accepted():
        return _review_page(call, page, review_form(page, is_sent=False), conflict_form=form), 422
    try:
        with transaction() as session:
            conflicts.declare_conflict(
                session,
                assignment_id=page.assignment_id,
                person_id=g.identity.person_id,
                reason=form.conflict_reason.data,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _review_page(call, page, review_form(page, is_sent=False), conflict_form=form), 409
    flash(_("%(label)s left your queue because of the conflict. Thank you for saying so.", label=label), "success")
    return _go_on(page)


def _review(call: CallFacts, label: str) -> queries.ReviewPage:
    return queries.review_page(
        db.session(), call=call, label=label, person_id=g.identity.person_id, is_open_at=utcnow()
    )


def _accepted_review(call: CallFacts, label: str) -> queries.ReviewPage:
    """The question, whose text may be shown again, for somebody who accepted the statement."""
    page = _review(call, label)
    if not page.has_accepted:
        raise service.StatementNotAccepted
    return page


def _save(session, page: queries.ReviewPage, form: ReviewForm) -> None:
    """Skipping keeps what was typed, but never changes a review that was sent."""
    whose = dict(assignment_id=page.assignment_id, person_id=g.identity.person_id, now=utcnow())
    if form.action.data == NEXT:
        service.submit_review(session, given=form.given(), **whose)
    elif form.action.data == DRAFT or not (page.is_done or form.given() == review_form(page, is_sent=False).given()):
        service.save_draft(session, given=form.given(), **whose)
    if form.action.data == SKIP:
        service.skip(session, **whose)


def _autosave(page: queries.ReviewPage, form: ReviewForm):
    """The answer to the script that saves while somebody writes: always a draft."""
    form.action.data, now = DRAFT, utcnow()
    if not form.validate():
        return {"problem": "refused", "message": form.first_error}, 422
    try:
        with transaction() as session:
            whose = dict(assignment_id=page.assignment_id, person_id=g.identity.person_id, now=now)
            version = service.save_draft(session, given=form.given(), **whose)
    except DomainError as error:
        return {"problem": "refused", "message": _(error.message, **error.params)}, status_of(error)
    return {"version": version, "saved_at": now.isoformat(), "is_signed_out": False}


def _refused(call: CallFacts, label: str, form: ReviewForm, error: DomainError):
    """The page again with everything typed; after another window saved, with what is saved beside it."""
    page = _review(call, label)
    form.refuse(_(error.message, **error.params))
    is_newer = isinstance(error, Conflict)
    if is_newer:
        form.version.data = page.version
        form.version.raw_data = None
    return _review_page(call, page, form, saved=page if is_newer else None), status_of(error)


def _after(page: queries.ReviewPage, form: ReviewForm):
    if form.action.data != SKIP:
        _warn_of_own_name(page, form)
    if form.action.data == DRAFT:
        flash(_("The draft of %(label)s is saved.", label=page.label), "success")
        return redirect(url_for(".review", label=page.label), 303)
    if form.action.data == NEXT:
        flash(_("Your review of %(label)s is saved.", label=page.label), "success")
    return _go_on(page)


def _warn_of_own_name(page: queries.ReviewPage, form: ReviewForm) -> None:
    """Only of what names the panelist: a warning about authors would say who they are."""
    comments = f"{form.comment_to_panel.data or ''}\n{form.comment_to_authors.data or ''}"
    if comments.strip() and (phrases := queries.own_names_in(db.session(), comments, person_id=g.identity.person_id)):
        words = _("Your comment on %(label)s may say who you are: %(phrases)s. You can still change it.")
        flash(words % {"label": page.label, "phrases": ", ".join(phrases)}, "warning")


def _go_on(page: queries.ReviewPage):
    """To the undone question that is served next, or back to the queue when none is left."""
    label = queues.next_label(db.session(), round_id=page.round_id, person_id=g.identity.person_id, after=page.label)
    if label in (None, page.label):
        return redirect(url_for(".queue", round=page.round_id), 303)
    return redirect(url_for(".review", label=label), 303)


def _review_page(call: CallFacts, page: queries.ReviewPage, form: ReviewForm, **more) -> str:
    contacts = () if page.is_open else queries.organizer_contacts(db.session(), call_id=call.id)
    forms = {"abstain_form": AbstainForm(formdata=None), "conflict_form": ConflictForm(formdata=None), "saved": None}
    return render_template(
        "panels/review.html", view=page, form=form, contacts=contacts, feedback=_feedback(page), **forms | more
    )


def _feedback(page: queries.ReviewPage) -> Feedback | None:
    """In a round of scoring again: what the panel said before."""
    if page.follows_id is None:
        return None
    about = dict(first_id=page.follows_id, question_id=page.question_id, viewer_id=g.identity.person_id)
    return feedback(db.session(), **about, labels=PanelLabels(current_app.config["SECRET_KEY"]))


def _statement_page(call: CallFacts, form: StatementForm) -> str:
    _consent, text = call_texts(db.session(), call_id=call.id, language=asked_language())
    has_accepted = g.attendance.has_accepted
    return render_template("panels/statement.html", form=form, text=text, has_accepted=has_accepted)


def _page_url(view: queues.QueuePage):
    return lambda page: url_for(".queue", round=view.chosen.id, page=page)

"""The panelists' side: the statement, the queue, one question."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject, call_texts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError, InvalidMove
from solicit.panels.forms.review import DRAFT, SKIP, AbstainForm, ConflictForm, ReviewForm, StatementForm, review_form
from solicit.panels.queries import review as queries
from solicit.panels.service import conflicts, seats
from solicit.panels.service import review as service
from solicit.panels.views import bp
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from


@bp.get("/<call>/review")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def queue(call: CallFacts):
    person_id = g.identity.person_id
    if not g.attendance.has_accepted:
        return redirect(url_for(".statement"), 303)
    window = window_from(request.args.get("page"))
    view = queries.queue_page(
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
    if not g.attendance.has_accepted:
        flash(_("Before the first question, please read the statement of confidentiality and accept it."), "warning")
        return redirect(url_for(".statement"), 303)
    page = _review(call, label)
    return _review_page(call, page, review_form(page))


@bp.post("/<call>/review/<label>")
@requires(Permission.REVIEW, queries.review_subject)
def save_review(call: CallFacts, label: str):
    page = _accepted_review(call, label)
    form = review_form(page)
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
    return queries.review_page(db.session(), call=call, label=label, person_id=g.identity.person_id)


def _accepted_review(call: CallFacts, label: str) -> queries.ReviewPage:
    """The question, whose text may be shown again, for somebody who accepted the statement."""
    if not g.attendance.has_accepted:
        raise service.StatementNotAccepted
    return _review(call, label)


def _save(session, page: queries.ReviewPage, form: ReviewForm) -> None:
    """Skipping keeps what was typed, but never changes a review that was sent."""
    if form.action.data == SKIP and (form.is_blank or page.is_submitted or page.is_abstained):
        return
    save = service.save_draft if form.action.data in (DRAFT, SKIP) else service.submit_review
    save(
        session,
        assignment_id=page.assignment_id,
        person_id=g.identity.person_id,
        given=form.given(),
        now=utcnow(),
    )


def _refused(call: CallFacts, label: str, form: ReviewForm, error: DomainError):
    """The page again with everything typed; after another window saved, with what is saved beside it."""
    page = _review(call, label)
    form.refuse(_(error.message, **error.params))
    is_newer = isinstance(error, Conflict)
    if is_newer:
        form.version.data = page.version
        form.version.raw_data = None
    status = 409 if not isinstance(error, InvalidMove) else 422
    return _review_page(call, page, form, saved=page if is_newer else None), status


def _after(page: queries.ReviewPage, form: ReviewForm):
    if form.action.data == DRAFT:
        flash(_("The draft of %(label)s is saved.", label=page.label), "success")
        return redirect(url_for(".review", label=page.label), 303)
    if form.action.data != SKIP:
        flash(_("Your review of %(label)s is saved.", label=page.label), "success")
    return _go_on(page)


def _go_on(page: queries.ReviewPage):
    """To the next undone question, or back to the queue when none is left."""
    if page.next_label is None:
        return redirect(url_for(".queue"), 303)
    return redirect(url_for(".review", label=page.next_label), 303)


def _review_page(call: CallFacts, page: queries.ReviewPage, form: ReviewForm, **more) -> str:
    contacts = () if page.is_open else queries.organizer_contacts(db.session(), call_id=call.id)
    forms = {"abstain_form": AbstainForm(formdata=None), "conflict_form": ConflictForm(formdata=None), "saved": None}
    return render_template("panels/review.html", view=page, form=form, contacts=contacts, **forms | more)


def _statement_page(call: CallFacts, form: StatementForm) -> str:
    _consent, text = call_texts(db.session(), call_id=call.id)
    has_accepted = g.attendance.has_accepted
    return render_template("panels/statement.html", form=form, text=text, has_accepted=has_accepted)


def _page_url(view: queries.QueuePage):
    return lambda page: url_for(".queue", round=view.chosen.id, page=page)

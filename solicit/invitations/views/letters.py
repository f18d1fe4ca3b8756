"""Letters to invited people: the list, preparing them, and the second organizer who sends them."""

from collections import Counter
from contextlib import suppress

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.letters import PrepareForm
from solicit.invitations.queries.letters.batches import batch_page, batch_subject
from solicit.invitations.queries.letters.desk import LettersDesk, LetterSort, letters_desk, listed
from solicit.invitations.queries.letters.rows import InvitationRow, invitations_of_call
from solicit.invitations.service import letters as service
from solicit.invitations.service.letters.tell import until
from solicit.invitations.service.selecting.propose import start_replacement
from solicit.invitations.states import INVITATION_WORDS, InvitationState
from solicit.invitations.views import bp
from solicit.invitations.views.taken import note_taken
from solicit.submissions.service.links import AnswerLinks
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.limits import file_limit
from solicit.web.pages import current_language
from solicit.web.pagination import paginate, window_from

LETTERS = "/<call>/organize/invite/letters"
BATCH = f"{LETTERS}/batch/<id:letter_batch_id>"
COLUMNS = (
    "invitation",
    "name",
    "affiliation",
    "country",
    "language",
    "state",
    "attendance",
    "cost",
    "currency",
    "answer_by",
    "invited",
    "answered",
)


@bp.get(LETTERS)
@requires(Permission.SELECT_INVITEES, call_subject)
def letters(call: CallFacts):
    return _letters_page(call, PrepareForm(formdata=None))


@bp.post(LETTERS)
@requires(Permission.SELECT_INVITEES, call_subject)
def prepare_letters(call: CallFacts):
    form = PrepareForm()
    if not form.accepted():
        return _letters_page(call, form)
    asked = dict(call_id=call.id, answer_on=form.answer_on.data)
    try:
        with transaction() as session:
            batch_id = service.prepare_letters(session, actor_id=g.identity.person_id, now=utcnow(), **asked)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _letters_page(call, form)
    flash(_("The letters are prepared. They leave when a second organizer approves them."), "success")
    return redirect(url_for(".letter_batch", letter_batch_id=batch_id), 303)


@bp.post(f"{LETTERS}.csv")
@file_limit
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def letters_file(call: CallFacts):
    note_taken(call, "letters")
    rows = invitations_of_call(db.session(), call=call, viewer_id=g.identity.person_id, locale=current_language())
    state, sort = _wanted()
    lines = csv_lines(COLUMNS, [_cells(row) for row in listed(rows, state=state, sort=sort)])
    return download(f"{call.slug}-invitations.csv", CSV_TYPE, lines)


@bp.get(BATCH)
@requires(Permission.SELECT_INVITEES, batch_subject)
def letter_batch(call: CallFacts, letter_batch_id: int):
    return _batch_page(call, letter_batch_id, ActionForm())


@bp.post(f"{BATCH}/send")
@requires(Permission.SELECT_INVITEES, batch_subject)
def send_letters(call: CallFacts, letter_batch_id: int):
    form = ActionForm()
    if not form.accepted():
        return _batch_page(call, letter_batch_id, form)
    asked = dict(call=call, links=links(), batch_id=letter_batch_id)
    try:
        with transaction() as session:
            n_sent = service.send_letters(session, approver_id=g.identity.person_id, now=utcnow(), **asked)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _batch_page(call, letter_batch_id, form, status=409)
    if n_sent:
        flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", n_sent), "success")
    return redirect(url_for(".letters"), 303)


@bp.post(f"{BATCH}/discard")
@requires(Permission.SELECT_INVITEES, batch_subject)
def discard_letters(call: CallFacts, letter_batch_id: int):
    form = ActionForm()
    if not form.accepted():
        return _batch_page(call, letter_batch_id, form)
    asked = dict(call_id=call.id, batch_id=letter_batch_id)
    try:
        with transaction() as session:
            service.discard_letters(session, actor_id=g.identity.person_id, now=utcnow(), **asked)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _batch_page(call, letter_batch_id, form, status=409)
    flash(_("The letters are discarded. Nobody was written to."), "success")
    return redirect(url_for(".letters"), 303)


@bp.post(f"{LETTERS}/replacement")
@requires(Permission.SELECT_INVITEES, call_subject)
def find_replacement(call: CallFacts):
    """Look for whom to invite in the place of those who do not come: a long job, whose result two people approve."""
    if not ActionForm().accepted():
        return redirect(url_for(".letters"), 303)
    try:
        with transaction() as session:
            job_id = start_replacement(session, call=call, actor_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        flash(_(error.message, **error.params), "warning")
        return redirect(url_for(".letters"), 303)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


def links() -> AnswerLinks:
    return AnswerLinks(current_app.config["SECRET_KEY"])


def _letters_page(call: CallFacts, form: PrepareForm):
    desk = letters_desk(db.session(), call=call, viewer_id=g.identity.person_id, locale=current_language())
    state, sort = _wanted()
    rows, window = listed(desk.rows, state=state, sort=sort), window_from(request.args.get("page"))
    filters = {"state": state.value if state else None, "sort": sort.value}
    return render_template(
        "invitations/letters.html",
        form=form,
        desk=desk,
        rows=rows[window.offset : window.offset + window.size],
        states=facet_options(filters, "state", _counted(desk)),
        sort=sort.value,
        sort_urls={each.value: list_url(filters, sort=each.value) for each in LetterSort},
        file_url=url_for(".letters_file", **{name: value for name, value in filters.items() if value}),
        pagination=paginate(window, len(rows), lambda page: list_url(filters, page=page)),
    ), form.status


def _batch_page(call: CallFacts, batch_id: int, form: ActionForm, status: int | None = None):
    view = batch_page(
        db.session(), call=call, batch_id=batch_id, viewer_id=g.identity.person_id, locale=current_language()
    )
    window = window_from(request.args.get("page"))
    return render_template(
        "invitations/letter_batch.html",
        view=view,
        until=until(view.answer_by, view.meeting, current_language()),
        form=form,
        rows=view.rows[window.offset : window.offset + window.size],
        pagination=paginate(
            window, len(view.rows), lambda page: url_for(".letter_batch", letter_batch_id=batch_id, page=page)
        ),
    ), status or form.status


def _wanted() -> tuple[InvitationState | None, LetterSort]:
    """The filter and the order of the query string; what is none of ours is left out."""
    state, sort = None, LetterSort.NAME
    with suppress(ValueError):
        state = InvitationState(request.args.get("state"))
    with suppress(ValueError):
        sort = LetterSort(request.args.get("sort"))
    return state, sort


def _counted(desk: LettersDesk) -> list[tuple[str, str, int]]:
    counts = Counter(row.state for row in desk.rows.visible)
    return [(state.value, _(INVITATION_WORDS[state]), counts[state]) for state in InvitationState if counts[state]]


def _cells(row: InvitationRow) -> tuple:
    times = (row.answer_by, row.offered_at, row.answered_at)
    return (
        str(row.id),
        row.name,
        row.affiliation,
        row.country,
        row.language,
        row.state.value,
        row.attendance.value,
        row.cost_cents / 100,
        row.currency,
        *(moment.isoformat(timespec="seconds") if moment else None for moment in times),
    )

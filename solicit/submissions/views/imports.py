"""Bringing in questions that came by post or mail: the file, its columns, what would happen, and the import."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.jobs.queries import unfinished_jobs
from solicit.jobs.service import start_job
from solicit.questions.queries.imported import imported_questions
from solicit.questions.service.imports import import_batch
from solicit.submissions.forms.imports import ConfirmForm, UploadForm, mapping_form
from solicit.submissions.queries import imports as queries
from solicit.submissions.queries.columns import COLUMN_LABELS, PLAN_COLUMNS
from solicit.submissions.service.imports import check_batch, discard_batch, keep_batch
from solicit.submissions.service.reading import LARGEST_FILE
from solicit.submissions.states import ImportState
from solicit.submissions.views import bp
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.forms import ActionForm
from solicit.web.headers import takes_body
from solicit.web.pagination import paginate, window_from

JOB_KIND = "submissions.import"
# More than these take longer than a person waits for a page.
ROWS_AT_ONCE = 500
# The file, and the form around it.
LARGEST_UPLOAD = LARGEST_FILE + 10_000


@bp.get("/<call>/organize/import")
@requires(Permission.IMPORT_SUBMISSIONS, call_subject)
def imports(call: CallFacts):
    return _upload_page(call, UploadForm(formdata=None))


@bp.post("/<call>/organize/import")
@takes_body(LARGEST_UPLOAD)
@requires(Permission.IMPORT_SUBMISSIONS, call_subject)
def read_file(call: CallFacts):
    form = UploadForm()
    if not form.accepted():
        return _upload_page(call, form), form.status
    try:
        with transaction() as session:
            batch_id = keep_batch(
                session,
                call=call,
                content=form.file.data.read(),
                organizer_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_("%(reason)s Nothing was stored.", reason=_(error.message, **error.params)))
        return _upload_page(call, form), form.status
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.get("/<call>/organize/import/<id:batch_id>")
@requires(Permission.IMPORT_SUBMISSIONS, queries.batch_subject)
def batch(call: CallFacts, batch_id: int):
    page = queries.batch_page(db.session(), batch_id=batch_id)
    return _batch_page(page, mapping_form(page.columns, page.mapping), ConfirmForm(formdata=None))


@bp.post("/<call>/organize/import/<id:batch_id>")
@requires(Permission.IMPORT_SUBMISSIONS, queries.batch_subject)
def check_file(call: CallFacts, batch_id: int):
    page = queries.batch_page(db.session(), batch_id=batch_id)
    form = mapping_form(page.columns, page.mapping)
    if not form.accepted():
        return _batch_page(page, form, ConfirmForm(formdata=None)), form.status
    with transaction() as session:
        check_batch(session, call=call, batch_id=batch_id, mapping=form.mapping(), now=utcnow())
    return redirect(url_for(".batch", batch_id=batch_id, _anchor="report"), 303)


@bp.post("/<call>/organize/import/<id:batch_id>/confirm")
@requires(Permission.IMPORT_SUBMISSIONS, queries.batch_subject)
def confirm_import(call: CallFacts, batch_id: int):
    form, page = ConfirmForm(), queries.batch_page(db.session(), batch_id=batch_id)
    try:
        if form.accepted() and page.counts.get("new", 0) > ROWS_AT_ONCE:
            return redirect(url_for("jobs.page", job_id=_start(call, batch_id, form)), 303)
        if form.accepted():
            _import_now(call, batch_id, form)
            return redirect(url_for(".batch", batch_id=batch_id), 303)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
    return _batch_page(page, mapping_form(page.columns, page.mapping), form), 409


@bp.post("/<call>/organize/import/<id:batch_id>/discard")
@requires(Permission.IMPORT_SUBMISSIONS, queries.batch_subject)
def discard_import(call: CallFacts, batch_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            discard_batch(session, call=call, batch_id=batch_id, organizer_id=g.identity.person_id, now=utcnow())
        flash(_("The file is thrown away. Nothing was imported."), "success")
    return redirect(url_for(".imports"), 303)


@bp.get("/<call>/organize/import/<id:batch_id>/refused.csv")
@requires(Permission.IMPORT_SUBMISSIONS, queries.batch_subject)
def refused_rows(call: CallFacts, batch_id: int):
    refused = queries.batch_page(db.session(), batch_id=batch_id).refused
    rows = [(found.line, found.column, _(found.reason, **found.params), found.title) for found in refused]
    lines = csv_lines(("line", "column", "reason", "title"), rows)
    return download(f"{call.slug}-import-{batch_id}-refused.csv", CSV_TYPE, lines)


def _import_now(call: CallFacts, batch_id: int, form: ConfirmForm) -> None:
    with transaction() as session:
        import_batch(
            session,
            call=call,
            batch_id=batch_id,
            leave_out=form.leave_out.data,
            organizer_id=g.identity.person_id,
            now=utcnow(),
        )


def _start(call: CallFacts, batch_id: int, form: ConfirmForm) -> int:
    """The job that imports a large file; a second click finds the one that the first started."""
    try:
        with transaction() as session:
            return start_job(
                session,
                kind=JOB_KIND,
                call_id=call.id,
                task=JOB_KIND,
                n_steps=1,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                call_slug=call.slug,
                batch_id=batch_id,
                leave_out=form.leave_out.data,
                organizer_id=g.identity.person_id,
            )
    except Conflict:
        running = [job.id for job in unfinished_jobs(db.session(), call_id=call.id) if job.kind == JOB_KIND]
        if not running:
            raise
        return running[0]


def _upload_page(call: CallFacts, form: UploadForm) -> str:
    lines = queries.batch_lines(db.session(), call_id=call.id)
    days_kept = current_app.extensions["settings"].keep_imports_days
    return render_template("submissions/imports.html", form=form, lines=lines, days_kept=days_kept)


def _batch_page(page: queries.BatchPage, form, confirm: ConfirmForm) -> str:
    window = window_from(request.args.get("page"))
    imported, total = (), len(page.findings)
    if page.state is ImportState.IMPORTED:
        imported = imported_questions(db.session(), batch_id=page.id, window=window)
        total = page.counts["imported"]
    return render_template(
        "submissions/batch.html",
        batch=page,
        form=form,
        confirm=confirm,
        imported=imported,
        findings=page.findings[window.offset : window.offset + window.size],
        labels=COLUMN_LABELS,
        plan_columns=PLAN_COLUMNS,
        pagination=paginate(window, total, lambda number: url_for(".batch", batch_id=page.id, page=number)),
    )

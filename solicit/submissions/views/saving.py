"""Saving one step: from the page and from the script that saves while somebody writes."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access import guard
from solicit.calls.queries import CallFacts
from solicit.calls.service import check_accepts_submissions
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, Conflict, DomainError
from solicit.questions.queries.numbers import public_numbers
from solicit.questions.service.difference import note_difference
from solicit.submissions.forms.wizard import AboutStep, PlanStep, QuestionStep
from solicit.submissions.queries.drafts import Access, DraftView
from solicit.submissions.service import NamedCoAuthor
from solicit.submissions.service.drafts import Addresses, Change, save_draft
from solicit.submissions.states import Age
from solicit.submissions.views.opening import opened, person_id
from solicit.submissions.views.steps import STORED, Step, about_step, steps_of, text_step

TEMPLATES = {Step.TEXT: "submissions/wizard/text.html", Step.ABOUT: "submissions/wizard/about.html"}


@dataclass(frozen=True)
class TwoTexts:
    """One field that two windows filled differently."""

    label: str
    stored: str
    typed: str


def step_answer(lang: str, call: CallFacts, draft: DraftView, form: QuestionStep | PlanStep | AboutStep, step: Step):
    """The answer to a step that was sent; None if its page is to be shown."""
    is_sent = request.method == "POST"
    try:
        if not is_sent:
            check_accepts_submissions(call, now=utcnow(), draft_saved_at=draft.saved_at)
            return None
        if not form.validate():
            return _refused(form) if _wants_json() else _check_may_read(draft)
        version, now = _save(call, draft, form)
    except Closed as closed:
        reason = _(closed.message, **closed.params)
        if _wants_json():
            return _told("closed", reason)
        _check_may_read(draft)
        return closed_page(call, draft, form, reason)
    except Conflict as conflict:
        return _told("conflict", _(conflict.message)) if _wants_json() else _conflict(lang, call, draft, form, step)
    except DomainError as refusal:
        form.refuse(_(refusal.message, **refusal.params))
        return _refused(form) if _wants_json() else _check_may_read(draft)
    if _wants_json():
        return {"version": version, "saved_at": now.isoformat(), "is_signed_out": draft.access is Access.SAVE}
    return redirect(_where_to(draft, form, step), 303)


def step_page(call: CallFacts, draft: DraftView, form, step: Step, **more):
    """The page of a step."""
    template, steps = TEMPLATES[step], steps_of(draft, step)
    return render_template(template, call=call, draft=draft, form=form, steps=steps, **more), form.status


def closed_page(call: CallFacts, draft: DraftView, form, reason: str):
    """The call is over: the text can be read and copied, but no longer saved."""
    shown = [field for field in form if isinstance(field.data, str | list) and field.name != "csrf_token"]
    texts = [(field.label.text, words) for field in shown if (words := _words(field))]
    page = render_template("submissions/wizard/closed.html", call=call, draft=draft, reason=reason, texts=texts)
    return page, 409 if request.method == "POST" else 200


def _check_may_read(draft: DraftView) -> None:
    """Stop before a page that shows a field as it is stored, because it was not sent: a key alone does not read.

    The page that asks to sign in shows what was sent, so that it can be copied.
    """
    if draft.access is Access.SAVE:
        guard.ask_to_sign_in()


def _save(call: CallFacts, draft: DraftView, form) -> tuple[int, datetime]:
    version, now = form.version.data, utcnow()
    with transaction() as session:
        is_text = not isinstance(form, AboutStep)
        change = _text_change(call, form) if is_text else _about_change(form)
        saved = save_draft(
            session,
            call=call,
            submission_id=draft.id,
            person_id=person_id(),
            version=version,
            change=change,
            now=now,
        )
        if is_text and form.differences != draft.typed.differences:
            note_difference(session, call=call, submission_id=draft.id, notes=form.differences, now=now)
    return saved, now


def _text_change(call: CallFacts, form: QuestionStep | PlanStep) -> Change:
    text, typed = form.values(), {"differences": {label: note for label, note in form.differences.items() if note}}
    if form.kind is Kind.PLAN:
        numbers = form.numbers()
        public = public_numbers(db.session(), call=call, numbers=numbers)
        answers = tuple(number for number in numbers if number in public)
        text = replace(text, plan=replace(text.plan, answers=answers))
        typed["answers"] = form.answers.data
    return Change(text=text, typed=typed)


def _about_change(form: AboutStep) -> Change:
    own, is_younger = form.email.address, form.age.data == Age.YOUNGER.value
    people = {line.address: name.data for name, line in form.co_author_lines if line.address and line.address != own}
    addresses = Addresses(
        own=None if form.has_account else own,
        guardian=form.guardian_email.address if is_younger else None,
        co_authors=tuple(NamedCoAuthor(email, name) for email, name in people.items()),
    )
    return Change(typed=form.typed(), addresses=addresses)


def _where_to(draft: DraftView, form, step: Step) -> str:
    go = request.form.get("go")
    if go == "leave":
        flash(_("Your draft is saved."), "success")
        return url_for("submissions.draft_saved", draft=draft.reference)
    if go == "similar":
        return step.url(draft, similar=1, _anchor="similar-heading")
    if go == "lines" or (step is Step.ABOUT and form.point_at_wrong_addresses()):
        return step.url(draft, _anchor="co-authors" if go == "lines" else None)
    return step.next.url(draft)


def _conflict(lang: str, call: CallFacts, draft: DraftView, form, step: Step):
    """Both texts, and what was typed still in the form: saving it again wins."""
    _check_may_read(draft)
    draft = opened(call, draft.reference, may_only_save=True)
    if step is Step.TEXT:
        stored = text_step(call, lang, draft, **STORED)
    else:
        stored = about_step(call, lang, draft, has_account=form.has_account, **STORED)
    form.start_from(draft.version)
    both = [
        TwoTexts(field.label.text, *texts)
        for field in stored
        if field.name in form and field.name != "version" and (texts := (_words(field), _words(form[field.name])))
        if texts[0] != texts[1]
    ]
    page, _status = step_page(call, draft, form, step, both=both, has_errors=True)
    return page, 409


def _words(field) -> str:
    """What a field holds, as a reader sees it."""
    if hasattr(field, "choices"):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return ", ".join(str(label) for value, label, *_rest in field.choices if value and value in chosen)
    if isinstance(field.data, bool):
        return _("Yes") if field.data else _("No")
    return field.data or ""


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _told(problem: str, message: str):
    return current_app.json.response(problem=problem, message=message), 409


def _refused(form):
    messages = [str(message) for field in form for message in field.errors] + [str(each) for each in form.form_errors]
    return {"problem": "refused", "message": messages[0]}, 422

"""Checking a draft and sending it; the account comes last, by a link that proves the address."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.access.service import token_hash
from solicit.calls.queries import CallFacts, call_texts
from solicit.calls.service import check_accepts_submissions
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, Conflict, DomainError
from solicit.people.queries import country_name
from solicit.people.views.blueprint import network
from solicit.people.views.entering import enter
from solicit.questions.service.open import open_question
from solicit.submissions.forms.about import AboutForm
from solicit.submissions.forms.text import TextForm
from solicit.submissions.forms.wizard import SendForm
from solicit.submissions.queries.drafts import DraftView, address_of
from solicit.submissions.queries.languages import language_name
from solicit.submissions.queries.page import lacks_question_mark
from solicit.submissions.service import Receipt, ask_guardian, ask_named, finish, send_draft
from solicit.submissions.states import Age
from solicit.submissions.views import bp
from solicit.submissions.views.links import links
from solicit.submissions.views.opening import hold, new_key, opened, person_id, sign_in_first
from solicit.submissions.views.saving import closed_page
from solicit.submissions.views.steps import Lack, Step, about_to_send, lacks_of, self_naming, steps_of, text_to_send
from solicit.submissions.views.wizard import ONE, save_limit
from solicit.web.forms import ActionForm
from solicit.web.limits import limiter
from solicit.web.pages import current_language


@bp.route(ONE + "/check", methods=["GET", "POST"])
@save_limit
@public
def draft_check(lang: str, call: CallFacts, draft: str):
    found = opened(call, draft)
    form, status = SendForm(data={"version": found.version}), None
    if request.method == "POST" and g.identity is None:
        return sign_in_first(draft)
    text, about, lacks = _to_send(lang, call, found)
    try:
        check_accepts_submissions(call, now=utcnow(), draft_saved_at=found.saved_at)
        if form.accepted() and not lacks and (receipt := _send(call, found, form, about)):
            return redirect(url_for(".receipt", reference=receipt.reference), 303)
    except Closed as closed:
        return closed_page(call, found, text, _(closed.message, **closed.params))
    except Conflict as conflict:
        found, status = opened(call, draft), 409
        text, about, lacks = _to_send(lang, call, found)
        form.start_from(found.version)
        form.refuse(_(conflict.message))
    page = _check_page(lang, call, found, form, text=text, about=about, lacks=lacks)
    return page, status or (422 if request.method == "POST" else 200)


@bp.post(ONE + "/guardian")
@save_limit
@limiter.limit("60 per hour", key_func=network, methods=["POST"])
@public
def draft_guardian(lang: str, call: CallFacts, draft: str):
    found = opened(call, draft)
    if ActionForm().accepted():
        with transaction() as session:
            ask_guardian(session, call=call, links=links(), submission_id=found.id, now=utcnow())
        flash(_("We wrote to your guardian. When they agree, come back here and send."), "success")
    return redirect(Step.CHECK.url(found), 303)


@bp.post(ONE + "/letter")
@limiter.limit("30 per hour", key_func=network, methods=["POST"])
@public
def draft_letter(lang: str, call: CallFacts, draft: str):
    """Mail a link to the draft, whoever has the address."""
    found = opened(call, draft)
    if address_of(db.session(), submission_id=found.id) is None:
        flash(_("Enter your e-mail address, so that we can send you the link."), "warning")
        return redirect(Step.ABOUT.url(found, _anchor="email"), 303)
    if ActionForm().accepted():
        with transaction() as session:
            finish.ask_for_finish_letter(session, submission_id=found.id)
    return redirect(url_for(".draft_saved", draft=draft, letter="asked"), 303)


@bp.route(ONE + "/finish/<token>", methods=["GET", "POST"])
@limiter.limit("60 per hour", key_func=network, methods=["POST"])
@public
def draft_finish(lang: str, call: CallFacts, draft: str, token: str):
    behind = dict(call=call, links=finish.FinishLinks(current_app.config["SECRET_KEY"]), reference=draft, token=token)
    form, key = ActionForm(), new_key()
    if not form.accepted():
        found = finish.behind_link(db.session(), **behind, now=utcnow())
        return render_template("submissions/wizard/finish.html", call=call, form=form, found=found), form.status
    with transaction() as session:
        writer = finish.use_finish_link(session, **behind, key_hash=token_hash(key), now=utcnow())
    check = url_for(".draft_check", draft=draft)
    return hold(redirect(check, 303) if person_id() == writer else enter(writer, check), key)


@bp.errorhandler(finish.DraftLinkUsedUp)
def draft_link_used_up(error: finish.DraftLinkUsedUp):
    db.session.rollback()
    return render_template("submissions/wizard/link_used_up.html", call=g.call), 410


def _to_send(lang: str, call: CallFacts, draft: DraftView) -> tuple[TextForm, AboutForm, list[Lack]]:
    """What is stored in forms with every rule, and what is missing in them."""
    text, about = text_to_send(call, lang, draft), about_to_send(call, lang, draft, has_account=g.identity is not None)
    return text, about, lacks_of(draft, text, about)


def _send(call: CallFacts, draft: DraftView, form: SendForm, about: AboutForm) -> Receipt | None:
    """The receipt, or None with the refusal shown on the form."""
    author, now = about.author(has_consented=form.has_consented.data), utcnow()
    version = form.version.data
    try:
        with transaction() as session:
            receipt = send_draft(
                session,
                call=call,
                submission_id=draft.id,
                person_id=person_id(),
                version=version,
                author=author,
                now=now,
            )
            if not receipt.is_repeat:
                open_question(session, submission_id=draft.id, call_id=call.id, text=draft.text, now=now)
                ask_named(session, call=call, links=links(), submission_id=draft.id, now=now)
        return receipt
    except (Closed, Conflict):
        raise
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return None


def _check_page(lang: str, call: CallFacts, draft: DraftView, form: SendForm, **more) -> str:
    consent, _confidentiality = call_texts(db.session(), call_id=call.id, language=lang)
    typed = draft.typed
    return render_template(
        "submissions/wizard/check.html",
        call=call,
        draft=draft,
        form=form,
        steps=steps_of(draft, Step.CHECK),
        consent=consent,
        language=language_name(draft.text.language, current_language()),
        theme=call.theme_by_id(draft.text.theme_id),
        country=country_name(typed.country, current_language()),
        warnings=self_naming(draft),
        lacks_question_mark=lacks_question_mark(draft.kind, draft.text.title),
        needs_guardian=typed.age == Age.YOUNGER.value and draft.guardian_confirmed_at is None,
        is_in_grace=utcnow() >= call.closes_at,
        **more,
    )

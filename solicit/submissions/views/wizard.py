"""Writing a question or plan step by step: every step is saved, and nothing is refused for being unfinished."""

from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.access.service import token_hash
from solicit.calls.queries import CallFacts
from solicit.calls.service import check_accepts_submissions
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.embeddings.encoders import web_encoder
from solicit.errors import Closed, DomainError
from solicit.questions.queries.similar import SimilarPanel, similar_panel
from solicit.submissions.forms.wizard import KindForm
from solicit.submissions.queries import drafts as queries
from solicit.submissions.service import drafts as service
from solicit.submissions.states import TextValues, Typed
from solicit.submissions.views import bp
from solicit.submissions.views.opening import hold, key_hashes, new_key, opened, person_id
from solicit.submissions.views.saving import step_answer, step_page
from solicit.submissions.views.steps import Step, about_step, self_naming, steps_of, text_step
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter

NEW = "/<locale:lang>/<call>/submit"
ONE = NEW + "/<draft>"
save_limit = limiter.shared_limit("120 per minute", scope="save a draft", key_func=asker, methods=["POST"])


@bp.route(NEW, methods=["GET", "POST"])
@limiter.limit("60 per minute", key_func=asker, methods=["POST"])
@limiter.limit("30 per hour", key_func=asker, methods=["POST"], deduct_when=lambda answer: answer.status_code == 303)
@public
def new(lang: str, call: CallFacts):
    if request.method != "POST" and (reason := _closed(call)):
        is_before = utcnow() < call.opens_at
        return render_template("submissions/closed.html", call=call, reason=reason, is_before=is_before)
    kind = request.args.get("kind")
    kind = kind if kind in [each.value for each in call.asks.kinds] else call.asks.kinds[0].value
    form = KindForm(kinds=call.asks.kinds, data={"kind": kind, "idempotency_key": str(uuid4())})
    if form.accepted() and (begun := _begin(lang, call, form, key := new_key(form.key()))):
        return hold(redirect(url_for(".draft_text", draft=begun), 303), key)
    waiting = queries.drafts_at_hand(db.session(), call=call, person_id=person_id(), key_hashes=key_hashes())
    return render_template("submissions/wizard/kind.html", call=call, form=form, drafts=waiting), form.status


@bp.route(ONE + "/question", methods=["GET", "POST"])
@save_limit
@public
def draft_text(lang: str, call: CallFacts, draft: str):
    found = opened(call, draft, may_only_save=request.method == "POST")
    form = text_step(call, lang, found)
    answer = step_answer(lang, call, found, form, Step.TEXT)
    if answer is not None:
        return answer
    panel = _panel(call, form) if "similar" in request.args else None
    return step_page(call, found, form, Step.TEXT, panel=panel, warnings=self_naming(found))


@bp.route(ONE + "/about", methods=["GET", "POST"])
@save_limit
@public
def draft_about(lang: str, call: CallFacts, draft: str):
    found = opened(call, draft, may_only_save=request.method == "POST")
    form = about_step(call, lang, found, has_account=person_id() is not None or found.is_owned)
    answer = step_answer(lang, call, found, form, Step.ABOUT)
    if answer is not None:
        return answer
    form.point_at_wrong_addresses()
    page, status = step_page(call, found, form, Step.ABOUT)
    return page, status if request.method == "POST" else 200


@bp.get(ONE + "/saved")
@public
def draft_saved(lang: str, call: CallFacts, draft: str):
    found = opened(call, draft)
    address = queries.address_of(db.session(), submission_id=found.id)
    return render_template(
        "submissions/wizard/saved.html",
        call=call,
        draft=found,
        steps=steps_of(found, None),
        address=address[0] if address else None,
        is_written_to=request.args.get("letter") == "asked",
    )


@bp.route(ONE + "/discard", methods=["GET", "POST"])
@save_limit
@public
def draft_discard(lang: str, call: CallFacts, draft: str):
    found = opened(call, draft)
    if not ActionForm().accepted():
        return render_template("submissions/wizard/discard.html", call=call, draft=found)
    with transaction() as session:
        service.discard_draft(session, call=call, submission_id=found.id)
    flash(_("The draft is gone."), "success")
    return redirect(url_for(".new"), 303)


def _begin(lang: str, call: CallFacts, form: KindForm, key: str) -> str | None:
    """The reference of a new draft, or None with the refusal shown on the form."""
    theme = call.theme(request.args.get("theme"))
    text = TextValues(
        kind=form.chosen_kind, theme_id=theme.id if theme else None, language=lang.split("-")[0], title=""
    )
    try:
        with transaction() as session:
            known = queries.typed_as_known(session, person_id=person_id()) if g.identity else Typed()
            return service.begin_draft(
                session,
                call=call,
                text=text,
                typed=known,
                person_id=person_id(),
                key_hash=token_hash(key),
                held=key_hashes(),
                locale=lang,
                idempotency_key=form.key(),
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return None


def _closed(call: CallFacts) -> str | None:
    """Why the call takes nothing now, if it does not."""
    try:
        check_accepts_submissions(call, now=utcnow())
    except Closed as closed:
        return _(closed.message, **closed.params)
    return None


def _panel(call: CallFacts, form) -> SimilarPanel:
    return similar_panel(
        db.session(),
        call=call,
        title=form.title.data,
        language=form.language.data,
        viewer_id=person_id(),
        encoder=web_encoder(call.model_name),
    )

"""Co-authors: the page that asks one, by link or signed in, and what the submitter does about them."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_texts
from solicit.calls.service import answers_until, check_accepts_answers
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, DomainError, NotFound
from solicit.submissions import service
from solicit.submissions.forms.around import AgreeForm, CoAuthorForm
from solicit.submissions.queries import asked, own
from solicit.submissions.queries.authors import submission_subject
from solicit.submissions.queries.page import submission_page
from solicit.submissions.states import AnswerLink
from solicit.submissions.views import bp
from solicit.submissions.views.links import links
from solicit.submissions.views.own import MINE, ONE, show_page
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter

REQUEST = ONE + "/co-authors/<id:co_author_id>"


@bp.route("/<locale:lang>/<call>/co-author/<token>", methods=["GET", "POST"])
@limiter.limit("60 per hour", key_func=asker, methods=["POST"])
@public
def answer_by_link(lang: str, call: CallFacts, token: str):
    key = links().read(AnswerLink.CO_AUTHOR, token)
    wanted = asked.co_author_request(db.session(), call=call, request_id=key.number, nonce=key.nonce)
    if wanted is None:
        raise service.LinkUsedUp
    return _answer(lang, call, wanted)


@bp.route(MINE + "/asked/<id:request_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER_REQUEST, asked.request_subject)
def answer_request(lang: str, call: CallFacts, request_id: int):
    wanted = asked.co_author_request(db.session(), call=call, request_id=request_id) or abort(404)
    return _answer(lang, call, wanted)


@bp.post(ONE + "/co-authors")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def ask_another(lang: str, call: CallFacts, reference: str):
    form = CoAuthorForm()
    if form.accepted():
        try:
            with transaction() as session:
                _asked_another(session, call, reference, form)
            flash(_("We wrote to your co-author. They are named once they agree."), "success")
            return redirect(url_for(".page", reference=reference), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return show_page(call, reference, co_author_form=form), form.status


@bp.post(REQUEST + "/ask")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def ask_again(lang: str, call: CallFacts, reference: str, co_author_id: int):
    return _act_on(call, reference, service.ask_again, _("We wrote again."), co_author_id=co_author_id, links=links())


@bp.post(REQUEST + "/revoke")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def revoke(lang: str, call: CallFacts, reference: str, co_author_id: int):
    return _act_on(call, reference, service.revoke, _("The request is taken back."), co_author_id=co_author_id)


def _answer(lang: str, call: CallFacts, wanted: asked.CoAuthorRequest):
    """The page with the text and two buttons; nothing happens before one of them is used."""
    try:
        check_accepts_answers(call, now=utcnow())
    except Closed as closed:
        return render_template("submissions/answers_closed.html", reason=_(closed.message, **closed.params)), 410
    if request.form.get("answer") == "decline" and ActionForm().accepted():
        with transaction() as session:
            service.decline(session, call=call, key=service.LinkKey(wanted.id, wanted.nonce), now=utcnow())
        flash(_("You declined. Your name is not shown with this submission."), "success")
        return redirect(url_for("calls.page"), 303)
    form = AgreeForm(locale=lang, asks=call.asks, data=_known(wanted))
    if form.accepted() and (person_id := _agreed(lang, call, wanted, form)):
        return _thank(call, wanted, is_signed_in=bool(g.identity) and g.identity.person_id == person_id)
    consent, _confidentiality = call_texts(db.session(), call_id=call.id, language=lang)
    return render_template(
        "submissions/co_author.html",
        call=call,
        wanted=wanted,
        form=form,
        consent=consent,
        until=answers_until(call),
    ), form.status


def _agreed(lang: str, call: CallFacts, wanted: asked.CoAuthorRequest, form: AgreeForm) -> int | None:
    """The person who is a co-author now, or None with the refusal shown on the form."""
    try:
        with transaction() as session:
            key = service.LinkKey(wanted.id, wanted.nonce)
            return service.agree(session, call=call, key=key, author=form.author(), locale=lang, now=utcnow())
    except service.LinkUsedUp:
        raise
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return None


def _thank(call: CallFacts, wanted: asked.CoAuthorRequest, *, is_signed_in: bool):
    if is_signed_in:
        flash(_("Thank you. You are a co-author now."), "success")
        return redirect(url_for(".mine"), 303)
    flash(
        _("Thank you. You are a co-author now. To see the submission, sign in with a link that we mail you."), "success"
    )
    return redirect(url_for("people.ask_magic_link"), 303)


def _known(wanted: asked.CoAuthorRequest) -> dict:
    """What the form holds at first: the account's words for its owner, else the name that the submitter typed."""
    if g.identity is None or g.identity.person_id != wanted.person_id:
        return dict(full_name=wanted.full_name)
    known = own.author_as_known(db.session(), person_id=g.identity.person_id)
    return vars(known) | dict(career=known.career.value if known.career else None)


def _asked_another(session, call: CallFacts, reference: str, form: CoAuthorForm) -> None:
    stored = submission_page(session, call=call, reference=reference)
    service.ask_another(session, call=call, links=links(), submission_id=stored.id, person=form.person(), now=utcnow())


def _act_on(call: CallFacts, reference: str, act, told: str, **values):
    """Carry out an action of one button and go back to the page, saying what came of it."""
    if ActionForm().accepted():
        try:
            with transaction() as session:
                stored = submission_page(session, call=call, reference=reference)
                act(session, call=call, submission_id=stored.id, now=utcnow(), **values)
            flash(told, "success")
        except DomainError as error:
            if isinstance(error, NotFound):
                raise
            flash(_(error.message, **error.params), "warning")
    return redirect(url_for(".page", reference=reference), 303)

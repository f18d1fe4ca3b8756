"""Offering seats by mail, and the page that asks whoever was invited; opening it changes nothing."""

from collections.abc import Callable

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires, typed_before_proof
from solicit.access.policy import Permission, Subject, permits
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, DomainError, NotFound
from solicit.panels.forms.seats import CHECK, AcceptForm, DeclineForm, OfferForm
from solicit.panels.queries import offers as queries
from solicit.panels.queries.desk import panel_subject, panel_title
from solicit.panels.service import seats as service
from solicit.panels.states import OFFER_LIFE, SeatLink
from solicit.panels.views import bp
from solicit.panels.views.desk import USUAL_SEAT
from solicit.submissions.service.links import AnswerLinks, LinkKey, LinkUsedUp
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter
from solicit.web.pagination import paginate, window_from

OFFERS = "/<call>/review/panels/<id:panel_id>/offers"
OFFER = OFFERS + "/<id:offer_id>"
COLUMNS = (
    "panel",
    "email",
    "name",
    "chair",
    "most_questions",
    "state",
    "offered",
    "expires",
    "answered",
    "reason",
    "invited_by",
)


@bp.get(OFFERS)
@requires(Permission.CHAIR_PANEL, panel_subject)
def offers(call: CallFacts, panel_id: int):
    return _offers_page(call, panel_id, _offer_form(call, data=USUAL_SEAT | typed_before_proof()))


@bp.post(OFFERS)
@requires(Permission.CHAIR_PANEL, panel_subject, fresh=True)
@limiter.limit("120 per hour", key_func=asker)
def invite(call: CallFacts, panel_id: int):
    form = _offer_form(call)
    if not form.accepted():
        return _offers_page(call, panel_id, form), 422
    if form.action.data == CHECK:
        return _checked_page(call, panel_id, form)
    try:
        with transaction() as session:
            service.invite(
                session,
                call=call,
                links=links(),
                panel_id=panel_id,
                seat=form.seat(),
                full_name=form.full_name.data,
                may_name_chairs=_runs_panels(call),
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _offers_page(call, panel_id, form), 422
    flash(_("We wrote to %(email)s. They sit on the panel once they accept.", email=form.email.data), "success")
    return redirect(url_for(".offers", panel_id=panel_id), 303)


@bp.post(OFFER + "/send")
@requires(Permission.CHAIR_PANEL, queries.offer_subject)
def send_offer_again(call: CallFacts, panel_id: int, offer_id: int):
    asked = dict(links=links(), panel_id=panel_id, offer_id=offer_id)
    return _act(call, panel_id, service.send_offer_again, _("We wrote again. The earlier link no longer works."), asked)


@bp.post(OFFER + "/withdraw")
@requires(Permission.CHAIR_PANEL, queries.offer_subject)
def withdraw_offer(call: CallFacts, panel_id: int, offer_id: int):
    asked = dict(panel_id=panel_id, offer_id=offer_id)
    return _act(
        call, panel_id, service.withdraw_offer, _("The invitation is taken back. Its link no longer works."), asked
    )


@bp.get("/<call>/organize/panels/offers.csv")
@requires(Permission.RUN_PANELS, call_subject)
def offers_file(call: CallFacts):
    rows = queries.offers_of_call(db.session(), call_id=call.id, now=utcnow())
    lines = csv_lines(COLUMNS, [_cells(row) for row in rows])
    return download(f"{call.slug}-seat-offers.csv", CSV_TYPE, lines)


@bp.route("/<locale:lang>/<call>/seat/<token>", methods=["GET", "POST"])
@limiter.limit("60 per hour", key_func=asker, methods=["POST"])
@public
def offer(lang: str, call: CallFacts, token: str):
    key = links().read(SeatLink.OFFER, token)
    asked = queries.seat_asked(db.session(), call=call, offer_id=key.number, nonce=key.nonce, language=lang)
    if asked is None:
        raise LinkUsedUp
    try:
        service.check_accepts_answers(call, expires_at=asked.expires_at, now=utcnow())
    except Closed as closed:
        return render_template("panels/offer_closed.html", reason=_(closed.message, **closed.params)), 410
    forms = dict(accept_form=_accept_form(asked), decline_form=DeclineForm())
    if request.form.get("answer") == "decline" and forms["decline_form"].accepted():
        return _declined(call, key, forms["decline_form"])
    if request.form.get("answer") == "accept" and forms["accept_form"].accepted():
        person_id = _accepted(lang, call, key, asked, forms["accept_form"])
        if person_id is not None:
            return _thank(is_signed_in=g.identity is not None)
    wrong = next((form for form in forms.values() if form.errors), None)
    mine = g.identity.person_id if g.identity else None
    return render_template(
        "panels/offer.html", call=call, asked=asked, form=wrong, mine=mine, here=request.path, **forms
    ), wrong.status if wrong else 200


@bp.errorhandler(LinkUsedUp)
def link_used_up(error: LinkUsedUp):
    db.session.rollback()
    return render_template("panels/offer_used_up.html"), 410


def links() -> AnswerLinks:
    return AnswerLinks(current_app.config["SECRET_KEY"])


def _accept_form(asked: queries.SeatAsked):
    """Whoever has an account is known by name."""
    return ActionForm() if asked.person_id else AcceptForm(data={"full_name": asked.full_name})


def _accepted(lang: str, call: CallFacts, key: LinkKey, asked: queries.SeatAsked, form) -> int | None:
    """Who sits on the panel now, or None with the refusal shown on the form."""
    name = asked.full_name if asked.person_id else form.full_name.data
    signed_in_id = g.identity.person_id if g.identity else None
    answer = dict(key=key, full_name=name, signed_in_id=signed_in_id, locale=lang, now=utcnow())
    try:
        with transaction() as session:
            return service.accept_offer(session, call=call, **answer)
    except LinkUsedUp:
        raise
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return None


def _declined(call: CallFacts, key: LinkKey, form: DeclineForm):
    with transaction() as session:
        service.decline_offer(session, call=call, key=key, reason=form.reason.data, now=utcnow())
    flash(
        _("You declined, and the organizers know. Should you think again, this page stays open for a while."), "success"
    )
    return redirect(request.path, 303)


def _thank(*, is_signed_in: bool):
    if is_signed_in:
        flash(
            _("Thank you. You sit on the panel now. Say what you know, so that you get questions you can judge."),
            "success",
        )
        return redirect(url_for(".profile"), 303)
    flash(_("Thank you. You sit on the panel now. To go on, sign in with a link that we mail you."), "success")
    return redirect(url_for("people.ask_magic_link"), 303)


def _act(call: CallFacts, panel_id: int, act: Callable, told: str, asked: dict):
    """Carry out an action of one button and go back to the list, saying what came of it."""
    if ActionForm().accepted():
        try:
            with transaction() as session:
                act(session, call=call, actor_id=g.identity.person_id, now=utcnow(), **asked)
            flash(told, "success")
        except NotFound:
            raise
        except DomainError as error:
            flash(_(error.message, **error.params), "warning")
    return redirect(url_for(".offers", panel_id=panel_id), 303)


def _runs_panels(call: CallFacts) -> bool:
    return permits(g.identity, Permission.RUN_PANELS, Subject(call_id=call.id))


def _offer_form(call: CallFacts, **values) -> OfferForm:
    form = OfferForm(**values)
    return form if _runs_panels(call) else form.of_chair()


def _checked_page(call: CallFacts, panel_id: int, form: OfferForm):
    checked = queries.check_of_address(db.session(), call=call, email=form.email.data, viewer_id=g.identity.person_id)
    return _offers_page(call, panel_id, form, checked=checked)


def _offers_page(call: CallFacts, panel_id: int, form: OfferForm, checked: queries.AddressCheck | None = None) -> str:
    window, is_organizer = window_from(request.args.get("page")), _runs_panels(call)
    rows, total = queries.offer_rows(
        db.session(), panel_id=panel_id, shows_reasons=is_organizer, now=utcnow(), window=window
    )
    return render_template(
        "panels/offers.html",
        form=form,
        rows=rows,
        panel_id=panel_id,
        panel=panel_title(db.session(), panel_id=panel_id),
        pagination=paginate(window, total, lambda page: url_for(".offers", panel_id=panel_id, page=page)),
        checked=checked,
        is_organizer=is_organizer,
        days=OFFER_LIFE.days,
    )


def _cells(row: queries.OfferRow) -> tuple:
    moments = (row.offered_at, row.expires_at, row.answered_at)
    times = (moment.isoformat(timespec="seconds") if moment else None for moment in moments)
    about = (row.panel, row.email, row.full_name, "yes" if row.is_chair else "no", row.max_load, row.state.value)
    return (*about, *times, row.reason, row.inviter)

"""Ranked ballots: one theme in an order, moved by buttons or by numbers, saved as it goes, submitted once."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError, NotFound
from solicit.panels.forms.voting import SAVE, SUBMIT, BallotForm, ballot_form
from solicit.panels.queries.review import organizer_contacts
from solicit.panels.queries.voting import ballots as queries
from solicit.panels.service.voting import ballot as service
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.routing import id_from


@bp.get("/<call>/review/rank")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def ballots(call: CallFacts):
    person_id = g.identity.person_id
    if not g.attendance.has_accepted:
        return redirect(url_for(".statement"), 303)
    view = queries.ballots_page(
        db.session(), call=call, person_id=person_id, round_id=id_from(request.args.get("round")), now=utcnow()
    )
    contacts = () if view.chosen else organizer_contacts(db.session(), call_id=call.id)
    return render_template("panels/ballots.html", view=view, contacts=contacts)


@bp.get("/<call>/review/rank/<theme_key>")
@requires(Permission.SEE_REVIEW_QUEUE, queries.theme_subject)
def ballot(call: CallFacts, theme_key: str):
    if not g.attendance.has_accepted:
        return redirect(url_for(".statement"), 303)
    page = _page(call, theme_key)
    if page is None:
        flash(_("There is nothing to put in order in this theme now."), "warning")
        return redirect(url_for(".ballots"), 303)
    return render_template("panels/ballot.html", view=page, form=ballot_form(page), saved=None)


@bp.post("/<call>/review/rank/<theme_key>")
@requires(Permission.SEE_REVIEW_QUEUE, queries.theme_subject)
def save_ballot(call: CallFacts, theme_key: str):
    page = _page(call, theme_key)
    if page is None:
        raise NotFound
    form = ballot_form(page)
    if not form.accepted():
        return _refused(page, form, 422)
    try:
        act, version, now = _save(page, form)
    except Conflict as conflict:
        return _conflict(call, theme_key, conflict)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _refused(page, form, 409)
    if _wants_json():
        return {"version": version, "saved_at": now.isoformat(), "is_signed_out": False}
    return _after(page, act)


@bp.post("/<call>/review/rank/<theme_key>/change")
@requires(Permission.SEE_REVIEW_QUEUE, queries.theme_subject)
def change_ballot(call: CallFacts, theme_key: str):
    page, form = _page(call, theme_key), ActionForm()
    if page is None:
        raise NotFound
    if form.accepted():
        with transaction() as session:
            service.take_back(
                session,
                round_id=page.chosen.id,
                theme_id=page.theme.id,
                person_id=g.identity.person_id,
                now=utcnow(),
            )
        flash(_("Your order is a draft again. It does not count until you submit it."), "warning")
    return redirect(url_for(".ballot", theme_key=theme_key, round=page.chosen.id), 303)


def _page(call: CallFacts, theme_key: str) -> queries.BallotPage | None:
    return queries.ballot_page(
        db.session(),
        call=call,
        theme_key=theme_key,
        person_id=g.identity.person_id,
        round_id=id_from(request.values.get("round")),
        now=utcnow(),
    )


def _save(page: queries.BallotPage, form: BallotForm):
    """Keep what was typed, after the step that was pressed."""
    (act, question_id), places, now = form.act, form.places(), utcnow()
    if question_id is not None:
        places = service.arranged(places, act=act, question_id=question_id)
    save = service.submit_ballot if act == SUBMIT else service.save_ballot
    with transaction() as session:
        version = save(
            session,
            round_id=page.chosen.id,
            theme_id=page.theme.id,
            person_id=g.identity.person_id,
            places=places,
            version=form.version.data,
            now=now,
        )
    return act, version, now


def _after(page: queries.BallotPage, act: str):
    kept = dict(theme_key=page.theme.key, round=page.chosen.id)
    if act == SUBMIT:
        flash(_("Your order of “%(theme)s” is submitted. Thank you.", theme=page.theme.name), "success")
        return redirect(url_for(".ballots", round=page.chosen.id), 303)
    if act == SAVE:
        flash(_("Your order is saved as a draft."), "success")
    return redirect(url_for(".ballot", **kept, _anchor="order"), 303)


def _conflict(call: CallFacts, theme_key: str, conflict: Conflict):
    """What is saved, beside what was typed here: saving it again wins."""
    saved = _page(call, theme_key)
    if saved is None:
        raise NotFound
    form = ballot_form(saved)
    form.refuse(_(conflict.message))
    if _wants_json():
        return _refused(saved, form, 409)
    form.version.data, form.version.raw_data = saved.version, None
    return render_template("panels/ballot.html", view=saved, form=form, saved=saved), 409


def _refused(page: queries.BallotPage, form: BallotForm, status: int):
    if _wants_json():
        messages = [str(message) for field in form for message in field.errors] + [
            str(each) for each in form.form_errors
        ]
        return current_app.json.response(message=messages[0]), status
    return render_template("panels/ballot.html", view=page, form=form, saved=None), status


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"

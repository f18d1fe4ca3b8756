"""Comparing two questions: one pair at a time, with a way back."""

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.forms.voting import PairForm
from solicit.panels.queries.review import organizer_contacts
from solicit.panels.queries.rounds import round_subject
from solicit.panels.queries.voting import pairs as queries
from solicit.panels.queries.voting.stopping import standings_page
from solicit.panels.service.voting import compare as service
from solicit.panels.service.voting.pairs import Offered, offer_pairs
from solicit.panels.states import Preference
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.routing import id_from


@bp.get("/<call>/review/pairs")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def pairs(call: CallFacts):
    if not g.attendance.has_accepted:
        return redirect(url_for(".statement"), 303)
    return _pairs_page(call, PairForm())


@bp.post("/<call>/review/pairs")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def more_pairs(call: CallFacts):
    form = ActionForm()
    round_id = id_from(request.form.get("round"))
    if not form.accepted() or round_id is None:
        return _pairs_page(call, form), 422
    try:
        offered = _offer(round_id)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _pairs_page(call, form), 409
    return _after(round_id, offered)


@bp.post("/<call>/review/pairs/<id:comparison_id>")
@requires(Permission.REVIEW, queries.comparison_subject)
def judge_pair(call: CallFacts, comparison_id: int):
    form = PairForm()
    if not form.accepted():
        return _pairs_page(call, form), 422
    try:
        with transaction() as session:
            round_id = service.judge_pair(
                session,
                comparison_id=comparison_id,
                person_id=g.identity.person_id,
                preference=Preference(form.preference.data),
                reason=form.reason.data,
                now=utcnow(),
            )
        # Of its own: what was said is kept, whatever comes of the next pairs.
        offered = _offer(round_id)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _pairs_page(call, form), 409
    return _after(round_id, offered)


@bp.post("/<call>/review/pairs/<id:comparison_id>/undo")
@requires(Permission.REVIEW, queries.comparison_subject)
def undo_choice(call: CallFacts, comparison_id: int):
    form = ActionForm()
    if not form.accepted():
        return _pairs_page(call, form), 422
    try:
        with transaction() as session:
            round_id = service.undo_choice(
                session, comparison_id=comparison_id, person_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _pairs_page(call, form), 409
    return redirect(url_for(".pairs", round=round_id), 303)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/comparing")
@requires(Permission.RUN_ROUND, round_subject)
def comparing(call: CallFacts, round_id: int):
    view = standings_page(db.session(), call=call, round_id=round_id)
    return render_template("panels/comparing.html", view=view)


def _offer(round_id: int) -> Offered:
    with transaction() as session:
        return offer_pairs(session, round_id=round_id, person_id=g.identity.person_id, now=utcnow())


def _after(round_id: int, offered: Offered):
    """To the next pair; why there is none is told where it was found, since looking again costs what offering does."""
    return redirect(url_for(".pairs", round=round_id, settled=1 if offered.is_settled else None), 303)


def _pairs_page(call: CallFacts, form: PairForm | ActionForm) -> str:
    person_id, now = g.identity.person_id, utcnow()
    round_id = id_from(request.values.get("round"))
    view = queries.pairs_page(db.session(), call=call, person_id=person_id, round_id=round_id, now=now)
    contacts = () if view.chosen else organizer_contacts(db.session(), call_id=call.id)
    undecided = form if isinstance(form, PairForm) else PairForm(formdata=None)
    return render_template(
        "panels/pairs.html",
        view=view,
        form=form,
        undecided=undecided,
        contacts=contacts,
        now=now,
        is_settled="settled" in request.args,
    )

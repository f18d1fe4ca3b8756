"""The limits of a call: those in force, how they came about, and the decision of the second organizer."""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.invitations.forms.limits import RefusalForm
from solicit.invitations.queries.costs import cost_rates
from solicit.invitations.queries.limit_sets import LimitSetFacts, limit_set_in_force
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.limits_desk import Supply, commitment_warnings, supply_for
from solicit.invitations.queries.limits_history import LimitsHistory, limits_history
from solicit.invitations.service.limits import put_change_in_force, refuse_change
from solicit.invitations.states import LIMIT_WORDS, LimitState
from solicit.invitations.views import bp
from solicit.invitations.views.wording import Difference, Term, differences, run_text, say, terms
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.forms import ActionForm, BaseForm
from solicit.web.pages import current_language
from solicit.web.pagination import paginate, window_from

TONES = {LimitState.IN_FORCE: "ok", LimitState.WAITING: "warn", LimitState.REFUSED: "bad"}
COLUMNS = ("limit", "group", "at_least", "at_most", "price")


@dataclass(frozen=True)
class SetLine:
    """One set of limits and what it changed in those before it."""

    facts: LimitSetFacts
    state_word: str
    tone: str
    is_first: bool
    changes: tuple[Difference, ...]


@bp.get("/<call>/organize/invite/limits")
@requires(Permission.SELECT_INVITEES, call_subject)
def limits(call: CallFacts):
    history, currency = _history(call), cost_rates(db.session(), call=call).currency
    window = window_from(request.args.get("page"))
    shown = history.sets[window.offset : window.offset + window.size]
    return render_template(
        "invitations/limits.html",
        history=history,
        terms=history.in_force and set_terms(history, history.in_force, currency),
        lines=[_line(history, each, currency) for each in shown],
        pagination=paginate(window, len(history.sets), lambda page: url_for(".limits", page=page)),
    )


@bp.get("/<call>/organize/invite/limits.csv")
@requires(Permission.SELECT_INVITEES, call_subject)
def limits_csv(call: CallFacts):
    in_force = limit_set_in_force(db.session(), call=call) or abort(404)
    return download(f"{call.slug}-limits-{in_force.id}.csv", CSV_TYPE, csv_lines(COLUMNS, _cells(in_force.limits)))


@bp.get("/<call>/organize/invite/limits/<id:limit_set_id>")
@requires(Permission.SELECT_INVITEES, call_subject)
def limit_set(call: CallFacts, limit_set_id: int):
    return _set_page(call, limit_set_id, ActionForm(formdata=None), RefusalForm(formdata=None))


@bp.post("/<call>/organize/invite/limits/<id:limit_set_id>/put-in-force")
@requires(Permission.SELECT_INVITEES, call_subject)
def allow_change(call: CallFacts, limit_set_id: int):
    form = ActionForm()
    decided = {"call": call, "limit_set_id": limit_set_id, "actor_id": g.identity.person_id, "now": utcnow()}
    if form.accepted():
        try:
            with transaction() as session:
                put_change_in_force(session, **decided)
        except DomainError as error:
            return _set_page(call, limit_set_id, form, RefusalForm(formdata=None), status=_refused(form, error))
        flash(_("The changed limits are in force."), "success")
    return redirect(url_for(".limits"), 303)


@bp.post("/<call>/organize/invite/limits/<id:limit_set_id>/refuse")
@requires(Permission.SELECT_INVITEES, call_subject)
def refuse_limits(call: CallFacts, limit_set_id: int):
    form = RefusalForm()
    if not form.accepted():
        return _set_page(call, limit_set_id, ActionForm(formdata=None), form, status=422)
    try:
        with transaction() as session:
            refuse_change(
                session,
                call=call,
                limit_set_id=limit_set_id,
                reason=form.reason.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        return _set_page(call, limit_set_id, ActionForm(formdata=None), form, status=_refused(form, error))
    flash(_("The change is refused. The limits in force stay."), "success")
    return redirect(url_for(".limits"), 303)


def set_terms(history: LimitsHistory, facts: LimitSetFacts, currency: str) -> tuple[Term, ...]:
    """A set of limits in words."""
    names = tuple(run_text(history.runs[run_id]) for run_id in facts.run_ids if run_id in history.runs)
    return terms(facts.limits, run_names=names, words=history.words, currency=currency)


def refusal_status(error: DomainError) -> int:
    """409 if somebody was faster, 422 for what a rule forbids."""
    return 409 if isinstance(error, Conflict) else 422


def _refused(form: BaseForm, error: DomainError) -> int:
    form.refuse(_(error.message, **error.params))
    return refusal_status(error)


def _history(call: CallFacts) -> LimitsHistory:
    return limits_history(db.session(), call=call, viewer_id=g.identity.person_id, locale=current_language())


def _line(history: LimitsHistory, facts: LimitSetFacts, currency: str) -> SetLine:
    base = history.find(facts.base_id)
    before, after = (set_terms(history, each, currency) if each else () for each in (base, facts))
    return SetLine(
        facts=facts,
        state_word=LIMIT_WORDS[facts.state],
        tone=TONES.get(facts.state, "dim"),
        is_first=base is None,
        changes=differences(before, after) if base else (),
    )


def _set_page(
    call: CallFacts, limit_set_id: int, form: BaseForm, refusal: RefusalForm, *, status: int = 200
) -> tuple[str, int]:
    history = _history(call)
    facts = history.find(limit_set_id) or abort(404)
    is_waiting = facts.state is LimitState.WAITING
    # Only who decides needs to know what these limits could get.
    supply = supply_for(
        db.session(), call=call, viewer_id=g.identity.person_id, run_ids=facts.run_ids if is_waiting else ()
    )
    currency = supply.currency if is_waiting else cost_rates(db.session(), call=call).currency
    page = render_template(
        "invitations/limit_set.html",
        line=_line(history, facts, currency),
        terms=set_terms(history, facts, currency),
        warnings=_warnings(history, facts, supply) if is_waiting else [],
        is_waiting=is_waiting,
        is_own=facts.drawn_up_by_id == g.identity.person_id,
        is_candidate=supply.is_candidate,
        is_stale=is_waiting and history.in_force is not None and history.in_force.id != facts.base_id,
        form=form,
        refusal=refusal,
    )
    return page, status


def _warnings(history: LimitsHistory, facts: LimitSetFacts, supply: Supply) -> list[str]:
    bound = commitment_warnings(history.committed, facts.limits)
    short = supply.warnings(facts.limits, words=history.words)
    return [say(sentence, currency=supply.currency) for sentence in (*bound, *short)]


def _cells(limits: Limits) -> list[tuple[str | int | None, ...]]:
    """One row for each limit, as a program reads it; money in cents."""
    return [
        ("seats", None, None, limits.seats, None),
        ("online_places", None, None, limits.online_places, None),
        ("budget_cents", None, None, limits.budget_cents, None),
        ("country_cap", None, None, limits.country_cap, None),
        ("host_cap", None, None, limits.host_cap, None),
        ("institution_cap", None, None, limits.institution_cap, None),
        *((quota.field.value, quota.value, quota.minimum, quota.maximum, quota.price) for quota in limits.quotas),
    ]

"""Choosing whom to invite: the saved selections, a new one, one of them, and its approval."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.invitations.forms.selections import SelectionForm, people_choices, selection_form
from solicit.invitations.queries import selections as queries
from solicit.invitations.queries.candidates import CandidatePool, candidate_pool
from solicit.invitations.queries.groups import group_kinds
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.selection_page import SelectionPage, selection_page
from solicit.invitations.queries.words import BUDGET, SEATS, limit_words
from solicit.invitations.queries.worth import LimitLine
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.service.selecting.propose import propose_selection
from solicit.invitations.views import bp
from solicit.web.charts import BarRow, bar_list
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from


@bp.get("/<call>/organize/invite/new")
@requires(Permission.SELECT_INVITEES, call_subject)
def new(call: CallFacts):
    pool, start = _start(call)
    return _new_page(call, pool, _form(call, pool, start))


@bp.post("/<call>/organize/invite/new")
@requires(Permission.SELECT_INVITEES, call_subject)
def propose(call: CallFacts):
    pool, start = _start(call)
    form = _form(call, pool, start)
    if not form.accepted():
        return _new_page(call, pool, form)
    try:
        with transaction() as session:
            job_id = propose_selection(
                session,
                call=call,
                run_ids=pool.run_ids,
                limits=form.limits(),
                proposer_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _new_page(call, pool, form)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/invite/<id:selection_id>")
@requires(Permission.SELECT_INVITEES, queries.selection_subject)
def page(call: CallFacts, selection_id: int):
    view = _selection(call, selection_id)
    window = window_from(request.args.get("page"))
    return render_template(
        "invitations/page.html",
        view=view,
        rows=view.rows[window.offset : window.offset + window.size],
        seats_and_budget=_bars(view, quotas=False),
        quotas=_bars(view, quotas=True),
        pagination=paginate(
            window, len(view.rows), lambda number: url_for(".page", selection_id=selection_id, page=number)
        ),
    )


@bp.get("/<call>/organize/invite/<id:selection_id>/approve")
@requires(Permission.SELECT_INVITEES, queries.selection_subject)
def confirm_approval(call: CallFacts, selection_id: int):
    return render_template("invitations/approve.html", view=_selection(call, selection_id), form=ActionForm())


@bp.post("/<call>/organize/invite/<id:selection_id>/approve")
@requires(Permission.SELECT_INVITEES, queries.selection_subject)
def approve(call: CallFacts, selection_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            n_invited = _approve(call, selection_id)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
            view = _selection(call, selection_id)
            return render_template("invitations/approve.html", view=view, form=form), 409
        flash(ngettext("%(num)s person is selected.", "%(num)s people are selected.", n_invited), "success")
    return redirect(url_for(".page", selection_id=selection_id), 303)


def _approve(call: CallFacts, selection_id: int) -> int:
    with transaction() as session:
        return approve_selection(
            session, call_id=call.id, selection_id=selection_id, approver_id=g.identity.person_id, now=utcnow()
        )


def _selection(call: CallFacts, selection_id: int) -> SelectionPage:
    return selection_page(
        db.session(),
        call=call,
        selection_id=selection_id,
        viewer_id=g.identity.person_id,
        locale=current_language(),
    )


def _start(call: CallFacts) -> tuple[CandidatePool, Limits | None]:
    """The candidates of the run in the address, or of the selection to start from."""
    if "from" in request.args:
        stored = queries.stored_limits(db.session(), call=call, selection_id=_number("from"))
        run_ids, start = stored or abort(404)
    else:
        run_ids, start = (_number("run"),), None
    return candidate_pool(db.session(), call=call, run_ids=run_ids) or abort(404), start


def _number(name: str) -> int:
    return id_from(request.args.get(name)) or abort(404)


def _form(call: CallFacts, pool: CandidatePool, start: Limits | None) -> SelectionForm:
    kinds = group_kinds(pool, words=limit_words(db.session(), call=call, locale=current_language()))
    groups = {
        _(kind.word): [
            (group.key, f"{_(group.name.text) if group.name.is_word else group.name.text} ({group.n_candidates})")
            for group in kind.groups
        ]
        for kind in kinds
    }
    conflicted = queries.conflicted_question_ids(db.session(), viewer_id=g.identity.person_id)
    hidden = frozenset(c.person_id for c in pool.candidates if not conflicted.isdisjoint(c.question_ids))
    people = people_choices(pool, hidden | {g.identity.person_id})
    return selection_form(groups, people, start=start, pin=request.args.get("pin", ""))


def _new_page(call: CallFacts, pool: CandidatePool, form: SelectionForm):
    n_waiting = sum(not candidate.merit for candidate in pool.candidates)
    page_of = dict(n_candidates=len(pool.candidates), n_without_merit=n_waiting, run_ids=pool.run_ids)
    return render_template("invitations/new.html", form=form, **page_of), form.status


def _bars(view: SelectionPage, *, quotas: bool):
    """Bars of the limits: full is the maximum, the mark is the minimum."""
    rows = [line for line in view.limits if (line.key not in (SEATS, BUDGET)) is quotas]
    return bar_list([_bar(line, view.limits[0].maximum) for line in rows])


def _bar(line: LimitLine, seats: int) -> BarRow:
    is_quota = line.key not in (SEATS, BUDGET)
    share = line.used / line.maximum if line.maximum else 0
    return BarRow(
        label=_(line.name.text) if line.name.is_word else line.name.text,
        value=line.used,
        text=format_decimal(line.used) if is_quota else format_percent(share),
        note=_limit_note(line, seats),
        whole=max(line.maximum, line.used, 1),
        mark=line.minimum or None,
        behind=line.is_missed,
    )


def _limit_note(line: LimitLine, seats: int) -> str:
    """What a limit asks for, in words."""
    unit = 100 if line.is_money else 1
    low, high = format_decimal(line.minimum // unit), format_decimal(line.maximum // unit)
    if line.key in (SEATS, BUDGET):
        return _("%(used)s of %(high)s", used=format_decimal(line.used // unit), high=high)
    if line.minimum and line.maximum < seats:
        return _("at least %(low)s, at most %(high)s", low=low, high=high)
    return _("at least %(low)s", low=low) if line.minimum else _("at most %(high)s", high=high)

"""The health of a round's panel, for organizers and its chair, after the close."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import start_job
from solicit.panels.forms.health import CaseForm
from solicit.panels.queries import health as queries
from solicit.panels.service import health as service
from solicit.panels.service.measure import MOST_COUNTED
from solicit.panels.states import CONFIDENCE_WORDS, CaseState, Confidence
from solicit.panels.tasks import HEALTH
from solicit.panels.views import bp
from solicit.web.charts import BarRow, bar_list, histogram, interval_row
from solicit.web.forms import ActionForm
from solicit.words import N_

OUTCOME_WORDS = {
    "scored": N_("Scored"),
    "outside": N_("Outside my expertise"),
    "abstained": N_("Abstained"),
    "voided": N_("Conflict of interest or seat taken back"),
    "not_done": N_("Not done"),
}
FEWEST_RATINGS = 3
SMALLEST_SCALE = 0.5


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/health")
@requires(Permission.SEE_HEALTH, queries.health_subject)
def health(call: CallFacts, round_id: int):
    return _health_page(round_id, ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/health")
@requires(Permission.SEE_HEALTH, queries.health_subject)
def measure_health(call: CallFacts, round_id: int):
    form = ActionForm()
    if not form.accepted():
        return _health_page(round_id, form), 422
    try:
        with transaction() as session:
            job_id = start_job(
                session,
                kind=HEALTH,
                call_id=call.id,
                task=HEALTH,
                n_steps=1,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                round_id=round_id,
                actor_id=g.identity.person_id,
                result_path=url_for(".health", round_id=round_id),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _health_page(round_id, form), 409
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/health/panelists")
@requires(Permission.SEE_HEALTH, queries.health_subject)
def panelist_health(call: CallFacts, round_id: int):
    """The way to the values by panelist: opening an address notes nothing, so that it shows nothing either."""
    view = queries.health_page(db.session(), round_id=round_id)
    return render_template("panels/panelist_health.html", view=view, form=ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/health/panelists")
@requires(Permission.SEE_HEALTH, queries.health_subject)
def read_panelist_health(call: CallFacts, round_id: int):
    """Values by panelist: who reads them is noted."""
    form = ActionForm()
    if not form.accepted():
        view = queries.health_page(db.session(), round_id=round_id)
        return render_template("panels/panelist_health.html", view=view, form=form), 422
    with transaction() as session:
        reading = dict(call_id=call.id, round_id=round_id, reader_id=g.identity.person_id, now=utcnow())
        service.record_reading(session, **reading)
    view = queries.health_of_panelists(db.session(), round_id=round_id, with_names=reads_names(call))
    widest = max([SMALLEST_SCALE, *(max(abs(row.low), abs(row.high)) for row in view.panelists)])
    rows = [(row, interval_row(row.low, row.severity, row.high, -widest, widest)) for row in view.panelists]
    return render_template("panels/panelist_values.html", view=view, rows=rows, widest=widest)


@bp.get("/<call>/organize/panels/health/cases/<id:case_id>")
@requires(Permission.DECIDE_HEALTH_CASE, queries.case_subject)
def health_case(call: CallFacts, case_id: int):
    return _case_page(call, case_id, CaseForm())


@bp.post("/<call>/organize/panels/health/cases/<id:case_id>")
@requires(Permission.DECIDE_HEALTH_CASE, queries.case_subject)
def decide_health_case(call: CallFacts, case_id: int):
    form = CaseForm()
    if not form.accepted():
        return _case_page(call, case_id, form), 422
    decided = dict(verdict=CaseState(form.verdict.data), note=form.note.data)
    try:
        with transaction() as session:
            service.decide_case(session, case_id=case_id, **decided, actor_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _case_page(call, case_id, form), 409
    flash(_("The case is decided. Nothing was left out of any ranking."), "success")
    return redirect(url_for(".panelist_health", round_id=queries.round_of_case(db.session(), case_id=case_id)), 303)


def reads_names(call: CallFacts) -> bool:
    """Organizers read the names of panelists, chairs do not."""
    return g.identity.holds(Role.ORGANIZER, call_id=call.id)


def _health_page(round_id: int, form: ActionForm) -> str:
    view = queries.health_page(db.session(), round_id=round_id)
    report = view.report
    counts = report.get("per_question", [])
    words = {confidence.value: CONFIDENCE_WORDS[confidence] for confidence in Confidence}
    return render_template(
        "panels/health.html",
        view=view,
        form=form,
        outcomes=_bars(report.get("outcomes", {}), OUTCOME_WORDS),
        confidence=_bars(report.get("confidence", {}), words),
        per_question=histogram(range(len(counts) + 1), counts, mark=FEWEST_RATINGS) if counts else None,
        n_short=sum(counts[:FEWEST_RATINGS]),
        most_counted=MOST_COUNTED,
        is_capped=len(counts) > MOST_COUNTED,
    )


def _bars(counted: dict, words: dict) -> tuple:
    known = ((word, counted[name]) for name, word in words.items() if name in counted)
    return bar_list([BarRow(_(word), n, format_decimal(n)) for word, n in known])


def _case_page(call: CallFacts, case_id: int, form: CaseForm) -> str:
    case = queries.case_row(db.session(), case_id=case_id, with_names=reads_names(call))
    round_id = queries.round_of_case(db.session(), case_id=case_id)
    return render_template("panels/health_case.html", case=case, round_id=round_id, form=form)

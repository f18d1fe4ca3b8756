"""Another ranking of a frozen round: corrected after a late conflict, or without upheld panelists."""

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.jobs.service import start_job
from solicit.panels.queries.health import upheld_cases
from solicit.panels.queries.rounds import round_page
from solicit.rankings.forms import ReasonForm, WithoutForm
from solicit.rankings.queries.runs import series_subject
from solicit.rankings.tasks import CORRECT, WITHOUT
from solicit.rankings.views import bp
from solicit.web.routing import id_from


@bp.get("/<call>/organize/ranking/rounds/<id:round_id>/correct")
@requires(Permission.FREEZE_RANKING, series_subject)
def confirm_correct(call: CallFacts, round_id: int):
    return _page("rankings/correct.html", round_id, ReasonForm())


@bp.post("/<call>/organize/ranking/rounds/<id:round_id>/correct")
@requires(Permission.FREEZE_RANKING, series_subject)
def correct(call: CallFacts, round_id: int):
    form = ReasonForm()
    return _started(call, round_id, form, CORRECT, "rankings/correct.html")


@bp.get("/<call>/organize/ranking/rounds/<id:round_id>/without")
@requires(Permission.FREEZE_RANKING, series_subject)
def confirm_without(call: CallFacts, round_id: int):
    return _page("rankings/without.html", round_id, _without_form(call, round_id))


@bp.post("/<call>/organize/ranking/rounds/<id:round_id>/without")
@requires(Permission.FREEZE_RANKING, series_subject)
def without(call: CallFacts, round_id: int):
    form = _without_form(call, round_id)
    case_ids = sorted(number for number in map(id_from, form.cases.data or ()) if number)
    return _started(call, round_id, form, WITHOUT, "rankings/without.html", case_ids=case_ids)


def _started(call: CallFacts, round_id: int, form: ReasonForm, task: str, template: str, **arguments: object):
    """Start the work of another ranking, and lead to the page where it is watched."""
    if not form.accepted():
        return _page(template, round_id, form), 422
    asked = dict(call_slug=call.slug, round_id=round_id, reason=form.reason.data, actor_id=g.identity.person_id)
    try:
        with transaction() as session:
            job_id = start_job(
                session,
                kind=task,
                task=task,
                call_id=call.id,
                n_steps=1,
                started_by_id=g.identity.person_id,
                now=utcnow(),
                **asked,
                **arguments,
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(template, round_id, form), 409
    return redirect(url_for("jobs.page", job_id=job_id), 303)


def _without_form(call: CallFacts, round_id: int) -> WithoutForm:
    with_names = g.identity.holds(Role.ORGANIZER, call_id=call.id)
    cases = upheld_cases(db.session(), round_id=round_id, with_names=with_names)
    named = [(case.id, f"{_(case.alarm_word)}: {', '.join(case.people)}") for case in cases]
    return WithoutForm().offer(named)


def _page(template: str, round_id: int, form: ReasonForm) -> str:
    return render_template(template, round=round_page(db.session(), round_id=round_id), form=form)

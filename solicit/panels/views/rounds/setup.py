"""Preparing the first round of a series, and its page."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role, Subject, permits
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.queries.parts import Part, kept_part
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.forms.later import LaterRoundForm, values_of_later
from solicit.panels.forms.rounds import RoundForm, usual_values, values_of_round
from solicit.panels.queries import rounds as queries
from solicit.panels.queries.coverage import coverage
from solicit.panels.queries.desk import panel_subject
from solicit.panels.queries.panel_of_round import panel_of_round
from solicit.panels.service import rounds as service
from solicit.panels.states import Activity
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/panels/rounds/new")
@requires(Permission.RUN_PANELS, call_subject)
def new_round(call: CallFacts):
    return _new_page(call, None, _usual_form(call))


@bp.post("/<call>/organize/panels/rounds/new")
@requires(Permission.RUN_PANELS, call_subject)
def create_round(call: CallFacts):
    return _create(call, None)


@bp.get("/<call>/organize/panels/<id:panel_id>/rounds/new")
@requires(Permission.RUN_ROUND, panel_subject)
def new_panel_round(call: CallFacts, panel_id: int):
    return _new_page(call, panel_id, _usual_form(call))


@bp.post("/<call>/organize/panels/<id:panel_id>/rounds/new")
@requires(Permission.RUN_ROUND, panel_subject)
def create_panel_round(call: CallFacts, panel_id: int):
    return _create(call, panel_id)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>", endpoint="round")
@requires(Permission.RUN_ROUND, queries.round_subject)
def round_(call: CallFacts, round_id: int):
    window = window_from(request.args.get("page"))
    view = queries.round_page(db.session(), round_id=round_id)
    covered = coverage(db.session(), call=call, round_=view, viewer_id=g.identity.person_id, window=window)
    pagination = paginate(window, covered.n_short, lambda page: url_for(".round", round_id=round_id, page=page))
    themes = [theme for theme in call.themes if theme.id in view.theme_ids]
    # A chair knows how much each panelist has done: while the round is open, what they said would follow.
    shows_outcomes = view.state in ("closed", "frozen") or g.identity.holds(Role.ORGANIZER, call_id=call.id)
    shown = {"round": view, "themes": themes, "coverage": covered, "pagination": pagination}
    shown["may_agree"] = permits(
        g.identity, Permission.AGREE_TO_MERGING, Subject(call_id=call.id, panel_id=view.panel_id)
    )
    return render_template("panels/round.html", form=ActionForm(), shows_outcomes=shows_outcomes, **shown)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/edit")
@requires(Permission.RUN_ROUND, queries.round_subject)
def edit_round(call: CallFacts, round_id: int):
    view = queries.round_page(db.session(), round_id=round_id)
    if view.state != "draft":
        flash(_("This round has opened: its dates and criteria are fixed."), "warning")
        return redirect(url_for(".round", round_id=round_id), 303)
    values = values_of_round(view) if view.is_first else values_of_later(view)
    return _edit_page(view, _edit_form(call, view, data=values))


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/edit")
@requires(Permission.RUN_ROUND, queries.round_subject)
def change_round(call: CallFacts, round_id: int):
    view = queries.round_page(db.session(), round_id=round_id)
    form = _edit_form(call, view)
    if not form.accepted():
        return _edit_page(view, form), 422
    try:
        with transaction() as session:
            _change(session, view, form)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _edit_page(view, form), 409
    flash(_("The round was changed."), "success")
    return redirect(url_for(".round", round_id=round_id), 303)


def _create(call: CallFacts, panel_id: int | None):
    panel = panel_of_round(db.session(), call=call, panel_id=panel_id)
    form = RoundForm().offer(panel.themes_to_choose)
    if not form.accepted():
        return render_template("panels/round_form.html", form=form, panel=panel), 422
    new = form.new_round(panel_id=panel_id)
    try:
        with transaction() as session:
            round_id = service.create_round(session, call=call, new=new, actor_id=g.identity.person_id, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return render_template("panels/round_form.html", form=form, panel=panel), 422
    flash(_("The round is prepared. Assign its questions next."), "success")
    return redirect(url_for(".round", round_id=round_id), 303)


def _usual_form(call: CallFacts) -> RoundForm:
    kept = kept_part(db.session(), call_id=call.id, part=Part.CRITERIA)
    return RoundForm(data=usual_values(kept.values["criteria"]))


def _new_page(call: CallFacts, panel_id: int | None, form: RoundForm) -> str:
    panel = panel_of_round(db.session(), call=call, panel_id=panel_id)
    return render_template("panels/round_form.html", form=form.offer(panel.themes_to_choose), panel=panel)


def _edit_form(call: CallFacts, view: queries.RoundPage, **values) -> RoundForm | LaterRoundForm:
    if not view.is_first:
        return LaterRoundForm(**values).for_change()
    panel = panel_of_round(db.session(), call=call, panel_id=view.panel_id)
    return RoundForm(**values).offer(panel.themes_to_choose)


def _edit_page(view: queries.RoundPage, form: RoundForm | LaterRoundForm) -> str:
    template = "panels/round_form.html" if view.is_first else "panels/later_form.html"
    return render_template(template, form=form, round=view)


def _change(session, view: queries.RoundPage, form: RoundForm | LaterRoundForm) -> None:
    who = dict(round_id=view.id, actor_id=g.identity.person_id, now=utcnow())
    if view.is_first:
        service.change_round(session, new=form.new_round(panel_id=view.panel_id), **who)
    else:
        service.change_later_round(session, new=form.new_round(activity=Activity(view.activity)), **who)

"""Rounds that follow a closed one, and the list of their questions."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError, NotFound
from solicit.panels.forms.later import USUAL, LaterRoundForm, QuestionNumberForm
from solicit.panels.queries import rounds as queries
from solicit.panels.queries.listed import listed_page
from solicit.panels.service import rounds as service
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/next")
@requires(Permission.RUN_ROUND, queries.round_subject)
def new_later_round(call: CallFacts, round_id: int):
    return _form_page(round_id, LaterRoundForm(data=USUAL))


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/next")
@requires(Permission.RUN_ROUND, queries.round_subject)
def start_later_round(call: CallFacts, round_id: int):
    form = LaterRoundForm()
    if not form.accepted():
        return _form_page(round_id, form), 422
    try:
        with transaction() as session:
            later_id = service.start_later_round(
                session,
                call=call,
                first_id=round_id,
                new=form.new_round(),
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _form_page(round_id, form), 409
    flash(_("The round is prepared. Look at its questions, then open it."), "success")
    return redirect(url_for(".listed", round_id=later_id), 303)


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/questions")
@requires(Permission.RUN_ROUND, queries.round_subject)
def listed(call: CallFacts, round_id: int):
    return _list_page(call, round_id, QuestionNumberForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/questions")
@requires(Permission.RUN_ROUND, queries.round_subject)
def add_listed(call: CallFacts, round_id: int):
    form = QuestionNumberForm()
    if not form.accepted():
        return _list_page(call, round_id, form), 422
    try:
        with transaction() as session:
            service.add_question(
                session, round_id=round_id, label=form.label.data, actor_id=g.identity.person_id, now=utcnow()
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _list_page(call, round_id, form), 409
    flash(_("The question is on the list."), "success")
    return redirect(url_for(".listed", round_id=round_id), 303)


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/questions/<id:question_id>/remove")
@requires(Permission.RUN_ROUND, queries.round_subject)
def remove_listed(call: CallFacts, round_id: int, question_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                service.remove_question(
                    session, round_id=round_id, question_id=question_id, actor_id=g.identity.person_id, now=utcnow()
                )
            flash(_("The question is no longer on the list."), "success")
            return redirect(url_for(".listed", round_id=round_id), 303)
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _list_page(call, round_id, form), 409


def _form_page(round_id: int, form: LaterRoundForm) -> str:
    view = queries.round_page(db.session(), round_id=round_id)
    return render_template("panels/later_form.html", form=form, round=view)


def _list_page(call: CallFacts, round_id: int, form) -> str:
    window = window_from(request.args.get("page"))
    view = listed_page(db.session(), call=call, round_id=round_id, viewer_id=g.identity.person_id, window=window)
    pagination = paginate(window, view.n_shown, lambda page: url_for(".listed", round_id=round_id, page=page))
    # A question may be taken away from a page whose own form is about adding.
    adding = form if isinstance(form, QuestionNumberForm) else QuestionNumberForm(formdata=None)
    return render_template("panels/listed.html", view=view, form=form, adding=adding, pagination=pagination)

"""Opening, closing and extending rounds."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.forms.later import ClosingDateForm
from solicit.panels.queries import rounds as queries
from solicit.panels.service import rounds as service
from solicit.panels.views import bp
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/<any(open, close):step>")
@requires(Permission.RUN_ROUND, queries.round_subject)
def confirm_move(call: CallFacts, round_id: int, step: str):
    return _page(round_id, step, ActionForm())


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/<any(open, close):step>")
@requires(Permission.RUN_ROUND, queries.round_subject)
def move_round(call: CallFacts, round_id: int, step: str):
    return _move(round_id, step, ActionForm())


@bp.get("/<call>/organize/panels/rounds/<id:round_id>/<any(extend, reopen):dated_step>")
@requires(Permission.RUN_ROUND, queries.round_subject)
def confirm_dated_move(call: CallFacts, round_id: int, dated_step: str):
    view = queries.round_page(db.session(), round_id=round_id)
    return _page(round_id, dated_step, ClosingDateForm(data={"closes_at": view.closes_at}))


@bp.post("/<call>/organize/panels/rounds/<id:round_id>/<any(extend, reopen):dated_step>")
@requires(Permission.RUN_ROUND, queries.round_subject)
def move_round_until(call: CallFacts, round_id: int, dated_step: str):
    return _move(round_id, dated_step, ClosingDateForm())


def _move(round_id: int, step: str, form: ActionForm | ClosingDateForm):
    if not form.accepted():
        return _page(round_id, step, form), 422
    dates = {"closes_at": form.closes_at.data} if step in ("extend", "reopen") else {}
    try:
        with transaction() as session:
            said = _MOVES[step](session, round_id=round_id, actor_id=g.identity.person_id, now=utcnow(), **dates)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(round_id, step, form), 409
    flash(said, "success")
    return redirect(url_for(".round", round_id=round_id), 303)


def _page(round_id: int, step: str, form: ActionForm | ClosingDateForm) -> str:
    view = queries.round_page(db.session(), round_id=round_id)
    return render_template("panels/round_move.html", round=view, step=step, form=form)


def _open(session, **values) -> str:
    told = service.open_round(session, **values)
    return ngettext(
        "The round is open. %(num)s panelist is told.", "The round is open. %(num)s panelists are told.", told
    )


def _close(session, **values) -> str:
    service.close_round(session, **values)
    return _("The round is closed. You can prepare a round that follows it, or freeze the ranking.")


def _extend(session, **values) -> str:
    told = service.extend_round(session, **values)
    return ngettext(
        "The round closes later. %(num)s panelist is told.", "The round closes later. %(num)s panelists are told.", told
    )


def _reopen(session, **values) -> str:
    service.reopen_round(session, **values)
    return _("The round is open again.")


_MOVES = {"open": _open, "close": _close, "extend": _extend, "reopen": _reopen}

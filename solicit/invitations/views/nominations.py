"""Proposing people, and scoring the statements of fit."""

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError, NotFound
from solicit.invitations.forms.nominations import NominationForm, ScoreForm
from solicit.invitations.queries import nominations as queries
from solicit.invitations.service.nominate import ConsentLinks, NewNomination, nominate, score_statement
from solicit.invitations.views import bp
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/invite/nominations")
@requires(Permission.SELECT_INVITEES, call_subject)
def nominations(call: CallFacts):
    return _nominations_page(call, NominationForm().offer(call.themes))


@bp.post("/<call>/organize/invite/nominations")
@requires(Permission.SELECT_INVITEES, call_subject)
def propose_person(call: CallFacts):
    form = NominationForm().offer(call.themes)
    if not form.accepted():
        return _nominations_page(call, form)
    try:
        _nominate(call, form)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _nominations_page(call, form)
    flash(_("We asked this person for their consent. The link in the mail works for 14 days."), "success")
    return redirect(url_for(".nominations"), 303)


@bp.get("/<call>/organize/invite/statements")
@requires(Permission.SELECT_INVITEES, call_subject)
def statements(call: CallFacts):
    return _statements_page(call, ScoreForm(formdata=None))


@bp.post("/<call>/organize/invite/statements/<id:nomination_id>")
@requires(Permission.SELECT_INVITEES, queries.nomination_subject)
def score(call: CallFacts, nomination_id: int):
    form = ScoreForm()
    if not form.accepted():
        return _statements_page(call, form, nomination_id)
    try:
        with transaction() as session:
            score_statement(
                session,
                call=call,
                nomination_id=nomination_id,
                organizer_id=g.identity.person_id,
                value=form.value.data,
                now=utcnow(),
            )
    except NotFound:
        abort(404)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _statements_page(call, form, nomination_id)
    flash(_("Your score is saved."), "success")
    return redirect(url_for(".statements"), 303)


def _nominate(call: CallFacts, form: NominationForm) -> None:
    new = NewNomination(
        email=form.email.data,
        full_name=form.full_name.data,
        theme_id=call.theme(form.theme.data).id,
        statement=form.statement.data,
    )
    links = ConsentLinks(current_app.config["SECRET_KEY"])
    with transaction() as session:
        nominate(session, call=call, new=new, links=links, proposer_id=g.identity.person_id, now=utcnow())


def _nominations_page(call: CallFacts, form: NominationForm):
    window = window_from(request.args.get("page"))
    rows, total = queries.nomination_rows(db.session(), call=call, viewer_id=g.identity.person_id, window=window)
    pager = paginate(window, total, lambda page: url_for(".nominations", page=page))
    return render_template("invitations/nominations.html", form=form, rows=rows, pagination=pager), form.status


def _statements_page(call: CallFacts, form: ScoreForm, nomination_id: int | None = None):
    rows = queries.statement_rows(db.session(), call=call, viewer_id=g.identity.person_id)
    return render_template("invitations/statements.html", form=form, rows=rows, wrong_id=nomination_id), form.status

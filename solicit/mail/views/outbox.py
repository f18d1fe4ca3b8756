"""Pages about letters: stopping a kind, choosing what to get, and what became of a call's letters."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.mail import queries, service
from solicit.mail.forms import LettersForm, StopForm
from solicit.mail.service import StopLinks
from solicit.mail.states import KINDS, STATE_WORDS, MailState
from solicit.mail.views import bp
from solicit.reports.queries import letters as reports
from solicit.web.csrf import is_one_click
from solicit.web.facets import FacetOption, facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from


@bp.route("/<locale:lang>/mail/stop/<stop_token>", methods=["GET", "POST"])
@public
def stop(lang: str, stop_token: str):
    """What a letter links to; opening it does nothing. A mail program that posts here gets a page, no redirect."""
    person_id, kind = StopLinks(current_app.config["SECRET_KEY"]).read(stop_token)
    form, one_click = StopForm(), is_one_click()
    if one_click or form.accepted():
        with transaction() as session:
            if form.again.data:
                service.resume_letters(session, person_id=person_id, kind=kind)
            else:
                service.stop_letters(session, person_id=person_id, kind=kind, now=utcnow())
        if not one_click:
            return redirect(url_for(".stop", stop_token=stop_token), 303)
    is_stopped = service.has_stopped(db.session(), person_id=person_id, kind=kind)
    return render_template("mail/stop.html", form=form, word=KINDS[kind].word, is_stopped=is_stopped), form.status


@bp.route("/<locale:lang>/account/letters", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_ACCOUNT)
def letters(lang: str):
    kinds = queries.stoppable_kinds(db.session(), person_id=g.identity.person_id)
    form = LettersForm(kinds=[kind.name for kind in kinds if kind.is_wanted])
    form.kinds.choices = [(kind.name, _(kind.word)) for kind in kinds]
    if not form.accepted():
        return render_template("mail/letters.html", form=form), form.status
    with transaction() as session:
        service.choose_letters(session, person_id=g.identity.person_id, wanted=set(form.kinds.data), now=utcnow())
    flash(_("Your choice is saved."), "success")
    return redirect(url_for(".letters"), 303)


@bp.get("/<call>/organize/mail")
@requires(Permission.SEE_MAIL, call_subject)
def outbox(call: CallFacts):
    chosen, window = _chosen(), window_from(request.args.get("page"))
    filters = dict(state=chosen.state.value if chosen.state else None, kind=chosen.kind)
    counts = reports.letter_counts(db.session(), call=call, chosen=chosen)
    rows = reports.letter_rows(db.session(), call=call, viewer_id=g.identity.person_id, chosen=chosen, window=window)
    total = counts.per_state.get(chosen.state, 0) if chosen.state else sum(counts.per_state.values())
    return render_template(
        "mail/outbox.html",
        rows=rows,
        is_filtered=any(filters.values()),
        n_failed=counts.per_state.get(MailState.FAILED, 0),
        states=_state_facet(filters, counts),
        kinds=_kind_facet(filters, counts),
        pagination=paginate(window, total, lambda page: list_url(filters, page=page)),
    )


@bp.post("/<call>/organize/mail/<id:mail_id>/again")
@requires(Permission.SEE_MAIL, queries.letter_subject)
def send_again(call: CallFacts, mail_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            actor_id = g.identity.person_id
            service.send_again(session, call_id=call.id, mail_id=mail_id, actor_id=actor_id, now=utcnow())
        flash(_("The letter waits to be sent again."), "success")
    return redirect(url_for(".outbox"), 303)


def _chosen() -> reports.LetterFilter:
    """The filter of the query string; what is none of ours is left out."""
    states = {state.value: state for state in MailState}
    kind = request.args.get("kind")
    return reports.LetterFilter(states.get(request.args.get("state", "")), kind if kind in KINDS else None)


def _state_facet(filters: dict, counts: reports.LetterCounts) -> tuple[FacetOption, ...]:
    counted = [(state.value, _(STATE_WORDS[state]), counts.per_state.get(state, 0)) for state in MailState]
    return facet_options(filters, "state", counted)


def _kind_facet(filters: dict, counts: reports.LetterCounts) -> tuple[FacetOption, ...]:
    counted = [(kind, _(KINDS[kind].word), n) for kind, n in sorted(counts.per_kind.items())]
    return facet_options(filters, "kind", counted)

"""What panelists say of themselves: what they know, and with whom they are in conflict."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.forms.seats import OwnConflictsForm, ProfileForm, profile_form
from solicit.panels.forms.titles import MOST_TITLES
from solicit.panels.queries import expertise as queries
from solicit.panels.queries.own_conflicts import declared_by
from solicit.panels.service import conflicts, seats
from solicit.panels.views import bp


@bp.get("/<call>/review/profile")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def profile(call: CallFacts):
    page = _profile(call)
    return _profile_page(page, profile_form(page))


@bp.post("/<call>/review/profile")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def save_profile(call: CallFacts):
    page = _profile(call)
    form = profile_form(page)
    if not form.accepted():
        return _profile_page(page, form), 422
    try:
        with transaction() as session:
            seats.save_profile(session, call=call, person_id=g.identity.person_id, profile=form.profile(), now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _profile_page(page, form), 422
    flash(_("Thank you. What you know is saved."), "success")
    return redirect(url_for(".queue"), 303)


@bp.get("/<call>/review/conflicts")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def own_conflicts(call: CallFacts):
    words = queries.conflict_words_of(db.session(), call_id=call.id, person_id=g.identity.person_id)
    return _conflicts_page(call, OwnConflictsForm(data={"words": words}))


@bp.post("/<call>/review/conflicts")
@requires(Permission.SEE_REVIEW_QUEUE, call_subject)
def tell_conflicts(call: CallFacts):
    form = OwnConflictsForm()
    if not form.accepted():
        return _conflicts_page(call, form), 422
    with transaction() as session:
        conflicts.declare_in_words(
            session, call=call, person_id=g.identity.person_id, words=form.words.data, now=utcnow()
        )
    flash(_("Thank you. The organizers can read it."), "success")
    return redirect(url_for(".own_conflicts"), 303)


def _profile(call: CallFacts) -> queries.Profile:
    return queries.profile_of(db.session(), call=call, person_id=g.identity.person_id) or abort(404)


def _profile_page(page: queries.Profile, form: ProfileForm) -> str:
    return render_template("panels/profile.html", page_=page, form=form, most_titles=MOST_TITLES)


def _conflicts_page(call: CallFacts, form: OwnConflictsForm) -> str:
    declared = declared_by(db.session(), call_id=call.id, person_id=g.identity.person_id)
    return render_template("panels/own_conflicts.html", form=form, declared=declared)

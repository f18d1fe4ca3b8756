"""Screening one question: reading it, taking it, and deciding."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, out_of_scope_reasons
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.forms import DecisionForm, OutOfScopeForm, RevisionForm, ThemeForm
from solicit.questions.queries import neighbours
from solicit.questions.queries.involvement import question_subject
from solicit.questions.queries.notes import differences_of
from solicit.questions.queries.screening import desk
from solicit.questions.queries.screening.audit_trail import audit_trail
from solicit.questions.queries.screening.revisions import voices_of
from solicit.questions.queries.screening.suspicions import phrases_marked
from solicit.questions.service import claim, suspect, wording
from solicit.questions.service import screen as service
from solicit.questions.states import SuspicionKind
from solicit.questions.views import bp
from solicit.questions.views.queue import viewing_now
from solicit.web.forms import ActionForm
from solicit.web.routing import id_from

ONE = "/<call>/organize/questions/<id:question_id>"


@bp.get(ONE)
@requires(Permission.SCREEN_QUESTION, question_subject)
def screen(call: CallFacts, question_id: int):
    return screen_page(call, question_id)


@bp.post(ONE + "/in-scope")
@requires(Permission.SCREEN_QUESTION, question_subject)
def put_in_scope(call: CallFacts, question_id: int):
    form = DecisionForm()
    return _decide(
        call, question_id, form, service.put_in_scope, lambda done: _("%(label)s is in scope.", label=done.label)
    )


@bp.post(ONE + "/out-of-scope")
@requires(Permission.SCREEN_QUESTION, question_subject)
def put_out_of_scope(call: CallFacts, question_id: int):
    form = OutOfScopeForm().offer(out_of_scope_reasons(db.session(), call_id=call.id))
    values = dict(reason_id=form.reason.data, note=form.note.data or "")
    return _decide(
        call, question_id, form, service.put_out_of_scope, lambda _done: _("The question is out of scope."), **values
    )


@bp.post(ONE + "/back")
@requires(Permission.SCREEN_QUESTION, question_subject)
def put_back(call: CallFacts, question_id: int):
    form = DecisionForm()
    return _decide(call, question_id, form, service.put_back, lambda _done: _("The question is new again."), stay=True)


@bp.post(ONE + "/theme")
@requires(Permission.SCREEN_QUESTION, question_subject)
def change_theme(call: CallFacts, question_id: int):
    form = ThemeForm().offer(call.themes)
    theme = call.theme(form.theme.data)
    return _decide(
        call,
        question_id,
        form,
        service.change_theme,
        lambda done: _("The theme was changed.") if done.decision_id else _("It stands under this theme already."),
        stay=True,
        theme_id=theme.id if theme else 0,
    )


@bp.post(ONE + "/wording/<any(accept, keep):answer>")
@requires(Permission.SCREEN_QUESTION, question_subject)
def settle_wording(call: CallFacts, question_id: int, answer: str):
    acts = {
        "accept": (wording.accept_wording, lambda _done: _("The question has the new words. Its author is told.")),
        "keep": (wording.keep_wording, lambda _done: _("The question keeps its words.")),
    }
    act, told = acts[answer]
    return _decide(call, question_id, DecisionForm(), act, told, stay=True)


@bp.post(ONE + "/suspicion/<any(spam, out_of_scope, self_identification):suspicion>")
@requires(Permission.SCREEN_QUESTION, question_subject)
def dismiss(call: CallFacts, question_id: int, suspicion: str):
    what = dict(question_id=question_id, kind=SuspicionKind(suspicion), actor_id=g.identity.person_id)
    return _act(question_id, suspect.dismiss, _("The suspicion is dismissed."), **what, now=utcnow())


@bp.post(ONE + "/take")
@requires(Permission.SCREEN_QUESTION, question_subject)
def take(call: CallFacts, question_id: int):
    what = dict(question_id=question_id, person_id=g.identity.person_id, now=utcnow())
    return _act(question_id, claim.take, _("You have taken this one for 15 minutes."), **what)


@bp.post(ONE + "/give-back")
@requires(Permission.SCREEN_QUESTION, question_subject)
def give_back(call: CallFacts, question_id: int):
    what = dict(question_id=question_id, person_id=g.identity.person_id)
    return _act(question_id, claim.give_back, _("Others can take this one again."), **what)


@bp.get(ONE + "/trail")
@requires(Permission.SCREEN_QUESTION, question_subject)
def trail(call: CallFacts, question_id: int):
    view = desk.desk_question(db.session(), viewing=viewing_now(call), question_id=question_id)
    happened = audit_trail(db.session(), call=call, question_id=question_id)
    return render_template("questions/trail.html", question=view, happened=happened)


def _act(shown_id: int, act, told: str, **what):
    """Carry a small act out and show the page again."""
    if ActionForm().accepted():
        try:
            with transaction() as session:
                act(session, **what)
            flash(told, "success")
        except DomainError as error:
            flash(_(error.message, **error.params), "error")
    return redirect(url_for(".screen", question_id=shown_id), 303)


def _decide(call: CallFacts, question_id: int, form, act, told, *, stay: bool = False, **values):
    """Carry a decision out and go on to the next question, or show the page again with what is wrong."""
    if not form.accepted():
        return screen_page(call, question_id, form=form)
    try:
        with transaction() as session:
            done = act(
                session,
                question_id=question_id,
                version=form.version.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
                anyway=bool(form.anyway.data),
                **values,
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return screen_page(call, question_id, form=form)
    flash(told(done), "success")
    undo = {"undo": done.decision_id} if done and done.decision_id else {}
    if stay:
        return redirect(url_for(".screen", question_id=question_id, **undo), 303)
    following = desk.next_new_id(db.session(), viewing=viewing_now(call), after_id=question_id)
    if following is None:
        return redirect(url_for(".screening", **undo), 303)
    return redirect(url_for(".screen", question_id=following, decided=question_id, **undo), 303)


def screen_page(call: CallFacts, question_id: int, form=None):
    session, viewing = db.session(), viewing_now(call)
    view = desk.desk_question(session, viewing=viewing, question_id=question_id)
    voices = voices_of(session, question_id=question_id, viewer_id=viewing.viewer_id)
    reasons = out_of_scope_reasons(session, call_id=call.id)
    page = render_template(
        "questions/screen.html",
        question=view,
        form=form,
        out_form=form if isinstance(form, OutOfScopeForm) else OutOfScopeForm(formdata=None).offer(reasons),
        theme_form=form if isinstance(form, ThemeForm) else _theme_form(call, view),
        revision_form=form if isinstance(form, RevisionForm) else RevisionForm(formdata=None),
        voices=voices.submissions,
        marked=lambda text: phrases_marked(text, names=voices.names, affiliations=voices.affiliations),
        differences=differences_of(session, question_ids=[question_id], viewer_id=viewing.viewer_id),
        nearest=neighbours.nearest_for_desk(session, call=call, viewer_id=viewing.viewer_id, question_id=question_id),
        decided_id=id_from(request.args.get("decided")),
        undo_id=id_from(request.args.get("undo")),
        anyway="anyway" in request.values,
    )
    return page, form.status if form else 200


def _theme_form(call: CallFacts, view: desk.DeskQuestion) -> ThemeForm:
    return ThemeForm(formdata=None, theme=view.theme.key if view.theme else None).offer(call.themes)

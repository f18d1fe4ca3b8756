"""Discussions: the list, one question's thread, the chair's part."""

from functools import partial

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission, Role
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError, NotFound
from solicit.panels.forms.discussion import HIDE, ModerateForm, PostForm, SummaryForm
from solicit.panels.queries.discussion.access import discussed_rows, discussion_subject
from solicit.panels.queries.discussion.thread import DiscussionPage, discussion_page
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.service import discussion as service
from solicit.panels.service.review import StatementNotAccepted
from solicit.panels.views import bp
from solicit.web.forms import ActionForm
from solicit.web.limits import asker, limiter
from solicit.web.pagination import paginate, window_from
from solicit.words import N_


@bp.get("/<call>/review/discussions")
@requires(Permission.SEE_DISCUSSIONS, call_subject)
def discussions(call: CallFacts):
    _accepted(call)
    window = window_from(request.args.get("page"))
    rows, total = discussed_rows(
        db.session(), call=call, viewer_id=g.identity.person_id, is_organizer=_is_organizer(call), window=window
    )
    pagination = paginate(window, total, lambda page: url_for(".discussions", page=page))
    return render_template("panels/discussions.html", rows=rows, pagination=pagination)


@bp.get("/<call>/review/<label>/discussion")
@requires(Permission.DISCUSS, discussion_subject)
def discussion(call: CallFacts, label: str):
    return _discussion_page(call, _page(call, label))


@bp.post("/<call>/review/<label>/discussion")
@requires(Permission.TAKE_PART, discussion_subject)
@limiter.limit("60 per hour", key_func=asker)
def post(call: CallFacts, label: str):
    view, form = _page(call, label), PostForm()
    if not view.takes_part:
        abort(404)
    return _changed(
        call, view, form, "post_form", partial(_post, form), N_("Your post is in the discussion of %(label)s.")
    )


@bp.post("/<call>/review/<label>/discussion/posts/<id:post_id>/withdraw")
@requires(Permission.TAKE_PART, discussion_subject)
def withdraw_post(call: CallFacts, label: str, post_id: int):
    view, form = _page(call, label), ActionForm()
    return _changed(
        call,
        view,
        form,
        "action_form",
        partial(service.withdraw_post, post_id=post_id),
        N_("Your post in the discussion of %(label)s is withdrawn."),
    )


@bp.post("/<call>/review/<label>/discussion/summary")
@requires(Permission.TAKE_PART, discussion_subject)
def summarize(call: CallFacts, label: str):
    view, form = _chaired(call, label), SummaryForm()
    return _changed(
        call, view, form, "summary_form", partial(_summarize, form), N_("The summary of %(label)s is saved.")
    )


@bp.post("/<call>/review/<label>/discussion/comments")
@requires(Permission.TAKE_PART, discussion_subject)
def moderate(call: CallFacts, label: str):
    view, form = _chaired(call, label), ModerateForm()
    return _changed(
        call,
        view,
        form,
        "action_form",
        partial(_moderate, form),
        N_("The comments on %(label)s are shown as you wished."),
    )


def _post(form: PostForm, session, **about) -> None:
    service.post(session, **about, text=form.text.data)


def _summarize(form: SummaryForm, session, **about) -> None:
    service.summarize(session, **about, text=form.summary.data, version=form.version.data or 0)


def _moderate(form: ModerateForm, session, **about) -> None:
    service.moderate(session, **about, label=form.who.data, labels=_labels(), is_hidden=form.wish.data == HIDE)


def _changed(call: CallFacts, view: DiscussionPage, form, name: str, change, done: str):
    """Carry out a change of this discussion, or show the page again with what was typed and why not."""
    if not form.accepted():
        return _discussion_page(call, view, **{name: form}), form.status
    about = dict(round_id=view.round_id, question_id=view.question_id, person_id=g.identity.person_id)
    try:
        with transaction() as session:
            change(session, **about, now=utcnow())
    except NotFound:
        raise
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        fresh = _page(call, view.label)
        if isinstance(error, Conflict):
            form.version.data, form.version.raw_data = fresh.summary.version, None
        return _discussion_page(call, fresh, **{name: form}), 409
    flash(_(done, label=view.label), "success")
    return redirect(url_for(".discussion", label=view.label), 303)


def _page(call: CallFacts, label: str) -> DiscussionPage:
    _accepted(call)
    return discussion_page(
        db.session(),
        call=call,
        label=label,
        viewer_id=g.identity.person_id,
        labels=_labels(),
        with_names=_is_organizer(call),
        now=utcnow(),
    )


def _chaired(call: CallFacts, label: str) -> DiscussionPage:
    view = _page(call, label)
    return view if view.is_chair else abort(404)


def _accepted(call: CallFacts) -> None:
    """Panelists read nothing before they accept the statement; organizers have none to accept."""
    if not g.attendance.has_accepted:
        raise StatementNotAccepted


def _is_organizer(call: CallFacts) -> bool:
    return g.identity.holds(Role.ORGANIZER, call_id=call.id)


def _labels() -> PanelLabels:
    return PanelLabels(current_app.config["SECRET_KEY"])


def _discussion_page(call: CallFacts, view: DiscussionPage, **forms) -> str:
    summary = {"summary": view.summary.text, "version": view.summary.version}
    empty = {
        "post_form": PostForm(formdata=None),
        "summary_form": SummaryForm(formdata=None, data=summary),
        "action_form": ActionForm(formdata=None),
    }
    return render_template("panels/discussion.html", view=view, **empty | forms)

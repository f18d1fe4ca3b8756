"""The desk of topics: all of them, one with its questions, and the questions that fit badly."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.topics.forms import GroupForm, RenameForm, TargetForm
from solicit.topics.queries import desk as members
from solicit.topics.queries import topics as queries
from solicit.topics.queries.runs import desk_runs
from solicit.topics.service import arrange
from solicit.topics.service.start import ProposalWaits, start_grouping
from solicit.topics.states import Detail
from solicit.topics.views import bp
from solicit.web.facets import facet_options, list_url
from solicit.web.pagination import paginate, window_from


@bp.get("/<call>/organize/topics")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def desk(call: CallFacts):
    return _desk_page(call)


@bp.post("/<call>/organize/topics/group")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def group(call: CallFacts):
    form = GroupForm()
    if not form.accepted():
        return _desk_page(call, form)
    try:
        with transaction() as session:
            job_id = start_grouping(
                session,
                call_id=call.id,
                detail=Detail(form.detail.data),
                started_by_id=g.identity.person_id,
                result_path=url_for(".proposal"),
                now=utcnow(),
                discards=form.discards.data,
            )
    except Conflict as error:
        form.refuse(_(error.message, **error.params))
        page, _status = _desk_page(call, form, waits=isinstance(error, ProposalWaits))
        return page, 409
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/topics/<id:topic_id>")
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def topic(call: CallFacts, topic_id: int):
    view = queries.topic_view(db.session(), call=call, viewer_id=g.identity.person_id, topic_id=topic_id)
    if view is None:
        target = queries.merged_into(db.session(), call=call, topic_id=topic_id) or abort(404)
        return redirect(url_for(".topic", topic_id=target), 301)
    return topic_page(call, view, RenameForm(name=view.given_name, version=view.version))


@bp.post("/<call>/organize/topics/<id:topic_id>")
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def rename(call: CallFacts, topic_id: int):
    form = RenameForm()
    if form.accepted() and _renamed(topic_id, form):
        flash(_("The name is saved."), "success")
        return redirect(url_for(".topic", topic_id=topic_id), 303)
    view = queries.topic_view(db.session(), call=call, viewer_id=g.identity.person_id, topic_id=topic_id) or abort(404)
    form.version.data = view.version
    return topic_page(call, view, form)


@bp.get("/<call>/organize/topics/weak")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def weak(call: CallFacts):
    theme, window = call.theme(request.args.get("theme")), window_from(request.args.get("page"))
    filters = dict(theme=theme.key if theme else None)
    asked = dict(call=call, viewer_id=g.identity.person_id)
    per_theme = members.weak_per_theme(db.session(), **asked)
    questions = members.weak_questions(db.session(), **asked, theme=theme, window=window)
    total = per_theme.get(theme.id, 0) if theme else sum(per_theme.values())
    counted = ((each.key, each.name, per_theme.get(each.id, 0)) for each in call.themes)
    return render_template(
        "topics/weak.html",
        questions=questions,
        nearest=members.nearest_topics(db.session(), call=call, questions=questions),
        themes=facet_options(filters, "theme", counted),
        pagination=paginate(window, total, lambda page: list_url(filters, page=page)),
    )


def topic_page(call: CallFacts, view: queries.TopicView, form: RenameForm):
    """One topic as organizers arrange it."""
    session, window = db.session(), window_from(request.args.get("page"))
    questions = members.members_of_topic(session, call=call, viewer_id=g.identity.person_id, topic=view, window=window)
    page = render_template(
        "topics/topic.html",
        topic=view,
        form=form,
        target=TargetForm(formdata=None, version=view.version).offer(
            members.topics_of_theme(session, call=call, topic=view)
        ),
        questions=questions,
        nearest=members.nearest_topics(session, call=call, questions=questions),
        pagination=paginate(window, view.n_questions, lambda page: list_url({}, page=page)),
    )
    return page, form.status


def _renamed(topic_id: int, form: RenameForm) -> bool:
    try:
        with transaction() as session:
            arrange.rename_topic(
                session,
                topic_id=topic_id,
                version=form.seen,
                name=form.name.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return False
    return True


def _desk_page(call: CallFacts, form: GroupForm | None = None, *, waits: bool = False):
    runs = desk_runs(db.session(), call=call, viewer_id=g.identity.person_id)
    form = form or GroupForm(formdata=None, detail=runs.detail.value)
    themes = queries.topics_of_call(db.session(), call=call, viewer_id=g.identity.person_id)
    page = render_template("topics/desk.html", form=form, themes=themes, runs=runs, waits=waits)
    return page, form.status

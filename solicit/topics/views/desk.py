"""The desk where organizers arrange topics."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict
from solicit.topics.forms import GroupForm, RenameForm
from solicit.topics.queries import topics as queries
from solicit.topics.service import arrange
from solicit.topics.states import Detail
from solicit.topics.views import bp
from solicit.topics.views._page import topic_page


@bp.get("/<call>/organize/topics")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def desk(call: CallFacts):
    return _desk_page(call, GroupForm())


@bp.post("/<call>/organize/topics/group")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def group(call: CallFacts):
    form = GroupForm()
    if not form.accepted():
        return _desk_page(call, form)
    try:
        with transaction() as session:
            job_id = arrange.start_grouping(
                session,
                call_id=call.id,
                detail=Detail(form.detail.data),
                started_by_id=g.identity.person_id,
                result_path=url_for(".desk"),
                now=utcnow(),
            )
    except Conflict as error:
        form.refuse(_(error.message, **error.params))
        return _desk_page(call, form)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get("/<call>/organize/topics/<id:topic_id>")
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def topic(call: CallFacts, topic_id: int):
    view = queries.topic_view(db.session(), call=call, topic_id=topic_id) or abort(404)
    return topic_page("topics/topic.html", view, form=RenameForm(name=view.given_name), weak_first=True)


@bp.post("/<call>/organize/topics/<id:topic_id>")
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def rename(call: CallFacts, topic_id: int):
    form = RenameForm()
    if not form.accepted():
        view = queries.topic_view(db.session(), call=call, topic_id=topic_id) or abort(404)
        return topic_page("topics/topic.html", view, form=form, weak_first=True), form.status
    with transaction() as session:
        arrange.rename_topic(
            session, topic_id=topic_id, name=form.name.data, actor_id=g.identity.person_id, now=utcnow()
        )
    flash(_("The name is saved."), "success")
    return redirect(url_for(".topic", topic_id=topic_id), 303)


def _desk_page(call: CallFacts, form: GroupForm):
    page = render_template(
        "topics/desk.html",
        form=form,
        themes=queries.topics_of_call(db.session(), call=call),
        last=queries.last_run(db.session(), call=call),
    )
    return page, form.status

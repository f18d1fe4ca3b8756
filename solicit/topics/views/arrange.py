"""What organizers do with one topic: move and hold its questions, keep it, merge it, split it."""

from collections.abc import Sequence

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ml.language.clustering import halves
from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.topics.forms import PinForm, SplitForm, TargetForm, VersionForm
from solicit.topics.queries import desk as members
from solicit.topics.queries import topics as queries
from solicit.topics.service import arrange as service
from solicit.topics.views import bp
from solicit.web.counting import ngettext
from solicit.web.pagination import Window
from solicit.web.routing import id_from


@bp.post("/<call>/organize/topics/<id:topic_id>/questions")
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def arrange(call: CallFacts, topic_id: int):
    """Move, hold or let go the selected questions, or move one to a topic that was offered for it."""
    form = VersionForm()
    selected, to_id = _quick_move() or (_selected(), id_from(request.form.get("to")))
    if not form.accepted() or not selected:
        flash(_("Select at least one question first."), "error")
    elif request.form.get("act") in ("pin", "unpin"):
        _pin_questions(topic_id, form, selected, is_pinned=request.form["act"] == "pin")
    elif to_id is None:
        flash(_("Choose the topic that they go to."), "error")
    else:
        _move(topic_id, form, selected, to_id)
    return _back(topic_id)


@bp.post("/<call>/organize/topics/<id:topic_id>/pin")
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def pin(call: CallFacts, topic_id: int):
    form = PinForm()
    if form.accepted():
        with transaction() as session:
            values = dict(version=form.seen, is_pinned=form.pinned.data)
            service.pin_topic(session, topic_id=topic_id, **values, **_by_me())
        kept = _("Later groupings keep this topic as it is.")
        flash(kept if form.pinned.data else _("Later groupings are free to change this topic."), "success")
    return _back(topic_id)


@bp.route("/<call>/organize/topics/<id:topic_id>/merge", methods=["GET", "POST"])
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def merge(call: CallFacts, topic_id: int):
    view = queries.topic_view(db.session(), call=call, viewer_id=g.identity.person_id, topic_id=topic_id) or abort(404)
    choices = members.topics_of_theme(db.session(), call=call, topic=view)
    form = TargetForm(version=view.version).offer(choices)
    if form.accepted() and _done(form, service.merge_topics, topic_id=topic_id, into_id=form.to.data):
        flash(_("The topics are merged. The old address leads here."), "success")
        return _back(form.to.data)
    return render_template("topics/merge.html", topic=view, form=form, choices=choices), form.status


@bp.route("/<call>/organize/topics/<id:topic_id>/split", methods=["GET", "POST"])
@requires(Permission.ARRANGE_TOPICS, queries.topic_subject)
def split(call: CallFacts, topic_id: int):
    view = queries.topic_view(db.session(), call=call, viewer_id=g.identity.person_id, topic_id=topic_id) or abort(404)
    form = SplitForm(version=view.version)
    if form.accepted():
        values = dict(topic_id=topic_id, question_ids=_selected(), name=form.name.data)
        if _done(form, service.split_topic, **values):
            flash(_("The topic is split. Later groupings keep both parts apart."), "success")
            return _back(topic_id)
    window = Window(1, members.LONGEST_SPLIT)
    questions = members.members_of_topic(
        db.session(), call=call, viewer_id=g.identity.person_id, topic=view, window=window
    )
    leaving = _selected() if request.method == "POST" else _suggested(view)
    page = render_template("topics/split.html", topic=view, form=form, questions=questions, leaving=leaving)
    return page, form.status


def _pin_questions(topic_id: int, form: VersionForm, selected: Sequence[int], *, is_pinned: bool) -> None:
    with transaction() as session:
        values = dict(version=form.seen, question_ids=selected, is_pinned=is_pinned)
        n = service.pin_questions(session, topic_id=topic_id, **values, **_by_me())
    if is_pinned:
        told = ngettext("%(num)s question stays here from now on.", "%(num)s questions stay here from now on.", n)
    else:
        told = ngettext("%(num)s question may move again.", "%(num)s questions may move again.", n)
    flash(told, "success")


def _move(topic_id: int, form: VersionForm, selected: Sequence[int], to_id: int) -> None:
    with transaction() as session:
        values = dict(version=form.seen, question_ids=selected, to_id=to_id)
        n = service.move_questions(session, topic_id=topic_id, **values, **_by_me())
    flash(ngettext("%(num)s question moved.", "%(num)s questions moved.", n), "success")


def _done(form: VersionForm, act, **values) -> bool:
    """Carry an act out, or show in the form why not."""
    try:
        with transaction() as session:
            act(session, version=form.seen, **values, **_by_me())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return False
    return True


def _by_me() -> dict:
    return dict(actor_id=g.identity.person_id, now=utcnow())


def _selected() -> tuple[int, ...]:
    numbers = (id_from(text) for text in request.form.getlist("selected"))
    return tuple(number for number in numbers if number)[: members.LONGEST_SPLIT]


def _quick_move() -> tuple[tuple[int, ...], int] | None:
    """The question and the topic that a button beside the question names."""
    question, _dash, topic = request.form.get("quick", "").partition("-")
    question_id, to_id = id_from(question), id_from(topic)
    return ((question_id,), to_id) if question_id and to_id else None


def _suggested(view: queries.TopicView) -> tuple[int, ...]:
    """The questions that would leave if the topic were parted where it is thinnest; asked for by a link."""
    if "suggest" not in request.args or view.words_of is not None:
        return ()
    question_ids, vectors = members.vectors_of_topic(db.session(), topic=view)
    return tuple(id_ for id_, leaves in zip(question_ids, halves(vectors), strict=True) if leaves)


def _back(topic_id: int):
    """To the page that the act came from: the topic, or the list of what fits badly."""
    if request.form.get("from") == "weak":
        return redirect(url_for(".weak", theme=request.form.get("theme") or None), 303)
    return redirect(url_for(".topic", topic_id=topic_id), 303)

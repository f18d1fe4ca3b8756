"""Groups: stars of questions that may all ask the same, decided on together."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.service.merging import merging
from solicit.questions.forms import verdicts_from
from solicit.questions.queries.duplicates.calibration import calibration_view
from solicit.questions.queries.duplicates.groups import LIKELY_SAME, GroupPage, group_list, group_page
from solicit.questions.service.merge_many import Decided
from solicit.questions.service.merge_many import decide_group as decide
from solicit.questions.states import Verdict
from solicit.questions.views import bp
from solicit.web.counting import ngettext
from solicit.web.facets import list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from


@bp.get("/<call>/organize/duplicates/groups")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def groups(call: CallFacts):
    window = window_from(request.args.get("page"))
    rows, total = group_list(db.session(), call=call, viewer_id=g.identity.person_id, window=window)
    pagination = paginate(window, total, lambda page: list_url({}, page=page))
    return render_template("questions/groups.html", groups=rows, pagination=pagination)


@bp.get("/<call>/organize/duplicates/groups/<id:group_id>")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def group(call: CallFacts, group_id: int):
    found = _found(call, group_id)
    return _page(call, found, verdicts_from(request.args, found.ids))


@bp.get("/<call>/organize/duplicates/groups/<id:group_id>/confirm")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def confirm_group(call: CallFacts, group_id: int):
    found = _found(call, group_id)
    verdicts = verdicts_from(request.args, [member.side.id for member in found.members if member.is_open])
    if not verdicts:
        flash(_("Say of at least one question whether it asks the same."), "warning")
        return redirect(url_for(".group", group_id=group_id, keep=found.centre.id), 303)
    same = [member.side for member in found.members if verdicts.get(member.side.id) is Verdict.SAME]
    return render_template(
        "questions/group_confirm.html",
        group=found,
        verdicts=verdicts,
        same=same,
        apart=[member for member in found.members if verdicts.get(member.side.id, Verdict.SAME) is not Verdict.SAME],
        summary_url=url_for(".summary", of=[found.centre.id, *(side.id for side in same)]),
    )


@bp.post("/<call>/organize/duplicates/groups/<id:group_id>")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def decide_group(call: CallFacts, group_id: int):
    found, form = _found(call, group_id), ActionForm()
    verdicts = verdicts_from(request.form, [member.side.id for member in found.members if member.is_open])
    if not form.accepted() or not verdicts:
        return redirect(url_for(".group", group_id=group_id, keep=found.centre.id), 303)
    try:
        decided = _decide(call, found, verdicts)
    except DomainError as error:
        flash(_(error.message, **error.params), "error")
        return _page(call, found, verdicts), 409
    _tell(decided)
    return redirect(url_for(".groups"), 303)


def _found(call: CallFacts, group_id: int) -> GroupPage:
    """The group around the question that the address or the form wants to keep."""
    keep_id = id_from(request.values.get("keep", ""))
    viewer_id = g.identity.person_id
    found = group_page(db.session(), call=call, viewer_id=viewer_id, group_id=group_id, keep_id=keep_id)
    return found or abort(404)


def _page(call: CallFacts, found: GroupPage, verdicts):
    learnt = calibration_view(db.session(), call=call, viewer_id=g.identity.person_id)
    likely = [
        member.side.id
        for member in found.members
        if learnt.shows_probability and member.is_open and (member.probability or 0) >= LIKELY_SAME
    ]
    return render_template(
        "questions/group.html",
        group=found,
        learnt=learnt,
        chosen={id_: verdict.value for id_, verdict in (verdicts or dict.fromkeys(likely, Verdict.SAME)).items()},
        likely_same=LIKELY_SAME,
    )


def _decide(call: CallFacts, found: GroupPage, verdicts) -> Decided:
    by = dict(actor_id=g.identity.person_id, now=utcnow())
    ids = [found.centre.id, *verdicts]
    with transaction() as session, merging(session, call_id=call.id, question_ids=ids, **by) as locked_ids:
        return decide(session, keep_id=found.centre.id, verdicts=verdicts, locked_ids=locked_ids, **by)


def _tell(decided: Decided) -> None:
    if decided.n_merged:
        flash(ngettext("%(num)s question is merged.", "%(num)s questions are merged.", decided.n_merged), "success")
    if decided.n_told_apart:
        told = ngettext("%(num)s verdict is recorded.", "%(num)s verdicts are recorded.", decided.n_told_apart)
        flash(told, "success")

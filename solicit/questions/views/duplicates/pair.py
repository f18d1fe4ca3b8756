"""One pair: the whole texts, a verdict, and merging one into the other."""

from flask import flash, g, render_template
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.service.merging import merging
from solicit.questions.forms import MergeForm, VerdictForm
from solicit.questions.queries.duplicates import pairs
from solicit.questions.queries.duplicates.calibration import calibration_view
from solicit.questions.queries.duplicates.pair_history import pair_history
from solicit.questions.queries.notes import differences_between
from solicit.questions.service import duplicates as service
from solicit.questions.service.merge import merge_questions
from solicit.questions.states import VERDICT_WORDS, Verdict
from solicit.questions.views import bp
from solicit.questions.views.duplicates.queue import back_to_queue
from solicit.questions.views.duplicates.refusals import refuse
from solicit.web.forms import ActionForm


@bp.get("/<call>/organize/duplicates/<id:pair_id>")
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def pair(call: CallFacts, pair_id: int):
    viewer_id, found = g.identity.person_id, pairs.pair_view(db.session(), call=call, pair_id=pair_id)
    ids = (found.left.id, found.right.id)
    return render_template(
        "questions/pair.html",
        is_over=call.desk_is_over,
        pair=found,
        learnt=calibration_view(db.session(), call=call, viewer_id=viewer_id),
        differences=differences_between(db.session(), pairs=[found], viewer_id=viewer_id)[pair_id],
        history=pair_history(db.session(), pair_id=pair_id, question_ids=ids),
    )


@bp.post("/<call>/organize/duplicates/<id:pair_id>/verdict")
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def give_verdict(call: CallFacts, pair_id: int):
    form = VerdictForm()
    if not form.accepted():
        flash(_("Choose one of the verdicts."), "error")
        return back_to_queue(call)
    verdict = Verdict(form.verdict.data)
    with transaction() as session:
        service.give_verdict(session, pair_id=pair_id, verdict=verdict, actor_id=g.identity.person_id, now=utcnow())
    flash(_("Recorded: %(verdict)s.", verdict=_(VERDICT_WORDS[verdict])), "success")
    return back_to_queue(call, undo=pair_id)


@bp.post("/<call>/organize/duplicates/<id:pair_id>/undo")
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def undo_verdict(call: CallFacts, pair_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            service.undo_verdict(session, pair_id=pair_id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The pair is undecided again."), "success")
    return back_to_queue(call)


@bp.route("/<call>/organize/duplicates/<id:pair_id>/merge", methods=["GET", "POST"])
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def merge(call: CallFacts, pair_id: int):
    found = pairs.pair_view(db.session(), call=call, pair_id=pair_id)
    form = MergeForm(keep=found.suggested_id).offer(found)
    status = None
    if form.accepted():
        try:
            merge_id = _merge(call, found, form.keep.data)
        except DomainError as error:
            status = refuse(form, error)
        else:
            flash(_("The two questions are merged."), "success")
            return back_to_queue(call, undo_merge=merge_id)
    return render_template("questions/merge.html", pair=found, form=form), status or form.status


def _merge(call: CallFacts, pair: pairs.PairView, target_id: int) -> int:
    source_id = next(side.id for side in pair.sides if side.id != target_id)
    by = dict(actor_id=g.identity.person_id, now=utcnow())
    ids = (source_id, target_id)
    with transaction() as session, merging(session, call_id=call.id, question_ids=ids, **by) as locked_ids:
        return merge_questions(session, source_id=source_id, target_id=target_id, locked_ids=locked_ids, **by)

"""Identical texts: one click merges all of them."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.panels.service.merging import merging
from solicit.questions.forms import IdenticalForm
from solicit.questions.queries.duplicates.identical import IdenticalBatch, identical_batch
from solicit.questions.service.merge_many import merge_identical as merge_sets
from solicit.questions.views import bp
from solicit.web.counting import ngettext


@bp.get("/<call>/organize/duplicates/identical")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def identical(call: CallFacts):
    batch = identical_batch(db.session(), call=call, viewer_id=g.identity.person_id)
    return render_template("questions/identical.html", batch=batch, form=IdenticalForm(digest=batch.digest))


@bp.post("/<call>/organize/duplicates/identical")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def merge_identical(call: CallFacts):
    form = IdenticalForm()
    if not form.accepted():
        return redirect(url_for(".identical"), 303)
    batch = identical_batch(db.session(), call=call, viewer_id=g.identity.person_id)
    if batch.digest != form.digest.data:
        flash(_("The list changed while you were reading it. This is how it is now."), "error")
        shown = IdenticalForm(formdata=None, digest=batch.digest)
        return render_template("questions/identical.html", batch=batch, form=shown), 409
    n_merged = _merge(call, batch)
    flash(ngettext("%(num)s question is merged.", "%(num)s questions are merged.", n_merged), "success")
    if n_merged < batch.n_to_merge:
        left = ngettext(
            "%(num)s question stays as it is: it is being reviewed, or somebody decided on it.",
            "%(num)s questions stay as they are: they are being reviewed, or somebody decided on them.",
            batch.n_to_merge - n_merged,
        )
        flash(left, "warning")
    return redirect(url_for(".identical"), 303)


def _merge(call: CallFacts, batch: IdenticalBatch) -> int:
    ids = [id_ for each in batch.sets for id_ in each.ids]
    sets = [(each.keep.id, [other.id for other in each.others]) for each in batch.sets]
    by = dict(actor_id=g.identity.person_id, now=utcnow())
    with transaction() as session, merging(session, call_id=call.id, question_ids=ids, **by) as locked_ids:
        return merge_sets(session, sets=sets, locked_ids=locked_ids, **by)

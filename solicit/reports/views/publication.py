"""Publishing the results of a call: what becomes public, and the button."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.states import RESULTS_FOR_WORDS
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.queries.second_looks import changed_since
from solicit.reports.forms.publication import PublishForm
from solicit.reports.queries.publication.preview import preview
from solicit.reports.queries.publication.published import publications
from solicit.reports.service.publication.publish import PUBLISHABLE, Confirmed, publish_results
from solicit.reports.views import bp
from solicit.web.addresses import public_url


@bp.get("/<call>/organize/publication")
@requires(Permission.PUBLISH_RESULTS, call_subject)
def publication(call: CallFacts):
    return _page(call, PublishForm(formdata=None))


@bp.post("/<call>/organize/publication")
@requires(Permission.PUBLISH_RESULTS, call_subject)
def publish(call: CallFacts):
    form = PublishForm()
    if not form.accepted():
        return _page(call, form), 422
    confirmed = Confirmed(number=form.seen_number, run_ids=form.seen_runs, note=form.note.data, tells=form.tells.data)
    try:
        with transaction() as session:
            publish_results(
                session,
                call=call,
                confirmed=confirmed,
                address=public_url(".results", lang="en"),
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(call, form), 409
    flash(_("The results are published."), "success")
    return redirect(url_for(".publication"), 303)


def _page(call: CallFacts, form: PublishForm) -> str:
    """The preview; what the form shows as seen is what the page shows now."""
    done = publications(db.session(), call=call)
    found = preview(db.session(), call=call, viewer_id=g.identity.person_id)
    looked = dict(call=call, viewer_id=g.identity.person_id)
    changed = changed_since(db.session(), **looked, since=done[0].published_at) if done else []
    number = done[0].number + 1 if done else 1
    if not form.is_submitted():
        form.tells.data = number == 1
    form.number.data, form.runs.data = str(number), ",".join(map(str, found.run_ids))
    return render_template(
        "reports/publication.html",
        form=form,
        call=call,
        number=number,
        preview=found,
        publications=done,
        changed=changed,
        is_time=call.state in PUBLISHABLE,
        readers_word=RESULTS_FOR_WORDS[call.results_for],
    )

"""What became of one's own submission, and asking once for another look."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.forms.second_looks import SecondLookForm
from solicit.questions.queries.second_looks import asking_of
from solicit.questions.service.second_looks import ask_second_look as ask
from solicit.reports.queries.fate import Fate, fate_of
from solicit.reports.views import bp
from solicit.submissions.queries.authors import submission_subject
from solicit.submissions.queries.readers import is_reader
from solicit.web.languages import asked_language

FATE = "/<locale:lang>/<call>/my/<reference>/what-became"


@bp.get(FATE)
@requires(Permission.SEE_SUBMISSION, submission_subject)
def fate(lang: str, call: CallFacts, reference: str):
    return _page(call, reference, SecondLookForm(formdata=None))


@bp.post(FATE)
@requires(Permission.ASK_SECOND_LOOK, submission_subject)
def ask_second_look(lang: str, call: CallFacts, reference: str):
    form = SecondLookForm()
    if not form.accepted():
        return _page(call, reference, form), 422
    stored = _fate(call, reference)
    said = dict(submission_id=stored.submission_id, person_id=g.identity.person_id, reason=form.reason.data)
    try:
        with transaction() as session:
            ask(session, call=call, **said, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _page(call, reference, form), 409
    flash(_("Your request is with the organizers. You get a letter when they have looked again."), "success")
    return redirect(url_for(".fate", reference=reference), 303)


def _fate(call: CallFacts, reference: str) -> Fate:
    reads_results = is_reader(db.session(), call=call, who=g.identity)
    asked = dict(call=call, reference=reference, viewer_id=g.identity.person_id, language=asked_language())
    return fate_of(db.session(), **asked, reads_results=reads_results)


def _page(call: CallFacts, reference: str, form: SecondLookForm) -> str:
    found = _fate(call, reference)
    return render_template(
        "reports/fate.html",
        call=call,
        fate=found,
        # Asked for by the submitter alone: a co-author reads the way, and not what was written about it.
        asking=asking_of(db.session(), call=call, submission_id=found.submission_id) if found.is_yours else None,
        now=utcnow(),
        form=form,
    )

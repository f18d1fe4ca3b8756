"""Translations of one's own text."""

from flask import abort, redirect, render_template, url_for

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.questions.queries.translations import Translated, translated_submission
from solicit.questions.states import TranslationSource
from solicit.questions.views.translations import drop_translation, keep_translation, translation_form
from solicit.submissions.queries.authors import submission_subject
from solicit.submissions.queries.page import submission_page
from solicit.submissions.views import bp
from solicit.submissions.views.own import ONE


@bp.route(ONE + "/translations", methods=["GET", "POST"])
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def translations(lang: str, call: CallFacts, reference: str):
    view = _translated(call, reference)
    form = translation_form(view, TranslationSource.AUTHOR)
    kept, status = keep_translation(view, form, TranslationSource.AUTHOR)
    if kept:
        return redirect(url_for(".translations", reference=reference), 303)
    page = render_template("submissions/translations.html", call=call, reference=reference, view=view, form=form)
    return page, status or form.status


@bp.post(ONE + "/translations/remove")
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
def remove_translation(lang: str, call: CallFacts, reference: str):
    drop_translation(_translated(call, reference).question_id, TranslationSource.AUTHOR)
    return redirect(url_for(".translations", reference=reference), 303)


def _translated(call: CallFacts, reference: str) -> Translated:
    stored = submission_page(db.session(), call=call, reference=reference)
    return translated_submission(db.session(), submission_id=stored.id) or abort(404)

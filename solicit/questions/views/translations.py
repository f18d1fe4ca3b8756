"""Translations of a question by the desk."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError
from solicit.questions.forms import TranslationForm
from solicit.questions.queries.involvement import question_subject
from solicit.questions.queries.translations import Translated, translated
from solicit.questions.service import translate
from solicit.questions.states import TranslationSource
from solicit.questions.views import bp
from solicit.questions.views.desk import ONE
from solicit.submissions.queries.languages import language_choices
from solicit.web.forms import ActionForm
from solicit.web.pages import current_language
from solicit.web.routing import id_from


@bp.route(ONE + "/translations", methods=["GET", "POST"])
@requires(Permission.SCREEN_QUESTION, question_subject)
def translations(call: CallFacts, question_id: int):
    view = translated(db.session(), question_id=question_id)
    form = translation_form(view, TranslationSource.DESK)
    kept, status = keep_translation(view, form, TranslationSource.DESK)
    if kept:
        return redirect(url_for(".translations", question_id=question_id), 303)
    return render_template("questions/translations.html", view=view, form=form), status or form.status


@bp.post(ONE + "/translations/show")
@requires(Permission.SCREEN_QUESTION, question_subject)
def show_translation(call: CallFacts, question_id: int):
    version = id_from(request.form.get("version"))
    if ActionForm().accepted() and version:
        what = dict(question_id=question_id, language=request.form.get("language", ""), version=version)
        try:
            with transaction() as session:
                translate.show_translation(session, **what, actor_id=g.identity.person_id, now=utcnow())
            flash(_("Readers and panels see the translation now."), "success")
        except DomainError as error:
            flash(_(error.message, **error.params), "error")
    return redirect(url_for(".translations", question_id=question_id), 303)


@bp.post(ONE + "/translations/remove")
@requires(Permission.SCREEN_QUESTION, question_subject)
def remove_translation(call: CallFacts, question_id: int):
    drop_translation(question_id)
    return redirect(url_for(".translations", question_id=question_id), 303)


def drop_translation(question_id: int, source: TranslationSource | None = None) -> None:
    """Remove the translation into the language that was sent, an author only one by an author."""
    if not ActionForm().accepted():
        return
    what = dict(question_id=question_id, language=request.form.get("language", ""), source=source)
    try:
        with transaction() as session:
            translate.remove_translation(session, **what, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The translation is removed."), "success")
    except DomainError as error:
        flash(_(error.message, **error.params), "error")


def translation_form(view: Translated, source: TranslationSource) -> TranslationForm:
    """An empty form, or one with the translation that the address names, if this source may change it."""
    known = view.into(request.args.get("language"))
    form = TranslationForm(obj=known if known and known.source == source.value else None)
    return form.offer(language_choices(current_language()), own=view.language)


def keep_translation(view: Translated, form: TranslationForm, source: TranslationSource) -> tuple[bool, int | None]:
    """Save what a form holds; whether it is saved, and the status of the page that says why not."""
    if not form.accepted():
        return False, None
    texts = form.texts()
    try:
        with transaction() as session:
            translate.save_translation(
                session,
                question_id=view.question_id,
                source=source,
                version=form.version.data,
                text=translate.TranslatedText(language=form.language.data, **texts),
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return False, 409 if isinstance(error, Conflict) else None
    flash(_("The translation is saved."), "success")
    if phrases := view.named_in(texts):
        flash(_("It may say who wrote it: %(phrases)s", phrases=", ".join(phrases)), "warning")
    return True, None

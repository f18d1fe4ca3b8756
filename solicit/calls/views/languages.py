"""The texts of a call in further languages."""

from flask import abort, redirect, render_template, request, url_for

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls import service
from solicit.calls.forms.seen import SeenForm
from solicit.calls.forms.texts import TranslationForm, translation_form
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.queries.parts import KeptPart
from solicit.calls.queries.translations import GROUPS, dated, translations_of
from solicit.calls.views import bp
from solicit.calls.views.by_whom import by_whom
from solicit.calls.views.parts import DESK
from solicit.calls.views.saving import saving_page
from solicit.db import db, transaction
from solicit.submissions.queries.languages import language_choices, language_name
from solicit.submissions.states import LANGUAGES
from solicit.web.pages import current_language


@bp.get(DESK + "/languages")
@requires(Permission.SET_UP_CALL, call_subject)
def languages(call: CallFacts):
    chosen = request.args.get("language", "")
    if chosen in LANGUAGES and chosen != call.language:
        return redirect(url_for(".translate", language=chosen), 302)
    found = translations_of(db.session(), call_id=call.id)
    known = {call.language, *(each.language for each in found)}
    others = [(code, name) for code, name in language_choices(current_language()) if code not in known]
    return render_template("calls/languages.html", call=call, translations=found, others=others)


@bp.route(DESK + "/languages/<language>", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def translate(call: CallFacts, language: str):
    if language not in LANGUAGES or language == call.language:
        abort(404)

    def kept() -> KeptPart:
        (found,) = translations_of(db.session(), call_id=call.id, languages=[language])
        return KeptPart({"translation": dated(db.session(), found, call_id=call.id)}, found.seen)

    def form(found: KeptPart, **options) -> TranslationForm:
        return translation_form(found.values["translation"].sources, seen=found.seen, **options)

    def save(filled: SeenForm) -> None:
        which = dict(call_id=call.id, language=language)
        with transaction() as session:
            words = dict(texts=filled.texts(), confirmed=filled.confirmed(), seen=filled.seen.data)
            service.translate_call(session, **which, **words, **by_whom())

    shown = dict(call=call, language=language, name=language_name(language, current_language()), groups=GROUPS)
    return saving_page(kept, form, save, "calls/translate.html", done=url_for(".languages"), **shown)

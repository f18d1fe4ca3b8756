"""The letters of a call in the organizers' own words."""

from babel import Locale
from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.queries.facts import letterhead_of
from solicit.calls.views.saving import saving_page
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.mail import queries, service
from solicit.mail.forms import WordingForm
from solicit.mail.letters import Letter, default_wording, read_letter
from solicit.mail.queries import KeptWording
from solicit.mail.service import Recipient
from solicit.mail.states import KINDS, PLACEHOLDERS, WORDED
from solicit.mail.views import bp
from solicit.mail.wordings import Wording, placeholders, samples
from solicit.people.queries import person_profile
from solicit.web.forms import ActionForm
from solicit.web.languages import spoken_languages
from solicit.web.limits import asker, limiter

LETTERS = "/<call>/organize/call/letters"
TEST = "test"


@bp.get(LETTERS)
@requires(Permission.WORD_LETTERS, call_subject)
def wordings(call: CallFacts):
    worded = queries.worded_kinds(db.session(), call_id=call.id)
    kinds = [(kind, _(KINDS[kind].word), worded.get(kind, ())) for kind in WORDED]
    return render_template("mail/wordings.html", kinds=kinds, languages=_languages())


@bp.route(LETTERS + "/<kind>/<tongue>", methods=["GET", "POST"])
@limiter.limit("20 per hour", key_func=asker, methods=["POST"], exempt_when=lambda: request.form.get("go") != TEST)
@requires(Permission.WORD_LETTERS, call_subject)
def word(call: CallFacts, kind: str, tongue: str):
    _check_known(kind, tongue)

    def kept() -> KeptWording:
        return queries.kept_wording(db.session(), call_id=call.id, kind=kind, language=tongue)

    def form(found: KeptWording, **options) -> WordingForm:
        start = found.wording or default_wording(kind, locale=tongue)
        return WordingForm(data=vars(start) | {"seen": found.seen}, kind=kind, **options)

    def save(filled: WordingForm) -> None:
        with transaction() as session:
            _keep(session, call, kind, tongue, filled.wording(), filled.seen.data)
            if request.form.get("go") == TEST:
                _send_test(session, call, kind, tongue)

    is_test = request.form.get("go") == TEST
    done = url_for(".word", kind=kind, tongue=tongue) if is_test else url_for(".wordings")
    shown = dict(
        kind=kind,
        word=_(KINDS[kind].word),
        language=tongue,
        name=_languages()[tongue],
        known=[(name, PLACEHOLDERS[name]) for name in placeholders(kind)],
        has_own=kept().wording is not None,
        read=lambda filled: _sample_letter(call, kind, tongue, filled.wording()),
    )
    return saving_page(kept, form, save, "mail/word.html", done=done, **shown)


@bp.post(LETTERS + "/<kind>/<tongue>/default")
@requires(Permission.WORD_LETTERS, call_subject)
def default_wording_again(call: CallFacts, kind: str, tongue: str):
    _check_known(kind, tongue)
    if ActionForm().accepted():
        seen = queries.kept_wording(db.session(), call_id=call.id, kind=kind, language=tongue).seen
        with transaction() as session:
            _keep(session, call, kind, tongue, None, seen)
        flash(_("The letter has the standard words again."), "success")
    return redirect(url_for(".wordings"), 303)


def _check_known(kind: str, language: str) -> None:
    if kind not in WORDED or language not in _languages():
        abort(404)


def _languages() -> dict[str, str]:
    """The languages in which this site writes letters, with their own names."""
    tags = dict.fromkeys(tag.split("-")[0] for tag in spoken_languages())
    return {tag: Locale.parse(tag).get_display_name(tag) for tag in tags}


def _keep(session, call: CallFacts, kind: str, language: str, wording: Wording | None, seen: str) -> None:
    which = dict(call_id=call.id, kind=kind, language=language)
    service.word_letter(session, **which, wording=wording, seen=seen, actor_id=g.identity.person_id, now=utcnow())


def _send_test(session, call: CallFacts, kind: str, language: str) -> None:
    """Write the letter with sample values to whoever asks, by the road that every letter takes."""
    person = person_profile(session, g.identity.person_id)
    to = Recipient(person.email, language, person.id)
    params = samples(kind, call_title=call.title) | {"call_slug": call.slug, "is_test": True}
    if service.enqueue(session, to=to, kind=kind, params=params, now=utcnow(), call_id=call.id):
        flash(_("A test letter is on its way to you."), "success")
    else:
        flash(_("You get no letters of this kind, as you chose in your account: no test letter goes out."), "warning")


def _sample_letter(call: CallFacts, kind: str, language: str, wording: Wording) -> Letter:
    head = letterhead_of(db.session(), call_id=call.id, language=language)
    params = samples(kind, call_title=str(head.title)) | {"call_slug": call.slug}
    return read_letter(kind, params=params, locale=language, wording=wording)

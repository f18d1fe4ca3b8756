"""A call in several languages: what is translated is shown to readers of that language, the rest in the call's own."""

from dataclasses import asdict
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from babel.dates import format_date
from builders import make_call, make_organizer, make_person, sign_in
from builders_calls import desk, filled
from builders_questions import make_question

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call, Theme
from solicit.calls.queries import (
    Words,
    call_facts,
    call_page,
    call_texts,
    missions,
    offered_missions,
    out_of_scope_reasons,
    public_calls,
)
from solicit.calls.queries.facts import letterhead_of
from solicit.calls.queries.lists import names_of_themes
from solicit.calls.queries.parts import digest_of
from solicit.calls.queries.themes import theme_values
from solicit.calls.queries.translations import translations_of
from solicit.calls.service import NewStage
from solicit.calls.service.themes import ThemeWords, change_theme
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message
from solicit.web.files import files_dir

FRENCH = {
    "title": "Un appel",
    "lead": "",
    "theme.space.name": "Espace inexploré",
    "reason.not-space.letter": "Cela parle d'autre chose.",
    "mission.change-6.goal": "Rapporter des échantillons.",
    "stage.1.title": "Collecte",
    "consent": "Nous pouvons le publier.",
}


@pytest.fixture
def call(session):
    day = utcnow().date()
    stage = NewStage(title="Collection", text="You send.", starts_on=day, ends_on=day)
    return make_call(session, stages=(stage,), translations={"fr": FRENCH, "zh": {"title": "征集"}})


def tongue(words: Words) -> tuple[str, str]:
    return str(words), words.lang


def test_facts_speak_the_readers_language_as_far_as_it_is_translated(session, call, count_statements):
    count_statements.clear()
    french = call_facts(session, slug=call.slug, language="fr")
    assert len(count_statements) == 1
    assert french.languages == ("en", "fr", "zh")
    assert tongue(french.title) == ("Un appel", "fr")
    assert tongue(french.themes[0].name) == ("Espace inexploré", "fr")
    assert tongue(french.themes[0].short_name) == ("Space", "en")
    assert tongue(call_facts(session, slug=call.slug, language="zh-Hans").title) == ("征集", "zh-Hans")
    assert tongue(call_facts(session, slug=call.slug, language="ar").title) == ("A call", "en")
    assert tongue(call_facts(session, slug=call.slug).title) == ("A call", "en")


def test_words_are_copied_and_stored_like_any_text(session, call):
    french = asdict(call_facts(session, slug=call.slug, language="fr"))
    assert tongue(french["title"]) == ("Un appel", "fr")
    assert session.scalar(sa.select(Call.id).where(Call.title != french["title"])) == call.id


def test_page_lists_and_terms_speak_it_too(session, call):
    page = call_page(session, call_id=call.id, now=utcnow(), language="fr")
    assert tongue(page.stages[0].title) == ("Collecte", "fr") and tongue(page.stages[0].text) == ("You send.", "en")
    assert tongue(page.lead) == ("", "en") and tongue(page.headline) == ("Which questions come next?", "en")
    consent, confidentiality = call_texts(session, call_id=call.id, language="fr")
    assert (tongue(consent), confidentiality.lang) == (("Nous pouvons le publier.", "fr"), "en")
    (reason,) = out_of_scope_reasons(session, call_id=call.id, language="fr")
    assert (reason.label, reason.letter) == ("Not about deep space", "Cela parle d'autre chose.")
    assert offered_missions(session, call.id, language="fr")[0].goal == "Rapporter des échantillons."
    assert missions(session, call.id)[0].goal.startswith("Bring back samples")
    assert [tongue(link.title) for link in public_calls(session, language="fr")] == [("Un appel", "fr")]


def test_themes_are_known_by_their_names_in_every_language(session, call):
    ids = dict(names_of_themes(session, call_id=call.id))
    assert ids["Espace inexploré"] == ids["Unexplored Space"] == ids["space"] == call.themes[0].id


def test_public_page_marks_what_is_in_another_language(client, session):
    call = make_call(session, language="ar", title="دعوة", translations={"en": {"headline": "What is next?"}})
    page = client.get(f"/en/{call.slug}/").text
    assert '<h1 class="headline">What is next?</h1>' in page
    assert '<span lang="ar" dir="rtl">Unexplored Space</span>' in page


def test_letters_speak_the_receivers_language(client, session, call):
    author = make_person(session, locale="fr")
    question = make_question(session, call, submitter=author)
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    reason = out_of_scope_reasons(session, call_id=call.id)[0]

    client.post(
        f"/{call.slug}/organize/questions/{question.id}/out-of-scope",
        data={"version": 1, "reason": reason.id, "note": ""},
    )

    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "question_out_of_scope")).one()
    assert (mail.locale, mail.params["reason"]) == ("fr", "Cela parle d'autre chose.")
    text = _message(mail, letterhead_of(session, call_id=call.id, language="fr")).body
    assert "Un appel" in text and "Cela parle d'autre chose." in text and "A call" not in text


def test_translation_is_saved_as_a_whole_and_says_what_is_missing(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    url = desk(call, "languages/fr")
    page = client.get(url).text
    before = translations_of(session, call_id=call.id, languages=["fr"])[0]
    assert f"{len(before.missing)} texts are not translated yet" in page

    changes = {
        "headline": "Quelle question\u202e?",
        "theme.space.name": "",
        "about": "ignored, because it has no original",
    }
    assert client.post(url, data=filled(page, **changes)).status_code == 303

    kept = session.get_one(Call, call.id, populate_existing=True).translations["fr"]
    assert kept == {name: text for name, text in FRENCH.items() if text and name != "theme.space.name"} | {
        "headline": "Quelle question?"
    }
    assert client.get(desk(call, "languages/en")).status_code == 404
    assert client.get(desk(call, "languages/tlh")).status_code == 404


def test_stale_translation_is_a_conflict_and_its_preview_saves_nothing(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    url = desk(call, "languages/fr")
    opened = client.get(url).text
    preview = client.post(url, data=filled(opened, headline="Aperçu", go="preview"))
    assert preview.status_code == 200 and "Aperçu" in preview.text
    assert preview.text.index("<h1") < preview.text.index('id="preview"')
    client.post(url, data=filled(opened, headline="La leur"))
    stale = client.post(url, data=filled(opened, headline="La mienne"))
    assert stale.status_code == 409 and "La leur" in stale.text and 'value="La mienne"' in stale.text
    assert session.get_one(Call, call.id, populate_existing=True).translations["fr"]["headline"] == "La leur"


def test_translation_is_marked_when_its_original_changes_until_somebody_compared(
    client, session, call, count_statements
):
    sign_in(client, session, make_organizer(session, call))
    url, texts = desk(call, "languages/fr"), desk(call, "texts")
    client.post(url, data=filled(client.get(url).text, headline="Que suit-il ?", consent="Oui."))
    assert "changed after" not in client.get(url).text
    client.post(texts, data=filled(client.get(texts).text, headline="Which answers come next?"))
    theme = session.get_one(Theme, call.themes[0].id)
    words = dict(name="Far space", short_name="Space", description="", shape=theme.shape, colour=theme.colour)
    seen = digest_of(theme_values(theme))
    who = dict(seen=seen, actor_id=None, now=utcnow() - timedelta(days=40))
    change_theme(session, call_id=call.id, theme_id=theme.id, words=ThemeWords(**words), **who)
    session.commit()

    count_statements.clear()
    page = client.get(url).text
    assert len(count_statements) == 8
    assert "1 original changed after it was translated" in page  # of the theme nothing is known: it was never compared
    assert f"The original changed on {format_date(utcnow(), locale='en', format='d MMMM y')}" in page
    assert "Which questions come next?" in page and "Que suit-il ?" in page
    assert "1 original changed since" in client.get(desk(call, "languages")).text
    assert call_page(session, call_id=call.id, now=utcnow(), language="fr").headline == "Que suit-il ?"

    client.post(url, data=filled(page, title="Un autre appel"))
    page = client.get(url).text
    assert "1 original changed after it was translated" in page
    client.post(url, data=filled(page, **{"fits.headline": "y"}))
    assert "changed after" not in client.get(url).text
    kept = session.get_one(Call, call.id, populate_existing=True)
    assert (kept.translations["fr"]["headline"], kept.translated_from["fr"]["headline"]) == (
        "Que suit-il ?",
        "Which answers come next?",
    )
    last = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "translate").order_by(AuditEvent.id)).all()[-1]
    assert (last.details["changed"], last.details["confirmed"]) == ([], ["headline"])


def test_original_that_changes_under_a_translator_is_a_conflict(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    url, texts = desk(call, "languages/fr"), desk(call, "texts")
    opened = client.get(url).text
    client.post(texts, data=filled(client.get(texts).text, headline="Which answers come next?"))
    stale = client.post(url, data=filled(opened, headline="Que suit-il ?"))
    assert stale.status_code == 409 and "changed an original in the meantime" in stale.text
    assert 'value="Que suit-il ?"' in stale.text and "Which answers come next?" in stale.text


def test_upgrade_takes_what_stands_as_what_was_translated(session, call):
    script = ScriptDirectory(str(files_dir("migrations"))).get_revision("0009_originals").module
    session.connection().exec_driver_sql(script.REMEMBER)
    kept = session.get_one(Call, call.id, populate_existing=True).translated_from
    assert kept["zh"] == {"title": "A call"} and kept["fr"].keys() == FRENCH.keys()
    of_lists = [kept["fr"][name] for name in ("theme.space.name", "stage.1.title", "lead")]
    assert of_lists == ["Unexplored Space", "Collection", ""]


def test_changed_translation_of_the_consent_is_a_new_version_of_the_terms(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    url = desk(call, "languages/fr")
    client.post(url, data=filled(client.get(url).text, consent="Autre chose."))
    assert session.get_one(Call, call.id, populate_existing=True).terms_version == "2"

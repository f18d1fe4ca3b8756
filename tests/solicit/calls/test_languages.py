"""A call in several languages: what is translated is shown to readers of that language, the rest in the call's own."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_calls import desk, filled
from builders_questions import make_question

from solicit.calls.models import Call
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
from solicit.calls.queries.translations import translations_of
from solicit.calls.service import NewStage
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message

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
    client.post(url, data=filled(opened, headline="La leur"))
    stale = client.post(url, data=filled(opened, headline="La mienne"))
    assert stale.status_code == 409 and "La leur" in stale.text and 'value="La mienne"' in stale.text
    assert session.get_one(Call, call.id, populate_existing=True).translations["fr"]["headline"] == "La leur"


def test_changed_translation_of_the_consent_is_a_new_version_of_the_terms(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    url = desk(call, "languages/fr")
    client.post(url, data=filled(client.get(url).text, consent="Autre chose."))
    assert session.get_one(Call, call.id, populate_existing=True).terms_version == "2"

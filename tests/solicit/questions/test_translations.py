"""Translations by authors and by the desk: marked, kept apart, shown to readers, and gone with their texts."""

import json

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_people import make_account
from builders_submissions import make_question, send

from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import ProblemReport, Question, Redaction, Support, Translation
from solicit.questions.queries.panel_wording import panel_columns, wording_from
from solicit.questions.service import redact, translate
from solicit.questions.states import TranslationSource
from solicit.reports.queries.personal import personal_data
from solicit.reports.service.erase import erase_person
from solicit.submissions.models import Submission

CANARY = "Zqcanary"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def author(session):
    return make_account(session, full_name="Zebedee Canaryson")


@pytest.fixture
def question(session, call, author):
    return make_question(session, call, author)


@pytest.fixture
def own(session, call, question) -> str:
    reference = session.scalar(sa.select(Submission.reference))
    return f"/en/{call.slug}/my/{reference}/translations"


def save(session, question, actor, now, *, source=TranslationSource.AUTHOR, version=0, **text):
    words = translate.TranslatedText(**dict(language="fr", title=f"Que dit {CANARY} ?") | text)
    what = dict(question_id=question.id, actor_id=actor.id, now=now)
    return translate.save_translation(session, source=source, version=version, text=words, **what)


def sent(**values) -> dict:
    return (
        dict(version="0", language="fr", title="Qu'y a-t-il dans la glace ?", goal_overview="", significance="")
        | values
    )


def titles(session) -> list[str]:
    return list(session.scalars(sa.select(Translation.title).order_by(Translation.language)))


def test_author_adds_changes_and_removes_one(client, session, own, author):
    sign_in(client, session, author)

    assert "No translation yet." in client.get(own).text
    assert client.post(own, data=sent()).status_code == 303
    assert "Translated by its author" in client.get(own).text
    assert client.post(own, data=sent(title="Encore")).status_code == 409
    assert client.post(own, data=sent(version="1", title="Quelle glace ?")).status_code == 303
    assert 'value="Quelle glace ?"' in client.get(own + "?language=fr").text
    assert titles(session) == ["Quelle glace ?"]
    client.post(own + "/remove", data={"language": "fr"})
    assert titles(session) == []


def test_a_translation_that_names_its_author_is_warned_of(client, session, own, author):
    sign_in(client, session, author)

    page = client.post(own, data=sent(significance="Selon Ada Example."), follow_redirects=True).text

    assert "It may say who wrote it: Ada Example" in page


@pytest.mark.parametrize("change", [{"language": "en"}, {"language": "xx"}, {"title": ""}, {"version": "x"}])
def test_bad_values_keep_what_was_typed(client, session, own, author, change):
    sign_in(client, session, author)

    answer = client.post(own, data=sent(goal_overview="Ce que j'ai écrit") | change)

    assert answer.status_code == 422 and "Ce que j&#39;ai écrit" in answer.text
    assert titles(session) == []


def test_desk_and_author_leave_each_others_alone(session, call, question, author, organizer, now):
    save(session, question, author, now)
    what = dict(question_id=question.id, now=now)

    with pytest.raises(Refused):
        save(session, question, organizer, now, source=TranslationSource.DESK, version=1)
    save(session, question, organizer, now, source=TranslationSource.DESK, language="es", title="¿Qué?")
    with pytest.raises(NotFound):
        own = dict(source=TranslationSource.AUTHOR, actor_id=author.id)
        translate.remove_translation(session, language="es", **own, **what)
    with pytest.raises(Conflict):
        save(session, question, author, now)
    translate.remove_translation(session, language="fr", actor_id=organizer.id, **what)

    assert titles(session) == ["¿Qué?"]


def test_desk_adds_one_on_its_page(client, session, call, question, organizer):
    sign_in(client, session, organizer)
    desk = f"/{call.slug}/organize/questions/{question.id}"

    assert client.post(desk + "/translations", data=sent()).status_code == 303

    assert "Translated by the organizers" in client.get(desk + "/translations").text
    assert "1 translation" in client.get(desk).text


def show(session, question, organizer, now, *, language="fr", version=1) -> None:
    what = dict(question_id=question.id, language=language, version=version)
    translate.show_translation(session, **what, actor_id=organizer.id, now=now)


def test_readers_see_whose_it_is_and_of_which_wording(
    client, session, call, question, author, organizer, now, count_statements
):
    save(session, question, author, now, significance="Parce que.")
    save(session, question, author, now, language="ar", title="ما هذا؟")
    for language in ("fr", "ar"):
        show(session, question, organizer, now, language=language)
    address = f"/en/{call.slug}/questions/Q-{question.number}"
    session.commit()
    count_statements.clear()

    page = client.get(address).text

    assert len(count_statements) <= 4
    assert page.count("Translated by its author") == 2 and 'lang="fr">Parce que.' in page
    assert 'dir="auto" lang="ar"' in page and "of an older wording" not in page
    question.text_digest = b"another"
    session.commit()
    assert client.get(address).text.count("of an older wording") == 2


def test_nobody_reads_what_an_author_wrote_before_the_desk_did(client, session, call, question, author, organizer, now):
    address = f"/en/{call.slug}/questions/Q-{question.number}"
    desk = f"/{call.slug}/organize/questions/{question.id}/translations"
    save(session, question, author, now, significance=f"{CANARY} in the text.")
    session.commit()
    assert CANARY not in client.get(address).text
    reports = session.execute(sa.select(ProblemReport.question_id, ProblemReport.text)).all()
    assert reports == [(question.id, translate.LOOK_AT_TRANSLATION)]

    sign_in(client, session, organizer)
    page = client.get(desk).text
    assert f"{CANARY} in the text." in page and "Show to everybody" in page
    client.post(desk + "/show", data={"language": "fr", "version": "2"})
    client.post(desk + "/show", data={"language": "es", "version": "1"})
    client.post(desk + "/show", data={"language": "fr"})
    assert CANARY not in client.get(address).text
    client.post(desk + "/show", data={"language": "fr", "version": "1"})
    assert CANARY in client.get(address).text and "Show to everybody" not in client.get(desk).text

    save(session, question, author, now, version=1, title="Zqanother")
    session.commit()
    assert "Zqanother" not in client.get(address).text and CANARY not in client.get(address).text
    assert session.scalar(sa.select(sa.func.count()).select_from(ProblemReport)) == 1


def test_panels_read_no_translation_before_the_desk_did(session, question, author, organizer, now):
    read = sa.select(Question.id, *panel_columns()).where(Question.id == question.id)
    save(session, question, author, now)
    assert wording_from(session.execute(read).one()).translations == ()
    show(session, question, organizer, now)
    assert [each.language for each in wording_from(session.execute(read).one()).translations] == ["fr"]


def test_ones_own_data_hold_ones_own_translations_only(session, call, question, author, organizer, now):
    save(session, question, author, now)
    save(session, question, organizer, now, source=TranslationSource.DESK, language="es", title="De la mesa")

    (row,) = personal_data(session, person_id=author.id)["translation"]["rows"]

    assert row["title"] == f"Que dit {CANARY} ?"
    assert personal_data(session, person_id=organizer.id)["translation"]["rows"] == []


def redacted(session, question, organizer, now) -> None:
    text = redact.RedactedText(title=f"{CANARY} without a name")
    redact.save_redaction(session, question_id=question.id, version=0, text=text, actor_id=organizer.id, now=now)


def dump(session) -> str:
    session.flush()
    names = session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    return json.dumps([session.scalars(sa.text(f"SELECT t::text FROM {name} t")).all() for name in names])


@pytest.mark.parametrize("is_kept", [False, True])
def test_erasing_a_person_takes_translations_and_copies_of_what_goes(session, call, author, organizer, now, is_kept):
    question = make_question(session, call, author)
    save(session, question, author, now)
    redacted(session, question, organizer, now)
    if is_kept:
        supporter = make_person(session)
        session.add(Support(question_id=question.id, person_id=supporter.id, supported_at=utcnow()))
    assert CANARY in dump(session)

    erase_person(session, person_id=author.id, blanks_texts=is_kept, now=now)

    assert CANARY not in dump(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Question)) == int(is_kept)


def test_what_stays_keeps_its_translation_without_the_person(session, call, author, organizer, now):
    question = make_question(session, call, author)
    save(session, question, author, now)
    session.add(Support(question_id=question.id, person_id=make_person(session).id, supported_at=utcnow()))

    erase_person(session, person_id=author.id, blanks_texts=False, now=now)

    assert session.execute(sa.select(Translation.title, Translation.made_by_id)).one() == (f"Que dit {CANARY} ?", None)
    assert session.scalar(sa.select(Redaction.question_id)) is None


def test_a_withdrawn_question_takes_none(client, session, call, own, author):
    client_page = f"/en/{call.slug}/my/{own.split('/')[-2]}/withdraw"
    sign_in(client, session, author)
    client.post(client_page)

    assert "Save the translation" not in client.get(own).text
    assert client.post(own, data=sent()).status_code == 422
    assert titles(session) == []


def test_somebody_elses_page_is_missing(client, session, call, own):
    receipt, _question_id = send(session, call)
    sign_in(client, session, make_person(session))

    assert client.get(own).status_code == 404
    assert client.get(f"/en/{call.slug}/my/{receipt.reference}/translations").status_code == 404

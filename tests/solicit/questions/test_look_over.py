"""Looking over questions: suspicions with their reasons, suggested themes, and what is never looked at."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_question

from solicit.embeddings.tasks import worker_encoder
from solicit.jobs.models import Job
from solicit.questions import tasks
from solicit.questions.models import Question, Suspicion, ThemeClassifier
from solicit.questions.service import look_over, suggest_theme, suspect
from solicit.questions.states import QuestionState, SuspicionKind
from solicit.submissions.models import Authorship

# Embedded with the real model, exported once for the whole run.
pytestmark = pytest.mark.usefixtures("language_model")

THEMES = {
    "space": ("Unexplored Space", "Moons, asteroids and comets that no spacecraft has visited."),
    "life": ("Signatures of Life", "Where life could exist beyond Earth, and how we would recognise it."),
    "nature": ("Nature of the Universe", "Dark matter, dark energy, black holes and the beginning of time."),
    "station": ("Station", "Living and working in space: bases, astronauts, health and technology."),
}
LIFE = "Which gases in the air of a far planet would be a sign of life?"


@pytest.fixture
def call(session):
    call = make_call(session)
    for key, (name, description) in THEMES.items():
        row = dict(name=name, description=description, id=call.theme(key).id)
        session.execute(sa.text("UPDATE theme SET name = :name, description = :description WHERE id = :id"), row)
    return call


def look(session, *questions) -> None:
    for question in questions:
        tasks.embed(question_id=question.id)
        tasks.look_over(question_id=question.id)
    session.expire_all()


def found(session) -> dict[SuspicionKind, list[str]]:
    return {row.kind: list(row.signs) for row in session.scalars(sa.select(Suspicion))}


def test_a_clear_question_gets_its_theme_and_no_suspicion(session, call):
    question = make_question(session, call, theme="space", title=LIFE)

    look(session, question)

    assert question.suggested_theme_id == call.theme("life").id
    assert 0.3 < question.suggested_theme_probability < 1
    assert (question.theme_id, question.version) == (call.theme("space").id, 1)
    assert found(session) == {}


def test_an_unclear_question_gets_no_theme_but_a_suspicion(session, call):
    question = make_question(
        session, call, title="How do I bake pancakes?", goal_overview="Flour, milk and eggs.", significance="Tasty."
    )

    look(session, question)

    assert question.suggested_theme_id is None
    assert found(session) == {SuspicionKind.OUT_OF_SCOPE: ["far_from_themes"]}


def test_names_and_advertising_are_suspected(session, call):
    author = make_person(session, full_name="Zebedee Canaryson")
    text = "Ask Zebedee Canaryson at www.cheap.shop or http://cheap.shop/now!"
    question = make_question(session, call, submitter=author, title=LIFE, significance=text)

    look(session, question)

    assert found(session) == {SuspicionKind.SPAM: ["links"], SuspicionKind.SELF_IDENTIFICATION: ["name"]}


def test_what_was_dismissed_comes_back_only_for_other_reasons(session, call, now):
    organizer = make_organizer(session, call)
    question = make_question(session, call, title=LIFE, significance="www.cheap.shop http://cheap.shop")
    look(session, question)
    what = dict(question_id=question.id, kind=SuspicionKind.SPAM, actor_id=organizer.id, now=now)
    suspect.dismiss(session, **what)

    look(session, question)
    assert session.scalar(sa.select(Suspicion.dismissed_at)) == now
    question.significance = "WWW.CHEAP.SHOP HTTP://CHEAP.SHOP BUY THEM ALL WITH US TODAY"
    question.title = LIFE.upper()
    look(session, question)

    assert (session.scalar(sa.select(Suspicion.dismissed_at)), found(session)[SuspicionKind.SPAM]) == (
        None,
        ["links", "shouting"],
    )


def test_a_suspicion_goes_with_its_reason(session, call):
    question = make_question(session, call, title=LIFE, significance="www.cheap.shop http://cheap.shop")
    look(session, question)
    question.significance = "It would tell us whether we are alone."

    look(session, question)

    assert found(session) == {}


def test_texts_that_the_model_does_not_read_are_looked_over_without_it(session, call):
    question = make_question(session, call, language="ru", title="How do I bake pancakes today?")

    look(session, question)

    assert question.suggested_theme_id is None
    assert found(session) == {SuspicionKind.SPAM: ["other_language"]}


def test_themes_are_learnt_again_only_after_a_quarter_more(session, call, monkeypatch):
    fits = []
    real = suggest_theme.fit_themes
    monkeypatch.setattr(suggest_theme, "fit_themes", lambda *a, **k: fits.append(len(k["examples"])) or real(*a, **k))
    for n in range(8):
        filed = make_question(session, call, theme="life", title=f"{LIFE} ({n})", state=QuestionState.IN_SCOPE)
        look(session, filed)

    assert fits == [1, 2, 3, 4, 6, 8]
    assert session.scalar(sa.select(ThemeClassifier.n_examples)) == 8


def test_nobody_behind_a_text_moves_its_theme(session, call):
    """Non-interference: another author, country and institution, the same suggestion to the last bit."""
    questions = []
    for person in (
        make_person(session, full_name="Ada", country="KE"),
        make_person(session, full_name="Zebedee Canaryson", country="NZ", affiliation="Space Life Agency"),
    ):
        questions.append(make_question(session, call, submitter=person, title=LIFE))
        session.execute(sa.update(Authorship).values(affiliation=person.affiliation, country=person.country))
    look(session, *questions)

    one, other = ((q.suggested_theme_id, q.suggested_theme_probability) for q in questions)
    assert one == other


def test_the_order_of_rows_changes_nothing(session, call, now):
    titles = [f"{LIFE} ({n})" for n in range(6)]
    kept = []
    for order in (titles, titles[::-1]):
        session.execute(sa.delete(ThemeClassifier))
        questions = [
            make_question(session, call, theme="life", title=title, state=QuestionState.IN_SCOPE) for title in order
        ]
        look(session, *questions)
        session.execute(sa.delete(ThemeClassifier))
        look_over.look_over_some(session, question_ids=[questions[0].id], encoder=worker_encoder(), now=now)
        kept.append(session.scalar(sa.select(ThemeClassifier.coefficients)))
        for question in questions:
            question.state = QuestionState.NEW
        session.flush()

    np.testing.assert_array_equal(*(np.frombuffer(each, "<f4") for each in kept))


def test_everything_is_looked_over_by_a_job_that_goes_on_where_it_was(session, call, now):
    questions = [make_question(session, call, title=f"{LIFE} ({n})") for n in range(4)]
    for question in questions:
        tasks.embed(question_id=question.id)
    job_id = look_over.start_looking_over(session, call_id=call.id, started_by_id=None, result_path="/x", now=now)
    first = min(question.id % look_over.N_STEPS for question in questions)
    session.execute(sa.update(Job).values(step=first + 1, state="running"))
    session.commit()

    tasks.look_over_all(job_id=job_id, result_path="/x")

    session.expire_all()
    looked = {question.id % look_over.N_STEPS: question.suggested_theme_id is not None for question in questions}
    assert looked == {part: part > first for part in looked}
    assert session.get(Job, job_id).result_path == "/x"


def test_desk_shows_the_reasons_and_takes_the_suggestion_by_one_press(client, session, call):
    organizer, author = make_organizer(session, call), make_person(session, full_name="Zebedee Canaryson")
    question = make_question(session, call, submitter=author, title=LIFE, significance="Zebedee Canaryson says so.")
    look(session, question)
    sign_in(client, session, organizer)
    desk = f"/{call.slug}/organize/questions"

    page = client.get(f"{desk}/{question.id}").text
    assert "<mark>Zebedee Canaryson</mark> says so." in page
    assert "May name its author" in page and "It may rather belong here:" in page
    assert "May name its author" in client.get(f"{desk}?suspicion=self_identification").text
    assert "No question matches" in client.get(f"{desk}?suspicion=spam").text
    client.post(f"{desk}/{question.id}/suspicion/self_identification")
    client.post(f"{desk}/{question.id}/theme", data={"version": 1, "theme": "life"})

    page = client.get(f"{desk}/{question.id}").text
    assert "Have a look" not in page and "It may rather belong here:" not in page
    assert session.get(Question, question.id).theme_id == call.theme("life").id


def test_desk_starts_a_look_over_everything(client, session, call):
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)

    answer = client.post(f"/{call.slug}/organize/questions/look-over")

    assert answer.location == f"/{call.slug}/organize/jobs/{session.scalar(sa.select(Job.id))}"
    assert "Look over all questions" in client.get(answer.location).text

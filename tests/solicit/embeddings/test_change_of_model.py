"""Another language model takes over: the old one answers until every text was read, and nothing is read twice."""

import fcntl
from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_models import TOY_WIDTH, make_toy_model
from builders_submissions import make_question

from ml.language.embedding import BUNDLED_NAME, OnnxEncoder, SentenceEncoder, export_onnx
from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.embeddings import encoders, service
from solicit.embeddings import tasks as changing
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions.models import QuestionSource, QuestionVector
from solicit.questions.queries.similar import similar_panel
from solicit.questions.service.open import follow_revival, follow_withdrawal
from solicit.questions.tasks import embed
from solicit.questions.tasks import embedding as reading
from solicit.submissions.models import Submission
from solicit.submissions.states import SubmissionState

TOY = "toy-model"
TITLES = ("Is there life on Mars?", "Where does water on the Moon come from?", "How old is the light of a star?")


@pytest.fixture(scope="session")
def toy(run_folder):
    """A small multilingual model and its export, made once for all workers of a run."""
    folder = run_folder / "toy"
    with (run_folder / "toy.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            make_toy_model(folder / TOY)
            export_onnx(folder / TOY, folder / "export")
    return folder


@pytest.fixture
def set_model(app, toy, monkeypatch):
    """Sets another model, as an operator does who starts the site again with another setting."""

    def choose(model: str) -> None:
        changed = replace(app.extensions["settings"], language_model=model)
        monkeypatch.setitem(app.extensions, "settings", changed)

    return choose


@pytest.fixture
def toy_is_exported(app, toy):
    """The export of the small model is where this site keeps its models."""
    folder = encoders.model_folder(TOY)
    folder.parent.mkdir(exist_ok=True)
    folder.symlink_to(toy / "export")
    yield
    folder.unlink()


@pytest.fixture
def call(session, language_model):
    """A call of which the bundled model has read three questions."""
    call = make_call(session)
    for title in TITLES:
        embed(question_id=make_question(session, call, title=title).id)
    return facts(session, call)


def facts(session, call):
    return call_facts(session, slug=call.slug)


def start(session, call, model: str = TOY) -> int:
    assert service.start_changes(session, name=model, now=utcnow()) == 1
    return session.scalars(sa.select(Job.id).where(Job.call_id == call.id)).one()


def run(session, job_id: int) -> Job:
    arguments = session.get_one(Job, job_id).arguments
    changing.change_model(job_id=job_id, **arguments)
    return session.get(Job, job_id, populate_existing=True)


def widths(session, call) -> list[int]:
    stored = sa.select(QuestionVector.vector).where(QuestionVector.call_id == call.id)
    return sorted({len(vector) for vector in session.scalars(stored)})


def near(session, call, title: str, language: str = "en") -> list[str]:
    """The titles in the similar panel, as a web process finds them."""
    call = facts(session, call)
    panel = similar_panel(
        session, call=call, title=title, language=language, viewer_id=None,
        encoder=encoders.web_encoder(call.model_name),
    )  # fmt: skip
    return [question.title for question in panel.questions]


class Counting(OnnxEncoder):
    """The real encoder; it remembers the texts it was given, and dies before a batch if it is told to."""

    def __init__(self, folder, *, dies_at: int | None = None) -> None:
        super().__init__(folder)
        self.texts, self.n_batches, self.dies_at = [], 0, dies_at

    def _encode_batch(self, texts):
        self.n_batches += 1
        if self.n_batches == self.dies_at:
            raise KeyboardInterrupt
        self.texts += texts
        return super()._encode_batch(texts)


def test_first_text_settles_the_model_of_a_call(session, call):
    assert (call.model_name, call.model_width, call.model_reads) == (BUNDLED_NAME, 384, ("en",))


def test_no_change_is_started_while_the_settings_agree(session, call):
    assert service.start_changes(session, name=BUNDLED_NAME, now=utcnow()) == 0


def test_model_of_another_width_takes_over(session, call, set_model, toy, toy_is_exported):
    set_model(str(toy / TOY))
    job_id = start(session, call)
    assert widths(session, call) == [384]
    assert near(session, call, "Was there ever life on Mars?")[0] == TITLES[0]

    job = run(session, job_id)

    assert (job.state, job.result_path) == (JobState.DONE, f"/{call.slug}/organize/index")
    after = facts(session, call)
    assert (after.model_name, after.model_width, after.model_reads) == (TOY, TOY_WIDTH, ())
    assert widths(session, call) == [TOY_WIDTH]
    assert near(session, call, "Is there life on Mars?")[0] == TITLES[0]
    old = sa.select(sa.func.count()).select_from(TextVector).where(TextVector.model_id == call.model_id)
    assert session.scalar(old) == 0


def test_old_model_answers_while_the_new_one_reads(session, call, set_model, toy, toy_is_exported, monkeypatch):
    set_model(str(toy / TOY))
    monkeypatch.setattr(reading, "QUESTIONS_PER_TRANSACTION", 1)
    dying = Counting(toy / "export", dies_at=2)
    monkeypatch.setattr(changing, "worker_encoder", lambda name: dying)
    with pytest.raises(KeyboardInterrupt):
        run(session, start(session, call))

    assert widths(session, call) == [TOY_WIDTH, 384]
    assert facts(session, call).model_name == BUNDLED_NAME
    assert near(session, call, "Was there ever life on Mars?")[0] == TITLES[0]


def test_change_that_died_in_the_middle_reads_nothing_twice(
    session, call, set_model, toy, toy_is_exported, monkeypatch
):
    set_model(str(toy / TOY))
    monkeypatch.setattr(reading, "QUESTIONS_PER_TRANSACTION", 1)
    job_id = start(session, call)
    encoder = Counting(toy / "export", dies_at=3)
    monkeypatch.setattr(changing, "worker_encoder", lambda name: encoder)
    with pytest.raises(KeyboardInterrupt):
        run(session, job_id)
    encoder.dies_at = None

    assert run(session, job_id).state is JobState.DONE

    assert len(encoder.texts) == len(set(encoder.texts)) == 2 * len(TITLES)
    assert widths(session, call) == [TOY_WIDTH]


def test_change_shows_its_progress(session, call, set_model, toy, toy_is_exported, monkeypatch):
    seen = []
    take_step = changing.take_step

    def watched(job_id, step, doing, n_done=0, n_total=0):
        seen.append((step, n_done, n_total))
        take_step(job_id, step, doing, n_done, n_total)

    monkeypatch.setattr(changing, "take_step", watched)
    monkeypatch.setattr(reading, "QUESTIONS_PER_TRANSACTION", 2)
    set_model(str(toy / TOY))
    run(session, start(session, call))
    assert seen == [(0, 0, 0), (1, 0, 0), (1, 0, 3), (1, 2, 3), (2, 0, 0)]


def test_translations_are_found_across_languages(session, call, set_model, toy, toy_is_exported):
    set_model(str(toy / TOY))
    run(session, start(session, call))
    for title, language in (("vie mars?", "fr"), ("水月光?", "zh"), ("نجم حياة?", "ar")):
        embed(question_id=make_question(session, call, title=title, language=language).id)

    assert near(session, call, "Life Mars?", "en")[0] == "vie mars?"
    assert near(session, call, "вода луна свет?", "ru")[0] == "水月光?"
    assert near(session, call, "star life?", "en")[0] == "نجم حياة?"


def test_question_that_comes_meanwhile_is_read_by_both(session, call, set_model, toy, toy_is_exported):
    set_model(str(toy / TOY))
    job_id = start(session, call)
    new = make_question(session, call, title="Is water light?")
    embed(question_id=new.id)
    models = sa.select(EmbeddingModel.name).join(QuestionVector).where(QuestionVector.question_id == new.id).distinct()
    assert set(session.scalars(models)) == {BUNDLED_NAME, TOY}
    assert run(session, job_id).state is JobState.DONE
    assert near(session, call, "Is water light?")[0] == new.title


def test_revived_question_is_read_by_the_model_that_answers_then(session, call, set_model, toy, toy_is_exported):
    question = make_question(session, call, title="Is moon water light?")
    source = session.scalars(sa.select(QuestionSource).where(QuestionSource.question_id == question.id)).one()
    submission = session.get_one(Submission, source.submission_id)
    submission.state, submission.withdrawn_at = SubmissionState.WITHDRAWN, utcnow()
    session.flush()
    follow_withdrawal(session, submission_id=submission.id, now=utcnow())
    set_model(str(toy / TOY))
    run(session, start(session, call))
    follow_revival(session, submission_id=submission.id)
    asked = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'questions.embed' AND args->>'question_id' = :id"
    assert session.scalar(sa.text(asked), {"id": str(question.id)}) >= 1


def test_model_that_cannot_be_loaded_fails_the_job_and_the_old_one_answers(client, session, call, set_model, tmp_path):
    broken = tmp_path / "broken-model"
    broken.mkdir()
    (broken / "modules.json").write_text("[{]")
    set_model(str(broken))
    job = run(session, start(session, call, "broken-model"))

    assert (job.state, job.problem) == (JobState.FAILED, encoders.ModelUnavailable.message)
    assert near(session, call, "Was there ever life on Mars?")[0] == TITLES[0]
    embed(question_id=make_question(session, call, title="What is inside a black hole?").id)
    assert near(session, call, "What is in a black hole?")[0] == "What is inside a black hole?"
    assert service.start_changes(session, name="broken-model", now=utcnow()) == 0
    sign_in(client, session, make_organizer(session, call))
    assert "could not be loaded" in client.get(f"/{call.slug}/organize/jobs/{job.id}").text


def test_change_asked_for_once_is_not_asked_for_again(session, call):
    start(session, call)
    assert service.start_changes(session, name=TOY, now=utcnow()) == 0


def test_both_paths_of_the_small_model_agree(toy):
    titles = [*TITLES, "水月光?", "نجم حياة?"]
    reference, light = SentenceEncoder(toy / TOY), OnnxEncoder(toy / "export")
    assert light.width == reference.width == TOY_WIDTH
    assert np.sum(reference.encode(titles) * light.encode(titles), axis=1).min() >= 0.9999


def test_languages_of_the_settings_are_kept_with_the_model(session, call):
    service.say_languages(session, name=BUNDLED_NAME, languages=("en", "de"))
    session.expire_all()
    assert facts(session, call).reads("de-AT") and not facts(session, call).reads("fr")
    service.say_languages(session, name=BUNDLED_NAME, languages=())
    session.expire_all()
    assert facts(session, call).model_reads == ("en",)


def test_another_model_is_taken_to_know_every_language(session, call):
    session.add(EmbeddingModel(name="another", width=8))
    session.flush()
    other = session.scalars(sa.select(EmbeddingModel.id).where(EmbeddingModel.name == "another")).one()
    session.execute(sa.update(Call).where(Call.id == call.id).values(model_id=other))
    assert facts(session, call).reads("zh")

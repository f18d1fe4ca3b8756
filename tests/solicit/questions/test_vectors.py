"""The two vectors of a question: which are made, and when they are made again."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_question

from ml.language.embedding import text_digest
from solicit.embeddings.encoders import worker_encoder
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.embeddings.service import embed_texts
from solicit.questions import tasks
from solicit.questions.models import QuestionVector
from solicit.questions.service import duplicates, vectors
from solicit.questions.states import Aspect, QuestionState

TITLE, OVERVIEW = "Where does dust come from?", "To weigh the grains of a comet."


# Embedded with the real model, exported once for the whole run.
pytestmark = pytest.mark.usefixtures("language_model")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def question(session, call):
    return make_question(session, call, title=TITLE, goal_overview=OVERVIEW)


def digests(session, question) -> dict[Aspect, bytes]:
    rows = session.execute(
        sa.select(QuestionVector.aspect, QuestionVector.digest).where(QuestionVector.question_id == question.id)
    )
    return {row.aspect: bytes(row.digest) for row in rows}


def missing(session, call) -> list[int]:
    model_id = session.scalar(sa.select(sa.func.max(EmbeddingModel.id))) or 0
    return [each.id for each in vectors.questions_to_embed(session, call_id=call.id, model_id=model_id)]


def test_title_and_text_have_a_vector_each(session, call, question):
    assert missing(session, call) == [question.id]

    tasks.embed(question_id=question.id)

    expected = {Aspect.TITLE: text_digest(TITLE), Aspect.TEXT: text_digest(f"{TITLE}\n{OVERVIEW}")}
    assert digests(session, question) == expected
    assert missing(session, call) == []


def test_both_are_encoded_in_one_call(session, question, monkeypatch):
    read = []
    encoder = worker_encoder()
    encode = type(encoder).encode
    monkeypatch.setattr(type(encoder), "encode", lambda self, texts: read.append(texts) or encode(self, texts))

    tasks.embed(question_id=question.id)
    tasks.embed(question_id=question.id)

    assert read == [[TITLE, f"{TITLE}\n{OVERVIEW}"]]


def test_without_an_overview_both_are_one_vector(session, call):
    question = make_question(session, call, title=TITLE, goal_overview="")

    tasks.embed(question_id=question.id)

    assert digests(session, question) == dict.fromkeys(Aspect, text_digest(TITLE))
    assert session.scalar(sa.select(sa.func.count()).select_from(TextVector)) == 1


@pytest.mark.parametrize("part", ["title", "goal_overview"])
def test_changed_words_are_embedded_again(session, call, question, part):
    tasks.embed(question_id=question.id)
    before = digests(session, question)
    setattr(question, part, "What makes meteors glow in green?")
    session.flush()

    assert missing(session, call) == [question.id]
    tasks.embed(question_id=question.id)

    changed = {aspect for aspect, digest in digests(session, question).items() if digest != before[aspect]}
    assert changed == ({Aspect.TEXT} if part == "goal_overview" else set(Aspect))


def test_changed_significance_asks_for_no_new_vector(session, call, question):
    tasks.embed(question_id=question.id)
    question.significance = "Another reason."
    session.flush()

    assert missing(session, call) == []


def test_vector_of_a_text_that_changed_meanwhile_is_left_out(session, question):
    read = vectors.question_to_embed(session, question_id=question.id)
    embedded = embed_texts(session, vectors.texts_of([read]), encoder=worker_encoder())
    question.goal_overview = "To see it fall."
    session.flush()

    assert vectors.store_vectors(session, questions=[read], embedded=embedded) == {question.id}

    assert digests(session, question) == {Aspect.TITLE: text_digest(TITLE)}


def test_job_embeds_what_lacks_one_of_the_two(session, call, question, now):
    other = make_question(session, call)
    withdrawn = make_question(session, call, state=QuestionState.WITHDRAWN)
    tasks.embed(question_id=question.id)
    session.execute(sa.delete(QuestionVector).where(QuestionVector.aspect == Aspect.TEXT))
    assert missing(session, call) == [question.id, other.id]
    organizer = make_organizer(session, call)
    job_id = duplicates.start_finding_duplicates(
        session, call_id=call.id, started_by_id=organizer.id, result_path="", now=now
    )

    tasks.find_duplicates(job_id=job_id, result_path="")

    assert [len(digests(session, each)) for each in (question, other, withdrawn)] == [2, 2, 0]

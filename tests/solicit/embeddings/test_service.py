"""Vectors are kept by the digest of the text."""

import numpy as np
import pytest
import sqlalchemy as sa

from ml.language.embedding import OnnxEncoder, text_digest
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.embeddings.service import embed_texts, model_id_of
from solicit.errors import Conflict

TEXTS = ["Is there life on Mars?", "How do stars form?", "Is there life on Mars?"]


@pytest.fixture(scope="module")
def encoder(exported_model):
    return OnnxEncoder(exported_model)


class Counting:
    """The real encoder, counting the texts it is asked to read."""

    def __init__(self, encoder):
        self.encoder, self.name, self.width, self.n_read = encoder, encoder.name, encoder.width, 0

    def encode(self, texts):
        self.n_read += len(texts)
        return self.encoder.encode(texts)


def test_vectors_come_in_the_order_of_the_texts(session, encoder):
    embedded = embed_texts(session, TEXTS, encoder=encoder)
    assert embedded.digests == tuple(text_digest(text) for text in TEXTS)
    assert embedded.vectors.shape == (3, encoder.width)
    assert embedded.vectors.dtype == np.float32
    np.testing.assert_array_equal(embedded.vectors[0], embedded.vectors[2])
    np.testing.assert_allclose(embedded.vectors, encoder.encode(TEXTS), atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(embedded.vectors, axis=1), 1, atol=1e-3)


def test_unchanged_text_is_never_embedded_twice(session, encoder):
    counting = Counting(encoder)
    first = embed_texts(session, TEXTS, encoder=counting)
    again = embed_texts(session, ["  Is there  life\non Mars? ", "What is dark matter?"], encoder=counting)
    assert counting.n_read == 3
    np.testing.assert_array_equal(first.vectors[0], again.vectors[0])
    assert session.scalar(sa.select(sa.func.count()).select_from(TextVector)) == 3


def test_no_texts_give_no_vectors(session, encoder):
    embedded = embed_texts(session, [], encoder=encoder)
    assert embedded.vectors.shape == (0, encoder.width)
    assert embedded.digests == ()


def test_model_is_filed_once(session, encoder):
    assert model_id_of(session, encoder) == model_id_of(session, encoder)
    model = session.scalars(sa.select(EmbeddingModel)).one()
    assert (model.name, model.width) == (encoder.name, encoder.width)


def test_another_model_of_the_same_name_is_refused(session, encoder):
    session.add(EmbeddingModel(name=encoder.name, width=12))
    session.flush()
    with pytest.raises(Conflict, match="Another language model"):
        model_id_of(session, encoder)

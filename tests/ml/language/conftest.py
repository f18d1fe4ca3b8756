"""The real model, loaded once; public data from beside the repository, where it is present."""

import csv
from pathlib import Path

import pytest

from ml.language.embedding import OnnxEncoder, SentenceEncoder

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(scope="session")
def encoder():
    return SentenceEncoder()


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY


@pytest.fixture(scope="session")
def onnx_encoder(exported_model):
    return OnnxEncoder(exported_model)


@pytest.fixture(scope="session")
def shared_rows():
    """Rows of a public data file; skips the test where the data is not beside the repository."""

    def read(name):
        path = SHARED_DATA / name
        if not path.is_file():
            pytest.skip(f"public test data ../shared/data/{name} is not beside the repository")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def space_questions(shared_rows):
    return [row["question"] for row in shared_rows("space_questions.csv")]


@pytest.fixture(scope="session")
def space_vectors(space_questions, onnx_encoder):
    return onnx_encoder.encode(space_questions)

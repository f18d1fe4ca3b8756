"""The real model, loaded once; public data from beside the repository, where it is present."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from ml.language.embedding import OnnxEncoder, SentenceEncoder

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

# Without network: every connection attempt is an error.
EXPORT = """
import socket, sys
def refuse(*args, **kwargs):
    raise OSError("no network in this test")
socket.socket.connect = socket.getaddrinfo = refuse
from ml.language.embedding import export_onnx
export_onnx(None, sys.argv[1])
"""


@pytest.fixture(scope="session")
def encoder():
    return SentenceEncoder()


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY


@pytest.fixture(scope="session")
def export(tmp_path_factory):
    """The export of the bundled model by a process of its own: its folder and all that it printed."""
    folder = tmp_path_factory.mktemp("models") / "bundled"
    done = subprocess.run([sys.executable, "-c", EXPORT, str(folder)], cwd=REPOSITORY, capture_output=True, text=True)
    return folder, done.stdout + done.stderr


@pytest.fixture(scope="session")
def onnx_encoder(export):
    return OnnxEncoder(export[0])


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

"""Which process has which encoder."""

import os
import subprocess
import sys
from pathlib import Path

from ml.language.embedding import BUNDLED_NAME
from solicit.embeddings.commands import model_export
from solicit.embeddings.encoders import model_folder, web_encoder, worker_encoder

REPOSITORY = Path(__file__).resolve().parents[3]

# A web process: it answers a similar query with the light encoder and has not loaded torch.
WEB = """
import sys
from pathlib import Path
from solicit import create_app
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings
url, owner, folder, address = sys.argv[1:]
app = create_app(Settings(instance_dir=Path(folder), public_url="http://localhost"), DatabaseUrls(url, owner))
answer = app.test_client().get(address)
print(answer.status_code, answer.text)
heavy = {"torch", "sentence_transformers", "transformers", "sklearn"} & set(sys.modules)
print("heavy:", sorted(heavy), "onnxruntime:", "onnxruntime" in sys.modules)
"""


def test_no_encoder_before_the_export(app, session, no_language_model):
    assert web_encoder() is None


def test_web_and_worker_share_one_encoder(app, session, language_model):
    encoder = web_encoder()
    assert encoder.name == BUNDLED_NAME
    assert encoder is web_encoder()
    assert encoder is worker_encoder()


def test_export_command_writes_once(app, session, exported_model, language_model):
    answer = app.test_cli_runner().invoke(model_export)
    assert answer.exit_code == 0
    assert "Nothing to do" in answer.output


def test_names_of_models_are_safe_folders(app, session, monkeypatch, tmp_path):
    settings = app.extensions["settings"]
    for model, name in (("", BUNDLED_NAME), ("owner/a-model", "owner--a-model"), (str(tmp_path), tmp_path.name)):
        monkeypatch.setitem(app.extensions, "settings", type(settings)(language_model=model))
        assert model_folder() == Path(app.instance_path) / "models" / name


def test_web_process_never_loads_torch(app, make_database, exported_model, tmp_path):
    urls = make_database("solicit_web_process")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / BUNDLED_NAME).symlink_to(exported_model)
    fill = [sys.executable, "-c", FILL, urls.app, urls.owner, str(tmp_path)]
    address = "/en/web-process/similar?title=What+makes+the+rings+of+Saturn&language=en"
    serve = [sys.executable, "-c", WEB, urls.app, urls.owner, str(tmp_path), address]
    environ = {**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}"}
    subprocess.run(fill, check=True, cwd=REPOSITORY, env=environ)
    answer = subprocess.run(serve, check=True, cwd=REPOSITORY, env=environ, capture_output=True, text=True).stdout
    assert answer.startswith("200")
    assert "What makes the rings of Saturn?" in answer
    assert "Very close" in answer
    assert "heavy: [] onnxruntime: True" in answer


FILL = """
import sys
from pathlib import Path
from solicit import create_app
from solicit.db import db, transaction
from solicit.embeddings.encoders import worker_encoder
from solicit.embeddings.service import embed_texts, settle_model
from solicit.postgres import DatabaseUrls
from solicit.questions.models import QuestionVector
from solicit.questions.states import Aspect
from solicit.settings import Settings
from builders import make_call
from builders_submissions import make_question
url, owner, folder = sys.argv[1:]
app = create_app(Settings(instance_dir=Path(folder), public_url="http://localhost"), DatabaseUrls(url, owner))
with app.app_context(), transaction() as session:
    call = make_call(session, slug="web-process")
    question = make_question(session, call, title="What makes the rings of Saturn?")
    embedded = embed_texts(session, [question.title], encoder=worker_encoder())
    session.add(QuestionVector(question_id=question.id, model_id=embedded.model_id, call_id=call.id,
                               aspect=Aspect.TITLE, digest=embedded.digests[0], vector=embedded.vectors[0]))
    settle_model(session, call_id=call.id, model_id=embedded.model_id)
"""

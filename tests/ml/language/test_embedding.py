import hashlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.language.embedding import (
    OnnxEncoder,
    bundled_model_path,
    export_onnx,
    normalise_text,
    text_digest,
    token_batches,
)

MIXED = [
    "Is there life on Mars?",
    "",
    "火星上有生命吗？",
    "Quelle est l'origine de l'eau sur Terre ?",
    "¿Por qué se acelera la expansión del universo?",
    "Есть ли жизнь на Марсе?",
    "هل توجد حياة على المريخ؟",
    "How long does a neutron star live? " * 12,
    "Dark matter " * 400,
    *("why " * n for n in range(1, 60, 2)),
]


def test_export_is_quiet_and_needs_no_network(export):
    folder, printed = export

    assert printed == ""
    assert {path.name for path in folder.iterdir()} == {
        "metadata.json",
        "model.onnx",
        "model.onnx.data",
        "tokenizer.json",
    }
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_both_paths_agree(encoder, onnx_encoder):
    cosine = np.sum(encoder.encode(MIXED) * onnx_encoder.encode(MIXED), axis=1)

    assert cosine.min() >= 0.9999
    assert (encoder.name, encoder.width, encoder.max_tokens) == ("all-MiniLM-L6-v2", 384, 256)
    assert (onnx_encoder.name, onnx_encoder.width, onnx_encoder.max_tokens) == ("all-MiniLM-L6-v2", 384, 256)
    assert onnx_encoder.count_tokens(MIXED).tolist() == encoder.count_tokens(MIXED).tolist()


def test_our_vectors_are_those_of_sentence_transformers(encoder):
    from sentence_transformers import SentenceTransformer

    texts = [text.strip() for text in MIXED]
    plain = SentenceTransformer(str(bundled_model_path()), device="cpu").encode(texts)

    np.testing.assert_allclose(encoder.encode(texts), plain, atol=1e-5)


@pytest.mark.parametrize("path", ["encoder", "onnx_encoder"])
def test_vectors_have_length_one_and_the_order_of_the_texts(path, request):
    encoder = request.getfixturevalue(path)

    vectors = encoder.encode(MIXED)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(MIXED), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[0], encoder.encode(MIXED[:1])[0], atol=1e-5)
    np.testing.assert_allclose(vectors[::-1], encoder.encode(MIXED[::-1]), atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.count_tokens([]).shape == (0,)


def test_related_texts_are_closer_than_unrelated(onnx_encoder):
    moon, same, other = onnx_encoder.encode(
        ["Can a moon have a moon?", "Could a moon be orbited by its own moon?", "How do vaccines work?"]
    )

    assert moon @ same > 0.75 > 0.3 > moon @ other


def test_text_beyond_the_limit_is_counted_but_does_not_reach_the_vector(onnx_encoder):
    start = "star " * 254

    assert onnx_encoder.count_tokens([start]).tolist() == [256]
    assert onnx_encoder.count_tokens([start + "bacteria " * 20])[0] > onnx_encoder.max_tokens
    first, second = onnx_encoder.encode([start, start + "bacteria " * 20])
    assert first @ second == pytest.approx(1, abs=1e-5)


def test_a_text_and_its_normal_form_share_digest_and_vector(onnx_encoder):
    plain, odd = "Où naît l'étoile ?", "  Ou\u0300 nai\u0302t\u00a0l'e\u0301toile\n\t? "

    assert normalise_text(odd) == plain
    assert text_digest(odd) == hashlib.sha256(plain.encode()).digest()
    np.testing.assert_array_equal(onnx_encoder.encode([odd]), onnx_encoder.encode([plain]))


def test_powers_and_indices_keep_their_meaning():
    assert normalise_text("10⁻³ of H₂O") == "10⁻³ of H₂O"


def test_digest_refuses_a_lone_surrogate():
    with pytest.raises(ValueError, match="surrogates"):
        text_digest("\ud800")


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise_text(normalise_text(text)) == normalise_text(text)


@given(st.lists(st.integers(0, 256), max_size=200))
def test_batches_hold_every_row_once_within_the_budget(lengths):
    lengths = np.array(lengths, dtype=np.int64)

    batches = list(token_batches(lengths))

    assert sorted(row for batch in batches for row in batch.tolist()) == list(range(len(lengths)))
    assert all(len(batch) <= 32 and len(batch) * lengths[batch].max() <= 1024 for batch in batches)


def test_light_path_loads_neither_torch_nor_transformers(export, repository):
    script = (
        "import sys; from ml.language.embedding import OnnxEncoder;"
        "from ml.language import clustering, duplicates, labels, themes;"
        "slow = {'torch', 'sklearn', 'jieba', 'onnxruntime', 'tokenizers', 'graspologic_native'};"
        "before = slow & set(sys.modules);"
        "OnnxEncoder(sys.argv[1]).encode(['a']);"
        "print(sorted(before), sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, str(export[0])]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("[] []\n", "")


def test_a_finished_export_is_left_as_it_is(export):
    folder, _ = export
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    export_onnx(None, folder)

    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_export_refuses_a_folder_of_something_else(export, tmp_path):
    with pytest.raises(FileExistsError, match="does not hold the model other"):
        export_onnx(None, export[0], name="other")
    with pytest.raises(FileExistsError):
        export_onnx(None, tmp_path)


def test_half_an_export_is_not_loaded(export, tmp_path):
    shutil.copy(export[0] / "tokenizer.json", tmp_path)

    with pytest.raises(FileNotFoundError):
        OnnxEncoder(tmp_path)

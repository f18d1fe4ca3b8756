"""The encoder of a process: workers make the light export of the model, web processes only read it."""

from functools import cache
from pathlib import Path

from flask import current_app

from ml.language.embedding import BUNDLED_NAME, OnnxEncoder, export_onnx

FINISHED = "metadata.json"


def worker_encoder() -> OnnxEncoder:
    """The encoder of workers and commands; the first one of a site exports the model."""
    export_model()
    return _loaded(model_folder())


def web_encoder() -> OnnxEncoder | None:
    """The encoder of web processes, which never load torch; None while nobody has exported the model."""
    return _loaded(model_folder()) if is_exported() else None


def export_model() -> Path:
    """Write the export of this site's model unless it is there, and return its folder."""
    folder = model_folder()
    if not is_exported():
        export_onnx(current_app.extensions["settings"].language_model or None, folder)
    return folder


def is_exported() -> bool:
    return (model_folder() / FINISHED).is_file()


def model_folder() -> Path:
    """Where the export of this site's model is kept."""
    model = current_app.extensions["settings"].language_model
    name = Path(model).resolve().name if model and Path(model).is_dir() else model or BUNDLED_NAME
    return Path(current_app.instance_path) / "models" / name.replace("/", "--")


@cache
def _loaded(folder: Path) -> OnnxEncoder:
    return OnnxEncoder(folder)

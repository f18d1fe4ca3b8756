"""Encoders by the name of their model: workers make the light export of a model, web processes only read it."""

import logging
from functools import lru_cache
from pathlib import Path

from flask import current_app

from ml.language.embedding import BUNDLED_NAME, OnnxEncoder, export_onnx, model_name
from solicit.errors import DomainError
from solicit.words import N_

log = logging.getLogger(__name__)

FINISHED = "metadata.json"
# While a site changes its model, the old one answers and the new one reads.
MODELS_AT_ONCE = 2


class ModelUnavailable(DomainError):
    """A model could not be loaded; what stands in the log is for the operator."""

    message = N_(
        "The language model could not be loaded. The log of the site says why. Until then everything stays as it is."
    )


def site_model() -> str:
    """The name of the model that the settings ask for."""
    return model_name(current_app.extensions["settings"].language_model or None)


def worker_encoder(name: str | None = None) -> OnnxEncoder:
    """The encoder of a model, by default the site's, for workers and commands; the first one exports the model.

    Raises: ModelUnavailable
    """
    folder = export_model(name)
    try:
        return _loaded(folder)
    except Exception as error:
        log.exception("The export in %s could not be loaded", folder)
        raise ModelUnavailable from error


def web_encoder(name: str | None = None) -> OnnxEncoder | None:
    """The encoder of a model, by default the site's, for web processes, which never load torch.

    None while nobody has exported the model.
    """
    return _loaded(model_folder(name)) if is_exported(name) else None


def export_model(name: str | None = None) -> Path:
    """Write the export of a model unless it is there, and return its folder.

    Raises: ModelUnavailable
    """
    name = name or site_model()
    folder = model_folder(name)
    if not is_exported(name):
        try:
            export_onnx(_source_of(name), folder, name=name)
        except Exception as error:  # whatever the libraries raise about a model that is not what it should be
            log.exception("The language model %s could not be exported", name)
            raise ModelUnavailable from error
    return folder


def is_exported(name: str | None = None) -> bool:
    return (model_folder(name) / FINISHED).is_file()


def model_folder(name: str | None = None) -> Path:
    """Where the export of a model, by default the site's, is kept."""
    return Path(current_app.instance_path) / "models" / (name or site_model()).replace("/", "--")


def _source_of(name: str) -> str | None:
    """From where a model is loaded: the folder or name of the settings, nothing for the bundled one."""
    if name == site_model():
        return current_app.extensions["settings"].language_model or None
    return None if name == BUNDLED_NAME else name


@lru_cache(maxsize=MODELS_AT_ONCE)
def _loaded(folder: Path) -> OnnxEncoder:
    return OnnxEncoder(folder)

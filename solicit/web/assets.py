"""Addresses of static files that change with their content, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, request


def install_assets(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """The address of a static file with a digest of its content; a foreign host gets no routing, but a style."""
    digest = _digest(current_app.static_folder, path)
    return f"{request.script_root}{current_app.static_url_path}/{path}?v={digest}"


@cache
def _digest(folder: str, path: str) -> str:
    return hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest()[:12]

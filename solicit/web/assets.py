"""Addresses of static files that change with their content, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, url_for


def install_assets(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """The address of a static file with a digest of its content."""
    return url_for("static", filename=path, v=_digest(Path(current_app.static_folder) / path))


@cache
def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]

"""Importing the same module of every feature: all models, all tasks."""

import importlib
from pathlib import Path

PACKAGE = Path(__file__).parent


def import_every(name: str) -> None:
    """Import ``solicit.<feature>.<name>`` wherever it exists."""
    for module in sorted(PACKAGE.glob(f"*/{name}.py")):
        importlib.import_module(f"{PACKAGE.name}.{module.parent.name}.{name}")

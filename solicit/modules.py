"""Importing the same module of every feature: all models, all tasks."""

import importlib
from pathlib import Path

PACKAGE = Path(__file__).parent


def import_every(name: str) -> None:
    """Import ``solicit.<feature>.<name>`` wherever it exists."""
    for file in sorted([*PACKAGE.glob(f"*/{name}.py"), *PACKAGE.glob(f"*/{name}/__init__.py")]):
        feature = file.relative_to(PACKAGE).parts[0]
        importlib.import_module(f"{PACKAGE.name}.{feature}.{name}")

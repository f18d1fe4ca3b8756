"""Where templates, static files, migrations and translations are: in a checkout or in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def files_dir(name: str) -> Path:
    """The folder ``name`` beside the package (checkout) or inside it (installed wheel)."""
    packed = PACKAGE / "_files" / name
    return packed if packed.exists() else PACKAGE.parent / name

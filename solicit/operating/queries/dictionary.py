"""What the files of a package hold, for whoever reads them without us: made of the models themselves."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from solicit.db import PERSONAL, WITHHELD, Base
from solicit.modules import import_every
from solicit.operating.queries.belongs import Belongings, kept_columns

PRIVACY = {PERSONAL["pii"]: "personal", WITHHELD["pii"]: "confidential"}


def dictionary(belongings: Belongings) -> dict:
    """Table by table: its file, what it is for, and every column with type, keys and whose it is."""
    import_every("models")
    about = {mapper.local_table.name: _about(mapper.class_) for mapper in Base.registry.mappers}
    return {
        name: {
            "file": file_of(name),
            "about": about.get(name, ""),
            "key": [column.name for column in table.primary_key],
            "columns": [_column(column) for column in kept_columns(table)],
        }
        for name, table in belongings.tables.items()
    }


def file_of(table: str) -> str:
    return f"{table}.jsonl"


def _about(model: type) -> str:
    return " ".join((model.__doc__ or "").partition("\n")[0].split())


def _column(column: sa.Column) -> dict:
    kind = column.type
    facts = {
        "name": column.name,
        "type": "text" if isinstance(kind, sa.Enum) else kind.compile(dialect=postgresql.dialect()).lower(),
        "may_be_missing": column.nullable,
    }
    if isinstance(kind, sa.Enum):
        facts["values"] = list(kind.enums)
    if column.foreign_keys:
        facts["refers_to"] = sorted(key.target_fullname for key in column.foreign_keys)
    info = column.info.get("pii") or column.table.info.get("pii")
    return facts | ({"privacy": PRIVACY[info]} if info in PRIVACY else {})

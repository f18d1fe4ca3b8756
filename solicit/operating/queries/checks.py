"""Looking at the parts that an installation stands on, each by itself, so that one fault hides no other."""

import shutil
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from solicit.operating.states import Finding, Health
from solicit.settings import Settings

LEAST_VECTOR = (0, 8)
LEAST_POSTGRES = 15
CLOCKS_APART = timedelta(seconds=5)
# A worker says every ten seconds that it lives.
SILENT = timedelta(seconds=60)
WAITED_LONG = timedelta(minutes=10)
LITTLE_SPACE, LEAST_SPACE = 5_000_000_000, 500_000_000
SMTP_PATIENCE = 10


def database_findings(connection: sa.Connection, *, head: str, now: datetime) -> list[Finding]:
    """The server, its tables, and its clock; five statements."""
    version = connection.scalar(sa.text("SELECT current_setting('server_version_num')::int")) // 10_000
    extension = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    revision = (
        connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if _has_tables(connection) else None
    )
    return [
        _server(version, connection.scalar(sa.text(extension))),
        _tables(revision, head),
        _clock(connection.scalar(sa.text("SELECT clock_timestamp()")), now),
    ]


def worker_findings(connection: sa.Connection, *, now: datetime) -> list[Finding]:
    """Whether workers live, and whether the queue moves; two statements."""
    alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > :since"
    n_workers = connection.scalar(sa.text(alive), {"since": now - SILENT})
    waiting = "SELECT min(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id"
    waiting += " WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= :now)"
    oldest = connection.scalar(sa.text(waiting), {"now": now})
    return [_workers(n_workers), _queue(oldest, now)]


def disk_finding(folder: Path) -> Finding:
    free = shutil.disk_usage(folder if folder.exists() else folder.absolute().parent).free
    found = f"{free / 1e9:.1f} GB are free below {folder}."
    if free < LEAST_SPACE:
        return Finding("disk", Health.FAULT, found, "Make room at once: the database stops when the disk is full.")
    if free < LITTLE_SPACE:
        return Finding("disk", Health.WARNING, found, "Make room soon, or move the instance folder to a larger disk.")
    return Finding("disk", Health.WELL, found)


def model_finding(folder: Path, *, is_exported: bool) -> Finding:
    if is_exported:
        return Finding("model", Health.WELL, f"The language model is exported in {folder}.")
    remedy = "Run: solicit model export. A worker does it, too, with its first question."
    return Finding("model", Health.WARNING, "The language model is not exported yet: no similar questions.", remedy)


def mail_finding(settings: Settings) -> Finding:
    """Whether the mail server answers and takes the password; nothing is sent."""
    if not settings.mail_server:
        where = settings.instance_dir / "mail"
        health = Health.FAULT if settings.is_production else Health.WARNING
        return Finding("mail", health, f"Mails are written into {where}.", "Set SOLICIT_MAIL_SERVER to send them.")
    name = f"{settings.mail_server}:{settings.mail_port}"
    try:
        with smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=SMTP_PATIENCE) as server:
            if settings.mail_use_tls:
                server.starttls(context=ssl.create_default_context())
            if settings.mail_username:
                server.login(settings.mail_username, settings.mail_password)
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        remedy = "Check SOLICIT_MAIL_SERVER, _PORT, _USE_TLS, _USERNAME and _PASSWORD; letters wait in the outbox."
        return Finding("mail", Health.FAULT, f"{name} refuses us ({type(error).__name__}).", remedy)
    return Finding("mail", Health.WELL, f"{name} answers.")


def settings_findings(settings: Settings, code: Path, *, may_write: bool) -> list[Finding]:
    """What the settings allow, though nobody should want it where strangers come."""
    found = []
    if not settings.is_production:
        remedy = "Set SOLICIT_ENVIRONMENT=production where strangers come: unsafe values are refused then."
        found.append(Finding("settings", Health.WARNING, "This is a development site.", remedy))
    if may_write and settings.is_production:
        remedy = "Run as a user that may read the code and not change it."
        found.append(Finding("settings", Health.WARNING, f"This user may change the code in {code}.", remedy))
    return found or [Finding("settings", Health.WELL, "The settings are those of production.")]


def worst_of(findings: Sequence[Finding]) -> Health:
    found = {finding.health for finding in findings}
    return next((health for health in (Health.FAULT, Health.WARNING) if health in found), Health.WELL)


def _has_tables(connection: sa.Connection) -> bool:
    return connection.scalar(sa.text("SELECT to_regclass('alembic_version')")) is not None


def _server(version: int, vector: str | None) -> Finding:
    found = f"PostgreSQL {version} answers, pgvector {vector or 'is missing'}."
    if vector is None:
        return Finding("database", Health.FAULT, found, "As superuser run: CREATE EXTENSION vector")
    if version < LEAST_POSTGRES or tuple(int(part) for part in vector.split(".")[:2]) < LEAST_VECTOR:
        return Finding("database", Health.FAULT, found, "solicit needs PostgreSQL 15 and pgvector 0.8, or later ones.")
    return Finding("database", Health.WELL, found)


def _tables(revision: str | None, head: str) -> Finding:
    if revision == head:
        return Finding("tables", Health.WELL, f"The tables are up to date ({head}).")
    found = f"The tables are at {revision or 'nothing'}, the code wants {head}."
    return Finding("tables", Health.FAULT, found, "Run: solicit db upgrade")


def _clock(theirs: datetime, ours: datetime) -> Finding:
    apart = abs(theirs - ours)
    if apart <= CLOCKS_APART:
        return Finding("clock", Health.WELL, "The clocks of database and site agree.")
    found = f"The clocks of database and site are {apart.total_seconds():.0f} seconds apart."
    return Finding("clock", Health.FAULT, found, "Let both keep time by NTP: closing times depend on it.")


def _workers(n_workers: int) -> Finding:
    if n_workers:
        return Finding("worker", Health.WELL, f"Workers that live: {n_workers}.")
    remedy = "Run: solicit worker (solicit serve runs one beside the site). Until then no mail goes out."
    return Finding("worker", Health.FAULT, "No worker was heard of in the last minute.", remedy)


def _queue(oldest: datetime | None, now: datetime) -> Finding:
    if oldest is None or now - oldest < WAITED_LONG:
        return Finding("queue", Health.WELL, "The queue moves.")
    found = f"The oldest job has waited for {(now - oldest).total_seconds() / 60:.0f} minutes."
    return Finding("queue", Health.WARNING, found, "Look at the worker's log, or run a second worker.")

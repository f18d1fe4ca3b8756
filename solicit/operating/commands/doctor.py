"""What is wrong with an installation, and what to do about it."""

import os
from collections.abc import Iterator
from dataclasses import asdict

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from solicit.clock import utcnow
from solicit.db import db
from solicit.embeddings.encoders import is_exported, model_folder
from solicit.operating.queries import checks
from solicit.operating.states import Finding, Health
from solicit.web.commands import wanted_revision
from solicit.web.files import PACKAGE
from solicit.web.output import say, say_rows

SIGNS = {Health.WELL: "ok", Health.WARNING: "look", Health.FAULT: "FAULT"}


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check database, clock, worker, mail, language model and disk, and say what to do.

    Ends with 0 when nothing is at fault, with 1 when something is.

    \b
    Example:
      solicit doctor
      solicit doctor --json
    """
    findings = list(_findings(current_app._get_current_object()))
    rows = [asdict(finding) | {"health": finding.health.value} for finding in findings]
    say_rows(rows, lines=[line for finding in findings for line in _lines(finding)])
    worst = checks.worst_of(findings)
    if worst is Health.FAULT:
        raise click.exceptions.Exit(1)
    say("All is well." if worst is Health.WELL else "It works; have a look at the warnings.")


def _findings(app: Flask) -> Iterator[Finding]:
    settings = app.extensions["settings"]
    yield from checks.settings_findings(settings, PACKAGE, may_write=os.access(PACKAGE, os.W_OK))
    yield from _database()
    yield checks.mail_finding(settings)
    yield checks.model_finding(model_folder(), is_exported=is_exported())
    yield checks.disk_finding(settings.instance_dir)


def _database() -> Iterator[Finding]:
    now = utcnow()
    try:
        connection = db.session.connection()
        found = checks.database_findings(connection, head=wanted_revision(), now=now)
        is_there = all(finding.health is Health.WELL for finding in found)
        yield from found + (checks.worker_findings(connection, now=now) if is_there else [])
    except SQLAlchemyError as error:
        remedy = "Start the server, or check SOLICIT_DATABASE_URL."
        yield Finding("database", Health.FAULT, f"The database does not answer ({type(error).__name__}).", remedy)


def _lines(finding: Finding) -> list[str]:
    first = f"{SIGNS[finding.health]:<6}{finding.part:<10}{finding.found}"
    return [first, f"{'':<16}{finding.remedy}"] if finding.remedy else [first]

"""A site with sample content, in one command."""

import os

import click
import sqlalchemy as sa
from flask import Flask, url_for
from flask.cli import ScriptInfo
from flask_migrate import upgrade

from solicit.access.policy import ROLE_WORDS, Role
from solicit.clock import utcnow
from solicit.db import db
from solicit.demo.content import sample_people
from solicit.demo.load import N_STEPS, Incomplete, is_loaded, load_sample
from solicit.demo.many import load_generated
from solicit.embeddings.encoders import export_model
from solicit.errors import DomainError
from solicit.people.queries import person_id_of
from solicit.people.service.demo import demo_key
from solicit.postgres import stop_embedded
from solicit.web.commands import run_site


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--questions", "n_questions", default=0, type=click.IntRange(0, 100_000), help="Add so many generated questions."
)
@click.option("--serve/--no-serve", "serves", default=True, help="Serve the site when everything is loaded.")
@click.pass_context
def demo(context: click.Context, host: str, port: int, n_questions: int, serves: bool) -> None:
    """Serve a site with sample content on the embedded database, and print links that sign you in.

    The content is loaded once and kept in the instance folder. Refused in production and with an https
    address, because anybody who reads the links may use them. Generated questions are the same on every
    machine; a load that was interrupted goes on. Compare and group them with: solicit analyse deep-space

    \b
    Example:
      solicit demo
      solicit demo --port 8080
      solicit demo --no-serve --questions 10000
    """
    os.environ.setdefault("SOLICIT_PUBLIC_URL", f"http://{host}:{port}")
    os.environ["SOLICIT_DEMO"] = "1"
    app = context.ensure_object(ScriptInfo).load_app()
    public_url = app.config["PUBLIC_URL"]
    with app.app_context():
        prepare(app)
        if n_questions:
            add_generated(app, n_questions)
        print_links(app, public_url)
        if app.config["MAIL_BACKEND"] == "file":
            click.echo(f"\nMails are not sent: each is written to a file in {app.config['MAIL_FILE_PATH']}.")
        if serves:
            click.echo(f"\nServing {public_url}/ - stop with Ctrl+C.")
            db.session.remove()  # the database ends a transaction that is left open while the site is served
            run_site(app, host=host, port=port, worker=True)
            db.engine.dispose()
            stop_embedded(app.extensions["settings"])


def prepare(app: Flask) -> None:
    """Migrate, export the language model, and load the sample content unless it is there."""
    click.echo("Bringing the database up to date ...", err=True)
    upgrade()
    click.echo("Preparing the language model (once) ...", err=True)
    export_model()
    try:
        if is_loaded(db.session()):
            return
    except Incomplete:
        folder = app.extensions["settings"].instance_dir.resolve()
        raise click.ClickException(
            f"The sample content was loaded only in part. Stop the database, delete {folder} and start again."
        ) from None
    with click.progressbar(length=N_STEPS, label="Loading the sample call", item_show_func=lambda step: step) as bar:
        load_sample(
            credentials=app.extensions["credentials"],
            secret=app.config["SECRET_KEY"],
            now=utcnow(),
            report=lambda step: bar.update(1, step),
        )


def add_generated(app: Flask, n_questions: int) -> None:
    """Bring the generated questions of the sample call up to a number."""
    with click.progressbar(length=n_questions, label="Adding generated questions", show_pos=True) as bar:
        try:
            load_generated(
                n_questions, credentials=app.extensions["credentials"], now=utcnow(), report=lambda n: bar.update(n)
            )
        except DomainError as error:
            raise click.ClickException(str(error)) from None
    _refresh_statistics(app)


def _refresh_statistics(app: Flask) -> None:
    """Let the database know how much there is now, or it plans for an empty table until it looks by itself."""
    engine = sa.create_engine(app.config["OWNER_DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        owner.execute(sa.text("ANALYZE"))
    engine.dispose()


def print_links(app: Flask, public_url: str) -> None:
    """A link for each of five sample people; each opens a page with one button."""
    people = sample_people()
    first, second = people.organizers[:2]
    chair, panelist = people.shown_judges
    shown = (
        (people.authors[0], "scientist"),
        (panelist, ROLE_WORDS[Role.PANELIST]),
        (chair, ROLE_WORDS[Role.CHAIR]),
        (first, ROLE_WORDS[Role.ORGANIZER]),
        (second, ROLE_WORDS[Role.ORGANIZER]),
    )
    click.echo(f"\n{public_url}/ shows the sample call. Sign in as one of these people:")
    for person, role in shown:
        person_id = person_id_of(db.session(), email=person.email)
        with app.test_request_context(base_url=public_url):
            path = url_for("people.demo", lang="en", key=demo_key(app.config["SECRET_KEY"], person_id))
        click.echo(f"  {role:<24}{person.full_name:<22}{public_url}{path}")

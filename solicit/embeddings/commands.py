"""Preparing the language model on the command line."""

import click
from flask.cli import with_appcontext

from solicit.embeddings.encoders import export_model, is_exported


@click.group("model")
def model_commands() -> None:
    """Look after the language model."""


@model_commands.command("export")
@with_appcontext
def model_export() -> None:
    """Write the light copy of the language model that the site reads; once is enough.

    A worker does it by itself with its first question. Doing it before the site starts spares the first
    visitors a page without similar questions.

    \b
    Example:
      solicit model export
    """
    was_there = is_exported()
    folder = export_model()
    click.echo(f"Nothing to do: the model is in {folder}." if was_there else f"The model was written to {folder}.")

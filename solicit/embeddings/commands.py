"""Preparing the language model on the command line, and looking at how it is searched."""

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from solicit.db import db
from solicit.embeddings.encoders import export_model, is_exported, site_model
from solicit.embeddings.indexes import EXACT_BELOW
from solicit.embeddings.queries import ModelState, model_states
from solicit.web.output import say


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
    said = f"Nothing to do: the model is in {folder}." if was_there else f"The model was written to {folder}."
    say(said, folder=folder, was_there=was_there)


@model_commands.command("status")
@with_appcontext
def model_status() -> None:
    """Say which models made vectors, for which calls they answer, and how their vectors are searched.

    \b
    Example:
      solicit model status
    """
    name = site_model()
    say(
        f"The settings ask for {name}: {'exported' if is_exported() else 'not exported yet'}.",
        model=name,
        is_exported=is_exported(),
    )
    for state in model_states(db.session()):
        say("\n".join(_lines(state)), **asdict(state))


def _lines(state: ModelState) -> list[str]:
    return [
        f"{state.name}, {state.width} numbers each, {state.n_vectors:,} vectors",
        f"  answers for: {', '.join(state.calls) or 'no call'}",
        f"  languages: {', '.join(state.reads) or 'all'}",
        f"  search: {_search(state)}",
    ]


def _search(state: ModelState) -> str:
    if state.is_indexed:
        built = f"{state.indexed_at:%Y-%m-%d %H:%M} UTC" if state.indexed_at else "at an unknown time"
        return f"by an index (HNSW) of {state.n_bytes / 1e6:.0f} MB, built {built}"
    reason = state.problem or f"an index is built from {EXACT_BELOW:,} vectors on"
    return f"exact: {reason}"

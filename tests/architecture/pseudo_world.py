"""The world of all doors on a site that speaks two made-up languages, one of them from right to left."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from pseudo_locale import PSEUDO, PSEUDO_RTL, write_catalogues

from architecture.world import World, standing_world
from solicit import create_app
from solicit.db import db
from solicit.settings import Settings


@contextmanager
def pseudo_world(make_database, tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("pseudo")
    settings = Settings(
        instance_dir=folder / "instance",
        testing=True,
        public_url="http://localhost",
        locales=("en", PSEUDO, PSEUDO_RTL),
        translations_dir=str(write_catalogues(folder / "translations")),
    )
    app = create_app(settings, make_database(f"solicit_pseudo_{folder.parent.name.replace('-', '_')}"))
    with standing_world(app) as world:
        yield world
    with app.app_context():
        db.engine.dispose()


def speak(world: World, language: str) -> None:
    """Give every account this language: tools take it from there."""
    world.connection.execute(sa.text("UPDATE person SET locale = :language"), {"language": language})

"""A call with one thing of every kind, votes that are sealed and a ranking, in a database of its own."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from architecture.things import Cast, make_things
from builders import make_call, make_organizer, make_person
from builders_chain import live, make_asked_round
from builders_rankings import Judged
from sqlalchemy.orm import Session

from solicit.clock import utcnow
from solicit.operating.service.package import write_package
from solicit.postgres import DatabaseUrls


@dataclass(frozen=True)
class Packed:
    """Where a call was taken from, and its package."""

    urls: DatabaseUrls
    file: Path
    manifest: dict
    other_slug: str


@pytest.fixture(scope="module")
def packed(app, make_database, tmp_path_factory) -> Packed:
    urls = make_database("solicit_packed")
    engine = sa.create_engine(urls.app)
    file = tmp_path_factory.mktemp("package") / "call.zip"
    with app.app_context(), Session(engine) as session:
        call, other = make_call(session), make_call(session)
        _vote(session, call)
        people = {name: make_person(session) for name in Cast.__dataclass_fields__}
        make_things(session, call, Cast(**people), secret=app.secret_key)
        make_organizer(session, other)
        _vote(session, other)
        session.commit()
        with file.open("wb") as output:
            manifest = write_package(session.connection(), call_id=call.id, output=output)
    yield Packed(urls, file, manifest, other.slug)
    engine.dispose()


def _vote(session, call) -> None:
    """Votes of every kind of act in one round, and another one that is ranked."""
    _, asked = make_asked_round(session, call=call, now=utcnow())
    live(session, asked, random.Random(5), n_acts=40, now=utcnow())
    judged = Judged(session, call=call)
    judged.score_all()
    judged.freeze()

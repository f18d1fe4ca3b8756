"""Publishing: one package that never changes, the rankings it is made of, the state of the call (decisions/0035)."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts, call_facts
from solicit.calls.service import lock_call, publish_call
from solicit.calls.states import CallState
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.provenance import versions
from solicit.questions.queries.second_looks import changed_since
from solicit.rankings.queries.runs import RunLink
from solicit.rankings.service.publish import publish as publish_run
from solicit.reports.models import Publication
from solicit.reports.queries.publication.published import PublicationLine, publications
from solicit.reports.queries.publication.rankings import results_of
from solicit.reports.queries.publication.tables import TABLES
from solicit.reports.service.publication.letters import start_telling
from solicit.reports.service.publication.package import packed
from solicit.reports.service.publication.words import Cover, texts_of
from solicit.words import N_

FORMAT = "solicit publication 1"
PUBLISHABLE = (CallState.CLOSED, CallState.PUBLISHED)
# Tables that the page of results shows; the others are read in the package.
SHOWN = ("topics", "outcomes", "participation")


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What an organizer saw and confirmed: the number it gets, its rankings, what it corrects, who is written to."""

    number: int
    run_ids: tuple[int, ...]
    note: str = ""
    tells: bool = True


def publish_results(
    session: Session, *, call: CallFacts, confirmed: Confirmed, address: str, actor_id: int, now: datetime
) -> int:
    """Publish the results of a call as they are now, for good, and return the id of the publication.

    ``address`` is where the results of the call stand for the public. A call that was closed becomes published.
    Raises: Closed, Conflict, Refused
    """
    call = _locked(session, call)
    runs = results_of(session, call=call)
    earlier = publications(session, call=call)
    _check(earlier, confirmed, runs)
    for run in runs:
        if not run.is_published:
            publish_run(session, call=call, run_id=run.id, actor_id=actor_id, now=now)
    changed = changed_since(session, call=call, since=earlier[0].published_at) if earlier else []
    cover = _cover(call, confirmed, address, now, changed)
    row = _packed(session, call, cover, runs, actor_id, now)
    record(
        session,
        act="publish",
        subject="publication",
        subject_id=row.id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        number=row.number,
        digest=row.digest.hex(),
    )
    if call.state is CallState.CLOSED:
        publish_call(session, call_id=call.id, actor_id=actor_id, now=now)
    if confirmed.tells:
        start_telling(session, call=call, publication_id=row.id, started_by_id=actor_id, now=now)
    return row.id


def _locked(session: Session, call: CallFacts) -> CallFacts:
    """The call as it is now, in its own words; nobody changes its state until the transaction ends."""
    lock_call(session, call_id=call.id)
    session.expire_all()
    call = call_facts(session, slug=call.slug)
    if call is None:
        raise NotFound
    if call.state is CallState.ARCHIVED:
        raise Closed(N_("The call is archived: nothing more is published."))
    if call.state not in PUBLISHABLE:
        raise Closed(N_("The call still takes questions. Results can be published once it has closed."))
    return call


def _check(earlier: tuple[PublicationLine, ...], confirmed: Confirmed, runs: tuple[RunLink, ...]) -> None:
    if not runs:
        raise Refused(N_("No ranking is frozen yet. Freeze one before you publish the results."))
    last = earlier[0].number if earlier else 0
    if confirmed.number != last + 1 or confirmed.run_ids != tuple(run.id for run in runs):
        raise Conflict(N_("Something was published or ranked since you looked. Look at it again, then publish."))
    if last and not confirmed.note:
        raise Refused(N_("Say what this publication changes: the earlier ones stay available."))


def _cover(call: CallFacts, confirmed: Confirmed, address: str, now: datetime, changed: list[str]) -> Cover:
    return Cover(
        slug=call.slug,
        title=call.title,
        licence=call.licence,
        number=confirmed.number,
        day=now.astimezone(UTC).date(),
        address=f"{address}/{confirmed.number}/data.zip",
        note=confirmed.note,
        changed=tuple(changed),
    )


def _packed(
    session: Session, call: CallFacts, cover: Cover, runs: tuple[RunLink, ...], actor_id: int, now: datetime
) -> Publication:
    ids = [run.id for run in runs]
    rows = {table.name: list(table.rows(session, call, ids)) for table in TABLES}
    n_rows = {name: len(each) for name, each in rows.items()}
    package = packed(rows, texts_of(cover, runs, n_rows))
    shown = {table.name: _as_objects(table, rows) for table in TABLES if table.name in SHOWN}
    about = {"format": FORMAT, "title": cover.title, "licence": cover.licence}
    publication = Publication(
        call_id=call.id,
        number=cover.number,
        digest=hashlib.sha256(package).digest(),
        package=package,
        contents={**about, "changed": cover.changed, "runs": ids, "n_rows": n_rows, "versions": versions(), **shown},
        note=cover.note,
        published_at=now,
        published_by_id=actor_id,
    )
    session.add(publication)
    session.flush()
    return publication


def _as_objects(table, rows: dict[str, list]) -> list[dict]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in rows[table.name]]

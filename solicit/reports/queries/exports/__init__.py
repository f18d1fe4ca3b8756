"""The tables that organizers take away, by name: pages, the command line, the API and open data use the same.

What a reader must not see is left out in each table's statement, before anything is counted or ordered.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.reports.queries.exports.candidates import CANDIDATES
from solicit.reports.queries.exports.participation import PARTICIPATION
from solicit.reports.queries.exports.questions import DUPLICATES, QUESTIONS, TOPICS
from solicit.reports.queries.exports.ranked import RANKED_THEMES, RANKINGS
from solicit.reports.queries.exports.reviews import REVIEWS, REVIEWS_WIDE
from solicit.reports.queries.exports.submissions import AUTHORS, SUBMISSIONS, VERSIONS
from solicit.reports.queries.exports.table import EVERYTHING, Chosen, Door, Export, Table, description_of, export_of
from solicit.reports.queries.exports.votes import BALLOTS, COMPARISONS, DISCUSSION

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        QUESTIONS,
        TOPICS,
        DUPLICATES,
        SUBMISSIONS,
        VERSIONS,
        AUTHORS,
        PARTICIPATION,
        REVIEWS,
        REVIEWS_WIDE,
        COMPARISONS,
        BALLOTS,
        DISCUSSION,
        RANKINGS,
        RANKED_THEMES,
        CANDIDATES,
    )
}


def row_counts(session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> dict[str, int]:
    """How many rows each table has for a reader, by its name; one statement."""
    reader = dict(call=call, viewer_id=viewer_id, chosen=chosen)
    counted = [(table.name, table.count(**reader)) for table in TABLES.values() if table.count]
    wanted = sa.select(*(count.scalar_subquery().label(name) for name, count in counted))
    return dict(session.execute(wanted).one()._mapping)


__all__ = ["EVERYTHING", "TABLES", "Chosen", "Door", "Export", "Table", "description_of", "export_of", "row_counts"]

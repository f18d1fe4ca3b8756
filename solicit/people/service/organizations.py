"""The list of organizations that forms suggest."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.people.models import Organization
from solicit.people.service.ror_dump import RegisteredOrganization
from solicit.web.folding import fold

COPY = "COPY organization (ror, name, country, search_text) FROM STDIN"


def replace_organizations(session: Session, *, organizations: Iterable[RegisteredOrganization]) -> int:
    """Put these in the place of all that were there before; returns how many they are."""
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))  # the index of 100,000 organizations takes a while
    session.execute(sa.delete(Organization))
    with session.connection().connection.driver_connection.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            for found in organizations:
                copy.write_row((found.ror, found.name, found.country, fold(*found.names)))
        return cursor.rowcount

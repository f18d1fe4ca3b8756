"""Suggesting organizations by the words somebody types."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.people.models import Organization
from solicit.web.folding import fold, search_query

N_SUGGESTED = 10
SHORTEST = 2
LONGEST = 200


@dataclass(frozen=True)
class OrganizationView:
    ror: str
    name: str
    country: str | None


def suggested_organizations(session: Session, *, typed: str) -> tuple[OrganizationView, ...]:
    """Organizations that have every word, those that begin with them and short names first; at most one statement."""
    words = typed[:LONGEST]
    query = search_query(words)
    if not query or len(words.strip()) < SHORTEST:
        return ()
    rows = session.execute(
        sa.select(Organization.ror, Organization.name, Organization.country)
        .where(Organization.search_vector.op("@@")(sa.func.to_tsquery("simple", query)))
        .order_by(
            sa.func.starts_with(Organization.search_text, fold(words)).desc(),
            sa.func.length(Organization.name),
            Organization.name,
        )
        .limit(N_SUGGESTED)
    )
    return tuple(OrganizationView(*row) for row in rows)

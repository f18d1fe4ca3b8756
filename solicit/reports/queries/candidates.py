"""The candidates of a selection as a table, for one organizer."""

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.candidate_rows import CandidateRow, stored_candidates
from solicit.reports.queries.columns import Column
from solicit.web.csv import Cell

CANDIDATES = (
    Column("candidate", "integer", "Number of the person in this installation"),
    Column("name", "text", "Full name as the person publishes it"),
    Column("decision", "text", "invite or not now"),
    Column("merit", "integer", "100 x the sum of P(top-k) / authors over the best three questions, or the score"),
    Column("cost", "integer", "Journey and nights, in whole units of the currency"),
    Column("currency", "text", "Currency of the cost"),
    Column("country", "text", "Country or region"),
    Column("subregion", "text", "M49 subregion, which sets the cost of the journey"),
    Column("career", "text", "Career"),
    Column("themes", "text", "Keys of the themes"),
    Column("questions", "text", "Numbers of the candidate's questions"),
    Column("rule", "text", "An organizer's rule about the candidate"),
    Column("reason", "text", "The reason of that rule"),
)


def candidate_cells(
    session: Session, *, call: CallFacts, selection_id: int, currency: str, viewer_id: int, locale: str
) -> tuple[tuple[Cell, ...], ...]:
    """The candidates whom this organizer may see, chosen ones first; three statements."""
    found = stored_candidates(session, call=call, selection_id=selection_id, viewer_id=viewer_id, locale=locale)
    return tuple(_cells(row, currency) for row in found.visible)


def _cells(row: CandidateRow, currency: str) -> tuple[Cell, ...]:
    return (
        row.person_id,
        row.name,
        "invite" if row.is_chosen else "not now",
        row.merit,
        row.cost_cents // 100,
        currency,
        row.country,
        row.region,
        row.career_word,
        " ".join(theme.key for theme in row.themes),
        " ".join(question.label for question in row.questions),
        row.rule_word,
        row.rule_reason,
    )

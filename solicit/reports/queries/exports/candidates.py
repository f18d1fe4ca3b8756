"""The candidates of selections as tables, for one organizer."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.candidate_rows import CandidateRow
from solicit.invitations.queries.comparison import Comparison
from solicit.invitations.queries.selection_page import selection_page
from solicit.invitations.queries.selections import selection_subject
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.table import Chosen, Door, Table
from solicit.web.csv import Cell
from solicit.words import N_

NOBODY = 0  # no person has this number: the command line asks, and nobody is hidden from it

CANDIDATE_COLUMNS = (
    Column("candidate", "integer", "Number of the person in this installation"),
    Column("name", "text", "Full name as the person publishes it"),
    Column("decision", "text", "invite, reserve or not now"),
    Column("reserve_place", "integer", "Place in the reserve, from 1"),
    Column("merit", "integer", "100 x the sum of P(top-k) / authors over the best three questions, or the score"),
    Column("cost", "integer", "Journey and nights, in whole units of the currency"),
    Column("currency", "text", "Currency of the cost"),
    Column("draw_percent", "integer", "In how many of 100 draws of the rankings the person is chosen"),
    Column("stability", "text", "clear, likely or near the line; empty for those left out who are far from it"),
    Column("country", "text", "Country or region"),
    Column("subregion", "text", "M49 subregion, which sets the cost of the journey"),
    Column("career", "text", "Career"),
    Column("attendance", "text", "in person or online"),
    Column("themes", "text", "Keys of the themes"),
    Column("questions", "text", "Numbers of the candidate's questions"),
    Column("rule", "text", "An organizer's rule about the candidate, or what they answered"),
    Column("reason", "text", "The reason of that rule"),
)


def _candidate_rows(
    session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen
) -> Iterator[tuple[Cell, ...]]:
    """The candidates whom this organizer may see, chosen ones first; five statements.

    They are as many as a meeting has seats, and some: nothing is gained by reading them in batches.
    """
    reader = dict(viewer_id=NOBODY if viewer_id is None else viewer_id, locale="en")
    view = selection_page(session, call=call, selection_id=chosen.number, **reader)
    yield from (_cells(row, view.money.currency) for row in view.rows)


def _facts(session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> dict | None:
    is_there = chosen.number and selection_subject(session, call=call, selection_id=chosen.number)
    return {"selection": chosen.number} if is_there else None


def comparison_columns(found: Comparison) -> tuple[Column, ...]:
    """A column for each selection."""
    first = (*CANDIDATE_COLUMNS[:2], Column("is_same", "text", "yes if every selection decides alike"))
    return first + tuple(
        Column(f"selection_{each.id}", "text", "invite, reserve, not now or no candidate") for each in found.selections
    )


def comparison_cells(found: Comparison) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            person.person_id,
            person.name,
            "yes" if person.is_same else "no",
            *(decision.lower() for decision in person.decisions),
        )
        for person in found.people
    )


def _cells(row: CandidateRow, currency: str) -> tuple[Cell, ...]:
    return (
        row.person_id,
        row.name,
        _decision(row),
        row.reserve_place,
        row.merit,
        row.cost_cents // 100,
        currency,
        row.draw_percent,
        row.stability_word,
        row.country,
        row.region,
        row.career_word,
        "online" if row.is_online else "in person",
        " ".join(theme.key for theme in row.themes),
        " ".join(question.label for question in row.questions),
        row.rule_word,
        row.rule_reason,
    )


def _decision(row: CandidateRow) -> str:
    if row.is_chosen:
        return "invite"
    return "not now" if row.reserve_place is None else "reserve"


CANDIDATES = Table(
    name="candidates",
    title=N_("Candidates of a selection"),
    about=N_("Who was considered, with names, costs and the decision. Keep it among the organizers."),
    columns=CANDIDATE_COLUMNS,
    rows=_candidate_rows,
    door=Door.CANDIDATES,
    facts=_facts,
    number_of="selection",
)

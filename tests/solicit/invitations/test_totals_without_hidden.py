"""An organizer from whom somebody is hidden learns nothing of them from totals: whatever that person costs and is
worth, every page, file and plot says the same."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_invitation, make_limits_in_force, make_question
from builders_letters import make_meeting

from solicit.clock import utcnow
from solicit.invitations.models import Invitation, Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.limits_desk import commitment_warnings
from solicit.invitations.queries.limits_history import committed
from solicit.invitations.states import Basis, InvitationState
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState

TOKEN = re.compile(r'name="csrf_token"[^>]*')


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def world(session, call):
    """Two invited people, one of them hidden from Ada by a conflict, and Bea, who was left out."""
    hidden_question, seen_question = make_question(session, call), make_question(session, call)
    make_limits_in_force(session, call)
    make_meeting(session, call)
    hidden = make_invitation(session, call, question_ids=[hidden_question.id], state=InvitationState.ACCEPTED)
    make_invitation(session, call, question_ids=[seen_question.id], state=InvitationState.OFFERED)
    bea = make_person(session, full_name="Bea")
    left_out = SelectionCandidate(
        selection_id=hidden.selection_id, person_id=bea.id, merit=40, basis=Basis.QUESTIONS, country="KE",
        region="Eastern Africa", is_chosen=False, cost_cents=90_000, question_ids=[], theme_keys=[],
        why={"price": 50, "extra_breach": 0, "limits": ["seats", "budget"], "leaves": [hidden.person_id], "enters": [],
             "merit_gain": 50, "cost_cut_cents": 20_000},
    )  # fmt: skip
    session.add(left_out)
    selection = session.get_one(Selection, hidden.selection_id)
    selection.questions = [[hidden_question.id, 1, 30], [seen_question.id, 1, 20]]
    ada = make_organizer(session, call)
    declared = dict(state=ConflictState.CONFIRMED, source=ConflictSource.DECLARED, reason="A colleague.")
    conflict = ConflictOfInterest(question_id=hidden_question.id, person_id=ada.id, created_at=utcnow(), **declared)
    session.add(conflict)
    session.flush()
    return ada, hidden, left_out, selection


def suppose(session, world, *, merit, cents) -> None:
    """What would be stored if the hidden person were worth ``merit`` and cost ``cents``."""
    _, hidden, left_out, selection = world
    chosen = session.get_one(SelectionCandidate, (selection.id, hidden.person_id))
    chosen.merit, chosen.cost_cents, hidden.cost_cents = merit, cents, cents
    selection.merit_total, selection.cost_total_cents, selection.coverage_total = 90 + merit, 100_000 + cents, 50
    prices = [("seats", 1, merit - 40), ("seats", None, merit), ("budget", 500_000, merit - 1)]
    selection.explanation = {
        "value_without_quotas": 200 + merit,
        "binding": ["seats"],
        "prices": [
            {"name": name, "widened_by": by, "gained": gained, "saved": 0, "enters": [hidden.person_id], "leaves": []}
            for name, by, gained in prices
        ],
    }
    left_out.why = left_out.why | {"price": merit - 40, "merit_gain": merit - 40, "cost_cut_cents": cents - 80_000}
    session.flush()


def told(client, call, selection_id) -> dict[str, str]:
    """What every page, file and plot says, without what differs at each request."""
    paths = [
        "invite/selections",
        f"invite/{selection_id}",
        f"invite/{selection_id}/approve",
        f"invite/compare?selection={selection_id}",
        f"export/candidates.csv?selection={selection_id}",
        f"export/comparison.csv?selection={selection_id}",
        "invite/letters",
        "invite/letters.csv",
        "invite/spending",
        "invite/spending.csv",
        "invite/limits",
        "invite",
        "plots",
        "plots/seats.csv",
        "",
    ]
    said = {}
    for path in paths:
        method = "POST" if ".csv" in path and not path.startswith("plots") else "GET"
        answer = client.open(f"/{call.slug}/organize/{path}".rstrip("/"), method=method)
        assert answer.status_code == 200, path
        said[path] = TOKEN.sub("", answer.text)
    return said


def test_nothing_says_what_a_hidden_person_costs_or_is_worth(client, session, call, world):
    sign_in(client, session, world[0])
    suppose(session, world, merit=90, cents=100_000)
    first = told(client, call, world[3].id)
    suppose(session, world, merit=97, cents=123_400)
    second = told(client, call, world[3].id)
    assert [path for path in first if first[path] != second[path]] == []
    assert "Totals count only the people whom you see" in first[f"invite/{world[3].id}"]


def test_somebody_in_no_conflict_reads_the_totals_of_everybody(client, session, call, world):
    sign_in(client, session, make_organizer(session, call))
    suppose(session, world, merit=97, cents=123_400)
    said = told(client, call, world[3].id)
    page = said[f"invite/{world[3].id}"]
    assert ("Its value is 237" in page, "merit of the people (187)" in page, "cover (50)" in page) == (True,) * 3
    assert "2,234" in page
    assert "Totals count only the people whom you see" not in page
    assert "seats" in said["plots/seats.csv"] and "+57" in page


def test_warning_of_what_is_bound_says_nothing_of_a_hidden_person(session, call, world):
    """Drawn up with one budget after another, warnings would tell a total to the cent."""
    readers = world[0], make_organizer(session, call)
    bound = [committed(session, call=call, viewer_id=reader.id) for reader in readers]
    limits = Limits(seats=1, budget_cents=150_000)
    assert [len(commitment_warnings(each, limits)) for each in bound] == [1, 3]
    assert session.scalar(sa.select(sa.func.sum(Invitation.cost_cents))) == 200_000

"""Money: estimated, committed and spent, per person and in all."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_invitation, make_limits_in_force, make_question

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import NotFound, Refused
from solicit.invitations.models import SelectionCandidate, Spending
from solicit.invitations.queries.spending import spending_page
from solicit.invitations.service.spending import record_spending
from solicit.invitations.states import InvitationState, SpendingKind
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState


@pytest.fixture
def call(session):
    call = make_call(session)
    make_limits_in_force(session, call, budget_cents=250_000)
    return call


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def spend(session, call, invitation, actor, cents, kind=SpendingKind.TRAVEL):
    said = dict(kind=kind, amount_cents=cents, note="Receipt 7")
    record_spending(session, call=call, invitation_id=invitation.id, **said, actor_id=actor.id, now=utcnow())


def page(session, call, viewer, state=None, words="", sort="name"):
    return spending_page(session, call=call, viewer_id=viewer.id, state=state, words=words, sort=sort)


def test_totals_take_what_is_more_of_committed_and_spent(session, call, ada):
    under = make_invitation(session, call, state=InvitationState.ACCEPTED)
    over = make_invitation(session, call, state=InvitationState.CONFIRMED)
    declined = make_invitation(session, call, state=InvitationState.DECLINED)
    for invitation, cents in ((under, 40_050), (over, 130_000), (declined, 5_000)):
        spend(session, call, invitation, ada, cents)
    spend(session, call, over, ada, -10_000)
    found = page(session, call, ada).totals
    assert (found.estimated_cents, found.committed_cents, found.spent_cents) == (300_000, 200_000, 165_050)
    assert found.expected_cents == 100_000 + 120_000 + 5_000
    assert (found.left_cents, found.is_over) == (25_000, False)


def test_overspending_warns_and_blocks_nothing(client, session, call, ada):
    invitation = make_invitation(session, call, person=make_person(session, full_name="Grace Murray"))
    sign_in(client, session, ada)
    one = f"/{call.slug}/organize/invite/spending/{invitation.id}"
    assert client.post(one, data={"kind": "travel", "amount": "3000", "note": ""}).status_code == 303
    assert "More was spent than is committed" in client.get(one).text
    text = client.get(f"/{call.slug}/organize/invite/spending").text
    assert "More is committed or spent than the budget holds." in text
    assert client.post(one, data={"kind": "stay", "amount": "1", "note": ""}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("640", 64_000), ("12.50", 1_250), ("12,5", 1_250), ("-80", -8_000), ("−80.01", -8_001), ("1 200", 120_000)],
)
def test_amounts_are_kept_to_the_cent(client, session, call, ada, typed, cents):
    invitation = make_invitation(session, call)
    sign_in(client, session, ada)
    one = f"/{call.slug}/organize/invite/spending/{invitation.id}"
    assert client.post(one, data={"kind": "visa", "amount": typed, "note": "=1+1"}).status_code == 303
    stored = session.execute(sa.select(Spending.amount_cents, Spending.kind, Spending.note)).one()
    assert stored == (cents, SpendingKind.VISA, "=1+1")
    acts = session.scalars(sa.select(AuditEvent.details).where(AuditEvent.act == "record spending")).all()
    assert [act["amount_cents"] for act in acts] == [cents]


@pytest.mark.parametrize(
    "wrong", [{"amount": amount} for amount in ("", "0", "0.00", "1e5", "1.234", "x", "99999999")] + [{"kind": "x"}]
)
def test_bad_amount_is_shown_back(client, session, call, ada, wrong):
    invitation = make_invitation(session, call)
    sign_in(client, session, ada)
    good = {"kind": "visa", "amount": "5", "note": "My note"}
    answer = client.post(f"/{call.slug}/organize/invite/spending/{invitation.id}", data=good | wrong)
    assert (answer.status_code, 'value="My note"' in answer.text) == (422, True)
    assert session.scalars(sa.select(Spending)).all() == []


@pytest.mark.parametrize("cents", [0, 10**10, -(10**10)])
def test_senseless_amount_is_refused(session, call, ada, cents):
    with pytest.raises(Refused):
        spend(session, call, make_invitation(session, call), ada, cents)


def test_whoever_wrote_with_a_person_sees_and_records_nothing_of_them(client, session, call, ada):
    question = make_question(session, call)
    hidden = make_invitation(
        session, call, person=make_person(session, full_name="Hid Den"), question_ids=[question.id]
    )
    make_invitation(session, call, person=make_person(session, full_name="Op En"))
    own = make_invitation(session, call, person=ada)
    declare_conflict(session, question, ada)
    for invitation in (hidden, own):
        with pytest.raises(NotFound):
            spend(session, call, invitation, ada, 100)
    found = page(session, call, ada)
    assert ([row.name for row in found.rows], found.n_all, found.totals.estimated_cents) == (["Op En"], 1, 100_000)
    sign_in(client, session, ada)
    base = f"/{call.slug}/organize/invite/spending"
    for path in (base, f"{base}.csv", f"{base}?q=hid", f"{base}?sort=spent"):
        answer = client.open(path, method="POST" if path.endswith(".csv") else "GET")
        assert answer.status_code == 200 and "Hid Den" not in answer.text
    missing = client.get(f"{base}/999999")
    for invitation in (hidden, own):
        answer = client.get(f"{base}/{invitation.id}")
        assert (answer.status_code, without_token(answer.text)) == (404, without_token(missing.text))


def without_token(text):
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


def declare_conflict(session, question, person):
    values = dict(state=ConflictState.CONFIRMED, source=ConflictSource.DECLARED, reason="A colleague.")
    session.add(ConflictOfInterest(question_id=question.id, person_id=person.id, created_at=utcnow(), **values))
    session.flush()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ana", "Ben", "Cem"]),
        ("?sort=spent", ["Cem", "Ben", "Ana"]),
        ("?sort=estimated", ["Ben", "Ana", "Cem"]),
        ("?sort=over", ["Cem", "Ben", "Ana"]),
        ("?state=declined", ["Cem"]),
        ("?q=b", ["Ben"]),
        ("?q=b&state=declined", []),
        ("?state=nonsense&sort=nonsense", ["Ana", "Ben", "Cem"]),
    ],
)
def test_filters_orders_and_csv(client, session, call, ada, query, names):
    for name, state, estimate, spent in (
        ("Ana", InvitationState.OFFERED, 50_000, 0),
        ("Ben", InvitationState.ACCEPTED, 80_000, 60_000),
        ("Cem", InvitationState.DECLINED, 40_000, 70_000),
    ):
        person = make_person(session, full_name=name)
        invitation = make_invitation(session, call, person=person, state=state, cost_cents=estimate)
        if spent:
            spend(session, call, invitation, ada, spent)
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/spending.csv{query}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == names
    assert client.get(f"/{call.slug}/organize/invite/spending{query}").status_code == 200


def test_page_before_anybody_is_invited(client, session, call, ada):
    sign_in(client, session, ada)
    assert "Nobody is invited yet." in client.get(f"/{call.slug}/organize/invite/spending").text


@pytest.mark.parametrize("n", [1, 3, 50])
def test_pages_cost_few_statements(client, session, call, ada, n, count_statements):
    for _ in range(n):
        invitation = make_invitation(session, call)
    spend(session, call, invitation, ada, 100)
    sign_in(client, session, ada)
    costs = []
    for path in ("spending", "spending.csv", f"spending/{invitation.id}"):
        count_statements.clear()
        method = "POST" if path.endswith(".csv") else "GET"
        assert client.open(f"/{call.slug}/organize/invite/{path}", method=method).status_code == 200
        costs.append(len(count_statements))
    assert costs == [5, 8, 6]


def test_a_person_is_hidden_by_the_questions_of_all_their_accounts(session, call, ada):
    """The invited account is not the one that stands for the person in the selection that counts now."""
    question, standing, invited = make_question(session, call), make_person(session), make_person(session)
    invitation = make_invitation(session, call, person=invited)
    declare_conflict(session, question, ada)
    chosen = session.get(SelectionCandidate, (invitation.selection_id, invited.id))
    chosen.person_id, chosen.also_ids, chosen.question_ids = standing.id, [invited.id], [question.id]
    session.flush()
    assert page(session, call, ada).n_all == 0
    with pytest.raises(NotFound):
        spend(session, call, invitation, ada, 40_000)


def test_nobody_sees_the_money_of_an_account_of_their_own(session, call, ada):
    invitation = make_invitation(session, call)
    chosen = session.get(SelectionCandidate, (invitation.selection_id, invitation.person_id))
    chosen.person_id, chosen.also_ids = make_person(session).id, [invitation.person_id, ada.id]
    session.flush()
    assert page(session, call, ada).n_all == 0

"""The organizers' pages: who may open them, what they say, what they refuse."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import LIMITS, make_candidates, make_ranked_question, make_ranked_run, make_selection

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.clock import utcnow
from solicit.invitations.models import Invitation, Selection
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit
from solicit.invitations.states import QuotaField, Rule
from solicit.jobs.models import Job
from solicit.panels.models import Panel

FORM = {"seats": "2", "budget": "20000"}


@pytest.fixture
def call(session):
    return make_call(session, n_places=2)


@pytest.fixture
def run(session, call):
    return make_ranked_run(session, call)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run, country="KE")


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call, full_name="Ada Organizer")


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call, full_name="Bo Organizer")


@pytest.fixture
def selection_id(session, call, run, people, ada):
    return make_selection(session, call, run, proposer=ada)


def doors(call, run, selection_id):
    base = f"/{call.slug}/organize/invite"
    one = f"{base}/{selection_id}"
    return (base, f"{base}/new?run={run.id}", one, f"{one}/approve", f"{base}/costs", f"{base}/nominations")


def test_signed_out_goes_to_sign_in(client, call, run, selection_id):
    for door in doors(call, run, selection_id):
        answer = client.get(door)
        assert (answer.status_code, "sign-in" in answer.location) == (303, True), door


@pytest.mark.parametrize("role", [None, Role.PANELIST, Role.ADMINISTRATOR])
def test_below_organizer_nothing_is_shown(client, session, call, run, selection_id, people, role):
    person = make_person(session)
    if role:
        scope = {} if role is Role.ADMINISTRATOR else {"call_id": call.id, "panel_id": make_panel(session, call)}
        access.grant_role(session, person_id=person.id, role=role, now=utcnow(), **scope)
    sign_in(client, session, person)
    for door in doors(call, run, selection_id):
        answer = client.get(door)
        assert answer.status_code in (403, 404), door
        assert people[0].full_name not in answer.text


def make_panel(session, call) -> int:
    panel = Panel(call_id=call.id, name="A panel")
    session.add(panel)
    session.flush()
    return panel.id


def test_organizer_of_another_call_sees_nothing(client, session, call, run, selection_id):
    sign_in(client, session, make_organizer(session, make_call(session)))
    for door in doors(call, run, selection_id):
        assert client.get(door).status_code in (403, 404), door


def test_organizer_opens_every_page(client, session, call, run, selection_id, bo):
    sign_in(client, session, bo)
    for door in doors(call, run, selection_id):
        answer = client.get(door)
        assert answer.status_code == 200, door
        assert answer.text.count("<h1>") == 1, door


@pytest.mark.parametrize("number", [0, 999_999, 2**62, 2**64, "x"])
def test_missing_selection_is_404(client, session, call, ada, number):
    sign_in(client, session, ada)
    for door in (f"/{call.slug}/organize/invite/{number}", f"/{call.slug}/organize/invite/new?run={number}"):
        assert client.get(door).status_code == 404, door


def test_selection_of_another_call_is_404(client, session, call, selection_id):
    other = make_call(session)
    sign_in(client, session, make_organizer(session, other))
    assert client.get(f"/{other.slug}/organize/invite/{selection_id}").status_code == 404
    assert client.get(f"/{other.slug}/organize/invite/new?from={selection_id}").status_code == 404


def test_page_says_who_and_why(client, session, call, selection_id, people, bo):
    sign_in(client, session, bo)
    text = client.get(f"/{call.slug}/organize/invite/{selection_id}").text
    assert "Best selection under these limits." in text
    assert "proven the highest possible" in text
    assert text.count('class="chip ok">Invite<') == 2
    assert text.count('class="chip dim">Not now<') == 1
    assert "Instead would come: " in text
    assert "Kenya" in text
    assert "These limits are used up: Seats." in text
    assert "Approve 2 invitations" in text


def test_proposer_is_told_to_wait(client, session, call, selection_id, ada):
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/{selection_id}").text
    assert "A second organizer must approve it." in text
    assert f"/{selection_id}/approve" not in text


def test_clash_is_told_in_words(client, session, call, run, people, ada, bo):
    limits = Limits(1, 2_000_000, 0, 1, pins=tuple(Pin(p.id, Rule.ALWAYS, "Host") for p in people[:2]))
    number = make_selection(session, call, run, proposer=ada, limits=limits)
    sign_in(client, session, bo)
    text = client.get(f"/{call.slug}/organize/invite/{number}").text
    assert "No selection keeps these limits." in text
    assert "These cannot hold together: Seats." in text
    assert "Seats: raise the most by 1" in text


def test_authors_of_own_questions_are_hidden(client, session, call, run, people, ada, bo):
    make_ranked_question(session, call, run, p_top_k=0.85, people=[make_person(session, full_name="Zoe Zimmer"), bo])
    number = make_selection(session, call, run, proposer=ada)
    sign_in(client, session, bo)
    for path in (f"organize/invite/{number}", f"organize/export/candidates.csv?selection={number}"):
        text = client.get(f"/{call.slug}/{path}").text
        assert people[0].full_name in text
        assert "Zoe Zimmer" not in text
        assert text.count("Bo Organizer") == (1 if "invite" in path else 0)  # the account menu
    assert "2 candidates are not shown to you" in client.get(f"/{call.slug}/organize/invite/{number}").text
    answer = client.get(f"/{call.slug}/organize/invite/new?from={number}")
    assert "Zoe Zimmer" not in answer.text


def test_proposing_starts_a_job(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    quota = {"quota_1_who": "country:KE", "quota_1_minimum": "1", "quota_1_maximum": "", "quota_1_price": "5"}
    pin = {"pin_1_person": str(people[2].id), "pin_1_rule": "always", "pin_1_reason": "Opens the meeting"}
    answer = client.post(f"/{call.slug}/organize/invite/new?run={run.id}", data=FORM | quota | pin)
    job = session.scalars(sa.select(Job)).one()
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    arguments = session.scalar(
        sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'invitations.select' ORDER BY id DESC LIMIT 1")
    )
    assert arguments["limits"] == {
        "seats": 2,
        "budget_cents": 2_000_000,
        "online_places": 0,
        "country_cap": None,
        "institution_cap": None,
        "host_cap": None,
        "quotas": [{"field": "country", "value": "KE", "minimum": 1, "maximum": 2, "price": 5, "is_cap": False}],
        "pins": [{"person_id": people[2].id, "rule": "always", "reason": "Opens the meeting"}],
    }


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"seats": ""}, "Enter how many people may be invited"),
        ({"seats": "0"}, "Enter how many people may be invited"),
        ({"seats": "9" * 5000}, "Enter how many people may be invited"),
        ({"budget": "-1"}, "Enter the budget as a whole number"),
        ({"budget": "a\x00b"}, "Enter the budget as a whole number"),
        ({"quota_1_who": "country:XX"}, "Not a valid choice"),
        ({"quota_1_minimum": "1"}, "Choose the group that these numbers are for"),
        ({"quota_1_who": "country:KE", "quota_1_minimum": "2", "quota_1_maximum": "1"}, "must not be above"),
        ({"quota_1_who": "country:KE", "quota_2_who": "country:KE"}, "A quota stands twice"),
        ({"pin_1_person": "999999"}, "Not a valid choice"),
        ({"pin_1_rule": "always", "pin_1_reason": "Opens the meeting"}, "Choose the candidate"),
        ({"pin_1_reason": "x" * 301}, "Use at most 300 characters"),
    ],
)
def test_bad_limits_are_refused_with_the_text_kept(client, session, call, run, people, ada, typed, told):
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/new?run={run.id}", data=FORM | {"pin_3_reason": "Kept"} | typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Kept"' in answer.text
    assert session.scalars(sa.select(Job)).all() == []


def test_candidate_reads_why_they_may_not_propose(client, session, call, run, people, ada):
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/new?run={run.id}", data=FORM)
    assert answer.status_code == 422
    assert "You are a candidate yourself." in answer.text


def test_changing_limits_starts_from_the_old_ones(client, session, call, run, people, ada):
    quotas = (QuotaLimit(QuotaField.COUNTRY, "KE", 1, 2, 5),)
    pins = (Pin(people[1].id, Rule.NEVER, "Asked not to"),)
    number = make_selection(
        session, call, run, proposer=ada, limits=Limits(2, 2_000_000, 60_000, 3, quotas=quotas, pins=pins)
    )
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/new?from={number}&pin={people[0].id}").text
    assert '<option selected value="country:KE">Kenya (3)</option>' in text
    assert 'value="Asked not to"' in text
    assert text.count(f'<option selected value="{people[0].id}">') == 1
    assert text.count(f'<option selected value="{people[1].id}">') == 1


def test_approving_needs_the_button(client, session, call, selection_id, bo):
    sign_in(client, session, bo)
    address = f"/{call.slug}/organize/invite/{selection_id}/approve"
    assert client.get(address).status_code == 200
    assert session.scalars(sa.select(Invitation)).all() == []
    answer = client.post(address)
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/invite/{selection_id}")
    assert len(session.scalars(sa.select(Invitation)).all()) == 2
    text = client.get(answer.location).text
    assert "Approved by Bo Organizer" in text


def test_refused_approval_is_told(client, session, call, selection_id, ada):
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/{selection_id}/approve")
    assert answer.status_code == 409
    assert "A second organizer must approve it." in answer.text
    assert session.scalars(sa.select(Invitation)).all() == []


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same(client, session, call, run, ada, n, count_statements):
    people = make_candidates(session, call, run, n=n, country="KE")
    for _ in range(n):
        number = make_selection(session, call, run, proposer=ada)
    sign_in(client, session, ada)
    costs = {}
    for path in ("invite", f"invite/{number}", f"export/candidates.csv?selection={number}"):
        count_statements.clear()
        answer = client.get(f"/{call.slug}/organize/{path}")
        assert answer.status_code == 200
        costs[path.split("/")[0] + str("/" in path)] = len(count_statements)
    assert people[0].full_name in answer.text
    assert costs == {"inviteFalse": 5, "inviteTrue": 8, "exportTrue": 6}


def test_csv_has_what_the_page_has(client, session, call, selection_id, people, ada):
    sign_in(client, session, ada)
    answer = client.get(f"/{call.slug}/organize/export/candidates.csv?selection={selection_id}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["decision"] for row in rows] == ["invite", "invite", "not now"]
    assert {row["name"] for row in rows} == {person.full_name for person in people}
    assert {row["country"] for row in rows} == {"Kenya"}
    assert people[0].email not in answer.text
    stored = session.get(Selection, selection_id)
    assert sum(int(row["cost"]) * 100 for row in rows if row["decision"] == "invite") == stored.cost_total_cents
    assert LIMITS.seats == 2


@pytest.mark.parametrize("number", ["", "x", "999999", str(2**64)])
def test_csv_of_a_missing_selection_is_404(client, session, call, ada, number):
    sign_in(client, session, ada)
    assert client.get(f"/{call.slug}/organize/export/candidates.csv?selection={number}").status_code == 404

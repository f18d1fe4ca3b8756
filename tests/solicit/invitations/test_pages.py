"""The organizers' pages: who may open them, what they say, what they refuse."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import (
    LIMITS,
    make_candidates,
    make_limit_set,
    make_ranked_question,
    make_selection,
)
from builders_rankings import plain_inputs

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.clock import utcnow
from solicit.invitations.models import Invitation, Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit
from solicit.invitations.service.selecting import reasons
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.states import LimitState, QuotaField, Rule
from solicit.invitations.tasks import explanations
from solicit.jobs.models import Job
from solicit.panels.models import Panel


@pytest.fixture
def call(session):
    return make_call(session, n_places=2)


@pytest.fixture
def selection_id(session, call, run, people, ada):
    return make_selection(session, call, run, proposer=ada)


def doors(call, run, selection_id):
    base = f"/{call.slug}/organize/invite"
    one = f"{base}/{selection_id}"
    return (base, f"{base}/selections", f"{base}/new", one, f"{one}/approve", f"{base}/costs", f"{base}/nominations")


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
def test_missing_selection_is_404(client, session, call, selection_id, ada, number):
    sign_in(client, session, ada)
    for door in (f"invite/{number}", f"invite/compare?selection={number}&selection={selection_id}"):
        assert client.get(f"/{call.slug}/organize/{door}").status_code == 404, door


def test_selection_of_another_call_is_404(client, session, call, selection_id):
    other = make_call(session)
    sign_in(client, session, make_organizer(session, other))
    assert client.get(f"/{other.slug}/organize/invite/{selection_id}").status_code == 404
    assert client.get(f"/{other.slug}/organize/invite/compare?selection={selection_id}&selection=1").status_code == 404


@pytest.fixture
def explained_id(session, call, run, people, ada):
    """A selection whose reasons are worked out."""
    run.inputs = plain_inputs(session, run)
    quotas = (QuotaLimit(QuotaField.COUNTRY, "KE", 1, 2), QuotaLimit(QuotaField.THEME, "space", 1, 2, 5))
    number = make_selection(session, call, run, proposer=ada, limits=Limits(2, 2_000_000, quotas=quotas))
    job_id = reasons.start_explaining(session, call=call, selection_id=number, actor_id=None, now=utcnow())
    explanations.explain(job_id=job_id, call_slug=call.slug, selection_id=number)
    return number


def test_page_says_who_and_why(client, session, call, explained_id, people, bo):
    sign_in(client, session, bo)
    text = client.get(f"/{call.slug}/organize/invite/{explained_id}").text
    assert "Best selection under these limits." in text
    assert "proven the highest possible" in text
    assert text.count('class="chip ok">Invite<') >= 2
    assert text.count('class="chip warn">Reserve 1<') >= 1
    assert " would come instead." in text
    assert "Kenya" in text
    assert "One more seat" in text and "USD 5,000 more: no change." in text
    assert "Approve 2 invitations" in text
    assert "worked out" not in text


def test_page_says_how_far_the_reasons_are(client, session, call, selection_id, bo):
    sign_in(client, session, bo)
    address = f"/{call.slug}/organize/invite/{selection_id}"
    assert "Reasons: 0 of 3 worked out." in client.get(address).text
    answer = client.post(f"{address}/explain")
    job = session.scalars(sa.select(Job)).one()
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    assert f'href="/{call.slug}/organize/jobs/{job.id}"' in client.get(address).text


def test_reason_of_one_person_is_given_at_once(client, session, call, selection_id, people, bo):
    sign_in(client, session, bo)
    address = f"/{call.slug}/organize/invite/{selection_id}"
    changed = {f"rule_{people[0].id}": "never", "reason": "Kept"}
    answer = client.post(f"{address}/why/{people[2].id}", data=changed)
    assert answer.status_code == 200
    assert "With this person the result would lose" in answer.text
    assert 'value="Kept"' in answer.text and '<option selected value="never">' in answer.text
    assert "Reasons: 1 of 3 worked out." in answer.text


def test_reason_of_a_hidden_person_is_not_given(client, session, call, run, people, ada, bo):
    make_ranked_question(session, call, run, p_top_k=0.85, people=[make_person(session, full_name="Zoe Zimmer"), bo])
    number = make_selection(session, call, run, proposer=ada)
    hidden = session.scalar(
        sa.select(SelectionCandidate.person_id).where(SelectionCandidate.person_id.not_in([p.id for p in people]))
    )
    sign_in(client, session, bo)
    assert client.post(f"/{call.slug}/organize/invite/{number}/why/{hidden}").status_code == 404


def test_proposer_is_told_to_wait(client, session, call, selection_id, ada):
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/{selection_id}").text
    assert "A second organizer must approve it." in text
    assert f"/{selection_id}/approve" not in text


def test_clash_is_told_in_words(client, session, call, run, people, ada, bo):
    limits = Limits(1, 2_000_000, pins=tuple(Pin(p.id, Rule.ALWAYS, "Host") for p in people[:2]))
    number = make_selection(session, call, run, proposer=ada, limits=limits)
    sign_in(client, session, bo)
    text = client.get(f"/{call.slug}/organize/invite/{number}").text
    assert "No selection keeps these limits." in text
    assert "2 always-invite rules exceed the number of seats (1)." in text
    assert "Seats: allow 1 more" in text
    assert f'href="/{call.slug}/organize/invite/limits"' in text


def test_clash_of_quotas_is_told_in_words(client, session, call, run, people, ada, bo):
    quotas = (QuotaLimit(QuotaField.COUNTRY, "KE", 0, 1), QuotaLimit(QuotaField.THEME, "space", 2, 2))
    number = make_selection(session, call, run, proposer=ada, limits=Limits(2, 2_000_000, quotas=quotas))
    sign_in(client, session, bo)
    text = client.get(f"/{call.slug}/organize/invite/{number}").text
    assert "These cannot hold together: Kenya, Space." in text
    assert "Space: ask for 1 fewer" in text


def test_authors_of_own_questions_are_hidden(client, session, call, run, people, ada, bo):
    make_ranked_question(session, call, run, p_top_k=0.85, people=[make_person(session, full_name="Zoe Zimmer"), bo])
    number = make_selection(session, call, run, proposer=ada)
    sign_in(client, session, bo)
    for path in (f"organize/invite/{number}", f"organize/export/candidates.csv?selection={number}"):
        text = client.open(f"/{call.slug}/{path}", method="POST" if ".csv" in path else "GET").text
        assert people[0].full_name in text
        assert "Zoe Zimmer" not in text
        assert text.count("Bo Organizer") == (1 if "invite" in path else 0)  # the account menu
    assert "2 candidates are not shown to you" in client.get(f"/{call.slug}/organize/invite/{number}").text
    second = make_selection(session, call, run, proposer=ada)
    for path in (
        f"invite/compare?selection={number}&selection={second}",
        f"export/comparison.csv?selection={number}&selection={second}",
    ):
        text = client.open(f"/{call.slug}/organize/{path}", method="POST" if ".csv" in path else "GET").text
        assert people[0].full_name in text
        assert "Zoe Zimmer" not in text


def arguments_of_last_job(session, task="invitations.select"):
    last = "SELECT args FROM procrastinate_jobs WHERE task_name = :task ORDER BY id DESC LIMIT 1"
    return session.scalar(sa.text(last), {"task": task})


def test_proposing_starts_a_job(client, session, call, run, people, ada):
    in_force = make_limit_set(session, call, [run.id])
    sign_in(client, session, ada)
    form = {"name": "First  proposal", "limits": in_force}
    answer = client.post(f"/{call.slug}/organize/invite/new", data=form)
    job = session.scalars(sa.select(Job)).one()
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    assert arguments_of_last_job(session)["wanted"] == {
        "limit_set_id": in_force,
        "name": "First proposal",
        "pins": [],
        "replaces_id": None,
    }


def test_waiting_limits_are_offered_after_those_in_force(client, session, call, run, people, ada):
    waiting = make_limit_set(session, call, [run.id], state=LimitState.WAITING)
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/new").text
    in_force = session.scalar(sa.text("SELECT id FROM limit_set WHERE state = 'in force'"))
    assert text.index(f'value="{in_force}">Limits {in_force}: In force') < text.index(f'value="{waiting}">')


def test_without_limits_in_force_nothing_is_selected(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    answer = client.get(f"/{call.slug}/organize/invite/new")
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/invite/limits")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": ""}, "Give the selection a name"),
        ({"name": "x" * 101}, "Use at most 100 characters for a name"),
        ({"name": "a\x00b"}, "Remove the control characters"),
        ({"limits": "999999"}, "Not a valid choice"),
        ({"limits": "9" * 5000}, "Invalid Choice"),
    ],
)
def test_bad_new_selection_is_refused_with_the_text_kept(client, session, call, run, people, ada, typed, told):
    in_force = make_limit_set(session, call, [run.id])
    sign_in(client, session, ada)
    form = {"name": "Kept", "limits": in_force} | typed
    answer = client.post(f"/{call.slug}/organize/invite/new", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert "name" in typed or 'value="Kept"' in answer.text
    assert session.scalars(sa.select(Job)).all() == []


def test_candidate_reads_why_they_may_not_propose(client, session, call, run, people, ada):
    in_force = make_limit_set(session, call, [run.id])
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/new", data={"name": "Mine", "limits": in_force})
    assert answer.status_code == 422
    assert "You are a candidate yourself." in answer.text


def test_changed_rules_are_another_selection(client, session, call, run, people, ada):
    pins = (Pin(people[1].id, Rule.NEVER, "Asked not to"), Pin(people[0].id, Rule.NEVER, "Ill"))
    number = make_selection(session, call, run, proposer=ada, limits=Limits(2, 2_000_000, pins=pins), name="Host")
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/{number}").text
    assert "Asked not to" in text
    rules = {f"rule_{people[0].id}": "none", f"rule_{people[1].id}": "never", f"rule_{people[2].id}": "always"}
    answer = client.post(f"/{call.slug}/organize/invite/{number}/recompute", data=rules | {"reason": "Opens it"})
    assert answer.status_code == 303
    wanted = arguments_of_last_job(session)["wanted"]
    assert (wanted["name"], wanted["replaces_id"]) == ("Host", None)
    assert sorted(wanted["pins"], key=lambda pin: pin["rule"]) == [
        {"person_id": people[2].id, "rule": "always", "reason": "Opens it"},
        {"person_id": people[1].id, "rule": "never", "reason": "Asked not to"},
    ]


def test_rules_of_people_on_other_pages_stay(client, session, call, run, people, ada):
    pins = (Pin(people[0].id, Rule.ALWAYS, "Host"),)
    number = make_selection(session, call, run, proposer=ada, limits=Limits(2, 2_000_000, pins=pins))
    sign_in(client, session, ada)
    address = f"/{call.slug}/organize/invite/{number}/recompute?q={people[2].full_name}"
    rules = {f"rule_{people[2].id}": "always", f"rule_{people[0].id}": "never", "reason": "Second host"}
    assert client.post(address, data=rules).status_code == 303
    assert {pin["person_id"]: pin["rule"] for pin in arguments_of_last_job(session)["wanted"]["pins"]} == {
        people[0].id: "always",
        people[2].id: "always",
    }


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"reason": ""}, "Give a reason for the rules you changed"),
        ({"reason": "x" * 301}, "Use at most 300 characters for a reason"),
        ({"rule": "accepted", "reason": "So"}, "Not a valid choice"),
    ],
)
def test_bad_rules_are_refused_and_kept(client, session, call, selection_id, people, ada, typed, told):
    sign_in(client, session, ada)
    address = f"/{call.slug}/organize/invite/{selection_id}/recompute?sort=name"
    data = {f"rule_{people[2].id}": typed.get("rule", "always"), "reason": typed["reason"]}
    answer = client.post(address, data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert ("rule" in typed) or '<option selected value="always">' in answer.text
    assert f'value="{typed["reason"]}"' in answer.text
    assert session.scalars(sa.select(Job)).all() == []


def test_candidates_are_filtered_and_sorted(client, session, call, explained_id, people, ada):
    sign_in(client, session, ada)

    def names(query):
        text = client.get(f"/{call.slug}/organize/invite/{explained_id}?{query}").text.partition('id="near"')[0]
        found = [
            (text.index(f"<bdi>{p.full_name}</bdi>"), p.full_name) for p in people if f"<bdi>{p.full_name}" in text
        ]
        return [name[-1] for _, name in sorted(found)]

    assert names("sort=name") == ["1", "2", "3"]
    assert names("sort=merit") == ["3", "2", "1"]
    assert names("show=invited&sort=name") == ["2", "3"]
    assert names("show=reserve") == ["1"]
    assert names("q=AUTHOR+2") == ["2"]
    assert "No candidate fits." in client.get(f"/{call.slug}/organize/invite/{explained_id}?theme=life").text
    assert client.get(f"/{call.slug}/organize/invite/{explained_id}?show=x&sort=x&page=x&theme=x").status_code == 200


def test_selections_are_listed_by_state(client, session, call, run, people, ada, bo):
    first = make_selection(session, call, run, proposer=ada, name="With a host")
    second = make_selection(session, call, run, proposer=ada)
    approve_selection(session, call_id=call.id, selection_id=first, approver_id=bo.id, now=utcnow())
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/selections").text
    assert "With a host" in text and f"/invite/{second}" in text
    text = client.get(f"/{call.slug}/organize/invite/selections?state=approved").text
    assert f"/invite/{first}" in text and f"/invite/{second}" not in text
    assert "Fill the seats that came free" in text


def test_selections_stand_side_by_side_differences_first(client, session, call, run, people, ada):
    first = make_selection(session, call, run, proposer=ada)
    pins = (Pin(people[0].id, Rule.NEVER, "Ill"),)
    second = make_selection(session, call, run, proposer=ada, limits=Limits(2, 2_000_000, pins=pins), name="Without")
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/compare?selection={first}&selection={second}").text
    assert "2 people are decided on differently" in text
    assert "Without" in text
    body = text[text.index('id="who"') :]
    order = sorted(people, key=lambda person: body.index(person.full_name))
    assert order == [people[0], people[2], people[1]]
    answer = client.post(f"/{call.slug}/organize/export/comparison.csv?selection={first}&selection={second}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["is_same"], row[f"selection_{first}"], row[f"selection_{second}"]) for row in rows] == [
        ("no", "invite", "not now"),
        ("no", "not now", "invite"),
        ("yes", "invite", "invite"),
    ]


@pytest.mark.parametrize("n", [0, 5])
def test_up_to_four_are_compared(client, session, call, run, people, ada, n):
    numbers = [make_selection(session, call, run, proposer=ada) for _ in range(n)]
    sign_in(client, session, ada)
    query = "&".join(f"selection={number}" for number in numbers)
    answer = client.get(f"/{call.slug}/organize/invite/compare?{query}")
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/invite/selections")


def test_free_seats_are_filled_by_a_button(client, session, call, run, people, ada, bo):
    first = make_selection(session, call, run, proposer=ada)
    approve_selection(session, call_id=call.id, selection_id=first, approver_id=bo.id, now=utcnow())
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/{first}").text
    address = f"/{call.slug}/organize/invite/letters/replacement"
    assert f'action="{address}"' in text
    answer = client.post(address)
    job = session.scalars(sa.select(Job)).one()
    assert (answer.status_code, answer.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    assert (job.kind, job.arguments["wanted"]["replaces_id"]) == ("invitations.replace", first)


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
    other = make_selection(session, call, run, proposer=ada)
    paths = {
        "list": "invite/selections",
        "page": f"invite/{number}",
        "compare": f"invite/compare?selection={number}&selection={other}",
        "csv": f"export/candidates.csv?selection={number}",
    }
    for name, path in paths.items():
        count_statements.clear()
        answer = client.open(f"/{call.slug}/organize/{path}", method="POST" if name == "csv" else "GET")
        assert answer.status_code == 200
        costs[name] = len(count_statements)
    assert people[0].full_name in answer.text
    assert costs == {"list": 5, "page": 8, "compare": 6, "csv": 11}


def test_csv_has_what_the_page_has(client, session, call, selection_id, people, ada):
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/export/candidates.csv?selection={selection_id}")
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
    assert client.post(f"/{call.slug}/organize/export/candidates.csv?selection={number}").status_code == 404


def test_replacement_is_approved_as_one(client, session, call, run, people, ada, bo):
    first = make_selection(session, call, run, proposer=ada)
    approve_selection(session, call_id=call.id, selection_id=first, approver_id=bo.id, now=utcnow())
    second = make_selection(session, call, run, proposer=ada, replaces_id=first)
    sign_in(client, session, bo)
    text = client.get(f"/{call.slug}/organize/invite/{second}/approve").text
    assert f"It takes the place of selection {first}." in text
    assert client.post(f"/{call.slug}/organize/invite/{second}/approve").status_code == 303
    assert "Replaced" in client.get(f"/{call.slug}/organize/invite/{first}").text

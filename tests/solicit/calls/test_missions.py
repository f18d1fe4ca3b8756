"""The missions that plans may name: a list with every call, which its organizers arrange."""

import json

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in

from solicit.audit.models import AuditEvent
from solicit.calls.commands import call_commands
from solicit.calls.models import Mission
from solicit.calls.queries import call_facts, missions
from solicit.calls.service import add_mission
from solicit.calls.states import DEFAULT_MISSIONS, CallState, NewMission
from solicit.clock import utcnow


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def browser(client, session, ada):
    sign_in(client, session, ada)
    return client


def names(session, call) -> list[str]:
    session.expire_all()
    return [mission.name for mission in missions(session, call.id)]


def desk(call) -> str:
    return f"/{call.slug}/organize/missions"


def first(session, call):
    return missions(session, call.id)[0]


def test_every_call_begins_with_the_usual_six(session, call):
    assert names(session, call) == ["Chang'E-6", "Chang'E-7", "Chang'E-8", "Tianwen-2", "Tianwen-3", "Tianwen-4"]
    listed = missions(session, call.id)
    assert all(mission.goal and mission.around and mission.is_offered for mission in listed)
    assert [mission.key for mission in listed] == [mission.key for mission in DEFAULT_MISSIONS]


def test_call_may_have_missions_of_its_own(session):
    own = (NewMission(key="juice", name="JUICE"), NewMission(key="mmx", name="MMX", around="2026"))
    assert names(session, make_call(session, missions=own)) == ["JUICE", "MMX"]
    assert names(session, make_call(session, missions=())) == []


@pytest.mark.parametrize(
    ("given", "expected"), [({}, 6), ({"missions": []}, 0), ({"missions": [{"key": "m", "name": "M"}]}, 1)]
)
def test_file_of_a_call_may_list_missions(app, session, given, expected):
    session.commit()
    call = dict(
        slug="new-call", title="New", headline="What?", opens_at="2027-01-01T00:00Z", closes_at="2027-03-01T00:00Z"
    )
    answer = app.test_cli_runner().invoke(call_commands, ["create", "-"], input=json.dumps(call | given))
    assert answer.exit_code == 0
    assert len(missions(session, call_facts(session, slug="new-call").id)) == expected


def test_public_page_lists_them_with_their_goals(client, session, call):
    text = client.get(f"/en/{call.slug}/missions").text
    assert "Chang&#39;E-6" in text and "around 2024" in text and DEFAULT_MISSIONS[0].goal[:20] in text
    assert f"/en/{call.slug}/missions" in client.get(f"/en/{call.slug}/").text


def test_public_page_of_a_draft_is_missing(client, session):
    draft = make_call(session, state=CallState.DRAFT)
    assert client.get(f"/en/{draft.slug}/missions").status_code == 404


def test_mission_is_added_at_the_end(browser, session, call):
    data = {"name": "  Étoile   Filante 9 ", "around": "2033", "goal": "Go\r\nand see"}
    assert browser.post(desk(call), data=data).location == desk(call)
    last = missions(session, call.id)[-1]
    assert (last.key, last.name, last.around, last.goal) == (
        "etoile-filante-9",
        "Étoile Filante 9",
        "2033",
        "Go\nand see",
    )
    assert "Étoile Filante 9" in browser.get(desk(call)).text


@pytest.mark.parametrize(
    ("name", "keys"),
    [("Tianwen-4", ["tianwen-4-2"]), ("天问四号", ["mission", "mission-2"]), ("x" * 100, ["x" * 50, "x" * 50 + "-2"])],
)
def test_key_is_free_and_well_formed(session, call, ada, name, keys):
    made = []
    for _ in keys:
        values = dict(call_id=call.id, name=name, around="", goal="", actor_id=ada.id, now=utcnow())
        made.append(session.get_one(Mission, add_mission(session, **values)).key)
    assert made == keys


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"name": " "}, "Enter the name of the mission"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "A", "around": "x" * 41}, "at most 40 characters"),
        ({"name": "A", "goal": "x" * 1_001}, "at most 1,000 characters"),
        ({"name": "bell\x07"}, "control characters"),
    ],
)
def test_wrong_words_are_refused_and_come_back(browser, session, call, data, told):
    for path in (desk(call), f"{desk(call)}/{first(session, call).id}"):
        answer = browser.post(path, data={"goal": "A goal to keep"} | data)
        assert (answer.status_code, told in answer.text) == (422, True)
        assert "goal" in data or "A goal to keep" in answer.text
    assert len(names(session, call)) == 6


def test_mission_is_changed_and_keeps_its_key(browser, session, call):
    mission = first(session, call)
    address = f"{desk(call)}/{mission.id}"
    assert mission.goal in browser.get(address).text.replace("&#39;", "'")
    assert browser.post(address, data={"name": "Chang'E-6b", "around": "", "goal": ""}).status_code == 303
    changed = first(session, call)
    assert (changed.name, changed.around, changed.goal, changed.key) == ("Chang'E-6b", "", "", mission.key)


def test_missions_change_places(browser, session, call):
    before = names(session, call)
    ids = [mission.id for mission in missions(session, call.id)]
    for mission_id, way in ((ids[0], "up"), (ids[-1], "down"), (ids[0], "down")):
        assert browser.post(f"{desk(call)}/{mission_id}/{way}").status_code == 303
    assert names(session, call) == [before[1], before[0], *before[2:]]


def test_mission_is_no_longer_offered_and_again(browser, session, call):
    mission = first(session, call)
    browser.post(f"{desk(call)}/{mission.id}/stop")
    session.expire_all()
    assert not first(session, call).is_offered
    assert "No longer offered" in browser.get(desk(call)).text
    assert mission.goal not in browser.get(f"/en/{call.slug}/missions").text.replace("&#39;", "'")
    browser.post(f"{desk(call)}/{mission.id}/offer")
    session.expire_all()
    assert first(session, call).is_offered


def test_every_change_is_in_the_audit(browser, session, call):
    mission = first(session, call)
    browser.post(desk(call), data={"name": "New"})
    browser.post(f"{desk(call)}/{mission.id}", data={"name": "Changed"})
    for way in ("down", "stop", "stop", "offer"):
        browser.post(f"{desk(call)}/{mission.id}/{way}")
    acts = session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.subject == "mission").order_by(AuditEvent.id)
    ).all()
    assert acts == ["add", "change", "move", "stop_offering", "offer"]


def test_missions_of_another_call_are_missing(browser, session, call):
    foreign = first(session, make_call(session))
    for path in ("", "/up", "/stop"):
        assert browser.post(f"{desk(call)}/{foreign.id}{path}", data={"name": "Mine"}).status_code == 404
    assert browser.get(f"{desk(call)}/{foreign.id}").status_code == 404


def test_only_organizers_arrange(client, session, call):
    assert client.get(desk(call)).status_code == 303
    sign_in(client, session, make_person(session))
    assert client.get(desk(call)).status_code == 403


def test_pages_cost_the_same_for_any_number(browser, session, call, ada, count_statements):
    costs = []
    for _ in range(2):
        for path in (desk(call), f"/en/{call.slug}/missions"):
            count_statements.clear()
            assert browser.get(path).status_code == 200
            costs.append(len(count_statements))
        add_mission(session, call_id=call.id, name="More", around="", goal="", actor_id=ada.id, now=utcnow())
    assert costs[:2] == costs[2:]
    assert max(costs) <= 4

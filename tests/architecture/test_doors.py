"""Every endpoint declares who may open it, and the reviewed table of doors agrees with the application."""

import csv
from pathlib import Path

import pytest

from solicit.access.guard import UndeclaredEndpoint, check_every_door, door_of, public, requires
from solicit.access.policy import DENIALS, KNOWN_DOORS, POLICY, Grant, Identity, Permission, Role, Subject, permits

DOORS = Path(__file__).with_name("doors.csv")


WORDS = {"open", "sign-in", "forbidden", "missing"}


def reviewed_doors() -> dict[str, tuple[str, str]]:
    return {row["endpoint"]: (row["methods"], row["permission"]) for row in reviewed_rows()}


def reviewed_rows() -> list[dict[str, str]]:
    with DOORS.open(newline="") as file:
        return list(csv.DictReader(file))


def expected(row: dict[str, str]) -> dict[str, str]:
    return {persona: word for persona, word in row.items() if persona not in ("endpoint", "methods", "permission")}


def actual_doors(app) -> dict[str, tuple[str, str]]:
    doors = {}
    for rule in app.url_map.iter_rules():
        permission = door_of(app.view_functions[rule.endpoint]).permission
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        known = set(doors[rule.endpoint][0].split()) if rule.endpoint in doors else set()
        name = permission.name if permission else "public"
        doors[rule.endpoint] = (" ".join(sorted(known | set(methods))), name)
    return doors


def test_reviewed_table_and_application_agree_both_ways(app):
    assert actual_doors(app) == reviewed_doors()


def test_reviewed_table_is_filled_in_and_in_order():
    rows = reviewed_rows()
    assert [row["endpoint"] for row in rows] == sorted(row["endpoint"] for row in rows)
    assert {word for row in rows for word in expected(row).values()} == WORDS


def test_whoever_is_locked_out_is_a_visitor_and_an_administrator_is_no_organizer():
    everybodys = {"public", "MANAGE_OWN_ACCOUNT", "SEE_OWN_SUBMISSIONS", "SUPPORT_QUESTION", "OFFER_ONESELF"}
    everybodys |= {"SEND_SUBMISSION"}
    for row in reviewed_rows():
        # A key that is none opens not even what is open without one.
        is_api = row["endpoint"].startswith("api.")
        assert row["deactivated"] == ("sign-in" if is_api else row["visitor"])
        assert row["permission"] in everybodys or row["administrator"] in ("forbidden", "missing")


def test_undeclared_endpoint_stops_the_application(app):
    app.view_functions["planted"] = lambda: ""
    try:
        with pytest.raises(UndeclaredEndpoint, match="planted"):
            check_every_door(app)
    finally:
        del app.view_functions["planted"]


def test_declared_endpoints_pass():
    assert door_of(public(lambda: "")).permission is None
    assert door_of(requires(Permission.SEE_OWN_SUBMISSIONS)(lambda: "")).permission is Permission.SEE_OWN_SUBMISSIONS


def test_every_permission_has_its_row_in_the_policy():
    assert set(POLICY) == set(Permission)
    assert set(DENIALS) | set(KNOWN_DOORS) <= set(Permission)


def test_a_denial_wins_over_every_role():
    everything = frozenset(
        {Grant(Role.ORGANIZER, 1), Grant(Role.PANELIST, 1, 2), Grant(Role.CHAIR, 1, 2), Grant(Role.ADMINISTRATOR)}
    )
    who = Identity(7, "A", "en", None, everything)
    free = Subject(call_id=1, panel_id=2, assignee_ids=frozenset({7}))
    in_conflict = Subject(call_id=1, panel_id=2, assignee_ids=frozenset({7}), conflicted_ids=frozenset({7}))
    own = Subject(call_id=1, panel_id=2, assignee_ids=frozenset({7}), owner_ids=frozenset({7}))
    for permission in (Permission.REVIEW, Permission.SCREEN_QUESTION):
        assert permits(who, permission, free)
        assert not permits(who, permission, in_conflict)
        assert not permits(who, permission, own)


def test_roles_of_another_call_open_nothing():
    who = Identity(7, "A", "en", None, frozenset({Grant(Role.ORGANIZER, 2), Grant(Role.CHAIR, 2, 5)}))
    subject = Subject(call_id=1, panel_id=5, assignee_ids=frozenset({7}))
    opened = {permission for permission in Permission if permits(who, permission, subject)}
    everybody = {permission for permission, rows in POLICY.items() if rows[0][0].__name__ == "anyone_signed_in"}
    assert opened == everybody


@pytest.mark.parametrize("permission", Permission)
def test_nobody_signed_out_passes_any_door(permission):
    assert not permits(None, permission, Subject(call_id=1, owner_ids=frozenset({1})))

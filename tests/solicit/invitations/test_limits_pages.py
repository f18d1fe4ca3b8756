"""The pages of limits: drawn up without names, frozen, changed by two."""

import csv
import io
import re

import pytest
import sqlalchemy as sa
from builders import make_call, sign_in
from builders_invitations import (
    LIMITS,
    make_limit_set,
    make_selection,
)
from builders_inviting import typed_limits

from solicit.clock import utcnow
from solicit.invitations.models import LimitSet
from solicit.invitations.queries.limit_sets import draft_limit_set, limit_set_in_force
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.states import LimitState, QuotaField

SPACE = QuotaLimit(QuotaField.THEME, "space", 1, 2)


@pytest.fixture
def call(session):
    return make_call(session, n_places=2, host_country="SE")


def base(call) -> str:
    return f"/{call.slug}/organize/invite/limits"


def seen_of(text: str) -> str:
    return re.search(r'name="seen"[^>]* value="([^"]*)"', text)[1]


def test_from_draft_to_force(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    assert "Draw up limits" in client.get(base(call)).text
    page = client.get(f"{base(call)}/draft").text
    assert '<option value="country:KE">Kenya (3)</option>' in page
    assert all(person.full_name not in page for person in people)
    quota = {"quota_1_group": "country:KE", "quota_1_minimum": "1", "quota_1_maximum": "", "quota_1_price": "5"}
    caps = {"country_cap": "2", "host_cap": "0", "institution_cap": ""}
    answer = client.post(f"{base(call)}/draft", data=typed_limits(run, **quota, **caps))
    assert (answer.status_code, answer.location) == (303, f"{base(call)}/draft")
    wanted = Limits(2, 2_000_000, 0, 2, None, 0, quotas=(QuotaLimit(QuotaField.COUNTRY, "KE", 1, 2, 5),))
    assert draft_limit_set(session, call=call).limits == wanted
    confirm = client.get(f"{base(call)}/draft/put-in-force").text
    assert "A later change needs a reason and a second organizer" in confirm
    answer = client.post(f"{base(call)}/draft/put-in-force", data={"seen": seen_of(confirm)})
    assert (answer.status_code, answer.location) == (303, base(call))
    assert limit_set_in_force(session, call=call).limits == wanted
    text = client.get(base(call)).text
    assert "Put in force by Ada Organizer" in text
    assert "Country: Kenya" in text
    assert client.get(f"{base(call)}/draft").status_code == 303


def change_form(run, **typed) -> dict:
    return typed_limits(run, reason="The larger room is free.", do="ask") | typed


def test_change_is_asked_read_and_put_in_force(client, session, call, run, people, ada, bo):
    old = make_limit_set(session, call, [run.id], limits=Limits(2, 2_000_000, quotas=(SPACE,)), by=ada)
    sign_in(client, session, ada)
    page = client.get(f"{base(call)}/change").text
    assert '<option selected value="theme:space">Space (3)</option>' in page
    quota = {"quota_1_group": "theme:space", "quota_1_minimum": "2", "quota_1_maximum": ""}
    asked = change_form(run, seats="3", seen=seen_of(page), **quota)
    answer = client.post(f"{base(call)}/change", data=asked)
    number = session.scalar(sa.select(sa.func.max(LimitSet.id)))
    assert (answer.status_code, answer.location) == (303, f"{base(call)}/{number}")
    own = client.get(answer.location).text
    assert "A second organizer must put it in force; you can take it back." in own
    assert f"{number}/put-in-force" not in own
    assert client.post(f"{base(call)}/{number}/put-in-force").status_code == 422
    sign_in(client, session, bo)
    text = client.get(f"{base(call)}/{number}").text
    assert rows_of(text)[0] == ["Seats in the room", "2", "3"]
    assert ["Theme: Space", "at least 1", "at least 2"] in rows_of(text)
    assert "The larger room is free." in text
    assert client.post(f"{base(call)}/{number}/put-in-force").status_code == 303
    assert limit_set_in_force(session, call=call).id == number
    history = client.get(base(call)).text
    assert "Decided by Bo Organizer" in history
    assert "2 limits differ" in history
    again = client.post(f"{base(call)}/{number}/put-in-force")
    assert (again.status_code, "decided on this change already" in again.text) == (409, True)
    assert session.get(LimitSet, old).state is LimitState.REPLACED


def rows_of(text: str) -> list[list[str]]:
    """The cells of every row of the tables of a page."""
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in rows
        if "<td" in row
    ]


def test_refusal_needs_a_reason_and_is_shown(client, session, call, run, people, bo):
    number = make_limit_set(session, call, [run.id], state=LimitState.WAITING)
    sign_in(client, session, bo)
    answer = client.post(f"{base(call)}/{number}/refuse", data={"reason": "No"})
    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text
    assert "No</textarea>" in answer.text
    assert client.post(f"{base(call)}/{number}/refuse", data={"reason": "There is no money."}).status_code == 303
    assert "Refused: There is no money." in client.get(base(call)).text
    assert "There is no money." in client.get(f"{base(call)}/{number}").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"runs": ""}, "Choose at least one ranking"),
        ({"runs": "999999"}, "Choose at least one ranking"),
        ({"runs": "9" * 5000}, "Choose at least one ranking"),
        ({"seats": ""}, "Enter how many people may come"),
        ({"seats": "0"}, "Enter how many people may come"),
        ({"seats": "9" * 5000}, "Enter how many people may come"),
        ({"budget": "-1"}, "Enter the budget as a whole number"),
        ({"budget": str(10**10 + 1)}, "Enter the budget as a whole number"),
        ({"budget": "a\x00b"}, "Enter the budget as a whole number"),
        ({"country_cap": "0"}, "leave it empty for no cap"),
        ({"quota_1_group": "country:XX"}, "Nobody in the chosen rankings belongs to this group"),
        ({"quota_1_group": "nonsense"}, "Nobody in the chosen rankings belongs to this group"),
        ({"quota_1_group": "topic:x\x00"}, "Nobody in the chosen rankings belongs to this group"),
        ({"quota_1_minimum": "1"}, "Choose the group that these numbers are for"),
        ({"quota_1_group": "country:KE"}, "Enter how many at least, how many at most, or both"),
        ({"quota_1_group": "country:KE", "quota_1_minimum": "2", "quota_1_maximum": "1"}, "must not be above"),
        ({"quota_1_group": "country:KE", "quota_1_minimum": "x"}, "Enter a number of people"),
        ({"quota_1_group": "country:KE", "quota_1_minimum": "1", "quota_1_price": "-1"}, "Enter a price"),
        (
            {
                "quota_1_group": "country:KE",
                "quota_1_minimum": "1",
                "quota_2_group": "country:KE",
                "quota_2_minimum": "1",
            },
            "This group has a quota already",
        ),
    ],
)
def test_bad_limits_are_refused_with_the_text_kept(client, session, call, run, people, ada, typed, told):
    sign_in(client, session, ada)
    answer = client.post(f"{base(call)}/draft", data=typed_limits(run, online_places="17") | typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="17"' in answer.text
    assert session.scalars(sa.select(LimitSet)).all() == []


def test_more_rows_keep_what_was_typed(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    typed = typed_limits(run, do="more", rows="6", seats="abc", quota_6_group="country:KE", quota_6_minimum="3")
    answer = client.post(f"{base(call)}/draft", data=typed)
    assert answer.status_code == 200
    assert answer.text.count('class="quota"') == 10
    assert 'value="abc"' in answer.text
    assert '<option selected value="country:KE">' in answer.text
    assert session.scalars(sa.select(LimitSet)).all() == []
    most = client.post(f"{base(call)}/draft", data=typed | {"rows": "9" * 18})
    assert most.text.count('class="quota"') == 60


def test_check_tells_what_cannot_be_met_and_saves_nothing(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    typed = typed_limits(run, do="check", seats="5", budget="1", quota_1_group="country:KE", quota_1_minimum="4")
    answer = client.post(f"{base(call)}/draft", data=typed | {"country_cap": "2"})
    assert answer.status_code == 200
    for told in (
        "Seats in the room: 5. Candidates who would come: 3.",
        "The budget is USD 1.",
        "Kenya: at least 4 wanted, but the cap is 2.",
        "Kenya: at least 4 wanted, 3 available.",
    ):
        assert told in answer.text
    assert session.scalars(sa.select(LimitSet)).all() == []
    fine = client.post(f"{base(call)}/draft", data=typed_limits(run, do="check"))
    assert "At first sight these limits can be met." in fine.text


def test_checking_a_change_needs_no_reason_yet(client, session, call, run, people, ada):
    make_limit_set(session, call, [run.id])
    sign_in(client, session, ada)
    answer = client.post(f"{base(call)}/change", data=change_form(run, do="check", reason="", seats="4"))
    assert answer.status_code == 200
    assert "Seats in the room: 4. Candidates who would come: 3." in answer.text
    answer = client.post(f"{base(call)}/change", data=change_form(run, do="ask", reason="", seats="4"))
    assert (answer.status_code, "at least 10 characters" in answer.text) == (422, True)


def test_two_organizers_drafting_at_once_are_told(client, session, call, run, people, ada, bo):
    make_limit_set(session, call, [run.id], state=LimitState.DRAFT, by=bo)
    sign_in(client, session, ada)
    answer = client.post(f"{base(call)}/draft", data=typed_limits(run, seats="7", seen=""))
    assert answer.status_code == 409
    assert "Another organizer changed or discarded this draft" in answer.text
    assert 'value="7"' in answer.text
    answer = client.post(f"{base(call)}/draft", data=typed_limits(run, seats="7", seen=seen_of(answer.text)))
    assert answer.status_code == 303
    assert draft_limit_set(session, call=call).limits.seats == 7


def test_what_was_not_read_is_not_put_in_force(client, session, call, run, people, ada, bo):
    make_limit_set(session, call, [run.id], state=LimitState.DRAFT, by=bo)
    sign_in(client, session, ada)
    for stale in ("", "2026-01-01T00:00:00+00:00", "\x00"):
        answer = client.post(f"{base(call)}/draft/put-in-force", data={"seen": stale})
        assert (answer.status_code, "Read it again first" in answer.text) == (409, True)
        assert client.post(f"{base(call)}/draft/discard", data={"seen": stale}).status_code == 409
    assert draft_limit_set(session, call=call).limits == LIMITS


def test_draft_is_discarded(client, session, call, run, people, ada):
    make_limit_set(session, call, [run.id], state=LimitState.DRAFT)
    sign_in(client, session, ada)
    seen = draft_limit_set(session, call=call).version
    assert client.post(f"{base(call)}/draft/discard", data={"seen": seen}).status_code == 303
    assert session.scalars(sa.select(LimitSet)).all() == []
    assert client.post(f"{base(call)}/draft/discard", data={"seen": ""}).status_code == 404
    assert client.get(f"{base(call)}/draft/put-in-force").status_code == 404


def test_change_after_an_approval_is_warned_of(client, session, call, run, people, ada, bo):
    selection_id = make_selection(session, call, run, proposer=ada)
    approve_selection(session, call_id=call.id, selection_id=selection_id, approver_id=bo.id, now=utcnow())
    number = make_limit_set(session, call, [run.id], limits=Limits(1, 1_000), by=ada, state=LimitState.WAITING)
    sign_in(client, session, bo)
    text = client.get(f"{base(call)}/{number}").text
    assert "A selection is already approved and stays as it is" in text
    assert "There are more invitations (2) than places (1)." in text
    assert "above the budget of USD 10." in text


def test_csv_has_the_limits_in_force(client, session, call, run, people, ada):
    sign_in(client, session, ada)
    assert client.get(f"{base(call)}.csv").status_code == 404
    make_limit_set(session, call, [run.id], limits=Limits(2, 2_000_000, 1, 3, quotas=(SPACE,)))
    rows = list(csv.reader(io.StringIO(client.get(f"{base(call)}.csv").data.decode("utf-8-sig"))))
    assert rows == [
        ["limit", "group", "at_least", "at_most", "price"],
        ["seats", "", "", "2", ""],
        ["online_places", "", "", "1", ""],
        ["budget_cents", "", "", "2000000", ""],
        ["country_cap", "", "", "3", ""],
        ["host_cap", "", "", "", ""],
        ["institution_cap", "", "", "", ""],
        ["theme", "space", "1", "2", ""],
    ]

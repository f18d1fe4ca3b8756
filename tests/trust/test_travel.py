"""What is sealed comes to organizers who press the button, and to nobody else by any door (TRUST, T14)."""

import logging

import pytest

from trust.canaries import fields_in
from trust.crawl import DOORS, Request, ask
from trust.facts import ORGANIZERS, SEALED
from trust.worlds import CANARIES, PERSONAS, dump

LETTER = {"passport_name", "passport_number", "departure_city"}
KNOWN = [CANARIES[field] for field in sorted(SEALED)]


def requests(planted, persona: str, *, is_full: bool) -> list[tuple[str, Request]]:
    """Every door that takes something sent, with whatever is known of the invitation in its address.

    Outside the full run all of them are asked by organizers, and those of inviting and of accounts by everybody.
    """
    found = []
    for endpoint, door in DOORS.items():
        is_near = endpoint.startswith(("invitations.", "people."))
        if "POST" in door.methods and (is_full or is_near or persona in ORGANIZERS):
            asks = {"invitation_id": planted.hidden.invitation_id} if _names_one(planted, endpoint) else {}
            sent = {"language": "en"}
            found.append((endpoint, Request("POST", planted.world.address(endpoint, **asks), sent)))
    return found


def _names_one(planted, endpoint: str) -> bool:
    return "invitation_id" in planted.world.asks_for(endpoint)


@pytest.mark.parametrize("persona", PERSONAS)
def test_sealed_fields_come_out_by_two_buttons_only(planted, caplog, record_property, persona, is_full):
    caplog.set_level(logging.DEBUG)
    asked, told = requests(planted, persona, is_full=is_full), {}
    with planted.phase("open"):
        for endpoint, request in asked:
            answer = ask(planted, persona, request)
            assert answer.status_code < 500, request
            found = fields_in(answer.data, answer.headers, KNOWN)
            told |= {endpoint: found} if found else {}
    by_button = {"invitations.read_travel": SEALED, "invitations.visa_letter_for": LETTER}
    assert told == (by_button if persona in ORGANIZERS else {})
    assert fields_in(caplog.text.encode(), [], KNOWN) == set()
    record_property("trust", f"{persona}: {len(asked)} sent requests, {len(told)} doors with sealed fields")


def test_a_conflict_shuts_the_buttons(planted):
    """The author of the sealed question comes, too, and one organizer is in conflict with it."""
    changes = {"invitation_id": planted.hidden.author_invitation_id}
    for endpoint in ("invitations.read_travel", "invitations.visa_letter_for"):
        request = Request("POST", planted.world.address(endpoint, **changes), {"language": "en"})
        statuses = {persona: ask(planted, persona, request).status_code for persona in sorted(ORGANIZERS)}
        assert statuses == {"organizer": 422, "conflicted_organizer": 404}


def test_the_seal_is_what_keeps_them_from_the_tables(planted):
    text = dump(planted)
    assert fields_in(text.encode(), [], KNOWN) == set()
    hexed = [canary.plain.encode().hex() for canary in KNOWN]
    assert not any(word in text for word in hexed)

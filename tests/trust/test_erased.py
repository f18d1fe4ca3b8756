"""What a person takes along is all there is of them, and of whoever goes no canary is left in any table (TRUST, T14)."""

import json
import logging

import pytest

from solicit.clock import utcnow
from solicit.db import db
from solicit.reports.service.erase import erase_person
from solicit.reports.service.own_data import take_data_along
from trust.canaries import fields_in
from trust.facts import SEALED
from trust.worlds import CANARIES, dump

SAID = {"answer_note", "contribution_title", "contribution_text", "slot_title"}
# What stands of somebody in the tables, in clear.
OF = {
    "invitee": SAID | {"invitee_name", "invitee_address", "spending_note"},
    "supporter": {"supporter_name", "supporter_address", "double_reason"},
    "reporter": {"reporter_name", "double_reason", "cancel_reason"},
    "proposed": {"own_proposal_name", "own_proposal_statement"},
    "author": {"author_name", "author_family_name", "author_address", "author_affiliation", "author_orcid"},
    "declined": {"declined_note"},
}
# Their names stand where others wrote of them, too; nothing else may.
NUMBERS = {
    "invitee": "SELECT person_id FROM invitation WHERE id = :invitation",
    "proposed": "SELECT person_id FROM nomination WHERE statement LIKE '%ownproposalstatement%'",
}


def person_of(planted, who: str) -> int:
    if who in NUMBERS:
        given = {"invitation": planted.hidden.invitation_id} if ":invitation" in NUMBERS[who] else {}
        return planted.execute(NUMBERS[who], **given).scalar_one()
    return planted.world.people.get(who) or getattr(planted.hidden, f"{who}_id")


@pytest.mark.parametrize("who", OF)
def test_no_canary_of_an_erased_person_is_left(planted, who):
    known = [CANARIES[field] for field in sorted(OF[who])]
    with planted.undone():
        number = person_of(planted, who)
        assert fields_in(dump(planted).encode(), [], known) == OF[who]
        erase_person(db.session(), person_id=number, blanks_texts=True, now=utcnow())
        db.session.commit()
        assert fields_in(dump(planted).encode(), [], known) == set()
        sealed = "SELECT count(*) FROM travel_document t JOIN invitation i ON i.id = t.invitation_id"
        assert planted.execute(f"{sealed} WHERE i.person_id = :number", number=number).scalar_one() == 0


def test_what_an_invited_person_takes_along_is_complete(planted):
    """The unsealed details, too; but nothing that organizers note for themselves."""
    with planted.undone():
        taken = take_data_along(db.session(), person_id=person_of(planted, "invitee"), now=utcnow())
        text = json.dumps(taken, default=str, ensure_ascii=False)
        db.session.remove()
    assert fields_in(text.encode(), [], CANARIES.values()) == SAID | SEALED | {"invitee_name", "invitee_address"}


def test_details_on_their_way_leave_no_trace(planted, caplog):
    """Saved, shown, put into a letter, read by an organizer and taken along, they stand in no table and no log."""
    caplog.set_level(logging.DEBUG)
    known = [CANARIES[field] for field in sorted(SEALED)]
    own = {"from_city": "departure_city", "emergency": "emergency_contact", "diet": "diet", "access": "access_needs"}
    own |= {"passport_name": "passport_name", "passport_number": "passport_number"}
    sent = _form(planted) | {name: CANARIES[field].text for name, field in own.items()}
    number = "SELECT id FROM invitation WHERE person_id = :person"
    with planted.undone():
        planted.execute("DELETE FROM travel_document")
        given = planted.execute(number, person=planted.world.people["invited"]).scalar_one()
        steps = [
            ("invited", "invitations.save_travel", {}, sent),
            ("invited", "invitations.show_travel", {}, {}),
            ("invited", "invitations.visa_letter", {}, {"language": "en"}),
            ("invited", "people.download_data", {}, {}),
            ("organizer", "invitations.read_travel", {"invitation_id": given}, {}),
            ("organizer", "invitations.visa_letter_for", {"invitation_id": given}, {"language": "en"}),
        ]
        told = {}
        for persona, endpoint, changes, data in steps:
            address = planted.world.address(endpoint, **changes)
            token = {"csrf_token": planted.world.csrf_token()}
            answer = planted.request(persona, "POST", address, data=data | token)
            told[persona, endpoint] = answer.status_code, len(fields_in(answer.data, answer.headers, known))
        stored = planted.execute("SELECT count(*) FROM travel_document").scalar_one()
        text = dump(planted)
    assert stored == 1
    assert [n for _status, n in told.values()] == [0, 6, 3, 6, 6, 3], told
    assert fields_in(text.encode(), [], known) == fields_in(caplog.text.encode(), [], known) == set()


def _form(planted) -> dict[str, str]:
    from builders_travel import travel_details, travel_form

    from solicit.invitations.models import Meeting

    details = travel_details(db.session().get_one(Meeting, planted.world.call.id))
    db.session.remove()
    return travel_form(details)

"""Sealed details open for their invitation and with their key, and stand nowhere in clear."""

import logging

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_invitations import make_invitation
from builders_letters import make_meeting
from builders_travel import give_travel, travel_details

from solicit.clock import utcnow
from solicit.invitations.models import TravelDocument
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.invitations.service.travel import open_own_travel
from solicit.invitations.service.travel_keeping import Resealed, reseal_travel
from solicit.invitations.service.travel_seal import CannotOpen, is_of_first_key, seal, unseal
from solicit.invitations.states import InvitationState, ReadingPurpose
from solicit.keys import travel_keys, use_travel_keys
from solicit.settings import BadSettings, Settings

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture(autouse=True)
def keys():
    """The process has the old key, and afterwards those it had."""
    before = travel_keys()
    use_travel_keys([OLD])
    yield
    use_travel_keys(before)


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def meeting(session, call):
    return make_meeting(session, call)


@pytest.fixture
def person(session, call, meeting):
    person = make_person(session)
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED)
    return person


def test_what_was_sealed_opens(meeting):
    details = travel_details(meeting)
    assert unseal(seal(details, invitation_id=7), invitation_id=7) == details


def test_a_row_copied_to_another_invitation_does_not_open(meeting):
    sealed = seal(travel_details(meeting), invitation_id=7)
    with pytest.raises(CannotOpen):
        unseal(sealed, invitation_id=8)


@pytest.mark.parametrize(
    "broken", [lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b"", lambda b: b"x" * 40]
)
def test_a_changed_row_does_not_open(meeting, broken):
    with pytest.raises(CannotOpen):
        unseal(broken(seal(travel_details(meeting), invitation_id=7)), invitation_id=7)


def test_without_the_key_nothing_opens(meeting):
    sealed = seal(travel_details(meeting), invitation_id=7)
    use_travel_keys([NEW])
    with pytest.raises(CannotOpen):
        unseal(sealed, invitation_id=7)


def test_equal_details_are_sealed_differently_and_equally_long(meeting):
    short, long = (travel_details(meeting, wishes=wishes) for wishes in ("", "A seat at the window, please."))
    seals = [seal(details, invitation_id=7) for details in (short, short, long)]
    assert len(set(seals)) == 3 and len({len(sealed) for sealed in seals}) == 1


def test_details_are_never_printed(meeting, caplog):
    details = travel_details(meeting)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("x").debug("%s %r %s", details, details, [details])
    assert "ZQ" not in caplog.text and "Zq" not in caplog.text


def test_a_new_key_opens_what_the_old_one_sealed_and_the_night_seals_it_anew(session, call, meeting, person):
    given = give_travel(session, call, meeting, person)
    use_travel_keys([NEW, OLD])
    document = session.scalars(sa.select(TravelDocument)).one()
    own = dict(call_id=call.id, person_id=person.id, purpose=ReadingPurpose.OWN, now=utcnow())
    assert open_own_travel(session, **own) == given
    assert not is_of_first_key(document.sealed, invitation_id=document.invitation_id)
    assert reseal_travel(session) == Resealed(n_resealed=1, n_shut=0)
    assert reseal_travel(session) == Resealed(n_resealed=0, n_shut=0)
    use_travel_keys([NEW])
    assert open_own_travel(session, **own) == given


def test_the_night_leaves_alone_what_no_key_opens(session, call, meeting, person):
    give_travel(session, call, meeting, person)
    before = session.scalars(sa.select(TravelDocument.sealed)).one()
    use_travel_keys([NEW])
    assert reseal_travel(session) == Resealed(n_resealed=0, n_shut=1)
    assert session.scalars(sa.select(TravelDocument.sealed)).one() == before


def test_the_database_holds_nothing_in_clear(session, call, meeting, person):
    give_travel(session, call, meeting, person)
    names = session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    rows = (row for name in names for row in session.scalars(sa.text(f"SELECT t::text FROM {name} t")))
    text = "\n".join(rows)
    assert "ZQ" not in text and "Zq" not in text and b"ZQ".hex() not in text


def test_every_field_comes_back(meeting):
    details = travel_details(meeting, passport_name='أمينة O\'Brien "Ünï"', wishes="Zeile 1\nZeile 2 %s {x}")
    assert TravelDetails.from_json(details.to_json()) == details


def test_keys_of_the_settings(tmp_path):
    own, given = (Settings(instance_dir=tmp_path, travel_keys=keys) for keys in ((), ("a" * 32, "b" * 32)))
    assert len(own.travel_secrets()) == 1 and given.travel_secrets()[2:] == own.travel_secrets()
    assert {len(key) for key in given.travel_secrets()} == {32} and len(set(given.travel_secrets())) == 3
    assert "a" * 32 not in repr(given)
    production = dict(environment="production", secret_key="x" * 32, public_url="https://x.example.org")
    common = dict(database_url="postgresql+psycopg://localhost/x", mail_server="localhost", **production)
    assert Settings(travel_keys=("k" * 32,), **common).checked()
    with pytest.raises(BadSettings, match="SOLICIT_TRAVEL_KEYS"):
        Settings(travel_keys=("short",), **common).checked()

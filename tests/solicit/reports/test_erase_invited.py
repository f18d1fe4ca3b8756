"""Of an erased person no word is left among candidates, invitations and the meeting; numbers and money stay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation, make_nomination, make_question
from builders_letters import make_meeting
from builders_travel import give_travel

from solicit.clock import utcnow
from solicit.invitations.models import (
    CandidateDouble,
    CandidateWish,
    Contribution,
    Invitation,
    Nomination,
    ProgrammeSession,
    ProgrammeSlot,
    SelectionCandidate,
    Spending,
    TravelDocument,
    TravelReading,
)
from solicit.invitations.service.travel import open_travel
from solicit.invitations.states import (
    DoubleBasis,
    Gender,
    InvitationState,
    ReadingPurpose,
    Rule,
    SpendingKind,
    Wish,
)
from solicit.reports.service.erase import erase_person
from solicit.reports.service.own_data import take_data_along

CANARY = "zqcanary"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def meeting(session, call):
    return make_meeting(session, call)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def person(session, call, meeting, organizer):
    """An invited person with a canary in every field of theirs."""
    person = make_person(session, full_name="Zqcanary Name", affiliation="Zqcanary House")
    other, now = make_person(session), utcnow()
    invitation = make_invitation(
        session, call, person=person, state=InvitationState.CONFIRMED, confirmed_at=now, answer_note="zqcanary note"
    )
    invitation.cancel_reason, invitation.nonce = "zqcanary reason", "zqcanary nonce"
    candidate = session.get_one(SelectionCandidate, (invitation.selection_id, person.id))
    candidate.institution, candidate.region, candidate.country = "zqcanary house", "zqcanary region", "KE"
    candidate.gender, candidate.is_young, candidate.also_ids = Gender.WOMAN, True, [other.id]
    candidate.rule, candidate.rule_reason, candidate.why = Rule.ALWAYS, "zqcanary pin", {"zqcanary": 1}
    candidate.theme_keys, candidate.topic_ids = ["zqcanary"], [1]
    joined = make_invitation(session, call, state=InvitationState.OFFERED, selection_id=invitation.selection_id)
    row = session.get_one(SelectionCandidate, (joined.selection_id, joined.person_id))
    row.also_ids = [other.id, person.id]
    question, first, second = make_question(session, call), *sorted((person.id, other.id))
    lesson = ProgrammeSession(call_id=call.id, position=1, title="Dust")
    session.add(lesson)
    session.flush()
    session.add_all(
        [
            CandidateWish(
                call_id=call.id, person_id=person.id, wish=Wish.IN_PERSON, gender=Gender.WOMAN, changed_at=now
            ),
            CandidateDouble(
                call_id=call.id,
                first_id=first,
                second_id=second,
                basis=DoubleBasis.ORCID,
                reason="zqcanary twin",
                found_at=now,
            ),
            Spending(
                invitation_id=invitation.id,
                kind=SpendingKind.TRAVEL,
                amount_cents=123_45,
                note="zqcanary ticket",
                recorded_at=now,
            ),
            Contribution(
                call_id=call.id,
                question_id=question.id,
                person_id=person.id,
                title="zqcanary talk",
                text="zqcanary words",
                recorded_at=now,
            ),
            ProgrammeSlot(session_id=lesson.id, position=1, invitation_id=invitation.id, title="zqcanary speaks"),
        ]
    )
    make_nomination(session, call, person_id=person.id, statement="zqcanary statement")
    make_nomination(session, call, proposer=person)
    give_travel(session, call, meeting, person, passport_name="ZQCANARY NAME")
    opened = dict(call=call, invitation_id=invitation.id, reader_id=organizer.id)
    open_travel(session, **opened, purpose=ReadingPurpose.ARRANGE_TRAVEL, now=now)
    session.flush()
    return person


def everything(session) -> str:
    session.flush()
    names = session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    rows = (row for name in names for row in session.scalars(sa.text(f"SELECT t::text FROM {name} t")))
    return "\n".join(rows).lower()


def erase(session, person) -> None:
    erase_person(session, person_id=person.id, blanks_texts=False, now=utcnow())
    session.expire_all()


def invitation_of(session, person) -> Invitation:
    return session.scalars(sa.select(Invitation).where(Invitation.person_id == person.id)).one()


def test_no_word_is_left(session, person):
    before = everything(session)
    # Sealed details are not in clear before either.
    assert before.count(CANARY) == 16 and "zqcanary name" in before
    erase(session, person)
    assert everything(session).count(CANARY) == 0
    assert session.scalars(sa.select(TravelDocument)).all() == []
    assert session.scalars(sa.select(CandidateWish)).all() == session.scalars(sa.select(CandidateDouble)).all() == []


def test_numbers_and_money_stay_and_the_seat_is_free(session, person):
    number = invitation_of(session, person).id
    erase(session, person)
    invitation = invitation_of(session, person)
    assert (invitation.id, invitation.state, invitation.cost_cents) == (number, InvitationState.CANCELLED, 100_000)
    assert session.execute(sa.select(Spending.amount_cents, Spending.note)).all() == [(123_45, "")]
    candidate = session.get_one(SelectionCandidate, (invitation.selection_id, person.id))
    assert (candidate.merit, candidate.is_chosen, candidate.gender, candidate.also_ids) == (90, True, None, [])
    assert not any(person.id in also for also in session.scalars(sa.select(SelectionCandidate.also_ids)))
    assert session.execute(sa.select(ProgrammeSlot.invitation_id, ProgrammeSlot.title)).all() == [(None, "")]


def test_after_the_meeting_who_was_there_stays_counted(session, meeting, person):
    meeting.starts_on = meeting.ends_on = (utcnow() - timedelta(days=2)).date()
    session.flush()
    erase(session, person)
    assert invitation_of(session, person).state is InvitationState.CONFIRMED


def test_that_details_were_opened_stays(session, person, organizer):
    take_data_along(session, person_id=person.id, now=utcnow())
    assert session.scalar(sa.select(sa.func.count()).select_from(TravelReading)) == 2
    erase(session, person)
    rows = session.execute(sa.select(TravelReading.subject_id, TravelReading.reader_id)).all()
    assert rows == [(person.id, organizer.id)]


def test_an_erased_reader_is_nobody(session, person, call):
    other = make_organizer(session, call)
    number = invitation_of(session, person).id
    opened = dict(call=call, invitation_id=number, reader_id=other.id)
    open_travel(session, **opened, purpose=ReadingPurpose.VISA_LETTER, now=utcnow())
    erase(session, other)
    readers = session.scalars(sa.select(TravelReading.reader_id).order_by(TravelReading.id)).all()
    assert readers[-1] is None and readers[0] is not None


def test_proposals_of_an_erased_person_stay_without_them(session, person):
    erase(session, person)
    assert session.scalars(sa.select(Nomination.proposed_by_id)).all() == [None]


def test_what_a_person_takes_along_holds_their_own_details_and_the_reading(session, person, organizer):
    tables = take_data_along(session, person_id=person.id, now=utcnow())["tables"]
    (document,) = tables["travel_document"]["rows"]
    assert document["details"]["passport_name"] == "ZQCANARY NAME" and "sealed" not in document
    (wish,), (contribution,) = tables["candidate_wish"]["rows"], tables["contribution"]["rows"]
    assert (wish["gender"], contribution["text"]) == ("woman", "zqcanary words")
    (invitation,) = tables["invitation"]["rows"]
    assert invitation["answer_note"] == "zqcanary note" and "nonce" not in invitation
    (spent,) = tables["spending"]["rows"]
    assert spent["amount_cents"] == 123_45 and "note" not in spent
    assert len(tables["programme_slot"]["rows"]) == len(tables["nomination"]["rows"]) == 1
    purposes = session.scalars(sa.select(TravelReading.purpose).where(TravelReading.reader_id == person.id)).all()
    assert purposes == [ReadingPurpose.OWN]
    assert take_data_along(session, person_id=organizer.id, now=utcnow())["tables"]["travel_document"]["rows"] == []

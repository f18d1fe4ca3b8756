"""Canaries in what concerns the meeting: who is invited and how they answered, their journey, money, and talks."""

import sqlalchemy as sa
from builders import make_person
from builders_invitations import make_invitation, make_nomination
from builders_programme import make_slot
from builders_travel import give_travel

from solicit.clock import utcnow
from solicit.invitations.models import (
    CandidateDouble,
    CandidateWish,
    Contribution,
    Invitation,
    LimitSet,
    Meeting,
    ProgrammeSession,
    QuestionOutcome,
    Spending,
)
from solicit.invitations.states import (
    DoubleBasis,
    Gender,
    InvitationState,
    LimitState,
    NominationSource,
    OutcomeKind,
    SpendingKind,
    Wish,
)
from solicit.questions.models import Question
from trust.planter import Planter


def plant_meeting(planter: Planter, sealed: Question) -> tuple[Invitation, Invitation]:
    """Somebody who is nobody's persona comes, and so does the author of the sealed question; another one cancelled."""
    session, call, people = planter.session, planter.world.call, planter.people
    invitee = make_person(
        session, full_name=planter.text("invitee_name"), email=planter.canaries["invitee_address"].address
    )
    letters = session.get_one(Invitation, planter.world.things["invitation_id"]).batch_id
    coming = dict(state=InvitationState.ACCEPTED, batch_id=letters)
    invitation = make_invitation(session, call, person=invitee, answer_note=planter.text("answer_note"), **coming)
    of_author = make_invitation(session, call, person=people.author, question_ids=[sealed.id], **coming)
    gone = dict(state=InvitationState.CANCELLED, batch_id=letters, cancelled_at=utcnow())
    make_invitation(session, call, person=people.reporter, cancel_reason=planter.text("cancel_reason"), **gone)
    _personas(planter, coming)
    _journeys(planter, invitation, invitee)
    _candidates(planter)
    _talks(planter, invitation)
    return invitation, of_author


def _personas(planter: Planter, coming: dict) -> None:
    """Two who knock: one comes and speaks beside others, one said no."""
    session, call = planter.session, planter.world.call
    invited = make_invitation(session, call, person=planter.persona("invited"), **coming)
    said_no = coming | dict(state=InvitationState.DECLINED, answer_note=planter.text("declined_note"))
    make_invitation(session, call, person=planter.persona("declined"), **said_no)
    _speak(planter, invited, "own_slot_title")


def _speak(planter: Planter, invitation: Invitation, field: str) -> None:
    """All of them in one session, at the end of it."""
    of_session = planter.session.get_one(ProgrammeSession, planter.world.things["session_id"])
    make_slot(planter.session, of_session, invitation=invitation, title=planter.text(field))


def _journeys(planter: Planter, invitation: Invitation, invitee) -> None:
    """What is sealed stands in no table; what was spent does."""
    session, call = planter.session, planter.world.call
    meeting = session.get_one(Meeting, call.id)
    sealed = dict(
        passport_name="passport_name", passport_number="passport_number", from_city="departure_city",
        emergency="emergency_contact", diet="diet", access="access_needs",
    )  # fmt: skip
    give_travel(session, call, meeting, invitee, **{name: planter.text(field) for name, field in sealed.items()})
    meeting.online_address = f"https://meet.example.org/{planter.canaries['online_address'].plain}"
    planter.add(
        Spending(
            invitation_id=invitation.id,
            kind=SpendingKind.TRAVEL,
            amount_cents=123_45,
            note=planter.text("spending_note"),
            recorded_at=utcnow(),
        )
    )


def _candidates(planter: Planter) -> None:
    """Who proposed whom, who may be the same person, and why the limits should change."""
    session, call, people = planter.session, planter.world.call, planter.people
    proposer = make_person(session, full_name=planter.text("proposer_name"))
    make_nomination(session, call, proposer=proposer)
    proposed = make_person(session, full_name=planter.text("own_proposal_name"))
    make_nomination(
        session,
        call,
        person_id=proposed.id,
        proposer=planter.persona("panelist"),
        source=NominationSource.PANEL,
        panel_id=people.panel.id,
        statement=planter.text("own_proposal_statement"),
    )
    first, second = sorted((people.supporter.id, people.reporter.id))
    in_force = sa.select(LimitSet).where(LimitSet.call_id == call.id, LimitSet.state == LimitState.IN_FORCE)
    present = session.scalars(in_force).one()
    planter.add(
        CandidateDouble(
            call_id=call.id,
            first_id=first,
            second_id=second,
            basis=DoubleBasis.NAME,
            reason=planter.text("double_reason"),
            found_at=utcnow(),
        ),
        CandidateWish(
            call_id=call.id,
            person_id=people.supporter.id,
            wish=Wish.IN_PERSON,
            gender=Gender.WOMAN,
            changed_at=utcnow(),
        ),
        LimitSet(
            call_id=call.id,
            state=LimitState.WAITING,
            seats=present.seats + 1,
            budget_cents=present.budget_cents,
            changes_id=present.id,
            reason=planter.text("limit_reason"),
            drawn_up_at=utcnow(),
            drawn_up_by_id=planter.world.people["organizer"],
        ),
    )


def _talks(planter: Planter, invitation: Invitation) -> None:
    """Who speaks, what was said at the meeting, and what it found."""
    _speak(planter, invitation, "slot_title")
    common = dict(call_id=planter.world.call.id, question_id=planter.world.things["question_id"], recorded_at=utcnow())
    planter.add(
        Contribution(
            person_id=invitation.person_id,
            title=planter.text("contribution_title"),
            text=planter.text("contribution_text"),
            **common,
        ),
        QuestionOutcome(kind=OutcomeKind.AGREED, text=planter.text("outcome_text"), **common),
    )

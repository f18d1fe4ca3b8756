"""The last part of the sample call: people are invited and answer, and a meeting takes shape."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.db import transaction
from solicit.demo.content import sample_meeting
from solicit.invitations.models import Invitation, LimitSet, ProgrammeSession, ProgrammeSlot, Selection
from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.invitations.service import letters
from solicit.invitations.service.meeting import set_meeting
from solicit.invitations.service.programme import outcomes, sessions
from solicit.invitations.service.programme.skeleton import Names, make_skeleton, programme_state
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.service.selecting.case import Wanted
from solicit.invitations.service.selecting.propose import propose_selection, wanted_as_json
from solicit.invitations.service.spending import record_spending
from solicit.invitations.service.travel import save_travel
from solicit.invitations.states import (
    Attendance,
    InvitationState,
    LimitState,
    OutcomeKind,
    SelectionState,
    SpendingKind,
    VisaNeed,
)
from solicit.invitations.tasks import selections as tasks
from solicit.mail.models import OutboxMail
from solicit.mail.service import mark_sent
from solicit.people.models import Person
from solicit.submissions.service.links import AnswerLinks, LinkKey

MONDAY, DAYS, WEEKS_AHEAD, ANSWER_DAYS = 0, 3, 17, 30
N_CONFIRMED, N_OPEN = 3, 4
NAMES = Names(room="Room %(n)s", part="%(title)s, part %(n)s", gathered="%(theme)s: more questions")
OPENS_AT, OPENING_MINUTES = time(8, 30), 30


def invite(session: Session, *, call: CallFacts, organizer_ids: Sequence[int], secret: str, now: datetime) -> None:
    """Approve the proposed selection by a second organizer, and write to everybody who was chosen."""
    first, second = organizer_ids[:2]
    set_meeting(session, call_id=call.id, meeting=_meeting(now), actor_id=first, now=now)
    proposed = sa.select(Selection.id).where(Selection.call_id == call.id)
    selection_id = session.scalars(proposed).one()
    approve_selection(session, call_id=call.id, selection_id=selection_id, approver_id=second, now=now)
    answer_on = (now + timedelta(days=ANSWER_DAYS)).date()
    batch_id = letters.prepare_letters(session, call_id=call.id, answer_on=answer_on, actor_id=first, now=now)
    links = AnswerLinks(secret)
    letters.send_letters(session, call=call, links=links, batch_id=batch_id, approver_id=second, now=now)
    _keep_letters(session, call, now)


def answer(session: Session, *, call: CallFacts, organizer_ids: Sequence[int], now: datetime) -> None:
    """Some decline, some have not answered yet, the others accept; a few are confirmed, travel and cost money."""
    notes, invited = sample_meeting()["declines"], _invited(session, call, InvitationState.OFFERED)
    declining = invited[:: len(invited) // len(notes)][: len(notes)]
    for invitation, note in zip(declining, notes, strict=True):
        letters.decline(session, call=call, key=LinkKey(invitation.id, invitation.nonce), note=note, now=now)
    accepting = [invitation for invitation in invited if invitation not in declining][:-N_OPEN]
    for invitation in accepting:
        letters.accept(session, call=call, key=LinkKey(invitation.id, invitation.nonce), now=now)
    actor = {"actor_id": organizer_ids[0], "now": now}
    for invitation in accepting[:N_CONFIRMED]:
        letters.confirm_place(session, call=call, invitation_id=invitation.id, **actor)
        _spend(session, call, invitation, **actor)
    coming = [invitation for invitation in accepting if invitation.attendance is Attendance.IN_PERSON]
    for invitation, given in zip(coming, sample_meeting()["travel"], strict=False):
        details = _travel(session.get_one(Person, invitation.person_id), _meeting(now), given)
        save_travel(session, call_id=call.id, person_id=invitation.person_id, details=details, now=now)


def propose_replacement(*, call: CallFacts, organizer_id: int, now: datetime) -> None:
    """Who would come instead of those who declined; waiting for a second organizer."""
    with transaction() as session:
        in_force = LimitSet.call_id == call.id, LimitSet.state == LimitState.IN_FORCE
        approved = Selection.call_id == call.id, Selection.state == SelectionState.APPROVED
        wanted = Wanted(
            session.scalars(sa.select(LimitSet.id).where(*in_force)).one(),
            "Seats that came free",
            replaces_id=session.scalars(sa.select(Selection.id).where(*approved)).one(),
        )
        job_id = propose_selection(session, call=call, wanted=wanted, proposer_id=organizer_id, now=now)
    tasks.select(job_id=job_id, call_slug=call.slug, proposer_id=organizer_id, wanted=wanted_as_json(wanted))


def meet(session: Session, *, call: CallFacts, organizer_ids: Sequence[int], now: datetime) -> None:
    """A programme from its skeleton, with an opening of our own; what was said, and what was found."""
    actor = {"actor_id": organizer_ids[0], "now": now}
    seen = programme_state(session, call_id=call.id).digest
    make_skeleton(session, call=call, names=NAMES, replaces=False, seen=seen, **actor)
    opening = sessions.SessionValues(
        title=sample_meeting()["opening"],
        room=NAMES.room % {"n": 1},
        starts_at=datetime.combine(_meeting(now).starts_on, OPENS_AT, _meeting(now).zone),
        minutes=OPENING_MINUTES,
        theme_id=None,
    )
    sessions.add_session(session, call_id=call.id, values=opening, **actor)
    _record(session, call, **actor)


def _meeting(now: datetime) -> MeetingView:
    """From a Monday some weeks from now."""
    starts_on = (now + timedelta(weeks=WEEKS_AHEAD, days=(MONDAY - now.weekday()) % 7)).date()
    days = dict(starts_on=starts_on, ends_on=starts_on + timedelta(days=DAYS - 1))
    return MeetingView(**sample_meeting()["meeting"], **days)


def _keep_letters(session: Session, call: CallFacts, now: datetime) -> None:
    """Letters that wait are dropped at the end; these stay, so that “My submissions” leads to the invitation."""
    of_call = OutboxMail.call_id == call.id, OutboxMail.kind == "invitation"
    for mail in session.scalars(sa.select(OutboxMail).where(*of_call)):
        mark_sent(session, mail, now=now)


def _invited(session: Session, call: CallFacts, *states: InvitationState) -> Sequence[Invitation]:
    of_call = sa.select(Invitation).where(Invitation.call_id == call.id, Invitation.state.in_(states))
    return session.scalars(of_call.order_by(Invitation.id)).all()


def _spend(session: Session, call: CallFacts, invitation: Invitation, **actor: object) -> None:
    for one in sample_meeting()["spending"]:
        record_spending(
            session,
            call=call,
            invitation_id=invitation.id,
            kind=SpendingKind(one["kind"]),
            amount_cents=round(one["share"] * invitation.cost_cents / 100) * 100,
            note=one["note"],
            **actor,
        )


def _travel(person: Person, meeting: MeetingView, given: dict) -> TravelDetails:
    """Invented details; ``born`` is how many days before the meeting."""
    given = dict(given)
    born_on: date = meeting.starts_on - timedelta(days=given.pop("born"))
    return TravelDetails(
        passport_name=person.full_name.upper(),
        nationality=person.country,
        issued_by=person.country,
        born_on=born_on,
        expires_on=meeting.ends_on + timedelta(days=900),
        visa_need=VisaNeed(given.pop("visa_need")),
        arrives_on=meeting.starts_on - timedelta(days=1),
        leaves_on=meeting.ends_on + timedelta(days=1),
        **given,
    )


def _record(session: Session, call: CallFacts, **actor: object) -> None:
    """A contribution by each of the first speakers, and outcomes to the first questions."""
    spoken = session.execute(
        sa.select(ProgrammeSlot.question_id, Invitation.person_id)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSlot.session_id)
        .join(Invitation, Invitation.id == ProgrammeSlot.invitation_id)
        .where(ProgrammeSession.call_id == call.id)
        .order_by(ProgrammeSession.position, ProgrammeSlot.position)
    ).all()
    for slot, said in zip(spoken, sample_meeting()["contributions"], strict=False):
        values = outcomes.ContributionValues(slot.person_id, said["title"], said["text"])
        outcomes.add_contribution(session, call=call, question_id=slot.question_id, values=values, **actor)
    for slot, found in zip(spoken, sample_meeting()["outcomes"], strict=False):
        values = outcomes.OutcomeValues(OutcomeKind(found["kind"]), found["text"])
        outcomes.add_outcome(session, call=call, question_id=slot.question_id, values=values, **actor)

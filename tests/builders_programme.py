"""Sessions of a meeting, and what came of it."""

from datetime import datetime, time

import sqlalchemy as sa
from builders import make_organizer
from builders_panels import ask, make_panel, make_round

from solicit.clock import utcnow
from solicit.invitations.models import Contribution, ProgrammeSession, ProgrammeSlot, QuestionOutcome
from solicit.invitations.queries.meeting import meeting_of
from solicit.invitations.states import OutcomeKind


def make_session(session, call, *, begins: time | None = time(9), **values) -> ProgrammeSession:
    """A session on the first day of the meeting, at the clocks of its place."""
    meeting = meeting_of(session, call_id=call.id)
    n_before = session.scalar(sa.select(sa.func.count()).where(ProgrammeSession.call_id == call.id))
    defaults = dict(
        call_id=call.id,
        position=n_before + 1,
        title=f"Session {n_before + 1}",
        room="Room 1",
        starts_at=begins and datetime.combine(meeting.starts_on, begins, meeting.zone),
        minutes=60,
    )
    made = ProgrammeSession(**defaults | values)
    session.add(made)
    session.flush()
    return made


def make_slot(session, of_session, question=None, invitation=None, **values) -> ProgrammeSlot:
    n_before = session.scalar(sa.select(sa.func.count()).where(ProgrammeSlot.session_id == of_session.id))
    defaults = dict(
        session_id=of_session.id,
        position=n_before + 1,
        question_id=question.id if question else None,
        invitation_id=invitation.id if invitation else None,
        title="" if question else "Opening",
    )
    made = ProgrammeSlot(**defaults | values)
    session.add(made)
    session.flush()
    return made


def make_contribution(session, **values) -> Contribution:
    defaults = dict(title="A rover that sleeps", text="It wakes **by itself**.", recorded_at=utcnow())
    made = Contribution(**defaults | values)
    session.add(made)
    session.flush()
    return made


def make_outcome(session, **values) -> QuestionOutcome:
    defaults = dict(kind=OutcomeKind.AGREED, text="Two missions should carry one clock.", recorded_at=utcnow())
    made = QuestionOutcome(**defaults | values)
    session.add(made)
    session.flush()
    return made


def judged_by(session, call, question):
    """An organizer who is asked to score a question, and so has a part in it."""
    cleo = make_organizer(session, call, full_name="Cleo Organizer")
    panel = make_panel(session, call)
    ask(session, make_round(session, call, state="open", panel_id=panel.id), panel, cleo, question)
    return cleo


def stored(session, row):
    """A row as the database has it."""
    session.expire_all()
    return session.get(type(row), row.id)

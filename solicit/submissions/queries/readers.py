"""Who may read the results of a call: everybody, those who sent something and the panels, or only the panels."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Identity, Subject, is_organizer, sits_on_a_panel
from solicit.calls.queries import CallFacts
from solicit.calls.states import ResultsFor
from solicit.submissions.models import Submission
from solicit.submissions.queries.correspondence import everybody
from solicit.submissions.states import LIVE


def is_reader(session: Session, *, call: CallFacts, who: Identity | None) -> bool:
    """Whether what is published of a call is for this person; at most one statement."""
    if call.results_for is ResultsFor.EVERYBODY:
        return True
    if who is None:
        return False
    if is_organizer(who, Subject(call_id=call.id)) or sits_on_a_panel(who, Subject(call_id=call.id)):
        return True
    return call.results_for is ResultsFor.SUBMITTERS and _sent_something(session, call, who.person_id)


def _sent_something(session: Session, call: CallFacts, person_id: int) -> bool:
    people = everybody()
    theirs = sa.select(Submission.id).join(people, people.c.submission_id == Submission.id)
    theirs = theirs.where(Submission.call_id == call.id, Submission.state.in_(LIVE), people.c.person_id == person_id)
    return session.scalar(theirs.limit(1)) is not None

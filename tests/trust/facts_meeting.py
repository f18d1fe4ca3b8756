"""Hidden facts about the meeting: who is a candidate, who is invited and what they answered, and their journey."""

import sqlalchemy as sa
from builders_invitations import make_invitation, make_nomination
from builders_travel import travel_details

from solicit.clock import utcnow
from solicit.db import db
from solicit.invitations.models import Meeting, Selection, SelectionCandidate
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.invitations.service.travel_seal import seal
from solicit.invitations.states import Basis, InvitationState, NominationSource
from solicit.people.models import Person
from trust.facts import FACTS, ORGANIZERS, fact
from trust.worlds import Planted

__all__ = ["FACTS"]  # with those declared here


@fact(*ORGANIZERS)
def one_more_candidate(planted: Planted) -> None:
    """The selections see one person more, and choose them."""
    session, seen = db.session(), dict(merit=50, basis=Basis.QUESTIONS, region="", question_ids=[], theme_keys=[])
    selections = session.scalars(sa.select(Selection.id).where(Selection.call_id == planted.world.call.id)).all()
    who = dict(person_id=planted.hidden.supporter_id, cost_cents=100_000, is_chosen=True, draw_share=0.7)
    session.add_all(SelectionCandidate(selection_id=number, **who, **seen) for number in selections)
    session.commit()


@fact(*ORGANIZERS)
def one_more_invitation(planted: Planted) -> None:
    session = db.session()
    person = session.get_one(Person, planted.hidden.supporter_id)
    make_invitation(session, planted.world.call, person=person, state=InvitationState.OFFERED)
    session.commit()


@fact(*ORGANIZERS)
def the_invitee_declined(planted: Planted) -> None:
    planted.execute(
        "UPDATE invitation SET state = 'declined', answer_note = 'No.' WHERE id = :id", id=planted.hidden.invitation_id
    )


@fact(*ORGANIZERS)
def more_was_spent(planted: Planted) -> None:
    planted.execute("UPDATE spending SET amount_cents = amount_cents * 2, kind = 'stay'")


@fact(*ORGANIZERS)
def another_gender(planted: Planted) -> None:
    """Only groups are counted by it, and only for organizers."""
    planted.execute("UPDATE candidate_wish SET gender = 'man', is_young = NOT is_young")
    planted.execute("UPDATE selection_candidate SET gender = 'woman'")


@fact(*ORGANIZERS)
def no_suspected_double(planted: Planted) -> None:
    planted.execute("DELETE FROM candidate_double WHERE call_id = :call", call=planted.world.call.id)


@fact(*ORGANIZERS)
def other_limits_wait(planted: Planted) -> None:
    others = "UPDATE limit_set SET seats = seats + 5, reason = 'More.' WHERE state = 'waiting' AND call_id = :call"
    planted.execute(others, call=planted.world.call.id)


@fact()
def another_passport(planted: Planted) -> None:
    """What is sealed is told by no address that is opened, not even to organizers."""
    sealed = seal(_other_details(planted), invitation_id=planted.hidden.invitation_id)
    planted.execute(
        "UPDATE travel_document SET sealed = :sealed WHERE invitation_id = :id",
        id=planted.hidden.invitation_id,
        sealed=sealed,
    )


@fact(*ORGANIZERS)
def no_journey_of_the_invitee(planted: Planted) -> None:
    planted.execute("DELETE FROM travel_document WHERE invitation_id = :id", id=planted.hidden.invitation_id)


@fact("organizer")
def a_journey_of_the_author(planted: Planted) -> None:
    """One organizer is in conflict with the author's question: for them the author does not come."""
    sealed = seal(_other_details(planted), invitation_id=planted.hidden.author_invitation_id)
    planted.execute(
        "INSERT INTO travel_document (invitation_id, sealed, changed_at) VALUES (:id, :sealed, :now)",
        id=planted.hidden.author_invitation_id,
        sealed=sealed,
        now=utcnow(),
    )


@fact(*ORGANIZERS)
def one_more_proposal_of_a_panelist(planted: Planted) -> None:
    """Another member of the panel proposed somebody: each sees their own proposals alone."""
    session = db.session()
    proposer = session.get_one(Person, planted.hidden.peers[5])
    panel = dict(source=NominationSource.PANEL, panel_id=planted.hidden.panel_id)
    make_nomination(session, planted.world.call, proposer=proposer, **panel)
    session.commit()


@fact(*ORGANIZERS)
def somebody_on_the_reserve(planted: Planted) -> None:
    planted.execute(
        "UPDATE selection_candidate SET reserve_place = 1, is_chosen = false WHERE person_id = :person",
        person=planted.world.people["invited"],
    )


def _other_details(planted: Planted) -> TravelDetails:
    details = travel_details(db.session().get_one(Meeting, planted.world.call.id), passport_name="SOMEBODY ELSE")
    db.session.remove()  # its savepoint would take along what is changed next
    return details

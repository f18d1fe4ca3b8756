"""Hidden facts about somebody whom one organizer does not see: the author of a question that is none of theirs."""

from builders_invitations import make_nomination

from solicit.clock import utcnow
from solicit.db import db
from solicit.invitations.models import CandidateWish, Contribution, Spending
from solicit.invitations.states import Gender, SpendingKind, Wish
from solicit.people.models import Person
from trust.facts_meeting import FACTS, fact
from trust.worlds import Planted

__all__ = ["FACTS"]  # with those declared here

OF_AUTHOR = " WHERE person_id = :author"


def _author(planted: Planted, statement: str) -> None:
    planted.execute(statement + OF_AUTHOR, author=planted.hidden.author_id)


@fact("organizer")
def the_author_is_left_out(planted: Planted) -> None:
    _author(planted, "UPDATE selection_candidate SET is_chosen = false")


@fact("organizer")
def the_author_is_on_the_reserve(planted: Planted) -> None:
    _author(planted, "UPDATE selection_candidate SET is_chosen = false, reserve_place = 1")


@fact("organizer")
def the_author_has_a_place_by_rule(planted: Planted) -> None:
    _author(planted, "UPDATE selection_candidate SET rule = 'always', rule_reason = 'Opens it.', draw_share = 1")


@fact("organizer")
def the_author_was_only_offered_a_place(planted: Planted) -> None:
    _author(planted, "UPDATE invitation SET state = 'offered', answered_at = NULL")


@fact("organizer")
def the_author_declined(planted: Planted) -> None:
    _author(planted, "UPDATE invitation SET state = 'declined', answered_at = now(), answer_note = 'No.'")


@fact("organizer")
def money_was_spent_for_the_author(planted: Planted) -> None:
    spent = dict(kind=SpendingKind.TRAVEL, amount_cents=50_000, recorded_at=utcnow())
    _add(Spending(invitation_id=planted.hidden.author_invitation_id, **spent))


@fact("organizer")
def the_author_said_who_they_are(planted: Planted) -> None:
    said = dict(wish=Wish.ONLINE, gender=Gender.WOMAN, is_young=True, changed_at=utcnow())
    _add(CandidateWish(call_id=planted.world.call.id, person_id=planted.hidden.author_id, **said))


@fact("organizer")
def the_author_was_proposed(planted: Planted) -> None:
    session = db.session()
    proposer = session.get_one(Person, planted.hidden.supporter_id)
    make_nomination(session, planted.world.call, person_id=planted.hidden.author_id, proposer=proposer)
    session.commit()


@fact("organizer")
def the_author_contributed(planted: Planted) -> None:
    """To the question that they wrote."""
    said = dict(title="A clock", call_id=planted.world.call.id, recorded_at=utcnow())
    _add(Contribution(question_id=planted.hidden.sealed_id, person_id=planted.hidden.author_id, **said))


def _add(row) -> None:
    db.session.add(row)
    db.session.commit()


OF_AUTHOR_ONLY = tuple(name for name in FACTS if "the_author" in name)

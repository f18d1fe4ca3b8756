"""Nothing of an erased person is left among seats, what they know, and conflicts."""

import sqlalchemy as sa
from builders import make_call, make_person
from builders_panels import (
    add_submission,
    force_state,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    seat,
    vote,
)
from builders_seats import make_offer, make_suspicion

from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.panels.models import ConflictOfInterest, Panelist, SeatOffer, ThemeExpertise
from solicit.panels.queries.voting.results import ballots_of
from solicit.panels.service import conflicts, seats
from solicit.panels.states import Activity, Expertise
from solicit.reports.service.erase import erase_person


def test_offers_words_and_conflicts_of_an_erased_person_are_gone(session):
    call = make_call(session)
    panel, other_panel = make_panel(session, call), make_panel(session, call)
    person = seat(session, call, panel, person=make_person(session, email="eva@uni-one.edu"))
    profile = seats.NewProfile(
        keywords=("a secret word",),
        expertise="A secret field",
        own_titles=("A secret title",),
        languages=("en",),
        themes={call.themes[0].id: Expertise.EXPERT},
        max_loads={},
    )
    seats.save_profile(session, call=call, person_id=person.id, profile=profile, now=utcnow())
    conflicts.declare_in_words(session, call=call, person_id=person.id, words="A secret friend", now=utcnow())
    make_offer(session, call, other_panel, email=person.email)
    make_suspicion(session, make_read_question(session, call), person)
    kept = make_offer(session, call, other_panel, inviter=person, email="bo@uni-two.edu")
    erase_person(session, person_id=person.id, blanks_texts=False, now=utcnow())
    for model in (Panelist, ThemeExpertise, ConflictOfInterest):
        assert session.scalar(sa.select(sa.func.count()).select_from(model).where(model.person_id == person.id)) == 0
    assert session.scalars(sa.select(SeatOffer.id)).all() == [kept.id]
    assert session.scalars(sa.select(OutboxMail.recipient)).all() == []


def test_places_in_conflict_do_not_count_once_the_person_is_erased(session):
    call = make_call(session)
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    questions = [make_read_question(session, call) for _ in range(3)]
    first_id = make_round(session, call, state="closed")
    round_id = make_later_round(session, first_id, Activity.BALLOT, questions)
    vote(session, round_id, person, {question: n for n, question in enumerate(questions, 1)})
    force_state(session, round_id, "closed")
    add_submission(session, questions[0], authors=(person,))
    erase_person(session, person_id=person.id, blanks_texts=False, now=utcnow())
    (ballot,) = ballots_of(session, first_id=first_id)
    assert [question_id for question_id, _ in ballot.places] == [question.id for question in questions[1:]]

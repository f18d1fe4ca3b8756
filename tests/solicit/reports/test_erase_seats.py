"""Nothing of an erased person is left among seats, what they know, and conflicts."""

import sqlalchemy as sa
from builders import make_call, make_person
from builders_panels import make_panel, make_read_question, seat
from builders_seats import make_offer, make_suspicion

from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.panels.models import ConflictOfInterest, Panelist, SeatOffer, ThemeExpertise
from solicit.panels.service import conflicts, seats
from solicit.panels.states import Expertise
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

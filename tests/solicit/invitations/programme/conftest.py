"""A meeting with people who wrote leading questions, and two organizers."""

from datetime import date

import pytest
from builders import make_call, make_person
from builders_invitations import make_invitation, make_limits_in_force, make_ranked_question
from builders_letters import make_meeting
from builders_map import make_topic

from solicit.invitations.states import InvitationState

FIRST, LAST = date(2027, 5, 3), date(2027, 5, 4)


@pytest.fixture
def call(session):
    return make_call(session, n_places=4)


@pytest.fixture
def meeting(session, call):
    return make_meeting(session, call, starts_on=FIRST, ends_on=LAST, time_zone="Europe/Paris")


@pytest.fixture
def world(session, call, run, meeting):
    """Three leading questions of one topic, one alone in another theme, and their authors' invitations by name."""
    people = {
        name: make_person(session, full_name=name, country=country)
        for name, country in (("Amina", "KE"), ("Borys", "UA"), ("Chiyo", "JP"))
    }
    questions = [
        make_ranked_question(session, call, run, p_top_k=0.9, people=[people["Amina"]], title="What hums?"),
        make_ranked_question(session, call, run, p_top_k=0.8, people=[people["Borys"]], title="What glows?"),
        make_ranked_question(session, call, run, p_top_k=0.7, title="What sleeps?"),
        make_ranked_question(
            session, call, run, p_top_k=0.9, people=[people["Chiyo"]], theme_key="life", title="What lives?"
        ),
    ]
    make_topic(session, call, questions[:3], terms=("dust", "hum"))
    limits = make_limits_in_force(session, call, run)
    written = {"Amina": questions[0], "Borys": questions[1], "Chiyo": questions[3]}
    invitations = {
        name: make_invitation(
            session,
            call,
            person=people[name],
            question_ids=[question.id],
            state=InvitationState.OFFERED if name == "Chiyo" else InvitationState.ACCEPTED,
        )
        for name, question in written.items()
    }
    return World(people, questions, invitations, limits)


class World:
    def __init__(self, people, questions, invitations, limits):
        self.people, self.questions, self.invitations, self.limits = people, questions, invitations, limits

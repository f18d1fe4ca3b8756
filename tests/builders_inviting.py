"""A call whose panel has ranked questions of nine people who are willing to come."""

import sqlalchemy as sa
from builders import make_call
from builders_panels import make_read_question, seat
from builders_people import make_account
from builders_rankings import Judged
from walking import PASSWORD

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.people.states import Career
from solicit.submissions.models import Authorship

SLUG = "deep-space"
OFFICE, SECOND, PANELIST = "office@example.org", "second@example.org", "amina@example.org"
ZURI, BJARNE, AIKO, NALEDI, RAVI, SAMIR = (
    "Zuri Okafor",
    "Bjarne Holm",
    "Aiko Tanaka",
    "Naledi Mokoena",
    "Ravi Chandran",
    "Samir Haddad",
)
# Who asks, from where, in which theme, and what the five panelists say of the question.
# Three students come out nearly equal, Ravi a little ahead: the choice among them is near the line.
ASKING = (
    (ZURI, "NG", Career.RESEARCHER, "life", "55545"),
    (BJARNE, "DK", Career.ENGINEER, "space", "55455"),
    (AIKO, "JP", Career.STUDENT, "space", "43443"),
    ("Lucía Ferreyra", "AR", Career.RESEARCHER, "life", "23232"),
    (NALEDI, "ZA", Career.RESEARCHER, "space", "22222"),
    (RAVI, "IN", Career.STUDENT, "space", "34434"),
    ("Odile Marchand", "FR", Career.ENGINEER, "life", "22121"),
    (SAMIR, "EG", Career.STUDENT, "space", "44433"),
    ("Freya Lindqvist", "SE", Career.RESEARCHER, "space", "12121"),
)
NAMES = tuple(name for name, *_ in ASKING)


def address_of(name: str) -> str:
    return f"{name.split()[0].lower()}@example.org"


def make_judged_call(session) -> CallFacts:
    """The call with two organizers, one frozen ranking and a panelist who can sign in."""
    call = make_call(session, slug=SLUG, title="Deep space", n_places=4, host_country="AT", state=CallState.CLOSED)
    for email, name in ((OFFICE, "The Office"), (SECOND, "Second Organizer")):
        organizer = make_account(session, password=PASSWORD, email=email, full_name=name)
        access.grant_role(session, person_id=organizer.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    judged = Judged(session, call=call, n_questions=0, n_panelists=4)
    panelist = make_account(session, password=PASSWORD, email=PANELIST, full_name="Amina Diallo")
    judged.people.append(seat(session, call, judged.panel, person=panelist))
    for number, (name, country, career, theme, scores) in enumerate(ASKING):
        values = dict(email=address_of(name), full_name=name, country=country, career=career)
        author = make_account(session, password=PASSWORD, **values)
        title = f"What is wonder {number}?"
        judged.questions.append(make_read_question(session, call, theme=theme, authors=(author,), title=title))
        for n_person, score in enumerate(scores):
            judged.score(n_person, number, int(score))
    session.execute(sa.update(Authorship).values(is_willing=True, confirmed_at=utcnow()))
    judged.freeze()
    session.commit()
    return call


def typed_limits(run, **typed) -> dict:
    """What the form of limits sends."""
    return {
        "runs": str(run.id),
        "seats": "2",
        "online_places": "0",
        "budget": "20000",
        "do": "save",
        "seen": "",
    } | typed

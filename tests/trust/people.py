"""Who else knocks at the doors, beside the people of the doors' table, and who only ever is hidden."""

from dataclasses import dataclass

import sqlalchemy as sa
from architecture.world import World, make_key
from builders import make_person
from builders_panels import ask, make_panel, seat

from solicit.access import service as access
from solicit.access.models import SignIn
from solicit.clock import utcnow
from solicit.panels.models import Panel
from solicit.panels.service import seats
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.reports.service.erase import erase_person
from solicit.submissions.models import Authorship, CoAuthor, Submission
from solicit.submissions.states import CoAuthorState

MORE = ("co_author", "unassigned", "next_panelist", "former_panelist", "erased", "invited", "declined")
N_PEERS = 7


@dataclass(frozen=True)
class People:
    """People of the world who are nobody's persona: whom the hidden fields are about."""

    author: Person
    co_author: Person
    agreed_author: Person
    foreign_author: Person
    supporter: Person
    reporter: Person
    peers: tuple[Person, ...]
    panel: Panel


def seat_people(session, world: World, canaries) -> People:
    """Give everybody their part; the new personas can sign in, the erased one could before."""
    panel = session.get_one(Panel, world.things["panel_id"])
    personas = {name: make_person(session, full_name=name.title()) for name in MORE}
    world.tokens["erased"] = access.open_sign_in(session, person_id=personas["erased"].id, now=utcnow())
    world.keys["erased"] = make_key(session, personas["erased"])
    _write_along(session, world, personas["co_author"])
    seat(session, world.call, panel, person=personas["unassigned"])
    seat(session, world.call, make_panel(session, world.call, theme="life"), person=personas["next_panelist"])
    _come_and_go(session, world, panel, personas["former_panelist"])
    _erase(session, world, panel, personas["erased"], canaries)
    for name, person in personas.items():
        world.people[name] = person.id
        if name != "erased":  # a new part ends every sign-in: they come back
            world.tokens[name] = access.open_sign_in(session, person_id=person.id, now=utcnow())
            world.keys[name] = make_key(session, person)
    # Walking through every door may take longer than a proof lasts.
    session.execute(sa.update(SignIn).values(proved_at=sa.text("now() + interval '1 day'")))
    return _hidden_people(session, world, panel, canaries)


def _write_along(session, world: World, person: Person) -> None:
    """A co-author of the owner's question who agreed to be one."""
    submission_id = _sent(session, world)
    session.add(Authorship(submission_id=submission_id, person_id=person.id, position=3, full_name=person.full_name))
    session.add(
        CoAuthor(
            submission_id=submission_id,
            person_id=person.id,
            email=person.email,
            state=CoAuthorState.ACCEPTED,
            nonce="x",
            named_at=utcnow(),
            invited_at=utcnow(),
            answered_at=utcnow(),
        )
    )
    session.flush()


def _sent(session, world: World) -> int:
    return session.scalars(sa.select(Submission.id).where(Submission.reference == world.things["reference"])).one()


def _come_and_go(session, world: World, panel: Panel, person: Person) -> None:
    """A panelist who was asked something and lost the seat."""
    seat(session, world.call, panel, person=person)
    question = session.get_one(Question, world.things["question_id"])
    ask(session, world.things["round_id"], panel, person, question)
    seats.unseat_panelist(session, call=world.call, panel_id=panel.id, person_id=person.id, actor_id=None, now=utcnow())


def _erase(session, world: World, panel: Panel, person: Person, canaries) -> None:
    """Somebody who sat on the panel, wrote along, and went; nothing may be left of the name and address."""
    person.full_name, person.email = canaries["erased_name"].text, canaries["erased_address"].address
    session.flush()
    seat(session, world.call, panel, person=person)
    session.add(
        Authorship(
            submission_id=_sent(session, world), person_id=person.id, position=4, full_name=canaries["erased_name"].text
        )
    )
    session.flush()
    erase_person(session, person_id=person.id, blanks_texts=False, now=utcnow())
    session.flush()


def _hidden_people(session, world: World, panel: Panel, canaries) -> People:
    def person(role: str, **values) -> Person:
        said = {"full_name": canaries[f"{role}_name"].text}
        if f"{role}_address" in canaries:
            said["email"] = canaries[f"{role}_address"].address
        if f"{role}_affiliation" in canaries:
            said["affiliation"] = canaries[f"{role}_affiliation"].text
        return make_person(session, **said | values)

    peers = [person("peer"), *(make_person(session, full_name=f"Peer {n}") for n in range(1, N_PEERS))]
    for peer in peers:
        seat(session, world.call, panel, person=peer)
    return People(
        author=person("author", family_name=canaries["author_family_name"].text, orcid=canaries["author_orcid"].text),
        co_author=person("co_author"),
        agreed_author=person("agreed_author"),
        foreign_author=person("foreign_author"),
        supporter=person("supporter"),
        reporter=person("reporter"),
        peers=tuple(peers),
        panel=panel,
    )

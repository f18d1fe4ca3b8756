"""What panelists propose, and that the answer tells them nothing of anybody."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_limits_in_force, make_nomination, make_ranked_question, make_ranked_run
from builders_panels import make_panel, seat

from solicit.clock import utcnow
from solicit.invitations.models import CandidateWish, Nomination
from solicit.invitations.service.nominate import ConsentLinks, consent
from solicit.invitations.states import NominationSource, Wish
from solicit.mail.models import OutboxMail

STATEMENT = "Builds instruments that survive the lunar night and has led two missions."


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def panel(session, call):
    return make_panel(session, call)


@pytest.fixture
def pia(client, session, call, panel):
    """A panelist, signed in."""
    pia = make_person(session, full_name="Pia Panelist")
    seat(session, call, panel, person=pia)
    sign_in(client, session, pia)
    return pia


def address(call):
    return f"/{call.slug}/review/candidates"


def typed(of, **values):
    good = dict(email="grace@example.org", full_name="Grace Murray", theme="space", statement=STATEMENT)
    return good | {"panel": str(of.id)} | values


def test_panelist_proposes_and_sees_the_answer(client, session, call, panel, pia):
    assert client.post(address(call), data=typed(panel)).status_code == 303
    made = session.scalars(sa.select(Nomination)).one()
    assert (made.source, made.panel_id, made.proposed_by_id) == (NominationSource.PANEL, panel.id, pia.id)
    assert "Asked" in client.get(address(call)).text
    links = ConsentLinks("secret")
    token = links.token(nomination_id=made.id, person_id=made.person_id, now=utcnow())
    consent(session, call_id=call.id, token=token, links=links, now=utcnow())
    session.commit()
    assert "Agreed" in client.get(address(call)).text


WORLDS = ("nobody", "account", "closed account", "author", "proposed", "agreed", "proposed themselves", "said no")


def make_world(session, call, world):
    """Everything that could be true of somebody with this address, none of which a panelist may learn."""
    if world == "nobody":
        return
    values = dict(email="grace@example.org", full_name="Another Name", active=world != "closed account")
    grace = make_person(session, **values)
    if world == "author":
        run = make_ranked_run(session, call)
        make_ranked_question(session, call, run, p_top_k=0.9, people=[grace])
        make_limits_in_force(session, call, run)
    if world in ("proposed", "agreed"):
        make_nomination(session, call, person_id=grace.id, proposer=make_person(session), consented=world == "agreed")
    if world == "proposed themselves":
        own = dict(person_id=grace.id, proposer=grace, source=NominationSource.ONESELF)
        make_nomination(session, call, **own)
    if world == "said no":
        session.add(CandidateWish(call_id=call.id, person_id=grace.id, wish=Wish.NOT, changed_at=utcnow()))


def test_answer_is_the_same_whatever_is_true_of_the_person(client, session):
    read = []
    for world in WORLDS:
        call = make_call(session, slug="one-call")
        panel = make_panel(session, call)
        panel.name = "One panel"
        pia = make_person(session, full_name="Pia Panelist")
        seat(session, call, panel, person=pia)
        make_world(session, call, world)
        sign_in(client, session, pia)
        answers = [client.post(address(call), data=typed(panel)), client.get(address(call))]
        again = client.post(address(call), data=typed(panel))
        texts = [without_token(answer.text.replace(f'value="{panel.id}"', "")) for answer in (*answers, again)]
        read.append(([answer.status_code for answer in (*answers, again)], texts))
        assert "Another Name" not in str(texts)
        assert texts == read[0][1], world
        forget(session)
    assert [codes for codes, _ in read] == [[303, 200, 422]] * len(WORLDS)


def forget(session):
    """The next world starts with the same addresses."""
    session.execute(sa.text("UPDATE call SET slug = slug || id WHERE slug = 'one-call'"))
    session.execute(sa.text("UPDATE person SET email = id || email WHERE email = 'grace@example.org'"))
    session.commit()


def without_token(text):
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


def test_letter_goes_to_whoever_may_be_asked_and_nobody_else(client, session, call, panel, pia):
    make_world(session, call, "said no")
    client.post(address(call), data=typed(panel))
    client.post(address(call), data=typed(panel, email="new@example.org"))
    assert session.scalars(sa.select(OutboxMail.recipient).where(OutboxMail.kind == "nomination_consent")).all() == [
        "new@example.org"
    ]


def test_panelist_sees_nobody_elses_proposals(client, session, call, panel, pia):
    other = make_person(session)
    make_nomination(
        session, call, proposer=other, source=NominationSource.PANEL, panel_id=panel.id, proposed_name="Hidden One"
    )
    make_nomination(session, call, proposer=make_organizer(session, call), proposed_name="Hidden Two")
    session.commit()
    text = client.get(address(call)).text
    assert "Hidden" not in text and "You have not proposed anybody yet." in text


@pytest.mark.parametrize("what", ["other panel", "none", "text"])
def test_panelist_speaks_for_their_own_panel_only(client, session, call, panel, pia, what):
    number = {"other panel": str(make_panel(session, call).id), "none": "", "text": "x"}[what]
    session.commit()
    assert client.post(address(call), data=typed(panel, panel=number)).status_code == 422
    assert session.scalars(sa.select(Nomination)).all() == []


@pytest.mark.parametrize("wrong", [{"email": "no"}, {"statement": "short"}, {"statement": f"{STATEMENT} Murray"}])
def test_bad_proposal_is_shown_back(client, session, call, panel, pia, wrong):
    answer = client.post(address(call), data=typed(panel, **wrong))
    assert (answer.status_code, 'value="Grace Murray"' in answer.text) == (422, True)
    assert session.scalars(sa.select(Nomination)).all() == []


def test_own_address_is_refused(client, session, call, panel, pia):
    answer = client.post(address(call), data=typed(panel, email=pia.email))
    assert (answer.status_code, "your own address" in answer.text) == (422, True)


def test_organizer_without_a_panel_is_led_to_their_own_page(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    assert "Propose a person as an organizer" in client.get(address(call)).text


def test_whoever_sits_on_no_panel_is_told_who_may(client, session, call):
    sign_in(client, session, make_person(session))
    assert client.get(address(call)).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_four_statements(client, session, call, panel, pia, n, count_statements):
    for _ in range(n):
        make_nomination(session, call, proposer=pia, source=NominationSource.PANEL, panel_id=panel.id)
    session.commit()
    count_statements.clear()
    assert client.get(address(call)).status_code == 200
    assert len(count_statements) == 4

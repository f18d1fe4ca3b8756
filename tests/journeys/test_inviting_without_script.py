"""Inviting in a browser that runs no script: limits with more rows, an answer, and travel details."""

import pytest
import sqlalchemy as sa
from builders_invitations import make_invitation
from builders_inviting import OFFICE, SECOND, SLUG, ZURI, address_of, make_judged_call
from builders_letters import make_meeting, prepare, send
from flask import current_app
from walking import PHONE, link_in, sign_in
from walking_inviting import DESK
from walking_meeting import give_travel_details, open_travel_page

from solicit.calls.queries import call_facts
from solicit.invitations.models import Invitation, LimitQuota, LimitSet, TravelDocument
from solicit.invitations.states import InvitationState, LimitState
from solicit.people.models import Person

pytestmark = pytest.mark.browser


def draw_up_limits(page) -> None:
    """More rows than the page has at first; what was typed before is kept."""
    page.goto(f"{DESK}/limits/draft")
    page.get_by_label("Seats in the room").fill("4")
    page.get_by_label("Budget").fill("9000")
    first = page.get_by_role("group", name="Quota 1", exact=True)
    first.get_by_label("Group").select_option(label="Student (3)")
    first.get_by_label("At least").fill("1")
    page.get_by_role("button", name="More rows for quotas").click()
    page.wait_for_url("**#quota_7_group")
    tenth = page.get_by_role("group", name="Quota 10", exact=True)
    tenth.get_by_label("Group").select_option(label="Sub-Saharan Africa (2)")
    tenth.get_by_label("At least").fill("2")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("The draft is saved.").wait_for()
    page.get_by_role("link", name="Put in force…").click()
    page.get_by_role("button", name="Put in force").click()
    page.get_by_text("The limits are in force.").wait_for()


def invite(session) -> None:
    """One person is selected, and their letter leaves."""
    call = call_facts(session, slug=SLUG)
    people = {person.email: person for person in session.scalars(sa.select(Person))}
    make_meeting(session, call)
    make_invitation(session, call, person=people[address_of(ZURI)])
    batch = prepare(session, call, people[OFFICE])
    send(session, call, batch, people[SECOND], current_app.config["SECRET_KEY"])
    session.commit()


def check(session) -> None:
    limits = session.scalars(sa.select(LimitSet)).one()
    assert (limits.state, limits.seats, limits.budget_cents) == (LimitState.IN_FORCE, 4, 900_000)
    quotas = sa.select(LimitQuota.value, LimitQuota.minimum).order_by(LimitQuota.minimum)
    assert [tuple(row) for row in session.execute(quotas)] == [("student", 1), ("Sub-Saharan Africa", 2)]
    invitation = session.scalars(sa.select(Invitation)).one()
    assert invitation.state is InvitationState.ACCEPTED
    assert session.get(TravelDocument, invitation.id) is not None


def test_limits_an_answer_and_a_journey_without_script(make_site, in_site, open_browser, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        make_judged_call(session)
    site.start()
    plain = dict(base_url=site.url, java_script_enabled=False, may_fail_to_load=True)
    office = open_browser(**plain)
    sign_in(office, OFFICE)
    draw_up_limits(office)
    with in_site(site) as session:
        invite(session)

    phone = open_browser(**plain, viewport=PHONE)
    phone.goto(link_in(site.mailbox.wait_for(address_of(ZURI), "You are invited")))
    phone.get_by_role("button", name="Accept the invitation").click()
    phone.get_by_text("You accepted.").wait_for()
    open_travel_page(phone, address_of(ZURI))
    give_travel_details(phone)
    with in_site(site) as session:
        check(session)

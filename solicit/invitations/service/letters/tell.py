"""Mails about invitations. They hold a link and no letter: the outbox keeps nothing that a letter says of a person."""

from datetime import date, datetime

import sqlalchemy as sa
from babel.dates import format_date, format_datetime
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation
from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.states import InvitationLink
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.submissions.service.links import AnswerLinks

DAY = "d MMMM y"


def invite_by_mail(
    session: Session,
    invitation: Invitation,
    person: Person,
    *,
    call: CallFacts,
    links: AnswerLinks,
    meeting: MeetingView,
    now: datetime,
    kind: str = "invitation",
) -> None:
    """Write to the invited person; the link opens their page, and answers nothing by itself."""
    token = links.token(InvitationLink.INVITATION, number=invitation.id, nonce=invitation.nonce)
    params = about(call, meeting, person.locale) | {
        "name": person.full_name,
        "until": until(invitation.answer_by, meeting, person.locale),
        "path": f"/{person.locale}/{call.slug}/invitation/{token}",
    }
    _write(session, kind, person, params, call, now)


def tell_person(
    session: Session, kind: str, invitation: Invitation, *, call: CallFacts, meeting: MeetingView, now: datetime
) -> None:
    """Tell somebody what organizers decided about their place."""
    person = session.get_one(Person, invitation.person_id)
    if not person.active:
        return
    params = about(call, meeting, person.locale) | {
        "name": person.full_name,
        "reason": invitation.cancel_reason,
        "path": f"/{person.locale}/{call.slug}/my/invitation",
    }
    _write(session, kind, person, params, call, now)


def tell_organizers(
    session: Session, *, call: CallFacts, n_free: int, now: datetime, but_id: int | None = None
) -> None:
    """One mail to each organizer that places came free; it says whose only on the page, to those who may see it."""
    organizers = (
        sa.select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.ORGANIZER, RoleGrant.call_id == call.id, Person.active)
        .where(Person.id.is_distinct_from(but_id))
        .order_by(Person.id)
    )
    params = {"call": call.title, "n_free": n_free, "path": f"/{call.slug}/organize/invite/letters"}
    for person in session.scalars(organizers):
        _write(session, "invitation_place_free", person, params, call, now)


def about(call: CallFacts, meeting: MeetingView, locale: str) -> dict:
    return {
        "call": call.title,
        "meeting": meeting.title,
        "city": meeting.city,
        "starts_on": in_words(meeting.starts_on, locale),
        "ends_on": in_words(meeting.ends_on, locale),
        "contact": meeting.contact or call.contact,
    }


def in_words(day: date, locale: str) -> str:
    return format_date(day, DAY, locale=locale.replace("-", "_"))


def until(moment: datetime, meeting: MeetingView, locale: str) -> str:
    """A time where the meeting is, with the name of its zone: “1 March 2027, 23:59 (Europe/Vienna)”."""
    shown = format_datetime(moment.astimezone(meeting.zone), f"{DAY}, HH:mm", locale=locale.replace("-", "_"))
    return f"{shown} ({meeting.time_zone})"


def _write(session: Session, kind: str, person: Person, params: dict, call: CallFacts, now: datetime) -> None:
    to = Recipient(person.email, person.locale, person.id)
    enqueue(session, to=to, kind=kind, params=params, now=now, call_id=call.id)

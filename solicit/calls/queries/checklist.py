"""What is missing before a call opens, each with the page that mends it."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.states import FormChoices, Kind
from solicit.words import N_

ENOUGH_ORGANIZERS = 2
ENOUGH_THEMES = 1


@dataclass(frozen=True)
class Point:
    """Something that is missing. A blocking one keeps the call from opening; ``remedy`` is an endpoint."""

    key: str
    text: str
    is_blocking: bool
    remedy: str
    label: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Counts:
    themes: int
    stages: int
    reasons: int
    missions: int
    organizers: int


def checklist(session: Session, *, call_id: int, now: datetime, sends_mail: bool = True) -> tuple[Point, ...]:
    """What is missing of a call, what blocks its opening first; one statement."""
    call, *counts = session.execute(
        sa.select(
            Call,
            _number(Theme, call_id),
            _number(Stage, call_id),
            _number(OutOfScopeReason, call_id, OutOfScopeReason.is_offered),
            _number(Mission, call_id, Mission.is_offered),
            _number(RoleGrant, call_id, RoleGrant.role == Role.ORGANIZER),
        ).where(Call.id == call_id)
    ).one()
    counted = _Counts(*counts)
    points = (
        *_blocking(call, counted, now),
        *_texts(call),
        *_lists(call, counted),
        *_people(call, counted, sends_mail),
    )
    return tuple(points)


def blocking_points(session: Session, *, call_id: int, now: datetime) -> tuple[Point, ...]:
    """What keeps a call from opening."""
    return tuple(point for point in checklist(session, call_id=call_id, now=now) if point.is_blocking)


def _number(model: type, call_id: int, *which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(model).where(model.call_id == call_id, *which).scalar_subquery()


def _blocking(call: Call, counted: _Counts, now: datetime) -> list[Point]:
    found = []
    if not call.title or not call.headline:
        found.append(_texts_point("title", N_("The call has no title or no headline."), True))
    if counted.themes < ENOUGH_THEMES:
        text = N_("The call has no themes. Every submission belongs to one.")
        found.append(Point("themes", text, True, "calls.arrange_themes", N_("Add themes")))
    if not call.consent:
        found.append(_texts_point("consent", N_("There is no text that submitters agree to when they send."), True))
    if call.closes_at <= now:
        text = N_("The closing time is past.")
        found.append(Point("closed", text, True, "calls.change_dates", N_("Choose dates")))
    return found


def _texts(call: Call) -> list[Point]:
    found = []
    if not call.lead or not call.about:
        found.append(_texts_point("about", N_("The public page does not say what the call is about."), False))
    if not call.before_you_start:
        found.append(_texts_point("before_you_start", N_("Nothing says what writers need before they start."), False))
    if not call.confidentiality:
        text = N_("There is no statement that panelists accept before they read the first text.")
        found.append(_texts_point("confidentiality", text, False))
    return found


def _lists(call: Call, counted: _Counts) -> list[Point]:
    found = []
    if not counted.reasons:
        text = N_("The call lists no reasons for being out of scope. Without one nothing can be put out of scope.")
        found.append(Point("reasons", text, False, "calls.arrange_reasons", N_("Add reasons")))
    if not counted.stages:
        text = N_("The timeline has no stages. Submitters do not learn what happens when.")
        found.append(Point("stages", text, False, "calls.change_dates", N_("Add stages")))
    asks = FormChoices.from_json(call.form_choices)
    if not counted.missions and Kind.PLAN in asks.kinds and "missions" in asks:
        text = N_("Plans are asked for missions, but the call lists none.")
        found.append(Point("missions", text, False, "calls.arrange_missions", N_("Add missions")))
    return found


def _people(call: Call, counted: _Counts, sends_mail: bool) -> list[Point]:
    found = []
    if not call.contact:
        text = N_("The call has no address to which people can write.")
        found.append(Point("contact", text, False, "calls.change_settings", N_("Enter a contact")))
    if counted.organizers < ENOUGH_ORGANIZERS:
        text = N_(
            "The call has no second organizer. Limits, selections and letters need two people. "
            "An administrator names one with: solicit user grant ADDRESS --role organizer --call %(slug)s"
        )
        params = {"slug": call.slug}
        found.append(Point("organizers", text, False, "", "", params))
    if not sends_mail:
        text = N_(
            "This site has no mail server, so that no letter goes out. "
            "Who runs the site sets SOLICIT_MAIL_SERVER (docs/operating.md)."
        )
        found.append(Point("mail", text, False, "mail.outbox", N_("Letters that wait")))
    return found


def _texts_point(key: str, text: str, is_blocking: bool) -> Point:
    return Point(key, text, is_blocking, "calls.change_texts", N_("Write the texts"))

"""What one person sees in a call: their roles, the questions closed to them, and each round, as the policy says."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.models import RoleGrant
from solicit.access.policy import ROLE_WORDS, Grant, Identity, Permission, Role, Subject, permits
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.panels.models import ConflictOfInterest, Panel, Round, SeatOffer
from solicit.panels.queries.conflicts import own_pairs
from solicit.panels.states import (
    ACTIVITY_WORDS,
    ROUND_WORDS,
    Activity,
    ConflictState,
    RoundState,
    SeatOfferState,
)
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved, questions_in_conflict_with, questions_of
from solicit.questions.states import QuestionState
from solicit.web.pagination import Window

CLOSED = (RoundState.CLOSED, RoundState.FROZEN)
PUBLISHED = (CallState.PUBLISHED, CallState.ARCHIVED)


@dataclass(frozen=True)
class PersonLine:
    """Somebody with a role in the call, or who was offered a seat."""

    person_id: int
    name: str
    email: str
    role_words: tuple[str, ...]


@dataclass(frozen=True)
class RoleLine:
    """A role, and the panel it is on."""

    word: str
    panel_id: int | None
    panel: str


@dataclass(frozen=True)
class PersonFacts:
    """Who somebody is in a call, with every role that they hold."""

    identity: Identity
    email: str
    has_second_factor: bool
    is_active: bool
    roles: tuple[RoleLine, ...]


@dataclass(frozen=True)
class ClosedQuestions:
    """How many questions of a call somebody may not judge or decide on, and why; None is not for the viewer."""

    n_questions: int
    n_own: int
    n_confirmed: int
    n_judged: int
    n_suspected: int | None


@dataclass(frozen=True)
class RoundSight:
    """What somebody sees of one round now."""

    name: str
    activity_word: str
    state_word: str
    counts: bool
    others_scores: bool
    ranking: bool


def people_subject(session: Session, *, call: CallFacts, person_id: int, **_) -> Subject | None:
    """Facts for the policy: somebody with a role or an offer in the call."""
    found = session.scalar(sa.select(Person.id).where(Person.id == person_id, _belongs(call.id)))
    return Subject(call_id=call.id) if found else None


def people_lines(session: Session, *, call_id: int, typed: str, window: Window) -> tuple[tuple[PersonLine, ...], int]:
    """A page of those with a role or an offer in a call whose name or address has what was typed; two statements."""
    wanted = [_belongs(call_id), Person.active]
    if typed:
        wanted.append(
            sa.or_(*(column.icontains(typed, autoescape=True) for column in (Person.full_name, Person.email)))
        )
    total = session.scalar(sa.select(sa.func.count()).select_from(Person).where(*wanted))
    roles = sa.func.array_agg(sa.distinct(sa.cast(RoleGrant.role, sa.Text))).filter(RoleGrant.id.is_not(None))
    found = session.execute(
        sa.select(Person.id, Person.full_name, Person.email, roles)
        .outerjoin(RoleGrant, sa.and_(RoleGrant.person_id == Person.id, RoleGrant.call_id == call_id))
        .where(*wanted)
        .group_by(Person.id)
        .order_by(Person.full_name, Person.id)
        .limit(window.size)
        .offset(window.offset)
    )
    return tuple(PersonLine(*row[:3], _role_words(row[3] or ())) for row in found), total


def person_facts(session: Session, *, call_id: int, person_id: int) -> PersonFacts:
    """Somebody's roles, in this call and as a whole; one statement."""
    rows = session.execute(
        sa.select(Person, RoleGrant, Panel.name)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(Panel, Panel.id == RoleGrant.panel_id)
        .where(Person.id == person_id)
        .order_by(Panel.name, RoleGrant.id)
    ).all()
    person = rows[0].Person
    held = [(row.RoleGrant, row.name) for row in rows if row.RoleGrant]
    grants = frozenset(Grant(grant.role, grant.call_id, grant.panel_id) for grant, _ in held)
    return PersonFacts(
        identity=Identity(person.id, person.full_name, person.locale, person.scheme, grants),
        email=person.email,
        has_second_factor=person.totp_confirmed_at is not None,
        is_active=person.active,
        roles=tuple(
            RoleLine(ROLE_WORDS[grant.role], grant.panel_id, panel or "")
            for grant, panel in held
            if grant.call_id == call_id
        ),
    )


def closed_questions(session: Session, *, call_id: int, person_id: int, viewer_id: int) -> ClosedQuestions:
    """How many questions are closed to a person; one statement.

    Those in which the viewer has a part are left out: their authors are not for them. Of themselves people are told
    what they know anyway, and never what is only suspected.
    """
    is_own_page = person_id == viewer_id
    own = own_pairs().subquery("own")
    wrote = Question.id.in_(sa.select(own.c.question_id).where(own.c.person_id == person_id))
    in_conflict = Question.id.in_(questions_in_conflict_with(person_id))
    has_part = Question.id.in_(questions_of(person_id))
    suspected = Question.id.in_(
        sa.select(ConflictOfInterest.question_id).where(
            ConflictOfInterest.person_id == person_id, ConflictOfInterest.state == ConflictState.SUSPECTED
        )
    )
    known = [Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE]
    if not is_own_page:
        known.append(~is_involved(viewer_id, Question.id))
    n = sa.func.count()
    parts = (wrote, sa.and_(in_conflict, ~wrote), sa.and_(has_part, ~in_conflict), suspected)
    counted = session.execute(
        sa.select(n, *(n.filter(part) for part in parts)).select_from(Question).where(*known)
    ).one()
    return ClosedQuestions(*counted[:4], n_suspected=None if is_own_page else counted[4])


def rounds_seen(
    session: Session, *, call: CallFacts, identity: Identity, panel_ids: Sequence[int]
) -> tuple[RoundSight, ...]:
    """What somebody sees of the rounds of a call, whose panels these are, now; one statement."""
    found = session.scalars(sa.select(Round).where(Round.call_id == call.id).order_by(Round.opens_at, Round.id)).all()
    return tuple(_sight(call, identity, round_, found, panel_ids) for round_ in found)


def _sight(
    call: CallFacts, identity: Identity, round_: Round, rounds: Sequence[Round], panel_ids: Sequence[int]
) -> RoundSight:
    of_call = Subject(call_id=call.id)
    panels = [round_.panel_id] if round_.panel_id else panel_ids
    leads = any(
        permits(identity, Permission.CHAIR_PANEL, Subject(call_id=call.id, panel_id=panel_id)) for panel_id in panels
    )
    sits = permits(identity, Permission.SEE_REVIEW_QUEUE, of_call)
    is_frozen = round_.state is RoundState.FROZEN
    return RoundSight(
        name=round_.name,
        activity_word=ACTIVITY_WORDS[round_.activity],
        state_word=ROUND_WORDS[round_.state],
        counts=leads,
        others_scores=round_.state in CLOSED and (leads or (sits and _is_discussed(round_, rounds))),
        ranking=(is_frozen and permits(identity, Permission.SEE_RANKING, of_call)) or call.state in PUBLISHED,
    )


def _is_discussed(round_: Round, rounds: Sequence[Round]) -> bool:
    """Whether a discussion that has begun shows the scores of a round to its panelists."""
    first_id = round_.follows_id or round_.id
    return any(
        each.activity is Activity.DISCUSSION and each.follows_id == first_id and each.state is not RoundState.DRAFT
        for each in rounds
    )


def _belongs(call_id: int) -> sa.ColumnElement[bool]:
    held = aliased(RoleGrant)
    has_role = sa.exists().where(held.person_id == Person.id, held.call_id == call_id)
    offered = (
        sa.select(SeatOffer.id)
        .join(Panel, Panel.id == SeatOffer.panel_id)
        .where(Panel.call_id == call_id, SeatOffer.email == Person.email)
        .where(SeatOffer.state.in_((SeatOfferState.OFFERED, SeatOfferState.ACCEPTED)))
    )
    return sa.or_(has_role, offered.exists())


def _role_words(roles: list[str]) -> tuple[str, ...]:
    return tuple(ROLE_WORDS[role] for role in Role if role.value in roles)

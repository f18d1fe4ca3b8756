"""Reading people: their account and their sign-ins, and the countries of the world."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from babel import Locale
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant, SignIn
from solicit.access.policy import ROLE_WORDS, Grant, Identity, Role
from solicit.access.queries import IDLE_LIMIT, absolute_limit
from solicit.access.service import token_hash
from solicit.people.models import Erasure, Person, RecoveryCode
from solicit.people.queries.countries import SUBREGIONS as SUBREGIONS
from solicit.people.queries.countries import country_choices as country_choices
from solicit.people.queries.countries import country_name as country_name
from solicit.people.queries.countries import subregion_of as subregion_of
from solicit.people.states import Career
from solicit.words import N_

SUBMITTER = N_("submitter")
# The tables of calls and panels belong to features to the right; the list of people reads their names only.
call = sa.table("call", sa.column("id"), sa.column("slug"))
panel = sa.table("panel", sa.column("id"), sa.column("name"))

ROLES_BY_REACH = (Role.ADMINISTRATOR, Role.ORGANIZER, Role.CHAIR, Role.PANELIST)


@dataclass(frozen=True)
class PersonProfile:
    """A person as they see themselves; for anybody else use a view model that leaves out what is theirs."""

    id: int
    email: str
    full_name: str
    family_name: str
    affiliation: str
    country: str | None
    career: Career | None
    orcid: str | None
    ror: str | None
    locale: str
    scheme: str | None
    uses_keys: bool
    has_password: bool
    has_second_factor: bool


@dataclass(frozen=True)
class Entrant:
    """What decides how far somebody comes in with a password or a link."""

    has_second_factor: bool
    grants: frozenset[Grant]


@dataclass(frozen=True)
class ErasureLine:
    """An erased person, as ``solicit user erasures`` prints them."""

    person_id: int
    blanks_texts: bool


@dataclass(frozen=True)
class SecondFactorState:
    """Since when the second factor counts, if it does, and the recovery codes that are left."""

    confirmed_at: datetime | None
    n_codes: int


@dataclass(frozen=True)
class SignInView:
    """One browser in which a person is signed in."""

    id: int
    created_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class SamplePerson:
    """Somebody of the demonstration whose place one can take."""

    id: int
    name: str
    role_word: str


@dataclass(frozen=True)
class PersonLine:
    """A person as ``solicit user list`` prints them."""

    email: str
    full_name: str
    is_confirmed: bool
    active: bool
    roles: tuple[str, ...]


def person_profile(session: Session, person_id: int) -> PersonProfile | None:
    """What an account holds; one statement."""
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        return None
    return PersonProfile(
        id=person.id,
        email=person.email,
        full_name=person.full_name,
        family_name=person.family_name,
        affiliation=person.affiliation,
        country=person.country,
        career=person.career,
        orcid=person.orcid,
        ror=person.ror,
        locale=person.locale,
        scheme=person.scheme,
        uses_keys=person.uses_keys,
        has_password=person.password is not None,
        has_second_factor=person.totp_confirmed_at is not None,
    )


def entrant(session: Session, person_id: int) -> Entrant:
    """Who is about to come in; one statement."""
    rows = session.execute(
        sa.select(Person.totp_confirmed_at, RoleGrant.role, RoleGrant.call_id, RoleGrant.panel_id)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.id == person_id)
    ).all()
    grants = frozenset(Grant(row.role, row.call_id, row.panel_id) for row in rows if row.role)
    return Entrant(has_second_factor=rows[0].totp_confirmed_at is not None, grants=grants)


def second_factor_state(session: Session, person_id: int) -> SecondFactorState:
    """Whether a second factor counts, and how many recovery codes are left; one statement."""
    left = sa.func.count(RecoveryCode.id).filter(RecoveryCode.used_at.is_(None))
    row = session.execute(
        sa.select(Person.totp_confirmed_at, left)
        .outerjoin(RecoveryCode, RecoveryCode.person_id == Person.id)
        .where(Person.id == person_id)
        .group_by(Person.id)
    ).one()
    return SecondFactorState(*row)


def person_id_of(session: Session, *, email: str) -> int | None:
    """The person with this address."""
    return session.scalar(sa.select(Person.id).where(Person.email == email))


def uniquifier_of(session: Session, *, email: str) -> str:
    """What the links of the person with this address are bound to."""
    return session.scalars(sa.select(Person.fs_uniquifier).where(Person.email == email)).one()


def live_sign_ins(session: Session, *, who: Identity, token: str, now: datetime) -> tuple[SignInView, ...]:
    """Where a person is signed in at present: this browser first, then the latest used; one statement."""
    is_this = SignIn.token_hash == token_hash(token)
    rows = session.execute(
        sa.select(SignIn.id, SignIn.created_at, SignIn.seen_at, is_this)
        .where(
            SignIn.person_id == who.person_id,
            ~SignIn.is_pending,
            SignIn.seen_at > now - IDLE_LIMIT,
            SignIn.created_at > now - absolute_limit(who.grants),
        )
        .order_by(is_this.desc(), SignIn.seen_at.desc(), SignIn.id)
    )
    return tuple(SignInView(*row) for row in rows)


def sample_person(session: Session, *, person_id: int) -> SamplePerson | None:
    """A person with the word for their farthest-reaching role; one statement."""
    rows = session.execute(
        sa.select(Person.id, Person.full_name, RoleGrant.role)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.id == person_id, Person.active)
    ).all()
    if not rows:
        return None
    held = {row.role for row in rows}
    role = next((role for role in ROLES_BY_REACH if role in held), None)
    return SamplePerson(rows[0].id, rows[0].full_name, ROLE_WORDS[role] if role else SUBMITTER)


def demo_people(session: Session, *, person_ids: tuple[int, ...]) -> tuple[SamplePerson, ...]:
    """The sample people of a demonstration, in the order asked for."""
    found = (sample_person(session, person_id=person_id) for person_id in person_ids)
    return tuple(person for person in found if person)


def grants_of(session: Session, *, person_id: int) -> frozenset[Grant]:
    """The roles that a person holds."""
    rows = session.execute(
        sa.select(RoleGrant.role, RoleGrant.call_id, RoleGrant.panel_id).where(RoleGrant.person_id == person_id)
    )
    return frozenset(Grant(*row) for row in rows)


def people_list(session: Session) -> tuple[PersonLine, ...]:
    """Everybody with an account, with their roles, by address; one statement."""
    role = sa.func.concat_ws(" of ", sa.cast(RoleGrant.role, sa.Text), panel.c.name, call.c.slug)
    roles = sa.func.array_agg(role).filter(RoleGrant.id.is_not(None))
    rows = session.execute(
        sa.select(Person.email, Person.full_name, Person.confirmed_at.is_not(None), Person.active, roles)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(call, call.c.id == RoleGrant.call_id)
        .outerjoin(panel, panel.c.id == RoleGrant.panel_id)
        .group_by(Person.id)
        .order_by(Person.email)
    )
    return tuple(PersonLine(*row[:4], roles=tuple(sorted(row[4] or ()))) for row in rows)


def erasures(session: Session) -> tuple[ErasureLine, ...]:
    """Everybody who was erased, by number."""
    rows = session.execute(sa.select(Erasure.person_id, Erasure.blanks_texts).order_by(Erasure.person_id))
    return tuple(ErasureLine(*row) for row in rows)


def language_name(locale: str) -> str:
    """A language in its own words."""
    name = Locale.parse(locale.replace("-", "_")).get_language_name() or locale
    return name[:1].upper() + name[1:]

"""Accounts and roles on the command line."""

from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from solicit.access.policy import Grant, Role
from solicit.calls.queries import CallFacts, call_facts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.panels.queries.desk import panel_rows
from solicit.panels.service.seats import NewSeat, seat_panelist, unseat_panelist
from solicit.people import queries, service
from solicit.people.commands.leaving import erase, erasures
from solicit.people.commands.parts import Address, person_id_at, refusals
from solicit.web.output import say, say_rows

SEATS = (Role.PANELIST, Role.CHAIR)


ROLE = click.Choice([role.value for role in Role])
role_option = click.option("--role", type=ROLE, required=True, help="Which role.")
call_option = click.option("--call", "slug", help="The call, by the word in its address. Not for administrators.")
panel_option = click.option("--panel", help="The panel, by its name. For panelists and chairs only.")


@click.group("user")
def user() -> None:
    """Look after accounts and roles."""


user.add_command(erase)
user.add_command(erasures)


@user.command("create")
@click.argument("email", type=Address())
@click.option("--name", required=True, help="The full name, as the person publishes it.")
@click.option("--locale", default="en", show_default=True, help="The language of pages and mails.")
@click.option("--link", is_flag=True, help="Print a link that signs in once, instead of asking for a password.")
@with_appcontext
def create(email: str, name: str, locale: str, link: bool) -> None:
    """Open an account whose address counts as confirmed.

    \b
    Example:
      solicit user create wanjiru@example.org --name "Wanjiru Kamau"
      solicit user create wanjiru@example.org --name "Wanjiru Kamau" --link
    """
    if locale not in current_app.extensions["settings"].locales:
        raise click.BadParameter(f"The site has no pages in {locale!r}.", param_hint="--locale")
    password = None if link else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with refusals(), transaction() as session:
        service.create_person(
            session,
            credentials=_credentials(),
            email=email,
            full_name=name,
            password=password,
            locale=locale,
            now=utcnow(),
        )
    say(f"{email} has an account.", email=email)
    if link:
        _print_link(email)


@user.command("link")
@click.argument("email", type=Address())
@with_appcontext
def link(email: str) -> None:
    """Print a link that signs a person in once, within ten minutes.

    \b
    Example:
      solicit user link wanjiru@example.org
    """
    person_id_at(db.session(), email)
    _print_link(email)


@user.command("grant")
@click.argument("email", type=Address())
@role_option
@call_option
@panel_option
@with_appcontext
def grant(email: str, role: str, slug: str | None, panel: str | None) -> None:
    """Give a person a role. It ends their sign-ins: they sign in again with the role.

    \b
    Example:
      solicit user grant wanjiru@example.org --role organizer --call deep-space-2027
      solicit user grant wanjiru@example.org --role chair --call deep-space-2027 --panel "Life"
      solicit user grant wanjiru@example.org --role administrator
    """
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        call, place = _place(session, Role(role), slug, panel)
        if place.role in SEATS:
            seat = NewSeat(email=email, is_chair=place.role is Role.CHAIR)
            _check_has_no_seat(session, person_id, place)
            seat_panelist(session, call=call, panel_id=place.panel_id, seat=seat, actor_id=None, now=utcnow())
        else:
            service.give_role(session, person_id=person_id, grant=place, giver_id=None, now=utcnow())
    say(f"{email} is now {role}{_where(slug, panel)}.", email=email, role=role, call=slug, panel=panel)


@user.command("revoke")
@click.argument("email", type=Address())
@role_option
@call_option
@panel_option
@with_appcontext
def revoke(email: str, role: str, slug: str | None, panel: str | None) -> None:
    """Take a role from a person and end their sign-ins.

    \b
    Example:
      solicit user revoke wanjiru@example.org --role organizer --call deep-space-2027
    """
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        call, place = _place(session, Role(role), slug, panel)
        if place not in queries.grants_of(session, person_id=person_id):
            raise click.ClickException(f"{email} is not {role}{_where(slug, panel)}.")
        if place.role in SEATS:
            unseat_panelist(
                session, call=call, panel_id=place.panel_id, person_id=person_id, actor_id=None, now=utcnow()
            )
        else:
            service.take_role(session, person_id=person_id, grant=place, taker_id=None, now=utcnow())
    say(f"{email} is no longer {role}{_where(slug, panel)}.", email=email, role=role, call=slug, panel=panel)


@user.command("list")
@with_appcontext
def list_people() -> None:
    """Print every account with its roles.

    \b
    Example:
      solicit user list
    """
    say_rows(map(asdict, queries.people_list(db.session())), lines=_line)


def _line(person: dict) -> str:
    is_open, is_confirmed = person["active"], person["is_confirmed"]
    state = "" if is_open and is_confirmed else " (not confirmed)" if is_open else " (closed)"
    return f"{person['email']}\t{person['full_name']}{state}\t{', '.join(person['roles']) or 'no role'}"


@user.command("end-sign-ins")
@click.argument("email", type=Address())
@with_appcontext
def end_sign_ins(email: str) -> None:
    """Sign a person out of every browser, and revoke their tokens.

    \b
    Example:
      solicit user end-sign-ins wanjiru@example.org
    """
    with refusals(), transaction() as session:
        service.end_sign_ins(session, person_id=person_id_at(session, email), actor_id=None, now=utcnow())
    say(f"{email} is signed out everywhere.", email=email)


@user.command("remove-second-factor")
@click.argument("email", type=Address())
@with_appcontext
def remove_second_factor(email: str) -> None:
    """Remove the second factor of somebody who lost it; they are told by mail. Make sure that it is them who ask.

    \b
    Example:
      solicit user remove-second-factor wanjiru@example.org
    """
    with refusals(), transaction() as session:
        person_id = person_id_at(session, email)
        service.remove_second_factor(session, person_id=person_id, now=utcnow())
        service.end_sign_ins(session, person_id=person_id, actor_id=None, now=utcnow())
    say(f"{email} signs in without a second factor.", email=email)


def _credentials() -> service.Credentials:
    return current_app.extensions["credentials"]


def _place(session: Session, role: Role, slug: str | None, panel: str | None) -> tuple[CallFacts | None, Grant]:
    """The call and the grant that the options name; a usage error if they do not fit the role."""
    if (role is Role.ADMINISTRATOR) == (slug is not None):
        raise click.UsageError("Name a --call for every role but administrator.")
    if (role in SEATS) != (panel is not None):
        raise click.UsageError("Name a --panel for panelists and chairs, and for no other role.")
    if slug is None:
        return None, Grant(role)
    call = call_facts(session, slug=slug)
    if call is None:
        raise click.ClickException(f"There is no call {slug!r}.")
    return call, Grant(role, call.id, _panel_id(session, call, panel) if panel else None)


def _panel_id(session: Session, call: CallFacts, name: str) -> int:
    panels = {row.name: row.id for row in panel_rows(session, call=call)}
    if name not in panels:
        known = ", ".join(panels) or "none"
        raise click.ClickException(f"The call has no panel {name!r}. Its panels: {known}.")
    return panels[name]


def _check_has_no_seat(session: Session, person_id: int, place: Grant) -> None:
    seats = {(grant.call_id, grant.panel_id) for grant in queries.grants_of(session, person_id=person_id)}
    if (place.call_id, place.panel_id) in seats:
        raise click.ClickException("This person sits on the panel already; change the seat on the panel's page.")


def _where(slug: str | None, panel: str | None) -> str:
    return (f" of panel {panel!r}" if panel else "") + (f" of the call {slug!r}" if slug else "")


def _print_link(email: str) -> None:
    uniquifier = queries.uniquifier_of(db.session(), email=email)
    locale = current_app.extensions["settings"].locales[0]
    path = service.sign_in_path(_credentials(), uniquifier, locale)
    link = current_app.config["PUBLIC_URL"].rstrip("/") + path
    say(f"Open this within ten minutes to sign in; it works once:\n{link}", link=link)

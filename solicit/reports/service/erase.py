"""Erasing a person: one page that an auditor can read (docs/decisions/0007)."""

import json
import secrets
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from solicit.access.models import ApiToken, RoleGrant, SignIn
from solicit.access.policy import Role
from solicit.audit.models import PersonKey
from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.states import CallState
from solicit.errors import NotFound, Refused
from solicit.mail.models import MailStop, OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.mail.states import MailState
from solicit.panels.models import ConflictOfInterest, DiscussionPost, Panelist, SeatOffer, ThemeExpertise
from solicit.people.models import AddressChange, Erasure, Person, RecoveryCode
from solicit.questions.models import ProblemReport, ScreeningClaim, SecondLook, Support, Translation
from solicit.rankings.models import RankingAnnotation
from solicit.reports.models import SavedSearch
from solicit.reports.service.invited import quieten_invitations
from solicit.reports.service.texts import (
    ask_for_a_look,
    blank_texts,
    part_texts,
    remove_texts,
    titles_of,
    unlink_texts,
)
from solicit.reports.service.votes import quieten_votes
from solicit.submissions.models import Authorship, CoAuthor, Draft, Submission
from solicit.submissions.states import Typed
from solicit.words import N_

ERASED_HOST = "erased.invalid"
LAST_LETTER = "account_erased"


class StillNeeded(Refused):
    """Somebody is the last one to hold a role."""


def leave(session: Session, *, person_id: int, blanks_texts: bool, now: datetime) -> None:
    """Erase a person at their own wish, with a last letter; raises StillNeeded for the last of a role."""
    check_may_leave(session, person_id=person_id)
    person = _locked(session, person_id)
    to = Recipient(person.email, person.locale)
    erase_person(session, person_id=person_id, blanks_texts=blanks_texts, now=now)
    enqueue(session, to=to, kind=LAST_LETTER, params={}, now=now)


def check_may_leave(session: Session, *, person_id: int) -> None:
    """Raise StillNeeded for the only organizer of a call that is not over, and for the only administrator."""
    mine, other = aliased(RoleGrant), aliased(RoleGrant)
    another = (
        sa.select(other.id)
        .join(Person, Person.id == other.person_id)
        .where(other.role == mine.role, other.call_id.is_not_distinct_from(mine.call_id))
        .where(other.person_id != person_id, Person.active)
    )
    alone = session.execute(
        sa.select(Call.title)
        .select_from(mine)
        .outerjoin(Call, Call.id == mine.call_id)
        .where(mine.person_id == person_id, mine.role.in_((Role.ORGANIZER, Role.ADMINISTRATOR)), ~another.exists())
        .where(sa.or_(Call.id.is_(None), Call.state != CallState.ARCHIVED))
    ).all()
    for (title,) in alone:
        if title is None:
            raise StillNeeded(N_("You are the only administrator. Give somebody else the role first."))
        raise StillNeeded(
            N_("You are the only organizer of “%(call)s”. Give somebody else the role first."), call=title
        )


def erase_person(session: Session, *, person_id: int, blanks_texts: bool, now: datetime) -> None:
    """Remove a person and their texts; erasing twice changes nothing.

    The row stays as an empty shell, because ratings hang on its number and a frozen ranking must not change.
    """
    person = _locked(session, person_id)
    if person.email.endswith(f"@{ERASED_HOST}"):
        return
    # First: later nothing says any more with what they are in conflict.
    quieten_votes(session, person_id=person_id, blanks_texts=blanks_texts, now=now)
    texts = part_texts(session, person_id=person_id, email=person.email)
    no_longer_said = texts.gone + (texts.kept_alone if blanks_texts else ())
    _drop_mails(session, person, titles_of(session, no_longer_said))
    _drop_jobs(session, person)
    remove_texts(session, texts.gone)
    unlink_texts(session, texts)
    if blanks_texts:
        blank_texts(session, texts.kept_alone)
    worded = texts.kept_with_others if blanks_texts else texts.kept
    ask_for_a_look(session, worded, summarized_ids=texts.kept, now=now)
    _unlink_rows(session, person)
    quieten_invitations(session, person_id=person_id, now=now)
    _quieten_posts(session, person_id, now=now)
    _empty(person)
    erasure = insert(Erasure).values(person_id=person_id, blanks_texts=blanks_texts, erased_at=now)
    session.execute(erasure.on_conflict_do_nothing(index_elements=["person_id"]))
    record(session, act="erase", subject="person", subject_id=person_id, actor_id=None, now=now)


def _locked(session: Session, person_id: int) -> Person:
    wanted = sa.select(Person).where(Person.id == person_id).with_for_update()
    person = session.scalar(wanted.execution_options(populate_existing=True))
    if person is None:
        raise NotFound
    return person


def _drop_mails(session: Session, person: Person, titles: set[str]) -> None:
    """Their letters, those to others that name them, and those that went out with the title of a text that goes.

    Whole values are compared: an address may be the end of another one.
    """
    params = sa.cast(OutboxMail.params, sa.Text)
    names = {person.email, person.orcid or "", *_names_of(session, person)} - {""}
    is_over = OutboxMail.state != MailState.QUEUED
    session.execute(
        sa.delete(OutboxMail).where(
            sa.or_(
                OutboxMail.person_id == person.id,
                OutboxMail.recipient == person.email,
                *(sa.func.strpos(params, _as_json(name)) > 0 for name in sorted(names)),
                *(sa.and_(is_over, sa.func.strpos(params, _as_json(title)) > 0) for title in sorted(titles)),
            )
        )
    )


def _names_of(session: Session, person: Person) -> set[str]:
    """The names in letters: of the account, as they publish, as others named them, and as a draft has it."""
    asked = sa.or_(CoAuthor.person_id == person.id, CoAuthor.email == person.email)
    begun = sa.select(Draft.author["full_name"].astext).join(Submission, Submission.id == Draft.submission_id)
    names = sa.union(
        sa.select(Authorship.full_name).where(Authorship.person_id == person.id),
        sa.select(CoAuthor.full_name).where(asked),
        sa.select(SeatOffer.full_name).where(_is_offered(person)),
        begun.where(Submission.submitter_id == person.id, Draft.author["full_name"].astext.is_not(None)),
    )
    return {person.full_name, *session.scalars(names)}


def _is_offered(person: Person) -> sa.ColumnElement[bool]:
    """The condition that a seat was offered to somebody."""
    return sa.or_(SeatOffer.person_id == person.id, SeatOffer.email == person.email)


def _drop_jobs(session: Session, person: Person) -> None:
    """Work that waits, or failed, with their number or address in it. What is being done ends by itself."""
    named = "status <> 'doing' AND (args ->> 'person_id' = :person_id OR strpos(args::text, :email) > 0)"
    given = {"person_id": str(person.id), "email": _as_json(person.email)}
    session.execute(sa.text(f"DELETE FROM procrastinate_jobs WHERE {named}"), given)  # noqa: S608 - no text of others


def _as_json(text: str) -> str:
    """A text with its quotes, as the database writes it inside JSON."""
    return json.dumps(text, ensure_ascii=False)


def _unlink_rows(session: Session, person: Person) -> None:
    """Everything else that says who somebody was, what they may do, or where they are."""
    for table in (
        SignIn, ApiToken, RoleGrant, RecoveryCode, AddressChange, MailStop, PersonKey, Authorship, Support, Panelist,
        ThemeExpertise, ConflictOfInterest, ScreeningClaim, RankingAnnotation, SavedSearch, SecondLook,
    ):  # fmt: skip
        session.execute(sa.delete(table).where(table.person_id == person.id))
    named = sa.or_(CoAuthor.person_id == person.id, CoAuthor.email == person.email)
    session.execute(sa.delete(CoAuthor).where(named))
    session.execute(sa.delete(SeatOffer).where(_is_offered(person)))
    guarded = sa.update(Draft).where(Draft.guardian_email == person.email)
    nothing = dict.fromkeys(("guardian_email", "guardian_nonce", "guardian_asked_at", "guardian_confirmed_at"))
    session.execute(guarded.values(**nothing))
    _forget_in_drafts(session, person.email)
    session.execute(sa.update(ProblemReport).where(ProblemReport.reporter_id == person.id).values(reporter_id=None))
    translated = sa.update(Translation).where(Translation.made_by_id == person.id)
    session.execute(translated.values(made_by_id=None))


def _forget_in_drafts(session: Session, email: str) -> None:
    """Take an address out of what others typed in the form about themselves, with the name beside it."""
    typed_text = sa.func.lower(sa.cast(Draft.author, sa.Text))
    naming = sa.select(Draft).where(sa.func.strpos(typed_text, _as_json(email)) > 0).with_for_update()
    for draft in session.scalars(naming.execution_options(populate_existing=True)).all():
        typed = Typed.from_json(draft.author)
        own = {name: "" for name in ("email", "guardian_email") if getattr(typed, name).lower() == email}
        others = tuple(line for line in typed.co_authors if line[1].lower() != email)
        draft.author = replace(typed, co_authors=others, **own).to_json()
    session.flush()


def _quieten_posts(session: Session, person_id: int, *, now: datetime) -> None:
    """What they said in discussions goes; that somebody wrote there stays, so that answers keep their place."""
    said = sa.update(DiscussionPost).where(DiscussionPost.person_id == person_id)
    session.execute(said.values(text="", withdrawn_at=sa.func.coalesce(DiscussionPost.withdrawn_at, now)))


def _empty(person: Person) -> None:
    person.email, person.fs_uniquifier = f"{secrets.token_hex(16)}@{ERASED_HOST}", secrets.token_hex(16)
    person.full_name = person.family_name = person.affiliation = ""
    person.password = person.country = person.career = person.orcid = person.ror = person.scheme = None
    person.totp_secret = person.totp_confirmed_at = person.confirmed_at = None
    person.active, person.locale, person.totp_last_step = False, "en", 0

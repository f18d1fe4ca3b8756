"""Links that open a draft on any device and prove the address that they were sent to."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.errors import DomainError
from solicit.jobs.service import defer
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.people.service.accounts import person_at, prove_address
from solicit.submissions.models import Draft, Submission
from solicit.submissions.queries.drafts import address_of
from solicit.submissions.service.letters import in_utc, n_letters
from solicit.submissions.service.links import new_nonce
from solicit.submissions.states import SubmissionState, Typed
from solicit.words import N_

PURPOSE = "finish a draft"
VALID_FOR = timedelta(hours=24)
MOST_LETTERS = 5
LETTERS_WINDOW = timedelta(hours=1)
FINISH, REMINDER = "draft_finish", "draft_reminder"


class DraftLinkUsedUp(DomainError):
    """A link to a draft has expired, was used, or was never ours."""

    message = N_("This link has expired or was used before.")


@dataclass(frozen=True)
class Addressee:
    """To whom the letters about a draft go; the hash of the password is of a confirmed account."""

    email: str
    password: str


@dataclass(frozen=True)
class Behind:
    """What a link opens, and as whom."""

    title: str
    email: str


@dataclass(frozen=True)
class Sealed:
    """What a link says: the nonce of its draft, and seals of the address and the password it was written for."""

    nonce: str
    seals: tuple[str, str]


@dataclass(frozen=True)
class FinishLinks:
    """Signed links to one draft, until a given time; the draft's nonce ends them earlier.

    So does another owner of the draft, and a new address or password of its owner: the letter went to the old ones.
    """

    secret: str

    def token(self, nonce: str, *, to: Addressee, now: datetime) -> str:
        return self._signer.dumps([nonce, int((now + VALID_FOR).timestamp()), *self._seals(to)])

    def read(self, token: str, *, now: datetime) -> Sealed:
        """What a link says; raises DraftLinkUsedUp if it is forged or too old."""
        try:
            nonce, until, *seals = self._signer.loads(token)
        except BadData:
            raise DraftLinkUsedUp from None
        if now.timestamp() > until or len(seals) != len(self._seals(Addressee("", ""))):
            raise DraftLinkUsedUp
        return Sealed(nonce, tuple(seals))

    def is_for(self, sealed: Sealed, to: Addressee) -> bool:
        """Whether a link was written for this address; a password that there was then is still the same."""
        email, password = self._seals(to)
        return sealed.seals in ((email, password), (email, ""))

    def _seals(self, to: Addressee) -> tuple[str, str]:
        return self._seal("address", to.email), self._seal("password", to.password) if to.password else ""

    def _seal(self, what: str, words: str) -> str:
        return hmac.digest(self.secret.encode(), f"{PURPOSE} {what} {words}".encode(), hashlib.sha256).hex()[:32]

    @property
    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=PURPOSE)


def ask_for_finish_letter(session: Session, *, submission_id: int) -> None:
    """Leave the letter to the worker: whether somebody has the address must not show in the time of the answer."""
    defer(session, "submissions.write_finish_letter", submission_id=submission_id)


def write_draft_letter(session: Session, *, kind: str, submission_id: int, links: FinishLinks, now: datetime) -> None:
    """Put a letter with a link to a draft into the outbox, at most a few an hour for a draft or an address."""
    found = address_of(session, submission_id=submission_id)
    if found is None:
        return
    email, locale, person_id = found
    draft = session.get_one(Draft, submission_id)
    submission = session.get_one(Submission, submission_id)
    call = session.get_one(Call, submission.call_id)
    asked = dict(kind=FINISH, email=email, reference=submission.reference, since=now - LETTERS_WINDOW)
    if n_letters(session, **asked) >= MOST_LETTERS:
        return
    below = f"/{locale}/{call.slug}/submit/{submission.reference}"
    params = dict(
        reference=submission.reference,
        title=submission.title,
        call_title=call.title,
        closes_at=in_utc(call.stops_at, locale),
        path=f"{below}/finish/{links.token(draft.link_nonce, to=_addressee(session, submission, draft), now=now)}",
        plain_path=f"{below}/check",
    )
    to = Recipient(email, locale, person_id)
    enqueue(session, to=to, kind=kind, params=params, now=now, call_id=submission.call_id)


def behind_link(
    session: Session, *, call: CallFacts, links: FinishLinks, reference: str, token: str, now: datetime
) -> Behind:
    """The draft that a link is for, without using the link; raises DraftLinkUsedUp."""
    sealed = links.read(token, now=now)
    found = session.execute(_behind(call, reference, sealed.nonce)).one_or_none()
    to = _addressee(session, *found) if found else None
    if to is None or not links.is_for(sealed, to):
        raise DraftLinkUsedUp
    return Behind(found.Submission.title, to.email)


def use_finish_link(
    session: Session,
    *,
    call: CallFacts,
    links: FinishLinks,
    reference: str,
    token: str,
    key_hash: bytes,
    now: datetime,
) -> int:
    """Use a link up: the draft belongs to whoever has the address, and to this browser; returns the person's id.

    Of two requests with one link the second waits for the lock and then finds nothing.
    """
    sealed = links.read(token, now=now)
    behind = _behind(call, reference, sealed.nonce).with_for_update()
    found = session.execute(behind.execution_options(populate_existing=True)).one_or_none()
    if found is None or not links.is_for(sealed, _addressee(session, *found)):
        raise DraftLinkUsedUp
    submission, draft = found
    person = _owner(session, submission, draft, now)
    if not person.active:
        raise DraftLinkUsedUp
    prove_address(session, person, now=now)
    submission.submitter_id = person.id
    # Nobody else who holds the old key, such as a person who typed another's address, may save into it from now on.
    draft.key_hash, draft.link_nonce, draft.email = key_hash, new_nonce(), None
    session.flush()
    return person.id


def _behind(call: CallFacts, reference: str, nonce: str) -> sa.Select:
    return (
        sa.select(Submission, Draft)
        .join(Draft, Draft.submission_id == Submission.id)
        .where(Submission.call_id == call.id, Submission.state == SubmissionState.DRAFT)
        .where(Submission.reference == reference, Draft.link_nonce == nonce)
    )


def _addressee(session: Session, submission: Submission, draft: Draft) -> Addressee:
    """The owner of a draft, else whoever has the address that was typed."""
    is_theirs = Person.email == draft.email
    if submission.submitter_id is not None:
        is_theirs = Person.id == submission.submitter_id
    person = session.execute(sa.select(Person.email, Person.password, Person.confirmed_at).where(is_theirs)).first()
    if person is None:
        return Addressee(draft.email or "", "")
    return Addressee(person.email, (person.password or "") if person.confirmed_at else "")


def _owner(session: Session, submission: Submission, draft: Draft, now: datetime) -> Person:
    if submission.submitter_id is not None:
        return session.get_one(Person, submission.submitter_id)
    if draft.email is None:
        raise DraftLinkUsedUp
    name = Typed.from_json(draft.author).full_name
    person = person_at(session, email=draft.email, full_name=name or draft.email, now=now)
    if person.confirmed_at is None:
        person.locale = draft.locale
    return person

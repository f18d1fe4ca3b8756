"""Links that open a draft on any device and prove the address that they were sent to."""

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
class FinishLinks:
    """Signed links to one draft, until a given time; the draft's nonce ends them earlier."""

    secret: str

    def token(self, nonce: str, *, now: datetime) -> str:
        return self._signer.dumps([nonce, int((now + VALID_FOR).timestamp())])

    def nonce_in(self, token: str, *, now: datetime) -> str:
        """The nonce in a link; raises DraftLinkUsedUp if the link is forged or too old."""
        try:
            nonce, until = self._signer.loads(token)
        except BadData:
            raise DraftLinkUsedUp from None
        if now.timestamp() > until:
            raise DraftLinkUsedUp
        return nonce

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
        closes_at=in_utc(call.closes_at, locale),
        path=f"{below}/finish/{links.token(draft.link_nonce, now=now)}",
        plain_path=f"{below}/check",
    )
    to = Recipient(email, locale, person_id)
    enqueue(session, to=to, kind=kind, params=params, now=now, call_id=submission.call_id)


def title_behind_link(
    session: Session, *, call: CallFacts, links: FinishLinks, reference: str, token: str, now: datetime
) -> str:
    """The title of the draft that a link is for, without using the link; raises DraftLinkUsedUp."""
    found = session.execute(_behind(call, reference, links.nonce_in(token, now=now))).one_or_none()
    if found is None:
        raise DraftLinkUsedUp
    return found.Submission.title


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
    behind = _behind(call, reference, links.nonce_in(token, now=now)).with_for_update()
    found = session.execute(behind.execution_options(populate_existing=True)).one_or_none()
    if found is None:
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

"""Asking the guardian of a young person, whose confirmation is needed before anything is sent."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_submissions
from solicit.errors import NotFound, Refused
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.submissions.models import Draft, Submission
from solicit.submissions.service.letters import in_utc, n_letters
from solicit.submissions.service.links import AnswerLinks, LinkKey, LinkUsedUp, new_nonce
from solicit.submissions.service.rows import record_act
from solicit.submissions.states import AnswerLink, Typed
from solicit.words import N_

LETTER = "guardian_asked"
MOST_LETTERS = 3
LETTERS_WINDOW = timedelta(days=1)


def name_guardian(session: Session, *, submission_id: int, email: str | None) -> None:
    """Keep the address of a guardian; another one has not confirmed anything."""
    draft = _locked_draft(session, submission_id)
    email = email.strip().lower() if email else None
    if email is not None and email in _own_addresses(session, draft):
        raise Refused(N_("This is your own address. Enter the address of your parent or guardian."))
    if email == draft.guardian_email:
        return
    draft.guardian_confirmed_at = draft.guardian_asked_at = None
    draft.guardian_email, draft.guardian_nonce = email, new_nonce() if email else None
    session.flush()


def ask_guardian(session: Session, *, call: CallFacts, links: AnswerLinks, submission_id: int, now: datetime) -> None:
    """Write to the guardian whom a draft names; a link that was sent before is used up with it."""
    draft = _locked_draft(session, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now, draft_saved_at=draft.saved_at)
    if draft.guardian_email is None:
        raise Refused(N_("Enter the e-mail address of your parent or guardian first."))
    if draft.guardian_confirmed_at is not None:
        raise Refused(N_("Your parent or guardian has confirmed already."))
    submission = session.get_one(Submission, submission_id)
    asked = dict(kind=LETTER, email=draft.guardian_email, reference=submission.reference, since=now - LETTERS_WINDOW)
    if n_letters(session, **asked) >= MOST_LETTERS:
        raise Refused(N_("We wrote three times today. Ask them to look for our mail, or try again tomorrow."))
    draft.guardian_asked_at, draft.guardian_nonce = now, new_nonce()
    token = links.token(AnswerLink.GUARDIAN, number=submission_id, nonce=draft.guardian_nonce)
    params = dict(
        name=Typed.from_json(draft.author).full_name,
        title=submission.title,
        reference=submission.reference,
        call_title=call.title,
        closes_at=in_utc(call.stops_at, draft.locale),
        path=f"/{draft.locale}/{call.slug}/guardian/{token}",
    )
    to = Recipient(draft.guardian_email, draft.locale)
    enqueue(session, to=to, kind=LETTER, params=params, now=now, call_id=call.id)
    record_act(session, "ask guardian", submission, actor_id=submission.submitter_id, now=now)


def answer_as_guardian(session: Session, *, call: CallFacts, key: LinkKey, agrees: bool, now: datetime) -> None:
    """Keep what the guardian says and tell the young person. The address of who refuses is forgotten."""
    draft = _asked(session, call, key)
    check_accepts_submissions(as_it_is_now(session, call), now=now, draft_saved_at=draft.saved_at)
    if agrees:
        draft.guardian_confirmed_at, draft.guardian_nonce = now, new_nonce()
    else:
        draft.guardian_email = draft.guardian_nonce = draft.guardian_asked_at = None
    session.flush()
    submission = session.get_one(Submission, draft.submission_id)
    _tell_young_person(session, draft, submission, call, agrees, now)
    act = "guardian confirms" if agrees else "guardian refuses"
    record_act(session, act, submission, actor_id=None, now=now)


def _locked_draft(session: Session, submission_id: int) -> Draft:
    draft = session.get(Draft, submission_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise NotFound
    return draft


def _asked(session: Session, call: CallFacts, key: LinkKey) -> Draft:
    """The draft that a link is bound to, locked. Of two answers the second finds another nonce."""
    in_call = sa.select(Submission.id).where(Submission.call_id == call.id)
    waiting = sa.select(Draft).where(Draft.submission_id == key.number, Draft.guardian_nonce == key.nonce)
    waiting = waiting.where(Draft.submission_id.in_(in_call), Draft.guardian_confirmed_at.is_(None))
    draft = session.scalar(waiting.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise LinkUsedUp
    return draft


def _own_addresses(session: Session, draft: Draft) -> set[str | None]:
    account = sa.select(Person.email).join(Submission, Submission.submitter_id == Person.id)
    return {draft.email, session.scalar(account.where(Submission.id == draft.submission_id))}


def _tell_young_person(
    session: Session, draft: Draft, submission: Submission, call: CallFacts, agrees: bool, now: datetime
) -> None:
    person = session.get(Person, submission.submitter_id) if submission.submitter_id else None
    email, locale = (person.email, person.locale) if person else (draft.email, draft.locale)
    if email is None:
        return
    params = dict(
        answer="confirmed" if agrees else "refused",
        title=submission.title,
        call_title=call.title,
        closes_at=in_utc(call.stops_at, locale),
        path=f"/{locale}/{call.slug}/submit/{submission.reference}/check",
    )
    to = Recipient(email, locale, person.id if person else None)
    enqueue(session, to=to, kind="guardian_answered", params=params, now=now, call_id=call.id)

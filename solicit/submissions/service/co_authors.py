"""Naming co-authors and asking them by mail. Nobody is an author before they agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import answers_until, as_it_is_now, check_accepts_submissions
from solicit.errors import NotFound, Refused, check_move
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.submissions.models import Authorship, CoAuthor, Draft, Submission
from solicit.submissions.service.letters import in_utc
from solicit.submissions.service.limits import LONGEST_NAME, MOST_CO_AUTHORS
from solicit.submissions.service.links import AnswerLinks, new_nonce
from solicit.submissions.service.rows import check_is_live, locked_submission, record_act
from solicit.submissions.states import CO_AUTHOR_MOVES, AnswerLink, CoAuthorState, SubmissionState
from solicit.words import N_

MOST_LETTERS_A_DAY = 60
BETWEEN_LETTERS = timedelta(days=1)


@dataclass(frozen=True)
class NamedCoAuthor:
    """Whom a submitter names: where to ask them, and what to call them until they say it themselves."""

    email: str
    full_name: str = ""


def name_co_authors(session: Session, *, submission_id: int, people: Sequence[NamedCoAuthor], now: datetime) -> None:
    """Replace the co-authors whom a draft names; they are asked when it is sent."""
    draft = session.get(Submission, submission_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise NotFound
    if draft.state is not SubmissionState.DRAFT:
        raise Refused(N_("This was sent already. Name further co-authors on its page."))
    addresses = [_address(person) for person in people]
    if len(set(addresses)) < len(addresses):
        raise Refused(N_("You named one address twice. Each co-author has one of their own."))
    _check_new(session, draft, addresses, n_before=0)
    session.execute(sa.delete(CoAuthor).where(CoAuthor.submission_id == submission_id))
    session.add_all(_row(draft, person, now) for person in people)
    session.flush()


def ask_named(session: Session, *, call: CallFacts, links: AnswerLinks, submission_id: int, now: datetime) -> None:
    """Ask everybody whom a draft named, now that it is sent."""
    submission = locked_submission(session, call, submission_id)
    named = sa.select(CoAuthor).where(CoAuthor.submission_id == submission_id, CoAuthor.state == CoAuthorState.NAMED)
    for co_author in session.scalars(named.order_by(CoAuthor.id)).all():
        _ask(session, co_author, submission, call, links, now)


def ask_another(
    session: Session, *, call: CallFacts, links: AnswerLinks, submission_id: int, person: NamedCoAuthor, now: datetime
) -> None:
    """Name one more co-author of something sent, and ask them."""
    submission = _changeable(session, call, submission_id, now)
    email = _address(person)
    n_before = session.scalar(sa.select(sa.func.count()).where(CoAuthor.submission_id == submission_id))
    _check_new(session, submission, [email], n_before=n_before)
    known = sa.select(CoAuthor.id).where(CoAuthor.submission_id == submission_id, CoAuthor.email == email)
    if session.scalar(known) is not None:
        raise Refused(N_("You named this address already. You find it in the list of co-authors."))
    co_author = _row(submission, person, now)
    session.add(co_author)
    session.flush()
    _ask(session, co_author, submission, call, links, now)


def ask_again(
    session: Session, *, call: CallFacts, links: AnswerLinks, submission_id: int, co_author_id: int, now: datetime
) -> None:
    """Ask a co-author once more; the link of the letter before is used up with it."""
    submission = _changeable(session, call, submission_id, now)
    co_author = _locked(session, submission, co_author_id)
    if co_author.invited_at is not None and now - co_author.invited_at < BETWEEN_LETTERS:
        raise Refused(N_("We wrote to them less than a day ago. Give them some time."))
    _ask(session, co_author, submission, call, links, now)


def revoke(session: Session, *, call: CallFacts, submission_id: int, co_author_id: int, now: datetime) -> None:
    """Take a request back before it is answered."""
    submission = _changeable(session, call, submission_id, now)
    co_author = _locked(session, submission, co_author_id)
    check_move(CO_AUTHOR_MOVES, co_author.state, CoAuthorState.REVOKED)
    co_author.state, co_author.nonce = CoAuthorState.REVOKED, new_nonce()
    record_act(session, "take back co-author", submission, actor_id=submission.submitter_id, now=now)


def _address(person: NamedCoAuthor) -> str:
    email = person.email.strip().lower()
    if not email.isascii() or "@" not in email:
        # A look-alike letter would ask somebody else.
        raise Refused(N_("We cannot write to %(email)s. Use an address like name@example.org."), email=email)
    if len(person.full_name) > LONGEST_NAME:
        raise Refused(N_("The name or the affiliation is too long."))
    return email


def _check_new(session: Session, submission: Submission, emails: Sequence[str], *, n_before: int) -> None:
    """Refuse too many co-authors, and addresses that are the author's own or those of present authors."""
    if n_before + len(emails) > MOST_CO_AUTHORS:
        raise Refused(N_("You can name at most %(most)s co-authors."), most=MOST_CO_AUTHORS)
    own = sa.union(
        sa.select(Person.email).where(Person.id == submission.submitter_id),
        sa.select(Draft.email).where(Draft.submission_id == submission.id, Draft.email.is_not(None)),
    )
    if set(session.scalars(own)) & set(emails):
        raise Refused(N_("One of the addresses is your own. Name only the others."))
    authors = sa.select(Person.email).join(Authorship, Authorship.person_id == Person.id)
    if set(session.scalars(authors.where(Authorship.submission_id == submission.id))) & set(emails):
        raise Refused(N_("This person is an author already."))


def _row(submission: Submission, person: NamedCoAuthor, now: datetime) -> CoAuthor:
    return CoAuthor(
        submission_id=submission.id, email=_address(person), full_name=person.full_name, nonce=new_nonce(), named_at=now
    )


def _changeable(session: Session, call: CallFacts, submission_id: int, now: datetime) -> Submission:
    submission = locked_submission(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    check_is_live(submission)
    return submission


def _locked(session: Session, submission: Submission, co_author_id: int) -> CoAuthor:
    wanted = sa.select(CoAuthor).where(CoAuthor.id == co_author_id, CoAuthor.submission_id == submission.id)
    co_author = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if co_author is None:
        raise NotFound
    return co_author


def _ask(
    session: Session,
    co_author: CoAuthor,
    submission: Submission,
    call: CallFacts,
    links: AnswerLinks,
    now: datetime,
) -> None:
    check_move(CO_AUTHOR_MOVES, co_author.state, CoAuthorState.INVITED)
    _check_letters(session, submission, now)
    co_author.state, co_author.nonce, co_author.invited_at = CoAuthorState.INVITED, new_nonce(), now
    co_author.answered_at = None
    submitter = session.get_one(Person, submission.submitter_id)
    author = session.get(Authorship, (submission.id, submitter.id))
    person = session.scalar(sa.select(Person).where(Person.email == co_author.email))
    locale = person.locale if person else submitter.locale
    token = links.token(AnswerLink.CO_AUTHOR, number=co_author.id, nonce=co_author.nonce)
    params = dict(
        inviter=author.full_name if author else submitter.full_name,
        title=submission.title,
        call_title=call.title,
        until=in_utc(answers_until(call), locale),
        path=f"/{locale}/{call.slug}/co-author/{token}",
    )
    to = Recipient(co_author.email, locale, person.id if person else None)
    enqueue(session, to=to, kind="co_author_invited", params=params, now=now, call_id=call.id)
    record_act(session, "ask co-author", submission, actor_id=submitter.id, now=now)


def _check_letters(session: Session, submission: Submission, now: datetime) -> None:
    """Naming co-authors is no way to write to strangers in great number."""
    asked = sa.select(sa.func.count()).join(Submission, Submission.id == CoAuthor.submission_id)
    asked = asked.where(
        Submission.submitter_id == submission.submitter_id, CoAuthor.invited_at > now - timedelta(days=1)
    )
    if session.scalar(asked.select_from(CoAuthor)) >= MOST_LETTERS_A_DAY:
        raise Refused(N_("You asked %(most)s people within a day. Ask the others tomorrow."), most=MOST_LETTERS_A_DAY)

"""What co-authors answer: agreeing, declining, stepping back later."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_answers
from solicit.errors import NotFound, Refused, check_move
from solicit.people.service.accounts import confirmed_person_at
from solicit.submissions.models import Authorship, CoAuthor, Submission
from solicit.submissions.service.letters import write_to_submitter
from solicit.submissions.service.limits import check_names
from solicit.submissions.service.links import LinkKey, LinkUsedUp, new_nonce
from solicit.submissions.service.rows import authorship_of, locked_submission, record_act
from solicit.submissions.states import CO_AUTHOR_MOVES, LIVE, AuthorValues, CoAuthorState
from solicit.words import N_


def agree(session: Session, *, call: CallFacts, key: LinkKey, author: AuthorValues, locale: str, now: datetime) -> int:
    """Make the person who was asked an author, with an account if they have none; return its id."""
    submission, co_author = _asked(session, call, key, now)
    if not author.is_sixteen:
        raise Refused(N_("Co-authors are 16 or older."))
    check_names(author)
    person = confirmed_person_at(session, email=co_author.email, full_name=author.full_name, locale=locale, now=now)
    if session.get(Authorship, (submission.id, person.id)) is not None:
        raise Refused(N_("You are an author of this already."))
    places = sa.select(sa.func.max(Authorship.position)).where(Authorship.submission_id == submission.id)
    session.add(authorship_of(submission, person.id, author, now, position=(session.scalar(places) or 0) + 1))
    co_author.person_id = person.id
    _answer(session, submission, co_author, CoAuthorState.ACCEPTED, author.full_name, call, now)
    record_act(session, "agree as co-author", submission, actor_id=person.id, now=now)
    return person.id


def decline(session: Session, *, call: CallFacts, key: LinkKey, now: datetime) -> None:
    """The person who was asked is no co-author; no account is made."""
    submission, co_author = _asked(session, call, key, now)
    _answer(session, submission, co_author, CoAuthorState.DECLINED, co_author.full_name, call, now)
    record_act(session, "decline as co-author", submission, actor_id=None, now=now)


def step_back(session: Session, *, call: CallFacts, submission_id: int, person_id: int, now: datetime) -> None:
    """A co-author who agreed is one no longer; the letters about it go to the submitter again."""
    submission = locked_submission(session, call, submission_id)
    check_accepts_answers(as_it_is_now(session, call), now=now)
    authorship = session.get(Authorship, (submission_id, person_id))
    if authorship is None or person_id == submission.submitter_id:
        raise NotFound
    was_corresponding, name = authorship.is_corresponding, authorship.full_name
    session.delete(authorship)
    session.flush()
    submitter = session.get(Authorship, (submission_id, submission.submitter_id)) if was_corresponding else None
    if submitter is not None:
        submitter.is_corresponding = True
    agreed = sa.select(CoAuthor).where(CoAuthor.submission_id == submission_id, CoAuthor.person_id == person_id)
    co_author = session.scalar(agreed.where(CoAuthor.state == CoAuthorState.ACCEPTED).with_for_update())
    if co_author is not None:
        _answer(session, submission, co_author, CoAuthorState.DECLINED, name, call, now, has_stepped_back=True)
    record_act(session, "step back as co-author", submission, actor_id=person_id, now=now)


def _asked(session: Session, call: CallFacts, key: LinkKey, now: datetime) -> tuple[Submission, CoAuthor]:
    """The request that a link is bound to, locked. Of two answers the second finds another nonce."""
    asked = sa.select(CoAuthor.submission_id).join(Submission, Submission.id == CoAuthor.submission_id)
    submission_id = session.scalar(asked.where(CoAuthor.id == key.number, Submission.call_id == call.id))
    if submission_id is None:
        raise LinkUsedUp
    submission = locked_submission(session, call, submission_id)
    waiting = sa.select(CoAuthor).where(CoAuthor.id == key.number, CoAuthor.state == CoAuthorState.INVITED)
    waiting = waiting.where(CoAuthor.nonce == key.nonce).with_for_update()
    co_author = session.scalar(waiting.execution_options(populate_existing=True))
    if co_author is None:
        raise LinkUsedUp
    check_accepts_answers(as_it_is_now(session, call), now=now)
    if submission.state not in LIVE:
        raise Refused(N_("Its author withdrew this submission. There is nothing to answer at the moment."))
    return submission, co_author


def _answer(
    session: Session,
    submission: Submission,
    co_author: CoAuthor,
    answer: CoAuthorState,
    name: str,
    call: CallFacts,
    now: datetime,
    *,
    has_stepped_back: bool = False,
) -> None:
    check_move(CO_AUTHOR_MOVES, co_author.state, answer)
    co_author.state, co_author.answered_at, co_author.nonce = answer, now, new_nonce()
    session.flush()
    said = "stepped back" if has_stepped_back else answer.value
    who = dict(name=name or co_author.email, answer=said)
    write_to_submitter(session, "co_author_answered", submission, call, now, **who)

"""What the organizers of the sample call did with generated texts, so that each desk still has work."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import out_of_scope_reasons
from solicit.demo.generate import Generated, Trait
from solicit.questions.models import Question
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.screen import put_many_in_scope, put_out_of_scope
from solicit.questions.states import QuestionState

# The texts of the last hours are still unread: about 15 % of all.
UNREAD_SINCE = 0.988
REASONS = {Trait.OUT_OF_SCOPE: "not-deep-space", Trait.SPAM: "advertising"}
# One in so many is chosen.
UNREAD_STRAYS, MERGED = 2, 4

Questions = Sequence[tuple[int, Generated]]


def screen_portion(
    session: Session,
    *,
    call_id: int,
    questions: Questions,
    origins: Mapping[int, int],
    organizer_id: int,
    now: datetime,
) -> None:
    """Take most of these questions into the call, leave some out, and merge some that were asked before."""
    read = [(id_, text) for id_, text in questions if text.day < UNREAD_SINCE and not _waits(text)]
    stray = [(id_, text) for id_, text in read if text.trait in REASONS]
    _leave_out(session, call_id, stray, organizer_id, now)
    ids = [id_ for id_, text in read if text.trait not in REASONS]
    put_many_in_scope(session, call_id=call_id, question_ids=ids, actor_id=organizer_id, now=now)
    repeated = [(id_, origins[text.origin]) for id_, text in read if text.trait is Trait.REWORDED]
    _merge_some(session, repeated, organizer_id, now)


def _waits(text: Generated) -> bool:
    """Whether a text that came early is unread all the same: some of those that the desk should look at."""
    is_unusual = text.trait in REASONS or text.trait is Trait.SELF_NAMING
    return is_unusual and zlib.crc32(text.wording.significance.encode()) % UNREAD_STRAYS == 0


def _leave_out(session: Session, call_id: int, questions: Questions, organizer_id: int, now: datetime) -> None:
    reasons = {reason.key: reason.id for reason in out_of_scope_reasons(session, call_id=call_id)}
    for question_id, text in questions:
        reason_id = reasons[REASONS[text.trait]]
        decided = dict(version=1, reason_id=reason_id, note="", actor_id=organizer_id, now=now)
        put_out_of_scope(session, question_id=question_id, **decided)


def _merge_some(session: Session, repeated: Sequence[tuple[int, int]], organizer_id: int, now: datetime) -> None:
    in_scope = sa.select(Question.id).where(Question.state == QuestionState.IN_SCOPE)
    standing = set(session.scalars(in_scope.where(Question.id.in_([id_ for pair in repeated for id_ in pair]))))
    for source_id, target_id in repeated[::MERGED]:
        if {source_id, target_id} <= standing:
            merge_questions(session, source_id=source_id, target_id=target_id, actor_id=organizer_id, now=now)
            standing.discard(source_id)

"""The second part of the sample call: what its organizers did at their desks."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, out_of_scope_reasons
from solicit.db import transaction
from solicit.demo.arrivals import Sent
from solicit.questions import tasks as question_tasks
from solicit.questions.models import DuplicatePair
from solicit.questions.service import duplicates, merge, screen
from solicit.questions.states import Verdict
from solicit.topics import tasks as topic_tasks
from solicit.topics.service.decide import accept_run, undecided_run
from solicit.topics.service.start import start_grouping
from solicit.topics.states import Detail

N_UNREAD = 9
TOO_SHORT = ("too-little", 2)
N_MERGED = 14
N_RELATED = 5


def screen_most(
    session: Session, *, call: CallFacts, sent: Sequence[Sent], organizer_id: int, now: datetime
) -> list[Sent]:
    """Read all but the latest texts; two of the shortest are left out of the call. Returns those in scope."""
    read = sent[:-N_UNREAD]
    reason_key, n_left_out = TOO_SHORT
    plain = [question for question in read if not question.sample.paraphrase_of and not question.sample.near_miss_of]
    left_out = sorted(plain, key=lambda question: len(question.sample.significance))[:n_left_out]
    reason = next(r for r in out_of_scope_reasons(session, call_id=call.id) if r.key == reason_key)
    for question in left_out:
        screen.put_out_of_scope(
            session,
            question_id=question.question_id,
            version=1,
            reason_id=reason.id,
            note="",
            actor_id=organizer_id,
            now=now,
        )
    in_scope = [question for question in read if question not in left_out]
    ids = [question.question_id for question in in_scope]
    screen.put_many_in_scope(session, call_id=call.id, question_ids=ids, actor_id=organizer_id, now=now)
    return in_scope


def find_duplicates(*, call: CallFacts, organizer_id: int, now: datetime) -> None:
    """Compare all questions, with the real language model."""
    path = f"/{call.slug}/organize/duplicates"
    with transaction() as session:
        job_id = duplicates.start_finding_duplicates(
            session, call_id=call.id, started_by_id=organizer_id, result_path=path, now=now
        )
    question_tasks.find_duplicates(job_id=job_id, result_path=path)


def judge_some(
    session: Session, *, call: CallFacts, in_scope: Sequence[Sent], organizer_id: int, now: datetime
) -> None:
    """Merge some true paraphrases and call some near misses related; the rest waits in the queue."""
    ids = {question.sample.key: question.question_id for question in in_scope}
    pairs = _pair_ids(session, call.id)
    same = [(ids.get(q.sample.paraphrase_of), q.question_id) for q in in_scope if q.sample.paraphrase_of]
    related = [(ids.get(q.sample.near_miss_of), q.question_id) for q in in_scope if q.sample.near_miss_of]
    for target_id, source_id in [pair for pair in same if frozenset(pair) in pairs][:N_MERGED]:
        merge.merge_questions(session, source_id=source_id, target_id=target_id, actor_id=organizer_id, now=now)
    for pair in [pair for pair in related if frozenset(pair) in pairs][:N_RELATED]:
        duplicates.give_verdict(
            session, pair_id=pairs[frozenset(pair)], verdict=Verdict.RELATED, actor_id=organizer_id, now=now
        )


def group_topics(*, call: CallFacts, organizer_id: int, now: datetime) -> None:
    """Group the questions in scope into topics, and accept the proposal."""
    path = f"/{call.slug}/organize/topics"
    with transaction() as session:
        job_id = start_grouping(
            session, call_id=call.id, detail=Detail.MIDDLE, started_by_id=organizer_id, result_path=path, now=now
        )
    arguments = dict(job_id=job_id, detail=Detail.MIDDLE.value, started_by=organizer_id, result_path=path)
    topic_tasks.group(seed=1, **arguments)
    with transaction() as session:
        run = undecided_run(session, call_id=call.id)
        accept_run(session, run_id=run.id, actor_id=organizer_id, now=now)


def _pair_ids(session: Session, call_id: int) -> dict[frozenset[int], int]:
    rows = session.execute(
        sa.select(DuplicatePair.id, DuplicatePair.left_id, DuplicatePair.right_id)
        .where(DuplicatePair.call_id == call_id)
        .order_by(DuplicatePair.id)
    )
    return {frozenset((row.left_id, row.right_id)): row.id for row in rows}

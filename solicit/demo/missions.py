"""What the sample call's organizers say of missions, and a submitter who asks them to look again."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.db import transaction
from solicit.questions import tasks
from solicit.questions.models import MissionLink, Question, QuestionSource
from solicit.questions.service.missions import judge_missions, start_suggesting
from solicit.questions.service.second_looks import ask_second_look
from solicit.questions.states import MissionVerdict, QuestionState
from solicit.submissions.models import Submission

N_CONFIRMED, N_REFUSED = 12, 5
REASON = (
    "I kept it short because the form asked for one question. What I mean is a measurement that an orbiter could make "
    "in its first month, and I would be glad to say how."
)


def link_missions(*, call: CallFacts, organizer_id: int, now: datetime) -> None:
    """Have missions suggested by the real language model, and judge those that are most and least alike."""
    path = f"/{call.slug}/organize/missions/matrix"
    with transaction() as session:
        job_id = start_suggesting(session, call_id=call.id, started_by_id=organizer_id, result_path=path, now=now)
    tasks.suggest_missions(job_id=job_id, result_path=path)
    with transaction() as session:
        pairs = _by_likeness(session, call.id)
        said = dict(call_id=call.id, actor_id=organizer_id, now=now)
        judge_missions(session, pairs=pairs[:N_CONFIRMED], verdict=MissionVerdict.CONFIRMED, **said)
        judge_missions(session, pairs=pairs[-N_REFUSED:], verdict=MissionVerdict.REFUSED, **said)


def ask_again(session: Session, *, call: CallFacts, now: datetime) -> None:
    """The author of the first text that was left out of the call asks for another look."""
    left_out = (
        sa.select(Submission.id, Submission.submitter_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .where(Question.call_id == call.id, Question.state == QuestionState.OUT_OF_SCOPE)
        .order_by(Submission.id)
        .limit(1)
    )
    submission_id, person_id = session.execute(left_out).one()
    ask_second_look(session, call=call, submission_id=submission_id, person_id=person_id, reason=REASON, now=now)


def _by_likeness(session: Session, call_id: int) -> list[tuple[int, int]]:
    links = sa.select(MissionLink.question_id, MissionLink.mission_id).join(Question)
    likest = (MissionLink.similarity.desc(), MissionLink.question_id, MissionLink.mission_id)
    return [tuple(row) for row in session.execute(links.where(Question.call_id == call_id).order_by(*likest))]

"""The part of the sample call in which panelists discuss what is contested, and score it again."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.demo.content import sample_posts
from solicit.panels.models import Assignment, Round, RoundQuestion
from solicit.panels.service import discussion, rounds
from solicit.panels.states import Activity, AssignmentState, Pick

DAYS_OPEN = 12
# Nobody has written about the others yet, so that a newcomer may begin.
N_TALKED_ABOUT, N_SUMMARIZED = 6, 2
SUMMARY = (
    "The panel agrees that the answer matters, and differs about whether it can be had within twenty years. "
    "Whoever scores again should look at the goal as it is written, not at a mission that might come."
)


def talk(session: Session, *, call: CallFacts, first_id: int, chair_id: int, now: datetime) -> None:
    """Two open rounds about what is contested in a closed series: its discussion, and scoring again."""
    round_id = _open(session, call, first_id, Activity.DISCUSSION, "Discussion, second look", now)
    listed = sa.select(RoundQuestion.question_id).where(RoundQuestion.round_id == round_id)
    discussed = session.scalars(listed.order_by(RoundQuestion.question_id)).all()
    threads = sample_posts()
    for n, question_id in enumerate(discussed[:N_TALKED_ABOUT]):
        _write(session, round_id, question_id, threads[n % len(threads)], now)
        if n < N_SUMMARIZED:
            about = dict(round_id=round_id, question_id=question_id, person_id=chair_id)
            discussion.summarize(session, **about, text=SUMMARY, version=0, now=now)
    _open(session, call, first_id, Activity.SCORING, "Scoring again, second look", now)


def _write(session: Session, round_id: int, question_id: int, texts: tuple[str, ...], now: datetime) -> None:
    """One post of each panelist who judged a question, as long as there are texts."""
    first_id = session.get_one(Round, round_id).follows_id
    judged = (
        sa.select(Assignment.person_id)
        .where(Assignment.round_id == first_id, Assignment.question_id == question_id)
        .where(Assignment.state == AssignmentState.SUBMITTED)
        .order_by(Assignment.person_id)
    )
    for person_id, text in zip(session.scalars(judged).all(), texts, strict=False):
        about = dict(round_id=round_id, question_id=question_id, person_id=person_id)
        discussion.post(session, **about, text=text, now=now)


def _open(session: Session, call: CallFacts, first_id: int, activity: Activity, name: str, now: datetime) -> int:
    new = rounds.NewLaterRound(
        activity=activity,
        name=name,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=DAYS_OPEN),
        pick=Pick.CONTESTED,
    )
    round_id = rounds.start_later_round(session, call=call, first_id=first_id, new=new, actor_id=None, now=now)
    rounds.open_round(session, round_id=round_id, actor_id=None, now=now)
    return round_id

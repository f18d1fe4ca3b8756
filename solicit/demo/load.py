"""Filling an empty installation with a whole call, step by step, through the real services."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.db import transaction
from solicit.demo import arrivals, desk, judging, meeting, missions, talking, voting
from solicit.demo.content import SamplePeople, SamplePerson, sample_call, sample_people, sample_questions
from solicit.invitations.models import QuestionOutcome
from solicit.mail.service import discard_queued
from solicit.panels.service import rounds
from solicit.people.service.credentials import Credentials
from solicit.rankings.service import freeze

Report = Callable[[str], None]
Ids = Mapping[str, int]
N_STEPS = 13


class Incomplete(Exception):
    """An earlier load was interrupted."""


def is_loaded(session: Session) -> bool:
    """Whether the sample call is here already; raises Incomplete if only a part of it is."""
    call_id = session.scalar(sa.select(Call.id).where(Call.slug == sample_call()["slug"]))
    if call_id is None:
        return False
    if session.scalar(sa.select(QuestionOutcome.id).where(QuestionOutcome.call_id == call_id).limit(1)) is None:
        raise Incomplete
    return True


def load_sample(*, credentials: Credentials, secret: str, now: datetime, report: Report) -> None:
    """Walk the whole sample call; ``report`` is told each of the N_STEPS steps before it begins."""
    people, texts = sample_people(), list(sample_questions())
    report("Inviting people")
    with transaction() as session:
        everybody = (*people.authors, *people.panelists, *people.organizers, *people.experts)
        before = now - timedelta(days=arrivals.OPEN_DAYS + 1)
        ids = arrivals.create_people(session, people=everybody, credentials=credentials, now=before)
        organizer_ids = [ids[person.key] for person in people.organizers]
        call = arrivals.create_call(session, organizer_ids=organizer_ids, now=now)
    report("Sending questions and plans")
    with transaction() as session:
        authors = arrivals.choose_authors(texts, people.authors)
        sent = arrivals.send_texts(session, call=call, texts=texts, authors=authors, person_ids=ids, now=now)
    _work_at_the_desk(call, sent, ids, organizer_ids[0], now, report)
    _judge(call, sent, people, ids, organizer_ids, secret, now, report)
    report("Inviting people and arranging the meeting")
    _meet(call, organizer_ids, secret, now)
    with transaction() as session:
        discard_queued(session)  # nobody behind the sample addresses asked for mail


def _work_at_the_desk(
    call: CallFacts, sent: list[arrivals.Sent], ids: Ids, organizer_id: int, now: datetime, report: Report
) -> None:
    report("Screening them")
    with transaction() as session:
        in_scope = desk.screen_most(session, call=call, sent=sent, organizer_id=organizer_id, now=now)
        arrivals.support_some(session, call=call, sent=in_scope, person_ids=ids.values(), now=now)
    report("Comparing them with each other")
    desk.find_duplicates(call=call, organizer_id=organizer_id, now=now)
    with transaction() as session:
        desk.judge_some(session, call=call, in_scope=in_scope, organizer_id=organizer_id, now=now)
    report("Grouping them into topics")
    desk.group_topics(call=call, organizer_id=organizer_id, now=now)
    report("Looking for missions that could answer them")
    missions.link_missions(call=call, organizer_id=organizer_id, now=now)
    with transaction() as session:
        missions.ask_again(session, call=call, now=now)


def _judge(
    call: CallFacts,
    sent: list[arrivals.Sent],
    people: SamplePeople,
    ids: Ids,
    organizer_ids: list[int],
    secret: str,
    now: datetime,
    report: Report,
) -> None:
    judges = judging.make_judges(sent, (ids[person.key] for person in people.panelists))
    report("Asking panels to review questions")
    run_id = _first_round(call, people.panelists, judges, organizer_ids[0], now)
    report("Asking panels to review plans")
    spared = frozenset(ids[person.key] for person in people.shown_judges)
    with transaction() as session:
        round_id = judging.open_round(
            session, call=call, kind=Kind.PLAN, name="Exploration plans", days=(-3, 18), now=now
        )
        judging.review_round(
            session, round_id=round_id, judges=judges, share=judging.DONE_SHARE, spared=spared, now=now
        )
    _later_rounds(call, people, ids, judges, organizer_ids[0], now, report)
    report("Nominating experts")
    with transaction() as session:
        judging.nominate_experts(
            session, call=call, experts=people.experts, organizer_ids=organizer_ids, secret=secret, now=now
        )
    report("Choosing whom to invite")
    judging.propose_invitees(call=call, run_id=run_id, organizer_id=organizer_ids[0], now=now)


def _meet(call: CallFacts, organizer_ids: list[int], secret: str, now: datetime) -> None:
    shared = dict(call=call, organizer_ids=organizer_ids, now=now)
    with transaction() as session:
        meeting.invite(session, secret=secret, **shared)
        meeting.answer(session, **shared)
    meeting.propose_replacement(call=call, organizer_id=organizer_ids[0], now=now)
    with transaction() as session:
        meeting.meet(session, **shared)


def _later_rounds(
    call: CallFacts,
    people: SamplePeople,
    ids: Ids,
    judges: judging.Judges,
    organizer_id: int,
    now: datetime,
    report: Report,
) -> None:
    """A series in which panels compare, order, discuss and score again, and a round in stages."""
    spared = frozenset(ids[person.key] for person in people.shown_judges)
    report("Asking panels to compare and to order")
    with transaction() as session:
        first_id = voting.open_second_look(
            session, call=call, judges=judges, organizer_id=organizer_id, spared=spared, now=now
        )
    report("Asking them to discuss and to score again")
    chair = next(person for person in people.panelists if person.chair and person.panel == voting.THEME)
    with transaction() as session:
        talking.talk(session, call=call, first_id=first_id, chair_id=ids[chair.key], now=now)
    report("Asking a panel to read in stages")
    with transaction() as session:
        judging.open_staged_round(session, call=call, judges=judges, now=now)


def _first_round(
    call: CallFacts, panelists: Sequence[SamplePerson], judges: judging.Judges, organizer_id: int, now: datetime
) -> int:
    """The questions, reviewed by everybody, their shortlist compared, and frozen; returns the ranking run."""
    moment = now - timedelta(days=10)
    with transaction() as session:
        judging.seat_panels(session, call=call, people=panelists, now=moment)
        round_id = judging.open_round(
            session, call=call, kind=Kind.QUESTION, name="Scientific questions", days=(-10, 1), now=now
        )
        judging.review_round(session, round_id=round_id, judges=judges, share=1, spared=frozenset(), now=now)
    with transaction() as session:
        rounds.close_round(session, round_id=round_id, actor_id=organizer_id, now=now)
        voting.compare_before_freezing(
            session, call=call, first_id=round_id, judges=judges, organizer_id=organizer_id, now=now
        )
        return freeze(session, call=call, round_id=round_id, seed=arrivals.SEED, actor_id=organizer_id, now=now)

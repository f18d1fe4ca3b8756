"""The third part of the sample call: panels, two rounds, a frozen ranking and a proposed selection."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.db import transaction
from solicit.demo.arrivals import SEED, Sent
from solicit.demo.content import SamplePerson, sample_call, sample_comments
from solicit.invitations.models import Nomination
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.service import nominate as nominations
from solicit.invitations.service.limits import put_in_force, save_draft
from solicit.invitations.service.selecting.case import Wanted
from solicit.invitations.service.selecting.propose import propose_selection, wanted_as_json
from solicit.invitations.states import QuotaField
from solicit.invitations.tasks import selections as invitation_tasks
from solicit.panels.models import Assignment, Panel
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.service import assign, review, rounds, seats
from solicit.panels.states import Confidence

REVIEWS = 4
SCALE = (1, 5)
LENIENCY, NOISE, QUALITY = 0.5, 0.7, 0.8
OUTSIDE_SHARE, MY_FIELD_SHARE, COMMENT_SHARE = 0.02, 0.5, 0.35
DONE_SHARE = 0.55
CONSENT_SHARE = 0.7
SEATS, BUDGET_CENTS, STAY_CENTS, NIGHTS = 24, 3_400_000, 18_000, 5


@dataclass(frozen=True)
class Judges:
    """How the sample panelists judge: a quality for each text, a leniency for each of them."""

    quality: dict[int, float]
    leniency: dict[int, float]
    comments: tuple[dict, ...]


def seat_panels(session: Session, *, call: CallFacts, people: Iterable[SamplePerson], now: datetime) -> None:
    """A panel for each theme, with its chair; everybody accepted the statement of confidentiality."""
    panels = {
        theme.key: seats.add_panel(session, call=call, name=theme.short_name, theme_id=theme.id, actor_id=None, now=now)
        for theme in call.themes
    }
    for person in people:
        seat = seats.NewSeat(
            email=person.email, is_chair=person.chair, keywords=person.keywords, languages=person.languages
        )
        person_id = seats.seat_panelist(
            session, call=call, panel_id=panels[person.panel], seat=seat, actor_id=None, now=now
        )
        seats.accept_statement(session, call=call, person_id=person_id, now=now)


def open_round(
    session: Session, *, call: CallFacts, kind: Kind, name: str, days: tuple[int, int], now: datetime, **values
) -> int:
    """A round over one kind, assigned and open; ``days`` are its first and last, counted from ``now``."""
    first, last = (now + timedelta(days=day) for day in days)
    criteria = tuple(rounds.NewCriterion(**criterion) for criterion in sample_call()["criteria"])
    usual = dict(kind=kind, name=name, opens_at=first, closes_at=last, reviews_per_question=REVIEWS, criteria=criteria)
    new = rounds.NewRound(**usual | values)
    round_id = rounds.create_round(session, call=call, new=new, actor_id=None, now=first, seed=SEED)
    proposal_id = assign.propose_assignment(session, round_id=round_id, actor_id=None, now=first, seed=SEED)
    assign.deploy_proposal(session, proposal_id=proposal_id, actor_id=None, now=first)
    rounds.open_round(session, round_id=round_id, actor_id=None, now=first)
    return round_id


def open_staged_round(session: Session, *, call: CallFacts, judges: Judges, now: datetime) -> None:
    """The round of one panel, in its second stage: every question was read once."""
    panel_id = session.scalar(sa.select(sa.func.min(Panel.id)).where(Panel.call_id == call.id))
    round_id = open_round(
        session,
        call=call,
        kind=Kind.QUESTION,
        name="Reading in stages",
        days=(-4, 12),
        now=now,
        panel_id=panel_id,
        is_staged=True,
    )
    review_round(session, round_id=round_id, judges=judges, share=1, spared=frozenset(), now=now)
    assign.next_batch(session, round_id=round_id, now=now, go_on=True, seed=SEED)


def make_judges(sent: Iterable[Sent], panelist_ids: Iterable[int]) -> Judges:
    """Qualities and leniencies from a seed; a paraphrase has the quality of what it repeats."""
    chance = random.Random(SEED + 2)  # noqa: S311 - sample content
    by_key = {question.sample.key: chance.gauss(0, QUALITY) for question in sent}
    quality = {q.question_id: by_key[q.sample.paraphrase_of or q.sample.key] for q in sent}
    leniency = {person_id: chance.gauss(0, LENIENCY) for person_id in sorted(panelist_ids)}
    return Judges(quality, leniency, sample_comments())


def review_round(
    session: Session, *, round_id: int, judges: Judges, share: float, spared: frozenset[int], now: datetime
) -> None:
    """Fill a share of a round's assignments; ``spared`` panelists keep theirs for the demonstration."""
    chance = random.Random(SEED + round_id)  # noqa: S311 - sample content
    criterion_ids = [criterion.id for criterion in criteria_of(session, round_id=round_id)]
    assignments = session.scalars(
        sa.select(Assignment).where(Assignment.round_id == round_id).order_by(Assignment.queue_order, Assignment.id)
    ).all()
    for assignment in assignments:
        if assignment.person_id in spared or chance.random() > share:
            continue
        given = _judge(assignment, criterion_ids, judges, chance)
        review.submit_review(session, assignment_id=assignment.id, person_id=assignment.person_id, given=given, now=now)


def _judge(
    assignment: Assignment, criterion_ids: list[int], judges: Judges, chance: random.Random
) -> review.GivenReview:
    if chance.random() < OUTSIDE_SHARE:
        return review.GivenReview(
            confidence=Confidence.OUTSIDE, scores={}, comment_to_panel="", comment_to_authors="", version=0
        )
    middle = sum(SCALE) / 2 + judges.quality[assignment.question_id] + judges.leniency[assignment.person_id]
    scores = {each: _score(middle + chance.gauss(0, NOISE)) for each in criterion_ids}
    mean = sum(scores.values()) / len(scores)
    sentiment = "high" if mean > 3.6 else "low" if mean < 2.4 else "middle"
    fitting = [
        comment["text"] for comment in judges.comments if comment["sentiment"] == sentiment and not comment["theme"]
    ]
    comment = chance.choice(fitting) if chance.random() < COMMENT_SHARE else ""
    confidence = Confidence.MY_FIELD if chance.random() < MY_FIELD_SHARE else Confidence.WELL_ENOUGH
    return review.GivenReview(
        confidence=confidence, scores=scores, comment_to_panel=comment, comment_to_authors="", version=0
    )


def _score(value: float) -> int:
    low, high = SCALE
    return min(max(round(value), low), high)


def nominate_experts(
    session: Session,
    *,
    call: CallFacts,
    experts: Iterable[SamplePerson],
    organizer_ids: list[int],
    secret: str,
    now: datetime,
) -> None:
    """Propose experts; most consent, and every organizer but the one who proposed them scores the statement."""
    chance = random.Random(SEED + 3)  # noqa: S311 - sample content
    links = nominations.ConsentLinks(secret)
    for expert in experts:
        new = nominations.NewNomination(
            email=expert.email,
            full_name=expert.full_name,
            theme_id=call.theme(expert.theme).id,
            statement=expert.statement,
        )
        nomination_id = nominations.nominate(
            session, call=call, new=new, links=links, proposer_id=organizer_ids[0], now=now
        )
        if chance.random() > CONSENT_SHARE:
            continue
        person_id = session.get_one(Nomination, nomination_id).person_id
        token = links.token(nomination_id=nomination_id, person_id=person_id, now=now)
        nominations.consent(session, call_id=call.id, token=token, links=links, now=now)
        for organizer_id in organizer_ids[1:]:
            nominations.score_statement(
                session,
                call=call,
                nomination_id=nomination_id,
                organizer_id=organizer_id,
                value=chance.randint(35, 90),
                now=now,
            )


def propose_invitees(*, call: CallFacts, run_id: int, organizer_id: int, now: datetime) -> None:
    """Limits for a meeting of two dozen people, and a selection that waits for a second organizer."""
    limits = Limits(
        seats=SEATS,
        budget_cents=BUDGET_CENTS,
        quotas=(
            *(QuotaLimit(QuotaField.THEME, theme.key, 4, SEATS) for theme in call.themes),
            QuotaLimit(QuotaField.REGION, "Eastern Asia", 0, 7),
            QuotaLimit(QuotaField.REGION, "Sub-Saharan Africa", 2, SEATS),
            QuotaLimit(QuotaField.CAREER, "student", 2, SEATS),
            QuotaLimit(QuotaField.CAREER, "enthusiast", 2, SEATS),
        ),
    )
    with transaction() as session:
        actor = {"actor_id": organizer_id, "now": now}
        limit_set_id = save_draft(session, call=call, run_ids=[run_id], limits=limits, version="", **actor)
        put_in_force(session, call=call, version=now.isoformat(), **actor)
        wanted = Wanted(limit_set_id, "First proposal")
        job_id = propose_selection(session, call=call, wanted=wanted, proposer_id=organizer_id, now=now)
    invitation_tasks.select(job_id=job_id, call_slug=call.slug, proposer_id=organizer_id, wanted=wanted_as_json(wanted))

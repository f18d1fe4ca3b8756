"""Five reviews of every question of a site: panels, a closed round, scores and a ranking; and a desk at work."""

import hashlib
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.site import ROWS_AT_ONCE, SEED, Site
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.service import model_id_of
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.panels.models import Assignment, Criterion, Panel, Panelist, Review, Round, Score
from solicit.panels.states import AssignmentState, Confidence, RoundState
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.states import QuestionState
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import Evidence, RunState

PER_QUESTION = 5
PANELISTS_PER_PANEL = 40
CRITERIA = {"importance": 50, "novelty": 30, "reach": 20}
COMMENT = "A question that the panel should discuss, because the instruments for it are being planned now."
# One in so many questions waits for screening, and one in so many has a pair that waits for a verdict.
NEW_EACH, PAIR_EACH = 50, 20


def judge(site: Site) -> None:
    """Review everything, freeze a ranking of it, and leave some work on the desk."""
    chance = random.Random(SEED)
    with transaction(is_long=True) as session:
        found = sa.select(Question.id, Question.theme_id, Question.title, Question.text_digest).order_by(Question.id)
        questions = session.execute(found.where(Question.call_id == site.call.id)).all()
        round_ = _round(session, site)
        panels = {theme.id: _panel(session, site, theme, n) for n, theme in enumerate(site.call.themes)}
        criteria = [_criterion(session, round_, *each) for each in enumerate(CRITERIA.items())]
        rows = list(_assignments(site, round_.id, panels, questions))
        for start in range(0, len(rows), ROWS_AT_ONCE):
            _reviews(session, rows[start : start + ROWS_AT_ONCE], criteria, chance)
        round_.state, round_.closed_at = RoundState.FROZEN, utcnow()
        _ranking(session, site, round_.id, questions, chance)
        _desk(session, site, questions, chance)
    site.vacuum()


def _round(session: Session, site: Site) -> Round:
    now = utcnow()
    times = dict(opens_at=now - timedelta(days=20), closes_at=now + timedelta(days=1), created_at=now, opened_at=now)
    round_ = Round(
        call_id=site.call.id,
        kind=Kind.QUESTION,
        name="First reading",
        state=RoundState.OPEN,
        reviews_per_question=PER_QUESTION,
        seed=SEED,
        **times,
    )
    session.add(round_)
    session.flush()
    return round_


def _panel(session: Session, site: Site, theme, n: int) -> tuple[int, Iterator[int]]:
    """A panel for a theme, and its panelists in turn."""
    panel = Panel(call_id=site.call.id, theme_id=theme.id, name=f"Panel {n + 1}")
    session.add(panel)
    session.flush()
    people = site.people[n * PANELISTS_PER_PANEL : (n + 1) * PANELISTS_PER_PANEL]
    seats = [dict(panel_id=panel.id, person_id=person_id, statement_accepted_at=utcnow()) for person_id in people]
    session.execute(sa.insert(Panelist), seats)
    return panel.id, cycle(people)


def _criterion(session: Session, round_: Round, position: int, named: tuple[str, int]) -> int:
    key, weight = named
    words = dict(name=key.title(), question="How much?", low="Little", high="Much")
    criterion = Criterion(round_id=round_.id, key=key, position=position, weight=weight, **words)
    session.add(criterion)
    session.flush()
    return criterion.id


def _assignments(site: Site, round_id: int, panels: dict, questions: list[sa.Row]) -> Iterator[dict]:
    now = utcnow()
    for question in questions:
        panel_id, people = panels[question.theme_id]
        for n, person_id in enumerate(islice(people, PER_QUESTION)):
            yield dict(
                round_id=round_id,
                question_id=question.id,
                panel_id=panel_id,
                person_id=person_id,
                state=AssignmentState.SUBMITTED,
                affinity=0.5,
                queue_order=n,
                assigned_at=now,
                changed_at=now,
            )


def _reviews(session: Session, rows: list[dict], criteria: list[int], chance: random.Random) -> None:
    now, digest = utcnow(), hashlib.sha256(b"wording").digest()
    ids = list(session.scalars(sa.insert(Assignment).returning(Assignment.id), rows))
    said = dict(confidence=Confidence.MY_FIELD, comment_to_panel=COMMENT, text_digest=digest, saved_at=now)
    session.execute(sa.insert(Review), [dict(assignment_id=id_, **said) for id_ in ids])
    scores = (dict(assignment_id=i, criterion_id=c, value=chance.randint(1, 5)) for i in ids for c in criteria)
    session.execute(sa.insert(Score), list(scores))


def _ranking(session: Session, site: Site, round_id: int, questions: list[sa.Row], chance: random.Random) -> None:
    run = RankingRun(
        call_id=site.call.id,
        round_id=round_id,
        state=RunState.FROZEN,
        seed=SEED,
        salt="salt",
        parameters={"weights": CRITERIA, "k": {}, "n_draws": 2000},
        versions={},
        variances={},
        notes=[],
        input_digest=b"input",
        result_digest=b"result",
        frozen_at=utcnow(),
    )
    session.add(run)
    session.flush()
    session.execute(sa.insert(RankingRow), [_row(run.id, *each, chance) for each in enumerate(questions, 1)])


def _row(run_id: int, position: int, question: sa.Row, chance: random.Random) -> dict:
    mean = round(chance.uniform(2, 4), 3)
    return dict(
        run_id=run_id,
        question_id=question.id,
        theme_id=question.theme_id,
        kind=Kind.QUESTION,
        title=question.title,
        language="en",
        evidence=Evidence.RANKED,
        position=position,
        mean=mean,
        low=mean - 0.4,
        high=mean + 0.4,
        p_top_k=chance.random(),
        plain_mean=mean,
        n_ratings=PER_QUESTION,
        band=position // 20,
        place_first=position,
        place_last=position + 20,
    )


def _desk(session: Session, site: Site, questions: list[sa.Row], chance: random.Random) -> None:
    now, model_id = utcnow(), model_id_of(session, site.encoder)
    pairs = list(zip(questions[::PAIR_EACH], questions[1::PAIR_EACH], strict=False))
    rows = [
        dict(
            call_id=site.call.id,
            left_id=left.id,
            right_id=right.id,
            model_id=model_id,
            cosine=chance.uniform(0.6, 1),
            probability=chance.random(),
            suggested_at=now,
        )
        for left, right in pairs
    ]
    session.execute(sa.insert(DuplicatePair), rows)
    waits = Question.id.in_([question.id for question in questions[::NEW_EACH]])
    session.execute(sa.update(Question).where(waits).values(state=QuestionState.NEW, number=None, screened_at=None))
    session.execute(sa.insert(OutboxMail), [_letter(site, n, now) for n in range(len(questions))])


def _letter(site: Site, n: int, now) -> dict:
    return dict(
        kind="submission_received",
        recipient=f"p{n}@example.org",
        locale="en",
        params={"reference": f"S-{n:04d}-{n % 7919:04d}", "title": "A title of usual length of a question"},
        message_id=f"{site.call.id}-{n}@example.org",
        state=MailState.SENT,
        created_at=now,
        sent_at=now,
        call_id=site.call.id,
    )

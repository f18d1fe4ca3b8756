"""Who may be invited after a frozen ranking, and what their questions are worth."""

import math
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.invitations.models import Nomination, StatementScore
from solicit.invitations.queries.costs import cost_table
from solicit.invitations.states import Basis
from solicit.panels.models import Round
from solicit.people.models import Person
from solicit.people.queries import subregion_of
from solicit.people.states import Career
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE

BEST_QUESTIONS = 3
STATEMENT_SCORES_NEEDED = 3
PLACES_READ = 3  # candidates come from the first 3 k questions


@dataclass(frozen=True)
class RankedQuestion:
    """A question near the top of a frozen ranking; ``value`` is 0 beyond the announced places."""

    id: int
    label: str
    theme_key: str
    p_top_k: float
    value: int


@dataclass(frozen=True)
class Candidate:
    """One person who may be invited: what they are worth, and what the limits count."""

    person_id: int
    name: str
    merit: int
    basis: Basis
    travel_cents: int
    country: str | None
    region: str
    career: Career | None
    theme_keys: tuple[str, ...]
    question_ids: tuple[int, ...]


@dataclass(frozen=True)
class CandidatePool:
    """Everybody who may be invited after one frozen run."""

    run_id: int
    kind: Kind
    salt: str
    result_digest: bytes
    questions: tuple[RankedQuestion, ...]
    candidates: tuple[Candidate, ...]

    @property
    def person_ids(self) -> frozenset[int]:
        return frozenset(candidate.person_id for candidate in self.candidates)


@dataclass(frozen=True)
class _Author:
    person_id: int
    name: str
    country: str | None
    career: Career | None
    is_willing: bool


@dataclass(frozen=True)
class _Nominee:
    person_id: int
    name: str
    country: str | None
    career: Career | None
    theme_key: str | None
    n_scores: int
    mean_score: float | None


def candidate_pool(session: Session, *, call: CallFacts, run_id: int) -> CandidatePool | None:
    """The candidates after a run of this call, None if it has no such run; five statements."""
    run = session.execute(
        sa.select(RankingRun.id, RankingRun.salt, RankingRun.parameters, RankingRun.result_digest, Round.kind)
        .join(Round, Round.id == RankingRun.round_id)
        .where(RankingRun.id == run_id, RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    ).one_or_none()
    if run is None:
        return None
    questions = _top_questions(session, call=call, run_id=run_id, parameters=run.parameters)
    authors = _authors(session, question_ids=[question.id for question in questions])
    nominees = _nominees(session, call=call)
    costs = cost_table(session, call=call)
    candidates = _candidates(questions, authors, nominees, costs.amount_cents)
    return CandidatePool(run.id, run.kind, run.salt, run.result_digest, questions, candidates)


def _top_questions(session: Session, *, call: CallFacts, run_id: int, parameters: dict) -> tuple[RankedQuestion, ...]:
    """The first 3 k ranked questions of each theme, best first."""
    place = sa.func.row_number().over(partition_by=RankingRow.theme_id, order_by=RankingRow.position).label("place")
    ranked = (
        sa.select(RankingRow.question_id, RankingRow.theme_id, RankingRow.p_top_k, place)
        .where(RankingRow.run_id == run_id, RankingRow.evidence == Evidence.RANKED)
        .subquery()
    )
    rows = session.execute(
        sa.select(ranked, Question.kind, Question.number)
        .join(Question, Question.id == ranked.c.question_id)
        .order_by(ranked.c.theme_id, ranked.c.place)
    )
    found = []
    for row in rows:
        theme_key = call.theme_by_id(row.theme_id).key
        k = places(parameters, theme_key, call.n_places)
        if row.place > PLACES_READ * k:
            continue
        value = _percent(row.p_top_k) if row.place <= k else 0
        label = question_label(row.kind, row.number)
        found.append(RankedQuestion(row.question_id, label, theme_key, row.p_top_k, value))
    return tuple(found)


def places(parameters: dict, theme_key: str, default: int) -> int:
    """How many places a run announced in a theme."""
    k = parameters.get("k", default)
    return int(k.get(theme_key, default) if isinstance(k, dict) else k)


def _authors(session: Session, *, question_ids: list[int]) -> dict[int, tuple[_Author, ...]]:
    """The confirmed authors of each question, every person once."""
    rows = session.execute(
        sa.select(
            QuestionSource.question_id,
            Person.id,
            Person.full_name,
            sa.func.coalesce(Person.country, sa.func.max(Authorship.country)).label("country"),
            sa.func.coalesce(Person.career, sa.func.max(Authorship.career)).label("career"),
            sa.func.bool_or(Authorship.is_willing & Person.active).label("is_willing"),
        )
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(Authorship, Authorship.submission_id == Submission.id)
        .join(Person, Person.id == Authorship.person_id)
        .where(
            QuestionSource.question_id.in_(question_ids),
            Submission.state.in_(LIVE),
            Authorship.confirmed_at.is_not(None),
        )
        .group_by(QuestionSource.question_id, Person.id)
        .order_by(QuestionSource.question_id, Person.id)
    )
    authors = defaultdict(list)
    for row in rows:
        authors[row.question_id].append(_Author(row.id, row.full_name, row.country, row.career, row.is_willing))
    return {question_id: tuple(found) for question_id, found in authors.items()}


def _nominees(session: Session, *, call: CallFacts) -> tuple[_Nominee, ...]:
    """Everybody who was proposed and consented, with the mean of the statement's scores."""
    rows = session.execute(
        sa.select(
            Person.id,
            Person.full_name,
            Person.country,
            Person.career,
            Nomination.theme_id,
            sa.func.count(StatementScore.value).label("n_scores"),
            sa.func.avg(StatementScore.value).label("mean_score"),
        )
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(StatementScore, StatementScore.nomination_id == Nomination.id)
        .where(Nomination.call_id == call.id, Nomination.consented_at.is_not(None), Person.active)
        .group_by(Person.id, Nomination.id)
        .order_by(Person.id)
    )
    found = []
    for row in rows:
        theme = call.theme_by_id(row.theme_id)
        mean = None if row.mean_score is None else float(row.mean_score)
        key = theme.key if theme else None
        found.append(_Nominee(row.id, row.full_name, row.country, row.career, key, row.n_scores, mean))
    return tuple(found)


def _candidates(questions, authors, nominees, travel_cents) -> tuple[Candidate, ...]:
    """Authors by their questions, then proposed people who have none; ordered by person."""
    by_person: dict[int, list[tuple[RankedQuestion, _Author, int]]] = defaultdict(list)
    for question in questions:
        those = authors.get(question.id, ())
        for author in those:
            by_person[author.person_id].append((question, author, len(those)))
    consented = {nominee.person_id for nominee in nominees}
    willing = [
        _author_candidate(parts, travel_cents)
        for person_id, parts in by_person.items()
        if person_id in consented or any(author.is_willing for _, author, _ in parts)
    ]
    proposed = [
        _proposed_candidate(nominee, travel_cents) for nominee in nominees if nominee.person_id not in by_person
    ]
    return tuple(sorted(willing + proposed, key=lambda candidate: candidate.person_id))


def _author_candidate(parts: list[tuple[RankedQuestion, _Author, int]], travel_cents) -> Candidate:
    shares = sorted((question.p_top_k / n_authors for question, _, n_authors in parts), reverse=True)
    author = parts[0][1]
    region = subregion_of(author.country) if author.country else ""
    return Candidate(
        person_id=author.person_id,
        name=author.name,
        merit=_percent(math.fsum(shares[:BEST_QUESTIONS])),
        basis=Basis.QUESTIONS,
        travel_cents=travel_cents(region),
        country=author.country,
        region=region,
        career=author.career,
        theme_keys=tuple(sorted({question.theme_key for question, _, _ in parts})),
        question_ids=tuple(sorted(question.id for question, _, _ in parts)),
    )


def _proposed_candidate(nominee: _Nominee, travel_cents) -> Candidate:
    is_scored = nominee.n_scores >= STATEMENT_SCORES_NEEDED
    region = subregion_of(nominee.country) if nominee.country else ""
    return Candidate(
        person_id=nominee.person_id,
        name=nominee.name,
        merit=round(nominee.mean_score) if is_scored else 0,
        basis=Basis.STATEMENT if is_scored else Basis.WAITING,
        travel_cents=travel_cents(region),
        country=nominee.country,
        region=region,
        career=nominee.career,
        theme_keys=(nominee.theme_key,) if nominee.theme_key else (),
        question_ids=(),
    )


def _percent(share: float) -> int:
    return round(100 * share)

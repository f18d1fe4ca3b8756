"""Who may be invited after frozen rankings, and what their questions are worth."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import CandidateWish, Nomination, StatementScore
from solicit.invitations.queries.costs import CostRates, cost_rates
from solicit.invitations.states import Attendance, Basis, Gender, Wish
from solicit.people.models import Organization, Person
from solicit.people.queries import subregion_of
from solicit.people.states import Career
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.topics.models import Topic, TopicMember

BEST_QUESTIONS = 3
STATEMENT_SCORES_NEEDED = 3
PLACES_READ = 3  # candidates come from the first 3 k questions


@dataclass(frozen=True)
class RankedQuestion:
    """A question near the top of a frozen ranking; ``value`` is 0 beyond the announced places."""

    id: int
    label: str
    run_id: int
    theme_key: str
    topic_id: int | None
    p_top_k: float
    value: int


@dataclass(frozen=True)
class Candidate:
    """One person who may be invited: what they are worth, and what the limits count.

    also_ids: their other accounts. n_authors: per question, among how many its value is shared.
    """

    person_id: int
    name: str
    merit: int
    basis: Basis
    cost_cents: int
    country: str | None
    region: str
    career: Career | None
    theme_keys: tuple[str, ...]
    question_ids: tuple[int, ...]
    topic_ids: tuple[int, ...] = ()
    institution: str = ""
    attendance: Attendance = Attendance.IN_PERSON
    is_young: bool = False
    gender: Gender | None = None
    also_ids: tuple[int, ...] = ()
    n_authors: tuple[int, ...] = ()


@dataclass(frozen=True)
class CandidatePool:
    """Everybody who may be invited after the frozen runs."""

    run_ids: tuple[int, ...]
    salt: str
    result_digests: tuple[bytes, ...]
    rates: CostRates
    questions: tuple[RankedQuestion, ...]
    candidates: tuple[Candidate, ...]

    @property
    def person_ids(self) -> frozenset[int]:
        """Everybody, by each of their accounts."""
        return frozenset(number for c in self.candidates for number in (c.person_id, *c.also_ids))


@dataclass(frozen=True)
class _Facts:
    """What is known of one account."""

    person_id: int
    name: str
    country: str | None
    career: Career | None
    institution: str
    wish: Wish | None
    is_young: bool
    gender: Gender | None


@dataclass(frozen=True)
class _Author:
    facts: _Facts
    is_willing: bool


@dataclass(frozen=True)
class _Nominee:
    facts: _Facts
    theme_key: str | None
    n_scores: int
    mean_score: float | None


def candidate_pool(session: Session, *, call: CallFacts, run_ids: Collection[int]) -> CandidatePool | None:
    """The candidates after runs of this call, None if one is no result of it; six statements and one a run."""
    runs = session.execute(
        sa.select(RankingRun.id, RankingRun.salt, RankingRun.parameters, RankingRun.result_digest)
        .where(RankingRun.id.in_(run_ids), RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
        .order_by(RankingRun.id)
    ).all()
    if not runs or len(runs) != len(set(run_ids)):
        return None
    questions = tuple(question for run in runs for question in _top_questions(session, call=call, run=run))
    authors = _authors(session, call=call, question_ids=[question.id for question in questions])
    nominees = _nominees(session, call=call)
    rates = cost_rates(session, call=call)
    return CandidatePool(
        run_ids=tuple(run.id for run in runs),
        salt=_joint_salt([run.salt for run in runs]),
        result_digests=tuple(run.result_digest for run in runs),
        rates=rates,
        questions=questions,
        candidates=_candidates(questions, authors, nominees, rates),
    )


def _joint_salt(salts: Sequence[str]) -> str:
    """The salt of one run, or one made of all: nobody chooses it after the rankings are frozen."""
    return salts[0] if len(salts) == 1 else hashlib.sha256(":".join(salts).encode()).hexdigest()


def _top_questions(session: Session, *, call: CallFacts, run) -> tuple[RankedQuestion, ...]:
    """The first 3 k ranked questions of each theme, best first; one statement."""
    place = sa.func.row_number().over(partition_by=RankingRow.theme_id, order_by=RankingRow.position).label("place")
    ranked = (
        sa.select(RankingRow.question_id, RankingRow.theme_id, RankingRow.p_top_k, place)
        .where(RankingRow.run_id == run.id, RankingRow.evidence == Evidence.RANKED)
        .subquery()
    )
    rows = session.execute(
        sa.select(ranked, Question.kind, Question.number, Topic.id.label("topic_id"))
        .join(Question, Question.id == ranked.c.question_id)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, sa.and_(Topic.id == TopicMember.topic_id, Topic.retired_at.is_(None)))
        .order_by(ranked.c.theme_id, ranked.c.place)
    )
    found = []
    for row in rows:
        theme_key = call.theme_by_id(row.theme_id).key
        k = places(run.parameters, theme_key, call.n_places)
        if row.place > PLACES_READ * k:
            continue
        value = _percent(row.p_top_k) if row.place <= k else 0
        label = question_label(row.kind, row.number)
        found.append(RankedQuestion(row.question_id, label, run.id, theme_key, row.topic_id, row.p_top_k, value))
    return tuple(found)


def places(parameters: dict, theme_key: str, default: int) -> int:
    """How many places a run announced in a theme."""
    k = parameters.get("k", default)
    return int(k.get(theme_key, default) if isinstance(k, dict) else k)


def _authors(session: Session, *, call: CallFacts, question_ids: list[int]) -> dict[int, tuple[_Author, ...]]:
    """The confirmed authors of each question, every account once; one statement."""
    rows = session.execute(
        sa.select(
            QuestionSource.question_id,
            Person.id,
            Person.full_name,
            sa.func.coalesce(Person.country, sa.func.max(Authorship.country)).label("country"),
            sa.func.coalesce(Person.career, sa.func.max(Authorship.career)).label("career"),
            _institution(sa.func.max(Authorship.affiliation)).label("institution"),
            sa.func.bool_or(Authorship.is_willing & Person.active).label("is_willing"),
            *WISH_COLUMNS,
        )
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(Authorship, Authorship.submission_id == Submission.id)
        .join(Person, Person.id == Authorship.person_id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .outerjoin(CandidateWish, _wish_of(call))
        .where(
            QuestionSource.question_id.in_(question_ids),
            Submission.state.in_(LIVE),
            Authorship.confirmed_at.is_not(None),
        )
        .group_by(QuestionSource.question_id, Person.id, Organization.name, *WISH_COLUMNS)
        .order_by(QuestionSource.question_id, Person.id)
    )
    authors = defaultdict(list)
    for row in rows:
        authors[row.question_id].append(_Author(_facts(row), row.is_willing))
    return {question_id: tuple(found) for question_id, found in authors.items()}


def _nominees(session: Session, *, call: CallFacts) -> tuple[_Nominee, ...]:
    """Everybody who was proposed and consented, with the mean of the statement's scores; one statement."""
    rows = session.execute(
        sa.select(
            Person.id,
            Person.full_name,
            Person.country,
            Person.career,
            _institution(sa.literal("")).label("institution"),
            Nomination.theme_id,
            sa.func.count(StatementScore.value).label("n_scores"),
            sa.func.avg(StatementScore.value).label("mean_score"),
            *WISH_COLUMNS,
        )
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(StatementScore, StatementScore.nomination_id == Nomination.id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .outerjoin(CandidateWish, _wish_of(call))
        .where(Nomination.call_id == call.id, Nomination.consented_at.is_not(None), Person.active)
        .group_by(Person.id, Nomination.id, Organization.name, *WISH_COLUMNS)
        .order_by(Person.id)
    )
    found = []
    for row in rows:
        theme = call.theme_by_id(row.theme_id)
        mean = None if row.mean_score is None else float(row.mean_score)
        found.append(_Nominee(_facts(row), theme.key if theme else None, row.n_scores, mean))
    return tuple(found)


WISH_COLUMNS = (CandidateWish.wish, CandidateWish.is_young, CandidateWish.gender)


def _wish_of(call: CallFacts) -> sa.ColumnElement[bool]:
    return sa.and_(CandidateWish.person_id == Person.id, CandidateWish.call_id == call.id)


def _institution(otherwise: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """The name in the registry of organizations, else what the person wrote."""
    return sa.func.coalesce(Organization.name, sa.func.nullif(Person.affiliation, ""), otherwise, "")


def _facts(row) -> _Facts:
    return _Facts(
        person_id=row.id,
        name=row.full_name,
        country=row.country,
        career=row.career,
        institution=" ".join(row.institution.split()),
        wish=row.wish,
        is_young=bool(row.is_young),
        gender=row.gender,
    )


def _candidates(questions, authors, nominees, rates: CostRates) -> tuple[Candidate, ...]:
    """Authors by their questions, then proposed people who have none; ordered by person."""
    by_person: dict[int, list[tuple[RankedQuestion, _Author, int]]] = defaultdict(list)
    for question in questions:
        those = authors.get(question.id, ())
        for author in those:
            by_person[author.facts.person_id].append((question, author, len(those)))
    consented = {nominee.facts.person_id for nominee in nominees}
    found = [
        _author_candidate(parts, rates)
        for person_id, parts in by_person.items()
        if _is_willing([author for _, author, _ in parts], person_id in consented)
    ]
    found += [
        _proposed_candidate(nominee, rates)
        for nominee in nominees
        if nominee.facts.person_id not in by_person and nominee.facts.wish is not Wish.NOT
    ]
    return tuple(sorted(found, key=lambda candidate: candidate.person_id))


def _is_willing(authors: list[_Author], has_consented: bool) -> bool:
    """What the person said last counts: their wish, else a consent or a box they ticked when they sent."""
    wish = authors[0].facts.wish
    return wish is not Wish.NOT if wish else has_consented or any(author.is_willing for author in authors)


def _author_candidate(parts: list[tuple[RankedQuestion, _Author, int]], rates: CostRates) -> Candidate:
    shares = sorted((question.p_top_k / n_authors for question, _, n_authors in parts), reverse=True)
    in_order = sorted(parts, key=lambda part: part[0].id)
    return _candidate(
        parts[0][1].facts,
        rates,
        merit=_percent(math.fsum(shares[:BEST_QUESTIONS])),
        basis=Basis.QUESTIONS,
        theme_keys=tuple(sorted({question.theme_key for question, _, _ in parts})),
        topic_ids=tuple(sorted({question.topic_id for question, _, _ in parts if question.topic_id})),
        question_ids=tuple(question.id for question, _, _ in in_order),
        n_authors=tuple(n_authors for _, _, n_authors in in_order),
    )


def _proposed_candidate(nominee: _Nominee, rates: CostRates) -> Candidate:
    is_scored = nominee.n_scores >= STATEMENT_SCORES_NEEDED
    return _candidate(
        nominee.facts,
        rates,
        merit=round(nominee.mean_score) if is_scored else 0,
        basis=Basis.STATEMENT if is_scored else Basis.WAITING,
        theme_keys=(nominee.theme_key,) if nominee.theme_key else (),
        question_ids=(),
    )


def _candidate(facts: _Facts, rates: CostRates, **values) -> Candidate:
    region = subregion_of(facts.country) if facts.country else ""
    attendance = Attendance.ONLINE if facts.wish is Wish.ONLINE else Attendance.IN_PERSON
    return Candidate(
        person_id=facts.person_id,
        name=facts.name,
        cost_cents=rates.cost_cents(country=facts.country, region=region, attendance=attendance),
        country=facts.country,
        region=region,
        career=facts.career,
        institution=facts.institution,
        attendance=attendance,
        is_young=facts.is_young,
        gender=facts.gender,
        **values,
    )


def _percent(share: float) -> int:
    return round(100 * share)

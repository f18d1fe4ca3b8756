"""Who may be invited after frozen rankings, and what their questions are worth."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.costs import CostRates, cost_tables, rates_from
from solicit.invitations.queries.pool.accounts import STATEMENT_SCORES_NEEDED as STATEMENT_SCORES_NEEDED
from solicit.invitations.queries.pool.accounts import Account, Author, Nominee, people_of
from solicit.invitations.queries.pool.ranked import RankedQuestion as RankedQuestion
from solicit.invitations.queries.pool.ranked import joint_salt, percent, top_questions
from solicit.invitations.queries.pool.ranked import places as places
from solicit.invitations.queries.pool.unite import Group, Ties, tied_accounts, ties_from, unite
from solicit.invitations.states import Attendance, Basis, Gender, NominationSource, Wish
from solicit.people.queries import subregion_of
from solicit.people.states import Career
from solicit.rankings.models import RankingRun

BEST_QUESTIONS = 3


@dataclass(frozen=True)
class Candidate:
    """One person who may be invited: what they are worth, and what the limits count.

    also_ids: their other accounts. n_authors: per question, among how many its value is shared.
    sources: how they were proposed, if they were. n_scores: of the statement that counts for them.
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
    sources: tuple[NominationSource, ...] = ()
    n_scores: int = 0
    shares_orcid: bool = False

    @property
    def account_ids(self) -> frozenset[int]:
        return frozenset((self.person_id, *self.also_ids))


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
        return frozenset(number for candidate in self.candidates for number in candidate.account_ids)


@dataclass(frozen=True)
class _Part:
    """A question of one person, by one of their accounts."""

    question: RankedQuestion
    author: Author
    n_authors: int

    @property
    def share(self) -> float:
        return self.question.p_top_k / self.n_authors


def candidate_pool(session: Session, *, call: CallFacts, run_ids: Collection[int]) -> CandidatePool | None:
    """The candidates after runs of this call, None if one is no result of it; three statements."""
    pool = pool_of(session, call=call, run_ids=sa.select(RankingRun.id).where(RankingRun.id.in_(run_ids)))
    return pool if pool and len(pool.run_ids) == len(set(run_ids)) else None


def pool_of(session: Session, *, call: CallFacts, run_ids: sa.Select) -> CandidatePool | None:
    """The candidates after the results of this call among the selected runs, None without any; three statements."""
    results = top_questions(session, call=call, run_ids=run_ids)
    if not results.runs:
        return None
    people = people_of(session, call=call, question_ids=[question.id for question in results.questions])
    ties, rates = _ties_and_rates(session, call)
    groups = unite(people.accounts, ties.decisions)
    parts = _parts(results.questions, people.authors, groups)
    return CandidatePool(
        run_ids=tuple(run.id for run in results.runs),
        salt=joint_salt([run.salt for run in results.runs]),
        result_digests=tuple(run.result_digest for run in results.runs),
        rates=rates,
        questions=results.questions,
        candidates=_with_desks(_candidates(parts, people.nominees, groups, rates), ties),
    )


def _ties_and_rates(session: Session, call: CallFacts) -> tuple[Ties, CostRates]:
    tied = tied_accounts(call).subquery()
    rows = sa.select(sa.func.jsonb_agg(sa.func.jsonb_build_array(*tied.c))).scalar_subquery()
    settings, stored, ties = session.execute(cost_tables(call).add_columns(rows)).one()
    return ties_from(ties or ()), rates_from(call, settings, stored)


def _with_desks(candidates: tuple[Candidate, ...], ties: Ties) -> tuple[Candidate, ...]:
    """An organizer's own account is one of theirs, too, so that nobody decides on themselves by another account."""
    known = frozenset(number for candidate in candidates for number in candidate.account_ids)

    def with_desk(candidate: Candidate) -> Candidate:
        found = {number for own in candidate.account_ids for number in ties.organizers_of.get(own, ())} - known
        also_ids = tuple(sorted({*candidate.also_ids, *found}))
        return replace(candidate, also_ids=also_ids, shares_orcid=True) if found else candidate

    return tuple(map(with_desk, candidates))


def _parts(
    questions: Sequence[RankedQuestion], authors: Mapping[int, tuple[Author, ...]], groups: dict[int, Group]
) -> dict[Group, list[_Part]]:
    """The questions of each person; among how many people, not accounts, each one's value is shared."""
    parts = defaultdict(list)
    for question in questions:
        those = authors.get(question.id, ())
        people = {groups.get(author.account.person_id, author.account.person_id) for author in those}
        for author in those:
            if author.account.is_active:
                parts[groups[author.account.person_id]].append(_Part(question, author, len(people)))
    return parts


def _candidates(
    parts: dict[Group, list[_Part]], nominees: Sequence[Nominee], groups: dict[int, Group], rates: CostRates
) -> tuple[Candidate, ...]:
    """Authors by their questions, then proposed people who have none; ordered by person."""
    proposals = defaultdict(list)
    for nominee in nominees:
        proposals[groups[nominee.account.person_id]].append(nominee)
    found = []
    for group in {**parts, **proposals}:
        own, proposed = parts.get(group, []), proposals.get(group, [])
        if _is_willing(own, proposed):
            found.append(_author_candidate(own, proposed, rates) if own else _proposed_candidate(proposed, rates))
    return tuple(sorted(found, key=lambda candidate: candidate.person_id))


def _accounts(own: list[_Part], proposed: list[Nominee]) -> dict[int, Account]:
    accounts = [*(part.author.account for part in own), *(nominee.account for nominee in proposed)]
    return {account.person_id: account for account in accounts}


def _last_wish(accounts: Collection[Account]) -> Account | None:
    """The account by which the person last said what they wish."""
    said = [account for account in accounts if account.wished_at]
    return max(said, key=lambda account: (account.wished_at, account.person_id), default=None)


def _is_willing(own: list[_Part], proposed: list[Nominee]) -> bool:
    """What the person said last counts: their wish, else a consent or a box they ticked when they sent."""
    said = _last_wish(_accounts(own, proposed).values())
    if said and said.wish:
        return said.wish is not Wish.NOT
    return bool(proposed) or any(part.author.is_willing for part in own)


def _author_candidate(own: list[_Part], proposed: list[Nominee], rates: CostRates) -> Candidate:
    """A question that two accounts of one person wrote is one question of theirs."""
    parts = _each_once(own)
    worth = {number: _merit([part for part in own if part.author.account.person_id == number]) for number in _ids(own)}
    return _candidate(
        _accounts(own, proposed),
        rates,
        worth=worth,
        merit=_merit(parts),
        basis=Basis.QUESTIONS,
        theme_keys=tuple(sorted({part.question.theme_key for part in parts})),
        topic_ids=tuple(sorted({part.question.topic_id for part in parts if part.question.topic_id})),
        question_ids=tuple(part.question.id for part in parts),
        n_authors=tuple(part.n_authors for part in parts),
        sources=_sources(proposed),
    )


def _ids(own: list[_Part]) -> set[int]:
    return {part.author.account.person_id for part in own}


def _each_once(own: list[_Part]) -> list[_Part]:
    """One part for each question, the best one if several runs ranked it; by question."""
    by_question = {part.question.id: part for part in sorted(own, key=lambda part: part.share)}
    return [by_question[number] for number in sorted(by_question)]


def _merit(parts: list[_Part]) -> int:
    shares = sorted((part.share for part in _each_once(parts)), reverse=True)
    return percent(math.fsum(shares[:BEST_QUESTIONS]))


def _proposed_candidate(proposed: list[Nominee], rates: CostRates) -> Candidate:
    """Of several statements about one person the one scored best counts."""
    best = max(proposed, key=lambda each: (each.is_scored, each.mean_score if each.is_scored else each.n_scores))
    merit = round(best.mean_score) if best.is_scored else 0
    return _candidate(
        _accounts([], proposed),
        rates,
        worth={best.account.person_id: merit + 1},
        merit=merit,
        basis=Basis.STATEMENT if best.is_scored else Basis.WAITING,
        theme_keys=tuple(sorted({each.theme_key for each in proposed if each.theme_key})),
        question_ids=(),
        sources=_sources(proposed),
        n_scores=best.n_scores,
    )


def _sources(proposed: list[Nominee]) -> tuple[NominationSource, ...]:
    return tuple(source for source in NominationSource if any(each.source is source for each in proposed))


def _candidate(accounts: dict[int, Account], rates: CostRates, *, worth: dict[int, int], **values) -> Candidate:
    """The account that brings most merit stands for the person; what it leaves open the others say."""
    standing, *others = sorted(accounts, key=lambda number: (-worth.get(number, 0), number))
    told = [accounts[number] for number in (standing, *others)]
    said = _last_wish(told) or told[0]
    country = next((account.country for account in told if account.country), None)
    region = subregion_of(country) if country else ""
    attendance = Attendance.ONLINE if said.wish is Wish.ONLINE else Attendance.IN_PERSON
    orcids = [account.orcid for account in told if account.orcid]
    return Candidate(
        person_id=standing,
        name=told[0].name,
        cost_cents=rates.cost_cents(country=country, region=region, attendance=attendance),
        country=country,
        region=region,
        career=next((account.career for account in told if account.career), None),
        institution=next((account.institution for account in told if account.institution), ""),
        attendance=attendance,
        is_young=said.is_young,
        gender=said.gender,
        also_ids=tuple(sorted(others)),
        shares_orcid=len(set(orcids)) < len(orcids),
        **values,
    )

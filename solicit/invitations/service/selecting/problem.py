"""A selection posed in numbers: values in, values out, no database."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ml.decision.selection_problem import Quota, SelectionProblem
from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.limits import Limits, QuotaLimit, group_values, limits_as_json
from solicit.invitations.queries.words import IN_PERSON, ONLINE
from solicit.invitations.states import Attendance, QuotaField, Rule
from solicit.provenance import digest


@dataclass(frozen=True, eq=False)
class Posed:
    """The problem and whom it is about: a candidate's place in ``candidates`` is their index and their tie rank."""

    candidates: tuple[Candidate, ...]
    problem: SelectionProblem
    input_digest: bytes

    def person_ids(self, places: Iterable[int]) -> list[int]:
        return [self.candidates[place].person_id for place in places]

    def places(self, person_ids: frozenset[int]) -> np.ndarray:
        """Of each candidate, whether they are among these people."""
        return _flags(candidate.person_id in person_ids for candidate in self.candidates)


def pose(pool: CandidatePool, limits: Limits, *, kept: frozenset[int] = frozenset()) -> Posed:
    """The problem of a pool under limits, the same for any order of the candidates.

    kept: people whom the selection before had chosen, to be kept where the limits allow it.
    """
    candidates = in_tie_order(pool)
    problem = _problem(candidates, pool, limits, kept)
    return Posed(candidates, problem, input_digest(candidates, pool, limits, kept))


def in_tie_order(pool: CandidatePool) -> tuple[Candidate, ...]:
    """Candidates by the salted hash of their number: chance decides ties, and nobody can choose it."""
    return tuple(sorted(pool.candidates, key=lambda candidate: _salted(pool.salt, candidate.person_id)))


def _problem(
    candidates: tuple[Candidate, ...], pool: CandidatePool, limits: Limits, kept: frozenset[int]
) -> SelectionProblem:
    covered = sorted((question for question in pool.questions if question.value), key=lambda question: question.id)
    always = limits.pinned(Rule.ALWAYS) | limits.pinned(Rule.ACCEPTED)
    never = limits.pinned(Rule.NEVER) | limits.pinned(Rule.OUT)
    return SelectionProblem(
        merit=_integers(candidate.merit for candidate in candidates),
        cost_cents=_integers(candidate.cost_cents for candidate in candidates),
        seats=limits.places,
        budget_cents=limits.budget_cents,
        quotas=tuple(
            Quota(quota.name, _flags(map(quota.counts, candidates)), quota.minimum, quota.maximum, quota.price)
            for quota in every_quota(candidates, pool, limits)
        )
        + _attendance_quotas(candidates, limits),
        coverage_value=_integers(question.value for question in covered),
        covers=np.array(
            [[question.id in candidate.question_ids for question in covered] for candidate in candidates], dtype=bool
        ).reshape(len(candidates), len(covered)),
        always=_flags(candidate.person_id in always for candidate in candidates),
        never=_flags(
            candidate.person_id not in always and (candidate.person_id in never or not may_attend(candidate, limits))
            for candidate in candidates
        ),
        tie_rank=np.arange(len(candidates), dtype=np.int64),
        kept=_flags(candidate.person_id in kept for candidate in candidates),
    )


def may_attend(candidate: Candidate, limits: Limits) -> bool:
    """Whether there is a place of the kind that a candidate can take."""
    return candidate.attendance is Attendance.IN_PERSON or limits.online_places > 0


def every_quota(candidates: tuple[Candidate, ...], pool: CandidatePool, limits: Limits) -> tuple[QuotaLimit, ...]:
    """The quotas of the limits, and one for each group that a cap could hold back, by name."""
    host = pool.rates.host_country
    caps = [
        (QuotaField.COUNTRY, limits.country_cap, lambda country: country != host or limits.host_cap is None),
        (QuotaField.COUNTRY, limits.host_cap, lambda country: country == host),
        (QuotaField.INSTITUTION, limits.institution_cap, lambda institution: True),
    ]
    found = list(limits.quotas)
    for field, cap, is_meant in caps:
        counted = Counter(value for candidate in candidates for value in group_values(field, candidate))
        found += [
            QuotaLimit(field, value, 0, cap, is_cap=True)
            for value, n in counted.items()
            if cap is not None and n > cap and is_meant(value)
        ]
    return tuple(sorted(found, key=lambda quota: quota.name))


def _attendance_quotas(candidates: tuple[Candidate, ...], limits: Limits) -> tuple[Quota, ...]:
    """The seats in the room and the places online, where there are both."""
    if not limits.online_places:
        return ()
    in_room = _flags(candidate.attendance is Attendance.IN_PERSON for candidate in candidates)
    return (
        Quota(IN_PERSON, in_room, 0, limits.seats),
        Quota(ONLINE, ~in_room, 0, limits.online_places),
    )


def input_digest(candidates: tuple[Candidate, ...], pool: CandidatePool, limits: Limits, kept: frozenset[int]) -> bytes:
    """SHA-256 over everything that decides the result, without names."""
    described = limits_as_json(limits)
    described["quotas"].sort(key=lambda quota: (quota["field"], quota["value"]))
    described["pins"].sort(key=lambda pin: pin["person_id"])
    rows = [
        [c.person_id, c.merit, c.cost_cents, c.attendance.value, list(c.question_ids)]
        + [list(group_values(field, c)) for field in QuotaField]
        for c in candidates
    ]
    values = sorted([question.id, question.value] for question in pool.questions)
    results = [result.hex() for result in pool.result_digests]
    return digest([pool.salt, results, described, sorted(kept), rows, values])


def _salted(salt: str, person_id: int) -> bytes:
    return hashlib.sha256(f"{salt}:candidate:{person_id}".encode()).digest()


def _integers(values: Iterable[int]) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)


def _flags(values: Iterable[bool]) -> np.ndarray:
    return np.array(list(values), dtype=bool)

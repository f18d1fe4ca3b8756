"""From an assignment problem to the pairs to make: arrays in, pairs out, refusals in words."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from ml.decision.assignment import InfeasibleAssignment, Shortage, assign_panelists
from solicit.errors import Refused
from solicit.panels.queries.problem import AssignableQuestion, Problem, Seat

# The home panel comes first: no likeness of subject outweighs it.
HOME = 2.0
# Loads are kept near the average where possible: shares of it, tried in this order, then the seats' own limits.
BALANCES = ((0.7, 1.3), (0.0, 1.3), (0.0, 2.0))
MOST_NAMED = 10


@dataclass(frozen=True)
class NewPair:
    question_id: int
    person_id: int
    panel_id: int
    affinity: float


@dataclass(frozen=True)
class Plan:
    """Pairs to make, and questions that nobody on the panels can read."""

    pairs: tuple[NewPair, ...]
    unread: tuple[AssignableQuestion, ...]


@dataclass(frozen=True)
class _Person:
    """A panelist over all seats: loads add up, languages are shared."""

    id: int
    seats: tuple[Seat, ...]
    languages: frozenset[str]
    min_load: int
    max_load: int


def plan_assignment(problem: Problem, *, accept_fewer: bool) -> Plan:
    """Choose who reads what; existing pairs count and stay, conflicts are never offered.

    With ``accept_fewer`` a question gets as many panelists as are eligible. Raises Refused with the questions
    and numbers if the demands cannot be met.
    """
    people = _people(problem.seats)
    readable = {language for person in people for language in person.languages}
    questions = [question for question in problem.questions if question.language in readable]
    unread = tuple(question for question in problem.questions if question.language not in readable)
    if not questions or not people:
        return Plan((), unread)
    forbidden = _forbidden(problem, questions, people)
    missing = _missing(problem, questions)
    eligible = (~forbidden).sum(axis=1)
    demand = np.minimum(missing, eligible) if accept_fewer else missing
    affinity = np.array([[_affinity(problem, q, p) for p in people] for q in questions])
    given = Counter(person_id for _, person_id in problem.counted)
    used = np.array([given[person.id] for person in people])
    chosen = _solve(problem, questions, people, affinity=affinity, demand=demand, forbidden=forbidden, used=used)
    pairs = tuple(
        NewPair(questions[q].id, people[p].id, _seat_for(questions[q], people[p]).panel_id, float(affinity[q, p]))
        for q, p in chosen
    )
    return Plan(pairs, unread)


def _people(seats: tuple[Seat, ...]) -> list[_Person]:
    by_person: dict[int, list[Seat]] = {}
    for seat in seats:
        by_person.setdefault(seat.person_id, []).append(seat)
    return [
        _Person(
            id=person_id,
            seats=tuple(held),
            languages=frozenset().union(*(seat.languages for seat in held)),
            min_load=sum(seat.min_load for seat in held),
            max_load=sum(seat.max_load for seat in held),
        )
        for person_id, held in by_person.items()
    ]


def _forbidden(problem: Problem, questions: list[AssignableQuestion], people: list[_Person]) -> np.ndarray:
    closed = problem.taken | problem.conflicts
    return np.array(
        [[q.language not in p.languages or (q.id, p.id) in closed for p in people] for q in questions], dtype=bool
    )


def _missing(problem: Problem, questions: list[AssignableQuestion]) -> np.ndarray:
    counted = Counter(question_id for question_id, _ in problem.counted)
    return np.array([max(0, problem.reviews_per_question - counted[question.id]) for question in questions])


def _is_home(question: AssignableQuestion, seat: Seat) -> bool:
    return seat.theme_id is None or seat.theme_id == question.theme_id


def _seat_for(question: AssignableQuestion, person: _Person) -> Seat:
    """The seat from which a person reads a question: at home if they have one there."""
    return next((seat for seat in person.seats if _is_home(question, seat)), person.seats[0])


def _affinity(problem: Problem, question: AssignableQuestion, person: _Person) -> float:
    home = HOME if _is_home(question, _seat_for(question, person)) else 0.0
    return home + problem.similarity.get((question.id, person.id), 0.0)


def _solve(
    problem: Problem,
    questions: list[AssignableQuestion],
    people: list[_Person],
    *,
    affinity: np.ndarray,
    demand: np.ndarray,
    forbidden: np.ndarray,
    used: np.ndarray,
) -> list[tuple[int, int]]:
    lowest = np.maximum([person.min_load for person in people] - used, 0)
    highest = np.maximum([person.max_load for person in people] - used, 0)
    share = (demand.sum() + used.sum()) / len(people)
    able = (~forbidden & (demand > 0)[:, None]).sum(axis=0)
    for least, most in BALANCES:
        low = np.clip(math.floor(least * share) - used, lowest, np.maximum(lowest, np.minimum(able, highest)))
        high = np.clip(math.ceil(most * share) - used, np.minimum(lowest, highest), highest)
        found = _try(affinity, demand, np.minimum(low, high), high, forbidden)
        if isinstance(found, list):
            return found
    found = _try(affinity, demand, np.minimum(lowest, highest), highest, forbidden)
    if isinstance(found, list):
        return found
    raise Refused(_in_words(problem, questions, found, forbidden))


def _try(affinity, demand, low, high, forbidden) -> list[tuple[int, int]] | Shortage:
    try:
        made = assign_panelists(affinity=affinity, demand=demand, min_load=low, max_load=high, forbidden=forbidden)
    except InfeasibleAssignment as error:
        return error.shortage
    return list(zip(made.question.tolist(), made.panelist.tolist(), strict=True))


def _in_words(problem: Problem, questions: list[AssignableQuestion], shortage: Shortage, forbidden: np.ndarray) -> str:
    """Why no assignment exists, naming questions and numbers."""
    counted = Counter(question_id for question_id, _ in problem.counted)
    scarce = [
        f"{questions[q].label}: {int((~forbidden[q]).sum()) + counted[questions[q].id]} eligible, "
        f"{problem.reviews_per_question} needed"
        for q in shortage.scarce_question
    ]
    sentences = []
    if scarce:
        sentences.append(f"Too few panelists read these questions without a conflict. {_named(scarce, '; ')}.")
    if shortage.seats_over_load:
        sentences.append(f"{shortage.seats_over_load} more reviews are needed than the panelists' highest loads allow.")
    elif shortage.unfilled_seats and not scarce:
        labels = _named([questions[q].label for q in shortage.competing_question], ", ")
        sentences.append(f"{shortage.unfilled_seats} reviews find no panelist with room left. They are for: {labels}.")
    if shortage.unfilled_minimum:
        sentences.append(f"The panelists' smallest loads ask for {shortage.unfilled_minimum} reviews too many.")
    return " ".join(sentences)


def _named(names: list[str], separator: str) -> str:
    more = len(names) - MOST_NAMED
    return separator.join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

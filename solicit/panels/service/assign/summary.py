"""What a person has to know of a proposal, in numbers; the page makes the sentences."""

from collections import Counter, defaultdict
from statistics import fmean, median

import numpy as np

from ml.decision.assignment_shortage import Change
from solicit.panels.queries.problem import AssignableQuestion, Judge, Problem
from solicit.panels.service.assign.plan import Plan

MOST_NAMED = 50
MOST_BINS = 8


def summarize(problem: Problem, plan: Plan) -> dict:
    """A JSON value: counts, loads, how themes, regions and institutions mix, and what is missing and why.

    Questions and panelists are ids alone: their names are looked up for whoever may read them.
    """
    questions = {question.id: question for question in problem.questions}
    judges = {judge.id: judge for judge in problem.judges}
    kept = Counter(person_id for _, person_id in problem.counted)
    loads = [kept[judge.id] + n for judge, n in zip(problem.judges, _new_loads(problem, plan), strict=True)]
    fit = [pair.affinity for pair in plan.pairs]
    return {
        "n_pairs": len(plan.pairs),
        "n_questions": len({pair.question_id for pair in plan.pairs}),
        "n_people": len({pair.person_id for pair in plan.pairs}),
        "loads": _loads(loads),
        "bins": _bins(loads),
        "home_share": _home_share(plan, questions, judges),
        "mixes_themes": plan.mixes_themes,
        "affinity_floor": round(min(fit), 1) if fit else None,
        "affinity_mean": round(fmean(fit), 1) if fit else None,
        "most_of_region": _most_of_one(plan, judges, "region"),
        "most_of_institution": _most_of_one(plan, judges, "institution"),
        "regions": Counter(judges[pair.person_id].region for pair in plan.pairs).most_common(),
        "unread": _unread(problem, plan),
        **_short(problem, plan),
        "shortage": _shortage(problem, plan),
    }


def _new_loads(problem: Problem, plan: Plan) -> list[int]:
    new = Counter(pair.person_id for pair in plan.pairs)
    return [new[judge.id] for judge in problem.judges]


def _loads(loads: list[int]) -> dict[str, float]:
    return {"min": min(loads), "median": median(loads), "max": max(loads)} if loads else {}


def _bins(loads: list[int]) -> list[list[int]]:
    """Rows [from, to, panelists] of equal width."""
    if not loads:
        return []
    width = max(1, -(-(max(loads) - min(loads) + 1) // MOST_BINS))
    starts = range(min(loads), max(loads) + 1, width)
    return [[start, start + width - 1, sum(start <= load < start + width for load in loads)] for start in starts]


def _home_share(plan: Plan, questions: dict[int, AssignableQuestion], judges: dict[int, Judge]) -> float | None:
    at_home = [judges[pair.person_id].is_home(questions[pair.question_id]) for pair in plan.pairs]
    return round(fmean(at_home), 3) if at_home else None


def _most_of_one(plan: Plan, judges: dict[int, Judge], kind: str) -> int:
    """The largest number of new raters of one question who are of one region or institution."""
    of_kind = ((pair.question_id, getattr(judges[pair.person_id], kind)) for pair in plan.pairs)
    return max(Counter(pair for pair in of_kind if pair[1]).values(), default=0)


def _unread(problem: Problem, plan: Plan) -> list[list]:
    """Rows [languages, questions] of what lacks panelists because nobody reads it."""
    reads = problem.reads.any(axis=1) if problem.judges else np.zeros(len(problem.questions), dtype=bool)
    unread: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(~reads & (plan.missing > 0)):
        question = problem.questions[row]
        unread[" ".join(sorted(question.languages))].append(question.id)
    return [[languages, ids] for languages, ids in sorted(unread.items())]


def _short(problem: Problem, plan: Plan) -> dict:
    """Questions that lack panelists though somebody reads them: too few without a conflict, or none with room left."""
    rows = [row for row in np.flatnonzero(plan.missing) if problem.judges and problem.reads[row].any()]
    new = Counter(pair.question_id for pair in plan.pairs)
    short = [
        [
            problem.questions[row].id,
            int(plan.missing[row]),
            "eligible" if plan.eligible[row] <= new[problem.questions[row].id] else "room",
        ]
        for row in rows
    ]
    return {"n_short": len(short), "short": short[:MOST_NAMED]}


def _shortage(problem: Problem, plan: Plan) -> dict | None:
    """What stands in the way of all demands at once, and the cheapest way out."""
    if plan.shortage is None:
        return None
    found, repair = plan.shortage, plan.shortage.repair
    judges = [judge.id for judge in problem.judges]
    questions = [question.id for question in problem.questions]
    return {
        "unfilled_seats": found.unfilled_seats,
        "unfilled_minimum": found.unfilled_minimum,
        "competing": [questions[row] for row in found.competing_question[:MOST_NAMED]],
        "full": [judges[column] for column in found.full_panelist[:MOST_NAMED]],
        "raise_load": _change(repair.raise_load, judges),
        "lower_minimum": _change(repair.lower_minimum, judges),
        "accept_fewer": _change(repair.accept_fewer, questions),
        "loosen": {level: _change(change, questions) for level, change in repair.loosen_caps.items()},
    }


def _change(change: Change, ids: list[int]) -> list[list[int]]:
    return [[ids[who], int(by)] for who, by in zip(change.who[:MOST_NAMED], change.by, strict=False)]

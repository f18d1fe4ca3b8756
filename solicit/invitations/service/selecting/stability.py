"""How sure a selection is: the same choice in draws of the rankings, which are computed again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.selection_stability import coverage_of_draws, inclusion_shares, merit_of_draws
from solicit.calls.queries import CallFacts
from solicit.invitations.queries.candidates import Candidate, RankedQuestion, places
from solicit.invitations.service.selecting.explain import Choice
from solicit.invitations.states import Basis
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.service.compute import draws_of

N_DRAWS = 60

Report = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class RunCells:
    """The stored inputs of a run, and which of its questions compete for how many places."""

    inputs: dict
    question_ids: tuple[int, ...]
    cell: tuple[tuple[int, int], ...]
    k: Mapping[tuple[int, int], int]


def runs_to_draw(session: Session, *, call: CallFacts, run_ids: Sequence[int]) -> dict[int, RunCells] | None:
    """The runs by number; None if one is too old to be drawn from again. One statement, and two a run."""
    found = {}
    for run_id in run_ids:
        run = session.get_one(RankingRun, run_id, options=[sa.orm.undefer(RankingRun.inputs)])
        if not run.inputs.get("questions"):
            return None
        found[run_id] = _cells(session, call, run)
    return found


def _cells(session: Session, call: CallFacts, run: RankingRun) -> RunCells:
    rows = session.execute(
        sa.select(RankingRow.question_id, RankingRow.theme_id, RankingRow.component).where(RankingRow.run_id == run.id)
    )
    cell_of = {row.question_id: (row.theme_id, row.component) for row in rows}
    question_ids = tuple(question["id"] for question in run.inputs["questions"])
    cells = tuple(cell_of[number] for number in question_ids)
    k = {cell: places(run.parameters, call.theme_by_id(cell[0]).key, call.n_places) for cell in sorted(set(cells))}
    return RunCells(run.inputs, question_ids, cells, k)


def top_k_of_draws(run: RunCells, *, n_draws: int | None = N_DRAWS) -> np.ndarray:
    """Which questions are among the first k of their cell, bool, shape (n_draws, n_questions); evenly thinned."""
    draws = draws_of(run.inputs)
    n_all = draws.shape[1]
    taken = np.arange(n_all) if n_draws is None else np.linspace(0, n_all - 1, min(n_draws, n_all)).astype(int)
    values = draws[:, taken]
    is_first = np.zeros(values.shape, dtype=bool)
    for cell, k in run.k.items():
        members = np.flatnonzero([one == cell for one in run.cell])
        best = np.argsort(-values[members], axis=0, kind="stable")[:k]
        is_first[members[best], np.arange(len(taken))] = True
    return is_first.T


def draw_shares(
    choice: Choice, questions: Sequence[RankedQuestion], runs: Mapping[int, RunCells], *, report: Report
) -> tuple[dict[int, float], int]:
    """In which share of the draws everybody is chosen, and how many draws there were. Raises SolverStopped."""
    drawn = {run_id: top_k_of_draws(run) for run_id, run in runs.items()}
    in_top_k = np.column_stack(
        [drawn[each.run_id][:, runs[each.run_id].question_ids.index(each.id)] for each in questions]
    )
    share = _author_share(choice.posed.candidates, questions)
    merit = merit_of_draws(in_top_k, share)
    is_fixed = np.array([candidate.basis is not Basis.QUESTIONS for candidate in choice.posed.candidates])
    merit[:, is_fixed] = choice.posed.problem.merit[is_fixed]
    problem = replace(choice.posed.problem, covers=share > 0, coverage_value=np.zeros(len(questions), dtype=np.int64))
    shares = inclusion_shares(
        problem, merit, coverage_of_draws(in_top_k), report=lambda draw: report(draw, len(in_top_k))
    )
    by_person = {
        candidate.person_id: float(value) for candidate, value in zip(choice.posed.candidates, shares, strict=True)
    }
    return by_person, len(in_top_k)


def _author_share(candidates: Sequence[Candidate], questions: Sequence[RankedQuestion]) -> np.ndarray:
    """1 / number of authors for an author of a question, else 0; shape (n_candidates, n_questions)."""
    column = {question.id: place for place, question in enumerate(questions)}
    share = np.zeros((len(candidates), len(questions)))
    for row, candidate in enumerate(candidates):
        for number, n_authors in zip(candidate.question_ids, candidate.n_authors, strict=True):
            share[row, column[number]] = 1 / n_authors
    return share

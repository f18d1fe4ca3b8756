"""A run as files that anybody can check: ratings, votes, draws and places, without a name in them."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Round
from solicit.panels.queries.conflicts import may_read_result
from solicit.panels.queries.series import in_series
from solicit.panels.states import Activity, RoundState
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRun
from solicit.rankings.queries.evidence import arrays_of
from solicit.rankings.service.compute import ComputedRow, draws_of
from solicit.rankings.service.verify import stored_rows, stored_run

FORMAT = "solicit ranking 1"
RANKING = (
    "question", "theme", "component", "evidence", "place_first", "place_last", "mean", "low", "high", "n_ratings",
    "plain_mean",
)  # fmt: skip
DIGITS = 9


@dataclass(frozen=True, eq=False)
class Package:
    """A run ready to be written; ``labels`` has None for a question that the reader is in conflict with.

    n_scoring_rounds: how many rounds of its series the ratings may come from.
    """

    run: RankingRun
    rows: tuple[ComputedRow, ...]
    labels: tuple[str | None, ...]
    draws: np.ndarray
    n_scoring_rounds: int

    def files(self) -> dict[str, Callable[[], Iterator[str]]]:
        """The name of every file and what writes it, line by line."""
        return {
            "ratings.csv": self._ratings,
            "comparisons.csv": self._comparisons,
            "ballots.csv": self._ballots,
            "draws.csv": self._draws,
            "ranking.csv": self._ranking,
            "manifest.json": self._manifest,
        }

    def _ratings(self) -> Iterator[str]:
        yield _line(["panelist", "question", "rating"])
        for question, panelist, value in arrays_of(self.run.inputs).rows():
            yield from self._voted(panelist, [question], _number(value))

    def _comparisons(self) -> Iterator[str]:
        yield _line(["panelist", "left", "right", "share_left"])
        for left, right, panelist, share in self.run.inputs.get("comparisons", ()):
            yield from self._voted(panelist, [left, right], _number(share))

    def _ballots(self) -> Iterator[str]:
        yield _line(["panelist", "question", "place"])
        for panelist, places in self.run.inputs.get("ballots", ()):
            for place, question in places:
                yield from self._voted(panelist, [question], str(place))

    def _voted(self, panelist: int, questions: list[int], said: str) -> Iterator[str]:
        labels = [self.labels[question] for question in questions]
        if None not in labels:
            yield _line([str(panelist + 1), *labels, said])

    def _draws(self) -> Iterator[str]:
        yield _line(["question", *(f"draw_{n}" for n in range(1, self.draws.shape[1] + 1))])
        for label, values in zip(self.labels, self.draws, strict=True):
            if label is not None:
                yield _line([label, *(f"{value:.{DIGITS}f}" for value in values.tolist())])

    def _ranking(self) -> Iterator[str]:
        """In the order of places: the only one in which equal means keep the order that was drawn for them."""
        yield _line(RANKING)
        in_order = sorted(zip(self.labels, self.rows, strict=True), key=lambda pair: (pair[1].theme, pair[1].position))
        for label, row in in_order:
            if label is not None:
                cells = (getattr(row, name) for name in RANKING[1:])
                yield _line([label, *(_cell(value) for value in cells)])

    def _manifest(self) -> Iterator[str]:
        run = self.run
        about = {
            "format": FORMAT,
            "run": run.id,
            "purpose": run.purpose.value,
            "n_scoring_rounds": self.n_scoring_rounds,
            "model": run.rating_model.value,
            "seed": run.seed,
            "salt": run.salt,
            "parameters": run.parameters,
            "versions": run.versions,
            "variances": run.variances,
            "notes": run.notes,
            "frozen_at": run.frozen_at.isoformat(),
            "input_digest": run.input_digest.hex(),
            "result_digest": run.result_digest.hex(),
            "draws_digest": run.draws_digest.hex() if run.draws_digest else None,
            "n_questions_left_out": self.labels.count(None),
        }
        yield json.dumps(about, indent=2, sort_keys=True) + "\n"


def package(session: Session, *, run_id: int, viewer_id: int | None = None) -> Package:
    """A run with its draws, computed again; a viewer gets nothing of the questions they are in conflict with."""
    run = stored_run(session, run_id)
    ids = [question["id"] for question in run.inputs["questions"]]
    labels = _labels(session, ids, viewer_id)
    return Package(
        run,
        rows=stored_rows(session, run),
        labels=tuple(labels.get(id_) for id_ in ids),
        draws=draws_of(run.inputs),
        n_scoring_rounds=_n_scoring_rounds(session, run),
    )


def _n_scoring_rounds(session: Session, run: RankingRun) -> int:
    began = in_series(run.round_id), Round.activity == Activity.SCORING, Round.state != RoundState.DRAFT
    return session.scalar(sa.select(sa.func.count()).select_from(Round).where(*began))


def _labels(session: Session, ids: Collection[int], viewer_id: int | None) -> dict[int, str | None]:
    wanted = sa.select(Question.id, Question.kind, Question.number).where(Question.id.in_(ids))
    if viewer_id is not None:
        wanted = wanted.where(may_read_result(Question.id, viewer_id))
    return {id_: question_label(kind, number) for id_, kind, number in session.execute(wanted)}


def _line(cells: Iterable[str]) -> str:
    return ",".join(cells) + "\n"


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return ""
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    return repr(round(value, DIGITS))

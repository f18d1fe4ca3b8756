"""The tables of a publication: their names, what they are about, and where their rows come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.reports.queries.columns import Column
from solicit.reports.queries.publication import questions, rankings
from solicit.reports.queries.publication.participation import PARTICIPATION, participation_rows
from solicit.web.csv import Cell

Rows = Iterable[tuple[Cell, ...]]


@dataclass(frozen=True)
class PublishedTable:
    """One table of the package; ``rows`` reads it anew each time, for a call and the rankings that are published."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, CallFacts, Sequence[int]], Rows]


TABLES = (
    PublishedTable(
        "questions",
        "Every question and plan that is part of the call, with its text",
        questions.QUESTIONS,
        lambda session, call, _runs: questions.question_rows(session, call),
    ),
    PublishedTable(
        "runs",
        "The frozen rankings that are published, with what it takes to repeat and compare them",
        rankings.RUNS,
        lambda session, _call, runs: rankings.run_rows(session, runs),
    ),
    PublishedTable("rankings", "Places in bands, with scores and intervals", rankings.RANKINGS, rankings.ranking_rows),
    PublishedTable("comparisons", "How much was compared, in sums", rankings.COMPARISONS, rankings.comparison_rows),
    PublishedTable(
        "topics",
        "Groups of questions that ask about the same",
        questions.TOPICS,
        lambda session, call, _runs: questions.topic_rows(session, call),
    ),
    PublishedTable(
        "missions",
        "Missions that could answer a question",
        questions.MISSIONS,
        lambda session, call, _runs: questions.mission_rows(session, call),
    ),
    PublishedTable(
        "outcomes",
        "What the meeting found about questions",
        questions.OUTCOMES,
        lambda session, call, _runs: questions.outcome_rows(session, call),
    ),
    PublishedTable(
        "participation",
        "Who took part, in bands of numbers",
        PARTICIPATION,
        lambda session, call, _runs: participation_rows(session, call),
    ),
)

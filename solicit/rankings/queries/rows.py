"""The rows of a frozen ranking, for organizers and chairs, without those that the reader may not read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.panels.queries.conflicts import may_read_result
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import copied_title
from solicit.questions.states import parse_label, question_label
from solicit.rankings.models import RankingRow
from solicit.rankings.states import EVIDENCE_WORDS, Evidence, chance_word
from solicit.web.pagination import Window

SORTS: dict[str, sa.ColumnElement] = {
    "place": RankingRow.position,
    "chance": RankingRow.p_top_k.desc(),
    "plain": RankingRow.plain_mean.desc().nulls_last(),
    "votes": RankingRow.n_ratings.desc(),
}
USUAL_SORT = "place"
# What is ranked comes first, then what the first reading set aside, then what too few people rated.
_SECTION = sa.case(
    {evidence: n for n, evidence in enumerate((Evidence.RANKED, Evidence.SET_ASIDE, Evidence.INSUFFICIENT))},
    value=RankingRow.evidence,
)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a run somebody wants to see, and in which order."""

    theme_id: int
    evidence: Evidence | None = None
    words: str = ""
    sort: str = USUAL_SORT


@dataclass(frozen=True)
class RankedRow:
    """One question of a run; places are None where the evidence is insufficient."""

    question_id: int
    label: str
    title: str
    language: str
    evidence: Evidence
    evidence_word: str
    place_first: int | None
    place_last: int | None
    component: int
    mean: float
    low: float
    high: float
    p_top_k: float
    chance_word: str
    plain_mean: float | None
    n_ratings: int
    n_outside: int
    n_comparisons: int
    n_ballots: int
    place_by_ratings: int | None
    place_by_comparisons: int | None
    place_by_ballots: int | None
    place_by_groups: int | None
    place_best: int | None
    place_worst: int | None
    priority_of_groups: tuple[str, ...]
    is_divided: bool
    is_method_sensitive: bool

    @property
    def is_ranked(self) -> bool:
        return self.evidence is Evidence.RANKED


@dataclass(frozen=True)
class Counts:
    """Rows that a reader sees per theme key, per evidence in each theme, how many fit, and how many are hidden."""

    per_theme: Mapping[str, int]
    n_hidden: int
    per_evidence: Mapping[int, Mapping[Evidence, int]] = field(default_factory=dict)
    fitting: Mapping[int, Mapping[Evidence, int]] = field(default_factory=dict)

    def n_fitting(self, wanted: Wanted) -> int:
        of_theme = self.fitting.get(wanted.theme_id, {})
        return sum(n for evidence, n in of_theme.items() if wanted.evidence in (None, evidence))


def counts(session: Session, *, call: CallFacts, run_id: int, viewer_id: int, words: str = "") -> Counts:
    """Rows per theme and evidence without those that ``viewer_id`` may not read; one statement."""
    is_shown = may_read_result(RankingRow.question_id, viewer_id)
    found = session.execute(
        sa.select(
            RankingRow.theme_id,
            RankingRow.evidence,
            sa.func.count().filter(is_shown).label("n_shown"),
            sa.func.count().filter(is_shown, _fits(words)).label("n_fitting"),
            sa.func.count().label("n"),
        )
        .join(Question, Question.id == RankingRow.question_id)
        .where(RankingRow.run_id == run_id)
        .group_by(RankingRow.theme_id, RankingRow.evidence)
    ).all()
    shown: dict[int, dict[Evidence, int]] = {}
    fitting: dict[int, dict[Evidence, int]] = {}
    for row in found:
        shown.setdefault(row.theme_id, {})[row.evidence] = row.n_shown
        fitting.setdefault(row.theme_id, {})[row.evidence] = row.n_fitting
    return Counts(
        per_theme={theme.key: sum(shown[theme.id].values()) for theme in call.themes if theme.id in shown},
        n_hidden=sum(row.n - row.n_shown for row in found),
        per_evidence=shown,
        fitting=fitting,
    )


def ranking_rows(
    session: Session, *, run_id: int, wanted: Wanted, viewer_id: int, window: Window
) -> tuple[RankedRow, ...]:
    """A page of one theme's ranking without the rows that ``viewer_id`` may not read; one statement."""
    rows = (
        sa.select(RankingRow, Question.number, copied_title(RankingRow.question_id))
        .join(Question, Question.id == RankingRow.question_id)
        .where(RankingRow.run_id == run_id, RankingRow.theme_id == wanted.theme_id, _fits(wanted.words))
        .where(may_read_result(RankingRow.question_id, viewer_id))
        .order_by(_SECTION, SORTS[wanted.sort], RankingRow.position)
        .limit(window.size)
        .offset(window.offset)
    )
    if wanted.evidence is not None:
        rows = rows.where(RankingRow.evidence == wanted.evidence)
    return tuple(_ranked_row(row, number, copied) for row, number, copied in session.execute(rows))


def _fits(words: str) -> sa.ColumnElement[bool]:
    """Whether a row has this label, or these words in the title that panels read."""
    label = parse_label(words)
    if label is not None:
        return sa.and_(RankingRow.kind == label[0], Question.number == label[1])
    if not words:
        return sa.true()
    title = sa.func.lower(sa.func.coalesce(copied_title(RankingRow.question_id), RankingRow.title))
    return sa.func.strpos(title, sa.func.lower(words)) > 0


_SAME = (
    "question_id", "language", "evidence", "place_first", "place_last", "component", "mean", "low", "high", "p_top_k",
    "plain_mean", "n_ratings", "n_outside", "n_comparisons", "n_ballots", "place_by_ratings", "place_by_comparisons",
    "place_by_ballots", "place_by_groups", "place_best", "place_worst", "is_divided", "is_method_sensitive",
)  # fmt: skip


def _ranked_row(row: RankingRow, number: int | None, copied: str | None) -> RankedRow:
    return RankedRow(
        label=question_label(row.kind, number) or "",
        title=row.title if copied is None else copied,
        evidence_word=EVIDENCE_WORDS[row.evidence],
        chance_word=chance_word(row.p_top_k),
        priority_of_groups=tuple(row.priority_of_groups),
        **{name: getattr(row, name) for name in _SAME},
    )

"""The questions of the rankings in a report: never those that the reader must not see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from ml.decision.ranking import MIN_RATINGS
from ml.decision.ranking_views import HIGH_RATING, LOW_RATING
from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.panels.queries.conflicts import may_read_result
from solicit.questions.models import MissionLink, Question, Redaction, Translation
from solicit.questions.queries.panel_wording import copied_title
from solicit.questions.states import MissionVerdict, QuestionState, question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.queries.evidence import arrays_of
from solicit.rankings.queries.published import IS_PUBLISHED
from solicit.rankings.states import Evidence, chance_word
from solicit.reports.queries.report.model import Audience, ReportRow, Tails

HAS_PRIORITY = sa.func.cardinality(RankingRow.priority_of_groups) > 0


@dataclass(frozen=True)
class GroupCounts:
    """How many questions one group of a theme has in one run, whatever is shown of them."""

    n: int
    n_divided: int
    n_priorities: int


@dataclass(frozen=True)
class Rows:
    """The rows in the order of their places, and the counts by run, theme and group."""

    rows: tuple[ReportRow, ...]
    counts: dict[tuple[int, int, Evidence], GroupCounts]


def report_rows(
    session: Session,
    *,
    call: CallFacts,
    run_ids: Sequence[int],
    audience: Audience,
    viewer_id: int | None,
    language: str,
    most_rows: int | None,
) -> Rows:
    """The first rows of each group of each theme, and all that the panels differ on; one statement, two for staff."""
    of_theme = (RankingRow.run_id, RankingRow.theme_id, RankingRow.evidence)
    seen = _seen(run_ids, audience, viewer_id).add_columns(
        sa.func.row_number().over(partition_by=of_theme, order_by=RankingRow.position).label("nth"),
        sa.func.count().over(partition_by=of_theme).label("n"),
        sa.func.count().filter(RankingRow.is_divided).over(partition_by=of_theme).label("n_divided"),
        sa.func.count().filter(HAS_PRIORITY).over(partition_by=of_theme).label("n_priorities"),
    )
    counted = seen.subquery("counted")
    found = session.execute(_worded(call, counted, audience, language, most_rows)).all()
    divided = {each.RankingRow.run_id for each in found if each.RankingRow.is_divided}
    tails = _tails(session, divided) if audience.is_staff else {}
    shown = [each for each in found if audience.is_staff or _is_public(each.RankingRow)]
    return Rows(
        rows=tuple(_row(each, audience, tails) for each in shown),
        counts={
            (each.RankingRow.run_id, each.RankingRow.theme_id, each.RankingRow.evidence): GroupCounts(
                each.n, each.n_divided, each.n_priorities
            )
            for each in found
        },
    )


def _seen(run_ids: Sequence[int], audience: Audience, viewer_id: int | None) -> sa.Select:
    seen = sa.select(RankingRow.run_id, RankingRow.question_id).where(RankingRow.run_id.in_(run_ids))
    if not audience.is_staff:
        # What is not ranked is counted, never named.
        return seen.where(sa.or_(IS_PUBLISHED, RankingRow.evidence != Evidence.RANKED))
    return seen if viewer_id is None else seen.where(may_read_result(RankingRow.question_id, viewer_id))


def _worded(
    call: CallFacts, counted: sa.Subquery, audience: Audience, language: str, most_rows: int | None
) -> sa.Select:
    answering = _answering(call)
    copied = copied_title(RankingRow.question_id) if audience.is_staff else sa.null()
    wanted = (
        sa.select(
            RankingRow,
            Question.number,
            Question.kind,
            copied.label("copied_title"),
            _translated_title(language).label("translated_title"),
            _missions(call).label("missions"),
            answering.c.plans,
            *(counted.c[name] for name in ("n", "n_divided", "n_priorities")),
        )
        .select_from(RankingRow)
        .join(
            counted,
            (counted.c.run_id == RankingRow.run_id) & (counted.c.question_id == RankingRow.question_id),
        )
        .join(Question, Question.id == RankingRow.question_id)
        .outerjoin(answering, (answering.c.number == Question.number) & (Question.kind == Kind.QUESTION))
        .order_by(RankingRow.run_id, RankingRow.theme_id, RankingRow.position, RankingRow.question_id)
    )
    if most_rows is not None:
        is_told = sa.and_(sa.literal(audience.is_staff), sa.or_(RankingRow.is_divided, HAS_PRIORITY))
        wanted = wanted.where(sa.or_(counted.c.nth <= most_rows, is_told))
    return wanted


def _translated_title(language: str) -> sa.ScalarSelect[str | None]:
    """The title in the language of the report, if somebody translated the words as they are now."""
    is_copied = sa.exists().where(Redaction.question_id == Question.id).correlate(Question)
    return (
        sa.select(Translation.title)
        .where(
            Translation.question_id == Question.id,
            Translation.language == language,
            Translation.is_screened,
            Translation.of_digest == Question.text_digest,
            RankingRow.title == Question.title,
            ~is_copied,
        )
        .correlate(Question, RankingRow)
        .scalar_subquery()
    )


def _missions(call: CallFacts) -> sa.ScalarSelect:
    """The missions that people confirmed for a question, or that a plan builds on."""
    confirmed = sa.select(MissionLink.mission_id).where(
        MissionLink.question_id == Question.id, MissionLink.verdict == MissionVerdict.CONFIRMED
    )
    is_named = sa.or_(Mission.id.in_(confirmed.correlate(Question)), Question.plan["missions"].has_key(Mission.key))
    named = sa.select(Mission.name).where(Mission.call_id == call.id, is_named).order_by(Mission.position, Mission.id)
    return sa.func.array(named.correlate(Question).scalar_subquery())


def _answering(call: CallFacts) -> sa.Subquery:
    """(number, plans): the numbers of the plans that say they answer a question."""
    plan = aliased(Question)
    listed = sa.func.jsonb_array_elements_text(plan.plan["answers"]).table_valued("value").lateral("answered")
    return (
        sa.select(
            sa.cast(listed.c.value, sa.BigInteger).label("number"),
            sa.func.array_agg(sa.distinct(plan.number)).label("plans"),
        )
        .select_from(plan)
        .join(listed, sa.true())
        .where(plan.call_id == call.id, plan.kind == Kind.PLAN, plan.state == QuestionState.IN_SCOPE)
        .group_by(sa.text("1"))
        .subquery("answering")
    )


def _tails(session: Session, run_ids: Iterable[int]) -> Mapping[tuple[int, int], Tails]:
    """The ratings at both ends of the scale, by run and question."""
    ends: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for run_id, inputs in session.execute(
        sa.select(RankingRun.id, RankingRun.inputs).where(RankingRun.id.in_(run_ids))
    ):
        for question, _panelist, value in arrays_of(inputs).rows():
            end = ends[run_id, inputs["questions"][question]["id"]]
            end[0] += value <= LOW_RATING
            end[1] += value >= HIGH_RATING
    return {key: Tails(*end) for key, end in ends.items()}


def _is_public(row: RankingRow) -> bool:
    return row.evidence is Evidence.RANKED and row.n_ratings >= MIN_RATINGS


_SAME = (
    "run_id", "theme_id", "language", "evidence", "place_first", "place_last", "mean", "low", "high", "n_ratings",
    "component",
)  # fmt: skip
# What is published of a question is its number of ratings, value, interval and band.
_STAFF_ONLY = ("p_top_k", "plain_mean", "place_by_groups", "is_divided", "is_method_sensitive")
_PUBLIC = dict(p_top_k=None, plain_mean=None, place_by_groups=None, is_divided=False, is_method_sensitive=False)


def _row(found: sa.Row, audience: Audience, tails: Mapping[tuple[int, int], Tails]) -> ReportRow:
    row = found.RankingRow
    told = {name: getattr(row, name) for name in _STAFF_ONLY} if audience.is_staff else _PUBLIC
    return ReportRow(
        label=question_label(found.kind, found.number) or "",
        title=row.title if found.copied_title is None else found.copied_title,
        translated_title=found.translated_title,
        tails=tails.get((row.run_id, row.question_id)) if row.is_divided else None,
        chance_word=chance_word(row.p_top_k) if audience.is_staff else None,
        priority_of_groups=tuple(row.priority_of_groups) if audience.is_staff else (),
        missions=tuple(found.missions or ()),
        plans=tuple(question_label(Kind.PLAN, number) for number in sorted(found.plans or ())),
        **told,
        **{name: getattr(row, name) for name in _SAME},
    )

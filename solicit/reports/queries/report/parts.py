"""The themes of one ranking, each with its groups, its dissent and its topics."""

from collections.abc import Iterator, Mapping

from solicit.calls.queries import CallFacts, ThemeView
from solicit.rankings.states import Evidence
from solicit.reports.queries.report.model import Audience, Count, ReportRow, ReportRun, ThemePart, Topic
from solicit.reports.queries.report.rows import GroupCounts, Rows
from solicit.reports.queries.report.runs import LEAST_TOLD

NOTHING = GroupCounts(0, 0, 0)


def theme_parts(
    call: CallFacts, run: ReportRun, rows: Rows, topics: Mapping[int, tuple[Topic, ...]], audience: Audience
) -> Iterator[ThemePart]:
    """What a run says of each theme that it ranks, in the order of the call."""
    own = [row for row in rows.rows if row.run_id == run.id]
    ranked_themes = {theme_id for run_id, theme_id, _ in rows.counts if run_id == run.id}
    for theme in call.themes:
        if theme.id in ranked_themes:
            counts = {each: rows.counts.get((run.id, theme.id, each), NOTHING) for each in Evidence}
            of_theme = [row for row in own if row.theme_id == theme.id]
            yield _part(theme, run, counts, of_theme, topics.get(theme.id, ()), audience)


def _part(
    theme: ThemeView,
    run: ReportRun,
    counts: Mapping[Evidence, GroupCounts],
    rows: list[ReportRow],
    topics: tuple[Topic, ...],
    audience: Audience,
) -> ThemePart:
    groups = {each: tuple(row for row in rows if row.evidence is each) for each in Evidence}
    return ThemePart(
        theme=theme,
        run=run,
        k=run.k.get(theme.key, 0),
        n_ranked=counts[Evidence.RANKED].n,
        n_set_aside=counts[Evidence.SET_ASIDE].n,
        n_insufficient=counts[Evidence.INSUFFICIENT].n,
        n_divided=_told(sum(each.n_divided for each in counts.values()), audience),
        n_priorities=_told(sum(each.n_priorities for each in counts.values()), audience),
        ranked=groups[Evidence.RANKED],
        set_aside=groups[Evidence.SET_ASIDE],
        insufficient=groups[Evidence.INSUFFICIENT],
        divided=tuple(row for row in rows if row.is_divided),
        priorities=tuple(row for row in rows if row.priority_of_groups),
        topics=topics,
    )


def _told(n: int, audience: Audience) -> Count:
    """A number that the public could otherwise follow back to what a few panelists said."""
    return n if audience.is_staff or n == 0 or n >= LEAST_TOLD else None

"""What would become public now, for the organizer who decides, without the questions that they must not see."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.invitations.models import QuestionOutcome
from solicit.panels.queries.conflicts import may_read_result
from solicit.questions.models import MissionLink, Question, QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import MissionVerdict, QuestionState
from solicit.rankings.models import RankingRow
from solicit.rankings.queries.published import IS_PUBLISHED
from solicit.rankings.queries.runs import RunLink
from solicit.rankings.states import Evidence
from solicit.reports.queries.publication.rankings import results_of
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE


@dataclass(frozen=True)
class RunPreview:
    """A ranking that would be published: ranked questions per theme, and how many are left out, and why."""

    run: RunLink
    per_theme: Mapping[ThemeView, int]
    n_too_few: int
    n_set_aside: int


@dataclass(frozen=True)
class Preview:
    """Numbers of questions, and of what hangs on them, in which the viewer has no part."""

    runs: tuple[RunPreview, ...]
    n_questions: int
    n_plans: int
    n_missions: int
    n_outcomes: int
    n_named: int
    n_unnamed: int
    n_withdrawn: int
    n_out_of_scope: int
    n_undecided: int
    # Questions that become public, too, and in which the viewer has a part.
    n_hidden: int

    @property
    def run_ids(self) -> tuple[int, ...]:
        return tuple(each.run.id for each in self.runs)


def preview(session: Session, *, call: CallFacts, viewer_id: int) -> Preview:
    """What would be published of a call now; three statements."""
    found = results_of(session, call=call)
    counted = _counts_of_runs(session, call, [run.id for run in found], viewer_id)
    numbers = session.execute(_numbers(call, viewer_id)).one()
    return Preview(runs=tuple(_run(call, run, counted[run.id]) for run in found), **numbers._mapping)


def _counts_of_runs(
    session: Session, call: CallFacts, run_ids: list[int], viewer_id: int
) -> Mapping[int, list[sa.Row]]:
    rows = session.execute(
        sa.select(
            RankingRow.run_id,
            RankingRow.theme_id,
            sa.func.count().filter(IS_PUBLISHED).label("n"),
            sa.func.count().filter(RankingRow.evidence == Evidence.SET_ASIDE).label("n_set_aside"),
            sa.func.count().label("n_all"),
        )
        .where(RankingRow.run_id.in_(run_ids), may_read_result(RankingRow.question_id, viewer_id))
        .group_by(RankingRow.run_id, RankingRow.theme_id)
    )
    counted = defaultdict(list)
    for row in rows:
        counted[row.run_id].append(row)
    return counted


def _run(call: CallFacts, run: RunLink, rows: list[sa.Row]) -> RunPreview:
    n_of = {row.theme_id: row.n for row in rows}
    n_set_aside = sum(row.n_set_aside for row in rows)
    return RunPreview(
        run=run,
        per_theme={theme: n_of[theme.id] for theme in call.themes if theme.id in n_of},
        n_too_few=sum(row.n_all - row.n for row in rows) - n_set_aside,
        n_set_aside=n_set_aside,
    )


def _numbers(call: CallFacts, viewer_id: int) -> sa.Select:
    """One row with every number of ``Preview``."""
    involved = is_involved(viewer_id, Question.id)
    of_call = sa.select(sa.func.count()).select_from(Question).where(Question.call_id == call.id)
    public = of_call.where(Question.state == QuestionState.IN_SCOPE)
    seen, others = public.where(~involved), of_call.where(~involved)
    linked = seen.join(MissionLink, MissionLink.question_id == Question.id)
    numbers = {
        "n_questions": seen.where(Question.kind == Kind.QUESTION),
        "n_plans": seen.where(Question.kind == Kind.PLAN),
        "n_missions": linked.where(MissionLink.verdict == MissionVerdict.CONFIRMED),
        "n_outcomes": seen.join(QuestionOutcome, QuestionOutcome.question_id == Question.id),
        "n_named": _authors(seen, Authorship.may_be_named & ~Authorship.is_minor),
        "n_unnamed": _authors(seen, ~Authorship.may_be_named | Authorship.is_minor),
        "n_withdrawn": others.where(Question.state == QuestionState.WITHDRAWN),
        "n_out_of_scope": others.where(Question.state == QuestionState.OUT_OF_SCOPE),
        "n_undecided": others.where(Question.state == QuestionState.NEW),
        "n_hidden": public.where(involved),
    }
    return sa.select(*(number.scalar_subquery().label(name) for name, number in numbers.items()))


def _authors(seen: sa.Select, agreed: sa.ColumnElement[bool]) -> sa.Select:
    """How many authors of the questions agreed, or did not."""
    authors = seen.join(QuestionSource, QuestionSource.question_id == Question.id)
    authors = authors.join(Submission, Submission.id == QuestionSource.submission_id)
    authors = authors.join(Authorship, Authorship.submission_id == Submission.id).where(Submission.state.in_(LIVE))
    return authors.where(agreed).with_only_columns(sa.func.count(sa.distinct(Authorship.person_id)))

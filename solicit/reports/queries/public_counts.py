"""How many: the numbers on the public page of a call."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.rankings.models import RankingRun
from solicit.rankings.states import RunState
from solicit.reports.models import Publication
from solicit.reports.queries.publication.participation import told_of_people
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE


@dataclass(frozen=True)
class PublicCounts:
    """Submissions received, the countries they came from, published rankings and results, and public questions per
    theme id."""

    n_received: int
    n_countries: int
    n_rankings: int
    n_publications: int
    per_theme: Mapping[int, int]


def public_counts(session: Session, *, call_id: int) -> PublicCounts:
    """The counts of a call's public page; one statement."""
    live = (Submission.call_id == call_id, Submission.state.in_(LIVE))
    received = sa.select(sa.func.count(Submission.id)).where(*live).scalar_subquery()
    countries = (
        sa.select(sa.func.count(sa.distinct(Authorship.country)))
        .join(Submission, Submission.id == Authorship.submission_id)
        .where(*told_of_people(call_id))
        .scalar_subquery()
    )
    per_theme = (
        sa.select(Question.theme_id, sa.func.count().label("n"))
        .where(Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE)
        .group_by(Question.theme_id)
        .subquery()
    )
    rankings = (
        sa.select(sa.func.count(RankingRun.id))
        .where(RankingRun.call_id == call_id, RankingRun.state == RunState.PUBLISHED)
        .scalar_subquery()
    )
    publications = sa.select(sa.func.count(Publication.id)).where(Publication.call_id == call_id).scalar_subquery()
    numbers = dict(n_received=received, n_countries=countries, n_rankings=rankings, n_publications=publications)
    one = sa.select(*(number.label(name) for name, number in numbers.items())).subquery()
    rows = session.execute(
        sa.select(one, per_theme.c.theme_id, per_theme.c.n).select_from(one).outerjoin(per_theme, sa.true())
    ).all()
    counts = defaultdict(int, {row.theme_id: row.n for row in rows if row.theme_id})
    return PublicCounts(**{name: rows[0]._mapping[name] for name in numbers}, per_theme=counts)

"""What organizers read of a found question beside its text, as columns of a statement about questions."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from solicit.calls.queries import CallFacts
from solicit.questions.models import DuplicatePair, Question, QuestionSource
from solicit.questions.states import VERDICT_WORDS
from solicit.reports.queries.search.conditions import MERGED, OPEN
from solicit.reports.queries.search.judged import sent_reviews
from solicit.reports.queries.search.sight import Searcher, without_part
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.words import N_

DUPLICATE_WORDS = {OPEN: N_("Suggested"), MERGED: N_("Others merged into it")} | {
    verdict.value: word for verdict, word in VERDICT_WORDS.items()
}


def of_desk(call: CallFacts, searcher: Searcher) -> tuple[sa.ColumnElement, ...]:
    return (
        _n_reviews(call).label("n_reviews"),
        _duplicates(searcher).label("duplicates"),
        _countries().label("countries"),
    )


def _n_reviews(call: CallFacts) -> sa.ScalarSelect[int]:
    sent = sent_reviews(call)
    people = sent.with_only_columns(sa.func.count(sa.distinct(sent.selected_columns.person_id)))
    return people.where(sent.selected_columns.question_id == Question.id).correlate(Question).scalar_subquery()


def _duplicates(searcher: Searcher) -> sa.ScalarSelect[list]:
    """What is known of the pairs of a question, without those with one that is closed to the searcher."""
    sides = (DuplicatePair.left_id, DuplicatePair.right_id), (DuplicatePair.right_id, DuplicatePair.left_id)
    verdict = sa.func.coalesce(sa.cast(DuplicatePair.verdict, sa.Text), OPEN).label("word")
    pairs = (
        sa.select(verdict).where(side == Question.id, *without_part(searcher, other)).correlate(Question)
        for side, other in sides
    )
    merged = aliased(Question)
    into = sa.select(sa.literal(MERGED)).where(merged.merged_into_id == Question.id).correlate(Question)
    words = sa.union(*pairs, into).subquery()
    return sa.select(sa.func.array_agg(aggregate_order_by(words.c.word, words.c.word))).scalar_subquery()


def _countries() -> sa.ScalarSelect[list]:
    """The countries of the authors of what speaks through a question."""
    country = sa.distinct(Authorship.country)
    return (
        sa.select(sa.func.array_agg(aggregate_order_by(country, Authorship.country)))
        .join(QuestionSource, QuestionSource.submission_id == Authorship.submission_id)
        .join(Submission, Submission.id == Authorship.submission_id)
        .where(QuestionSource.question_id == Question.id, Submission.state.in_(LIVE), Authorship.country.is_not(None))
        .correlate(Question)
        .scalar_subquery()
    )

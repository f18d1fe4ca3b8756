"""A search as one condition over questions: for its page, for lists, bulk actions, letters and exports."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.models import Question
from solicit.reports.queries.search.access import NEEDS_WORDS
from solicit.reports.queries.search.judged import has_closed_round
from solicit.reports.queries.search.keywords import keywords_for, needs_of
from solicit.reports.queries.search.language import Named, NotAQuery, Problem, Query, read
from solicit.reports.queries.search.sight import Searcher, visible
from solicit.reports.queries.search.words import words_condition


@dataclass(frozen=True)
class QuestionFilter:
    """What a text looks for. ``condition`` is over Question and holds only for what the searcher may see; with
    ``problems`` nothing is found. ``text`` is the search as it is kept: printed from the query, or as it was typed.
    """

    text: str
    query: Query
    condition: sa.ColumnElement[bool]
    problems: tuple[Problem, ...] = ()


def question_filter(session: Session, *, call: CallFacts, viewer: Searcher, text: str) -> QuestionFilter:
    """The questions that a text finds for somebody; at most two statements, none for most searches."""
    keywords = keywords_for(call, viewer)
    reading = read(text, {name: keyword.compares for name, keyword in keywords.items()})
    if reading.problems:
        return QuestionFilter(reading.text, Query(), sa.false(), reading.problems)
    query, conditions, problems = reading.query, [visible(call, viewer)], []
    wanting = {term: needs for term in query.named if (needs := needs_of(term))}
    may_ask = not wanting or has_closed_round(session, call=call)
    for term in query.named:
        unmet = () if may_ask else wanting.get(term, ())
        problems += [Problem(NEEDS_WORDS[needs], {"keyword": str(term)}) for needs in unmet]
        try:
            found = keywords[term.keyword].condition(call, viewer, term)
        except NotAQuery as error:
            problems.append(error.problem)
        else:
            conditions.append(_fits(term, found))
    if problems:
        return QuestionFilter(reading.text, Query(), sa.false(), tuple(problems))
    conditions += words_condition(session, call=call, is_organizer=viewer.is_organizer, query=query)
    return QuestionFilter(str(query), query, sa.and_(*conditions))


def selected(*, call: CallFacts, viewer: Searcher, text: str, question_ids: Sequence[int]) -> QuestionFilter:
    """Questions that were chosen one by one among what ``text`` finds, as far as there are such for the viewer."""
    return QuestionFilter(text, Query(), sa.and_(visible(call, viewer), Question.id.in_(question_ids)))


def _fits(term: Named, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """What is not known, such as a theme that nobody chose, fits no value, and is found by a minus."""
    return ~sa.func.coalesce(condition, sa.false()) if term.is_not else condition

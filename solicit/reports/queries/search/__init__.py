"""One search over the questions and people of a call that its searcher may see."""

from solicit.reports.queries.search.filter import QuestionFilter, question_filter, selected
from solicit.reports.queries.search.language import Problem
from solicit.reports.queries.search.sight import Searcher, searcher_of

__all__ = ["Problem", "QuestionFilter", "Searcher", "question_filter", "searcher_of", "selected"]

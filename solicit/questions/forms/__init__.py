"""The shape of what organizers send from their desk, and of what readers look for."""

from solicit.questions.forms.duplicates import MergeForm, VerdictForm
from solicit.questions.forms.reports import ReportDecisionForm, ReportForm
from solicit.questions.forms.screening import (
    DecisionForm,
    ManyForm,
    OutOfScopeForm,
    RedactionForm,
    RevisionForm,
    ThemeForm,
    TranslationForm,
)
from solicit.questions.forms.search import SearchForm

__all__ = [
    "DecisionForm",
    "ManyForm",
    "MergeForm",
    "OutOfScopeForm",
    "RedactionForm",
    "ReportDecisionForm",
    "ReportForm",
    "RevisionForm",
    "SearchForm",
    "ThemeForm",
    "TranslationForm",
    "VerdictForm",
]

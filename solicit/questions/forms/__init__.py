"""The shape of what organizers send from their desk, and of what readers look for."""

from solicit.questions.forms.duplicates import (
    IdenticalForm,
    MergeForm,
    RewordForm,
    SummaryForm,
    VerdictForm,
    verdicts_from,
)
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
    "IdenticalForm",
    "ManyForm",
    "MergeForm",
    "OutOfScopeForm",
    "RedactionForm",
    "ReportDecisionForm",
    "ReportForm",
    "RevisionForm",
    "RewordForm",
    "SearchForm",
    "SummaryForm",
    "ThemeForm",
    "TranslationForm",
    "VerdictForm",
    "verdicts_from",
]

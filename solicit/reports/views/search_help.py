"""What stands beside a search: its keywords with an example each, and their values with counts, as links."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS
from solicit.questions.states import STAFF_WORDS
from solicit.reports.queries.search import QuestionFilter, Searcher
from solicit.reports.queries.search.conditions import NONE
from solicit.reports.queries.search.having import things_for
from solicit.reports.queries.search.keywords import keywords_for
from solicit.reports.queries.search.language import Named
from solicit.reports.queries.search.results import Tallies
from solicit.web.facets import FacetOption
from solicit.words import N_

TOPICS_SHOWN = 12
WORDS_EXAMPLE = 'ice "deep ocean" -comet'
WORDS_MEANING = N_(
    "Words of its text, or its number such as Q-12. Quotation marks keep words together; a minus leaves out what has "
    "the word. Everything must be true at once; of values with commas, one is enough."
)


@dataclass(frozen=True)
class HelpLine:
    """One keyword; ``example`` is a search."""

    keyword: str
    meaning: str
    example: str


def help_lines(call: CallFacts, searcher: Searcher) -> tuple[HelpLine, ...]:
    """The keywords that exist for somebody."""
    things = ", ".join(things_for(call, searcher))
    theme = call.themes[0].key if call.themes else NONE
    return (
        HelpLine("", _(WORDS_MEANING), WORDS_EXAMPLE),
        *(
            HelpLine(each.name, _(each.meaning, things=things), each.example % {"theme": theme})
            for each in keywords_for(call, searcher).values()
        ),
    )


def facets(
    call: CallFacts, searcher: Searcher, found: QuestionFilter, counts: Tallies, url_of: Callable[[str], str]
) -> list[tuple[str, tuple[FacetOption, ...]]]:
    """The values of four keywords among what was found, each as a link that adds it to the search."""
    named = {
        "state": (_("State"), [(state.value, _(word)) for state, word in STAFF_WORDS.items()]),
        "theme": (_("Theme"), [(theme.key, theme.name) for theme in call.themes] + [(NONE, _("No theme yet"))]),
        "topic": (_("Topic"), [*counts.topics[:TOPICS_SHOWN], (NONE, _("In no topic"))]),
        "kind": (_("Kind"), [(kind.value, _(word)) for kind, word in KIND_WORDS.items()]),
    }
    shown = []
    for name, (title, values) in named.items():
        if name not in keywords_for(call, searcher):
            continue
        terms = [(Named(name, ":", (value,)), label, counts.per[name][value]) for value, label in values]
        options = tuple(_option(found, *each, url_of) for each in terms if each[2] or each[0] in found.query.terms)
        shown += [(title, options)] if options else []
    return shown


def _option(found: QuestionFilter, term: Named, label: str, n: int, url_of: Callable[[str], str]) -> FacetOption:
    return FacetOption(
        label=label,
        count=n,
        chosen=term in found.query.terms,
        url=url_of(str(found.query.having(term))),
        remove_url=url_of(str(found.query.without(term))),
    )

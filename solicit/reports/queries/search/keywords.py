"""The ten keywords: for whom each exists, and which condition it is. This table is the only place that decides."""

from dataclasses import dataclass

from solicit.calls.queries import CallFacts
from solicit.reports.queries.search import conditions, having, judged
from solicit.reports.queries.search.access import Needs, Seen, exists_for
from solicit.reports.queries.search.conditions import Condition
from solicit.reports.queries.search.language import Named
from solicit.reports.queries.search.sight import Searcher
from solicit.words import N_


@dataclass(frozen=True)
class Keyword:
    """``compares``: it has a number, not words; ``meaning`` and ``example`` stand in the table of the page."""

    name: str
    condition: Condition
    meaning: str
    example: str
    seen: Seen = Seen.ORGANIZERS
    compares: bool = False
    needs: Needs | None = None


_TABLE = (
    Keyword(
        "state",
        conditions.is_in_state,
        N_("Where it stands: new, in_scope, out_of_scope, merged or withdrawn"),
        "state:new,in_scope",
    ),
    Keyword("theme", conditions.has_theme, N_("Its theme by key or name; none"), "theme:%(theme)s", Seen.EVERYBODY),
    Keyword(
        "topic",
        conditions.has_topic,
        N_("Its topic by number or by words of its name; none"),
        "topic:none",
        Seen.WITH_THE_PUBLIC,
    ),
    Keyword(
        "score",
        judged.has_score,
        N_(
            "Its value in the frozen ranking; while none is frozen, the plain mean of the ratings of closed rounds. "
            "After > < >= <= or ="
        ),
        "score>=4",
        compares=True,
        needs=Needs.CLOSED_ROUND,
    ),
    Keyword(
        "reviews",
        judged.has_reviews,
        N_("How many panelists have reviewed it. After > < >= <= or ="),
        "reviews<3",
        compares=True,
    ),
    Keyword(
        "country", conditions.has_country, N_("The country of one of its authors, by code or name"), "country:KE,China"
    ),
    Keyword("kind", conditions.is_of_kind, N_("A question or an exploration plan"), "kind:plan", Seen.EVERYBODY),
    Keyword(
        "dup",
        conditions.has_duplicate,
        N_("What is known of duplicates: open suggestions, verdicts same, related or different, or merged into it"),
        "dup:open,same",
    ),
    Keyword(
        "reviewer",
        judged.has_reviewer,
        N_("The name of somebody who reviewed it, after the close of the round"),
        "reviewer:Ada",
        needs=Needs.CLOSED_ROUND,
    ),
    Keyword("has", having.has, N_("What it has: %(things)s"), "has:translation", Seen.EVERYBODY),
)
KEYWORDS = {keyword.name: keyword for keyword in _TABLE}


def keywords_for(call: CallFacts, searcher: Searcher) -> dict[str, Keyword]:
    """The keywords that exist for somebody."""
    return {name: each for name, each in KEYWORDS.items() if exists_for(each.seen, call, searcher)}


def needs_of(named: Named) -> set[Needs]:
    """What has to have happened before a term may be used."""
    of_things = having.needs_of_things(named) if named.keyword == "has" else set()
    return of_things | {KEYWORDS[named.keyword].needs} - {None}

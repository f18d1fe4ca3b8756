"""For whom a keyword, or a value of one, exists; and what has to have happened before it may be used."""

import enum

from solicit.calls.queries import CallFacts
from solicit.reports.queries.search.sight import Searcher
from solicit.words import N_


class Seen(enum.Enum):
    """Who sees what a keyword asks about; for anybody else it is a word that nobody knows."""

    EVERYBODY = "everybody"
    # Organizers; panelists only where the public reads it as well.
    WITH_THE_PUBLIC = "with the public"
    ORGANIZERS = "organizers"


class Needs(enum.Enum):
    CLOSED_ROUND = "a closed round"


NEEDS_WORDS = {
    Needs.CLOSED_ROUND: N_(
        "%(keyword)s can be used once a round of this call has closed: until then nobody sees who said what."
    )
}


def exists_for(seen: Seen, call: CallFacts, searcher: Searcher) -> bool:
    if seen is Seen.WITH_THE_PUBLIC:
        return searcher.is_organizer or call.shows_questions
    return seen is Seen.EVERYBODY or searcher.is_organizer

"""What the query strings of lists of people ask for; whatever makes no sense is left out."""

from collections.abc import Collection

from werkzeug.datastructures import MultiDict

from solicit.invitations.queries.register import SORTS, VALUES, Wanted
from solicit.rankings.forms import LONGEST_SEARCH, words_from


def sort_from(args: MultiDict, sorts: Collection[str], usual: str) -> str:
    return args.get("sort", usual) if args.get("sort") in sorts else usual


def wanted_from(args: MultiDict) -> Wanted:
    asked = {name: args.get(name, "")[:LONGEST_SEARCH] for name in VALUES}
    return Wanted(**asked, words=words_from(args), sort=sort_from(args, SORTS, "merit"))

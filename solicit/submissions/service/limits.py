"""What a text and its author must be before a call takes them."""

from solicit.calls.queries import CallFacts
from solicit.errors import Refused
from solicit.submissions.states import LANGUAGES, AuthorValues, TextValues
from solicit.words import N_

LONGEST_NAME = 200
LONGEST_AFFILIATION = 300
LONGEST_BODY = 200
MOST_CO_AUTHORS = 20


def check_text(call: CallFacts, text: TextValues) -> None:
    """Raise Refused unless a person may send this text to the call."""
    check_limits(call, text)
    if not text.is_complete:
        raise Refused(N_("A part of it is missing."))


def check_limits(call: CallFacts, text: TextValues) -> None:
    """Raise Refused for a text of another kind, without a title, too long, in an unknown language or theme.

    ``part`` says where.
    """
    limits = call.limits
    if text.kind not in call.asks.kinds:
        raise Refused(N_("This call does not take this kind."), part="kind")
    if not text.title:
        raise Refused(N_("It has no title."), part="title")
    for part, most in (
        ("title", limits.title_max),
        ("goal_overview", limits.overview_max),
        ("significance", limits.significance_max),
        ("approach", limits.approach_max),
    ):
        if len(getattr(text, part)) > most:
            raise Refused(N_("It is too long: at most %(most)s characters."), most=most, part=part)
    if text.language not in LANGUAGES:
        raise Refused(N_("We do not know this language."), part="language")
    if text.theme_id is not None and call.theme_by_id(text.theme_id) is None:
        raise Refused(N_("This call does not have this theme."))


def check_person(author: AuthorValues, *, guardian_agrees: bool = False) -> None:
    """Raise Refused unless this person may send, by themselves or with their guardian's consent."""
    if not (author.is_sixteen or guardian_agrees):
        raise Refused(N_("Somebody under 16 needs the consent of a guardian before sending."))
    if not author.has_consented:
        raise Refused(N_("Without your agreement we may not keep your text."))
    check_names(author)


def check_names(author: AuthorValues) -> None:
    """Raise Refused unless an author says who they are, in reasonable length."""
    if not author.full_name:
        raise Refused(N_("Your name is missing."))
    if len(author.full_name) > LONGEST_NAME or len(author.affiliation) > LONGEST_AFFILIATION:
        raise Refused(N_("The name or the affiliation is too long."))

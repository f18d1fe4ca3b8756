"""What panelists may not see is not even asked of the database where they search, filter and list (TRUST, T2b)."""

import re

import pytest
import sqlalchemy as sa

from trust.crawl import ask, get, page_of

LISTS = (
    "questions.index",
    "questions.feed",
    "topics.index",
    "panels.queue",
    "panels.discussions",
    "reports.panel_search",
)
# Who wrote a text; what others said of it. That somebody themselves has a part in it is asked by their number.
HIDDEN = re.compile(
    r"\b(authorship\w*\.(full_name|affiliation|country|career|orcid)|co_author\w*\.(full_name|email)"
    r"|score\w*\.value|review\w*\.(comment_\w+|confidence)|comparison\w*\.(preference|reason)"
    r"|ballot_place\w*\.place|conflict_of_interest\w*\.(reason|signs|decision_note))"
)


def statements_for(planted, persona: str, addresses: list[str]) -> list[str]:
    """Every statement that answering a person sends to the database."""
    sent, connection = [], planted.world.connection

    def remember(_connection, _cursor, statement, *_):
        sent.append(statement)

    sa.event.listen(connection, "before_cursor_execute", remember)
    try:
        for address in addresses:
            ask(planted, persona, get(address))
    finally:
        sa.event.remove(connection, "before_cursor_execute", remember)
    return sent


def lists_and_searches(planted, persona: str) -> list[str]:
    """The lists, each with every filter and order that it offers, and with a word in every field."""
    found = []
    for address in map(planted.world.address, LISTS):
        found.append(address)
        page = page_of(get(address), ask(planted, persona, get(address)))
        if page:
            found += [each for each in page.addresses() if "?" in each]
            found += [f"{form.action}?{name}=ice" for form in page.forms if form.method == "get" for name in form.words]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("persona", ["panelist", "unassigned"])
def test_searches_of_panelists_ask_for_nothing_hidden(planted, record_property, persona):
    with planted.phase("open"):
        addresses = lists_and_searches(planted, persona)
        sent = statements_for(planted, persona, addresses)
    record_property("trust", f"{persona}: {len(sent)} statements of {len(addresses)} lists and searches")
    assert {found[0] for statement in sent for found in HIDDEN.finditer(statement)} == set()


def test_names_are_asked_for_where_they_are_shown(planted):
    """Else the pattern is the wrong one."""
    with planted.phase("open"):
        sent = statements_for(planted, "owner", [planted.world.address("submissions.page")])
    assert any(HIDDEN.search(statement) for statement in sent)

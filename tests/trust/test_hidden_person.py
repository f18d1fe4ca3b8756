"""What becomes of somebody whom an organizer does not see is told by no page of inviting, no count and no file."""

import pytest

from trust.crawl import get, own_addresses, pages, thing_addresses
from trust.facts_hidden import FACTS, OF_AUTHOR
from trust.twins import answers, told_apart

READER = "conflicted_organizer"


@pytest.fixture(scope="module")
def first_world(planted):
    """All that the organizer can open of inviting, and of the tables that are taken along."""
    adapter = planted.world.app.url_map.bind("localhost")
    inviting = [endpoint for endpoint in pages() if endpoint.startswith(("invitations.", "reports."))]
    asked = [a for a in own_addresses(planted, READER) if adapter.match(a.partition("?")[0])[0] in inviting]
    lists = thing_addresses(planted, ("invitations.page", "invitations.letter_batch", "invitations.compare"))
    requests = [get(address) for address in dict.fromkeys(asked + lists)]
    with planted.phase("open"):
        return requests, answers(planted, READER, requests)


def told_by(planted, first_world, names) -> dict[str, list]:
    """The requests that tell the world in which these facts are other ones."""
    requests, before = first_world
    with planted.undone():
        for name in names:
            FACTS[name].change(planted)
        with planted.phase("open"):
            return told_apart(requests, before, answers(planted, READER, requests))


def test_facts_about_a_hidden_person_change_no_byte_together(planted, first_world):
    assert told_by(planted, first_world, OF_AUTHOR) == {}


@pytest.mark.full
@pytest.mark.parametrize("name", OF_AUTHOR)
def test_fact_about_a_hidden_person_changes_no_byte(planted, first_world, record_property, name):
    assert told_by(planted, first_world, [name]) == {}
    record_property("trust", f"{READER}: {name}, {len(first_world[0])} requests in both worlds")

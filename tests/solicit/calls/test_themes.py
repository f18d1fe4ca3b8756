"""Themes are added, worded anew and moved at any time, and deleted only while nothing refers to one."""

import pytest
from builders import make_call, make_organizer, sign_in
from builders_calls import desk, filled
from builders_panels import make_round
from builders_questions import make_question

from solicit.calls.queries import call_facts
from solicit.calls.queries.translations import translations_of
from solicit.calls.service import translate_call
from solicit.clock import utcnow

NEW = dict(seen="new", name="Dust & light", short_name="", description="About dust.", shape="circle", colour="life")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture(autouse=True)
def organizer(client, session, call):
    sign_in(client, session, make_organizer(session, call))


def names(session, call) -> list[str]:
    return [theme.name for theme in call_facts(session, slug=call.slug).themes]


def test_theme_is_added_behind_the_others(client, session, call):
    assert client.post(desk(call, "themes"), data=NEW).status_code == 303

    added = call_facts(session, slug=call.slug).themes[-1]
    assert (added.key, added.name, added.short_name, added.shape) == (
        "dust-light",
        "Dust & light",
        "Dust & light",
        "circle",
    )
    assert "Dust &amp; light" in client.get(f"/en/{call.slug}/").text
    for change in ({"name": ""}, {"shape": "star"}, {"colour": "red"}, {"description": "x" * 601}):
        bad = client.post(desk(call, "themes"), data=NEW | change)
        assert bad.status_code == 422 and len(names(session, call)) == 5


def test_theme_is_worded_anew_unless_somebody_else_did(client, session, call):
    url = desk(call, f"themes/{call.themes[0].id}")
    opened = client.get(url).text
    assert client.post(url, data=filled(opened, name="Space, unexplored")).status_code == 303

    stale = client.post(url, data=filled(opened, name="Mine"))

    assert stale.status_code == 409 and "Space, unexplored" in stale.text and 'value="Mine"' in stale.text
    assert names(session, call)[0] == "Space, unexplored"
    assert client.post(url, data=filled(stale.text)).status_code == 303
    assert names(session, call)[0] == "Mine"


def test_themes_change_places(client, session, call):
    first, second, *rest = names(session, call)
    url = desk(call, f"themes/{call.themes[1].id}")
    client.post(url + "/up")
    assert names(session, call) == [second, first, *rest]
    client.post(url + "/up")
    client.post(desk(call, f"themes/{call.themes[-1].id}/down"))
    assert names(session, call) == [second, first, *rest]


def test_only_a_theme_that_nothing_refers_to_is_deleted(client, session, call):
    make_question(session, call)  # of the first theme
    make_round(session, call, theme_ids=(call.themes[1].id,))
    texts = {"theme.nature.name": "Nature", "theme.life.name": "Vie"}
    (unspoken,) = translations_of(session, call_id=call.id, languages=["fr"])
    translate_call(
        session, call_id=call.id, language="fr", texts=texts, seen=unspoken.seen, actor_id=None, now=utcnow()
    )
    for used in call.themes[:2]:
        refused = client.post(desk(call, f"themes/{used.id}/delete"))
        assert refused.status_code == 422 and "refer to this theme" in refused.text
    assert client.post(desk(call, f"themes/{call.themes[2].id}/delete")).status_code == 303
    assert [theme.key for theme in call_facts(session, slug=call.slug).themes] == ["space", "life", "station"]
    (french,) = translations_of(session, call_id=call.id)
    assert [(s.name, s.translated) for s in french.sources if s.translated] == [("theme.life.name", "Vie")]


def test_theme_of_another_call_is_not_there(client, session, call):
    other = make_call(session)
    assert client.get(desk(call, f"themes/{other.themes[0].id}")).status_code == 404

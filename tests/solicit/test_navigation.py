"""The bar of links: each page of the desks stands under one of them."""

import re

import pytest
from builders import make_call, make_organizer, sign_in
from builders_panels import force_state, make_later_round, make_panel, make_round, seat
from builders_people import make_account

from solicit.calls.states import CallState
from solicit.navigation import DESK
from solicit.panels.states import Activity

CRUMBS = re.compile(r'aria-label="Breadcrumb">(.*?)</nav>', re.DOTALL)
CURRENT = re.compile(r'<a href="([^"]+)" aria-current="true">([^<]+)</a>')


@pytest.mark.parametrize(
    ("path", "desk"),
    [
        ("", "Dashboard"),
        ("/import", "Dashboard"),
        ("/questions", "Screening"),
        ("/reasons", "Screening"),
        ("/merges", "Duplicates"),
        ("/merges/groups", "Duplicates"),
        ("/duplicates/calibration", "Duplicates"),
        ("/coverage", "Topics"),
        ("/topics/ungrouped", "Topics"),
        ("/index", "Jobs"),
    ],
)
def test_page_stands_under_its_desk(client, session, path, desk):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))

    bar = client.get(f"/{call.slug}/organize{path}").text.split('aria-label="Main"')[1].split("</nav>")[0]

    assert [label for _url, label in CURRENT.findall(bar)] == [desk]


def test_pages_of_the_bar_have_no_way_above_them_and_those_below_begin_with_theirs(client, session):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))
    base = f"/{call.slug}/organize"

    bar = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', bar_of(client, base))
    crumbs = {label: CRUMBS.findall(client.get(url).text) for url, label in bar}
    assert len(crumbs) == len(DESK) and not any(crumbs.values())

    for path, desk in (("/plots", "Dashboard"), ("/call/languages", "Call set-up"), ("/missions", "Call set-up")):
        (way,) = CRUMBS.findall(client.get(base + path).text)
        assert re.search(r"<a [^>]*>([^<]+)</a>", way)[1] == desk


def bar_of(client, path: str) -> str:
    return client.get(path).text.split('aria-label="Main"')[1].split("</nav>")[0]


@pytest.mark.parametrize(("state", "n_links"), [(CallState.OPEN, 2), (CallState.CLOSED, 0)])
def test_only_an_open_call_asks_for_submissions(client, session, state, n_links):
    call = make_call(session, state=state)
    sign_in(client, session, make_account(session))
    assert client.get(f"/en/{call.slug}/my").text.count(f'href="/en/{call.slug}/submit"') == n_links


def test_the_menu_names_the_page_that_stands_in_it(client, session):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))

    links, menu = bar_of(client, f"/{call.slug}/organize/mail").split('<details class="menu"')
    assert re.findall(r">([^<]+)</a>", links) == ["Dashboard", "Screening", "Panels", "Ranking", "Invitations"]
    assert '<summary class="here">More: Mail</summary>' in menu
    assert CURRENT.findall(menu) == [(f"/{call.slug}/organize/mail", "Mail")]

    assert "<summary>More</summary>" in bar_of(client, f"/{call.slug}/organize")
    assert "<details" not in bar_of(client, f"/en/{call.slug}")


def test_a_chair_finds_their_panel_from_every_page_of_the_panel(client, session):
    call = make_call(session)
    panel = make_panel(session, call)
    sign_in(client, session, seat(session, call, panel, is_chair=True))
    home = f"/{call.slug}/review/panels/{panel.id}"

    assert f'<a href="{home}">Your panel</a>' in bar_of(client, f"/{call.slug}/review")
    assert CURRENT.findall(bar_of(client, home)) == [(home, "Your panel")]
    assert f'<a href="{home}">Your panel</a>' in bar_of(client, f"/{call.slug}/organize/ranking")


def test_a_chair_of_two_panels_finds_both(client, session):
    call = make_call(session)
    panels = [make_panel(session, call, theme=theme) for theme in ("space", "life")]
    chair = seat(session, call, panels[0], is_chair=True)
    seat(session, call, panels[1], person=chair, is_chair=True)
    sign_in(client, session, chair)

    bar = bar_of(client, f"/{call.slug}/review")

    assert "Your panel 1</a>" in bar and "Your panel 2</a>" in bar


def test_discussions_stand_in_the_bar_of_a_panelist_once_there_is_one(client, session):
    call = make_call(session)
    person = seat(session, call, make_panel(session, call))
    first_id = make_round(session, call, state="closed")
    talk = make_later_round(session, first_id, Activity.DISCUSSION, [], state="draft")
    sign_in(client, session, person)
    assert "Discussions" not in bar_of(client, f"/{call.slug}/review")

    for state in ("open", "closed"):
        force_state(session, talk, state)
        assert f'<a href="/{call.slug}/review/discussions">Discussions</a>' in bar_of(client, f"/{call.slug}/review")


def test_who_stands_before_a_door_of_the_desk_keeps_their_own_bar(client, session):
    call = make_call(session)
    desk = f"/{call.slug}/organize"

    sign_in(client, session, seat(session, call, make_panel(session, call)))
    assert re.findall(r">([^<]+)</a>", bar_of(client, desk)) == ["Review", "Topics", "Search"]

    sign_in(client, session, make_account(session))
    assert re.findall(r">([^<]+)</a>", bar_of(client, desk))[-1] == "My submissions"

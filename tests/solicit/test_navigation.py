"""The bar of links: each page of the desks stands under one of them."""

import re

import pytest
from builders import make_call, make_organizer, sign_in

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

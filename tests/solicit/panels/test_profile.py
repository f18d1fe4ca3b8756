"""What panelists say of themselves, and the titles that are read from what they paste or upload."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import make_panel, seat
from builders_seats import make_offer
from hypothesis import given
from hypothesis import strategies as st

from solicit.clock import utcnow
from solicit.errors import NotFound
from solicit.panels.forms.titles import (
    LARGEST_FILE,
    LONGEST_TITLE,
    MOST_TITLES,
    TooManyTitles,
    UnreadableTitles,
    titles_in,
)
from solicit.panels.models import Panelist, ThemeExpertise
from solicit.panels.service import seats
from solicit.panels.states import Expertise
from solicit.submissions.service.links import LinkKey

SAID = {
    "keywords": "dust, ice",
    "expertise": "Twenty years of looking.",
    "own_titles": "On dust\nOn ice\nOn dust",
    "languages": "en, FR",
}
BIBTEX = """
@article{a, author = {Somebody}, booktitle = {Not this}, title = {The {Dust} of \\emph{stars}}, year = 2020}
@inproceedings{b,
  title = "Ice and {\\"o}thers",
}
"""


class Desk:
    def __init__(self, session):
        self.session = session
        self.call = make_call(session)
        self.panel = make_panel(session, self.call)
        self.panelist = seat(session, self.call, self.panel, max_load=40)
        self.address = f"/{self.call.slug}/review/profile"
        self.said = SAID | {f"max_load_{self.panel.id}": "20"}

    def row(self) -> Panelist:
        return self.session.get_one(Panelist, (self.panel.id, self.panelist.id), populate_existing=True)


@pytest.fixture
def desk(session, client):
    desk = Desk(session)
    sign_in(client, session, desk.panelist)
    return desk


def test_profile_is_saved_and_shown_again(desk, client):
    themes = {f"theme_{theme.id}": "expert" for theme in desk.call.themes[:1]}
    answer = client.post(desk.address, data=desk.said | themes)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{desk.call.slug}/review")
    row = desk.row()
    assert (row.keywords, row.own_titles, row.languages, row.max_load) == (
        ["dust", "ice"],
        ["On dust", "On ice"],
        ["en", "fr"],
        20,
    )
    said = desk.session.scalars(sa.select(ThemeExpertise)).all()
    assert [(one.theme_id, one.level) for one in said] == [(desk.call.themes[0].id, Expertise.EXPERT)]
    page = client.get(desk.address).text
    assert "Twenty years of looking." in page and "On dust\nOn ice" in page and 'value="20"' in page


def test_nothing_but_a_language_is_needed(desk, client):
    said = {"languages": "en", f"max_load_{desk.panel.id}": "40"}
    assert client.post(desk.address, data=said).status_code == 303
    assert (desk.row().keywords, desk.row().own_titles) == ([], [])


def test_titles_come_from_a_file_too(desk, client):
    file = (io.BytesIO(BIBTEX.encode()), "mine.bib")
    answer = client.post(desk.address, data=desk.said | {"titles_file": file}, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert desk.row().own_titles == ["On dust", "On ice", "The Dust of stars", "Ice and others"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x" * 200_001, "too large"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"a\x00b", "control characters"),
        ("\n".join(f"Title {n}" for n in range(300)).encode(), "At most 200 titles"),
    ],
)
def test_bad_files_are_refused_and_nothing_typed_is_lost(desk, client, content, said):
    data = desk.said | {"titles_file": (io.BytesIO(content), "mine.txt")}
    answer = client.post(desk.address, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and said in answer.text and "Twenty years of looking." in answer.text
    assert desk.row().expertise == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"languages": ""},
        {"languages": "english"},
        {"expertise": "x" * 2_001},
        {"keywords": "x" * 301},
        {"load": "41"},
        {"load": "-1"},
        {"load": "many"},
        {"theme": "genius"},
    ],
)
def test_bad_values_change_nothing(desk, client, wrong):
    names = {"load": f"max_load_{desk.panel.id}", "theme": f"theme_{desk.call.themes[0].id}"}
    sent = desk.said | {names.get(name, name): value for name, value in wrong.items()}
    assert client.post(desk.address, data=sent).status_code == 422
    assert desk.row().max_load == 40


def test_load_may_be_raised_again_up_to_what_was_offered(desk, client, session):
    offer = make_offer(session, desk.call, make_panel(session, desk.call), max_load=30)
    person_id = seats.accept_offer(
        session,
        call=desk.call,
        key=LinkKey(offer.id, offer.nonce),
        full_name="Eva",
        signed_in_id=None,
        locale="en",
        now=utcnow(),
    )
    saved = dict(keywords=(), expertise="", own_titles=(), languages=("en",), themes={})
    for load in (5, 30):
        profile = seats.NewProfile(**saved, max_loads={offer.panel_id: load})
        seats.save_profile(session, call=desk.call, person_id=person_id, profile=profile, now=utcnow())
        assert session.get_one(Panelist, (offer.panel_id, person_id)).max_load == load


def test_what_was_said_in_an_earlier_call_is_offered_again(desk, client, session):
    earlier = make_call(session, now=utcnow() - timedelta(days=1))
    panel = make_panel(session, earlier)
    seat(session, earlier, panel, person=desk.panelist)
    row = session.get_one(Panelist, (panel.id, desk.panelist.id))
    row.expertise, row.own_titles = "What I knew before.", ["An old title"]
    session.commit()
    page = client.get(desk.address).text
    assert "What I knew before." in page and "An old title" in page and "for an earlier panel" in page
    assert desk.row().expertise == ""
    client.post(desk.address, data=desk.said)
    assert "for an earlier panel" not in client.get(desk.address).text


def test_who_does_not_sit_has_no_profile(desk, session):
    profile = seats.NewProfile(keywords=(), expertise="", own_titles=(), languages=("en",), themes={}, max_loads={})
    with pytest.raises(NotFound):
        seats.save_profile(session, call=desk.call, person_id=make_person(session).id, profile=profile, now=utcnow())


def test_organizers_read_it_on_the_panel_page_and_change_the_seat(desk, client, session):
    client.post(desk.address, data=desk.said | {f"theme_{desk.call.themes[1].id}": "none"})
    sign_in(client, session, make_organizer(session, desk.call))
    panel_page = f"/{desk.call.slug}/organize/panels/{desk.panel.id}"
    page = client.get(panel_page).text
    for text in ("Twenty years of looking.", "2 titles of their own", "I cannot judge it"):
        assert text in page, text
    seat_page = f"{panel_page}/panelists/{desk.panelist.id}"
    assert 'value="dust, ice"' in client.get(seat_page).text
    changed = {"keywords": "dust", "languages": "zh", "min_load": "3", "max_load": "2"}
    assert client.post(seat_page, data=changed).status_code == 422
    assert client.post(seat_page, data=changed | {"max_load": "9"}).status_code == 303
    row = desk.row()
    assert (row.keywords, row.languages, row.min_load, row.max_load) == (["dust"], ["zh"], 3, 9)
    assert row.expertise == "Twenty years of looking."
    for method in (client.get, client.post):
        assert method(f"{panel_page}/panelists/999999").status_code == 404


@pytest.mark.parametrize(
    ("text", "name", "titles"),
    [
        ("One\n\n  Two \nOne", "a.txt", ("One", "Two")),
        (BIBTEX, "a.txt", ("The Dust of stars", "Ice and others")),
        ('year,Title\n2020,"One, two"\n2021,Three\n', "a.csv", ("One, two", "Three")),
        ("One;2020\nTwo;2021", "a.CSV", ("One", "Two")),
        ("title\tyear\nOne\t1\n", "a.tsv", ("One",)),
        ("", "a.csv", ()),
        ("@article{x, title = {Never closed", "a.bib", ()),
        ("x" * 500, "a.txt", ("x" * LONGEST_TITLE,)),
    ],
)
def test_titles_of_a_text(text, name, titles):
    assert titles_in(text, name) == titles


def test_too_many_titles_and_control_characters_are_refused():
    with pytest.raises(TooManyTitles):
        titles_in("\n".join(map(str, range(MOST_TITLES + 1))), "a.txt")
    with pytest.raises(UnreadableTitles):
        titles_in("a\x07b", "a.txt")


@given(st.text(max_size=400), st.sampled_from(["a.txt", "a.csv", "a.tsv", "a.bib"]))
def test_any_text_gives_short_clean_titles_or_a_refusal(text, name):
    try:
        titles = titles_in(text, name)
    except (TooManyTitles, UnreadableTitles):
        return
    assert all(title.strip() and len(title) <= LONGEST_TITLE and "\n" not in title for title in titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_few_statements(desk, client, count_statements, session, n):
    for _ in range(n - 1):
        seat(session, desk.call, make_panel(session, desk.call), person=desk.panelist)
    client.get(desk.address)
    count_statements.clear()
    assert client.get(desk.address).status_code == 200
    assert len(count_statements) == 6


def test_empty_lines_of_a_whole_file_are_read_in_no_time():
    assert titles_in("\n" * LARGEST_FILE, "a.bib") == ()
    assert titles_in("\n" * LARGEST_FILE + "@article{a, title={Ice}}", "a.bib") == ("Ice",)

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solicit.web.forms import weighted_length
from solicit.web.text import BadText, clean_text, one_line, render_markdown


class Elements(HTMLParser):
    """What a browser would make of a text: its elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.found.append((tag, attrs))


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\udfff"])
def test_controls_and_lone_surrogates_are_refused(character):
    with pytest.raises(BadText):
        clean_text(f"Where{character} is it?")


def test_direction_overrides_and_tags_are_dropped_and_lines_kept():
    assert clean_text("a\u202eb\u2066c\U000e0041\r\nd\re\tf ") == "abc\nd\ne\tf"


def test_text_is_composed_and_right_to_left_names_stay():
    assert clean_text("Cafe\u0301") == "Café"
    assert one_line("  محمد \n علي ") == "محمد علي"


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    try:
        once = clean_text(text)
    except BadText:
        return
    assert clean_text(once) == once


def test_an_ideograph_counts_as_three():
    assert weighted_length("ab") == 2
    assert weighted_length("月球") == 6
    assert weighted_length("달") == 3


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "![a](http://x/y.png)",
        "<img src=x onerror=alert(1)>",
        "<a href='x' onclick='y'>z</a>",
    ],
)
def test_markdown_lets_nothing_live_through(text):
    page = Elements()
    page.feed(render_markdown(text))
    assert {tag for tag, _ in page.found} <= {"p", "a"}
    assert {name for _, attributes in page.found for name, _ in attributes} <= {"href", "rel"}
    assert not any(value.startswith("javascript") for _, attributes in page.found for _, value in attributes)


def test_markdown_keeps_emphasis_and_links():
    html = render_markdown("**Anyone** may [send](https://example.org).")
    assert "<strong>Anyone</strong>" in html
    assert 'rel="noopener nofollow"' in html

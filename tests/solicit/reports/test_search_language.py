"""The line in which people search: whatever is typed is a query, or is told what is wrong with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solicit.reports.queries.search.language import LONGEST_SEARCH, Named, Query, Words, read

KEYWORDS = {"theme": False, "score": True}
PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            "theme:",
            "score>",
            "score≤",
            '"',
            "“",
            "-",
            ",",
            " ",
            "：",
            "＞",
            "life",
            "4.5",
            "\x00",
            "\ud800",
            "foo:",
            "٤",
        ]
    ),
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=12).map("".join) | st.just("≥score≥1 " * 56))
def test_any_text_is_a_query_that_prints_as_itself_or_has_messages(text):
    reading = read(text, KEYWORDS)
    again = read(str(reading.query), KEYWORDS)
    assert (again.query, again.problems) == (reading.query, ())
    assert not reading.problems or reading.query == Query()
    assert all(problem.text % problem.params for problem in reading.problems)


def test_everything_that_can_be_written_is_read():
    text = 'Ice -giants "the  big bang" THEME=life,"a, b" score≥٤ -score<3.50 Life: extra-terrestrial -"no one" – ?'
    query = read(text, KEYWORDS).query
    assert query.terms == (
        Words("Ice"),
        Words("giants", is_not=True),
        Words("the big bang", is_phrase=True),
        Named("theme", ":", ("life", "a, b")),
        Named("score", ">=", ("4",)),
        Named("score", "<", ("3.50",), is_not=True),
        Words("Life:"),
        Words("extra-terrestrial"),
        Words("no one", is_phrase=True, is_not=True),
    )
    assert str(query).startswith('Ice -giants "the big bang" theme:life,"a, b" score>=4 -score<3.50 Life:')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("score>many", "score> needs a number such as 3 or 4.5; you wrote score>many"),
        ("score>4,5", "score> needs a number such as 3 or 4.5; you wrote score>4,5"),
        ("theme:", "theme: needs a value; you wrote theme:"),
        ("theme>life", "theme: compares no numbers: write theme:life, not theme>life"),
        (
            "theme:life,",
            "A value is missing beside a comma in theme:life,. Write several without blanks: theme:life,space",
        ),
        ('moon "no end', 'A quotation mark has no second one: "no end'),
        (
            "colour:red",
            '“colour” is no keyword of this search. To look for the words, write them in quotes: "colour:red"',
        ),
        ("x" * 501, f"A search has at most {LONGEST_SEARCH} characters; this one has 501. Leave something out."),
    ],
)
def test_what_is_no_query_is_told_so_exactly(text, message):
    reading = read(text, KEYWORDS)
    assert [problem.text % problem.params for problem in reading.problems] == [message]
    assert reading.text == text

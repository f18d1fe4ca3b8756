"""Reading PrefLib files: every ending, and what is no such file."""

import pytest

from ml.evaluation.preflib import BadPrefLib, Order, parse_preflib

NAMES = "# ALTERNATIVE NAME 1: Dust\n# ALTERNATIVE NAME 2: Ice, and gas\n# ALTERNATIVE NAME 3: Light\n"


def test_orders_with_ties_and_counts():
    election = parse_preflib(f"# NUMBER VOTERS: 4\n{NAMES}2: 3,{{1,2}}\n1: 1,2,3\n\n1: {{1, 2, 3}}\n")
    assert election.names == ("Dust", "Ice, and gas", "Light")
    assert election.orders == (
        Order(5, ((2,), (0, 1))),
        Order(5, ((2,), (0, 1))),
        Order(6, ((0,), (1,), (2,))),
        Order(8, ((0, 1, 2),)),
    )


def test_incomplete_and_empty_orders():
    election = parse_preflib(f"{NAMES}1: 2\n1:\n1: {{}},3\n")
    assert [order.groups for order in election.orders] == [((1,),), (), ((2,),)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not name its alternatives"),
        ("# ALTERNATIVE NAME 2: Ice\n1: 2\n", "does not name its alternatives"),
        (f"{NAMES}1: 4\n", "Line 4: an alternative that the file does not name"),
        (f"{NAMES}1: 1,1\n", "Line 4: an alternative stands there twice"),
        (f"{NAMES}1: 0\n", "Line 4: an alternative stands there twice, or is no number"),
        (f"{NAMES}1: 1,{{2\n", "Line 4: not an order"),
        (f"{NAMES}one: 1\n", "Line 4: not an order"),
        (f"{NAMES}1 1,2\n", "Line 4: not an order"),
        (f"{NAMES}1: 1,,2\n", "Line 4: not an order"),
        (f"{NAMES}99999999: 1\n", "more than 100000 voters"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, said):
    with pytest.raises(BadPrefLib, match=said):
        parse_preflib(text)

"""The geometry of charts, in exact numbers."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solicit.web.charts import (
    PLAIN_PAINT,
    WARN_PAINT,
    BarRow,
    Bin,
    Column,
    Interval,
    Tick,
    bar_chart,
    bar_list,
    histogram,
    interval_row,
    share_scale,
    trailing_mean,
)


@dataclass(frozen=True)
class Theme:
    colour: str


def test_bar_chart_places_each_day_on_a_zero_based_scale():
    chart = bar_chart(["1 Sep", "2 Sep", "3 Sep"], [8, 18, 0], [None, 10, 13])

    assert chart.ticks == (
        Tick(20, 0),
        Tick(15, 25),
        Tick(10, 50),
        Tick(5, 75),
        Tick(0, 100),
    )
    assert chart.columns == (
        Column("1 Sep", 8, None, x=1, y=60, width=8, height=40),
        Column("2 Sep", 18, 10, x=11, y=10, width=8, height=90),
        Column("3 Sep", 0, 13, x=21, y=100, width=8, height=0),
    )
    assert chart.mean_path == "M15 50 L25 35"
    assert (chart.width, chart.height) == (30, 100)


def test_bar_chart_breaks_its_line_where_a_mean_is_missing():
    chart = bar_chart(["a", "b", "c", "d"], [1, 1, 1, 1], [1, None, 1, 0])

    assert chart.mean_path == "M5 0 M25 0 L35 100"


def test_bar_chart_scale_covers_a_mean_above_every_bar():
    assert bar_chart(["a"], [3], [7]).ticks[0] == Tick(8, 0)


def test_bar_chart_labels_every_column_of_a_few_and_four_of_many():
    few = bar_chart([str(n) for n in range(12)], [1] * 12)
    many = bar_chart([str(n) for n in range(76)], [1] * 76)

    assert (few.labels_every_column, few.labels) == (True, tuple(str(n) for n in range(12)))
    assert (many.labels_every_column, many.labels) == (False, ("0", "25", "50", "75"))


def test_bar_chart_without_days_has_nothing_to_draw():
    chart = bar_chart([], [], [])

    assert chart.columns == ()
    assert chart.mean_path == ""
    assert chart.ticks == (Tick(1, 0), Tick(0, 100))


@pytest.mark.parametrize(
    ("days", "values", "mean"),
    [(["a"], [1, 2], []), (["a", "b"], [1, 2], [1]), (["a"], [-1], [])],
)
def test_bar_chart_refuses_unequal_lengths_and_negative_values(days, values, mean):
    with pytest.raises(ValueError):
        bar_chart(days, values, mean)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_bar_chart_keeps_bars_inside_and_ticks_few(values):
    chart = bar_chart([str(n) for n in range(len(values))], values)

    assert 2 <= len(chart.ticks) <= 6
    assert chart.ticks[0].value >= max(values)
    assert all(0 <= column.height <= 100 and column.y + column.height == pytest.approx(100) for column in chart.columns)


def test_trailing_mean_waits_for_a_full_window():
    assert trailing_mean([3, 6, 9, 0], window=3) == (None, None, 6, 5)
    assert trailing_mean([1, 2]) == (None, None)


def test_histogram_places_bins_and_mark():
    chart = histogram([0.5, 0.6, 0.7, 0.8, 0.9], [1, 4, 2, 0], mark=0.75)

    assert chart.bins == (
        Bin(0.5, 0.6, 1, x=0, y=75, width=10, height=25),
        Bin(0.6, 0.7, 4, x=10, y=0, width=10, height=100),
        Bin(0.7, 0.8, 2, x=20, y=50, width=10, height=50),
        Bin(0.8, 0.9, 0, x=30, y=100, width=10, height=0),
    )
    assert [tick.value for tick in chart.ticks] == [4, 3, 2, 1, 0]
    assert chart.edges == (0.5, 0.6, 0.7, 0.8, 0.9)
    assert chart.mark_x == 25


def test_histogram_labels_evenly_spaced_edges_of_many():
    assert histogram(range(21), [1] * 20).edges == (0, 4, 8, 12, 16, 20)
    assert histogram(range(14), [1] * 13).edges == (0, 13)


def test_histogram_keeps_a_mark_inside_its_scale():
    assert histogram([0, 1, 2], [1, 1], mark=5).mark_x == 20
    assert histogram([0, 1, 2], [1, 1]).mark_x is None


@pytest.mark.parametrize(
    ("edges", "counts"),
    [([0, 1], []), ([0, 1], [1, 2]), ([0, 1, 3], [1, 1]), ([2, 1, 0], [1, 1]), ([0, 1], [-1])],
)
def test_histogram_refuses_what_it_cannot_draw_truly(edges, counts):
    with pytest.raises(ValueError):
        histogram(edges, counts)


def test_bar_list_shares_one_scale():
    china, italy = bar_list([BarRow("China", 362, "362"), BarRow("Italy", 90.5, "90.5")])

    assert (china.length, italy.length) == (100, 25)
    assert (china.mark, china.paint) == (None, PLAIN_PAINT)


def test_bar_list_scale_covers_marks():
    (share,) = bar_list([BarRow("Station", 18, "18%", mark=25, theme=Theme("station"))])

    assert (share.length, share.mark, share.paint) == (72, 100, "#b04f17")


def test_bar_list_row_may_have_its_own_whole():
    on_time, late = bar_list(
        [
            BarRow("Panel U", 300, "300/400", whole=400, mark=240),
            BarRow("Panel S", 150, "150/300", whole=300, mark=180, behind=True),
        ]
    )

    assert (on_time.length, on_time.mark, on_time.paint) == (75, 60, PLAIN_PAINT)
    assert (late.length, late.mark, late.paint) == (50, 60, WARN_PAINT)


def test_bar_list_of_zeros_draws_no_bar():
    (row,) = bar_list([BarRow("None yet", 0, "0", mark=0)])

    assert (row.length, row.mark) == (0, None)
    assert bar_list([]) == ()


def test_bar_list_refuses_a_negative_value():
    with pytest.raises(ValueError):
        bar_list([BarRow("Odd", -1, "-1")])


def test_interval_row_is_percent_of_its_scale():
    assert interval_row(4.0, 4.4, 4.75, 2.5, 5.0) == Interval(
        low=4.0, mid=4.4, high=4.75, x_low=60, x_mid=76, x_high=90, grid=(20, 60)
    )


def test_interval_row_ends_at_its_scale():
    row = interval_row(0, 3, 9, 1, 5)

    assert (row.x_low, row.x_mid, row.x_high) == (0, 50, 100)
    assert row.grid == (25, 50, 75)


@pytest.mark.parametrize("numbers", [(4, 3, 5, 1, 5), (3, 4, 2, 1, 5), (3, 3, 3, 5, 5)])
def test_interval_row_refuses_disorder(numbers):
    with pytest.raises(ValueError):
        interval_row(*numbers)


def test_remainder_stands_apart_from_the_scale():
    drawn = bar_list([BarRow("China", 26, "26"), BarRow("51 others together", 102, "102", is_apart=True)])
    assert [bar.length for bar in drawn] == [100.0, None]


def test_even_split_stands_in_the_middle_unless_a_share_is_larger():
    assert share_scale([0.3, 0.2], 0.25) == 0.5
    assert share_scale([0.7, 0.3], 0.25) == 0.7
    assert share_scale([], None) is None

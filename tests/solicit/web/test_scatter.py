from hypothesis import given
from hypothesis import strategies as st

from solicit.web.scatter import MOST_RADIUS, free_labels, percent, radius, shortened

PLACES = st.floats(0, 1)
NAMED = st.lists(st.tuples(st.text(min_size=1, max_size=60), st.tuples(PLACES, PLACES)), max_size=12)


def test_corners_of_the_square_stay_inside_the_picture():
    assert (percent((0, 0)), percent((1, 1))) == ((4.0, 4.0), (96.0, 96.0))


def test_the_area_of_a_circle_speaks_for_its_number():
    assert radius(100, 100) == MOST_RADIUS
    assert radius(25, 100) == MOST_RADIUS / 2
    assert radius(0, 0) == 4.0


def test_a_label_that_would_touch_a_more_important_one_is_not_free():
    first, second, third = free_labels([("Icy moons", (0.5, 0.5)), ("Plumes", (0.52, 0.5)), ("Dust", (0.5, 0.8))])

    assert (first.fits_wide, second.fits_wide, third.fits_wide) == (True, False, True)


def test_a_narrow_picture_holds_fewer_labels():
    left, right = free_labels([("Regolith construction", (0.3, 0.5)), ("Partial-gravity health", (0.7, 0.5))])

    assert left.fits_wide and right.fits_wide
    assert not (left.fits_narrow and right.fits_narrow)


def test_long_names_are_cut():
    assert shortened("x" * 41) == "x" * 39 + "…"
    assert shortened("x" * 40) == "x" * 40


@given(NAMED)
def test_free_labels_never_leave_the_picture(named):
    for label in free_labels(named):
        assert 0 <= label.x <= 100 and 0 <= label.y <= 100 and len(label.text) <= 40

import pytest

from solicit.web.pagination import LAST_PAGE, Window, paginate, window_from


@pytest.mark.parametrize("text", [None, "", "0", "-1", "x", "1.5", "٣", "1e3", "9" * 5000, " 2"])
def test_what_is_no_page_number_is_page_one(text):
    assert window_from(text) == Window(1)


def test_page_number_is_bounded():
    assert window_from("3").offset == 100
    assert window_from("9999999").page == LAST_PAGE


def test_pager_names_the_rows_and_its_neighbours():
    pager = paginate(Window(2), 120, lambda page: f"?page={page}")
    assert (pager.first, pager.last, pager.total, pager.pages) == (51, 100, 120, 3)
    assert (pager.prev_url, pager.next_url) == ("?page=1", "?page=3")


def test_empty_list_has_one_page_and_no_neighbours():
    pager = paginate(Window(1), 0, str)
    assert (pager.first, pager.last, pager.pages, pager.prev_url, pager.next_url) == (0, 0, 1, None, None)


def test_page_beyond_the_end_leads_back_to_the_last():
    assert paginate(Window(9), 60, str).prev_url == "2"

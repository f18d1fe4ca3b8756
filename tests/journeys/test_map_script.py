"""The map in a browser: it draws, zooms by keyboard, marks from the list, shows one theme, and opens a question."""

from contextlib import closing
from urllib.parse import urlsplit

import pytest
from builders import make_call
from builders_map import in_scope, make_layout, make_topic
from builders_submissions import label_of
from playwright.sync_api import expect

HOST = "http://localhost"
PIXELS = """() => {
  const canvas = document.querySelector(".map canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1]) sum += 1;
  return sum;
}"""


@pytest.fixture
def map_page(chromium, app, client, session):
    """The page of a call with two topics, answered by the application of this test."""
    call = make_call(session)
    ice, dust = in_scope(session, call, 4), in_scope(session, call, 3, theme="life")
    make_topic(session, call, ice, name="Icy moons")
    make_topic(session, call, dust, name="Living dust")
    make_layout(session, call, {each.id: (place / 7, place % 3 / 3) for place, each in enumerate([*ice, *dust])})
    session.commit()
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, base_url=HOST, reduced_motion="reduce")
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def answer(route):
        parts = urlsplit(route.request.url)
        with app.app_context():  # the browser's turn has a context of its own
            got = client.get(f"{parts.path}?{parts.query}", buffered=True)
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.data)

    with closing(page):
        page.route("**/*", answer)
        page.goto(f"/en/{call.slug}/topics")
        expect(page.locator(".map canvas")).to_be_visible()
        page.wait_for_function(f"() => ({PIXELS})() > 500")
        yield page, call, ice
    assert complaints == []


def test_the_map_is_used_by_keyboard(map_page):
    page, call, ice = map_page
    page.locator(".legend a").last.focus()
    page.keyboard.press("Tab")
    whole = page.evaluate(PIXELS)

    for key in ("+", "+", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)

    expect(page.locator(".tip")).to_be_visible()
    said = page.locator("[data-said]").inner_text()
    assert said.startswith("Q-") and "What is question number" in said
    assert page.evaluate(PIXELS) != whole
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/Q-*")


def test_the_list_marks_and_the_legend_shows_one_theme(map_page):
    page, call, ice = map_page
    before = page.evaluate(PIXELS)

    page.locator("li[data-topic] a").first.focus()
    page.wait_for_function(f"(before) => ({PIXELS})() !== before", arg=before)
    legend = page.locator(".legend a").first
    legend.press(" ")

    expect(legend).to_have_attribute("aria-pressed", "true")
    expect(page.locator("li[data-topic]:visible")).to_have_count(1)
    assert page.url.endswith("?theme=space")
    assert page.get_by_role("link", name="CSV").get_attribute("href").endswith("/topics.csv?theme=space")
    legend.press("Enter")
    expect(page.locator("li[data-topic]:visible")).to_have_count(2)


def test_a_press_opens_the_nearest_question_and_a_drag_does_not(map_page):
    page, call, ice = map_page
    box = page.locator(".map canvas").bounding_box()
    x, y = (box[start] + box[size] * 0.04 for start, size in (("x", "width"), ("y", "height")))

    page.mouse.move(x + 200, y + 100)
    page.mouse.down()
    page.mouse.move(x + 100, y + 50, steps=4)
    page.mouse.up()
    assert page.url.endswith("/topics")
    page.mouse.click(x + 3, y + 3)

    page.wait_for_url(f"**/questions/{label_of(ice[0])}")

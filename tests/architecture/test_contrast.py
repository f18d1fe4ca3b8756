"""The colours of static/css/site.css, measured as WCAG 2.2 measures them."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/site.css").read_text(encoding="utf-8")
DARK_RULES = (':root:not([data-scheme="light"])', ':root[data-scheme="dark"]')
TEXT = 4.5
CONTROL = 3.0

THEMES = ("space", "life", "nature", "station")
TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("bg", "surface", "sunken", "info-bg")),
    *((text, ground) for text in ("ink", "accent") for ground in ("ok-bg", "warn-bg", "bad-bg")),
    *((tone, f"{tone}-bg") for tone in ("ok", "warn", "bad")),
    *(("bad", ground) for ground in ("bg", "surface")),
    *((theme, ground) for theme in THEMES for ground in ("bg", "surface", "sunken")),
    ("accent-hover", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-masthead", "masthead"),
    ("masthead-muted", "masthead"),
    ("on-call", "call"),
    ("on-call", "call-hover"),
]
CONTROL_PAIRS = [
    *(("control", ground) for ground in ("bg", "surface", "sunken")),
    *(("focus", ground) for ground in ("bg", "surface", "sunken", "info-bg", "warn-bg")),
    ("bad", "bg"),
    ("call", "masthead"),
    ("masthead-mark", "masthead"),
]


def colours(selector: str) -> dict[str, str]:
    """The custom properties of a rule that are colours, by name."""
    body = CSS.partition(selector + " {")[2].partition("}")[0]
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", body))


LIGHT = colours(":root")
SCHEMES = {"light": LIGHT, "dark": LIGHT | colours(DARK_RULES[0])}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white_is_the_formulas_end():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_contrast_of_muted_on_sunken_is_the_guides_number():
    assert contrast(LIGHT["muted"], LIGHT["sunken"]) == pytest.approx(6.1, abs=0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out(scheme, text, ground):
    assert contrast(SCHEMES[scheme][text], SCHEMES[scheme][ground]) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "ground"), CONTROL_PAIRS)
def test_control_edge_stands_out(scheme, edge, ground):
    assert contrast(SCHEMES[scheme][edge], SCHEMES[scheme][ground]) >= CONTROL


def test_dark_colours_are_the_same_by_system_and_by_choice():
    by_system, by_choice = (colours(rule) for rule in DARK_RULES)

    assert by_system == by_choice
    assert len(by_system) > 20


def test_colours_have_names():
    """A colour outside the first section would escape the measurement."""
    rest = CSS.partition("/* 2 Base")[2].partition("/* 18 Print")[0]

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rest) == []

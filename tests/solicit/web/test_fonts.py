"""Fonts: what no font of the machine has is replaced or refused, before a document is set."""

import pytest

from solicit.web import fonts
from solicit.web.fonts import MissingFonts, missing_fonts, showable


def test_text_in_every_script_of_the_site_is_left_as_it_is():
    text = "What? 月球上的水从哪里来? Откуда вода? من أين جاء الماء؟ ¿De dónde?\n\t\u2068"
    assert showable(text) == text


def test_a_symbol_that_no_font_has_is_replaced():
    assert showable("Moon \ue000 and \U000f0000") == "Moon \ufffd and \ufffd"


def test_letters_that_no_font_has_are_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(fonts, "_font_files", tuple)
    with pytest.raises(MissingFonts) as refused:
        showable("水 Ж")
    assert str(refused.value) == (
        "No font of the server has these letters: Cjk, Cyrillic. Whoever runs the server installs the package "
        "fonts-noto-cjk, fonts-noto-core (Debian and Ubuntu) and starts it again."
    )


def test_scripts_are_named_by_the_package_that_brings_them():
    assert missing_fonts("ع").params == {"scripts": "Arabic", "packages": "fonts-noto-core"}

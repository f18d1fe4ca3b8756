"""What in a text would tell its readers who wrote it."""

import pytest

from solicit.submissions.service.self_naming import named_phrases


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ada Lovelace", "As Lovelace showed", ("Lovelace",)),
        ("Ada Lovelace", "ADA LOVELACE and others", ("ADA LOVELACE",)),
        ("José Peña", "the work of jose pena", ("jose pena",)),
        ("Jose Pena", "the work of José Pen\u0303a", ("José Pen\u0303a",)),
        ("Zoë Müller-Lüdenscheidt", "Lüdenscheidt found it", ("Lüdenscheidt",)),
        ("Łukasz Żółć", "by ŁUKASZ", ("ŁUKASZ",)),
        ("Straße Weiß", "as STRASSE said", ("STRASSE",)),
        ("王小明", "我们(王小明等)发现", ("王小明",)),
        ("ليلى الحسن", "كما قالت ليلى الحسن هنا", ("ليلى الحسن",)),
        ("Наталья Иванова", "работа Ивановой и Наталья", ("Наталья",)),
        ("Nguyễn Thị Minh Khai", "Nguyen proposed it", ("Nguyen",)),
        ("김민준", "김민준은 말했다", ("김민준",)),
        ("Ada Li", "The list of adaptive lines", ()),
        ("May Day", "It may rain by day", ()),
        ("Adam Star", "Adamant stars", ()),
        ("", "Nothing is named here", ()),
        ("?", "Is there anything?", ()),
    ],
)
def test_names_are_found_as_words_of_their_own(name, text, found):
    assert named_phrases(text, names=[name]) == found


def test_affiliations_addresses_and_identifiers_are_found():
    text = "At the University of Nairobi (write to ada@uonbi.ac.ke, 0000-0002-1825-0097) we ask: Nairobi?"
    found = named_phrases(text, names=["Ada Example"], affiliations=["University of Nairobi"])
    assert found == ("University of Nairobi", "ada@uonbi.ac.ke", "0000-0002-1825-0097", "Nairobi")


@pytest.mark.parametrize(
    ("affiliation", "text"),
    [
        ("Institute of Space Research", "Space is large, and research on it is young."),
        ("Лунный институт", "Какой институт нужен?"),
        ("中国科学院", "科学研究在中国"),
        ("Moon Station Group", "A station on the Moon"),
        ("Institute for Energy and Climate Research", "Which energy moves the climate of Venus?"),
    ],
)
def test_common_words_of_affiliations_name_nobody(affiliation, text):
    assert named_phrases(text, names=[], affiliations=[affiliation]) == ()


def test_a_long_text_is_searched_quickly_and_whole():
    text = "a@" * 25_000 + " Lovelace"
    assert named_phrases(text, names=["Ada Lovelace"] * 20)[-1] == "Lovelace"

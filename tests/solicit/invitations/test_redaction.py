"""Statements of fit are read without what gives the person away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solicit.invitations.queries.redaction import Revealing, names_person, redacted


@pytest.mark.parametrize(
    ("name", "said", "read"),
    [
        ("Grace Murray", "Grace Murray built it; Dr Murray led.", "[…] built it; Dr […] led."),
        ("Grace Murray", "MURRAY, G. and G. Murray", "[…] and […]"),
        ("Grace Murray", "A murrayfield of graceful orbits.", "A murrayfield of graceful orbits."),
        ("J. R. R. Tolkien", "J. R. R. Tolkien and Tolkien J.R.R. wrote.", "[…] and […] wrote."),
        ("José Muñoz", "Jose MUNOZ and Muñoz, José", "[…] and […]"),
        ("Wei Li", "Li knows weights and life; li is lower.", "[…] knows weights and life; li is lower."),
        ("李明华", "李明华在火星工作，明华是专家。", "[…]在火星工作，[…]是专家。"),
        ("欧阳明华", "欧阳明华与明华", "[…]与[…]"),
        ("أحمد زويل", "قاد أحمد زويل الفريق، وأحمد معه", "قاد […] الفريق، […] معه"),
        ("Мария Иванова", "Мария ИВАНОВА вела проект.", "[…] вела проект."),
    ],
)
def test_name_is_hidden_in_every_script(name, said, read):
    assert redacted(said, Revealing(name=name)) == read


@pytest.mark.parametrize(
    ("known", "said", "read"),
    [
        (dict(country="KE"), "A Kenyan team in Kenya, au Kenya.", "A […] team in […], au […]."),
        (dict(country="FR"), "The French part, from France; der Frank.", "The […] part, from […]; der Frank."),
        (dict(country="CN"), "来自中国。A Chinese lab in Китай.", "来自[…]。A […] lab in […]."),
        (dict(country="GB"), "A Scottish lab in the United Kingdom.", "A […] lab in the […]."),
        (dict(institutions=("Institute of Waves",)), "Institute of Waves, an institute.", "[…], an institute."),
        (dict(institutions=("北京大学",)), "在北京大学教书", "在[…]教书"),
        (dict(orcid="0000-0002-1825-0097"), "0000-0002-1825-0097 or 0000000218250097.", "[…] or […]."),
        (
            dict(email="g.murray@waves.example"),
            "Write to g.murray@waves.example or waves.example",
            "Write to […] or […]",
        ),
        (dict(), "See https://murray.example/cv and www.murray.example", "See […] and […]"),
    ],
)
def test_what_belongs_to_the_person_is_hidden(known, said, read):
    assert redacted(said, Revealing(name="Xu Yz", **known)) == read


def test_mark_does_not_tell_how_many_names_there_are():
    assert redacted("Ana Bela Costa", Revealing(name="Ana Bela Costa")) == redacted("Costa", Revealing(name="A Costa"))


def test_short_name_inside_a_word_is_no_leak():
    assert not names_person("Knows weight budgets of rovers.", full_name="Wei Li", email="wei@example.org")


@given(st.text(max_size=60), st.text(min_size=1, max_size=20), st.text(max_size=60))
def test_text_without_the_name_is_kept_and_the_name_is_not(before, name, after):
    """Whatever is typed, reading it breaks nothing; a long word of letters that is the name is gone."""
    redacted(f"{before} {name} {after}", Revealing(name=name, email=f"{name}@example.org", country="KE"))
    assert "Zqxjk" not in redacted(f"{before} Zqxjk {after}", Revealing(name="Zqxjk"))

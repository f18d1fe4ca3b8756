"""The words of the reasons."""

import pytest

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.reasons import why_in_words
from solicit.invitations.queries.words import LimitName

NAMES = {2: "Ben", 3: "Cleo"}


def named(name):
    return LimitName(name.partition(":")[2] or name, False)


def words(is_chosen, *, price, extra_breach=0, leaves=(), enters=(), **more):
    why = {"price": price, "extra_breach": extra_breach, "leaves": list(leaves), "enters": list(enters)} | more
    found = why_in_words(SelectionCandidate(is_chosen=is_chosen, why=why), NAMES, named, sees_budget=True)
    told = " ".join(sentence.text % {key: shown(value) for key, value in sentence.params.items()} for sentence in found)
    return told.replace("\u2068", "").replace("\u2069", "")


def shown(value):
    return value.text if isinstance(value, LimitName) else getattr(value, "amount", value)


@pytest.mark.parametrize(
    ("said", "is_chosen", "why"),
    [
        (
            "Without this person the result would lose 7 points. Ben would come instead.",
            True,
            dict(price=7, enters=[2]),
        ),
        (
            "With this person the result would lose 7 points. Ben, Cleo would have to leave.",
            False,
            dict(price=7, leaves=[2, 3]),
        ),
        ("Without this person no selection keeps the limits.", True, dict(price=None, extra_breach=None)),
        ("With this person no selection keeps the limits.", False, dict(price=None, extra_breach=None)),
        ("Without this person a limit with a price would be missed by more.", True, dict(price=-3, extra_breach=5)),
        ("With this person a limit with a price would be missed by more.", False, dict(price=-3, extra_breach=5)),
        ("Only the rule brings this person in; without it the result would gain 4 points.", True, dict(price=-4)),
        ("Only the rule keeps this person out; without it the result would gain 4 points.", False, dict(price=-4)),
        (
            "Worth the same with or without this person; the order of ties, fixed beforehand, decided. "
            "Cleo would come instead.",
            True,
            dict(price=0, enters=[3]),
        ),
        (
            "With this person the result would lose 7 points. No room within the limit “Europe”. "
            "Chosen with 8 points more merit.",
            False,
            dict(price=7, limits=["seats", "region:Europe"], merit_gain=8),
        ),
        (
            "With this person the result would lose 7 points. The budget does not reach. "
            "Chosen at a cost lower by 9900.",
            False,
            dict(price=7, limits=["budget"], cost_cut_cents=9900),
        ),
        (
            "With this person the result would lose 7 points. The budget does not reach. "
            "Chosen with 8 points more merit, or at a cost lower by 9900.",
            False,
            dict(price=7, limits=["budget"], merit_gain=8, cost_cut_cents=9900),
        ),
        (
            "Without this person the result would lose 7 points. Others who are worth more cost too much.",
            True,
            dict(price=7, limits=["budget", "seats"]),
        ),
        (
            "Without this person the result would lose 7 points. Needed for the limit “Africa”."
            " If this person declines, Cleo would come next.",
            True,
            dict(price=7, limits=["region:Africa"], substitutes=[3]),
        ),
        (
            "Without this person fewer of those who were selected before would stay.",
            True,
            dict(price=-3, kept_lost=1),
        ),
    ],
)
def test_reason_is_a_sentence(said, is_chosen, why):
    assert words(is_chosen, **why) == said


def test_reason_about_somebody_hidden_is_not_told():
    assert words(True, price=7, enters=[2, 99]) == "The reason is about somebody who is not shown to you."
    assert words(False, price=7, leaves=[99], merit_gain=8) == "The reason is about somebody who is not shown to you."


def test_cost_that_depends_on_somebody_hidden_is_not_told():
    why = {"price": 0, "extra_breach": 0, "leaves": [], "enters": [], "limits": ["budget"], "cost_cut_cents": 9900}
    found = why_in_words(SelectionCandidate(is_chosen=False, why=why), NAMES, named, sees_budget=False)
    assert [sentence.params for sentence in found] == [{}, {}]


def test_no_reason_was_worked_out():
    assert why_in_words(SelectionCandidate(is_chosen=False, why={}), NAMES, named, sees_budget=True) == ()


@pytest.mark.parametrize("limit", ["gender:woman", "youth:young", "cap:gender:man"])
def test_what_people_say_of_themselves_is_not_a_reason_beside_a_name(limit):
    assert words(True, price=7, limits=[limit]) == "Without this person the result would lose 7 points."


def test_hidden_substitute_is_not_named():
    assert words(True, price=7, substitutes=[99]) == "Without this person the result would lose 7 points."


@pytest.mark.parametrize("why", [{}, {"is_asked": True}])
def test_reason_that_is_waited_for_is_not_told(why):
    assert why_in_words(SelectionCandidate(is_chosen=True, why=why), NAMES, named, sees_budget=True) == ()


def test_solver_that_stopped_is_told():
    (sentence,) = why_in_words(
        SelectionCandidate(is_chosen=True, why={"is_unknown": True}), NAMES, named, sees_budget=True
    )
    assert sentence.text == "The solver stopped before it found the reason."

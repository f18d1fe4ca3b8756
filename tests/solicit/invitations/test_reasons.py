"""The words of the reasons."""

import pytest

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.candidate_rows import why_in_words

NAMES = {2: "Ben", 3: "Cleo"}


def words(is_chosen, *, price, extra_breach=0, leaves=(), enters=()):
    why = {"price": price, "extra_breach": extra_breach, "leaves": list(leaves), "enters": list(enters)}
    found = why_in_words(SelectionCandidate(is_chosen=is_chosen, why=why), NAMES)
    return " ".join(sentence.text % sentence.params for sentence in found)


@pytest.mark.parametrize(
    ("said", "is_chosen", "why"),
    [
        ("Without this person the result would lose 7. Instead would come: Ben.", True, dict(price=7, enters=[2])),
        (
            "With this person the result would lose 7. Would have to leave: Ben, Cleo.",
            False,
            dict(price=7, leaves=[2, 3]),
        ),
        ("Without this person no selection keeps the limits.", True, dict(price=None, extra_breach=None)),
        ("With this person no selection keeps the limits.", False, dict(price=None, extra_breach=None)),
        ("Without this person a limit with a price would be missed by more.", True, dict(price=-3, extra_breach=5)),
        ("With this person a limit with a price would be missed by more.", False, dict(price=-3, extra_breach=5)),
        ("Only the rule brings this person in; without it the result would gain 4.", True, dict(price=-4)),
        ("Only the rule keeps this person out; without it the result would gain 4.", False, dict(price=-4)),
        (
            "Worth the same with or without this person; the order of ties, fixed beforehand, decided. "
            "Instead would come: Cleo.",
            True,
            dict(price=0, enters=[3]),
        ),
    ],
)
def test_reason_is_a_sentence(said, is_chosen, why):
    assert words(is_chosen, **why) == said


def test_nobody_hidden_is_named_or_counted():
    assert words(True, price=7, enters=[2, 99]) == "Without this person the result would lose 7."


def test_no_reason_was_worked_out():
    assert why_in_words(SelectionCandidate(is_chosen=False, why={}), NAMES) == ()

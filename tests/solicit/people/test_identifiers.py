"""Identifiers with check digits: right ones are kept in one form, wrong ones are refused with what to do."""

import csv
import re
from pathlib import Path

import pytest

from solicit.people.service.identifiers import BadIdentifier, orcid_of, ror_of

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
RIGHT = ("0000-0002-1825-0097", "0000-0002-1694-233X")


def shared(name: str) -> list[dict[str, str]]:
    if not (SHARED / name).exists():
        pytest.skip(f"No shared data beside the checkout: {name}")
    with (SHARED / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("typed", ["{}", " https://orcid.org/{} ", "http://orcid.org/{}"])
@pytest.mark.parametrize("orcid", RIGHT)
def test_orcid_is_kept_in_one_form(orcid, typed):
    assert orcid_of(typed.format(orcid)) == orcid
    assert orcid_of(typed.format(orcid.replace("-", "").lower())) == orcid


def test_every_other_last_sign_of_an_orcid_is_refused():
    for orcid in RIGHT:
        for last in set("0123456789X") - {orcid[-1]}:
            with pytest.raises(BadIdentifier, match="wrong check digit"):
                orcid_of(orcid[:-1] + last)


@pytest.mark.parametrize("typed", ["", "0000", "٠٠٠٠-0002-1825-0097", "0000-0002-1825-0097\n0", "0" * 10_000])
def test_what_is_no_orcid_is_refused(typed):
    with pytest.raises(BadIdentifier, match="Enter an ORCID"):
        orcid_of(typed)


def test_orcids_of_the_sample_are_told_apart():
    for row in shared("F_reference/orcid_examples.csv"):
        if row["expected"] == "valid":
            assert orcid_of(row["orcid"]) == row["orcid"]
        else:
            with pytest.raises(BadIdentifier):
                orcid_of(row["orcid"])


@pytest.mark.parametrize("typed", ["013meh722", "https://ror.org/013meh722", " ror.org/013MEH722"])
def test_ror_is_kept_in_one_form(typed):
    assert ror_of(typed) == "013meh722"


@pytest.mark.parametrize("typed", ["013meh723", "013mhe722", "113meh722", "013meh72", "https://evil.example/013meh722"])
def test_wrong_ror_is_refused(typed):
    with pytest.raises(BadIdentifier):
        ror_of(typed)


def test_every_ror_of_the_sample_is_right():
    rows = shared("E_selection/ror_affiliation_to_id.csv")
    found = [ror for row in rows for ror in re.findall(r"ror\.org/\w{9}", row["ror_ids"] or "")]
    assert len(found) > 2_000
    assert all(ror.endswith(ror_of(ror)) for ror in found)

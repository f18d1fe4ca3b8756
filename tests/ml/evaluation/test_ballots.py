"""Orders by several methods: known answers, and the ten science teams of 1973."""

from pathlib import Path

import numpy as np
import pytest

from ml.evaluation.__main__ import main
from ml.evaluation.ballots import ballot_lines, count, places_by
from ml.evaluation.preflib import parse_preflib

NASA = Path(__file__).parents[4] / "shared/data/D_ranking/preflib/00003-nasa/00003-00000001.toc"
# METHODS.md section 5, D7: the capital of Tennessee.
CAPITAL = """# ALTERNATIVE NAME 1: Memphis
# ALTERNATIVE NAME 2: Nashville
# ALTERNATIVE NAME 3: Chattanooga
# ALTERNATIVE NAME 4: Knoxville
42: 1,2,3,4
26: 2,3,4,1
15: 3,4,2,1
17: 4,3,2,1
"""


def test_the_capital_of_tennessee():
    results = count(parse_preflib(CAPITAL), k=2)
    assert dict(zip(results.names, results.borda.tolist(), strict=True)) == {
        "Nashville": 194,
        "Chattanooga": 173,
        "Memphis": 126,
        "Knoxville": 107,
    }
    assert results.names[results.condorcet_winner] == "Nashville"
    assert [results.names[n] for n in results.kemeny] == ["Nashville", "Chattanooga", "Knoxville", "Memphis"]
    assert (results.n_agreements, results.n_preferences) == (393, 600)


def test_what_a_voter_left_out_comes_below():
    names = "".join(f"# ALTERNATIVE NAME {n}: {n}\n" for n in (1, 2, 3))
    partial, whole = (count(parse_preflib(f"{names}1: {order}\n")) for order in ("2", "2,{1,3}"))
    assert partial.borda.tolist() == whole.borda.tolist() == [0.5, 2.0, 0.5]


def test_equal_scores_share_a_place():
    assert places_by(np.array([3.0, 5.0, 3.0, np.nan])).tolist() == [2, 1, 2, 4]


def test_the_command_prints_the_table_and_says_what_is_wrong(tmp_path, capsys):
    file = tmp_path / "capital.soc"
    file.write_text(CAPITAL)
    assert main(["ballots", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "Condorcet winner: Nashville" in printed and "agrees with 393 of 600" in printed
    assert main(["ballots", str(tmp_path / "none.soc")]) == 1
    assert main(["ballots"]) == 2
    file.write_text("no such thing")
    assert main(["ballots", str(file)]) == 1
    assert "not an order" in capsys.readouterr().err


@pytest.mark.skipif(not NASA.exists(), reason=f"the ballots of ten science teams are not in {NASA.parent}")
def test_ten_science_teams_agree_little_and_on_the_first_three_by_every_method():
    results = count(parse_preflib(NASA.read_text()))
    first = {"Trajectory 22", "Trajectory 25", "Trajectory 27"}
    for score in (results.plackett_luce, results.borda):
        assert {results.names[n] for n in np.argsort(-score)[:3]} == first
    assert {results.names[n] for n in results.kemeny[:3]} == first
    assert results.names[results.condorcet_winner] == "Trajectory 22"
    assert results.kendall_w == pytest.approx(0.299, abs=5e-4)
    sensitive = [name for name, depends in zip(results.names, results.is_sensitive, strict=True) if depends]
    assert sensitive == ["Trajectory 9", "Trajectory 30"]
    assert len(list(ballot_lines(NASA))) == 6 + 32

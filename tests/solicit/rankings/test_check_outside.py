"""What leaves the house, checked by docs/verify_round.py: exactly the commands that the documentation names."""

import subprocess
import sys
from pathlib import Path

import pytest
from builders_panels import ask, force_state, make_later_round, rate
from builders_rankings import Judged

from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.panels.commands import audit_commands
from solicit.panels.models import Criterion
from solicit.panels.service import rounds
from solicit.panels.states import Activity, Confidence
from solicit.rankings.commands import rank as rank_command

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "verify_round.py"


@pytest.fixture
def judged(session) -> Judged:
    return Judged(session, state=CallState.CLOSED)


@pytest.fixture
def run(app, session):
    """The output of a command, which must succeed."""

    def invoke(command, *words) -> str:
        answer = app.test_cli_runner().invoke(command, [*map(str, words)])
        assert answer.exit_code == 0, answer.output
        return answer.output.strip()

    return invoke


def check(*words) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-I", SCRIPT, *words], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def score_again(session, judged: Judged, values: dict[tuple[int, int], int]) -> int:
    """A second round in which these panelists (by number) change their ratings of these questions."""
    questions = [judged.questions[n] for n in sorted({n for _, n in values})]
    round_id = make_later_round(session, judged.round_id, Activity.SCORING, questions)
    first = session.query(Criterion).filter_by(round_id=judged.round_id).order_by(Criterion.position)
    for criterion in first:
        same = {name: getattr(criterion, name) for name in ("key", "position", "name", "question", "low", "high")}
        session.add(Criterion(round_id=round_id, weight=criterion.weight, **same))
    session.flush()
    for (n_person, n_question), value in values.items():
        rate(
            session, ask(session, round_id, judged.panel, judged.people[n_person], judged.questions[n_question]), value
        )
    rounds.close_round(session, round_id=round_id, actor_id=None, now=utcnow())
    return round_id


def test_a_series_that_scored_again_holds_outside(session, judged, run, tmp_path):
    judged.score_all()
    force_state(session, judged.round_id, "closed")
    second_id = score_again(session, judged, {(0, 2): 5, (1, 2): 1, (4, 3): 2})
    run_id = judged.freeze()
    session.commit()
    first, second = tmp_path / "first", tmp_path / "second"
    run(rank_command, "--export", run_id, first)
    keys = run(audit_commands, "export", judged.round_id, first), run(audit_commands, "export", second_id, second)

    assert check(first, keys[0], second, keys[1]) == (0, "Everything holds.\n")
    status, said = check(first, keys[0])
    assert status == 0 and said.splitlines()[1:] == [
        "Seals and ratings were not compared: that takes all 2 rounds of scoring."
    ]
    ratings = (first / "ratings.csv").read_text()
    label = f"Q-{judged.questions[2].number}"
    (first / "ratings.csv").write_text(ratings.replace(f",{label},5.0\n", f",{label},4.0\n", 1))
    assert check(first, keys[0], second, keys[1])[0] == 1


def test_a_design_that_falls_apart_holds_outside(session, run, tmp_path):
    judged = Judged(session, n_questions=8, n_panelists=6, state=CallState.CLOSED)
    for n_person in range(6):
        for n_question in range(8):
            if n_person // 3 == n_question // 4:
                judged.score(n_person, n_question, 1 + (n_question + n_person % 2) % 5)
    judged.score(0, 7, 1, confidence=Confidence.OUTSIDE)
    run_id = judged.freeze()
    session.commit()
    assert {row.component for row in judged.rows(run_id)} == {0, 1}
    run(rank_command, "--export", run_id, tmp_path)
    key = run(audit_commands, "export", judged.round_id, tmp_path)

    assert check(tmp_path, key) == (0, "Everything holds.\n")

"""Ballots from paper: all or nothing, once or twice, and what cannot be taken by its line."""

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders_panels import force_state, make_read_question, seat
from builders_voting import make_balloting

from solicit.audit.models import AuditEvent
from solicit.panels.commands.ballots import ballot_commands
from solicit.panels.models import ChainLink, RoundQuestion
from solicit.panels.queries.voting.results import ballots_of
from solicit.panels.states import BallotState, ChainAct, Pick

NASA = Path(__file__).parents[5] / "shared/data/D_ranking/preflib/00003-nasa/00003-00000001.toc"


@pytest.fixture
def voting(session):
    return make_balloting(session)


@pytest.fixture
def run(app, voting, tmp_path):
    def run(rows, *options, header=("panelist", "question", "place"), round_id=None):
        file = tmp_path / "paper.csv"
        with file.open("w", newline="") as handle:
            csv.writer(handle).writerows([header, *rows])
        return invoke(app, round_id or voting.round_id, file, *options)

    return run


def invoke(app, round_id, file, *options):
    return app.test_cli_runner().invoke(ballot_commands, ["import", str(round_id), str(file), *options])


def row(voting, n_person, n_question, place) -> tuple:
    return voting.people[n_person].email, f"Q-{voting.questions[n_question].number}", place


def paper(voting) -> list[tuple]:
    return [
        row(voting, 0, 0, 1),
        row(voting, 0, 1, 2),
        row(voting, 0, 2, ""),
        row(voting, 1, 2, 1),
        row(voting, 1, 0, 1),
    ]


def test_a_dry_run_says_what_would_change_and_changes_nothing(voting, run):
    answer = run(paper(voting), "--dry-run")
    assert answer.exit_code == 0 and "2  ballots can be handed in" in answer.output
    assert voting.ballot() is None


def test_ballots_are_handed_in_sealed_and_audited(voting, run, session):
    answer = run(paper(voting))
    assert answer.exit_code == 0 and "2  ballots handed in" in answer.output
    assert voting.places() == {0: 1, 1: 2}
    assert voting.places(voting.people[1]) == {0: 1, 2: 1}
    assert voting.ballot().state is BallotState.SUBMITTED
    assert session.scalars(sa.select(ChainLink.act)).all() == [ChainAct.CAST] * 2
    events = sa.select(AuditEvent.act).where(AuditEvent.subject.in_(("ballot", "round"))).order_by(AuditEvent.id)
    acts = session.scalars(events).all()
    assert acts[-3:] == ["submit_ballot", "submit_ballot", "import_ballots"]


def test_twice_changes_nothing_and_another_order_replaces_the_first(voting, run, session):
    run(paper(voting))
    again = run(paper(voting))
    assert "0  ballots handed in" in again.output and "2  are in the round as they are" in again.output
    changed = run([row(voting, 0, 0, 2), row(voting, 0, 1, 1)])
    assert "1  submitted ones changed" in changed.output
    assert voting.places() == {0: 2, 1: 1}
    acts = session.scalars(sa.select(ChainLink.act).order_by(ChainLink.seq)).all()
    assert acts == [ChainAct.CAST, ChainAct.CAST, ChainAct.VOID, ChainAct.CAST]


def test_every_line_that_cannot_be_taken_is_named_and_nothing_is_kept(voting, run, session):
    voting.conflict(voting.people[1], voting.questions[1])
    elsewhere = make_read_question(session, voting.call)
    rows = [
        row(voting, 0, 0, 1),
        ("nobody@example.org", f"Q-{voting.questions[0].number}", 1),
        (voting.person.email, "Q-999999", 1),
        (voting.person.email, f"Q-{elsewhere.number}", 1),
        (voting.person.email, "the first one", 1),
        row(voting, 0, 1, "first"),
        row(voting, 0, 2, 0),
        row(voting, 0, 0, 2),
        row(voting, 1, 1, 1),
    ]
    answer = run(rows)
    assert answer.exit_code == 2
    assert [line for n in range(2, 11) for line in (f"line {n}:",) if line in answer.output] == [
        f"line {n}:" for n in range(3, 11)
    ]
    assert "has a seat for this round" in answer.output and "is no place" in answer.output
    assert "8 lines cannot be taken. Nothing was imported." in answer.output
    assert voting.ballot() is None


def test_one_place_only_is_no_ballot_and_takes_the_others_with_it(voting, run):
    answer = run([*paper(voting)[3:], row(voting, 0, 0, 1)])
    assert answer.exit_code == 2 and "at least two questions" in answer.output
    assert voting.ballot() is None and voting.ballot(voting.people[1]) is None


@pytest.mark.parametrize("state", ["draft", "closed", "frozen"])
def test_only_an_open_round_takes_ballots(voting, run, session, state):
    force_state(session, voting.round_id, state)
    assert run(paper(voting)).exit_code == 2
    assert voting.ballot() is None


def test_a_round_of_something_else_is_refused(voting, run):
    for round_id in (voting.first_id, 10**9):
        answer = run(paper(voting), round_id=round_id)
        assert answer.exit_code == 2 and "no round of ranked ballots" in answer.output


def test_the_statement_comes_first_on_paper_too(voting, run, session):
    newcomer = seat(session, voting.call, voting.panel, accepts=False)
    labels = [f"Q-{question.number}" for question in voting.questions]
    answer = run([(newcomer.email, labels[0], 1), (newcomer.email, labels[1], 2)])
    assert answer.exit_code == 2 and "statement of confidentiality" in answer.output


@pytest.mark.parametrize("header", [("panelist", "question"), ("who", "what", "place"), ("",)])
def test_a_file_without_the_columns_is_refused(voting, run, header):
    assert run([], header=header).exit_code == 2


def test_preflib_files_need_to_say_who_and_what_is_meant(app, voting, tmp_path):
    file = tmp_path / "paper.toc"
    file.write_text(
        "# ALTERNATIVE NAME 1: Dust\n# ALTERNATIVE NAME 2: Ice\n# ALTERNATIVE NAME 3: Gas\n1: 2,{1,3}\n1: 1,3,2\n"
    )
    answer = invoke(app, voting.round_id, file)
    assert answer.exit_code == 2 and "needs --names" in answer.output
    names = tmp_path / "names.csv"
    labels = [f"Q-{question.number}" for question in voting.questions]
    meant = [*zip(("Dust", "Ice", "Gas"), labels, strict=False)]
    meant += [(f"voter {n}", person.email) for n, person in enumerate(voting.people, 1)]
    with names.open("w", newline="") as handle:
        csv.writer(handle).writerows([("name", "stands_for"), *meant])
    assert invoke(app, voting.round_id, file, "--names", str(names)).exit_code == 0
    assert voting.places() == {1: 1, 0: 2, 2: 2}
    assert voting.places(voting.people[1]) == {0: 1, 2: 2, 1: 3}
    file.write_text("# ALTERNATIVE NAME 1: Dust\n1: 2,{1\n")
    assert "Line 2" in invoke(app, voting.round_id, file, "--names", str(names)).output


@pytest.mark.skipif(not NASA.exists(), reason=f"the ballots of ten science teams are not in {NASA.parent}")
def test_ten_science_teams_over_32_trajectories_come_in_as_they_voted(app, session, tmp_path):
    voting = make_balloting(session, n_questions=32, n_people=10)
    names = tmp_path / "names.csv"
    meant = [(f"Trajectory {n}", f"Q-{question.number}") for n, question in enumerate(voting.questions, 1)]
    meant += [(f"voter {n}", person.email) for n, person in enumerate(voting.people, 1)]
    with names.open("w", newline="") as handle:
        csv.writer(handle).writerows([("name", "stands_for"), *meant])

    answer = invoke(app, voting.round_id, NASA, "--names", str(names))

    assert answer.exit_code == 0 and "10  ballots handed in" in answer.output
    ballots = ballots_of(session, first_id=voting.first_id)
    assert [len(ballot.places) for ballot in ballots] == [32] * 10
    last = {question.id: n for n, question in enumerate(voting.questions, 1)}
    tenth = next(ballot for ballot in ballots if ballot.person_id == voting.people[9].id)
    assert sorted(last[id_] for id_, place in tenth.places if place == 2) == [9, 12, 20]
    assert session.scalar(sa.select(sa.func.count()).select_from(RoundQuestion)) == 32
    assert {pick for (pick,) in session.execute(sa.select(RoundQuestion.pick))} == {Pick.CHOSEN}

"""What scoring again changed: known values before and after, and what is not told."""

import pytest
from builders import make_call
from builders_panels import ask, force_state, make_later_round, make_panel, make_read_question, make_round, rate, seat
from builders_submissions import label_of

from solicit.clock import utcnow
from solicit.panels.models import Criterion, Round
from solicit.panels.queries.discussion.moves import moves
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.service.conflicts import declare_conflict
from solicit.panels.states import Activity, Pick

BEFORE = {"moved": (1, 2, 5, 5), "kept": (4, 4, 4, 4), "few": (1, 5)}
AFTER = {"moved": (3, 3, 5, 3), "kept": (4, 4, 4, 5), "few": (3, 3)}


class Again:
    """Four panelists score three questions, read the feedback and score them again."""

    def __init__(self, session):
        self.session = session
        self.call = make_call(session)
        panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, panel) for _ in range(4)]
        self.viewer = seat(session, self.call, panel, is_chair=True)
        self.questions = {name: make_read_question(session, self.call) for name in BEFORE}
        self.first_id = make_round(session, self.call, state="open")
        self.first = self._score(self.first_id, panel, BEFORE)
        force_state(session, self.first_id, "closed")
        self.round_id = make_later_round(
            session, self.first_id, Activity.SCORING, self.questions.values(), pick=Pick.CONTESTED
        )
        for criterion in criteria_of(session, round_id=self.first_id):
            values = {name: value for name, value in vars(criterion).items() if name != "id"}
            session.add(Criterion(round_id=self.round_id, position=criterion.id, **values))
        session.flush()
        self.again = self._score(self.round_id, panel, AFTER)
        force_state(session, self.round_id, "closed")

    def _score(self, round_id, panel, scores) -> dict:
        asked = {}
        for name, values in scores.items():
            for person, value in zip(self.people, values, strict=False):
                asked[name, person.id] = ask(self.session, round_id, panel, person, self.questions[name])
                rate(self.session, asked[name, person.id], value)
        return asked

    def moves(self):
        return moves(
            self.session, call=self.call, round_id=self.round_id, first_id=self.first_id, viewer_id=self.viewer.id
        )

    def row(self, name: str):
        label = label_of(self.questions[name])
        return next(row for row in self.moves().rows if row.label == label)


@pytest.fixture
def again(session) -> Again:
    return Again(session)


def test_moves_tell_the_middle_before_and_after(again):
    row = again.row("moved")
    assert (row.n_raters, row.n_moved, row.median_before, row.median_after) == (4, 3, 3.5, 3.0)
    assert (row.spread_before, row.spread_after) == (3.25, 0.5)
    assert (row.is_settled, row.is_agreed, row.is_split) == (False, True, False)


def test_question_that_hardly_moved_is_settled(again):
    row = again.row("kept")
    assert (row.n_moved, row.is_settled, row.is_agreed) == (1, True, True)


def test_fewer_than_three_raters_are_not_told(again):
    row = again.row("few")
    assert (row.n_raters, row.n_moved, row.median_before, row.median_after, row.is_agreed) == (
        2,
        None,
        None,
        None,
        False,
    )


def test_conformity_counts_changes_towards_the_middle_shown(again):
    # 1 -> 3 and 2 -> 3 came nearer to 3.5, 5 -> 3 too; 4 -> 5 went away from 4; 1 -> 3 and 5 -> 3 reached 3.
    found = again.moves()
    assert (found.conformity, found.n_settled) == (5 / 6, 1)


def test_open_round_tells_nothing(again, session):
    force_state(session, again.round_id, "open")
    found = again.moves()
    assert ([row.n_raters for row in found.rows], found.conformity) == ([0, 0, 0], None)


def test_conflict_takes_a_rater_out(again, session):
    assignment = again.again["moved", again.people[2].id]
    declare_conflict(
        session, assignment_id=assignment.id, person_id=again.people[2].id, reason="My group.", now=utcnow()
    )
    assert again.row("moved").n_raters == 3


def test_viewer_in_conflict_does_not_see_the_question(again, session):
    hidden = again.questions["moved"]
    wrote = make_read_question(session, again.call, authors=(again.viewer,))
    assert label_of(wrote) not in {row.label for row in again.moves().rows}
    assert label_of(hidden) in {row.label for row in again.moves().rows}


def test_moves_of_three_rounds_compare_with_the_one_before(again, session):
    third = make_later_round(session, again.first_id, Activity.SCORING, [again.questions["kept"]])
    session.get(Round, third)
    for criterion in criteria_of(session, round_id=again.first_id):
        values = {name: value for name, value in vars(criterion).items() if name != "id"}
        session.add(Criterion(round_id=third, position=criterion.id, **values))
    session.flush()
    panel = make_panel(session, again.call)
    for person, value in zip(again.people, (4, 4, 4, 2), strict=True):
        rate(session, ask(session, third, panel, person, again.questions["kept"]), value)
    force_state(session, third, "closed")
    about = dict(call=again.call, round_id=third, first_id=again.first_id, viewer_id=again.viewer.id)
    (row,) = moves(session, **about).rows
    assert (row.n_moved, row.median_before, row.median_after) == (1, 4.0, 4.0)

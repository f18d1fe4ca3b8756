"""Staged scoring: nobody chooses a batch, and what is stored says how it came about."""

from collections import Counter

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import add_submission, make_panel, make_read_question, make_round, rate, seat

from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.mail.models import OutboxMail
from solicit.panels import tasks
from solicit.panels.models import Assignment, AssignmentProposal, Review, Round
from solicit.panels.queries.stages import stages_page
from solicit.panels.service import assign, rounds
from solicit.panels.states import AssignmentState, Confidence, ProposalState

N_QUESTIONS, EACH = 10, 3


class Staged:
    """An open staged round of ten questions, each read once so far by one of eight panelists."""

    def __init__(self, session):
        self.session = session
        self.call = make_call(session)
        panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, panel) for _ in range(8)]
        self.questions = [make_read_question(session, self.call) for _ in range(N_QUESTIONS)]
        self.round_id = make_round(session, self.call, is_staged=True, reviews_per_question=EACH)
        proposal_id = assign.propose_assignment(session, round_id=self.round_id, actor_id=None, now=utcnow(), seed=1)
        assign.deploy_proposal(session, proposal_id=proposal_id, actor_id=None, now=utcnow())
        rounds.open_round(session, round_id=self.round_id, actor_id=None, now=utcnow())

    def assignments(self, *states) -> list[Assignment]:
        wanted = sa.select(Assignment).where(Assignment.round_id == self.round_id).order_by(Assignment.id)
        return list(self.session.scalars(wanted.where(Assignment.state.in_(states)) if states else wanted))

    def rate_all(self) -> None:
        """Later questions are better."""
        place = {question.id: n for n, question in enumerate(self.questions)}
        for each in self.assignments(AssignmentState.ASSIGNED):
            rate(self.session, each, 1 + place[each.question_id] * 5 // N_QUESTIONS)

    def next(self, **values) -> AssignmentProposal | None:
        found = assign.next_batch(self.session, round_id=self.round_id, now=utcnow(), seed=9, **values)
        return self.session.get_one(AssignmentProposal, found) if found else None

    def recall(self, question, person, **values) -> None:
        said = dict(label=f"Q-{question.number}", reason="It was read by somebody of another field altogether.")
        who = dict(round_id=self.round_id, person_id=person.id, now=utcnow())
        assign.recall_question(self.session, **who, **said | values)


@pytest.fixture
def staged(session):
    return Staged(session)


def test_the_first_stage_asks_for_one_rating_each(staged):
    assert Counter(each.question_id for each in staged.assignments()) == {q.id: 1 for q in staged.questions}
    assert {each.stage for each in staged.assignments()} == {1}
    assert staged.session.get_one(Round, staged.round_id).stage == 1


def test_nothing_comes_before_the_first_stage_is_done_unless_somebody_goes_on(staged):
    assert staged.next() is None
    proposal = staged.next(go_on=True, actor_id=staged.people[0].id)
    assert proposal.stage == 2 and proposal.proposed_by_id == staged.people[0].id


def test_batches_follow_each_other_until_the_ratings_of_the_round_are_spent(staged):
    made = []
    while len(made) < 30:
        staged.rate_all()
        if (proposal := staged.next()) is None:
            break
        made.append(proposal)
    stages = [proposal.stage for proposal in made]
    assert stages == sorted(stages) and set(stages) == {2, 3}
    assert all(proposal.state is ProposalState.DEPLOYED for proposal in made)
    assert len(staged.assignments()) == N_QUESTIONS * EACH
    pairs = [(each.question_id, each.person_id) for each in staged.assignments()]
    assert len(set(pairs)) == len(pairs)
    assert all(0 <= share <= 1 for proposal in made for share in proposal.parameters["overlap"].values())


def test_one_in_ten_is_drawn_at_random(staged):
    staged.rate_all()
    proposal = staged.next()
    new = [each for each in staged.assignments() if each.stage == 2]
    assert len(new) == proposal.parameters["n_ratings"] == 5
    # Half of one rating rounds up.
    assert sum(each.is_random for each in new) == 1


def test_the_same_seed_gives_the_same_batch(staged):
    staged.rate_all()
    with staged.session.begin_nested() as savepoint:
        first = staged.next().summary
        savepoint.rollback()
    staged.session.expire_all()
    assert staged.next().summary == first


def test_a_question_without_a_rating_is_asked_again_before_the_second_stage(staged):
    first = staged.assignments()[0]
    given = first.question_id, first.person_id
    rate(staged.session, first, [None] * 3, confidence=Confidence.OUTSIDE)
    staged.rate_all()
    proposal = staged.next()
    assert proposal.stage == 1
    (again,) = staged.assignments(AssignmentState.ASSIGNED)
    assert (again.question_id, again.stage) == (given[0], 1) and again.person_id != given[1]


def test_whoever_has_nothing_left_gets_a_letter_with_each_batch(staged):
    staged.rate_all()
    before = staged.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail))
    staged.next()
    asked = {each.person_id for each in staged.assignments(AssignmentState.ASSIGNED)}
    told = staged.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id).offset(before)).all()
    assert {mail.person_id for mail in told} == asked
    assert all(mail.params["is_staged"] for mail in told)


def test_two_panelists_with_reasons_bring_a_question_back(staged):
    staged.rate_all()
    lowest = staged.questions[0]
    staged.recall(lowest, staged.people[0])
    staged.recall(lowest, staged.people[1])
    proposal = staged.next()
    assert proposal.parameters["recalled"] == [lowest.id]
    assert lowest.id in {each.question_id for each in staged.assignments(AssignmentState.ASSIGNED)}
    staged.rate_all()
    assert staged.next().parameters["recalled"] == []


def test_who_turns_out_to_be_in_conflict_brings_nothing_back(staged):
    staged.rate_all()
    for person in staged.people[:2]:
        staged.recall(staged.questions[0], person)
    add_submission(staged.session, staged.questions[0], authors=(staged.people[0],))
    assert staged.next().parameters["recalled"] == []


def test_one_panelist_brings_nothing_back(staged):
    staged.rate_all()
    staged.recall(staged.questions[0], staged.people[0])
    assert staged.next().parameters["recalled"] == []


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"reason": "Too short."}, Refused, "30 characters"),
        ({"label": "Q-99999"}, Refused, "No question"),
        ({"label": "nonsense"}, Refused, "No question"),
        ({"person_id": 10**9}, NotFound, "find"),
    ],
)
def test_a_recall_that_makes_no_sense_is_refused(staged, values, error, words):
    who = dict(round_id=staged.round_id, person_id=staged.people[0].id, now=utcnow())
    said = dict(label=f"Q-{staged.questions[0].number}", reason="It was read by somebody of another field.")
    with pytest.raises(error, match=words):
        assign.recall_question(staged.session, **who | said | values)


def test_a_recall_is_made_once_and_while_the_round_is_open(staged):
    staged.recall(staged.questions[0], staged.people[0])
    with pytest.raises(Conflict, match="already"):
        staged.recall(staged.questions[0], staged.people[0])
    rounds.close_round(staged.session, round_id=staged.round_id, actor_id=None, now=utcnow())
    with pytest.raises(Closed):
        staged.recall(staged.questions[1], staged.people[0])
    with pytest.raises(Closed):
        staged.next()


def test_the_page_counts_batches_and_where_ratings_went(staged):
    staged.rate_all()
    staged.next()
    view = stages_page(staged.session, call=staged.call, round_id=staged.round_id)
    assert [(row.stage, row.n_asked, row.n_done) for row in view.batches] == [(1, 10, 10), (2, 5, 0)]
    assert view.spread == (0, 5, 5) and view.n_undone == 5
    assert [len(each.shares) for each in view.overlaps] == [1]


def test_the_clock_makes_batches_and_closes_rounds(staged, app):
    staged.rate_all()
    staged.session.commit()
    tasks.next_batches(timestamp=0)
    assert len(staged.assignments(AssignmentState.ASSIGNED)) == 5
    tasks.keep_dates(timestamp=0)
    assert staged.session.get_one(Round, staged.round_id).stage == 2
    assert staged.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 10

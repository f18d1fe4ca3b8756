"""A ranked ballot: its steps, its draft, its seal, and what a conflict takes from it."""

import pytest
import sqlalchemy as sa
from builders_panels import force_state, make_read_question
from builders_voting import make_balloting
from hypothesis import given
from hypothesis import strategies as st

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, Refused
from solicit.panels.models import ChainLink, RoundQuestion, VoteVersion
from solicit.panels.queries.chain import check_chain
from solicit.panels.queries.stored_votes import round_chain
from solicit.panels.queries.voting.ballots import place_groups
from solicit.panels.service.chain import seal_move
from solicit.panels.service.voting.ballot import (
    DOWN,
    IN,
    OUT,
    TIE,
    TOP,
    UP,
    arranged,
    numbered,
    save_ballot,
    submit_ballot,
    take_back,
)
from solicit.panels.states import BallotState, ChainAct, Pick

ORDER = {1: 1, 2: 2, 3: 2, 4: 3}


@pytest.mark.parametrize(
    ("act", "question_id", "groups"),
    [
        (UP, 1, [[1], [2, 3], [4]]),
        (UP, 2, [[1], [2], [3], [4]]),
        (UP, 4, [[1], [4], [2, 3]]),
        (DOWN, 1, [[2, 3], [1], [4]]),
        (DOWN, 3, [[1], [2], [3], [4]]),
        (DOWN, 4, [[1], [2, 3], [4]]),
        (TOP, 3, [[3], [1], [2], [4]]),
        (TIE, 1, [[1], [2, 3], [4]]),
        (TIE, 2, [[1, 2], [3], [4]]),
        (TIE, 4, [[1], [2, 3, 4]]),
        (OUT, 2, [[1], [3], [4]]),
        (OUT, 1, [[2, 3], [4]]),
        (IN, 5, [[1], [2, 3], [4], [5]]),
        (IN, 1, [[1], [2, 3], [4]]),
        (UP, 5, [[1], [2, 3], [4]]),
        (OUT, 5, [[1], [2, 3], [4]]),
    ],
)
def test_one_step_moves_one_question(act, question_id, groups):
    assert arranged(ORDER, act=act, question_id=question_id) == numbered(groups)


places = st.dictionaries(st.integers(1, 12), st.integers(1, 12), max_size=12)
steps = st.lists(st.tuples(st.sampled_from((UP, DOWN, TOP, TIE, OUT, IN)), st.integers(1, 12)), max_size=20)


@given(places, steps)
def test_whatever_is_pressed_places_have_no_gaps_and_only_out_loses_one(places, steps):
    current = dict(places)
    for act, question_id in steps:
        after = arranged(current, act=act, question_id=question_id)
        assert sorted(set(after.values())) == list(range(1, len(set(after.values())) + 1))
        assert set(after) == (set(current) - {question_id} if act == OUT else set(current) | set(after))
        assert set(after) - set(current) <= ({question_id} if act == IN else set())
        current = after


@given(places)
def test_up_and_down_undo_each_other_for_what_stands_alone(places):
    groups = place_groups(places)
    order = numbered(groups)
    for above, here in zip(groups, groups[1:], strict=False):
        if len(here) == 1 and len(above) == 1:
            up = arranged(order, act=UP, question_id=here[0])
            assert arranged(up, act=DOWN, question_id=here[0]) == order


@pytest.fixture
def voting(session):
    return make_balloting(session)


def ids(voting, places) -> dict[int, int]:
    return {voting.questions[n].id: place for n, place in places.items()}


def what(voting, person=None) -> dict:
    person = person or voting.person
    return dict(round_id=voting.round_id, theme_id=voting.theme_id, person_id=person.id, now=utcnow())


def save(voting, places, version, person=None) -> int:
    return save_ballot(voting.session, places=ids(voting, places), version=version, **what(voting, person))


def submit(voting, places, version, person=None) -> int:
    return submit_ballot(voting.session, places=ids(voting, places), version=version, **what(voting, person))


def acts(session) -> list[ChainAct]:
    return list(session.scalars(sa.select(ChainLink.act).order_by(ChainLink.seq)))


def test_a_draft_is_kept_without_a_seal(voting, session):
    assert save(voting, {0: 2, 1: 1}, 0) == 1
    assert voting.places() == {0: 2, 1: 1}
    assert voting.ballot().state is BallotState.DRAFT
    assert acts(session) == []


def test_gaps_close_and_ties_stay(voting):
    save(voting, {0: 5, 1: 2, 2: 5}, 0)
    assert voting.places() == {1: 1, 0: 2, 2: 2}


def test_a_submitted_order_is_audited_and_sealed_with_its_labels(voting, session):
    submit(voting, {0: 1, 1: 2, 2: 2}, 0)
    assert session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "ballot")).all() == ["submit_ballot"]
    content = session.scalars(sa.select(VoteVersion.content)).one()
    labels = [f"Q-{question.number}" for question in voting.questions]
    assert content == {"theme": "space", "places": {labels[0]: 1, labels[1]: 2, labels[2]: 2}}


def test_another_window_is_told(voting):
    save(voting, {0: 1, 1: 2}, 0)
    with pytest.raises(Conflict):
        save(voting, {1: 1, 0: 2}, 0)
    assert voting.places() == {0: 1, 1: 2}


@pytest.mark.parametrize("places", [{}, {0: 1}])
def test_an_order_of_fewer_than_two_is_no_order(voting, places):
    with pytest.raises(Refused, match="at least two"):
        submit(voting, places, 0)


def test_a_submitted_order_changes_only_after_it_is_taken_back(voting, session):
    submit(voting, {0: 1, 1: 2}, 0)
    with pytest.raises(Refused, match="Take it back"):
        save(voting, {1: 1, 0: 2}, 1)
    take_back(session, **what(voting))
    take_back(session, **what(voting))
    assert voting.ballot().state is BallotState.DRAFT
    submit(voting, {1: 1, 0: 2}, 2)
    assert acts(session) == [ChainAct.CAST, ChainAct.VOID, ChainAct.CAST]
    assert voting.places() == {1: 1, 0: 2}


def test_only_questions_of_the_round_and_theme_that_they_may_judge(voting, session):
    other_theme = make_read_question(session, voting.call, theme="life")
    session.add(RoundQuestion(round_id=voting.round_id, question_id=other_theme.id, pick=Pick.CHOSEN))
    elsewhere = make_read_question(session, voting.call)
    voting.conflict(voting.person, voting.questions[0])
    for question in (other_theme, elsewhere, voting.questions[0]):
        with pytest.raises(Refused, match="no longer on your list"):
            save_ballot(session, places={question.id: 1}, version=0, **what(voting))


def test_nothing_is_taken_after_the_close(voting, session):
    submit(voting, {0: 1, 1: 2}, 0)
    force_state(session, voting.round_id, "closed")
    for act in (save, submit):
        with pytest.raises(Closed):
            act(voting, {0: 1, 1: 2}, 1)
    with pytest.raises(Closed):
        take_back(session, **what(voting))


def test_the_chain_holds_through_orders_that_were_taken_back(voting, session):
    seal_move(session, round_id=voting.round_id, act=ChainAct.OPEN, now=utcnow())
    submit(voting, {0: 1, 1: 2, 2: 2}, 0)
    submit(voting, {0: 1, 1: 2}, 0, voting.people[1])
    take_back(session, **what(voting))
    save(voting, {0: 1}, 2)
    take_back(session, **what(voting, voting.people[1]))
    submit(voting, {1: 1, 0: 2}, 2, voting.people[1])
    assert check_chain(round_chain(session, round_id=voting.round_id)).faults == []


def test_a_place_in_conflict_goes_with_the_next_save(voting, session):
    save(voting, {0: 1, 1: 2, 2: 3}, 0)
    voting.conflict(voting.person, voting.questions[0])
    save(voting, {1: 1, 2: 2}, 1)
    assert voting.places() == {1: 1, 2: 2}

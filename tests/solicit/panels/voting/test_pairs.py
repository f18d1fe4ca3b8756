"""Which pairs a panelist is offered, and what becomes of a choice."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_person
from builders_panels import ask, compare, force_state, make_panel, make_read_question, rate, seat
from builders_voting import make_comparing

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, NotFound
from solicit.panels.models import ChainLink, Round, RoundQuestion, ThemeExpertise, VoteVersion
from solicit.panels.queries.chain import check_chain
from solicit.panels.queries.stored_votes import round_chain
from solicit.panels.queries.voting.posterior import shortlists
from solicit.panels.service import seats
from solicit.panels.service.chain import seal_move
from solicit.panels.service.review import StatementNotAccepted
from solicit.panels.service.voting.compare import judge_pair, undo_choice
from solicit.panels.service.voting.pairs import BATCH, offer_pairs
from solicit.panels.states import ChainAct, ComparisonState, ConflictState, Expertise, Pick, Preference


@pytest.fixture
def voting(session):
    return make_comparing(session)


def offer(voting, person=None, **values):
    person = person or voting.person
    return offer_pairs(voting.session, round_id=voting.round_id, person_id=person.id, now=utcnow(), **values)


def judge(voting, row, preference=Preference.LEFT, reason="", person=None):
    person = person or voting.person
    return judge_pair(
        voting.session, comparison_id=row.id, person_id=person.id, preference=preference, reason=reason, now=utcnow()
    )


def undo(voting, row):
    return undo_choice(voting.session, comparison_id=row.id, person_id=voting.person.id, now=utcnow())


def sides(rows) -> list[frozenset[int]]:
    return [frozenset((row.left_id, row.right_id)) for row in rows]


def judge_all(voting) -> None:
    """Everything that one panelist may be offered."""
    while offer(voting).n_new:
        for row in voting.pairs():
            if row.state is ComparisonState.OFFERED:
                judge(voting, row)


def test_a_batch_is_offered_once_and_the_next_one_when_it_is_judged(session):
    voting = make_comparing(session, n_questions=8)
    assert offer(voting).n_new == BATCH
    assert offer(voting).n_new == 0
    for row in voting.pairs():
        judge(voting, row)
    assert offer(voting).n_new == BATCH
    rows = voting.pairs()
    assert [row.batch for row in rows] == [1] * BATCH + [2] * BATCH
    assert len(set(sides(rows))) == 2 * BATCH


def test_no_pair_comes_twice_and_no_more_than_the_round_asks_for(session):
    voting = make_comparing(session, n_questions=5, pairs_per_panelist=7)
    judge_all(voting)
    rows = voting.pairs()
    assert len(rows) == 7 and len(set(sides(rows))) == 7


def test_all_pairs_of_a_small_list_are_offered_and_then_none(voting):
    voting.session.execute(sa.update(Round).values(pairs_per_panelist=60))
    judge_all(voting)
    assert len(voting.pairs()) == 10


def test_the_same_state_gives_the_same_pairs(session):
    voting = make_comparing(session, n_questions=8)
    savepoint = session.begin_nested()
    offer(voting)
    first = [(row.left_id, row.right_id, row.is_random) for row in voting.pairs()]
    savepoint.rollback()
    offer(voting)
    assert [(row.left_id, row.right_id, row.is_random) for row in voting.pairs()] == first
    offer(voting, voting.people[1])
    assert [(row.left_id, row.right_id, row.is_random) for row in voting.pairs(voting.people[1])] != first


@pytest.mark.parametrize("state", [ConflictState.CONFIRMED, ConflictState.SUSPECTED])
def test_no_pair_has_a_question_in_conflict(voting, state):
    voting.conflict(voting.person, voting.questions[0], state)
    judge_all(voting)
    offered = frozenset().union(*sides(voting.pairs()))
    assert offered == {question.id for question in voting.questions[1:]}


def test_a_dismissed_suspicion_keeps_nothing_away(voting):
    voting.conflict(voting.person, voting.questions[0], ConflictState.DISMISSED)
    judge_all(voting)
    assert voting.questions[0].id in frozenset().union(*sides(voting.pairs()))


def test_authors_are_never_offered_their_own_question(voting):
    author = seat(voting.session, voting.call, voting.panel)
    own = make_read_question(voting.session, voting.call, authors=(author,))
    voting.session.add(RoundQuestion(round_id=voting.round_id, question_id=own.id, pick=Pick.CHOSEN))
    offer(voting, author)
    assert own.id not in frozenset().union(*sides(voting.pairs(author)))


def test_only_languages_that_they_read_and_themes_that_they_can_judge(session):
    voting = make_comparing(session, n_questions=4)
    voting.questions[0].language = "zh"
    others = [make_read_question(session, voting.call, theme="life") for _ in range(3)]
    session.add_all(RoundQuestion(round_id=voting.round_id, question_id=q.id, pick=Pick.CHOSEN) for q in others)
    session.add(ThemeExpertise(person_id=voting.person.id, theme_id=others[0].theme_id, level=Expertise.NONE))
    judge_all(voting)
    assert frozenset().union(*sides(voting.pairs())) == {question.id for question in voting.questions[1:]}


def test_both_of_a_pair_are_of_one_theme_and_themes_take_turns(session):
    voting = make_comparing(session, n_questions=5)
    others = [make_read_question(session, voting.call, theme="life") for _ in range(5)]
    session.add_all(RoundQuestion(round_id=voting.round_id, question_id=q.id, pick=Pick.CHOSEN) for q in others)
    judge_all(voting)
    themes = {question.id: question.theme_id for question in voting.questions + others}
    rows = voting.pairs()
    assert all(themes[row.left_id] == themes[row.right_id] == row.theme_id for row in rows)
    assert {row.theme_id for row in rows if row.batch == 1} != {row.theme_id for row in rows if row.batch == 2}


def test_what_is_settled_is_offered_no_more(session):
    voting = make_comparing(session, n_questions=3, n_people=30)
    a, b, c = voting.questions
    for person in voting.people[1:]:
        for better, worse in ((a, b), (b, c), (a, c)):
            compare(session, voting.round_id, person, better, worse, Preference.LEFT)
    found = offer(voting)
    assert (found.n_new, found.is_settled) == (0, True)


def test_ratings_of_the_series_are_the_prior(session):
    voting = make_comparing(session, n_questions=4, n_people=3)
    session.execute(sa.update(Round).where(Round.id == voting.first_id).values(state="open"))
    for person in voting.people:
        for value, question in zip((1, 2, 4, 5), voting.questions, strict=True):
            rate(session, ask(session, voting.first_id, voting.panel, person, question), value)
    session.execute(sa.update(Round).where(Round.id == voting.first_id).values(state="closed"))
    _, lists = shortlists(session, round_id=voting.round_id)
    (found,) = lists.values()
    by_id = dict(zip(found.question_ids, found.posterior.value, strict=True))
    values = [by_id[question.id] for question in voting.questions]
    assert values == sorted(values) and np.ptp(values) > 2


def test_a_choice_is_kept_audited_and_sealed(voting, session):
    offer(voting)
    row = voting.pairs()[0]
    assert judge(voting, row, Preference.RIGHT) == voting.round_id
    row = voting.pairs()[0]
    assert (row.state, row.preference, row.reason) == (ComparisonState.JUDGED, Preference.RIGHT, "")
    assert session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "comparison")).all() == ["judge_pair"]
    version = session.scalars(sa.select(VoteVersion)).one()
    assert (version.vote_id, version.content["preference"]) == (row.id, "right")


def test_only_undecided_keeps_a_reason(voting):
    offer(voting)
    first, second, *_ = voting.pairs()
    judge(voting, first, Preference.UNDECIDED, "Too different")
    judge(voting, second, Preference.EQUAL, "A slip of the pen")
    assert [row.reason for row in voting.pairs()[:2]] == ["Too different", ""]


def test_the_same_choice_twice_is_one_vote_and_another_one_is_refused(voting, session):
    offer(voting)
    row = voting.pairs()[0]
    judge(voting, row)
    judge(voting, row)
    with pytest.raises(Conflict):
        judge(voting, row, Preference.RIGHT)
    assert voting.pairs()[0].preference is Preference.LEFT
    assert session.scalar(sa.select(sa.func.count()).select_from(VoteVersion)) == 1


def test_an_undone_choice_is_offered_again_and_the_chain_says_so(voting, session):
    offer(voting)
    row = voting.pairs()[0]
    judge(voting, row)
    undo(voting, row)
    undo(voting, row)
    row = voting.pairs()[0]
    assert (row.state, row.preference, row.judged_at) == (ComparisonState.OFFERED, None, None)
    judge(voting, row, Preference.RIGHT)
    acts = session.scalars(sa.select(ChainLink.act).order_by(ChainLink.seq)).all()
    assert acts == [ChainAct.CAST, ChainAct.VOID, ChainAct.CAST]


@pytest.mark.parametrize("state", ["closed", "frozen"])
def test_nothing_is_taken_after_the_close(voting, state):
    offer(voting)
    row, other, *_ = voting.pairs()
    judge(voting, other)
    force_state(voting.session, voting.round_id, state)
    with pytest.raises(Closed):
        judge(voting, row)
    with pytest.raises(Closed):
        undo(voting, other)
    with pytest.raises(Closed):
        offer(voting)


def test_the_announced_close_holds_even_if_nobody_closed_the_round(voting, session):
    offer(voting)
    session.execute(sa.update(Round).where(Round.id == voting.round_id).values(closes_at=utcnow()))
    with pytest.raises(Closed):
        judge(voting, voting.pairs()[0])


def test_nobody_judges_for_another_or_without_a_seat_or_the_statement(voting, session):
    offer(voting)
    row = voting.pairs()[0]
    with pytest.raises(NotFound):
        judge(voting, row, person=voting.people[1])
    with pytest.raises(NotFound):
        offer(voting, make_person(session))
    newcomer = seat(session, voting.call, voting.panel, accepts=False)
    with pytest.raises(StatementNotAccepted):
        offer(voting, newcomer)
    seats.unseat_panelist(
        session, call=voting.call, panel_id=voting.panel.id, person_id=voting.person.id, actor_id=None, now=utcnow()
    )
    with pytest.raises(NotFound):
        judge(voting, row)


def test_a_conflict_found_later_takes_the_pair_away(voting):
    offer(voting)
    row = voting.pairs()[0]
    voting.conflict(voting.person, voting.session.get_one(type(voting.questions[0]), row.left_id))
    with pytest.raises(NotFound):
        judge(voting, row)


def test_a_voided_pair_is_not_offered_again(voting, session):
    offer(voting)
    voided = voting.pairs()[0]
    voided.state = ComparisonState.VOIDED
    session.flush()
    judge_all(voting)
    assert sides(voting.pairs()).count(frozenset((voided.left_id, voided.right_id))) == 1


def test_the_chain_holds_through_choices_and_undone_ones(session):
    voting = make_comparing(session)
    seal_move(session, round_id=voting.round_id, act=ChainAct.OPEN, now=utcnow())
    offer(voting)
    first, second, third, *_ = voting.pairs()
    judge(voting, first)
    judge(voting, second, Preference.UNDECIDED, "Too different")
    judge(voting, third, Preference.EQUAL)
    undo(voting, second)
    undo(voting, first)
    judge(voting, first, Preference.RIGHT)
    assert check_chain(round_chain(session, round_id=voting.round_id)).faults == []


def test_a_panel_s_own_round_is_for_its_panelists_only(session):
    voting = make_comparing(session)
    outsider = seat(session, voting.call, make_panel(session, voting.call))
    session.execute(sa.update(Round).where(Round.id == voting.round_id).values(panel_id=voting.panel.id))
    assert offer(voting).n_new == BATCH
    with pytest.raises(NotFound):
        offer(voting, outsider)

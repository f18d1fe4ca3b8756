"""The page of two cards: doors, blindness, doubles, the way through."""

import pytest
import sqlalchemy as sa
from browser import without_token
from builders import make_organizer, make_person, sign_in
from builders_panels import compare, force_state, make_read_question, seat
from builders_voting import make_comparing

from solicit.clock import utcnow
from solicit.panels.models import Comparison, Round
from solicit.panels.states import ComparisonState, Preference
from solicit.questions.models import Redaction

AUTHOR = dict(full_name="Zebedee Canaryson", affiliation="Canary Institute", country="NZ")


@pytest.fixture
def voting(session, client):
    voting = make_comparing(session, instruction="Which would change our understanding more?")
    voting.organizer = make_organizer(session, voting.call)
    sign_in(client, session, voting.person)
    return voting


@pytest.fixture
def started(voting, client):
    """The first batch is offered."""
    client.post(voting.address("pairs"), data={"round": voting.round_id})
    return voting


def address(voting, row, more="") -> str:
    return voting.address(f"pairs/{row.id}{more}")


def test_the_first_page_says_what_is_asked_and_offers_nothing_by_itself(voting, client):
    page = client.get(voting.address("pairs"))
    assert page.status_code == 200
    assert "Which would change our understanding more?" in page.text and "Start comparing" in page.text
    assert voting.pairs() == []


def test_two_cards_are_compared_and_the_next_two_come(started, client):
    page = client.get(started.address("pairs"))
    row = started.pairs()[0]
    titles = {question.id: question.title for question in started.questions}
    assert page.text.index(titles[row.left_id]) < page.text.index(titles[row.right_id])
    assert "0 of 10 comparisons done" in page.text
    answer = client.post(address(started, row), data={"preference": "left"})
    assert (answer.status_code, answer.location) == (303, started.address(f"pairs?round={started.round_id}"))
    page = client.get(answer.location)
    assert "1 of 10 comparisons done" in page.text and "Your last choices" in page.text
    assert address(started, started.pairs()[1]) in page.text


def test_undecided_needs_a_reason(started, client):
    row = started.pairs()[0]
    page = client.post(address(started, row), data={"preference": "undecided"})
    assert page.status_code == 422 and "Say why you cannot decide" in page.text and "<title>Error:" in page.text
    data = {"preference": "undecided", "reason": "Too different"}
    assert client.post(address(started, row), data=data).status_code == 303
    assert "Not decided" in client.get(started.address("pairs")).text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"preference": "A"},
        {"preference": ""},
        {"preference": "undecided", "reason": "x" * 501},
        {"preference": "\0"},
    ],
)
def test_what_is_no_answer_is_refused_and_changes_nothing(started, client, data):
    row = started.pairs()[0]
    assert client.post(address(started, row), data=data).status_code == 422
    assert started.pairs()[0].state is ComparisonState.OFFERED


def test_a_double_click_is_one_vote_and_the_back_button_changes_none(started, client):
    row = started.pairs()[0]
    for _ in range(2):
        assert client.post(address(started, row), data={"preference": "left"}).status_code == 303
    page = client.post(address(started, row), data={"preference": "right"})
    assert page.status_code == 409 and "judged this pair already" in page.text
    assert started.pairs()[0].preference is Preference.LEFT


def test_the_last_choice_is_undone_once_however_often_it_is_pressed(started, client):
    first, second, *_ = started.pairs()
    for row in (first, second):
        client.post(address(started, row), data={"preference": "left"})
    page = client.get(started.address("pairs"))
    assert address(started, second, "/undo") in page.text
    for _ in range(2):
        assert client.post(address(started, second, "/undo")).status_code == 303
    states = [row.state for row in started.pairs()[:2]]
    assert states == [ComparisonState.JUDGED, ComparisonState.OFFERED]


def test_all_pairs_compared_says_so(started, client, session):
    while waiting := [row for row in started.pairs() if row.state is ComparisonState.OFFERED]:
        client.post(address(started, waiting[0]), data={"preference": "equal"})
    page = client.get(started.address("pairs"))
    assert "You have compared all your pairs" in page.text and "10 of 10" in page.text


def test_a_settled_order_says_so_and_offers_nothing(session, client):
    voting = make_comparing(session, n_questions=3, n_people=30)
    a, b, c = voting.questions
    for person in voting.people[1:]:
        for better, worse in ((a, b), (b, c), (a, c)):
            compare(session, voting.round_id, person, better, worse, Preference.LEFT)
    sign_in(client, session, voting.person)
    answer = client.post(voting.address("pairs"), data={"round": voting.round_id})
    page = client.get(answer.location)
    assert "The order is settled: nothing more to compare" in page.text and "Start comparing" not in page.text


def test_after_the_close_the_page_says_so_and_nothing_is_saved(started, client):
    row = started.pairs()[0]
    force_state(started.session, started.round_id, "closed")
    page = client.post(address(started, row), data={"preference": "left"})
    assert page.status_code == 409 and "closed" in page.text and started.organizer.email in page.text
    assert started.pairs()[0].state is ComparisonState.OFFERED
    assert client.post(started.address("pairs"), data={"round": started.round_id}).status_code == 409


def test_pairs_of_others_and_numbers_of_none_are_missing_alike(started, client, session):
    theirs = compare(session, started.round_id, started.people[1], *started.questions[:2], None)
    answers = [
        client.post(started.address(f"pairs/{number}"), data={"preference": "left"})
        for number in (theirs.id, 10**9, 0, 2**63)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert without_token(answers[0].text) == without_token(answers[1].text)
    assert session.get(Comparison, theirs.id, populate_existing=True).state is ComparisonState.OFFERED


@pytest.mark.parametrize("number", ["", "x", "0", str(2**70)])
def test_more_pairs_of_no_round_are_refused(voting, client, number):
    assert client.post(voting.address("pairs"), data={"round": number}).status_code in (404, 422)
    assert client.post(voting.address("pairs"), data={"round": 10**9}).status_code in (404, 409)


def test_a_conflict_takes_the_pair_from_the_page_and_the_door(started, client, session):
    row = started.pairs()[0]
    started.conflict(started.person, next(q for q in started.questions if q.id == row.left_id))
    assert client.post(address(started, row), data={"preference": "left"}).status_code == 404
    page = client.get(started.address("pairs"))
    gone = next(question.title for question in started.questions if question.id == row.left_id)
    assert page.status_code == 200 and gone not in page.text


def test_nothing_of_authors_or_of_other_votes_is_on_the_page(started, client, session):
    client.get(started.address("pairs"))
    before = without_token(client.get(started.address("pairs")).text)
    for left, right in zip(started.questions, started.questions[1:], strict=False):
        compare(session, started.round_id, started.people[1], left, right, Preference.LEFT)
    author = make_person(session, **AUTHOR)
    session.execute(sa.text("UPDATE authorship SET full_name = :name").bindparams(name=author.full_name))
    after = without_token(client.get(started.address("pairs")).text)
    assert after == before and "Canary" not in after


def test_a_redacted_copy_is_what_is_compared(started, client, session):
    row = started.pairs()[0]
    question = next(question for question in started.questions if question.id == row.left_id)
    texts = dict(title="A title without the name", goal_overview="", significance="", approach="")
    session.add(Redaction(question_id=question.id, of_digest=question.text_digest, redacted_at=utcnow(), **texts))
    session.flush()
    page = client.get(started.address("pairs"))
    assert "A title without the name" in page.text and question.title not in page.text


def test_the_bar_leads_to_comparing_only_while_it_is_open_for_them(voting, client, session):
    link = f'href="{voting.address("pairs")}"'
    assert link in client.get(voting.address()).text
    force_state(session, voting.round_id, "closed")
    assert link not in client.get(voting.address()).text
    page = client.get(voting.address("pairs"))
    assert page.status_code == 200 and "No round of comparing is open" in page.text


def test_without_the_statement_no_question_is_shown(voting, client, session):
    newcomer = seat(session, voting.call, voting.panel, accepts=False)
    sign_in(client, session, newcomer)
    answer = client.get(voting.address("pairs"))
    assert (answer.status_code, answer.location) == (303, voting.address("statement"))


def test_whoever_sits_on_no_panel_is_told_which_role_it_takes(voting, client, session):
    sign_in(client, session, make_person(session))
    assert client.get(voting.address("pairs")).status_code == 403


@pytest.mark.parametrize("n_questions", [2, 12])
def test_the_page_costs_seven_statements(session, client, count_statements, n_questions):
    voting = make_comparing(session, n_questions=n_questions)
    sign_in(client, session, voting.person)
    client.post(voting.address("pairs"), data={"round": voting.round_id})
    session.expire_all()
    count_statements.clear()
    assert client.get(voting.address("pairs")).status_code == 200
    assert len(count_statements) == 7


def test_a_question_that_leaves_the_round_leaves_the_page(started, client, session):
    row = started.pairs()[0]
    make_read_question(session, started.call)
    gone = next(question for question in started.questions if question.id == row.left_id)
    session.execute(sa.text("DELETE FROM round_question WHERE question_id = :id").bindparams(id=gone.id))
    assert f"Q-{gone.number}" not in client.get(started.address("pairs")).text
    assert session.get(Round, started.round_id) is not None

"""The panelists' pages: doors, blindness, the way through the queue."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_panels import ask, force_state, make_read_question, rate, seat
from builders_reviews import World

from solicit.clock import utcnow
from solicit.panels.models import ConflictOfInterest, Review, Score
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.states import AssignmentState
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState


@pytest.fixture
def world(session, client):
    world = World(session, client)
    sign_in(client, session, world.person)
    return world


def without_token(text: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def test_a_review_is_read_scored_and_leads_to_the_next(world):
    page = world.client.get(world.address())
    assert page.status_code == 200
    assert world.questions[0].title in page.text and "authors hidden" in page.text
    answer = world.client.post(world.address(), data=world.sent())
    assert answer.status_code == 303 and answer.location in (world.address(1), world.address(2))
    assert world.mine[0].state is AssignmentState.SUBMITTED
    assert "You have sent this review" in world.client.get(world.address()).text


def test_the_last_review_leads_back_to_the_queue(world):
    for n in (0, 1):
        rate(world.session, world.mine[n], 3)
    answer = world.client.post(world.address(2), data=world.sent())
    assert answer.location == f"/{world.call.slug}/review?round={world.round_id}"
    assert "Nothing left to review" in world.client.get(answer.location).text


def test_skipping_leads_on_and_comes_round_again(world):
    first = world.client.post(world.address(1), data={"action": "skip"}).location
    assert first in (world.address(0), world.address(2))
    second = world.client.post(first, data={"action": "skip"}).location
    assert {world.address(1), first, second} == {world.address(n) for n in range(3)}
    assert world.client.post(second, data={"action": "skip"}).location == world.address(1)
    assert world.client.get(world.address()).text.count(">Skipped</") == 2
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 0


def test_skipping_keeps_what_was_typed(world):
    data = {"action": "skip", "comment_to_panel": "Half a thought", "version": "0"}
    assert world.client.post(world.address(), data=data).status_code == 303
    assert "Half a thought" in world.client.get(world.address()).text
    assert world.mine[0].state is AssignmentState.DRAFT


def test_skipping_a_sent_review_changes_nothing(world):
    rate(world.session, world.mine[0], 3)
    world.client.post(world.address(), data=world.sent("1", action="skip", version="1"))
    assert world.session.scalars(sa.select(Score.value)).all() == [3, 3, 3]


def test_a_draft_needs_nothing_and_stays_on_the_page(world):
    data = {"action": "draft", "version": "0", "comment_to_authors": "Thank you."}
    answer = world.client.post(world.address(), data=data)
    assert answer.location == world.address()
    assert "Thank you." in world.client.get(world.address()).text


def test_missing_scores_are_named_and_the_rest_is_kept(world):
    data = world.sent(comment_to_panel="Keep this text of mine")
    criteria = criteria_of(world.session, round_id=world.round_id)
    del data[f"score_{criteria[0].id}"], data[f"score_{criteria[1].id}"]
    page = world.client.post(world.address(), data=data)
    assert page.status_code == 422
    assert "Give a score: Importance" in page.text and "Keep this text of mine" in page.text
    assert "<title>Error:" in page.text
    assert world.n_scores() == 0


def test_outside_needs_no_scores(world):
    data = {"action": "next", "confidence": "outside", "version": "0"}
    assert world.client.post(world.address(), data=data).status_code == 303
    assert world.mine[0].state is AssignmentState.SUBMITTED


def test_a_review_saved_in_another_window_is_shown_beside(world):
    rate(world.session, world.mine[0], 2, to_panel="From the other window")
    page = world.client.post(world.address(), data=world.sent(comment_to_panel="From this window"))
    assert page.status_code == 409
    assert "From the other window" in page.text and "From this window" in page.text
    again = re.search(r'name="version"[^>]*value="(\d+)"', page.text) or re.search(
        r'value="(\d+)"[^>]*name="version"', page.text
    )
    data = world.sent(comment_to_panel="From this window", version=again[1])
    assert world.client.post(world.address(), data=data).status_code == 303
    assert world.session.scalars(sa.select(Score.value)).all() == [4, 4, 4]


def test_after_the_close_the_typed_text_stays_and_nothing_is_saved(world):
    force_state(world.session, world.round_id, "closed")
    page = world.client.post(world.address(), data=world.sent(comment_to_panel="Written too late, alas"))
    assert page.status_code == 409
    assert "Written too late, alas" in page.text and "closed" in page.text
    assert world.organizer.email in page.text
    assert world.n_scores() == 0


BAD_VALUES = [
    {"score": "7"},
    {"score": "abc"},
    {"confidence": "expert"},
    {"action": "steal"},
    {"version": "-1"},
    {"version": "9" * 5000},
    {"version": "x"},
    {"comment_to_panel": "a\x00b"},
    {"comment_to_authors": "x" * 5_001},
]


@pytest.mark.parametrize("wrong", BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_bad_input_ends_in_4xx_and_changes_nothing(world, wrong):
    answer = world.client.post(world.address(), data=world.sent(**wrong))
    assert 400 <= answer.status_code < 500
    assert world.n_scores() == 0 and world.mine[0].state is AssignmentState.ASSIGNED


def test_the_page_tells_nothing_of_authors_or_of_other_panelists(world):
    rate(world.session, world.theirs[0], 1, to_panel="Canary comment")
    addresses = (world.address(), f"/{world.call.slug}/review")
    pages = [without_token(world.client.get(address).text) for address in addresses]
    for secret in ("Canary", "Zebedee", "NZ", world.other.full_name, "Canary comment"):
        assert all(secret not in page for page in pages), secret


def test_what_others_score_changes_no_byte_of_the_page(world):
    before = without_token(world.client.get(world.address()).text)
    rate(world.session, world.theirs[0], 1)
    assert without_token(world.client.get(world.address()).text) == before


FOREIGN = ["Q-999999", "Q-0", "P-1", "Q-9999999999999999999999", "q-1", "Q-", "X-1", "..", "%00", "Q-١"]


@pytest.mark.parametrize("label", FOREIGN)
def test_a_missing_question_and_a_foreign_one_are_the_same_page(world, label):
    unassigned = make_read_question(world.session, world.call)
    elsewhere = make_read_question(world.session, make_call(world.session))
    answers = [
        world.client.get(f"/{world.call.slug}/review/{name}")
        for name in (label, f"Q-{unassigned.number}", f"Q-{elsewhere.number}")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_token(answer.text) for answer in answers}) == 1


@pytest.mark.parametrize("more", ["", "/abstain", "/conflict"])
def test_posting_to_a_foreign_question_is_missing(world, more):
    unassigned = make_read_question(world.session, world.call)
    data = world.sent(abstain_reason="No", conflict_reason="No")
    assert world.client.post(f"/{world.call.slug}/review/Q-{unassigned.number}{more}", data=data).status_code == 404
    assert world.n_scores() == 0


def test_a_draft_round_shows_nothing(world):
    force_state(world.session, world.round_id, "draft")
    assert world.client.get(world.address()).status_code == 404
    queue = world.client.get(f"/{world.call.slug}/review")
    assert "No question is assigned to you" in queue.text
    assert world.organizer.email in queue.text


def test_a_question_that_left_the_call_leaves_the_queue(world):
    world.questions[0].state = QuestionState.WITHDRAWN
    world.session.flush()
    assert world.client.get(world.address()).status_code == 404
    queue = world.client.get(f"/{world.call.slug}/review").text
    assert world.label(0) not in queue and "0 of 2 assigned" in queue


def test_a_declared_conflict_leaves_queue_and_counts(world):
    answer = world.client.post(world.address(0, "/conflict"), data={"conflict_reason": "My student wrote it"})
    assert answer.location in (world.address(1), world.address(2))
    assert world.client.get(world.address()).status_code == 404
    queue = world.client.get(f"/{world.call.slug}/review").text
    assert world.questions[0].title not in queue and "0 of 2 assigned" in queue
    conflict = world.session.scalars(sa.select(ConflictOfInterest)).one()
    assert (conflict.person_id, conflict.reason) == (world.person.id, "My student wrote it")


def test_a_declared_conflict_goes_with_a_merge(world):
    merging = dict(actor_id=None, now=utcnow())
    merge_id = merge_questions(
        world.session, source_id=world.questions[0].id, target_id=world.questions[1].id, **merging
    )
    assert world.client.get(world.address(1)).status_code == 200
    undo_merge(world.session, merge_id=merge_id, **merging)
    world.client.post(world.address(more="/conflict"), data={"conflict_reason": "A student of mine"})
    merge_questions(world.session, source_id=world.questions[0].id, target_id=world.questions[1].id, **merging)
    assert world.client.get(world.address(1)).status_code == 404
    assert world.questions[1].title not in world.client.get(f"/{world.call.slug}/review").text


def test_a_conflict_needs_a_reason(world):
    page = world.client.post(world.address(0, "/conflict"), data={"conflict_reason": " "})
    assert page.status_code == 422 and "Say what the conflict is" in page.text
    assert world.mine[0].state is AssignmentState.ASSIGNED


def test_abstaining_needs_a_reason_and_shows_it_again(world):
    assert world.client.post(world.address(0, "/abstain"), data={"abstain_reason": ""}).status_code == 422
    answer = world.client.post(world.address(0, "/abstain"), data={"abstain_reason": "Not neutral"})
    assert answer.location in (world.address(1), world.address(2))
    assert "You abstained: Not neutral" in world.client.get(world.address()).text


def test_the_statement_stands_before_every_text(session, client):
    world = World(session, client)
    newcomer = seat(session, world.call, world.panel, accepts=False)
    ask(session, world.round_id, world.panel, newcomer, world.questions[0])
    sign_in(client, session, newcomer)
    statement = f"/{world.call.slug}/review/statement"
    assert client.get(f"/{world.call.slug}/review").location == statement
    assert client.get(world.address()).location == statement
    for more, sent in (("", world.sent()), ("", {}), ("/abstain", {}), ("/conflict", {})):
        answer = client.post(world.address(more=more), data=sent)
        assert answer.status_code == 422 and world.questions[0].title not in answer.text
    assert "I keep what I read to myself." in client.get(statement).text
    assert client.post(statement).status_code == 422
    assert client.post(statement, data={"accepts": "y"}).location == f"/{world.call.slug}/review"
    assert client.get(world.address()).status_code == 200


def test_doors_of_a_question(session, client):
    world = World(session, client)
    assert client.get(world.address()).status_code == 303
    assert client.post(world.address(), data=world.sent()).status_code == 401
    for person in (make_person(session), world.organizer):
        sign_in(client, session, person)
        assert client.get(world.address()).status_code == 404

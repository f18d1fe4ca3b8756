"""What stands beside a question on the page of its panelist: plans, summaries, near questions, history, drafts."""

import pytest
import sqlalchemy as sa
from builders import make_call, sign_in
from builders_panels import ask, force_state, make_panel, make_read_question, make_round, rate, seat

from solicit.calls.states import Kind
from solicit.panels.models import Assignment, ConflictOfInterest, Review
from solicit.panels.queries.queue import next_label
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.states import AssignmentState, ConflictSource, ConflictState
from solicit.questions.models import Redaction
from solicit.submissions.states import MissionType, PlanValues

JSON = {"Accept": "application/json"}


class World:
    def __init__(self, session, client, *, kind=Kind.QUESTION, n=1, **values):
        self.session, self.client, self.call = session, client, make_call(session)
        self.panel = make_panel(session, self.call)
        self.person = seat(session, self.call, self.panel)
        self.round_id = make_round(session, self.call, state="open", kind=kind)
        self.questions = [make_read_question(session, self.call, kind=kind, **values) for _ in range(n)]
        self.asked = [ask(session, self.round_id, self.panel, self.person, one) for one in self.questions]
        sign_in(client, session, self.person)

    def address(self, n=0) -> str:
        letter = "P" if self.questions[n].kind is Kind.PLAN else "Q"
        return f"/{self.call.slug}/review/{letter}-{self.questions[n].number}"

    def typed(self, score="4", **values) -> dict:
        criteria = criteria_of(self.session, round_id=self.round_id)
        return {f"score_{one.id}": score for one in criteria} | {"confidence": "my_field", "version": "0"} | values


@pytest.fixture
def world(session, client):
    return World(session, client)


def plan(number: int) -> dict:
    values = PlanValues(
        target_body="Enceladus", mission_type=list(MissionType)[0], measurement="Plume grains", readiness=4,
        time_frame=None, missions=(), answers=(number,),
    )  # fmt: skip
    return values.to_json()


def test_plan_shows_all_its_fields_and_what_it_answers(session, client):
    call_first = World(session, client)
    answered = call_first.questions[0]
    question = make_read_question(session, call_first.call, kind=Kind.PLAN, plan=plan(answered.number))
    round_id = make_round(session, call_first.call, kind=Kind.PLAN)
    force_state(session, round_id, "open")
    ask(session, round_id, call_first.panel, call_first.person, question)
    address = f"/{call_first.call.slug}/review/P-{question.number}"
    text = client.get(address).text
    assert "Enceladus" in text and "Plume grains" in text
    assert f"Q-{answered.number}" in text and answered.title in text
    texts = dict(title="Copy", goal_overview="", significance="", approach="", of_digest=b"")
    session.add(Redaction(question_id=question.id, plan=None, redacted_at=question.created_at, **texts))
    session.flush()
    assert "Enceladus" not in client.get(address).text


def test_answered_question_in_conflict_is_not_named(session, client, now):
    first = World(session, client, n=2)
    question = make_read_question(session, first.call, kind=Kind.PLAN, plan=plan(first.questions[0].number))
    round_id = make_round(session, first.call, kind=Kind.PLAN, state="open")
    ask(session, round_id, first.panel, first.person, question)
    session.add(
        ConflictOfInterest(
            question_id=first.questions[0].id,
            person_id=first.person.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            reason="Mine",
            created_at=now,
        )
    )
    session.flush()
    assert first.questions[0].title not in client.get(f"/{first.call.slug}/review/P-{question.number}").text


def test_draft_saves_itself_and_the_page_has_it(world):
    data = world.typed("3", comment_to_panel="Half a thought")
    answer = world.client.post(world.address(), data=data, headers=JSON)
    assert (answer.status_code, answer.json["version"], answer.json["is_signed_out"]) == (200, 1, False)
    assert world.asked[0].state is AssignmentState.DRAFT
    assert "Half a thought" in world.client.get(world.address()).text


def test_draft_from_an_older_window_is_refused_and_nothing_lost(world):
    world.client.post(world.address(), data=world.typed(comment_to_panel="First window"), headers=JSON)
    answer = world.client.post(world.address(), data=world.typed(comment_to_panel="Second window"), headers=JSON)
    assert answer.status_code == 409 and "another window" in answer.json["message"]
    assert world.session.scalars(sa.select(Review.comment_to_panel)).all() == ["First window"]
    page = world.client.post(world.address(), data=world.typed(comment_to_panel="Second window"))
    assert page.status_code == 409 and "First window" in page.text and "Second window" in page.text


def test_sent_review_is_no_draft_again(world):
    rate(world.session, world.asked[0], 4)
    answer = world.client.post(world.address(), data=world.typed("1", version="1"), headers=JSON)
    assert answer.status_code == 422 and "was sent" in answer.json["message"]
    assert world.asked[0].state is AssignmentState.SUBMITTED


def test_after_the_close_a_draft_is_refused_in_words(world):
    force_state(world.session, world.round_id, "closed")
    answer = world.client.post(world.address(), data=world.typed(), headers=JSON)
    assert answer.status_code == 409 and "closed" in answer.json["message"]


def test_signed_out_nothing_is_saved_and_nothing_shown(world):
    world.client.post("/en/sign-out")
    answer = world.client.post(world.address(), data=world.typed(), headers=JSON)
    assert answer.status_code in (303, 400, 401)
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 0


def test_history_tells_what_was_sent(world):
    for scores in (2, [5, None, 4]):
        rate(world.session, world.asked[0], scores)
    text = world.client.get(world.address()).text
    assert "What you sent, 2 times" in text
    history = text[text.index("What you sent") :]
    assert history.index("Importance</bdi> 5") < history.index("Importance</bdi> 2")


def test_comment_that_names_its_writer_is_saved_with_a_warning(world):
    comment = f"I am {world.person.full_name}."
    answer = world.client.post(world.address(), data=world.typed(action="next", comment_to_authors=comment))
    assert answer.status_code == 303
    assert "may say who you are" in world.client.get(f"/{world.call.slug}/review").text
    assert world.session.scalars(sa.select(Review.comment_to_authors)).all() == [comment]


def test_fewest_rated_come_first_and_skipped_last(session, client, now):
    world = World(session, client, n=4)
    other = seat(session, world.call, world.panel)
    theirs = [ask(session, world.round_id, world.panel, other, question) for question in world.questions]
    labels = [f"Q-{question.number}" for question in world.questions]
    for n in (0, 1, 2):
        rate(session, theirs[n], 3)
    whose = dict(round_id=world.round_id, person_id=world.person.id)
    assert next_label(session, **whose) == labels[3]
    assert next_label(session, **whose, after=labels[3]) in labels[:3]
    session.get_one(Assignment, world.asked[3].id).skipped_at = now
    session.flush()
    assert next_label(session, **whose) in labels[:3]
    for asked in world.asked:
        rate(session, asked, 2)
    assert next_label(session, **whose) is None


def test_order_between_equals_differs_between_panelists(session, client):
    world = World(session, client, n=12)
    others = [seat(session, world.call, world.panel) for _ in range(4)]
    for other in others:
        for question in world.questions:
            ask(session, world.round_id, world.panel, other, question)
    first = {next_label(session, round_id=world.round_id, person_id=one.id) for one in (world.person, *others)}
    assert len(first) > 1


def test_keys_are_switched_off_in_the_account(world):
    assert 'data-key="n"' in world.client.get(world.address()).text
    world.person.uses_keys = False
    world.session.flush()
    text = world.client.get(world.address()).text
    assert "data-key=" not in text and "<kbd" not in text


def test_half_of_the_weight_is_enough(world):
    criteria = criteria_of(world.session, round_id=world.round_id)
    only = {f"score_{criteria[0].id}": "5", f"score_{criteria[1].id}": "", "confidence": "my_field", "version": "0"}
    assert world.client.post(world.address(), data=only | {"action": "next"}).status_code == 303
    assert world.asked[0].state is AssignmentState.SUBMITTED

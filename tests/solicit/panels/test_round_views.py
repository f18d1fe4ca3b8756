"""A chair runs the round of a panel from its preparation to its close; pages of proposals, stages and lists."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import (
    ask,
    force_state,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    make_waiting_proposal,
    rate,
    seat,
)

from solicit.clock import utcnow
from solicit.panels.models import Assignment, AssignmentProposal, Recall, Round, RoundQuestion
from solicit.panels.service.assign import propose_assignment
from solicit.panels.states import Activity, Pick, ProposalState

ROUND = {
    "kind": "question",
    "name": "The panel's reading",
    "opens_at": "2026-01-15 09:00",
    "closes_at": "2099-02-28 23:59",
    "reviews_per_question": "2",
    "is_staged": "simple",
    "home_percent": "100",
    "criterion_1_name": "Importance",
    "criterion_1_question": "Does it matter?",
    "criterion_1_low": "Little",
    "criterion_1_high": "Much",
    "criterion_1_weight": "50",
}
LATER = {
    "activity": "comparing",
    "name": "Pairs",
    "instruction": "Which matters more?",
    "opens_at": "2026-01-15 09:00",
    "closes_at": "2099-02-28 23:59",
    "pick": "shortlist",
    "per_theme": "35",
    "pairs_per_panelist": "60",
}


class Chair:
    """The chair of a panel on space, with four panelists and three questions; another panel on life."""

    def __init__(self, session, client):
        self.session, self.client = session, client
        self.call = make_call(session)
        self.panel, self.other = make_panel(session, self.call), make_panel(session, self.call, theme="life")
        self.person = seat(session, self.call, self.panel, is_chair=True)
        self.people = [seat(session, self.call, self.panel) for _ in range(4)]
        self.questions = [make_read_question(session, self.call) for _ in range(3)]
        self.desk = f"/{self.call.slug}/organize/panels"
        sign_in(client, session, self.person)

    def page(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return answer.text

    def prepared(self, **values) -> int:
        answer = self.client.post(f"{self.desk}/{self.panel.id}/rounds/new", data=ROUND | values)
        assert answer.status_code == 303
        return self.session.scalars(sa.select(sa.func.max(Round.id))).one()

    def proposed(self, round_id: int) -> int:
        """What the job does."""
        return propose_assignment(self.session, round_id=round_id, actor_id=self.person.id, now=utcnow(), seed=1)


@pytest.fixture
def chair(session, client):
    return Chair(session, client)


def test_a_chair_takes_a_round_from_preparation_to_what_follows_it(chair):
    progress = chair.page(f"/{chair.call.slug}/review/panels/{chair.panel.id}")
    assert f"{chair.desk}/{chair.panel.id}/rounds/new" in progress
    round_id = chair.prepared()
    row = chair.session.get_one(Round, round_id)
    assert (row.panel_id, row.theme_ids) == (chair.panel.id, [chair.call.theme("space").id])
    address = f"{chair.desk}/rounds/{round_id}"
    job = chair.client.post(f"{address}/propose").location
    assert chair.client.get(job).status_code == 200
    proposal = f"{address}/proposals/{chair.proposed(round_id)}"
    assert proposal in chair.page(address)
    assert "Nothing: every question gets its panelists." in chair.page(proposal)
    assert chair.client.post(f"{proposal}/deploy").location == address
    assert chair.client.post(f"{address}/open").location == address
    for each in chair.session.scalars(sa.select(Assignment).order_by(Assignment.id)).all():
        rate(chair.session, each, 1 + each.question_id % 5)
    assert chair.client.post(f"{address}/close").location == address
    assert "Prepare a round that follows" in chair.page(address)
    listed = chair.client.post(f"{address}/next", data=LATER).location
    assert all(question.title in chair.page(listed) for question in chair.questions)
    later_id = chair.session.scalars(sa.select(Round.id).where(Round.follows_id == round_id)).one()
    assert chair.session.get_one(Round, later_id).panel_id == chair.panel.id
    assert chair.client.post(f"{chair.desk}/rounds/{later_id}/open").status_code == 303
    assert "Pairs" in chair.page(f"/{chair.call.slug}/review/panels/{chair.panel.id}")


def test_a_chair_runs_no_round_of_others(chair):
    of_call = make_round(chair.session, chair.call)
    of_other = make_round(chair.session, chair.call, panel_id=chair.other.id)
    for round_id in (of_call, of_other):
        proposal_id = make_waiting_proposal(chair.session, round_id)
        for path in ("", "/edit", "/open", "/extend", "/next", "/questions", "/stages", f"/proposals/{proposal_id}"):
            assert chair.client.get(f"{chair.desk}/rounds/{round_id}{path}").status_code == 403, path
        for path in ("/edit", "/propose", "/open", "/next", f"/proposals/{proposal_id}/deploy"):
            assert chair.client.post(f"{chair.desk}/rounds/{round_id}{path}").status_code == 403, path
    assert chair.client.get(f"{chair.desk}/{chair.other.id}/rounds/new").status_code == 403
    assert chair.client.get(f"{chair.desk}/rounds/new").status_code == 403
    own = chair.prepared()
    foreign = make_waiting_proposal(chair.session, of_call)
    assert chair.client.get(f"{chair.desk}/rounds/{own}/proposals/{foreign}").status_code == 403


def test_a_chair_reads_the_names_of_their_own_panel_and_the_rest_together(chair):
    stranger = seat(chair.session, chair.call, chair.other, person=make_person(chair.session, full_name="Zoe Strange"))
    round_id = chair.prepared(reviews_per_question="6", home_percent="50")
    address = f"{chair.desk}/rounds/{round_id}/proposals/{chair.proposed(round_id)}"
    page = chair.page(address)
    assert chair.people[0].full_name in page and stranger.full_name not in page
    assert "Panelists of other panels, together" in page
    sign_in(chair.client, chair.session, make_organizer(chair.session, chair.call))
    assert stranger.full_name in chair.page(address)


def test_a_proposal_says_what_is_missing_and_how_to_mend_it(chair):
    make_read_question(chair.session, chair.call, language="ar")
    round_id = chair.prepared(reviews_per_question="6")
    page = chair.page(f"{chair.desk}/rounds/{round_id}/proposals/{chair.proposed(round_id)}")
    assert "Nobody reads Arabic: 1 question waits" in page
    assert "Too few panelists read it without a conflict" in page
    assert "Deploy what there is" in page


def test_loads_that_are_too_small_are_told_with_the_cheapest_way_out(session, client):
    call = make_call(session)
    panel = make_panel(session, call)
    for n in range(3):
        seat(session, call, panel, person=make_person(session, full_name=f"Busy {n}"), max_load=1)
    questions = [make_read_question(session, call) for _ in range(2)]
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    round_id = make_round(session, call, reviews_per_question=2)
    proposal_id = propose_assignment(session, round_id=round_id, actor_id=None, now=utcnow(), seed=1)
    address = f"/{call.slug}/organize/panels/rounds/{round_id}/proposals/{proposal_id}"
    page = client.get(address).text
    assert "1 review finds no panelist with room left." in page
    assert "Raise the highest load of one panelist by 1." in page and "Busy" in page
    assert f"Q-{questions[0].number}" in page or f"Q-{questions[1].number}" in page


def test_a_question_that_the_viewer_has_a_part_in_is_not_named_in_a_proposal(session, client):
    call = make_call(session)
    panel = make_panel(session, call)
    seat(session, call, panel)
    organizer = make_organizer(session, call)
    own, other = make_read_question(session, call, authors=(organizer,)), make_read_question(session, call)
    sign_in(client, session, organizer)
    round_id = make_round(session, call)
    proposal_id = propose_assignment(session, round_id=round_id, actor_id=None, now=utcnow(), seed=1)
    page = client.get(f"/{call.slug}/organize/panels/rounds/{round_id}/proposals/{proposal_id}").text
    assert f"Q-{other.number}" in page and f"Q-{own.number}" not in page


def test_a_proposal_is_put_away_or_refused_in_words(chair):
    round_id = chair.prepared()
    proposal_id = chair.proposed(round_id)
    address = f"{chair.desk}/rounds/{round_id}/proposals/{proposal_id}"
    make_read_question(chair.session, chair.call)
    refused = chair.client.post(f"{address}/deploy")
    assert refused.status_code == 409 and "Compute it again" in refused.text
    assert chair.client.post(f"{address}/discard").status_code == 303
    assert chair.session.get_one(AssignmentProposal, proposal_id).state is ProposalState.DISCARDED
    assert chair.client.post(f"{address}/discard").status_code == 409
    assert "Put away" in chair.page(address)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"activity": "dancing"}, 422),
        ({"pick": ""}, 422),
        ({"per_theme": "4"}, 422),
        ({"pairs_per_panelist": "0"}, 422),
        ({"closes_at": "2025-01-01 00:00"}, 422),
        ({"name": "a\x00b"}, 422),
        ({"instruction": "x" * 400}, 422),
        ({"instruction": ""}, 409),
    ],
)
def test_a_bad_later_round_is_refused_and_what_was_typed_stays(chair, wrong, status):
    first = make_round(chair.session, chair.call, state="closed", panel_id=chair.panel.id)
    answer = chair.client.post(f"{chair.desk}/rounds/{first}/next", data=LATER | {"pick": "chosen"} | wrong)
    assert answer.status_code == status and "There is a problem" in answer.text
    assert (LATER | wrong)["closes_at"] in answer.text
    assert chair.session.scalar(sa.select(sa.func.count()).select_from(Round)) == 1


def test_the_list_of_a_later_round_is_changed_by_hand(chair):
    first = make_round(chair.session, chair.call, state="closed", panel_id=chair.panel.id)
    round_id = make_later_round(chair.session, first, Activity.COMPARING, chair.questions[:1], state="draft")
    address = f"{chair.desk}/rounds/{round_id}/questions"
    question = chair.questions[1]
    assert chair.client.post(address, data={"label": f"Q-{question.number}"}).location == address
    assert question.title in chair.page(address) and "Chosen by hand" in chair.page(address)
    again = chair.client.post(address, data={"label": f"Q-{question.number}"})
    assert again.status_code == 409 and "already" in again.text
    assert chair.client.post(address, data={"label": ""}).status_code == 422
    remove = f"{address}/{question.id}/remove"
    assert chair.client.post(remove).location == address
    assert chair.client.post(remove).status_code == 409
    edit = f"{chair.desk}/rounds/{round_id}/edit"
    assert "Change the round" in chair.page(edit)
    assert chair.client.post(edit, data=LATER | {"name": "Other pairs"}).status_code == 303
    assert chair.session.get_one(Round, round_id, populate_existing=True).name == "Other pairs"
    force_state(chair.session, round_id, "open")
    assert "Add a question" not in chair.page(address)


def test_a_question_in_conflict_is_not_on_the_list_that_its_author_sees(chair):
    first = make_round(chair.session, chair.call, state="closed", panel_id=chair.panel.id)
    own = make_read_question(chair.session, chair.call, authors=(chair.person,))
    round_id = make_later_round(chair.session, first, Activity.COMPARING, [own, chair.questions[0]], state="draft")
    page = chair.page(f"{chair.desk}/rounds/{round_id}/questions")
    assert own.title not in page and chair.questions[0].title in page and "1–1 of 1" in page


def test_what_became_of_single_reviews_is_no_count_for_a_chair_while_the_round_is_open(chair):
    round_id = make_round(chair.session, chair.call, state="open", panel_id=chair.panel.id)
    rate(chair.session, ask(chair.session, round_id, chair.panel, chair.people[0], chair.questions[0]), 4)
    address = f"{chair.desk}/rounds/{round_id}"
    page = chair.page(address)
    assert "Outside expertise" not in page and "Abstained" not in page
    force_state(chair.session, round_id, "closed")
    assert "Outside expertise" in chair.page(address)
    force_state(chair.session, round_id, "open")
    sign_in(chair.client, chair.session, make_organizer(chair.session, chair.call))
    assert "Outside expertise" in chair.page(address)


def test_stages_are_shown_and_gone_on_with(chair):
    round_id = chair.prepared(is_staged="staged")
    chair.client.post(f"{chair.desk}/rounds/{round_id}/proposals/{chair.proposed(round_id)}/deploy")
    chair.client.post(f"{chair.desk}/rounds/{round_id}/open")
    address = f"{chair.desk}/rounds/{round_id}/stages"
    assert address in chair.page(f"{chair.desk}/rounds/{round_id}")
    assert "Stage 1, batch 1" in chair.page(address)
    assert chair.client.post(address).location == address
    assert "being computed" in chair.page(address)


def test_a_panelist_calls_a_question_back(chair):
    round_id = make_round(chair.session, chair.call, state="open", is_staged=True, panel_id=chair.panel.id)
    address = f"/{chair.call.slug}/review/rounds/{round_id}/recall"
    sign_in(chair.client, chair.session, chair.people[0])
    question = chair.questions[0]
    said = {"label": f"Q-{question.number}", "reason": "It was read by somebody of another field altogether."}
    for wrong, status in (({"reason": "Short"}, 422), ({"label": ""}, 422), ({"label": "Q-99999"}, 409)):
        answer = chair.client.post(address, data=said | wrong)
        assert answer.status_code == status and "There is a problem" in answer.text
    assert chair.client.post(address, data=said).location == address
    assert chair.session.get_one(Recall, (round_id, question.id, chair.people[0].id)).reason == said["reason"]
    assert question.title in chair.page(address) and said["reason"] in chair.page(address)
    sign_in(chair.client, chair.session, chair.people[1])
    assert said["reason"] not in chair.page(address)
    assert chair.client.post(address, data=said).location == address
    assert "Noted. A question that two panelists ask for" in chair.page(address)
    simple = make_round(chair.session, chair.call, state="closed")
    assert chair.client.get(f"/{chair.call.slug}/review/rounds/{simple}/recall").status_code == 404


def test_progress_shows_the_pace_and_when_all_may_be_done(chair):
    round_id = make_round(chair.session, chair.call, state="open", panel_id=chair.panel.id)
    row, now = chair.session.get_one(Round, round_id), utcnow()
    row.opened_at = now - timedelta(days=6)
    questions = [*chair.questions, *(make_read_question(chair.session, chair.call) for _ in range(9))]
    for n, question in enumerate(questions):
        for person in chair.people[:2]:
            given = ask(chair.session, round_id, chair.panel, person, question)
            if n < 7:
                rate(chair.session, given, 3)
                given.changed_at = now - timedelta(days=1 + n % 5)
    chair.session.flush()
    page = chair.page(f"/{chair.call.slug}/review/panels/{chair.panel.id}")
    assert "At this pace all is done between" in page and "14 of 24 are done" in page
    assert "Will the panel finish in time?" in page and "Show as a table" in page


def test_progress_of_a_panel_is_that_of_its_own_themes(chair):
    life = make_round(chair.session, chair.call, state="open", theme_ids=(chair.call.theme("life").id,), name="On life")
    address = f"/{chair.call.slug}/review/panels/{chair.panel.id}"
    assert "No round has opened yet." in chair.page(address)
    force_state(chair.session, life, "closed")
    make_round(chair.session, chair.call, state="closed", name="On everything")
    assert "On everything" in chair.page(address)
    make_round(chair.session, chair.call, state="closed", name="On space", panel_id=chair.panel.id)
    assert "On space" in chair.page(address)


@pytest.mark.parametrize("n", [1, 3])
def test_pages_of_rounds_cost_few_statements(chair, count_statements, n):
    round_id = chair.prepared()
    for _ in range(n):
        make_read_question(chair.session, chair.call)
    proposal_id = chair.proposed(round_id)
    first = make_round(chair.session, chair.call, state="closed", panel_id=chair.panel.id)
    later = make_later_round(chair.session, first, Activity.COMPARING, chair.questions[:n], pick=Pick.CHOSEN)
    costs = {
        f"{chair.desk}/rounds/{round_id}": 8,
        f"{chair.desk}/rounds/{round_id}/proposals/{proposal_id}": 6,
        f"{chair.desk}/rounds/{later}/questions": 8,
        f"{chair.desk}/rounds/{round_id}/stages": 8,
        f"/{chair.call.slug}/review/panels/{chair.panel.id}": 7,
    }
    assert chair.session.scalar(sa.select(sa.func.count()).select_from(RoundQuestion)) == n
    for path, cost in costs.items():
        count_statements.clear()
        assert chair.client.get(path).status_code == 200
        assert len(count_statements) == cost, (path, count_statements)

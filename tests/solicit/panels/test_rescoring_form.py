"""Scoring again begins with a panelist's own earlier scores: shown as such, never anybody else's, and not sent."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, sign_in
from builders_panels import ask, force_state, make_later_round, make_panel, make_read_question, make_round, rate, seat
from builders_submissions import label_of

from solicit.panels.models import Assignment, Criterion, Review
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.states import Activity, AssignmentState, Confidence, Pick

FILLED = "Filled in below"


class Again:
    """Two panelists scored a question, 2 and 5, and are asked to score it again."""

    def __init__(self, session):
        self.session, self.call = session, make_call(session)
        self.panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, self.panel) for _ in range(2)]
        self.question = make_read_question(session, self.call)
        self.first_id = make_round(session, self.call, state="open", name="The first look")
        for person, value in zip(self.people, (2, 5), strict=True):
            rate(session, self._ask(self.first_id, person), value, comment_to_panel=f"Said {value}")
        force_state(session, self.first_id, "closed")
        self.round_id = make_later_round(session, self.first_id, Activity.SCORING, [self.question], pick=Pick.CONTESTED)
        for criterion in criteria_of(session, round_id=self.first_id):
            values = {name: value for name, value in vars(criterion).items() if name != "id"}
            session.add(Criterion(round_id=self.round_id, position=criterion.id, **values))
        session.flush()
        self.assignment = self._ask(self.round_id, self.people[0])

    def _ask(self, round_id, person) -> Assignment:
        return ask(self.session, round_id, self.panel, person, self.question)

    @property
    def address(self) -> str:
        return f"/{self.call.slug}/review/{label_of(self.question)}"

    def state(self) -> AssignmentState:
        return self.session.get_one(Assignment, self.assignment.id, populate_existing=True).state


@pytest.fixture
def again(session):
    return Again(session)


def checked(page: str) -> list[str]:
    """The values of the radio buttons that are set; "No answer" has none."""
    inputs = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page)
    values = [re.search(r'value="(\w*)"', each)[1] for each in inputs if " checked" in each]
    return [value for value in values if value]


def test_own_earlier_scores_are_filled_in_and_nothing_is_sent(client, session, again):
    sign_in(client, session, again.people[0])
    page = client.get(again.address).text
    assert checked(page) == ["2", "2", "2", "my_field"]
    assert FILLED in page and "The first look" in page
    # The other's 5, and what was said of it, are in nobody's form; one's own comment is not repeated.
    assert "Said 2" not in re.findall(r"<textarea.*?</textarea>", page, re.DOTALL)[0]
    assert again.state() is AssignmentState.ASSIGNED and session.get(Review, again.assignment.id) is None


def test_what_is_saved_here_wins_over_what_was_said_before(client, session, again):
    sign_in(client, session, again.people[0])
    first, second, third = (c.id for c in criteria_of(session, round_id=again.round_id))
    sent = {
        "action": "draft",
        "version": 0,
        "confidence": "my_field",
        f"score_{first}": 4,
        f"score_{second}": 2,
        f"score_{third}": 2,
    }
    assert client.post(again.address, data=sent).status_code == 303
    page = client.get(again.address).text
    assert checked(page) == ["4", "2", "2", "my_field"] and FILLED not in page
    assert again.state() is AssignmentState.DRAFT


def test_skipping_what_was_only_filled_in_keeps_no_draft(client, session, again):
    sign_in(client, session, again.people[0])
    scores = {f"score_{c.id}": 2 for c in criteria_of(session, round_id=again.round_id)}
    sent = {"action": "skip", "version": 0, "confidence": "my_field", **scores}
    assert client.post(again.address, data=sent).status_code == 303
    assert again.state() is AssignmentState.ASSIGNED and session.get(Review, again.assignment.id) is None


def test_a_changed_text_is_said_and_a_panelist_new_to_the_question_begins_empty(client, session, again):
    newcomer = seat(session, again.call, again.panel)
    ask(session, again.round_id, again.panel, newcomer, again.question)
    again.question.text_digest = b"another wording".ljust(32)
    session.flush()
    sign_in(client, session, again.people[0])
    assert "The text of the question has changed since." in client.get(again.address).text
    sign_in(client, session, newcomer)
    page = client.get(again.address).text
    assert checked(page) == [] and FILLED not in page


def test_outside_ones_field_stays_so(client, session, again):
    first = session.scalar(
        sa.select(Assignment).where(Assignment.round_id == again.first_id, Assignment.person_id == again.people[0].id)
    )
    force_state(session, again.first_id, "open")
    session.get_one(Review, first.id).confidence = Confidence.OUTSIDE
    session.flush()
    force_state(session, again.first_id, "closed")
    sign_in(client, session, again.people[0])
    assert "outside" in checked(client.get(again.address).text)

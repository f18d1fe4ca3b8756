"""Contributions and outcomes: recorded, changed, removed, filtered, and hidden where they must be."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders import make_person, sign_in
from builders_invitations import make_ranked_question
from builders_programme import judged_by, make_contribution, make_outcome, make_session, make_slot, stored

from solicit.audit.models import AuditEvent
from solicit.invitations.models import Contribution, QuestionOutcome
from solicit.invitations.states import OutcomeKind

OUTCOME = {"kind": "agreed", "found": "Carry **one** clock. <script>alert(1)</script>"}


def base(call, ending=""):
    return f"/{call.slug}/organize/meeting/{ending}"


@pytest.fixture
def talked(session, call, world):
    """A session in which all questions are spoken to."""
    made = make_session(session, call)
    for question in world.questions:
        make_slot(session, made, question)
    return world


def test_outcome_is_recorded_shown_changed_and_removed(client, session, call, talked, ada):
    sign_in(client, session, ada)
    question = talked.questions[0]
    page = base(call, f"questions/{question.id}")
    assert client.post(page + "/outcomes", data=OUTCOME).status_code == 303
    row = session.scalars(sa.select(QuestionOutcome)).one()
    assert (row.question_id, row.kind, row.recorded_by_id) == (question.id, OutcomeKind.AGREED, ada.id)
    text = client.get(page).text
    assert "Carry <strong>one</strong> clock." in text and "<script>alert" not in text
    change = {"kind": "open", "found": "Still open.", "version": "1"}
    assert client.post(base(call, f"outcomes/{row.id}"), data=change).status_code == 303
    row = stored(session, row)
    assert (row.kind, row.text, row.version) == (OutcomeKind.OPEN, "Still open.", 2)
    stale = client.post(base(call, f"outcomes/{row.id}"), data=change | {"found": "Typed meanwhile"})
    assert stale.status_code == 409
    assert "Typed meanwhile</textarea>" in stale.text and "Still open." in stale.text
    client.post(base(call, f"outcomes/{row.id}/remove"), data={"version": "1"})
    assert stored(session, row) is not None
    client.post(base(call, f"outcomes/{row.id}/remove"), data={"version": "2"})
    assert session.scalars(sa.select(QuestionOutcome)).all() == []
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "outcome").order_by(AuditEvent.id))
    assert acts.all() == ["add", "change", "remove"]


def test_contribution_is_recorded_changed_and_removed(client, session, call, talked, ada):
    sign_in(client, session, ada)
    question, person = talked.questions[0], talked.people["Amina"]
    page = base(call, f"questions/{question.id}")
    said = {"person": str(person.id), "title": "A rover that sleeps", "text": "It *wakes*."}
    assert client.post(page + "/contributions", data=said).status_code == 303
    row = session.scalars(sa.select(Contribution)).one()
    assert (row.person_id, row.title, row.text) == (person.id, "A rover that sleeps", "It *wakes*.")
    assert "It <em>wakes</em>." in client.get(page).text
    change = said | {"title": "A rover that dreams", "version": "1"}
    assert client.post(base(call, f"contributions/{row.id}"), data=change).status_code == 303
    assert stored(session, row).title == "A rover that dreams"
    stale = client.post(base(call, f"contributions/{row.id}"), data=change | {"title": "Typed meanwhile"})
    assert (stale.status_code, 'value="Typed meanwhile"' in stale.text) == (409, True)
    client.post(base(call, f"contributions/{row.id}/remove"), data={"version": "2"})
    assert session.scalars(sa.select(Contribution)).all() == []


@pytest.mark.parametrize(
    ("what", "wrong", "words"),
    [
        ("outcomes", {"kind": ""}, "Choose what the meeting found"),
        ("outcomes", {"found": " "}, "Enter what the meeting found"),
        ("outcomes", {"found": "x" * 5001}, "Use at most 5,000 characters"),
        ("contributions", {"person": ""}, "Choose who said it"),
        ("contributions", {"person": "999999"}, "Not a valid choice"),
        ("contributions", {"title": ""}, "Enter a title"),
    ],
)
def test_wrong_records_are_refused_and_kept(client, session, call, talked, ada, what, wrong, words):
    sign_in(client, session, ada)
    person = str(talked.people["Amina"].id)
    right = OUTCOME if what == "outcomes" else {"person": person, "title": "A rover", "text": "Typed"}
    answer = client.post(base(call, f"questions/{talked.questions[0].id}/{what}"), data=right | wrong)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert "Error:" in answer.text
    assert session.scalars(sa.select(QuestionOutcome)).all() == session.scalars(sa.select(Contribution)).all() == []


def test_list_filters_by_theme_and_kind(client, session, call, talked, ada):
    one, two, _, four = talked.questions
    make_outcome(session, call_id=call.id, question_id=one.id)
    make_outcome(session, call_id=call.id, question_id=four.id, kind=OutcomeKind.FOLLOW_UP, text="=1+1")
    make_contribution(session, call_id=call.id, question_id=two.id, person_id=talked.people["Borys"].id)
    sign_in(client, session, ada)

    def listed(query):
        rows = csv.DictReader(io.StringIO(client.get(base(call, f"outcomes.csv{query}")).text.lstrip("\ufeff")))
        return [(row["question_title"], row["record"], row["person"]) for row in rows]

    assert listed("") == [
        ("What hums?", "agreed", ""),
        ("What glows?", "contribution", "Borys"),
        ("What sleeps?", "", ""),
        ("What lives?", "follow up", ""),
    ]
    assert listed("?kind=agreed") == [("What hums?", "agreed", "")]
    assert listed("?theme=life") == [("What lives?", "follow up", "")]
    assert [title for title, *_ in listed("?kind=none")] == ["What glows?", "What sleeps?"]
    assert len(listed("?kind=nonsense&theme=nonsense")) == 4
    assert "'=1+1" in client.get(base(call, "outcomes.csv")).text
    assert "2 questions" in client.get(base(call, "outcomes?kind=none")).text


def test_involved_organizer_loses_the_desk_for_a_question(client, session, call, talked):
    question = talked.questions[0]
    outcome = make_outcome(session, call_id=call.id, question_id=question.id)
    said = make_contribution(session, call_id=call.id, question_id=question.id, person_id=talked.people["Amina"].id)
    sign_in(client, session, judged_by(session, call, question))
    assert "What hums?" not in client.get(base(call, "outcomes")).text
    assert "What hums?" not in client.get(base(call, "outcomes.csv")).text
    for ending in (f"questions/{question.id}", f"outcomes/{outcome.id}", f"contributions/{said.id}"):
        assert client.get(base(call, ending)).status_code == 404, ending
    assert client.post(base(call, f"questions/{question.id}/outcomes"), data=OUTCOME).status_code == 404
    assert client.post(base(call, f"outcomes/{outcome.id}/remove"), data={"version": "1"}).status_code == 404
    assert stored(session, outcome) is not None


def test_contribution_of_somebody_hidden_is_left_out(client, session, call, talked):
    """Amina speaks to a question in which the reader has no part, but wrote one that the reader judges."""
    cleo = judged_by(session, call, talked.questions[0])
    other = talked.questions[1]
    said = make_contribution(session, call_id=call.id, question_id=other.id, person_id=talked.people["Amina"].id)
    sign_in(client, session, cleo)
    page = client.get(base(call, f"questions/{other.id}")).text
    assert "Amina" not in page and "No contribution yet." in page
    assert "Amina" not in client.get(base(call, "outcomes.csv")).text
    assert client.get(base(call, f"contributions/{said.id}")).status_code == 404
    named = {"person": str(talked.people["Amina"].id), "title": "A rover", "text": ""}
    assert client.post(base(call, f"questions/{other.id}/contributions"), data=named).status_code == 422


@pytest.mark.parametrize("n", [1, 3, 50])
def test_pages_cost_the_same(client, session, call, run, talked, ada, n, count_statements):
    made = make_session(session, call)
    for _ in range(n):
        question = make_ranked_question(session, call, run, p_top_k=0.1, people=[make_person(session)])
        make_slot(session, made, question)
        make_outcome(session, call_id=call.id, question_id=question.id)
        said = dict(call_id=call.id, question_id=talked.questions[0].id, person_id=talked.people["Amina"].id)
        contribution = make_contribution(session, **said)
    outcome = make_outcome(session, call_id=call.id, question_id=talked.questions[0].id)
    sign_in(client, session, ada)
    costs = []
    one = (f"questions/{talked.questions[0].id}", f"outcomes/{outcome.id}", f"contributions/{contribution.id}")
    for ending in ("outcomes", "outcomes.csv", *one):
        count_statements.clear()
        assert client.get(base(call, ending)).status_code == 200
        costs.append(len(count_statements))
    assert costs == [6, 6, 8, 5, 7]

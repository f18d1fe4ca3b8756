"""Looking after one's own submissions: pages, edits, withdrawal."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_submissions import GOAL, SIGNIFICANCE, label_of, make_question, send

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import QuestionState
from solicit.submissions.models import Submission, SubmissionVersion
from solicit.submissions.states import SubmissionState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def sender(client, session):
    person = make_person(session)
    sign_in(client, session, person)
    return person


def address_of(call, receipt, page="") -> str:
    return f"/en/{call.slug}/my/{receipt.reference}{page}"


def edit_values(**values) -> dict:
    defaults = dict(
        title="Where does the dust of comets come from?",
        goal_overview=GOAL,
        significance=SIGNIFICANCE,
        approach="",
        theme="life",
        language="en",
        version="1",
    )
    return defaults | values


def stored(session, receipt) -> Submission:
    return session.get_one(Submission, receipt.submission_id, populate_existing=True)


def close(session, call, *, minutes_ago):
    values = dict(closes_at=utcnow() - timedelta(minutes=minutes_ago))
    session.execute(sa.update(Call).where(Call.id == call.id).values(**values))


PAGES = ("", "/received", "/edit", "/withdraw")


@pytest.mark.parametrize("page", PAGES)
def test_pages_belong_to_their_owner(client, session, call, page):
    owner, stranger, organizer = make_person(session), make_person(session), make_organizer(session, call)
    receipt, _question_id = send(session, call, owner, title="Whose question is this one?")
    address = address_of(call, receipt, page)
    assert client.get(address).status_code == 303
    for person in (stranger, organizer):
        sign_in(client, session, person)
        answer = client.get(address)
        missing = client.get(f"/en/{call.slug}/my/S-0000-0000{page}")
        assert (answer.status_code, missing.status_code) == (404, 404)
        assert answer.text.replace(receipt.reference, "S-0000-0000") == missing.text
    sign_in(client, session, owner)
    assert "Whose question is this one?" in client.get(address).text


@pytest.mark.parametrize("reference", ["S-0000", "1", "S-7F3K-9Q2M%00", "s-0000-0000", "S-0000-000%D9%A1", "x" * 3000])
def test_forged_references_are_missing(client, session, call, sender, reference):
    assert client.get(f"/en/{call.slug}/my/{reference}").status_code == 404
    assert client.post(f"/en/{call.slug}/my/{reference}/revive").status_code == 404


def test_reference_of_another_call_is_missing(client, session, call, sender):
    receipt, _id = send(session, make_call(session), sender)
    assert client.get(address_of(call, receipt)).status_code == 404


def test_posts_of_strangers_change_nothing(client, session, call, sender):
    receipt, _id = send(session, call)
    for page, values in (("/edit", edit_values()), ("/withdraw", {}), ("/revive", {})):
        assert client.post(address_of(call, receipt, page), data=values).status_code == 404
    assert stored(session, receipt).version == 1
    assert stored(session, receipt).state is SubmissionState.SENT


def test_list_shows_state_reference_and_number(client, session, call, sender):
    receipt, _id = send(session, call, sender, title="Is this one still being read?")
    question = make_question(session, call, sender, title="Is this one part of the call?")
    send(session, call, title="Is this one of somebody else?")
    send(session, make_call(session), sender, title="Is this one in another call?")
    page = client.get(f"/en/{call.slug}/my").text
    assert "Being read" in page
    assert "Part of the call" in page
    assert receipt.reference in page
    assert f'<bdi dir="ltr">{label_of(question)}</bdi>' in page
    assert "somebody else" not in page
    assert "another call" not in page


def test_list_without_submissions(client, session, call, sender):
    assert "You have not sent anything to this call yet." in client.get(f"/en/{call.slug}/my").text


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_few_statements(client, session, call, sender, count_statements, n):
    for _ in range(n):
        send(session, call, sender)
    count_statements.clear()
    assert client.get(f"/en/{call.slug}/my").text.count("Being read") == n
    assert len(count_statements) == 8


def test_page_costs_few_statements(client, session, call, sender, count_statements):
    receipt, _id = send(session, call, sender)
    count_statements.clear()
    client.get(address_of(call, receipt))
    assert len(count_statements) <= 8


def test_edit_keeps_versions_and_tells_the_question(client, session, call, sender):
    receipt, question_id = send(session, call, sender, title="Where does the dust come from?")
    answer = client.post(address_of(call, receipt, "/edit"), data=edit_values())
    assert answer.status_code == 303
    assert stored(session, receipt).version == 2
    numbers = session.scalars(sa.select(SubmissionVersion.number).order_by(SubmissionVersion.number)).all()
    assert numbers == [1, 2]
    question = session.get_one(Question, question_id, populate_existing=True)
    assert question.title == "Where does the dust of comets come from?"
    assert question.theme_id == call.theme("life").id
    kinds = session.scalars(sa.select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == ["submission_received", "submission_edited"]
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "submission").order_by(AuditEvent.id))
    assert acts.all() == ["submit", "edit"]
    page = client.get(answer.location).text
    assert "<ins>of comets </ins>" in page
    assert "Your changes are saved." in page


def test_saving_without_a_change_makes_no_version(client, session, call, sender):
    receipt, _id = send(session, call, sender, title="Where does the dust come from?")
    values = edit_values(title="Where does the dust come from?", theme="space")
    page = client.post(address_of(call, receipt, "/edit"), data=values, follow_redirects=True)
    assert "Nothing was changed." in page.text
    assert stored(session, receipt).version == 1


def test_edit_after_screening_leaves_the_question(client, session, call, sender):
    question = make_question(session, call, sender, title="Where does the dust come from?")
    submission_id = session.scalars(
        sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
    ).one()
    reference = session.get_one(Submission, submission_id).reference
    page = client.post(f"/en/{call.slug}/my/{reference}/edit", data=edit_values(), follow_redirects=True)
    assert "The question keeps the wording that was screened" in page.text
    assert session.get_one(Question, question.id, populate_existing=True).title == "Where does the dust come from?"
    assert session.get_one(Submission, submission_id, populate_existing=True).version == 2
    # The public page shows the wording that was screened.
    public = client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
    assert "of comets" not in public


def test_two_windows_meet_with_both_texts(client, session, call, sender):
    receipt, _id = send(session, call, sender)
    address = address_of(call, receipt, "/edit")
    client.post(address, data=edit_values(title="The wording of the first window?"))
    answer = client.post(address, data=edit_values(title="The wording of the second window?"))
    assert answer.status_code == 409
    assert "You saved another version in the meantime" in answer.text
    assert "The wording of the first window?" in answer.text
    assert 'value="The wording of the second window?"' in answer.text
    assert stored(session, receipt).title == "The wording of the first window?"
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    second = edit_values(title="The wording of the second window?", version=version[1])
    assert client.post(address, data=second).status_code == 303
    assert stored(session, receipt).version == 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(title=""), "Enter your question"),
        (dict(significance="short"), "at least 30 characters"),
        (dict(theme="warp"), "Choose a theme"),
        (dict(language="xx"), "Choose the language"),
        (dict(version="one"), "Not a valid integer value"),
        (dict(version=""), "Open the page again"),
        (dict(title="With a \x07 bell in the title?"), "control characters"),
        (dict(approach="x" * 8001), "at most 8000 characters"),
    ],
)
def test_bad_edits_come_back_with_the_text(client, session, call, sender, values, message):
    receipt, _id = send(session, call, sender)
    answer = client.post(
        address_of(call, receipt, "/edit"), data=edit_values(goal_overview="A goal that I want to keep here.") | values
    )
    assert answer.status_code == 422
    assert message in answer.text
    assert "A goal that I want to keep here." in answer.text
    assert stored(session, receipt).version == 1


@pytest.mark.parametrize("version", ["2", "-1", "99999999999999999999999"])
def test_versions_that_never_were_conflict(client, session, call, sender, version):
    receipt, _id = send(session, call, sender)
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values(version=version)).status_code == 409
    assert stored(session, receipt).version == 1


def test_edit_after_the_close_keeps_the_typed_text(client, session, call, sender):
    receipt, _id = send(session, call, sender, now=utcnow() - timedelta(hours=2))
    close(session, call, minutes_ago=10)
    answer = client.post(address_of(call, receipt, "/edit"), data=edit_values())
    assert answer.status_code == 422
    assert "The call closed on" in answer.text
    assert "Where does the dust of comets come from?" in answer.text
    assert stored(session, receipt).version == 1
    assert "this can no longer be changed" in client.get(address_of(call, receipt)).text


def test_text_saved_shortly_before_may_be_saved_in_the_grace(client, session, call, sender):
    receipt, _id = send(session, call, sender, now=utcnow() - timedelta(minutes=20))
    close(session, call, minutes_ago=10)
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values()).status_code == 303
    close(session, call, minutes_ago=31)
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values(version="2")).status_code == 422


def test_withdraw_asks_first_and_can_be_undone(client, session, call, sender):
    receipt, question_id = send(session, call, sender)
    asked = client.get(address_of(call, receipt, "/withdraw"))
    assert f"Withdraw {receipt.reference}?" in asked.text
    assert stored(session, receipt).state is SubmissionState.SENT
    assert client.post(address_of(call, receipt, "/withdraw")).status_code == 303
    assert stored(session, receipt).state is SubmissionState.WITHDRAWN
    assert session.get_one(Question, question_id, populate_existing=True).state is QuestionState.WITHDRAWN
    page = client.get(address_of(call, receipt)).text
    assert "Withdrawn" in page
    assert client.post(address_of(call, receipt, "/withdraw")).status_code == 409
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values()).status_code == 422
    assert client.post(address_of(call, receipt, "/revive")).status_code == 303
    assert stored(session, receipt).state is SubmissionState.SENT
    assert session.get_one(Question, question_id, populate_existing=True).state is QuestionState.NEW
    assert client.post(address_of(call, receipt, "/revive")).status_code == 422
    kinds = session.scalars(sa.select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == ["submission_received", "submission_withdrawn", "submission_revived"]


def test_withdrawn_question_leaves_the_public_list(client, session, call, sender):
    question = make_question(session, call, sender)
    reference = session.scalars(sa.select(Submission.reference)).one()
    client.post(f"/en/{call.slug}/my/{reference}/withdraw")
    assert question.title not in client.get(f"/en/{call.slug}/questions").text
    client.post(f"/en/{call.slug}/my/{reference}/revive")
    assert question.title in client.get(f"/en/{call.slug}/questions").text


def test_nothing_is_withdrawn_after_the_close(client, session, call, sender):
    receipt, _id = send(session, call, sender)
    close(session, call, minutes_ago=1)
    assert client.post(address_of(call, receipt, "/withdraw")).status_code == 409
    assert stored(session, receipt).state is SubmissionState.SENT


def test_page_shows_the_owner_what_was_declared(client, session, call, sender):
    receipt, _id = send(session, call, sender)
    page = client.get(address_of(call, receipt)).text
    for text in ("Ada Example", "Institute of Examples", "Kenya", "Researcher", GOAL):
        assert text in page

"""Reports of problems: from the page of a question to the desk, and back to whoever reported."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_report
from builders_submissions import label_of, make_question

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound
from solicit.mail.models import OutboxMail
from solicit.questions.models import ProblemReport
from solicit.questions.service.report import close_report, report_problem
from solicit.questions.states import ReportOutcome, ReportReason

TEXT = "The second sentence names <b>my</b> institute."


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def question(session, call):
    return make_question(session, call, title="A question with a problem?")


def send(client, call, question, **values):
    address = f"/en/{call.slug}/questions/{label_of(question)}/report"
    return client.post(address, data={"reason": "names_somebody", "text": TEXT} | values)


def reports(session) -> list[ProblemReport]:
    return list(session.scalars(sa.select(ProblemReport).order_by(ProblemReport.id)))


def letters(session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "report_closed")))


def desk_of(client, call, state="open") -> str:
    return client.get(f"/{call.slug}/organize/questions/reports?state={state}").text


def test_anybody_can_report(client, session, call, question):
    page = client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
    assert f'href="/en/{call.slug}/questions/{label_of(question)}/report"' in page
    assert send(client, call, question).status_code == 303
    (report,) = reports(session)
    assert (report.reporter_id, report.reason, report.text) == (None, ReportReason.NAMES_SOMEBODY, TEXT)
    assert "Thank you." in client.get(f"/en/{call.slug}/questions/{label_of(question)}").text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reason": ""}, "Choose what is wrong"),
        ({"reason": "nonsense"}, "There is a problem"),
        ({"text": "short"}, "Describe it in at least 10 characters"),
        ({"text": "x" * 2001}, "Describe it in at most 2,000 characters"),
        ({"text": "With a \x00 in it, is it?"}, "Remove the control characters"),
    ],
)
def test_what_cannot_be_read_comes_back(client, session, call, question, values, message):
    answer = send(client, call, question, **values)
    assert answer.status_code == 422
    assert message in answer.text
    assert reports(session) == []


def test_a_robot_is_thanked_and_ignored(client, session, call, question):
    assert send(client, call, question, website="https://spam.example").status_code == 303
    assert reports(session) == []


def test_a_double_click_is_one_report(session, call, question):
    values = dict(call_id=call.id, question_id=question.id, reporter_id=None, reason=ReportReason.SPAM, now=utcnow())
    for text in (TEXT, TEXT, TEXT + " And more."):
        report_problem(session, text=text, **values)
    assert len(reports(session)) == 2


def test_a_network_reports_ten_times_an_hour(client, session, call, question):
    answers = [send(client, call, question, text=f"{TEXT} {n}").status_code for n in range(11)]
    assert answers == [303] * 10 + [429]


def test_the_desk_reads_and_closes(client, session, call, question):
    reporter, organizer = make_person(session, full_name="Rita Reporter"), make_organizer(session, call)
    sign_in(client, session, reporter)
    send(client, call, question)
    (report,) = reports(session)
    sign_in(client, session, organizer)
    assert "1 open report of a problem" in client.get(f"/{call.slug}/organize/questions").text
    page = desk_of(client, call)
    assert "names &lt;b&gt;my&lt;/b&gt; institute" in page
    assert "Rita Reporter" not in page
    address = f"/{call.slug}/organize/questions/reports/{report.id}/close"
    assert client.post(address, data={"outcome": "nonsense"}).status_code == 303
    assert client.post(address, data={"outcome": "acted_on"}).status_code == 303
    session.expire_all()
    assert (report.outcome, report.closed_by_id) == (ReportOutcome.ACTED_ON, organizer.id)
    assert TEXT[:10] not in desk_of(client, call)
    assert "Something was done" in desk_of(client, call, "closed")
    assert client.post(address, data={"outcome": "nothing_wrong"}).status_code == 409
    (letter,) = letters(session)
    assert letter.recipient == reporter.email
    events = sa.select(AuditEvent.details).where(AuditEvent.act == "close report")
    assert session.scalars(events).all() == [{"outcome": "acted_on"}]


def test_a_reporter_without_account_gets_no_letter(session, call, question):
    report = make_report(session, question)
    values = dict(call=call, report_id=report.id, outcome=ReportOutcome.NOTHING_WRONG, actor_id=None, now=utcnow())
    close_report(session, **values)
    assert letters(session) == []
    with pytest.raises(Conflict):
        close_report(session, **values)
    with pytest.raises(NotFound):
        close_report(session, **values | {"call": make_call(session)})


def test_who_has_a_part_in_a_question_never_sees_its_reports(client, session, call):
    author = make_organizer(session, call)
    own = make_question(session, call, author, title="A question of an organizer?")
    report = make_report(session, own, text="This is about the organizer.")
    sign_in(client, session, author)
    assert "This is about the organizer." not in desk_of(client, call)
    assert "0 open reports of problems" in client.get(f"/{call.slug}/organize/questions").text
    address = f"/{call.slug}/organize/questions/reports/{report.id}/close"
    assert client.post(address, data={"outcome": "nothing_wrong"}).status_code == 404
    sign_in(client, session, make_organizer(session, call))
    assert "This is about the organizer." in desk_of(client, call)

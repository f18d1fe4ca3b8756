"""The form that sends a question or plan."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_submissions import form_values

from solicit.audit.models import AuditEvent
from solicit.calls.states import CallState
from solicit.mail.models import OutboxMail
from solicit.people.states import Career
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Authorship, Submission, SubmissionVersion


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def sender(client, session):
    person = make_person(session)
    sign_in(client, session, person)
    return person


def n_rows(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_signed_out_asks_to_sign_in(client, call):
    answer = client.get(f"/en/{call.slug}/submit?kind=plan")
    assert answer.status_code == 303
    assert "sign-in" in answer.location


def test_signed_out_post_shows_the_typed_text(client, session, call):
    answer = client.post(f"/en/{call.slug}/submit", data=form_values(significance="A text that took me an hour."))
    assert answer.status_code == 401
    assert "A text that took me an hour." in answer.text
    assert n_rows(session, Submission) == 0


def test_form_starts_with_what_is_known(client, session, call, sender):
    page = client.get(f"/en/{call.slug}/submit?kind=plan&theme=life").text
    assert re.search(r'name="kind" value="plan" checked', page)
    assert re.search(r'name="theme" value="life" checked', page)
    assert sender.full_name in page
    assert "We may publish it." in page


def test_unknown_kind_and_theme_in_the_address_are_ignored(client, call, sender):
    page = client.get(f"/en/{call.slug}/submit?kind=%00&theme=nothing")
    assert page.status_code == 200
    assert re.search(r'name="kind" value="question" checked', page.text)


def test_sending_stores_everything(client, session, call, sender):
    answer = client.post(f"/en/{call.slug}/submit", data=form_values(is_willing="y", affiliation="KNUST"))
    assert answer.status_code == 303
    submission = session.scalars(sa.select(Submission)).one()
    assert re.fullmatch(r"S-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", submission.reference)
    assert (submission.submitter_id, submission.terms_version) == (sender.id, call.terms_version)
    assert session.scalars(sa.select(SubmissionVersion.number)).all() == [1]
    authorship = session.scalars(sa.select(Authorship)).one()
    assert (authorship.full_name, authorship.affiliation) == ("Ada Example", "KNUST")
    assert (authorship.country, authorship.career, authorship.is_willing) == ("KE", Career.RESEARCHER, True)
    question = session.scalars(sa.select(Question)).one()
    assert (question.title, question.number) == (submission.title, None)
    source = session.scalars(sa.select(QuestionSource)).one()
    assert (source.submission_id, source.question_id) == (submission.id, question.id)
    assert session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "submission")).all() == ["submit"]
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.kind, mail.recipient) == ("submission_received", sender.email)
    jobs = session.execute(sa.text("SELECT task_name FROM procrastinate_jobs ORDER BY task_name")).scalars().all()
    assert jobs == ["mail.send", "questions.embed"]


def test_receipt_names_the_reference(client, session, call, sender):
    page = client.post(f"/en/{call.slug}/submit", data=form_values(), follow_redirects=True)
    reference = session.scalars(sa.select(Submission.reference)).one()
    assert "We received your question" in page.text
    assert reference in page.text
    assert "question mark" not in page.text


def test_missing_question_mark_is_a_hint(client, session, call, sender):
    values = form_values(title="Where interstellar dust comes from")
    page = client.post(f"/en/{call.slug}/submit", data=values, follow_redirects=True)
    assert page.status_code == 200
    assert "Your title has no question mark." in page.text


def test_same_form_twice_is_one_submission(client, session, call, sender):
    values = form_values()
    first = client.post(f"/en/{call.slug}/submit", data=values)
    second = client.post(f"/en/{call.slug}/submit", data=values)
    assert first.location == second.location
    assert (n_rows(session, Submission), n_rows(session, Question), n_rows(session, OutboxMail)) == (1, 1, 1)


def test_form_of_another_person_is_refused(client, session, call, sender):
    values = form_values()
    client.post(f"/en/{call.slug}/submit", data=values)
    other = make_person(session)
    sign_in(client, session, other)
    answer = client.post(f"/en/{call.slug}/submit", data=values)
    assert answer.status_code == 422
    assert "This form was used before." in answer.text
    assert n_rows(session, Submission) == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(title=""), "Enter your question"),
        (dict(title="Why?"), "at least 10 characters"),
        (dict(title="x" * 251), "at most 250 characters"),
        (dict(goal_overview="short"), "at least 30 characters"),
        (dict(significance="x" * 5001), "at most 5000 characters"),
        (dict(approach="x" * 8001), "at most 8000 characters"),
        (dict(kind="plan"), "Describe how it would be explored"),
        (dict(kind="letter"), "Choose a question or an exploration plan"),
        (dict(theme="warp"), "Choose a theme"),
        (dict(theme=None), "Choose a theme"),
        (dict(language="tlh"), "Choose the language of your text"),
        (dict(language=""), "Choose the language of your text"),
        (dict(full_name=""), "Enter your name"),
        (dict(full_name="x" * 201), "Shorten the name"),
        (dict(country="XX"), "Choose your country or region"),
        (dict(career="pirate"), "Choose what describes you best"),
        (dict(is_sixteen=None), "16 or older"),
        (dict(has_consented=None), "Agree to the terms"),
        (dict(idempotency_key="1"), "The form is incomplete"),
        (dict(title="A title with NUL \x00 inside?"), "control characters"),
        (dict(goal_overview="A lone surrogate \ud800 in a goal overview."), ""),
    ],
)
def test_bad_values_come_back_with_the_text(client, session, call, sender, values, message):
    sent = form_values(**values)
    kept = sent["significance"]
    body = "&".join(f"{name}={_quoted(value)}" for name, value in sent.items())
    answer = client.post(f"/en/{call.slug}/submit", data=body, content_type="application/x-www-form-urlencoded")
    if message:
        assert answer.status_code == 422
        assert message in answer.text
        assert kept in answer.text
        assert "<title>Error:" in answer.text
        assert n_rows(session, Submission) == 0
    else:
        assert answer.status_code in (303, 422)  # the decoder replaces what is no character


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def test_chinese_signs_count_three(client, session, call, sender):
    values = form_values(
        title="火星生命", goal_overview="火星上曾经有过生命吗" + "?", significance="这告诉我们生命的起源。"
    )
    answer = client.post(f"/en/{call.slug}/submit", data=values | {"language": "zh"})
    assert answer.status_code == 303
    assert session.scalars(sa.select(Submission.language)).one() == "zh"


@pytest.mark.parametrize("state", [CallState.CLOSED, CallState.PUBLISHED])
def test_closed_call_says_so_and_keeps_the_text(client, session, sender, state):
    call = make_call(session, state=state)
    page = client.get(f"/en/{call.slug}/submit")
    assert "This call is not open for submissions." in page.text
    assert '<form class="with-aside"' not in page.text
    answer = client.post(f"/en/{call.slug}/submit", data=form_values(significance="A text that took me an hour."))
    assert answer.status_code == 422
    assert "A text that took me an hour." in answer.text
    assert n_rows(session, Submission) == 0


def test_check_shows_the_panel_and_keeps_everything(client, session, call, sender, no_language_model):
    values = form_values(full_name="Grace Example", has_consented=None) | {"check": "1"}
    page = client.post(f"/en/{call.slug}/submit", data=values)
    assert page.status_code == 200
    assert "The comparison is not available now. You can still submit." in page.text
    assert values["title"] in page.text
    assert "Grace Example" in page.text
    assert "There is a problem" not in page.text
    assert n_rows(session, Submission) == 0


def test_form_costs_few_statements(client, session, call, sender, count_statements):
    count_statements.clear()
    client.get(f"/en/{call.slug}/submit")
    assert len(count_statements) <= 5

"""Pages about letters: stopping them, choosing them, and what became of a call's letters."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_mail import make_letter
from builders_panels import make_panel, seat
from builders_questions import make_question
from flask import current_app

from solicit.mail.models import MailStop, OutboxMail
from solicit.mail.service import StopLinks
from solicit.mail.states import STOPPABLE, MailState, Problem
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState
from solicit.submissions.models import Submission

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def link(app, person) -> str:
    return f"/en/mail/stop/{StopLinks(current_app.config['SECRET_KEY']).token(person_id=person.id, kind='digest')}"


@pytest.fixture
def protected(client):
    """A browser, with the protection that other tests switch off."""
    client.application.config["WTF_CSRF_ENABLED"] = True
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = False


def stopped(session, person) -> set[str]:
    return set(session.scalars(sa.select(MailStop.kind).where(MailStop.person_id == person.id)))


def test_opening_the_link_stops_nothing(client, session, person, link, count_statements):
    count_statements.clear()
    page = client.get(link)
    assert page.status_code == 200 and "Stop these letters" in page.text
    assert len(count_statements) <= 4
    assert stopped(session, person) == set()


def test_button_stops_and_undoes(client, session, person, link):
    assert client.post(link).status_code == 303
    assert stopped(session, person) == {"digest"}
    assert "You do not get these letters any more" in client.get(link).text
    client.post(link, data={"again": "1"})
    assert stopped(session, person) == set()


def test_mail_program_stops_letters_without_cookie_or_token(protected, session, person, link):
    answer = protected.post(link, data=ONE_CLICK)
    assert answer.status_code == 200  # a redirect would not be followed
    assert stopped(session, person) == {"digest"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"List-Unsubscribe": "Two-Clicks"},
        {"List-Unsubscribe": ["One-Click", "One-Click"]},
        ONE_CLICK | {"again": "1"},
        {"again": "1"},
    ],
)
def test_any_other_body_needs_a_page_of_ours(protected, session, person, link, body):
    assert protected.post(link, data=body).status_code == 400
    assert stopped(session, person) == set()


def test_body_of_mail_programs_opens_no_other_door(protected, session, person):
    sign_in(protected, session, person)
    assert protected.post("/en/account/letters", data=ONE_CLICK).status_code == 400
    assert stopped(session, person) == set()


@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_link_is_not_found(client, link, method):
    assert getattr(client, method)(link + "x").status_code == 404


def test_letters_are_chosen_on_the_account(client, session, person, count_statements):
    sign_in(client, session, person)
    count_statements.clear()
    page = client.get("/en/account/letters")
    assert len(count_statements) <= 8
    assert page.text.count(" checked") == len(STOPPABLE)
    assert client.post("/en/account/letters", data={"kinds": ["draft_reminder"]}).status_code == 303
    assert stopped(session, person) == STOPPABLE - {"draft_reminder"}
    assert client.get("/en/account/letters").text.count(" checked") == 1
    client.post("/en/account/letters", data={"csrf_token": "x"})  # what a browser sends with no box ticked
    assert stopped(session, person) == STOPPABLE
    assert client.post("/en/account/letters", data={"kinds": ["submission_received"]}).status_code == 422
    assert "/en/account/letters" in client.get("/en/account").text


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call, full_name="Olga")


def receipt_of(session, call, question, **values) -> OutboxMail:
    submission = session.scalars(
        sa.select(Submission).where(Submission.title == question.title, Submission.call_id == call.id)
    ).one()
    return make_letter(
        session,
        params={"reference": submission.reference, "title": submission.title},
        person_id=submission.submitter_id,
        call_id=call.id,
        recipient="somebody@example.org",
        **values,
    )


def declare_conflict(session, question, person) -> None:
    session.add(
        ConflictOfInterest(
            question_id=question.id,
            person_id=person.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            reason="A colleague wrote it.",
            created_at=question.created_at,
        )
    )
    session.flush()


def test_organizer_sees_what_became_of_letters(client, session, call, organizer, count_statements):
    mail = receipt_of(session, call, make_question(session, call))
    make_letter(session, state=MailState.FAILED, problem=Problem.REFUSED, n_tries=1, call_id=call.id)
    make_letter(session, call_id=make_call(session).id, kind="question_screened")
    sign_in(client, session, organizer)
    count_statements.clear()
    page = client.get(f"/{call.slug}/organize/mail")
    assert len(count_statements) <= 8
    assert mail.params["reference"] in page.text and Problem.REFUSED in page.text
    assert "Part of the call" not in page.text
    assert page.text.count("Send again") == 1 and "1 letter could not be sent." in page.text


def test_organizer_never_sees_the_receiver(client, session, call, organizer):
    receipt_of(session, call, make_question(session, call))
    panel = make_panel(session, call)
    panelist = seat(session, call, panel)
    name = {"name": panelist.full_name}
    make_letter(session, kind="panelist_invited", params=name, person_id=panelist.id, call_id=call.id)
    sign_in(client, session, organizer)
    page = client.get(f"/{call.slug}/organize/mail").text
    assert "Seat on a panel" in page
    assert "@example.org" not in page.replace("mailto:", "") and panelist.full_name not in page


def test_letter_of_a_question_one_has_a_part_in_names_nothing(client, session, call, organizer):
    own = make_question(session, call, submitter=organizer)
    foreign, judged = make_question(session, call), make_question(session, call)
    declare_conflict(session, judged, organizer)
    references = [receipt_of(session, call, question).params["reference"] for question in (own, judged, foreign)]
    sign_in(client, session, organizer)
    page = client.get(f"/{call.slug}/organize/mail").text
    assert [reference in page for reference in references] == [False, False, True]
    assert page.count("Submission received</th>") == 3


def test_letter_to_somebody_else_names_no_reference(client, session, call, organizer):
    mail = receipt_of(session, call, make_question(session, call))
    mail.person_id = make_person(session).id
    sign_in(client, session, organizer)
    assert mail.params["reference"] not in client.get(f"/{call.slug}/organize/mail").text


def test_filters_are_links_with_counts(client, session, call, organizer):
    for state in (MailState.SENT, MailState.SENT, MailState.FAILED):
        make_letter(session, state=state, call_id=call.id)
    make_letter(session, kind="round_opened", call_id=call.id)
    sign_in(client, session, organizer)
    rows = [
        client.get(f"/{call.slug}/organize/mail?{query}").text.count('scope="row"')
        for query in ("", "state=failed", "state=sent", "state=sent&kind=round_opened", "kind=nonsense&state=nonsense")
    ]
    assert rows == [4, 1, 3, 1, 4]
    assert "No letter matches" in client.get(f"/{call.slug}/organize/mail?state=queued").text


def test_organizer_sends_a_failed_letter_again(client, session, call, organizer):
    mail = make_letter(session, state=MailState.FAILED, problem=Problem.REFUSED, call_id=call.id)
    sign_in(client, session, organizer)
    assert client.post(f"/{call.slug}/organize/mail/{mail.id}/again").status_code == 303
    session.expire_all()
    assert session.get_one(OutboxMail, mail.id).state is MailState.QUEUED
    assert client.post(f"/{call.slug}/organize/mail/{mail.id}/again").status_code == 409

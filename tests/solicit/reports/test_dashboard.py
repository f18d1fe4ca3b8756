"""The dashboard: its numbers, its one warning, and who may see them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_question

from solicit.calls.states import CallState, Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.jobs.service import start_job
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState, Problem
from solicit.panels.models import Assignment, ConflictOfInterest, Panel, Round
from solicit.panels.states import AssignmentState, ConflictSource, ConflictState, RoundState
from solicit.questions.models import DuplicatePair, ProblemReport
from solicit.questions.states import QuestionState, ReportReason
from solicit.reports.queries.dashboard import Concern, dashboard
from solicit.reports.queries.queues import Waiting
from solicit.submissions.states import SubmissionState

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def call(session):
    return make_call(session, now=NOW)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def submit(session, call, *, days_ago=0, theme_key="space", state=QuestionState.NEW, people=None, **person):
    """A question of one submission that was sent some days ago."""
    at = NOW - timedelta(days=days_ago)
    number = {} if state is QuestionState.IN_SCOPE else {"number": None}
    question = make_question(session, call, theme_key=theme_key, state=state, created_at=at, **number)
    submission = make_authors(session, call, question, people or [make_person(session, **person)])
    submission.sent_at = at
    session.flush()
    return question


def numbers(session, call, viewer):
    return dashboard(session, call=call, viewer_id=viewer.id, now=NOW).figures


def test_submissions_and_countries_with_their_change(session, call, ada):
    submit(session, call, days_ago=9, country="KE")
    submit(session, call, days_ago=2, country="KE")
    submit(session, call, days_ago=1, country="FR")
    submit(session, make_call(session), country="CN")
    found = numbers(session, call, ada)
    assert (found.n_submissions, found.n_submissions_week) == (3, 2)
    assert (found.n_countries, found.n_countries_week) == (2, 1)
    assert (found.desk.n_to_screen, found.desk.oldest_to_screen_at) == (3, NOW - timedelta(days=9))


def test_drafts_and_withdrawn_do_not_count(session, call, ada):
    question = make_question(session, call)
    submission = make_authors(session, call, question, [make_person(session)])
    submission.state, submission.withdrawn_at = SubmissionState.WITHDRAWN, NOW
    session.flush()
    assert numbers(session, call, ada).n_submissions == 0


def test_own_questions_are_not_in_the_queue(session, call, ada):
    submit(session, call, people=[ada])
    other = submit(session, call)
    found = dashboard(session, call=call, viewer_id=ada.id, now=NOW)
    assert found.figures.desk.n_to_screen == 1
    assert [row.id for row in found.to_screen] == [other.id]


def make_pair(session, call, left, right, *, days_ago=0):
    model = session.query(EmbeddingModel).first() or EmbeddingModel(name="a model", width=384)
    session.add(model)
    session.flush()
    low, high = sorted((left.id, right.id))
    at = NOW - timedelta(days=days_ago)
    pair = DuplicatePair(
        call_id=call.id,
        left_id=low,
        right_id=high,
        model_id=model.id,
        cosine=0.94,
        probability=0.9,
        suggested_at=at,
    )
    session.add(pair)
    session.flush()
    return pair


def test_open_pairs_count_without_own_questions(session, call, ada):
    asked = [submit(session, call) for _ in range(3)]
    own = submit(session, call, people=[ada])
    make_pair(session, call, asked[0], asked[1], days_ago=9)
    make_pair(session, call, asked[1], asked[2], days_ago=1)
    make_pair(session, call, asked[0], own)
    found = dashboard(session, call=call, viewer_id=ada.id, now=NOW)
    assert (found.figures.desk.n_duplicates, found.figures.desk.n_duplicates_week) == (2, 1)
    assert len(found.duplicates) == 2


def make_reviews(session, call, states, *, started_days_ago=8, days_left=2):
    panel = Panel(call_id=call.id, name=f"Panel {uuid4()}")
    round_ = Round(
        call_id=call.id,
        kind=Kind.QUESTION,
        name="First",
        state=RoundState.OPEN,
        opens_at=NOW - timedelta(days=started_days_ago),
        closes_at=NOW + timedelta(days=days_left),
        seed=1,
        created_at=NOW,
    )
    session.add_all([panel, round_])
    session.flush()
    for order, state in enumerate(states):
        session.add(
            Assignment(
                round_id=round_.id,
                question_id=make_question(session, call).id,
                panel_id=panel.id,
                person_id=make_person(session).id,
                state=state,
                abstain_reason="A conflict." if state is AssignmentState.ABSTAINED else "",
                affinity=0.5,
                queue_order=order,
                assigned_at=NOW,
                changed_at=NOW - timedelta(days=1) if state is AssignmentState.SUBMITTED else None,
            )
        )
    session.flush()
    return round_


def test_reviews_done_of_those_still_asked_for(session, call, ada):
    done, open_, gone = AssignmentState.SUBMITTED, AssignmentState.ASSIGNED, AssignmentState.ABSTAINED
    make_reviews(session, call, [done, done, open_, AssignmentState.DRAFT, gone, AssignmentState.VOIDED])
    found = numbers(session, call, ada)
    assert (found.n_assigned, found.n_done, found.n_done_week) == (4, 2, 2)


def test_who_scores_again_is_not_counted_twice_but_kept_to_the_pace(session, call, ada):
    first = make_reviews(session, call, [AssignmentState.SUBMITTED] * 2)
    again = make_reviews(session, call, [AssignmentState.SUBMITTED] + [AssignmentState.ASSIGNED] * 2)
    first.state, again.follows_id = RoundState.CLOSED, first.id
    session.flush()
    found = dashboard(session, call=call, viewer_id=ada.id, now=NOW)
    assert (found.figures.n_assigned, found.figures.n_done, found.figures.n_done_week) == (2, 2, 2)
    assert [(panel.n_assigned, panel.n_done) for panel in found.plots["panels"].panels] == [(3, 1)]


def warning(session, call, ada):
    return dashboard(session, call=call, viewer_id=ada.id, now=NOW).warning


def test_one_warning_the_panel_furthest_behind_first(session, call, ada):
    assert warning(session, call, ada) is None
    submit(session, call, days_ago=9)
    assert (warning(session, call, ada).concern, warning(session, call, ada).days) == (Concern.SCREENING, 9)
    make_letter(session, call, MailState.FAILED)
    assert (warning(session, call, ada).concern, warning(session, call, ada).n) == (Concern.LETTERS, 1)
    make_reviews(session, call, [AssignmentState.SUBMITTED] + [AssignmentState.ASSIGNED])
    # One of four in eight days: the rest takes 24 more, and 2 are left.
    make_reviews(session, call, [AssignmentState.SUBMITTED] + [AssignmentState.ASSIGNED] * 3)
    found = warning(session, call, ada)
    assert (found.concern, found.n, found.days) == (Concern.PANEL, 3, 22)
    assert (found.panel.n_done, found.panel.n_assigned, found.panel.due) == (1, 4, 0.8)


def test_reviews_in_time_are_no_warning(session, call, ada):
    make_reviews(session, call, [AssignmentState.SUBMITTED] * 3 + [AssignmentState.ASSIGNED])
    assert warning(session, call, ada) is None


def test_old_pairs_are_a_warning(session, call, ada):
    one, other = (submit(session, call, state=QuestionState.IN_SCOPE) for _ in range(2))
    make_pair(session, call, one, other, days_ago=8)
    assert warning(session, call, ada).concern is Concern.DUPLICATES


def test_signed_out_and_others_stay_outside(client, session, call):
    assert client.get(f"/{call.slug}/organize").status_code == 303
    sign_in(client, session, make_person(session))
    assert client.get(f"/{call.slug}/organize").status_code == 403
    sign_in(client, session, make_organizer(session, make_call(session)))
    assert client.get(f"/{call.slug}/organize").status_code == 403
    assert client.get("/nowhere/organize").status_code == 404


def test_empty_call_has_a_dashboard(client, session, call, ada):
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize").text
    assert "Nothing waits for screening." in text
    assert "No pair waits for a verdict." in text
    assert "none assigned yet" in text


def test_call_closed_before_its_date_says_the_day_it_closed(client, session):
    call = make_call(session, state=CallState.CLOSED)
    sign_in(client, session, make_organizer(session, call))
    text = client.get(f"/{call.slug}/organize").text
    figure = re.sub("<[^>]+>", " ", text.partition("Days to close")[2].partition("</div>")[0]).split()
    assert figure == ["Closed", str(call.closed_at.day), f"{call.closed_at:%b}", str(call.closed_at.year)]


def test_nothing_waits_at_the_desk_of_a_published_call(client, session):
    call = make_call(session, state=CallState.PUBLISHED)
    sign_in(client, session, make_organizer(session, call))
    text = client.get(f"/{call.slug}/organize").text
    assert "To screen" not in text and "Duplicate queue" not in text


def test_page_shows_queues_and_jobs(client, session, call, ada):
    asked = [submit(session, call, days_ago=1) for _ in range(2)]
    make_pair(session, call, *asked)
    values = dict(kind="invitations.select", task="invitations.select", n_steps=4, started_by_id=ada.id)
    start_job(session, call_id=call.id, now=utcnow(), **values)
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize").text
    assert text.count("<h1>") == 1
    assert asked[0].title in text
    assert "0.94" in text
    assert "Choose whom to invite" in text
    assert "Waiting, step 1 of 4" in text
    assert re.search(r'<form[^>]+action="/[^"]+/organize/jobs/\d+/stop"', text)


def make_letter(session, call, state, problem=""):
    sent_at = NOW if state is MailState.SENT else None
    values = dict(recipient="a@example.org", locale="en", params={}, message_id=f"{uuid4()}@example.org")
    letter = OutboxMail(
        call_id=call.id, kind="digest", state=state, problem=problem, sent_at=sent_at, created_at=NOW, **values
    )
    session.add(letter)
    session.flush()


def test_page_says_what_became_of_letters_and_why(client, session, call, ada):
    for state in (MailState.QUEUED, MailState.SENT, MailState.SENT):
        make_letter(session, call, state)
    make_letter(session, make_call(session), MailState.FAILED, Problem.UNREACHABLE)
    for _ in range(2):
        make_letter(session, call, MailState.FAILED, Problem.REFUSED)
    found = dashboard(session, call=call, viewer_id=ada.id, now=NOW).letters
    assert (found.n_queued, found.n_sent, found.n_failed) == (1, 2, 2)
    assert found.problems == ((Problem.REFUSED, 2),)
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize").text
    assert "2 letters did not go out." in text
    assert f'href="/{call.slug}/organize/mail?state=failed"' in text


def test_what_waits_leaves_out_questions_in_which_one_has_a_part(client, session, call, ada):
    own = submit(session, call, state=QuestionState.IN_SCOPE, people=[ada])
    other = submit(session, call, state=QuestionState.IN_SCOPE)
    for question in (own, other, other):
        report = dict(reason=ReportReason.NAMES_SOMEBODY, text="A name.", reported_at=NOW)
        session.add(ProblemReport(call_id=call.id, question_id=question.id, **report))
        person_id = make_person(session).id
        suspected = dict(state=ConflictState.SUSPECTED, source=ConflictSource.CO_AUTHOR, created_at=NOW)
        session.add(ConflictOfInterest(question_id=question.id, person_id=person_id, **suspected))
    session.flush()
    found = dashboard(session, call=call, viewer_id=ada.id, now=NOW).waiting
    assert found == {Waiting.REPORTS: 2, Waiting.CONFLICTS: 2}
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize").text
    assert "2 problem reports to answer" in text
    assert "2 conflicts of interest to decide on" in text


@pytest.mark.parametrize("n", [1, 3])
def test_dashboard_costs_six_statements(client, session, call, ada, n, count_statements):
    asked = [submit(session, call, days_ago=day) for day in range(2 * n)]
    for left, right in zip(asked[::2], asked[1::2], strict=True):
        make_pair(session, call, left, right)
    make_reviews(session, call, [AssignmentState.SUBMITTED] * n)
    sign_in(client, session, ada)
    count_statements.clear()
    assert client.get(f"/{call.slug}/organize").status_code == 200
    assert len(count_statements) == 6

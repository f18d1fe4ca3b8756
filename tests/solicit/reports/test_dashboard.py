"""The dashboard: its numbers, its one warning, and who may see them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_question

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.jobs.service import start_job
from solicit.panels.models import Assignment, Panel, Round
from solicit.panels.states import AssignmentState, RoundState
from solicit.questions.models import DuplicatePair
from solicit.questions.states import QuestionState
from solicit.reports.queries.dashboard import Concern, dashboard, submissions_per_day, theme_shares
from solicit.reports.queries.figures import figures
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
    return figures(session, call=call, viewer_id=viewer.id, now=NOW)


def test_submissions_and_countries_with_their_change(session, call, ada):
    submit(session, call, days_ago=9, country="KE")
    submit(session, call, days_ago=2, country="KE")
    submit(session, call, days_ago=1, country="FR")
    submit(session, make_call(session), country="CN")
    found = numbers(session, call, ada)
    assert (found.n_submissions, found.n_submissions_week) == (3, 2)
    assert (found.n_countries, found.n_countries_week) == (2, 1)
    assert (found.n_to_screen, found.oldest_to_screen_at) == (3, NOW - timedelta(days=9))


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
    assert found.figures.n_to_screen == 1
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
    assert (found.figures.n_duplicates, found.figures.n_duplicates_week) == (2, 1)
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
    again = make_reviews(session, call, [AssignmentState.SUBMITTED, AssignmentState.ASSIGNED])
    first.state, again.follows_id = RoundState.CLOSED, first.id
    session.flush()
    found = numbers(session, call, ada)
    assert (found.n_assigned, found.n_done, found.n_done_week) == (2, 2, 2)
    assert (found.n_open_assigned, found.n_open_done) == (2, 1)


def warning(session, call, ada):
    return dashboard(session, call=call, viewer_id=ada.id, now=NOW).warning


def test_one_warning_the_reviews_first(session, call, ada):
    assert warning(session, call, ada) is None
    submit(session, call, days_ago=9)
    assert (warning(session, call, ada).concern, warning(session, call, ada).days) == (Concern.SCREENING, 9)
    make_reviews(session, call, [AssignmentState.SUBMITTED] + [AssignmentState.ASSIGNED] * 3)
    found = warning(session, call, ada)
    assert (found.concern, found.n, found.days) == (Concern.REVIEWS, 3, 2)


def test_reviews_in_time_are_no_warning(session, call, ada):
    make_reviews(session, call, [AssignmentState.SUBMITTED] * 3 + [AssignmentState.ASSIGNED])
    assert warning(session, call, ada) is None


def test_old_pairs_are_a_warning(session, call, ada):
    one, other = (submit(session, call, state=QuestionState.IN_SCOPE) for _ in range(2))
    make_pair(session, call, one, other, days_ago=8)
    assert warning(session, call, ada).concern is Concern.DUPLICATES


def test_days_without_submissions_are_shown(session, call, ada):
    for days_ago in (8, 8, 3):
        submit(session, call, days_ago=days_ago)
    days = submissions_per_day(session, call=call, now=NOW)
    assert [day.n for day in days] == [2, 0, 0, 0, 0, 1, 0, 0, 0]
    assert days[0].day == NOW.date() - timedelta(days=8)
    assert days[6].mean == pytest.approx(3 / 7)
    assert days[5].mean is None


def test_shares_add_up(session, call, ada):
    for key in ("space", "space", "life", "station"):
        submit(session, call, theme_key=key)
    shares = {share.theme.key: share.share for share in theme_shares(session, call=call)}
    assert shares == {"space": 0.5, "life": 0.25, "nature": 0.0, "station": 0.25}


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


@pytest.mark.parametrize("n", [1, 3])
def test_dashboard_costs_seven_statements(client, session, call, ada, n, count_statements):
    asked = [submit(session, call, days_ago=day) for day in range(2 * n)]
    for left, right in zip(asked[::2], asked[1::2], strict=True):
        make_pair(session, call, left, right)
    make_reviews(session, call, [AssignmentState.SUBMITTED] * n)
    sign_in(client, session, ada)
    count_statements.clear()
    assert client.get(f"/{call.slug}/organize").status_code == 200
    assert len(count_statements) == 7


def test_numbers_of_the_plots_can_be_taken_away(client, session, call, ada):
    submit(session, call, days_ago=1)
    submit(session, call, days_ago=1, theme_key="life")
    sign_in(client, session, ada)
    days = table(client, call, "submissions-per-day")
    assert days[0]["submissions"] == "2"
    assert [row["submissions"] for row in table(client, call, "themes")] == ["1", "1", "0", "0"]


def table(client, call, name):
    answer = client.get(f"/{call.slug}/organize/export/{name}.csv")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))

"""The plots: exact values of a small call, what they say, and what an organizer with a part in it does not see."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_question, make_ranked_run, make_ranking_row, make_selection
from builders_rankings import Judged
from builders_topics import make_run

from solicit.embeddings.models import EmbeddingModel
from solicit.invitations.models import Selection
from solicit.panels.models import PanelHealth, Round
from solicit.panels.states import RoundState
from solicit.questions.models import DuplicatePair
from solicit.questions.states import Verdict
from solicit.reports.queries.plots import PLOTS
from solicit.reports.queries.plots.arrivals import Country
from solicit.reports.queries.plots.part import Asking, read_parts
from solicit.topics.models import Topic, TopicMember

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def call(session):
    return make_call(session, now=NOW)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def submit(session, call, *, days_ago=0, theme_key="space", people=None, **person):
    """A question in scope of one submission that was sent some days ago."""
    at = NOW - timedelta(days=days_ago)
    question = make_question(session, call, theme_key=theme_key, created_at=at)
    submission = make_authors(session, call, question, people or [make_person(session, **person)])
    submission.sent_at = at
    session.flush()
    return question


def numbers(session, call, viewer, name, *, now=NOW):
    return read_parts(session, asking=Asking(call, viewer.id, now), parts={name: PLOTS[name]})[name]


def test_days_without_submissions_are_shown(session, call, ada):
    for days_ago in (8, 8, 3):
        submit(session, call, days_ago=days_ago)
    found = numbers(session, call, ada, "pace")
    days = found.days
    assert (found.n, found.n_week) == (3, 1)
    assert [day.n for day in days] == [2, 0, 0, 0, 0, 1, 0, 0, 0]
    assert days[0].day == NOW.date() - timedelta(days=8)
    assert days[6].mean == pytest.approx(3 / 7)
    assert days[5].mean is None


def test_shares_and_countries_add_up_without_what_one_has_a_part_in(session, call, ada):
    for key, country in (("space", "KE"), ("space", "KE"), ("life", "FR"), ("station", None)):
        submit(session, call, theme_key=key, country=country)
    submit(session, call, theme_key="life", people=[ada, make_person(session, country="CN")])
    shares = {share.theme.key: (share.n, share.share) for share in numbers(session, call, ada, "themes")}
    assert shares == {"space": (2, 0.5), "life": (1, 0.25), "nature": (0, 0.0), "station": (1, 0.25)}
    countries = [("KE", 2), ("FR", 1), (None, 1)]
    assert numbers(session, call, ada, "countries") == tuple(Country(code, n, NOW) for code, n in countries)
    assert numbers(session, call, ada, "pace").n == 4


def test_ratings_per_question_count_questions_without_any(session, call):
    judged = Judged(session, call=call, n_questions=3, n_panelists=4)
    for n_person, n_question in ((0, 0), (1, 0), (2, 0), (3, 0), (0, 1)):
        judged.score(n_person, n_question, 3)
    found = numbers(session, call, make_organizer(session, call), "reviews")
    assert (found.counts[:5], found.n_short) == ((1, 1, 0, 0, 1), 2)
    # Who rates a question loses it at the desk, too.
    assert numbers(session, call, judged.people[3], "reviews").counts[:5] == (1, 1, 0, 0, 0)


def test_severity_is_shown_after_the_close_without_names_and_never_of_fewer_than_three(session, call, ada):
    judged = Judged(session, call=call, n_questions=1, n_panelists=1)
    measured = [dict(person_id=9, severity=s, low=s - 0.2, high=s + 0.2) for s in (0.4, -0.5, 0.1)]
    health = PanelHealth(
        round_id=judged.round_id,
        report={"panelists": measured},
        input_digest=b"",
        seed=1,
        versions={},
        computed_at=NOW,
    )
    session.add(health)
    session.flush()
    assert numbers(session, call, ada, "severity").panelists == ()
    session.get_one(Round, judged.round_id).state = RoundState.CLOSED
    session.flush()
    found = numbers(session, call, ada, "severity")
    assert [(row.place, row.mid) for row in found.panelists] == [(1, -0.5), (2, 0.1), (3, 0.4)]
    health.report = {"panelists": measured[:2]}
    session.flush()
    found = numbers(session, call, ada, "severity")
    assert (found.panelists, found.is_hidden) == ((), True)


def test_intervals_leave_out_questions_in_conflict_and_count_bands(session, call, ada):
    run = make_ranked_run(session, call)
    first, own, third = (submit(session, call, people=people) for people in (None, [ada], None))
    for place, question in enumerate((first, own, third), 1):
        shown = dict(run_id=run.id, position=place, place_first=1 + (place > 2), place_last=3, band=1)
        make_ranking_row(session, question, mean=4.5 - place, low=4.0 - place, high=5.0 - place, p_top_k=0.5, **shown)
    found = numbers(session, call, ada, "intervals")
    assert [(row.place_first, row.mean, row.low, row.high) for row in found.rows] == [
        (1, 3.5, 3.0, 4.0),
        (2, 1.5, 1.0, 2.0),
    ]
    assert (found.run_id, found.n_bands) == (run.id, 2)


def test_similarity_counts_pairs_and_how_far_down_same_ones_reach(session, call, ada):
    model = EmbeddingModel(name="a model", width=384)
    session.add(model)
    session.flush()
    own = submit(session, call, people=[ada])
    a, b, c, d = (submit(session, call) for _ in range(4))
    pairs = ((a, b, 0.97, Verdict.SAME), (a, c, 0.71, Verdict.SAME), (a, d, 0.62, None), (d, own, 0.99, None))
    for one, other, cosine, verdict in pairs:
        low, high = sorted((one.id, other.id))
        values = dict(model_id=model.id, cosine=cosine, probability=0.5, suggested_at=NOW)
        decided = dict(verdict=verdict, decided_at=NOW if verdict else None, decided_by_id=ada.id if verdict else None)
        session.add(DuplicatePair(call_id=call.id, left_id=low, right_id=high, **values, **decided))
    session.flush()
    found = numbers(session, call, ada, "similarity")
    assert found.counts == (0, 0, 1, 0, 1, 0, 0, 0, 0, 1)
    assert found.same == (0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
    assert (found.begins_at, found.least_same) == pytest.approx((0.62, 0.71))


def test_topics_say_what_they_had_before(session, call, ada):
    run = make_run(session, call)
    questions = [submit(session, call, days_ago=days) for days in (40, 10, 2, 1)]
    own = submit(session, call, people=[ada])
    theme_id = call.theme("space").id
    topic = Topic(
        call_id=call.id, theme_id=theme_id, terms=["dust"], medoid_id=questions[0].id, run_id=run.id, created_at=NOW
    )
    session.add(topic)
    session.flush()
    session.add_all(TopicMember(question_id=each.id, topic_id=topic.id) for each in (*questions, own))
    session.flush()
    (found,) = numbers(session, call, ada, "topics")
    assert (found.name, found.n, found.n_week_ago, found.n_month_ago, found.n_new) == ("dust", 4, 2, 1, 2)


def test_seats_say_what_one_more_would_gain(session, call, ada):
    assert numbers(session, call, ada, "seats") is None
    run = make_ranked_run(session, call)
    for place in (1, 2, 3):
        question = submit(session, call, country="KE")
        make_ranking_row(session, question, run_id=run.id, position=place, p_top_k=0.9 - place / 10)
    selection = session.get_one(Selection, make_selection(session, call, run, proposer=ada))
    selection.explanation = {
        "prices": [
            {"name": "seats", "widened_by": None, "gained": 50, "saved": 0, "enters": []},
            {"name": "seats", "widened_by": 1, "gained": 30, "saved": 0, "enters": []},
            {"name": "budget", "widened_by": 1, "gained": 70, "saved": 0, "enters": []},
        ]
    }
    session.flush()
    found = numbers(session, call, ada, "seats")
    assert (found.selection_id, found.n_places, found.value) == (
        selection.id,
        2,
        selection.merit_total + selection.coverage_total,
    )
    assert (found.gained_by_one, found.gained_without_limit) == (30, 50)


def test_an_empty_call_says_when_each_plot_appears(client, session, call, ada):
    sign_in(client, session, ada)
    page = client.get(f"/{call.slug}/organize/plots").text
    assert page.count("<figure") == len(PLOTS) == 10
    assert page.count("This plot appears ") == 10


def test_a_judged_call_draws_its_plots_in_three_statements(client, session, count_statements):
    judged = Judged(session)
    judged.score_all()
    judged.freeze()
    organizer = make_organizer(session, judged.call)
    sign_in(client, session, organizer)
    count_statements.clear()
    page = client.get(f"/{judged.call.slug}/organize/plots").text
    assert len(count_statements) == 3
    shown = dict(re.findall(r'id="plot-(\w+)">.*?<p>([^<]+)</p>', page, re.DOTALL))
    assert shown["pace"] == "6 submissions in the last 7 days shown, 0 in the 7 days before."
    assert shown["reviews"] == "0 questions have fewer than 3 ratings."
    assert shown["intervals"].startswith("These 5 questions stand in ")


@pytest.mark.parametrize("name", PLOTS)
def test_numbers_of_a_plot_can_be_taken_away(client, session, name):
    judged = Judged(session, n_questions=1, n_panelists=3)
    judged.score_all()
    sign_in(client, session, make_organizer(session, judged.call))
    answer = client.get(f"/{judged.call.slug}/organize/plots/{name}.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{judged.call.slug}-{name}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    n_rows = dict(pace=1, countries=1, themes=4, panels=1, reviews=13, intervals=0, severity=0, similarity=10)
    assert len(rows) == n_rows.get(name, 0)
    assert answer.status_code == 200
    assert client.get(f"/{judged.call.slug}/organize/plots/nothing.csv").status_code == 404

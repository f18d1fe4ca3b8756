"""Pages of rankings: who sees what, before and after publication."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import add_submission, force_state, make_later_round, make_read_question, seat
from builders_rankings import Judged

from solicit.calls.service import publish_call
from solicit.calls.states import CallState, Kind
from solicit.clock import utcnow
from solicit.errors import Closed, InvalidMove, NotFound
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.panels.models import Round
from solicit.panels.states import Activity, Confidence, RoundState
from solicit.rankings import tasks
from solicit.rankings.models import RankingRun
from solicit.rankings.service import publish
from solicit.rankings.states import RunState, chance_word


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    return judged


@pytest.fixture
def organizer(judged, session, client):
    person = make_organizer(session, judged.call)
    sign_in(client, session, person)
    return person


def page_of(judged, run_id: int) -> str:
    return f"/{judged.call.slug}/organize/ranking/{run_id}"


def public_page(judged) -> str:
    return f"/en/{judged.call.slug}/ranking"


def test_a_ranking_is_frozen_by_a_job_after_a_confirmation(judged, organizer, session, client):
    address = f"/{judged.call.slug}/organize/ranking/rounds/{judged.round_id}/freeze"
    force_state(session, judged.round_id, "closed")
    assert client.get(f"/{judged.call.slug}/organize/ranking").text.count(address) == 1
    assert "cannot be computed again" in client.get(address).text
    assert session.get_one(Round, judged.round_id, populate_existing=True).state is RoundState.CLOSED
    answer = client.post(address)
    job = session.scalars(sa.select(Job)).one()
    assert answer.location.endswith(f"/organize/jobs/{job.id}")
    assert client.post(address).status_code == 409
    tasks.freeze_ranking(job_id=job.id, call_slug=judged.call.slug, round_id=judged.round_id, actor_id=organizer.id)
    job = session.get_one(Job, job.id, populate_existing=True)
    run = session.scalars(sa.select(RankingRun)).one()
    assert (job.state, job.result_path) == (JobState.DONE, page_of(judged, run.id))
    assert run.seed == session.get_one(Round, judged.round_id).seed and run.frozen_by_id == organizer.id
    assert client.get(f"/{judged.call.slug}/organize/ranking").text.count(page_of(judged, run.id)) == 1


def test_a_job_that_cannot_rank_says_why(organizer, judged, session, client):
    address = f"/{judged.call.slug}/organize/ranking/rounds/{judged.round_id}/freeze"
    client.post(address)
    job = session.scalars(sa.select(Job)).one()
    tasks.freeze_ranking(job_id=job.id, call_slug=judged.call.slug, round_id=judged.round_id, actor_id=organizer.id)
    job = session.get_one(Job, job.id, populate_existing=True)
    assert (job.state, job.problem) == (
        JobState.FAILED,
        "A round of this series is still open. Close it first.",
    )


def test_a_series_with_an_open_round_offers_no_freezing_and_names_the_round(organizer, judged, session, client):
    force_state(session, judged.round_id, "closed")
    make_later_round(session, judged.round_id, Activity.BALLOT, [], state="open", name="The last order")

    page = client.get(f"/{judged.call.slug}/organize/ranking/rounds/{judged.round_id}/freeze").text

    assert "Close them first" in page and ">The last order</a>" in page
    assert ">Freeze the ranking</button>" not in page


def test_organizers_read_every_number_and_the_method(judged, organizer, session, client):
    run_id = judged.freeze()
    run = session.get_one(RankingRun, run_id)
    page = client.get(page_of(judged, run_id)).text
    row = judged.rows(run_id)[0]
    for text in (row.title, f"{row.mean:.2f}", f"{row.plain_mean:.2f}", run.result_digest.hex(), run.salt, "numpy"):
        assert text in page
    assert chance_word(row.p_top_k) in page
    titles = [question.title for question in reversed(judged.questions)]
    assert [page.index(title) for title in titles] == sorted(page.index(title) for title in titles)


def test_what_is_not_ranked_is_said_so(judged, organizer, session, client):
    weak = make_read_question(session, judged.call)
    judged.questions.append(weak)
    judged.score(0, 6, [None] * 3, confidence=Confidence.OUTSIDE)
    page = client.get(page_of(judged, judged.freeze())).text
    assert page.count(">Not ranked yet: fewer than 3 ratings</h3>") == 1
    assert page.index(weak.title) > page.index(judged.questions[0].title)


def test_notes_are_written_in_words_once(session, client):
    judged = Judged(session, n_questions=3, n_panelists=2)
    for n_question in range(3):
        for n_person in range(2):
            judged.score(n_person, n_question, 2 + n_question)
    sign_in(client, session, make_organizer(session, judged.call))
    page = client.get(page_of(judged, judged.freeze())).text
    assert page.count("Too few panelists to separate severity.") == 1


def test_an_organizer_in_conflict_does_not_see_the_row(judged, session, client):
    own = judged.questions[2]
    run_id = judged.freeze()
    organizer = make_organizer(session, judged.call)
    add_submission(session, own, authors=(organizer,))
    sign_in(client, session, organizer)
    page = client.get(page_of(judged, run_id)).text
    assert own.title not in page and judged.questions[3].title in page
    assert "1 question is not shown to you: you have a conflict of interest" in page


def test_themes_are_pages_of_their_own(judged, organizer, session, client):
    life = make_read_question(session, judged.call, theme="life")
    run_id = judged.freeze()
    page = client.get(page_of(judged, run_id) + "?theme=life").text
    assert life.title in page and judged.questions[0].title not in page
    for odd in ("theme=nonsense", "theme=nature", "theme=%00", "page=99", "page=x"):
        assert client.get(f"{page_of(judged, run_id)}?{odd}").status_code == 200


def test_doors_of_a_ranking(judged, session, client):
    run_id = judged.freeze()
    slug = judged.call.slug
    paths = (
        f"/{slug}/organize/ranking",
        page_of(judged, run_id),
        f"{page_of(judged, run_id)}/publish",
        f"/{slug}/organize/ranking/rounds/{judged.round_id}/freeze",
    )
    for path in paths:
        assert client.get(path).status_code == 303
    for person in (make_person(session), judged.people[0], make_organizer(session, make_call(session))):
        sign_in(client, session, person)
        for path in paths:
            assert client.get(path).status_code == 403, path
        assert client.post(paths[2]).status_code == client.post(paths[3]).status_code == 403
    sign_in(client, session, make_organizer(session, judged.call))
    for path in paths:
        assert client.get(path).status_code == 200, path


def test_runs_of_another_call_are_missing(judged, session, client):
    run_id = judged.freeze()
    other = make_call(session, state=CallState.CLOSED)
    sign_in(client, session, make_organizer(session, other))
    for path in (f"{run_id}", f"{run_id}/publish", "999999", str(2**63), f"rounds/{judged.round_id}/freeze"):
        assert client.get(f"/{other.slug}/organize/ranking/{path}").status_code == 404
    assert client.post(f"/{other.slug}/organize/ranking/{run_id}/publish").status_code == 404


def test_a_chair_reads_the_ranking_after_the_freeze_and_publishes_only_their_own_rounds(judged, session, client):
    run_id = judged.freeze()
    chair = seat(session, judged.call, judged.panel, is_chair=True)
    sign_in(client, session, chair)
    address = page_of(judged, run_id)
    progress = client.get(f"/{judged.call.slug}/review/panels/{judged.panel.id}")
    assert address in progress.text
    page = client.get(address)
    assert page.status_code == 200 and judged.questions[0].title in page.text
    assert f"{address}/publish" not in page.text and client.get(f"{address}/publish").status_code == 403
    session.get_one(Round, judged.round_id).panel_id = judged.panel.id
    session.flush()
    assert f"{address}/publish" in client.get(address).text
    assert client.post(f"{address}/publish").status_code == 303
    sign_in(client, session, judged.people[0])
    assert client.get(address).status_code == 403


def test_a_ranking_is_public_after_publication_only(judged, organizer, session, client):
    run_id = judged.freeze()
    assert client.get(public_page(judged)).status_code == 404
    assert public_page(judged) not in client.get(f"/en/{judged.call.slug}/").text
    assert "cannot be taken back" in client.get(f"{page_of(judged, run_id)}/publish").text
    assert client.post(f"{page_of(judged, run_id)}/publish").location == page_of(judged, run_id)
    assert f'href="{public_page(judged)}"' in client.get(f"/en/{judged.call.slug}/").text
    again = client.post(f"{page_of(judged, run_id)}/publish")
    assert again.status_code == 409
    client.delete_cookie("solicit")
    page = client.get(public_page(judged)).text
    row = judged.rows(run_id)[0]
    assert row.title in page and f"{row.mean:.2f}" in page
    assert chance_word(row.p_top_k) not in page and session.get_one(RankingRun, run_id).salt not in page
    assert all(person.full_name not in page for person in judged.people)


def test_questions_without_evidence_are_not_published(judged, organizer, session, client):
    weak = make_read_question(session, judged.call)
    judged.questions.append(weak)
    judged.score(0, 6, 5)
    publish(session, call=judged.call, run_id=judged.freeze(), actor_id=organizer.id, now=utcnow())
    page = client.get(public_page(judged)).text
    assert weak.title not in page and judged.questions[0].title in page


def test_an_open_call_publishes_no_ranking(session, client):
    judged = Judged(session)
    judged.score_all()
    run_id = judged.freeze()
    with pytest.raises(Closed, match="still open"):
        publish(session, call=judged.call, run_id=run_id, actor_id=None, now=utcnow())
    sign_in(client, session, make_organizer(session, judged.call))
    answer = client.post(f"{page_of(judged, run_id)}/publish")
    assert answer.status_code == 409 and "still open" in answer.text
    assert session.get_one(RankingRun, run_id, populate_existing=True).state is RunState.FROZEN


def test_publishing_twice_or_elsewhere_is_refused(judged, session):
    run_id = judged.freeze()
    publish(session, call=judged.call, run_id=run_id, actor_id=None, now=utcnow())
    with pytest.raises(InvalidMove):
        publish(session, call=judged.call, run_id=run_id, actor_id=None, now=utcnow())
    with pytest.raises(NotFound):
        other = make_call(session, state=CallState.CLOSED)
        publish(session, call=other, run_id=run_id, actor_id=None, now=utcnow())


def test_a_draft_call_has_no_public_ranking(session, client):
    assert client.get(f"/en/{make_call(session, state=CallState.DRAFT).slug}/ranking").status_code == 404


def test_questions_and_plans_have_a_public_ranking_each(judged, organizer, session, client):
    publish(session, call=judged.call, run_id=judged.freeze(), actor_id=None, now=utcnow())
    plans = Judged(session, call=judged.call, kind=Kind.PLAN)
    plans.score_all()
    publish(session, call=judged.call, run_id=plans.freeze(), actor_id=None, now=utcnow())
    questions_page = client.get(public_page(judged) + "?kind=question").text
    plans_page = client.get(public_page(judged) + "?kind=plan").text
    assert judged.questions[0].title in questions_page and plans.questions[0].title not in questions_page
    assert plans.questions[0].title in plans_page and judged.questions[0].title not in plans_page


@pytest.mark.parametrize("n_questions", [3, 6])
def test_pages_cost_few_statements(session, client, count_statements, n_questions):
    judged = Judged(session, n_questions=n_questions, state=CallState.CLOSED)
    judged.score_all()
    run_id = judged.freeze()
    publish(session, call=judged.call, run_id=run_id, actor_id=None, now=utcnow())
    session.commit()
    count_statements.clear()
    assert client.get(public_page(judged)).status_code == 200
    assert len(count_statements) == 4
    sign_in(client, session, make_organizer(session, judged.call))
    for path, cost in ((page_of(judged, run_id), 7), (f"/{judged.call.slug}/organize/ranking", 4)):
        count_statements.clear()
        assert client.get(path).status_code == 200
        assert len(count_statements) == cost, count_statements


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (1.0, "almost certain"),
        (0.9, "almost certain"),
        (0.5, "as likely as not"),
        (0.1, "unlikely"),
        (0.0, "very unlikely"),
    ],
)
def test_probabilities_have_words(probability, word):
    assert chance_word(probability) == word


def test_a_published_call_keeps_its_ranking(judged, session, client):
    publish(session, call=judged.call, run_id=judged.freeze(), actor_id=None, now=utcnow())
    publish_call(session, call_id=judged.call.id, actor_id=None, now=utcnow())
    assert client.get(public_page(judged)).status_code == 200

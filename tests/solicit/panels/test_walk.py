"""The room from end to end: seat, assign, score, close, freeze, see the ranking."""

import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import make_read_question

from solicit.calls.states import CallState
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.panels import tasks as panel_tasks
from solicit.panels.models import Assignment, AssignmentProposal, Panel, Round
from solicit.rankings import tasks as ranking_tasks
from solicit.rankings.models import RankingRow, RankingRun

QUESTIONS = 6
SCORES = (1, 2, 3, 3, 4, 5)


def round_values() -> dict:
    values = {
        "kind": "question",
        "name": "First reading",
        "opens_at": "2027-01-15 09:00",
        "closes_at": "2099-02-28 23:59",
        "reviews_per_question": "3",
        "home_percent": "100",
        "is_staged": "simple",
    }
    for number, name in enumerate(("Importance", "Novelty"), 1):
        values |= {
            f"criterion_{number}_name": name,
            f"criterion_{number}_question": "Does it matter?",
            f"criterion_{number}_low": "Little",
            f"criterion_{number}_high": "Much",
            f"criterion_{number}_weight": "50",
        }
    return values


def run_job(session, task, **values) -> Job:
    """What a worker does with the job that waits."""
    job = session.scalars(sa.select(Job).where(Job.finished_at.is_(None))).one()
    task(job_id=job.id, **values)
    return session.get_one(Job, job.id, populate_existing=True)


def test_a_round_is_walked_from_the_seats_to_the_ranking(client, session):
    call = make_call(session, state=CallState.CLOSED)
    organizer = make_organizer(session, call)
    people = [make_person(session) for _ in range(3)]
    questions = [make_read_question(session, call) for _ in range(QUESTIONS)]
    desk = f"/{call.slug}/organize/panels"

    sign_in(client, session, organizer)
    assert client.post(desk, data={"name": "Deep space", "theme": "space"}).status_code == 303
    panel = session.scalars(sa.select(Panel)).one()
    for person in people:
        data = {"email": person.email, "languages": "en", "keywords": "dust", "min_load": "0", "max_load": "40"}
        assert client.post(f"{desk}/{panel.id}", data=data).status_code == 303
    assert client.post(f"{desk}/rounds/new", data=round_values()).status_code == 303
    round_id = session.scalars(sa.select(Round.id)).one()
    assert client.post(f"{desk}/rounds/{round_id}/propose").status_code == 303
    job = run_job(
        session,
        panel_tasks.propose,
        round_id=round_id,
        actor_id=organizer.id,
        result_path=f"{desk}/rounds/{round_id}",
    )
    assert job.state is JobState.DONE, job.problem
    proposal_id = session.scalars(sa.select(AssignmentProposal.id)).one()
    assert client.post(f"{desk}/rounds/{round_id}/proposals/{proposal_id}/deploy").status_code == 303
    assert client.post(f"{desk}/rounds/{round_id}/open").status_code == 303

    numbers = {question.number: SCORES[n] for n, question in enumerate(questions)}
    for person in people:
        sign_in(client, session, person)
        assert client.get(f"/{call.slug}/review").location == f"/{call.slug}/review/statement"
        assert client.post(f"/{call.slug}/review/statement", data={"accepts": "y"}).status_code == 303
        score_everything(client, session, call, person, numbers)

    sign_in(client, session, organizer)
    assert client.post(f"{desk}/rounds/{round_id}/close").status_code == 303
    assert client.post(f"/{call.slug}/organize/ranking/rounds/{round_id}/freeze").status_code == 303
    job = run_job(session, ranking_tasks.freeze_ranking, call_slug=call.slug, round_id=round_id, actor_id=organizer.id)
    assert job.state is JobState.DONE, job.problem
    page = client.get(job.result_path)
    assert page.status_code == 200
    titles = [question.title for question in questions]
    assert page.text.index(titles[5]) < page.text.index(titles[2]) < page.text.index(titles[0])
    best = session.scalars(sa.select(RankingRow).order_by(RankingRow.position)).first()
    assert best.question_id == questions[5].id and best.n_ratings == 3

    run_id = session.scalars(sa.select(RankingRun.id)).one()
    assert client.get(f"/en/{call.slug}/ranking").status_code == 404
    assert client.post(f"/{call.slug}/organize/ranking/{run_id}/publish").status_code == 303
    public = client.get(f"/en/{call.slug}/ranking")
    assert public.status_code == 200 and titles[5] in public.text


def score_everything(client, session, call, person, numbers: dict[int, int]) -> None:
    """Follow the queue from its first question until nothing is left."""
    criteria = sa.text("SELECT id FROM criterion ORDER BY position")
    fields = [f"score_{id_}" for id_ in session.scalars(criteria)]
    asked = session.scalars(sa.select(Assignment).where(Assignment.person_id == person.id)).all()
    assert len(asked) == len(numbers)
    address = f"/{call.slug}/review/Q-{min(numbers)}"
    for _ in numbers:
        number = int(address.rsplit("-", 1)[1])
        page = client.get(address)
        assert page.status_code == 200
        data = dict.fromkeys(fields, str(numbers[number])) | {"confidence": "my_field", "action": "next"}
        answer = client.post(address, data=data)
        assert answer.status_code == 303, answer.text
        address = answer.location
    assert address.partition("?")[0] == f"/{call.slug}/review"
    assert "Nothing left to review" in client.get(address).text

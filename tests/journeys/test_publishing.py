"""From the close of a call to the last letter: results are published, and an author asks for another look."""

import re

import pytest
import sqlalchemy as sa
from builders import make_organizer, make_person, sign_in
from builders_panels import add_submission
from builders_rankings import Judged

from solicit.calls.models import Call
from solicit.calls.service import move_call
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.mail.models import OutboxMail
from solicit.reports import tasks

REASON = "The panel read it as a question about Mars, and it is about every dry world."


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.OPEN)
    judged.score_all()
    return judged


def letters_to(session, person) -> dict[str, dict]:
    found = sa.select(OutboxMail.kind, OutboxMail.params).where(OutboxMail.person_id == person.id)
    return dict(tuple(row) for row in session.execute(found))


def test_results_are_published_and_an_author_asks_for_another_look(session, client, judged):
    slug = judged.call.slug
    author, organizer = make_person(session, email="author@example.org"), make_organizer(session, judged.call)
    add_submission(session, judged.questions[0], authors=(author,)).reference = "S-7F3K-9Q2M"
    session.flush()
    desk, results = f"/{slug}/organize/publication", f"/en/{slug}/results"

    sign_in(client, session, organizer)
    run_id = judged.freeze()
    assert "Results can be published once it has closed." in client.get(desk).text
    move_call(session, call_id=judged.call.id, to=CallState.CLOSED, actor_id=organizer.id, now=utcnow())
    session.commit()
    page = client.get(desk).text
    assert client.get(results).status_code == 404
    seen = dict(re.findall(r'name="(number|runs)" type="hidden" value="([\d,]+)"', page))
    assert seen == {"number": "1", "runs": str(run_id)}
    assert client.post(desk, data=seen | {"tells": "y"}).status_code == 303
    assert session.get_one(Call, judged.call.id, populate_existing=True).state is CallState.PUBLISHED

    client.delete_cookie("session")
    assert judged.questions[5].title in client.get(results).text
    assert f'href="{results}"' in client.get(f"/en/{slug}/").text
    assert client.get(f"{results}/1/data.zip").status_code == 200

    job = session.scalars(sa.select(Job)).one()
    tasks.tell_submitters(job_id=job.id, **job.arguments)
    assert session.get_one(Job, job.id, populate_existing=True).state is JobState.DONE
    fate = letters_to(session, author)["results_published"]["path"]

    sign_in(client, session, author)
    assert "In Unexplored Space it is" in client.get(fate).text
    assert client.post(fate, data={"reason": REASON}).status_code == 303
    assert "Waits for an organizer" in client.get(fate).text

    sign_in(client, session, organizer)
    request = letters_to(session, organizer)["second_look_asked"]["path"]
    asked = client.get(request).text
    assert REASON in asked
    version = re.search(r'name="version" type="hidden" value="(\d+)"', asked)[1]
    answer = "We read all reviews again. They speak of dry worlds in general, as you do."
    assert client.post(request, data={"version": version, "outcome": "kept", "answer": answer}).status_code == 303

    sign_in(client, session, author)
    assert letters_to(session, author)["second_look_answered"]["path"] == fate
    assert answer in client.get(fate).text

"""Support by people and countries for the desk, and what no longer counts; races; what authors say differs."""

import threading

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_note, make_pair
from builders_submissions import label_of, make_question, merge, send

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people.models import Person
from solicit.questions.models import Question, Support
from solicit.questions.queries.notes import differences_of
from solicit.questions.queries.supporters import SupportCount, exact_support
from solicit.questions.service.support import give_support, withdraw_support
from solicit.questions.states import QuestionState
from solicit.settings import Settings


@pytest.fixture
def call(session):
    return make_call(session)


def give(session, call, question, *people):
    for person in people:
        give_support(session, call=call, question_id=question.id, person_id=person.id, now=utcnow())


def counted(session, question) -> SupportCount:
    return exact_support(session, question_ids=[question.id])[question.id]


def test_people_and_countries_count_once_and_follow_merges(client, session, call):
    target, merged = make_question(session, call), make_question(session, call)
    kenyan, other_kenyan, peruvian, unsaid = (make_person(session, country=c) for c in ("KE", "KE", "PE", None))
    give(session, call, target, kenyan, unsaid)
    give(session, call, merged, kenyan, other_kenyan, peruvian)
    assert counted(session, target) == SupportCount(2, 1)
    merge(session, merged, target)
    assert counted(session, target) == SupportCount(4, 2)
    sign_in(client, session, make_organizer(session, call))
    page = client.get(f"/{call.slug}/organize/questions/{target.id}").text
    assert "4 supporters · 2 countries" in page
    listed = client.get(f"/{call.slug}/organize/questions?state=in_scope").text
    assert '<td class="num" data-l="Supporters">4</td>' in listed
    assert '<td class="num" data-l="Countries of supporters">2</td>' in listed


def test_withdrawn_and_erased_supporters_count_nowhere(client, session, call):
    question = make_question(session, call)
    stays, goes, erased = (make_person(session, country=c) for c in ("KE", "PE", "FR"))
    give(session, call, question, stays, goes, erased)
    withdraw_support(session, call=call, question_id=question.id, person_id=goes.id, now=utcnow())
    session.execute(sa.delete(Person).where(Person.id == erased.id))
    assert counted(session, question) == SupportCount(1, 1)
    withdraw_support(session, call=call, question_id=question.id, person_id=stays.id, now=utcnow())
    assert counted(session, question) == SupportCount(0, 0)
    assert "No supporters yet" in client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
    assert "supporters" not in client.get(f"/en/{call.slug}/questions").text


def test_a_person_gives_support_sixty_times_an_hour(client, session, call):
    question = make_question(session, call)
    sign_in(client, session, make_person(session))
    address = f"/en/{call.slug}/questions/{label_of(question)}/support"
    answers = [client.post(address + ("/withdraw" if n % 2 else "")).status_code for n in range(61)]
    assert answers == [303] * 60 + [429]


def test_twenty_presses_at_once_are_one_support(make_database, tmp_path):
    site = create_app(Settings(instance_dir=tmp_path, testing=True), make_database("solicit_support"))
    with site.app_context():
        with transaction() as session:
            call = make_call(session)
            question_id = make_question(session, call).id
            person_id = make_person(session).id
        db.session.remove()
        start, problems = threading.Barrier(20), []

        def press() -> None:
            with site.app_context():
                start.wait()
                try:
                    with transaction() as session:
                        give_support(session, call=call, question_id=question_id, person_id=person_id, now=utcnow())
                except Exception as problem:
                    problems.append(problem)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=press) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        rows = db.session().execute(sa.select(Support.question_id, Support.withdrawn_at)).all()
        db.session.remove()
        db.engine.dispose()
    assert rows == [(question_id, None)]


def test_what_an_author_says_differs_stands_on_both_pages_and_beside_the_pair(client, session, call):
    other = make_question(session, call, title="Is there ice on the Moon?")
    receipt, mine_id = send(session, call, title="Is there ice on Mercury?")
    mine = session.get_one(Question, mine_id)
    make_note(session, receipt.submission_id, other, "Mine is about <i>Mercury</i>.")
    make_pair(session, other, mine)
    sign_in(client, session, make_organizer(session, call))
    desk = f"/{call.slug}/organize/questions"
    page, named = client.get(f"{desk}/{mine.id}").text, client.get(f"{desk}/{other.id}").text
    pairs = client.get(f"/{call.slug}/organize/duplicates").text
    assert "Its author says it differs from" in page
    assert "says theirs differs from this one" in named
    assert "One author says theirs differs from" in pairs
    for text in (page, named, pairs):
        assert "Mine is about &lt;i&gt;Mercury&lt;/i&gt;." in text
    public = client.get(f"/en/{call.slug}/questions/{label_of(other)}").text
    assert "Mercury" not in public


def test_an_organizer_with_a_part_reads_no_note(session, call):
    author = make_organizer(session, call)
    receipt, mine_id = send(session, call, author)
    other = make_question(session, call, state=QuestionState.NEW)
    make_note(session, receipt.submission_id, other)
    judge = make_organizer(session, call)
    for viewer, n in ((author, 0), (judge, 1)):
        found = differences_of(session, question_ids=[mine_id, other.id], viewer_id=viewer.id)
        assert len(found) == n

"""A submission that changes after screening: the desk takes the new words, or keeps the old ones."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_submissions import send, text_values

from solicit.clock import utcnow
from solicit.errors import Conflict
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question
from solicit.questions.queries.wording import wording_digest
from solicit.questions.service import screen, wording
from solicit.questions.service.open import follow_edit
from solicit.submissions import service as submissions

NEW = "Which moons hold an ocean of warm water?"


class Changed:
    """A question in scope whose author wrote new words since."""

    def __init__(self, session):
        self.session, self.call = session, make_call(session)
        self.organizer, self.author = make_organizer(session, self.call), make_person(session)
        receipt, self.id = send(session, self.call, self.author)
        self.reference = receipt.reference
        what = dict(question_id=self.id, version=1, actor_id=self.organizer.id, now=utcnow())
        screen.put_in_scope(session, **what)
        self.old = self.question.title
        self.edit(title=NEW)

    def edit(self, **words) -> None:
        submission_id = self.session.scalar(
            sa.text("SELECT submission_id FROM question_source WHERE question_id = :id").bindparams(id=self.id)
        )
        version = self.session.scalar(sa.text("SELECT max(number) FROM submission_version"))
        text = text_values(self.call, **words)
        later = utcnow() + timedelta(seconds=version)
        what = dict(call=self.call, submission_id=submission_id, person_id=self.author.id, version=version)
        submissions.edit(self.session, **what, text=text, now=later)
        assert not follow_edit(self.session, submission_id=submission_id, text=text)

    @property
    def question(self) -> Question:
        return self.session.get(Question, self.id, populate_existing=True)

    @property
    def desk(self) -> str:
        return f"/{self.call.slug}/organize/questions"

    def settle(self, act) -> None:
        now = utcnow() + timedelta(minutes=1)
        act(self.session, question_id=self.id, version=self.question.version, actor_id=self.organizer.id, now=now)


@pytest.fixture
def changed(session):
    return Changed(session)


def kinds(session) -> list[str]:
    return list(session.scalars(sa.select(OutboxMail.kind).order_by(OutboxMail.id)))


def test_desk_sees_what_changed_and_the_list_finds_it(client, session, changed):
    sign_in(client, session, changed.organizer)

    page = client.get(f"{changed.desk}/{changed.id}").text
    listed = client.get(f"{changed.desk}?state=all&mark=changed").text

    assert "Accept the new wording" in page and "<ins>" in page and "<del>" in page
    assert changed.old in listed and "Text changed since screening" in listed


def test_accepting_gives_the_question_the_new_words(client, session, changed):
    changed.settle(wording.accept_wording)
    question = changed.question
    sign_in(client, session, changed.organizer)

    assert (question.title, question.version) == (NEW, 3)
    texts = (question.title, question.goal_overview, question.significance, question.approach)
    assert question.text_digest == wording_digest(*texts)
    assert kinds(session)[-1] == "wording_accepted"
    waiting = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'questions.embed'")
    assert session.scalar(waiting) >= 1
    assert "Accept the new wording" not in client.get(f"{changed.desk}/{changed.id}").text


def test_keeping_settles_it_until_the_next_change(client, session, changed):
    changed.settle(wording.keep_wording)
    sign_in(client, session, changed.organizer)

    assert changed.question.title == changed.old
    assert "Accept the new wording" not in client.get(f"{changed.desk}/{changed.id}").text
    assert "wording_accepted" not in kinds(session)
    session.execute(sa.update(Question).values(wording_settled_at=utcnow() - timedelta(minutes=1)))
    changed.edit(title="Which moons hold an ocean of cold water?")
    assert "Accept the new wording" in client.get(f"{changed.desk}/{changed.id}").text


def test_an_older_version_settles_nothing(session, changed, now):
    with pytest.raises(Conflict):
        wording.accept_wording(session, question_id=changed.id, version=1, actor_id=changed.organizer.id, now=now)

    assert changed.question.title == changed.old


def test_page_accepts_by_a_press(client, session, changed):
    sign_in(client, session, changed.organizer)

    client.post(f"{changed.desk}/{changed.id}/wording/accept", data={"version": changed.question.version})

    assert changed.question.title == NEW
    trail = client.get(f"{changed.desk}/{changed.id}/trail").text
    assert "New wording taken" in trail and changed.organizer.full_name in trail
    assert changed.author.full_name not in trail


@pytest.mark.parametrize("n_others", [0, 3])
def test_one_question_costs_the_same_however_much_is_behind_it(client, session, changed, count_statements, n_others):
    for n in range(n_others):
        send(session, changed.call, changed.author, title=f"Which of the moons is number {n}?")
    sign_in(client, session, changed.organizer)
    address = f"{changed.desk}/{changed.id}"
    session.commit()
    count_statements.clear()

    page = client.get(address).text

    assert len(count_statements) == 7
    assert page.count("from the same submitter") == min(n_others, 1)

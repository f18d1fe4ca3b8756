"""The queue's filters and orders, all of them in the address, with their counts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_questions import attach, make_question, make_submission

from solicit.calls.states import Kind
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState
from solicit.questions.models import Question, QuestionSource, Suspicion
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.screening.queue import DeskFilter, Sort, Viewing, desk_counts, desk_rows, matching_ids
from solicit.questions.service.merge import merge_questions
from solicit.questions.states import QuestionState, SuspicionKind
from solicit.submissions.models import RevisionRequest, Submission
from solicit.submissions.states import SubmissionState
from solicit.web.pagination import Window


class Queue:
    """New questions that differ in one thing each, the first the oldest."""

    def __init__(self, session, now):
        self.session, self.now, self.call = session, now, make_call(session)
        self.organizer = make_organizer(session, self.call)
        old = iter(range(9, 0, -1))

        def new(**values):
            return make_question(session, self.call, created_at=now - timedelta(days=next(old)), **values)

        self.plain, self.french, self.plan = new(), new(language="fr"), new(kind=Kind.PLAN)
        self.spam, self.named = new(), new()
        self.misfiled = new(theme="space", suggested_theme_id=self.call.theme("life").id)
        self.misfiled.suggested_theme_probability = 0.9
        self.asked, self.answered = new(), new()
        self.suspect(self.spam, SuspicionKind.SPAM, 0.9)
        self.suspect(self.named, SuspicionKind.SELF_IDENTIFICATION, 0.5)
        self.request(self.asked, None)
        self.request(self.answered, now)
        make_question(session, self.call, submitter=self.organizer, language="fr")
        session.flush()

    def suspect(self, question, kind, strength) -> None:
        values = dict(question_id=question.id, kind=kind, strength=strength, signs=["links"], found_at=self.now)
        self.session.add(Suspicion(**values))

    def request(self, question, answered_at) -> None:
        own = sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
        submission = self.session.get_one(Submission, self.session.scalar(own))
        if answered_at is None:
            submission.state = SubmissionState.REVISION_REQUESTED
        asked = dict(submission_id=submission.id, text="Please say more.", asked_by_id=self.organizer.id)
        self.session.add(RevisionRequest(**asked, asked_at=self.now, answered_at=answered_at))

    @property
    def viewing(self) -> Viewing:
        return Viewing(self.call, self.organizer.id, self.now)

    def rows(self, **chosen) -> list:
        return list(desk_rows(self.session, viewing=self.viewing, chosen=DeskFilter(**chosen), window=Window(1)))


@pytest.fixture
def queue(session, now):
    return Queue(session, now)


FILTERS = {
    "french": dict(language="fr"),
    "plan": dict(kind=Kind.PLAN),
    "spam": dict(suspicion=SuspicionKind.SPAM),
    "named": dict(suspicion=SuspicionKind.SELF_IDENTIFICATION),
    "asked": dict(mark="asked"),
    "answered": dict(mark="answered"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_its_question_and_counts_it(session, queue, name):
    chosen = DeskFilter(**FILTERS[name])

    (row,) = queue.rows(**FILTERS[name])

    assert row.id == getattr(queue, name).id
    assert desk_counts(session, viewing=queue.viewing, chosen=chosen).total == 1
    assert matching_ids(session, viewing=queue.viewing, chosen=chosen) == [row.id]


def test_counts_are_under_the_other_filters(session, queue):
    counts = desk_counts(session, viewing=queue.viewing, chosen=DeskFilter(language="fr"))

    assert (counts.total, counts.n_new) == (1, 8)
    assert counts.per["language"] == {"en": 7, "fr": 1}
    assert counts.per["kind"] == {"question": 1}
    assert counts.per.get("suspicion", {}) == {}


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        (Sort.OLDEST, "plain"),
        (Sort.NEWEST, "answered"),
        (Sort.SUSPICION, "spam"),
        (Sort.SUGGESTED, "misfiled"),
    ],
)
def test_orders(queue, sort, first):
    rows = queue.rows(sort=sort)

    assert rows[0].id == getattr(queue, first).id
    assert len({row.id for row in rows}) == 8


def test_rows_say_what_there_is_to_look_at(client, session, queue):
    sign_in(client, session, queue.organizer)
    address = f"/{queue.call.slug}/organize/questions"

    page = client.get(address).text

    for words in ("May be spam", "May name its author", "Revision asked for", "Revision answered", "maybe"):
        assert words in page
    for query in ("mark=x&suspicion=x&kind=x&language=x&sort=x", "mark=mine", "sort=suspicion&suspicion=spam&q=x"):
        assert client.get(f"{address}?{query}").status_code == 200


def test_a_dismissed_suspicion_is_none(session, queue, now):
    session.execute(sa.update(Suspicion).values(dismissed_at=now))

    assert queue.rows(suspicion=SuspicionKind.SPAM) == []
    assert {row.suspicions for row in queue.rows()} == {()}


@pytest.mark.parametrize("n", [1, 30])
def test_the_queue_costs_the_same_for_any_number(client, session, queue, count_statements, n):
    for _ in range(n):
        make_question(session, queue.call, state=QuestionState.IN_SCOPE)
    sign_in(client, session, queue.organizer)
    address = f"/{queue.call.slug}/organize/questions?state=all"
    session.commit()
    count_statements.clear()

    client.get(address)

    assert len(count_statements) == 6


def test_having_a_part_follows_merges_and_conflicts(session, now):
    call = make_call(session)
    organizer = make_organizer(session, call)
    own = make_question(session, call, submitter=organizer)
    target, merged, in_conflict, free = (make_question(session, call) for _ in range(4))
    attach(session, make_submission(session, call, submitter=organizer), target)
    merge_questions(session, source_id=target.id, target_id=merged.id, actor_id=None, now=now)
    conflict = dict(state=ConflictState.CONFIRMED, source=ConflictSource.DECLARED, reason="A colleague", created_at=now)
    session.add(ConflictOfInterest(question_id=in_conflict.id, person_id=organizer.id, **conflict))
    session.flush()

    theirs = set(session.scalars(sa.select(Question.id).where(is_involved(organizer.id, Question.id))))

    assert theirs == {own.id, target.id, merged.id, in_conflict.id} and free.id not in theirs

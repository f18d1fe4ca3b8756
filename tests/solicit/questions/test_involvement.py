"""Who has a part in a question, through every way that a submission may take to it."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_panels import ask, compare, make_panel, make_round, seat, vote
from builders_questions import make_pair, make_question
from builders_submissions import text_values
from builders_voting import make_balloting, make_comparing

from solicit.clock import utcnow
from solicit.panels.models import ConflictOfInterest
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import BallotState, ComparisonState, ConflictSource, ConflictState
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved, people_involved
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.summary import write_summary
from solicit.questions.states import QuestionState
from solicit.submissions.models import CoAuthor

IN_SCOPE = QuestionState.IN_SCOPE


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def chain(session, call):
    """Builds: a question merged into a summary, which is merged into a question of others."""

    def build(source, *, until="top"):
        actor, now = make_organizer(session, call), utcnow()
        beside, top = make_question(session, call, state=IN_SCOPE), make_question(session, call, state=IN_SCOPE)
        words = text_values(call)
        ids = [source.id, beside.id]
        summary = write_summary(session, call_id=call.id, source_ids=ids, text=words, actor_id=actor.id, now=now)
        if until == "top":
            merge_questions(session, source_id=summary, target_id=top.id, actor_id=actor.id, now=now)
        return summary, beside.id, top.id

    return build


def make_conflict(session, question_id, person) -> None:
    known = dict(state=ConflictState.CONFIRMED, source=ConflictSource.DECLARED, created_at=utcnow())
    session.add(ConflictOfInterest(question_id=question_id, person_id=person.id, **known))
    session.flush()


def parts_of(session, person) -> set[int]:
    return set(session.scalars(sa.select(Question.id).where(is_involved(person.id, Question.id))))


def check_both_ways(session, person) -> None:
    """The two directions say the same of every question, and a negation hides no third thing."""
    every = set(session.scalars(sa.select(Question.id)))
    mine = parts_of(session, person)
    others = set(session.scalars(sa.select(Question.id).where(~is_involved(person.id, Question.id))))
    assert mine | others == every and not mine & others
    assert {id_ for id_ in every if person.id in people_involved(session, question_ids=[id_])} == mine


def test_author_has_a_part_in_all_that_their_text_passes_through(session, call, organizer, chain):
    own = make_question(session, call, submitter=organizer)
    summary, beside, top = chain(own)
    assert parts_of(session, organizer) == {own.id, summary, top}
    check_both_ways(session, organizer)


def test_conflict_goes_with_a_summary_to_what_it_is_merged_into(session, call, organizer, chain):
    summary, beside, top = chain(make_question(session, call), until="summary")
    make_conflict(session, summary, organizer)
    merge_questions(session, source_id=summary, target_id=top, actor_id=None, now=utcnow())
    assert parts_of(session, organizer) == {summary, top}
    check_both_ways(session, organizer)
    free = sa.select(Question.id).where(without_conflict(Question.id, organizer.id))
    assert not {summary, top} & set(session.scalars(free))


def test_texts_of_nobody_hide_nothing(session, call, organizer, chain):
    """An import has no submitter, an unanswered co-author no person: neither makes every question theirs, or none."""
    imported = make_question(session, call, with_submission=False)
    own = make_question(session, call)
    values = dict(full_name="Somebody", email="somebody@example.org", nonce="x", named_at=utcnow())
    source = session.execute(sa.text("SELECT submission_id FROM question_source")).scalars().first()
    session.add(CoAuthor(submission_id=source, **values))
    session.flush()
    assert parts_of(session, organizer) == set()
    check_both_ways(session, organizer)
    assert people_involved(session, question_ids=[imported.id]) == frozenset()
    assert None not in people_involved(session, question_ids=[own.id])


def test_reader_of_a_question_has_a_part_in_it(session, call, organizer):
    question = make_question(session, call, state=IN_SCOPE)
    panel = make_panel(session, call)
    ask(session, make_round(session, call, state="open"), panel, seat(session, call, panel, person=organizer), question)
    assert parts_of(session, organizer) == {question.id}
    check_both_ways(session, organizer)


def test_desk_of_a_summary_stays_shut_after_it_was_merged_on(client, session, call, organizer, chain):
    own = make_question(session, call, submitter=organizer, title="What do I ask myself?")
    summary, _beside, top = chain(own)
    other = make_question(session, call, state=IN_SCOPE)
    pair = make_pair(session, session.get_one(Question, summary), other)
    sign_in(client, session, organizer)
    title = session.get_one(Question, summary).title
    desk = f"/{call.slug}/organize"

    for path in (f"questions/{summary}", f"questions/{summary}/grouped", f"duplicates/{pair.id}"):
        missing = client.get(f"{desk}/{path.replace(str(summary), '999999').replace(str(pair.id), '999999')}")
        answer = client.get(f"{desk}/{path}")
        assert (answer.status_code, answer.data) == (missing.status_code, missing.data), path
        assert answer.status_code == 404
    assert title not in client.get(f"{desk}/questions?state=all").text
    assert title not in client.get(f"{desk}/questions.csv?state=all").text
    assert title not in client.get(f"{desk}/merges?state=all").text


@pytest.mark.parametrize("n", [0, 1])
def test_whoever_compares_a_question_has_a_part_in_both(session, n):
    voting = make_comparing(session, n_questions=3)
    pair = compare(session, voting.round_id, voting.person, *voting.questions[:2], None)
    assert parts_of(session, voting.person) == {question.id for question in voting.questions[:2]}
    assert voting.person.id in people_involved(session, question_ids=[voting.questions[n].id])
    pair.state = ComparisonState.VOIDED
    session.flush()
    assert parts_of(session, voting.person) == set()
    assert voting.person.id not in people_involved(session, question_ids=[voting.questions[n].id])


def test_whoever_puts_a_question_in_order_has_a_part_in_it(session):
    voting = make_balloting(session, n_questions=3)
    vote(session, voting.round_id, voting.person, {voting.questions[0]: 1}, state=BallotState.DRAFT)
    assert parts_of(session, voting.person) == {voting.questions[0].id}
    assert voting.person.id in people_involved(session, question_ids=[voting.questions[0].id])

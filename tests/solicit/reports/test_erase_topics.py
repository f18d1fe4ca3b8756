"""Erasing somebody whose question stands in the middle of a topic, proposed or standing, or in a summary."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_people import make_account
from builders_submissions import make_question, text_values
from builders_topics import make_proposal, make_run

from solicit.clock import utcnow
from solicit.questions.models import ProblemReport, Question, SummaryVersion, Support
from solicit.questions.service.summary import write_summary
from solicit.reports.service.erase import erase_person
from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember
from solicit.topics.states import RunState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def person(session, call):
    return make_account(session, email="zqmail@example.org", full_name="Zqname")


def erase(session, person, *, blanks_texts=False) -> None:
    erase_person(session, person_id=person.id, blanks_texts=blanks_texts, now=utcnow())
    session.expire_all()


def make_topic(session, call, members, *, terms=(), **values) -> Topic:
    run_id = make_run(session, call).id
    topic = Topic(
        call_id=call.id,
        theme_id=members[0].theme_id,
        terms=list(terms),
        medoid_id=members[0].id,
        run_id=run_id,
        created_at=utcnow(),
        **values,
    )
    session.add(topic)
    session.flush()
    session.add_all(TopicMember(question_id=each.id, topic_id=topic.id) for each in members)
    session.flush()
    return topic


def propose(session, run, members, *, position=0, terms=(), **values) -> ProposedTopic:
    found = ProposedTopic(
        run_id=run.id,
        theme_id=members[0].theme_id,
        position=position,
        terms=list(terms),
        medoid_id=members[0].id,
        **values,
    )
    session.add(found)
    session.flush()
    for each in members:
        session.add(ProposedMember(run_id=run.id, question_id=each.id, proposed_topic_id=found.id))
    session.flush()
    return found


@pytest.mark.parametrize("state", [RunState.PROPOSED, RunState.ACCEPTED, RunState.DISCARDED])
def test_proposals_lose_the_question_and_keep_their_others(session, call, person, state):
    own, lone = make_question(session, call, person), make_question(session, call, person)
    other = make_question(session, call)
    run = make_run(session, call, state=state)
    shared, single = propose(session, run, [own, other]), propose(session, run, [lone], position=1)

    erase(session, person)

    assert session.get(Question, own.id) is None and session.get(ProposedTopic, single.id) is None
    assert session.get_one(ProposedTopic, shared.id).medoid_id == other.id


def test_topic_of_one_question_goes_with_all_that_names_it(session, call, person):
    own, other = make_question(session, call, person), make_question(session, call)
    topic = make_topic(session, call, [own])
    earlier = make_topic(session, call, [other], retired_at=utcnow(), merged_into_id=topic.id)
    run = make_run(session, call)
    heir = propose(session, run, [other], continues_id=topic.id, became_id=topic.id)
    session.execute(sa.update(ProposedMember).values(previous_id=topic.id))

    erase(session, person)

    assert session.get(Topic, topic.id) is None
    assert session.get_one(Topic, earlier.id).merged_into_id is None
    kept = session.get_one(ProposedTopic, heir.id)
    assert (kept.continues_id, kept.became_id) == (None, None)
    assert session.scalars(sa.select(ProposedMember.previous_id)).all() == [None]


@pytest.mark.parametrize("is_supported", [False, True])
def test_words_that_nobody_else_said_leave_the_names_of_topics(session, call, person, is_supported):
    own = make_question(session, call, person, title="How old is Zqname's Dust?")
    if is_supported:
        _support(session, own)
    others = [make_question(session, call, title=f"Where does dust number {n} go?") for n in range(2)]
    topic = make_topic(session, call, [others[0], own, others[1]], terms=["zqname", "Dust"])
    proposed = propose(session, make_run(session, call), [*others, own], terms=["Dust", "Zqname's dust"])

    erase(session, person, blanks_texts=True)

    assert session.get_one(Topic, topic.id).terms == ["Dust"]
    assert session.get_one(ProposedTopic, proposed.id).terms == ["Dust"]


def test_words_of_topics_stay_with_a_text_that_stays(session, call, person):
    own = make_question(session, call, person, title="How old is Zqname's dust?")
    _support(session, own)
    topic = make_topic(session, call, [own], terms=["zqname"])

    erase(session, person)

    assert session.get_one(Topic, topic.id).terms == ["zqname"]


def test_proposal_that_waits_can_still_be_read(session, call, person):
    own = make_question(session, call, person)
    make_proposal(session, call, own)
    erase(session, person)
    assert session.scalars(sa.select(ProposedTopic.id)).all() == []


@pytest.mark.parametrize("blanks_texts", [False, True])
def test_summary_of_their_words_waits_for_a_look_at_the_desk(session, call, person, blanks_texts):
    own, other = make_question(session, call, person), make_question(session, call)
    words = text_values(call, title="What does Zqname ask?")
    actor = make_organizer(session, call)
    summary_id = write_summary(
        session, call_id=call.id, source_ids=[own.id, other.id], text=words, actor_id=actor.id, now=utcnow()
    )

    erase(session, person, blanks_texts=blanks_texts)

    assert session.scalars(sa.select(SummaryVersion.title)).all() == [words.title]
    looked_at = set(session.scalars(sa.select(ProblemReport.question_id)))
    assert looked_at == ({summary_id} if blanks_texts else {own.id, summary_id})


def _support(session, question) -> None:
    session.add(Support(question_id=question.id, person_id=make_person(session).id, supported_at=utcnow()))
    session.flush()

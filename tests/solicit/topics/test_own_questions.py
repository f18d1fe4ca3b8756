"""What the desk of topics knows of a question changes not one byte for an organizer who has a part in it."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_people import without_token
from builders_questions import attach, make_model, make_submission
from builders_topics import WIDTH, make_group, make_run, run, topics

from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember
from solicit.topics.states import RunState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def world(session, call, now):
    """Two topics of six questions."""
    model = make_model(session, width=WIDTH)
    sides = [make_group(session, call, model, axis=axis, words=words) for axis, words in ((0, "ice"), (4, "dust"))]
    run(session, call, model, now)
    return sides


@pytest.fixture
def own(session, call, world, client):
    """A question in whose text the organizer who looks has a part."""
    organizer, question = make_organizer(session, call), world[0][3]
    attach(session, make_submission(session, call, submitter=organizer), question)
    sign_in(client, session, organizer)
    return question


@pytest.fixture
def proposal(session, call, world):
    """A grouping that leaves all where they are, but would put one of the first topic into the second."""
    grouping = make_run(session, call, state=RunState.PROPOSED)
    found = []
    for position, (topic, side) in enumerate(zip(topics(session, call), world, strict=True)):
        values = dict(theme_id=topic.theme_id, position=position, terms=["a", "b"], continues_id=topic.id)
        proposed = ProposedTopic(run_id=grouping.id, medoid_id=side[0].id, **values)
        session.add(proposed)
        session.flush()
        found.append(proposed)
        for question in side:
            session.add(ProposedMember(run_id=grouping.id, question_id=question.id, proposed_topic_id=proposed.id))
    session.flush()
    return found


def answers(client, session, call) -> dict[str, tuple[int, str]]:
    session.commit()
    base = f"/{call.slug}/organize"
    first, second = (topic.id for topic in topics(session, call))
    paths = ["", "/weak", "/weak?theme=space", "/proposal", "/proposal?move=move", "/proposal.csv", f"/{first}"]
    paths += [f"/{second}", f"/{first}/split"]
    asked = [f"{base}/topics{path}" for path in paths] + [f"{base}/coverage", f"{base}/coverage.csv"]
    found = {path: client.get(path, buffered=True) for path in asked}
    return {path: (answer.status_code, without_token(answer.text)) for path, answer in found.items()}


@pytest.mark.parametrize("mark", ["is_weak", "is_pinned", "came_later"])
def test_marks_of_an_own_question_are_not_shown(client, session, call, world, own, mark):
    before = answers(client, session, call)
    session.execute(sa.update(TopicMember).where(TopicMember.question_id == own.id).values({mark: True}))
    assert answers(client, session, call) == before


def test_marks_of_other_questions_are(client, session, call, world, own):
    before = answers(client, session, call)
    session.execute(sa.update(TopicMember).where(TopicMember.question_id == world[0][1].id).values(is_weak=True))
    assert answers(client, session, call) != before


def test_where_an_own_question_would_go_is_not_told(client, session, call, own, proposal):
    before = answers(client, session, call)
    mine = sa.update(ProposedMember).where(ProposedMember.question_id == own.id)
    for to in (proposal[1].id, None):
        session.execute(mine.values(proposed_topic_id=to))
        assert answers(client, session, call) == before
    session.execute(mine.values(is_weak=True))
    assert answers(client, session, call) == before


def test_where_another_question_would_go_is(client, session, call, world, own, proposal):
    before = answers(client, session, call)
    other = sa.update(ProposedMember).where(ProposedMember.question_id == world[0][1].id)
    session.execute(other.values(proposed_topic_id=proposal[1].id))
    changed = answers(client, session, call)
    assert {path for path in changed if changed[path] != before[path]} == {
        f"/{call.slug}/organize/topics{end}" for end in ("/proposal", "/proposal?move=move", "/proposal.csv")
    }


def test_own_question_in_the_middle_of_a_proposed_topic_is_not_named(client, session, call, own, proposal):
    session.execute(sa.update(ProposedTopic).values(medoid_id=own.id, continues_id=None, terms=[]))
    session.execute(sa.update(Topic).values(is_pinned=False))
    assert own.title not in client.get(f"/{call.slug}/organize/topics/proposal").text

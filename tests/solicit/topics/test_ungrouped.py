"""Questions that no grouping found a topic for: the list, and putting them into one by hand."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_questions import make_model, make_question
from builders_topics import WIDTH, make_group, members, run

from solicit.audit.models import AuditEvent
from solicit.errors import Closed, Conflict, Refused
from solicit.questions.states import QuestionState
from solicit.topics.models import TopicMember
from solicit.topics.service.seat import seat_questions
from solicit.topics.states import Detail


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session, width=WIDTH)


@pytest.fixture
def world(session, call, model, now):
    """A topic of six questions, and two questions that came after the grouping."""
    group = make_group(session, call, model, axis=0)
    run(session, call, model, now)
    late = [make_question(session, call, state=QuestionState.IN_SCOPE, title=f"Late {n}?") for n in range(2)]
    return members(session)[group[0].id], [question.id for question in late]


@pytest.fixture
def me(session, call, now):
    return dict(call_id=call.id, actor_id=make_organizer(session, call).id, now=now)


@pytest.fixture
def desk(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    return f"/{call.slug}/organize/topics"


def test_list_names_what_has_no_topic_and_puts_it_into_one(client, session, world, desk):
    topic_id, (one, other) = world

    assert "2 questions in scope have no topic." in client.get(desk).text
    page = client.get(f"{desk}/ungrouped").text
    assert "Late 0?" in page and "Late 1?" in page and "part 0-0" not in page
    answer = client.post(f"{desk}/ungrouped", data={"selected": one, "to": topic_id, "theme": "space"})

    assert (answer.status_code, answer.location) == (303, f"{desk}/ungrouped?theme=space")
    page = client.get(answer.location).text
    assert "1 question has a topic now." in page
    assert "Late 0?" not in page and "Late 1?" in page
    assert members(session)[one] == topic_id and other not in members(session)


@pytest.mark.parametrize(
    ("sent", "told"), [({}, "Select at least one question"), ({"selected": "x"}, "Select at least one question")]
)
def test_nothing_selected_changes_nothing(client, session, world, desk, sent, told):
    answer = client.post(f"{desk}/ungrouped", data={"to": world[0], **sent}, follow_redirects=True)

    assert told in answer.text
    assert len(members(session)) == 6


@pytest.mark.parametrize("n_late", [0, 48])
def test_list_costs_the_same_however_long(client, session, call, world, desk, count_statements, n_late):
    for number in range(n_late):
        make_question(session, call, state=QuestionState.IN_SCOPE, title=f"Later {number}?")
    session.commit()
    count_statements.clear()

    assert client.get(f"{desk}/ungrouped").status_code == 200
    assert len(count_statements) <= 8


def test_own_questions_are_left_out(client, session, call, world):
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    mine = make_question(session, call, state=QuestionState.IN_SCOPE, title="Mine?", submitter=organizer)

    page = client.get(f"/{call.slug}/organize/topics/ungrouped").text

    assert "Mine?" not in page and "Late 0?" in page
    assert "2 questions in scope have no topic." in client.get(f"/{call.slug}/organize/topics").text
    assert (
        client.post(f"/{call.slug}/organize/topics/ungrouped", data={"selected": mine.id, "to": world[0]}).status_code
        == 422
    )


def test_seated_question_stays_through_other_groupings(session, call, model, me, now, world):
    topic_id, late = world

    assert seat_questions(session, topic_id=topic_id, question_ids=late, **me) == 2
    for detail in (Detail.MOST, Detail.FEWEST, Detail.MIDDLE):
        run(session, call, model, now, detail=detail)

    assert {members(session)[question_id] for question_id in late} == {topic_id}
    assert session.get(TopicMember, late[0], populate_existing=True).is_pinned
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "topic")).all()
    assert acts.count("seat questions") == 1


def test_what_has_a_topic_or_another_theme_is_refused(session, call, me, world):
    topic_id, (one, other) = world
    far = make_question(session, call, theme="life", state=QuestionState.IN_SCOPE)
    new = make_question(session, call)
    seat_questions(session, topic_id=topic_id, question_ids=[one], **me)

    for chosen in ([one, other], [other, far.id], [new.id], [2**60]):
        with pytest.raises(Conflict, match="cannot go there any more"):
            seat_questions(session, topic_id=topic_id, question_ids=chosen, **me)
    assert other not in members(session)


def test_topic_of_another_call_is_refused(session, call, me, world):
    elsewhere = make_call(session, slug="elsewhere")
    stranger = dict(me, call_id=elsewhere.id)

    with pytest.raises(Refused, match="same theme"):
        seat_questions(session, topic_id=world[0], question_ids=world[1], **stranger)


def test_desk_closes_with_the_results(session, call, me, world):
    session.execute(
        sa.text("UPDATE call SET state = 'published', closed_at = now() WHERE id = :id").bindparams(id=call.id)
    )
    session.expire_all()

    with pytest.raises(Closed):
        seat_questions(session, topic_id=world[0], question_ids=world[1], **me)

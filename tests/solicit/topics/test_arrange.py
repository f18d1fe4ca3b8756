"""What people do with topics by hand, and that no later grouping undoes it."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_model, make_question, make_vector
from builders_topics import WIDTH, make_group, members, run, topics

from solicit.audit.models import AuditEvent
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.questions.states import QuestionState
from solicit.topics.models import Topic, TopicMember
from solicit.topics.service import arrange
from solicit.topics.states import Detail

FINER_AND_COARSER = (Detail.MIDDLE, Detail.MOST, Detail.FEWEST, Detail.MIDDLE)


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session, width=WIDTH)


@pytest.fixture
def me(session, call, now):
    return dict(actor_id=make_organizer(session, call).id, now=now)


@pytest.fixture
def world(session, call, model, now):
    """Two clear topics of six questions."""
    sides = [make_group(session, call, model, axis=axis, words=words) for axis, words in ((0, "ice"), (4, "dust"))]
    run(session, call, model, now)
    return [[question.id for question in side] for side in sides]


def topic_of(session, question_id) -> Topic:
    return session.get(Topic, members(session)[question_id], populate_existing=True)


def later_runs(session, call, model, now):
    for detail in FINER_AND_COARSER:
        run(session, call, model, now, detail=detail)


def test_a_moved_question_stays_through_fewer_and_more(session, call, model, me, now, world):
    ice, dust = world
    here, there = topic_of(session, ice[0]), topic_of(session, dust[0])
    moved = arrange.move_questions(
        session, topic_id=here.id, version=here.version, question_ids=[ice[0]], to_id=there.id, **me
    )
    assert moved == 1

    later_runs(session, call, model, now)

    after = members(session)
    assert after[ice[0]] == there.id
    assert sum(after[id_] == there.id for id_ in dust) >= 3


def test_merged_topics_stay_one_and_the_old_one_leads_there(session, call, model, me, now, world):
    ice, dust = world
    gone, kept = topic_of(session, ice[0]), topic_of(session, dust[0])
    arrange.merge_topics(session, topic_id=gone.id, version=gone.version, into_id=kept.id, **me)

    later_runs(session, call, model, now)

    assert set(members(session).values()) == {kept.id}
    gone = session.get(Topic, gone.id, populate_existing=True)
    assert (gone.merged_into_id, gone.retired_at) == (kept.id, now)


def test_split_halves_stay_apart(session, call, model, me, now, world):
    ice, _dust = world
    topic = topic_of(session, ice[0])
    split = dict(topic_id=topic.id, version=topic.version, question_ids=ice[:2], name="Two of ice")
    new_id = arrange.split_topic(session, **split, **me)

    later_runs(session, call, model, now)

    after = members(session)
    assert [after[id_] for id_ in ice] == [new_id] * 2 + [topic.id] * 4
    assert session.get(Topic, new_id, populate_existing=True).name == "Two of ice"


def test_a_kept_topic_keeps_everybody_and_lets_new_ones_in(session, call, model, me, now, world):
    ice, _dust = world
    topic = topic_of(session, ice[0])
    arrange.pin_topic(session, topic_id=topic.id, version=topic.version, is_pinned=True, **me)
    new = make_group(session, call, model, axis=0, n=3, words="snow")

    later_runs(session, call, model, now)

    after = members(session)
    assert {after[id_] for id_ in ice} == {topic.id} == {after[question.id] for question in new}


def test_a_kept_topic_whose_questions_all_left_does_not_end(session, call, model, me, now, world):
    ice, _dust = world
    topic = topic_of(session, ice[0])
    arrange.pin_topic(session, topic_id=topic.id, version=topic.version, is_pinned=True, **me)
    session.execute(sa.text("UPDATE question SET state = 'withdrawn' WHERE id = ANY(:ids)").bindparams(ids=ice))

    run(session, call, model, now)

    assert session.get(Topic, topic.id, populate_existing=True).retired_at is None


def test_a_held_question_that_is_let_go_may_move_again(session, call, model, me, now, world):
    ice, dust = world
    here, there = topic_of(session, ice[0]), topic_of(session, dust[0])
    moved = dict(question_ids=[ice[0]], to_id=there.id)
    arrange.move_questions(session, topic_id=here.id, version=here.version, **moved, **me)
    free = dict(question_ids=[ice[0]], is_pinned=False)
    version = session.get(Topic, there.id, populate_existing=True).version
    assert arrange.pin_questions(session, topic_id=there.id, version=version, **free, **me) == 1

    run(session, call, model, now, detail=Detail.MORE)

    assert members(session)[ice[0]] == here.id


def test_letting_a_topic_go_lets_its_questions_go(session, me, world):
    ice, _dust = world
    topic = topic_of(session, ice[0])
    held = dict(question_ids=ice, is_pinned=True)
    arrange.pin_questions(session, topic_id=topic.id, version=topic.version, **held, **me)

    arrange.pin_topic(session, topic_id=topic.id, version=topic.version, is_pinned=False, **me)

    assert not session.scalar(sa.select(sa.func.count()).where(TopicMember.is_pinned))


def test_a_question_of_another_language_stays_where_people_put_it(session, call, model, me, now, world, monkeypatch):
    """The bundled model reads English only: what people put together with English texts is a guest there."""
    ice, _dust = world
    topic = topic_of(session, ice[0])
    model.name = "all-MiniLM-L6-v2"
    guest = make_question(session, call, state=QuestionState.IN_SCOPE, title="火星上有冰吗？", language="zh")
    make_vector(session, guest, model, [1] + [0] * (WIDTH - 1))
    session.add(TopicMember(question_id=guest.id, topic_id=topic.id, is_pinned=True))
    session.flush()

    later_runs(session, call, model, now)

    assert members(session)[guest.id] == topic.id
    assert session.get(Topic, topic.id, populate_existing=True).words_of is None


def test_last_question_moved_away_takes_the_address_along(session, call, model, me, now, world):
    ice, dust = world
    here, there = topic_of(session, ice[0]), topic_of(session, dust[0])

    moved = dict(question_ids=ice, to_id=there.id)
    arrange.move_questions(session, topic_id=here.id, version=here.version, **moved, **me)

    here = session.get(Topic, here.id, populate_existing=True)
    assert (here.retired_at, here.merged_into_id) == (now, there.id)


def test_middle_follows_what_people_do(session, me, world):
    ice, _dust = world
    topic = topic_of(session, ice[0])
    leaving = [id_ for id_ in ice if id_ != topic.medoid_id][:1] + [topic.medoid_id]
    split = dict(topic_id=topic.id, version=topic.version, question_ids=leaving, name="")

    new_id = arrange.split_topic(session, **split, **me)

    assert session.get(Topic, new_id).medoid_id in leaving
    assert session.get(Topic, topic.id).medoid_id in set(ice) - set(leaving)


def test_chains_of_merges_lead_to_the_last(session, call, model, me, now):
    groups = [make_group(session, call, model, axis=axis) for axis in (0, 3, 6)]
    run(session, call, model, now)
    one, two, three = (topic_of(session, group[0].id) for group in groups)

    arrange.merge_topics(session, topic_id=one.id, version=one.version, into_id=two.id, **me)
    arrange.merge_topics(session, topic_id=two.id, version=two.version, into_id=three.id, **me)

    found = {topic.merged_into_id for topic in session.scalars(sa.select(Topic).where(Topic.id.in_((one.id, two.id))))}
    assert found == {three.id}
    assert [topic.id for topic in topics(session, call)] == [three.id]


ACTS = {
    "rename": lambda topic, other, ids: (arrange.rename_topic, dict(name="A name")),
    "pin": lambda topic, other, ids: (arrange.pin_topic, dict(is_pinned=True)),
    "hold": lambda topic, other, ids: (arrange.pin_questions, dict(question_ids=ids[:1], is_pinned=True)),
    "move": lambda topic, other, ids: (arrange.move_questions, dict(question_ids=ids[:1], to_id=other.id)),
    "merge": lambda topic, other, ids: (arrange.merge_topics, dict(into_id=other.id)),
    "split": lambda topic, other, ids: (arrange.split_topic, dict(question_ids=ids[:1], name="")),
}


@pytest.fixture(params=sorted(ACTS))
def act(request, session, world):
    ice, dust = world
    topic = topic_of(session, ice[0])
    done, values = ACTS[request.param](topic, topic_of(session, dust[0]), ice)

    def do(actor_id, now, version=topic.version):
        return done(session, topic_id=topic.id, version=version, actor_id=actor_id, now=now, **values)

    do.name, do.topic_id, do.question_id = request.param, topic.id, ice[0]
    return do


def test_each_act_is_on_record(session, me, act):
    act(**me)

    events = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "topic")).all()
    assert [event.subject_id for event in events] == [act.topic_id]


@pytest.mark.parametrize(
    ("done", "more"),
    [
        (arrange.pin_questions, {"is_pinned": True}),
        (arrange.move_questions, {"to_id": None}),
        (arrange.split_topic, {"name": "Zqwords"}),
        (arrange.rename_topic, {"name": "Zqwords"}),
    ],
)
def test_record_holds_what_was_touched_and_no_words(session, me, world, done, more):
    topic, other = topic_of(session, world[0][0]), topic_of(session, world[1][0])
    mine, foreign = world[0][0], world[1][0]
    values = more | ({"to_id": other.id} if "to_id" in more else {})
    if done is not arrange.rename_topic:
        values |= {"question_ids": [foreign, mine, 2**60]}

    done(session, topic_id=topic.id, version=topic.version, **values, **me)

    (details,) = session.scalars(sa.select(AuditEvent.details).where(AuditEvent.subject == "topic"))
    assert details.get("questions", [mine]) == [mine] and "Zqwords" not in str(details)


def test_who_read_an_older_version_is_refused(session, me, act):
    before = members(session)

    act(**me)
    with pytest.raises((Conflict, NotFound)):
        act(**me)
    if act.name in ("rename", "pin", "hold"):
        assert members(session) == before


def test_nobody_arranges_questions_of_their_own(session, call, act, now):
    author = session.scalar(
        sa.text(
            "SELECT submitter_id FROM submission JOIN question_source ON submission_id = submission.id"
            " WHERE question_id = :id"
        ).bindparams(id=act.question_id)
    )
    if act.name == "rename":
        act(actor_id=author, now=now)
        return
    with pytest.raises(Refused, match="part in a question"):
        act(actor_id=author, now=now)


def test_desk_closes_with_the_results(session, call, me, act):
    session.execute(
        sa.text("UPDATE call SET state = 'published', closed_at = now() WHERE id = :id").bindparams(id=call.id)
    )
    session.expire_all()

    with pytest.raises(Closed):
        act(**me)


def test_topics_of_two_themes_never_meet(session, call, model, me, now, world):
    other = make_group(session, call, model, axis=0, theme="life")
    run(session, call, model, now)
    topic = topic_of(session, world[0][0])

    for to_id in (topic_of(session, other[0].id).id, topic.id, 2**60):
        with pytest.raises(Refused, match="same theme"):
            arrange.merge_topics(session, topic_id=topic.id, version=topic.version, into_id=to_id, **me)


@pytest.mark.parametrize("choose", [lambda ids: ids, lambda ids: (), lambda ids: (2**60,)])
def test_a_split_leaves_two_parts(session, me, world, choose):
    topic = topic_of(session, world[0][0])

    with pytest.raises(Refused, match="at least one"):
        split = dict(question_ids=choose(world[0]), name="")
        arrange.split_topic(session, topic_id=topic.id, version=topic.version, **split, **me)

"""Accepting, discarding, going back, repeating: a proposal changes nothing before it is accepted."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_model, make_question, make_vector
from builders_topics import WIDTH, make_group, members, propose_topics, run, topics

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call
from solicit.errors import Conflict, InvalidMove, NotFound, Refused
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.topics import tasks
from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember, TopicRun
from solicit.topics.service import arrange, decide, repeat, start
from solicit.topics.service.join import join_by_vote
from solicit.topics.states import Detail, RunState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session, call):
    """The model whose vectors answer for the call."""
    model = make_model(session, width=WIDTH)
    session.execute(sa.update(Call).where(Call.id == call.id).values(model_id=model.id))
    return model


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


def snapshot(session) -> list:
    tables = [Topic.__table__, TopicMember.__table__]
    return [sorted(map(repr, session.execute(sa.select(table)))) for table in tables]


def test_a_proposal_changes_nothing(session, call, model, now):
    make_group(session, call, model, axis=0)
    run(session, call, model, now)
    make_group(session, call, model, axis=4)
    before = snapshot(session)

    run_id = propose_topics(session, call, model, now)
    decide.discard_run(session, run_id=run_id, actor_id=None, now=now)

    assert snapshot(session) == before
    assert session.get(TopicRun, run_id).state is RunState.DISCARDED


def test_a_decision_is_taken_once(session, call, model, organizer, now):
    make_group(session, call, model, axis=0)
    run_id = propose_topics(session, call, model, now)
    by = dict(run_id=run_id, actor_id=organizer.id, now=now)

    decide.accept_run(session, **by)

    for act in (decide.accept_run, decide.discard_run):
        with pytest.raises(Conflict, match="decided"):
            act(session, **by)
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "topic run")).all()
    assert acts == ["accept"]


def test_what_changed_meanwhile_is_passed_over_and_said(session, call, model, organizer, now):
    ice, dust = make_group(session, call, model, axis=0), make_group(session, call, model, axis=4)
    run(session, call, model, now)
    late = make_group(session, call, model, axis=2, n=8, words="tides")
    run_id = propose_topics(session, call, model, now)
    here, there = members(session)[ice[0].id], members(session)[dust[0].id]
    ice[1].state = QuestionState.WITHDRAWN
    late[0].theme_id = call.theme("life").id
    moved = dict(topic_id=here, version=2 - 1, question_ids=[ice[0].id], to_id=there)
    arrange.move_questions(session, **moved, actor_id=organizer.id, now=now)

    done = decide.accept_run(session, run_id=run_id, actor_id=organizer.id, now=now)

    after = members(session)
    assert (done.n_left, done.n_held) == (2, 1)
    assert after[ice[0].id] == there and late[0].id not in after
    assert len({after[question.id] for question in late[1:]}) == 1


def test_hand_made_topics_and_merges_since_outlive_the_proposal(session, call, model, organizer, now):
    ice, dust = make_group(session, call, model, axis=0), make_group(session, call, model, axis=4)
    run(session, call, model, now)
    run_id = propose_topics(session, call, model, now, detail=Detail.MORE)
    topic, other = (session.get(Topic, members(session)[side[0].id]) for side in (ice, dust))
    me = dict(actor_id=organizer.id, now=now)
    split = dict(question_ids=[ice[0].id, ice[1].id], name="Ours")
    new_id = arrange.split_topic(session, topic_id=topic.id, version=topic.version, **split, **me)
    arrange.merge_topics(session, topic_id=other.id, version=other.version, into_id=topic.id, **me)

    decide.accept_run(session, run_id=run_id, **me)

    after = members(session)
    assert {after[question.id] for question in ice[:2]} == {new_id}
    assert {after[question.id] for question in (*ice[2:], *dust)} == {topic.id}
    assert {each.id for each in topics(session, call)} == {new_id, topic.id}


def test_going_back_proposes_what_was_accepted_before(session, call, model, organizer, now):
    for vector in np.random.default_rng(1).normal(size=(40, WIDTH)):
        question = make_question(session, call, state=QuestionState.IN_SCOPE, with_submission=False)
        make_vector(session, question, model, vector)
    first = run(session, call, model, now, detail=Detail.MOST)
    before = members(session)
    run(session, call, model, now, detail=Detail.FEWEST)
    assert len(set(members(session).values())) < len(set(before.values()))

    again = decide.propose_again(session, run_id=first, actor_id=organizer.id, now=now)
    with pytest.raises(Conflict, match="waits"):
        decide.propose_again(session, run_id=first, actor_id=organizer.id, now=now)
    decide.accept_run(session, run_id=again, actor_id=organizer.id, now=now)

    assert members(session) == before
    with pytest.raises(NotFound):
        decide.propose_again(session, run_id=2**60, actor_id=organizer.id, now=now)
    with pytest.raises(Refused):
        repeat.repeat_run(session, run_id=again)


def test_a_second_start_waits_for_the_decision(session, call, model, organizer, now):
    make_group(session, call, model, axis=0)
    run_id = propose_topics(session, call, model, now)
    asked = dict(call_id=call.id, detail=Detail.MIDDLE, started_by_id=organizer.id, result_path="/", now=now)

    with pytest.raises(start.ProposalWaits):
        start.start_grouping(session, **asked)
    assert session.get(TopicRun, run_id).state is RunState.PROPOSED
    start.start_grouping(session, **asked, discards=True)

    assert session.get(TopicRun, run_id).state is RunState.DISCARDED


def test_a_run_that_is_being_made_cannot_be_accepted(session, call, model, now):
    make_group(session, call, model, axis=0)
    run_id = propose_topics(session, call, model, now)
    session.get(TopicRun, run_id).state = RunState.RUNNING

    with pytest.raises(InvalidMove):
        decide.accept_run(session, run_id=run_id, actor_id=None, now=now)


@pytest.mark.parametrize("accepted", [False, True])
def test_a_run_repeats_byte_for_byte(session, call, model, now, accepted):
    for axis in range(0, 8, 2):
        make_group(session, call, model, axis=axis)
    run(session, call, model, now)
    make_group(session, call, model, axis=1, n=3)
    run_id = (run if accepted else propose_topics)(session, call, model, now)
    before = snapshot(session)

    repetition = repeat.repeat_run(session, run_id=run_id)

    assert repetition == repeat.Repetition(is_equal=True, same_input=True, n_missing=0, versions=())
    assert snapshot(session) == before


def test_a_repetition_says_what_changed(session, call, model, now):
    questions = make_group(session, call, model, axis=0, n=9)
    run_id = run(session, call, model, now)
    session.get(TopicRun, run_id).versions = {"numpy": "0.1"}
    questions[0].title = "What is the title now?"
    session.flush()

    repetition = repeat.repeat_run(session, run_id=run_id)

    assert not repetition.same_input and repetition.n_missing == 0
    assert [(name, old) for name, old, _new in repetition.versions] == [("numpy", "0.1")]
    session.execute(sa.text("DELETE FROM question_vector WHERE question_id = :id").bindparams(id=questions[1].id))
    assert repeat.repeat_run(session, run_id=run_id).n_missing == 1
    with pytest.raises(NotFound):
        repeat.repeat_run(session, run_id=2**60)


def test_a_killed_job_goes_on_with_the_next_theme(session, call, organizer, now, language_model, monkeypatch):
    for theme in ("space", "life"):
        for number in range(9):
            title = f"How does subject {number} of {theme} change with time?"
            question = make_question(session, call, state=QuestionState.IN_SCOPE, theme=theme, title=title)
            tasks_embed(question)
    grouped, real = [], tasks.group_theme

    def until_the_second(theme, parameters):
        grouped.append(theme.theme_id)
        if len(grouped) == 2:
            raise KeyboardInterrupt
        return real(theme, parameters)

    monkeypatch.setattr(tasks, "group_theme", until_the_second)
    asked = dict(call_id=call.id, detail=Detail.MIDDLE, started_by_id=organizer.id, result_path="/", now=now)
    job_id = start.start_grouping(session, **asked)
    work = dict(job_id=job_id, detail="middle", seed=1, started_by=organizer.id, result_path="/")

    with pytest.raises(KeyboardInterrupt):
        tasks.group(**work)
    kept = session.scalars(sa.select(ProposedTopic.id)).all()
    assert kept and session.get(Job, job_id, populate_existing=True).state is JobState.RUNNING
    tasks.group(**work)

    assert grouped == [grouped[0], grouped[1], grouped[1]]
    assert session.get(Job, job_id, populate_existing=True).state is JobState.DONE
    waiting = session.scalars(sa.select(TopicRun)).one()
    assert waiting.state is RunState.PROPOSED
    assert set(kept) < set(session.scalars(sa.select(ProposedTopic.id)))
    assert session.scalar(sa.select(sa.func.count()).select_from(ProposedMember)) == 18
    assert repeat.repeat_run(session, run_id=waiting.id).is_equal


def test_a_job_that_finds_other_questions_begins_anew(session, call, model, now):
    make_group(session, call, model, axis=0)
    old = propose_topics(session, call, model, now)
    session.get(TopicRun, old).state = RunState.RUNNING
    make_group(session, call, model, axis=4)

    new = propose_topics(session, call, model, now)

    assert new != old and session.get(TopicRun, old).state is RunState.DISCARDED


def tasks_embed(question):
    from solicit.questions import tasks as question_tasks

    question_tasks.embed(question_id=question.id)


def test_a_late_question_joins_its_neighbours_and_is_marked(session, call, model, now):
    ice, dust = make_group(session, call, model, axis=0), make_group(session, call, model, axis=4)
    run(session, call, model, now)
    (late,) = make_group(session, call, model, axis=4, n=1)

    joined = join_by_vote(session, question_id=late.id)

    assert joined == members(session)[dust[0].id] != members(session)[ice[0].id]
    member = session.get(TopicMember, late.id)
    assert (member.came_later, member.is_pinned) == (True, False)
    assert join_by_vote(session, question_id=late.id) is None
    run(session, call, model, now)
    assert not session.get(TopicMember, late.id, populate_existing=True).came_later


@pytest.mark.parametrize("why", ["not in scope", "other theme", "other language", "no topics"])
def test_a_question_without_voters_stays_without_topic(session, call, model, now, why):
    make_group(session, call, model, axis=0)
    if why != "no topics":
        run(session, call, model, now)
    (late,) = make_group(session, call, model, axis=0, n=1, theme="life" if why == "other theme" else "space")
    if why == "not in scope":
        late.state = QuestionState.NEW
    if why == "other language":
        model.name, late.language = "all-MiniLM-L6-v2", "fr"
    session.flush()

    assert join_by_vote(session, question_id=late.id) is None
    assert late.id not in members(session)


def test_late_questions_of_a_topic_that_ends_are_placed_anew(session, call, model, now):
    make_group(session, call, model, axis=0)
    run(session, call, model, now)
    dust = make_group(session, call, model, axis=4)
    run(session, call, model, now)
    for question in dust:
        question.state = QuestionState.WITHDRAWN
    run_id = propose_topics(session, call, model, now)
    late = make_question(session, call, state=QuestionState.IN_SCOPE)
    make_vector(session, late, model, np.eye(WIDTH)[0])
    session.add(TopicMember(question_id=late.id, topic_id=members(session)[dust[0].id], came_later=True))
    session.flush()

    decide.accept_run(session, run_id=run_id, actor_id=None, now=now)

    waiting = session.scalars(
        sa.text("SELECT (args->>'question_id')::bigint FROM procrastinate_jobs WHERE task_name = 'topics.place'")
    ).all()
    assert late.id in waiting and late.id not in members(session)


def test_other_languages_are_grouped_by_their_words_or_left(session, call, model, now):
    model.name = "all-MiniLM-L6-v2"
    make_group(session, call, model, axis=0)
    holes = [f"黑洞{what}如何测量？" for what in ("质量", "温度", "自转", "辐射", "视界")]
    water = [f"火星上的水{what}？" for what in ("在哪里", "有多少", "何时消失", "是否结冰", "能否饮用")]
    french = ["Quelle est la masse du trou noir ?", "Où est le trou noir ?"]
    texts = [("zh", title) for title in (*holes, *water)] + [("fr", title) for title in french]
    for language, title in texts:
        question = make_question(session, call, state=QuestionState.IN_SCOPE, title=title, language=language)
        make_vector(session, question, model, np.ones(WIDTH))

    run(session, call, model, now)

    found = members(session)
    by_title = {title: found.get(id_) for id_, title in session.execute(sa.select(Question.id, Question.title))}
    chinese = {by_title[title] for title in (*holes, *water)} - {None}
    assert {session.get(Topic, id_).words_of for id_ in chinese} == {"zh"}
    assert len({by_title[title] for title in holes}) == 1
    assert by_title[french[0]] is by_title[french[1]] is None
    assert {topic.words_of for topic in topics(session, call)} == {None, "zh"}


def test_a_model_that_reads_all_languages_groups_them_together(session, call, model, now):
    questions = make_group(session, call, model, axis=0)
    for question, language in zip(questions, ("en", "fr", "zh", "ar", "ru", "es"), strict=True):
        question.language = language

    run(session, call, model, now)

    (topic,) = topics(session, call)
    assert topic.words_of is None and len(members(session)) == 6


def test_who_wrote_a_question_changes_no_topic(session, call, model, now):
    """The same world with all authors, affiliations and countries changed: the same bytes in every table."""
    for axis in (0, 3, 6):
        make_group(session, call, model, axis=axis)
    run_id = propose_topics(session, call, model, now)
    digests = session.execute(
        sa.select(TopicRun.input_digest, TopicRun.result_digest).where(TopicRun.id == run_id)
    ).one()
    proposed = sa.select(ProposedTopic.terms, ProposedTopic.medoid_id, ProposedTopic.theme_id).order_by(
        ProposedTopic.id
    )
    seats = sa.select(ProposedMember.question_id, ProposedMember.is_weak).order_by(ProposedMember.question_id)
    found, placed = session.execute(proposed).all(), session.execute(seats).all()
    decide.discard_run(session, run_id=run_id, actor_id=None, now=now)
    session.execute(sa.text("UPDATE person SET full_name = 'X ' || id, country = 'FR', affiliation = 'Elsewhere'"))
    session.execute(
        sa.text("UPDATE authorship SET full_name = 'Y ' || submission_id, country = 'CN', affiliation = 'Z'")
    )

    again = propose_topics(session, call, model, now)

    of_run = TopicRun.id == again
    assert session.execute(sa.select(TopicRun.input_digest, TopicRun.result_digest).where(of_run)).one() == digests
    assert session.execute(proposed.where(ProposedTopic.run_id == again)).all() == found
    assert session.execute(seats.where(ProposedMember.run_id == again)).all() == placed

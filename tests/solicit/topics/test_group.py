"""Grouping: what a run gives for its input, and what it keeps of the topics before it."""

from dataclasses import replace

import numpy as np
import pytest
from builders import make_call, make_organizer
from builders_questions import make_model, make_question, make_vector
from builders_topics import WIDTH, make_group, members, run, topics

from ml.language.clustering import UNKNOWN
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions import tasks as question_tasks
from solicit.questions.states import QuestionState
from solicit.topics import tasks
from solicit.topics.models import Topic, TopicRun
from solicit.topics.service import arrange, decide, propose, read, start
from solicit.topics.service.group import group_theme
from solicit.topics.states import RESOLUTIONS, Detail, RunState

SUBJECTS = {
    "Ice": ["How thick is the ice of Europa?", "What moves the ice of Europa?", "How old is the ice of Enceladus?"],
    "Dust": ["Where does lunar dust float?", "How sharp is lunar dust?", "Who cleans lunar dust from suits?"],
}


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session, width=WIDTH)


def test_each_side_becomes_a_topic_named_by_its_words(session, call, model, now):
    ice = make_group(session, call, model, axis=0, words="ice")
    dust = make_group(session, call, model, axis=4, words="dust")

    run(session, call, model, now)

    found = members(session)
    assert {found[question.id] for question in ice} != {found[question.id] for question in dust}
    assert len({found[question.id] for question in (*ice, *dust)}) == 2
    by_id = {topic.id: topic for topic in topics(session, call)}
    assert any("ice" in term for term in by_id[found[ice[0].id]].terms)
    assert by_id[found[dust[0].id]].medoid_id in {question.id for question in dust}


def test_themes_are_grouped_apart(session, call, model, now):
    make_group(session, call, model, axis=0)
    make_group(session, call, model, axis=0, theme="life")

    run(session, call, model, now)

    assert {topic.theme_id for topic in topics(session, call)} == {call.theme("space").id, call.theme("life").id}


def test_few_questions_are_one_topic(session, call, model, now):
    for axis in (0, 2, 4):
        make_group(session, call, model, axis=axis, n=2)

    run(session, call, model, now)

    assert len(topics(session, call)) == 1


def test_run_keeps_everything_needed_to_repeat_it(session, call, model, now):
    make_group(session, call, model, axis=0)

    kept = session.get(TopicRun, run(session, call, model, now, detail=Detail.MORE, seed=11))

    assert (kept.seed, kept.model_id, kept.n_questions, kept.run_at) == (11, model.id, 6, now)
    assert kept.parameters["resolution"] == RESOLUTIONS[Detail.MORE]
    assert set(kept.versions) == set(propose.LIBRARIES)
    assert len(kept.input_digest) == len(kept.result_digest) == 32
    assert kept.state is RunState.ACCEPTED


def test_same_input_and_seed_give_the_same_topics(session, call, model):
    for axis in range(0, 8, 2):
        make_group(session, call, model, axis=axis)
    parameters = read.Parameters(seed=3, resolution=1.0, keeps_previous=False)

    (first,) = read.load_themes(session, call_id=call.id, model_id=model.id)
    (second,) = read.load_themes(session, call_id=call.id, model_id=model.id)

    assert group_theme(first, parameters) == group_theme(second, parameters)
    assert read.input_digest([first], parameters) == read.input_digest([second], parameters)
    other = replace(parameters, seed=4)
    assert read.input_digest([first], other) != read.input_digest([first], parameters)


def test_order_of_rows_in_the_database_does_not_matter(session, call, model):
    """The same texts, stored in the opposite order, fall into the same groups."""
    rng = np.random.default_rng(5)
    texts = [(f"What is known about number {n}?", rng.normal(size=WIDTH)) for n in range(40)]
    parameters = read.Parameters(seed=3, resolution=1.0, keeps_previous=False)
    found = []
    for order in (texts, texts[::-1]):
        world = make_call(session)
        for title, vector in order:
            question = make_question(session, world, state=QuestionState.IN_SCOPE, title=title, with_submission=False)
            make_vector(session, question, model, vector)
        (theme,) = read.load_themes(session, call_id=world.id, model_id=model.id)
        title_of = dict(zip(theme.question_ids, theme.titles, strict=True))
        grouped = group_theme(theme, parameters)
        found.append(
            [(topic.terms, title_of[topic.medoid_id], {title_of[id_] for id_ in topic.member_ids}) for topic in grouped]
        )

    assert len(found[0]) > 1
    assert found[0] == found[1]


def test_topics_keep_id_and_name_when_questions_come(session, call, model, now):
    organizer = make_organizer(session, call)
    ice, _dust = make_group(session, call, model, axis=0), make_group(session, call, model, axis=4)
    run(session, call, model, now)
    before = members(session)
    renamed = dict(topic_id=before[ice[0].id], version=1, name="Frozen worlds")
    arrange.rename_topic(session, **renamed, actor_id=organizer.id, now=now)
    new = make_group(session, call, model, axis=0, n=3, words="snow")

    for detail in (Detail.MIDDLE, Detail.MORE, Detail.FEWER):
        run(session, call, model, now, detail=detail)

    after = members(session)
    assert {id_: after[id_] for id_ in before} == before
    assert {after[question.id] for question in new} == {before[ice[0].id]}
    assert session.get(Topic, before[ice[0].id]).name == "Frozen worlds"


def test_topic_without_questions_retires(session, call, model, now):
    ice, dust = make_group(session, call, model, axis=0), make_group(session, call, model, axis=4)
    run(session, call, model, now)
    gone = members(session)[dust[0].id]
    for question in dust:
        question.state = QuestionState.WITHDRAWN

    run(session, call, model, now)

    assert session.get(Topic, gone, populate_existing=True).retired_at == now
    assert set(members(session)) == {question.id for question in ice}


def test_second_same_run_changes_nothing(session, call, model, now):
    for axis in range(0, 8, 2):
        make_group(session, call, model, axis=axis)
    run(session, call, model, now)
    before = members(session)

    run(session, call, model, now, seed=99)

    assert members(session) == before


def test_other_calls_stay_as_they_are(session, call, model, now):
    make_group(session, call, model, axis=0)
    run(session, call, model, now)
    before = members(session)
    other = make_call(session)
    make_group(session, other, model, axis=0)

    run(session, other, model, now)

    assert {id_: topic for id_, topic in members(session).items() if id_ in before} == before


def test_question_without_earlier_topic_is_unknown(session, call, model):
    make_group(session, call, model, axis=0)

    (theme,) = read.load_themes(session, call_id=call.id, model_id=model.id)

    assert set(theme.previous.tolist()) == {UNKNOWN}


def test_job_groups_real_titles(session, call, now, language_model):
    organizer = make_organizer(session, call)
    for title in (*SUBJECTS["Ice"], *SUBJECTS["Dust"]):
        question = make_question(session, call, state=QuestionState.IN_SCOPE, title=title)
        question_tasks.embed(question_id=question.id)
    asked = dict(call_id=call.id, detail=Detail.MIDDLE, started_by_id=organizer.id, result_path="/topics", now=now)
    job_id = start.start_grouping(session, **asked)

    tasks.group(job_id=job_id, detail="middle", seed=1, started_by=organizer.id, result_path="/topics")

    job = session.get(Job, job_id, populate_existing=True)
    assert (job.state, job.result_path) == (JobState.DONE, "/topics")
    waiting = decide.undecided_run(session, call_id=call.id)
    assert waiting.state is RunState.PROPOSED and topics(session, call) == []
    decide.accept_run(session, run_id=waiting.id, actor_id=organizer.id, now=now)
    (topic,) = topics(session, call)
    assert len(members(session)) == 6
    assert topic.terms

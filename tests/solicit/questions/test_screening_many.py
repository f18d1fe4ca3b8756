"""Many decisions at once, in two steps; and undoing what was decided."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_question
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solicit.calls.queries import out_of_scope_reasons
from solicit.errors import Conflict, DomainError
from solicit.jobs.models import Job
from solicit.mail.models import OutboxMail
from solicit.questions import tasks
from solicit.questions.models import Question, ScreeningDecision, ScreeningStep
from solicit.questions.service import claim, screen
from solicit.questions.service.screen import many as screen_many
from solicit.questions.service.screen import undo as screen_undo
from solicit.questions.states import DecisionAct, QuestionState
from solicit.questions.views import many as views

NAMES = ("state", "theme_id", "reason_id", "reason_note", "screened_at", "screened_by_id")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def desk(client, session, organizer):
    sign_in(client, session, organizer)
    return client


def queue(call) -> str:
    return f"/{call.slug}/organize/questions"


def reason_id(session, call) -> int:
    return out_of_scope_reasons(session, call_id=call.id)[0].id


def kinds(session) -> list[str]:
    return list(session.scalars(sa.select(OutboxMail.kind).order_by(OutboxMail.id)))


def states(session, *questions) -> list[QuestionState]:
    return [session.get(Question, question.id, populate_existing=True).state for question in questions]


def act(session, call, kind, note="") -> screen.Act:
    if kind is DecisionAct.OUT_OF_SCOPE:
        return screen.Act(act=kind, reason_id=reason_id(session, call), note=note)
    return screen.Act(act=kind, theme_id=call.theme("life").id if kind is DecisionAct.THEME else None)


def decide(session, call, questions, kind, actor, now) -> screen.Outcome:
    ids = [question.id for question in questions]
    wanted = act(session, call, kind)
    return screen.decide_many(session, call_id=call.id, question_ids=ids, wanted=wanted, actor_id=actor.id, now=now)


def test_each_is_checked_and_what_is_left_is_counted(session, call, organizer, now):
    ready = make_question(session, call)
    left = {
        screen.Left.NO_THEME: make_question(session, call, theme=None),
        screen.Left.DECIDED: make_question(session, call, state=QuestionState.IN_SCOPE),
        screen.Left.CLAIMED: make_question(session, call),
        screen.Left.GONE: make_question(session, call, submitter=organizer),
    }
    other = make_organizer(session, call)
    claim.take(session, question_id=left[screen.Left.CLAIMED].id, person_id=other.id, now=now)

    outcome = decide(session, call, [ready, *left.values()], DecisionAct.IN_SCOPE, organizer, now)

    assert (outcome.n_done, outcome.left) == (1, dict.fromkeys(left, 1))
    assert kinds(session) == ["question_screened"]


def test_reason_and_theme_reach_every_question(session, call, organizer, now):
    questions = [make_question(session, call) for _ in range(2)]
    filed = make_question(session, call, theme="life")

    moved = decide(session, call, [*questions, filed], DecisionAct.THEME, organizer, now)
    out = decide(session, call, questions, DecisionAct.OUT_OF_SCOPE, organizer, now)

    assert (moved.n_done, moved.left) == (2, {screen.Left.SAME_THEME: 1})
    assert out.n_done == 2
    assert {question.theme_id for question in questions} == {call.theme("life").id}
    assert kinds(session) == ["question_out_of_scope"] * 2


def test_undo_brings_everything_back_and_tells_those_who_were_told(session, call, organizer, now):
    questions = [make_question(session, call) for _ in range(2)]
    outcome = decide(session, call, questions, DecisionAct.IN_SCOPE, organizer, now)
    screen.put_back(session, question_id=questions[1].id, version=2, actor_id=organizer.id, now=now)

    undone = screen.undo_decision(session, decision_id=outcome.decision_id, actor_id=organizer.id, now=now)

    assert undone == screen.Undone(n_done=1, n_left=1)
    assert states(session, *questions) == [QuestionState.NEW] * 2
    assert questions[0].number is not None and questions[0].screened_at is None
    assert kinds(session) == ["question_screened", "question_screened", "decision_undone"]
    with pytest.raises(Conflict):
        screen.undo_decision(session, decision_id=outcome.decision_id, actor_id=organizer.id, now=now)


@pytest.mark.usefixtures("session")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds_of_acts=st.lists(st.sampled_from(list(DecisionAct)), min_size=1, max_size=6))
def test_undoing_from_the_last_restores_the_first_state(session, call, organizer, now, kinds_of_acts):
    question = make_question(session, call)
    first = [getattr(question, name) for name in NAMES]
    made = []
    for kind in kinds_of_acts:
        wanted = act(session, call, kind, note="A note")
        verbs = {
            DecisionAct.IN_SCOPE: screen.put_in_scope,
            DecisionAct.OUT_OF_SCOPE: screen.put_out_of_scope,
            DecisionAct.BACK: screen.put_back,
            DecisionAct.THEME: screen.change_theme,
        }
        more = {
            DecisionAct.OUT_OF_SCOPE: dict(reason_id=wanted.reason_id, note=wanted.note),
            DecisionAct.THEME: dict(theme_id=wanted.theme_id),
        }.get(kind, {})
        what = dict(question_id=question.id, version=question.version, actor_id=organizer.id, now=now)
        try:
            with session.begin_nested():
                made.append(verbs[kind](session, **what, **more).decision_id)
        except DomainError:
            session.refresh(question)
    before = question.version

    for decision_id in reversed([each for each in made if each]):
        # A decision is undone as long as it is the last thing that happened.
        step = session.scalar(sa.select(ScreeningStep).where(ScreeningStep.decision_id == decision_id))
        step.version = question.version
        assert screen.undo_decision(session, decision_id=decision_id, actor_id=organizer.id, now=now).n_done == 1

    assert [getattr(question, name) for name in NAMES] == first
    assert question.version == before + len([each for each in made if each])


def test_all_that_match_are_a_second_step_with_count_and_filter(desk, session, call):
    life = [make_question(session, call, theme="life") for _ in range(3)]
    space = make_question(session, call, theme="space")
    chosen = {"of": "life", "state": "new", "act": "out_of_scope", "whole": "y"}

    listed = desk.get(queue(call) + "?theme=life").text
    asked = desk.get(queue(call) + "/many", query_string=chosen).text

    assert "All 3 that match" in listed
    assert "Put 3 questions out of scope?" in asked and "Signatures of Extra-terrestrial Life" in asked
    assert states(session, *life) == [QuestionState.NEW] * 3
    sent = chosen | {"expected": "3", "reason": reason_id(session, call), "note": "Thank you."}
    answer = desk.post(queue(call) + "/many", data=sent, follow_redirects=True)
    assert "3 questions are out of scope." in answer.text
    assert states(session, *life, space) == [QuestionState.OUT_OF_SCOPE] * 3 + [QuestionState.NEW]


def test_a_list_that_changed_is_refused_and_what_was_typed_stays(desk, session, call):
    question = make_question(session, call)
    sent = {"state": "new", "act": "out_of_scope", "whole": "y", "expected": "7", "note": "My friendly note"}

    answer = desk.post(queue(call) + "/many", data=sent | {"reason": reason_id(session, call)})

    assert answer.status_code == 409
    assert "The list has changed since you looked at it" in answer.text and "My friendly note" in answer.text
    assert 'name="expected" value="1"' in answer.text
    assert states(session, question) == [QuestionState.NEW]


@pytest.mark.parametrize(
    ("act", "change"), [("out_of_scope", {}), ("out_of_scope", {"reason": "99999999"}), ("theme", {"theme": "x"})]
)
def test_bad_values_change_nothing(desk, session, call, act, change):
    question = make_question(session, call)

    answer = desk.post(queue(call) + "/many", data={"act": act, "selected": question.id} | change)

    assert answer.status_code == 422 and "There is a problem" in answer.text
    assert states(session, question) == [QuestionState.NEW]


def test_undo_is_one_press_by_whoever_decided(desk, client, session, call, organizer):
    question = make_question(session, call)
    answer = desk.post(queue(call) + "/many", data={"act": "in_scope", "selected": question.id})
    decision_id = session.scalar(sa.select(ScreeningDecision.id))

    assert f"undo={decision_id}" in answer.location
    assert "Undo the last decision" in desk.get(answer.location).text
    sign_in(client, session, make_organizer(session, call))
    assert client.post(f"{queue(call)}/undo/{decision_id}").status_code == 404
    sign_in(client, session, organizer)
    page = client.post(f"{queue(call)}/undo/{decision_id}", follow_redirects=True).text

    assert "1 question is as it was." in page
    assert states(session, question) == [QuestionState.NEW]


def test_very_many_are_decided_by_a_worker_once(desk, session, call, organizer, monkeypatch):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 2)
    for module in (screen, screen_many, screen_undo):
        monkeypatch.setattr(module, "PER_STEP", 2)
    submitter = make_person(session)
    questions = [make_question(session, call, submitter=submitter) for _ in range(5)]
    sent = {"state": "new", "act": "in_scope", "whole": "y", "expected": "5"}

    answer = desk.post(queue(call) + "/many", data=sent)
    job = session.scalars(sa.select(Job)).one()
    decision_id = session.scalar(sa.select(ScreeningDecision.id))
    assert answer.location == f"/{call.slug}/organize/jobs/{job.id}"
    ids = [question.id for question in questions]
    wanted = {"act": "in_scope", "reason_id": None, "note": "", "theme_id": None}
    what = dict(decision_id=decision_id, wanted=wanted, actor_id=organizer.id, result_path=queue(call))
    # A worker did the first part and died.
    screen.decide_portion(
        session,
        call_id=call.id,
        question_ids=ids[:2],
        decision_id=decision_id,
        wanted=screen.act_from_json(wanted),
        actor_id=organizer.id,
        now=job.created_at,
    )
    tasks.decide_many(job_id=job.id, question_ids=ids, **what)

    assert states(session, *questions) == [QuestionState.IN_SCOPE] * 5
    assert kinds(session) == ["question_screened"] * 5
    assert session.get(Job, job.id, populate_existing=True).result_path == f"{queue(call)}?undo={decision_id}"
    undoing = desk.post(f"{queue(call)}/undo/{decision_id}")
    job = session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
    assert undoing.location == f"/{call.slug}/organize/jobs/{job.id}"
    tasks.undo_decision(job_id=job.id, decision_id=decision_id, actor_id=organizer.id, result_path=queue(call))
    assert states(session, *questions) == [QuestionState.NEW] * 5
    assert kinds(session)[5:] == ["decision_undone"] * 5


def test_file_holds_the_filter_and_no_formula(desk, session, call, organizer):
    make_question(session, call, theme="life", title="=HYPERLINK(1) and life?")
    make_question(session, call, theme="space")
    make_question(session, call, theme="life", submitter=organizer)

    answer = desk.get(queue(call) + ".csv?theme=life")

    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{call.slug}-screening.csv"'
    assert row["title"] == "'=HYPERLINK(1) and life?"
    assert (row["state"], row["text_changed"], row["suspicions"]) == ("New", "no", "")

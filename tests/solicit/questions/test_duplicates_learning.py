"""What the verdicts of a call teach, and when."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_model, make_pair, make_question

from ml.language.pair_curve import shipped_calibration
from ml.language.pair_features import NAMES
from solicit.questions import tasks
from solicit.questions.models import DuplicateCurve, DuplicateGroup
from solicit.questions.service import duplicates
from solicit.questions.service.duplicates.curves import VERDICTS_PER_FIT
from solicit.questions.states import Method, Verdict


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session)


def features(cosine, **values):
    return dict.fromkeys(NAMES, 0.0) | dict(cosine=cosine, length=5.0) | values


def pair_at(session, call, model, cosine, verdict=None, *, now=None, **values):
    one, other = make_question(session, call), make_question(session, call)
    values = dict(features=features(cosine), probability=0.7) | values
    return make_pair(
        session, one, other, model=model, cosine=cosine, verdict=verdict, decided_at=now if verdict else None, **values
    )


def judge(session, call, model, now, *, n=VERDICTS_PER_FIT, verdict=Verdict.DIFFERENT, **values):
    return [pair_at(session, call, model, 0.7 + at / 1000, verdict, now=now, **values) for at in range(n)]


def learn(session, call, model, now) -> bool:
    return duplicates.learn(session, call_id=call.id, model_id=model.id, now=now)


def curves(session, call) -> list[DuplicateCurve]:
    found = sa.select(DuplicateCurve).where(DuplicateCurve.call_id == call.id).order_by(DuplicateCurve.id)
    return list(session.scalars(found))


def test_nothing_is_learnt_before_twenty_five_verdicts(session, call, model, now):
    judge(session, call, model, now, n=24)

    assert learn(session, call, model, now) is False
    assert curves(session, call) == []


def test_twenty_five_verdicts_move_the_curve_and_all_undecided_pairs(session, call, model, now):
    decided = judge(session, call, model, now)
    waiting = pair_at(session, call, model, 0.72)
    elsewhere = pair_at(session, make_call(session), model, 0.72)

    assert learn(session, call, model, now) is True

    (curve,) = curves(session, call)
    assert (curve.n_verdicts, curve.method, curve.parameters["form"]) == (25, Method.MEANING, "cosine")
    assert curve.calibration_error < 0.1
    session.expire_all()
    shipped = shipped_calibration("texts")
    assert waiting.probability < 0.2 < 1 / (1 + np.exp(-(shipped.slope * 0.72 + shipped.intercept)))
    assert elsewhere.probability == 0.7
    assert {pair.probability for pair in decided} == {0.7}
    scorer = duplicates.scorer_in_use(session, call_id=call.id, model_id=model.id, method=Method.MEANING)
    assert scorer.probability(np.array([[waiting.features[name] for name in NAMES]])) == [waiting.probability]


def test_the_next_fit_waits_for_as_many_verdicts_again(session, call, model, now):
    judge(session, call, model, now)
    learn(session, call, model, now)
    judge(session, call, model, now, n=24, verdict=Verdict.SAME)
    assert learn(session, call, model, now) is False

    judge(session, call, model, now, n=1, verdict=Verdict.SAME)
    assert learn(session, call, model, now) is True
    assert [curve.n_verdicts for curve in curves(session, call)] == [25, 50]


def test_related_is_not_the_same(session, now):
    chances = []
    for verdict in (Verdict.DIFFERENT, Verdict.RELATED, Verdict.SAME):
        call, model = make_call(session), make_model(session, name=verdict.value)
        judge(session, call, model, now, verdict=verdict)
        waiting = pair_at(session, call, model, 0.72)
        learn(session, call, model, now)
        session.refresh(waiting)
        chances.append(waiting.probability)

    assert chances[0] == pytest.approx(chances[1])
    assert chances[0] < 0.2 < 0.8 < chances[2]


def test_methods_learn_for_themselves(session, call, model, now):
    judge(session, call, model, now, verdict=Verdict.SAME, method=Method.WORDS)
    by_words = pair_at(session, call, model, 0.3, method=Method.WORDS)
    by_meaning = pair_at(session, call, model, 0.6)

    learn(session, call, model, now)

    session.expire_all()
    assert [curve.method for curve in curves(session, call)] == [Method.WORDS]
    assert by_words.probability != 0.7 == by_meaning.probability


def test_pairs_of_an_earlier_version_get_their_features(session, call, model, now):
    judge(session, call, model, now)
    old = pair_at(session, call, model, 0.8, Verdict.SAME, now=now, features=None)

    learn(session, call, model, now)

    assert set(old.features) == set(NAMES)
    assert old.features["cosine"] == 0.8


def test_the_order_of_pairs_changes_no_curve(session, model, now):
    """The same texts and verdicts in two calls, filed in another order."""
    found = []
    for order in (1, -1):
        call = make_call(session)
        for at in list(range(30))[::order]:
            one, other = (make_question(session, call, title=f"Text {at} {side}") for side in "ab"[::order])
            verdict = Verdict.SAME if at % 3 else Verdict.DIFFERENT
            cosine = 0.6 + at / 100
            make_pair(
                session, one, other, model=model, cosine=cosine, verdict=verdict, decided_at=now,
                features=features(cosine), is_audit=at % 10 == 0,
            )  # fmt: skip
        learn(session, call, model, now)
        (curve,) = curves(session, call)
        found.append((curve.parameters, curve.calibration_error))

    assert found[0] == found[1]


def test_likely_pairs_are_grouped_by_the_new_curve(session, call, model, now):
    judge(session, call, model, now, verdict=Verdict.SAME)
    waiting = pair_at(session, call, model, 0.7, probability=0.3)

    learn(session, call, model, now)

    grouped = session.execute(sa.select(DuplicateGroup.question_id, DuplicateGroup.canonical_id)).all()
    assert {question_id for question_id, _ in grouped} == {waiting.left_id, waiting.right_id}


def test_a_verdict_asks_a_worker_to_learn_and_stays_cheap(session, call, model, now, count_statements):
    """The twenty-fifth verdict costs what the first one does: the fit is another's work."""
    organizer = make_organizer(session, call)
    judge(session, call, model, now, n=24)
    pair = pair_at(session, call, model, 0.7)

    with_counting = len(count_statements)
    duplicates.give_verdict(session, pair_id=pair.id, verdict=Verdict.DIFFERENT, actor_id=organizer.id, now=now)
    session.flush()

    assert len(count_statements) - with_counting <= 16
    deferred = session.execute(
        sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = :name"), {"name": duplicates.LEARN}
    )
    assert list(deferred.scalars()) == [{"call_id": call.id, "model_id": model.id}]
    assert curves(session, call) == []
    tasks.learn_duplicates(call_id=call.id, model_id=model.id)
    assert [curve.n_verdicts for curve in curves(session, call)] == [25]

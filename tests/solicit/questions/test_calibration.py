"""What the plot of calibration shows: verdicts beside the probability that each pair had before."""

import pytest
from builders import make_call, make_organizer
from builders_questions import make_model, make_pair, make_question

from ml.language.embedding import BUNDLED_NAME
from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.questions.models import DuplicateCurve
from solicit.questions.queries.duplicates.calibration import calibration_view, wilson_interval
from solicit.questions.states import Method, Verdict


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def bundled(session):
    return make_model(session, name=BUNDLED_NAME)


def judge(session, call, model, now, verdict, probability, **values):
    return make_pair(
        session,
        make_question(session, call),
        make_question(session, call),
        model=model,
        probability=probability,
        verdict=verdict,
        decided_at=now,
        **values,
    )


def view(session, call, **values):
    viewer = make_organizer(session, call)
    return calibration_view(session, call=call_facts(session, slug=call.slug), viewer_id=viewer.id, **values)


def test_before_any_verdict_there_is_nothing_to_plot(session, call):
    seen = view(session, call)

    assert (seen.n_verdicts, seen.bins, seen.calibration_error, seen.form) == (0, (), None, "shipped")
    assert seen.threshold == 0.2


def test_verdicts_stand_in_the_bin_of_their_probability(session, call, bundled, now):
    for verdict, probability in [
        (Verdict.SAME, 0.95), (Verdict.SAME, 1.0), (Verdict.RELATED, 0.91), (Verdict.DIFFERENT, 0.25)
    ]:  # fmt: skip
        judge(session, call, bundled, now, verdict, probability)
    judge(session, call, bundled, now, Verdict.SAME, 0.05, is_audit=True)
    make_pair(session, make_question(session, call), make_question(session, call), model=bundled)

    seen = view(session, call)

    assert [(each.low, each.high, each.n, round(each.share_same, 2)) for each in seen.bins] == [
        (0.0, 0.1, 1, 1.0), (0.2, 0.3, 1, 0.0), (0.9, 1.0, 3, 0.67)
    ]  # fmt: skip
    assert (seen.n_verdicts, seen.n_same, seen.n_audits, seen.n_audits_same) == (5, 3, 1, 1)
    assert seen.calibration_error == pytest.approx((0.95 + 0.25 + abs(2.86 - 2)) / 5)


def test_other_methods_and_models_are_not_counted(session, call, bundled, now):
    judge(session, call, bundled, now, Verdict.SAME, 0.9, method=Method.WORDS)
    judge(session, call, make_model(session, name="another"), now, Verdict.SAME, 0.9)
    session.get(Call, call.id).model_id = bundled.id
    session.flush()

    assert view(session, call).n_verdicts == 0
    assert view(session, call, method=Method.WORDS).n_verdicts == 1


def test_pairs_in_which_the_viewer_has_a_part_are_left_out_before_counting(session, call, bundled, now):
    author, other = make_organizer(session, call), make_organizer(session, call)
    own = make_question(session, call, with_submission=True, submitter=author)
    make_pair(session, own, make_question(session, call), model=bundled, verdict=Verdict.SAME, decided_at=now)
    facts = call_facts(session, slug=call.slug)

    seen = [calibration_view(session, call=facts, viewer_id=each.id) for each in (author, other)]

    assert [(each.n_verdicts, each.n_same, len(each.bins)) for each in seen] == [(0, 0, 0), (1, 1, 1)]


def test_view_takes_two_statements(session, call, bundled, now, count_statements):
    judge(session, call, bundled, now, Verdict.SAME, 0.9)
    viewer, facts = make_organizer(session, call), call_facts(session, slug=call.slug)
    before = len(count_statements)

    calibration_view(session, call=facts, viewer_id=viewer.id)

    assert len(count_statements) - before == 2


@pytest.mark.parametrize(("n", "shows"), [(49, False), (50, True)])
def test_other_models_show_no_probability_before_fifty_verdicts(session, call, now, n, shows):
    model, questions = make_model(session, name="another"), [make_question(session, call) for _ in range(n + 1)]
    for other in questions[1:]:
        make_pair(session, questions[0], other, model=model, verdict=Verdict.RELATED, decided_at=now)

    assert view(session, call).shows_probability is shows


def test_form_is_that_of_the_latest_curve(session, call, bundled, now):
    judge(session, call, bundled, now, Verdict.SAME, 0.9)
    for form in ("cosine", "features"):
        session.add(
            DuplicateCurve(
                call_id=call.id, model_id=bundled.id, method=Method.MEANING, parameters={"form": form},
                n_verdicts=25, fitted_at=now,
            )
        )  # fmt: skip
        session.flush()

    seen = view(session, call)

    assert (seen.form, seen.shows_probability) == ("features", True)


def test_interval_is_wide_for_few_verdicts_and_stays_within_bounds():
    assert wilson_interval(1, 1) == pytest.approx((0.2698, 1.0), abs=1e-4)
    low, high = wilson_interval(50, 100)
    assert (round(low, 3), round(high, 3)) == (0.419, 0.581)

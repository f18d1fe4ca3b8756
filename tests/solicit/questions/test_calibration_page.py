"""How good the suggestions are, as a plot, in words and as a table."""

import pytest
from builders import make_call, make_organizer, sign_in
from builders_questions import make_model, make_pair, make_question

from ml.language.embedding import BUNDLED_NAME
from solicit.clock import utcnow
from solicit.questions.queries.duplicates.calibration import Bin
from solicit.questions.states import Verdict
from solicit.web.reliability import reliability_plot


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def desk(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    return client


def address(call, end="") -> str:
    return f"/{call.slug}/organize/duplicates/calibration{end}"


def judge(session, call, n: int, n_same: int, probability: float, **values) -> None:
    model = make_model(session, name=BUNDLED_NAME)
    for place in range(n):
        make_pair(
            session,
            make_question(session, call),
            make_question(session, call),
            model=model,
            probability=probability,
            verdict=Verdict.SAME if place < n_same else Verdict.RELATED,
            decided_at=utcnow(),
            **values,
        )


def test_before_the_first_verdict_it_says_so(desk, call):
    page = desk.get(address(call)).text

    assert "Nobody has given a verdict yet." in page and "The curve that comes with the language model" in page
    assert "after 25 more verdicts" in page


def test_promises_are_kept_or_not_in_plain_words(desk, session, call):
    judge(session, call, 4, 3, 0.75)

    page = " ".join(desk.get(address(call)).text.split())
    lines = desk.get(address(call, ".csv")).text.splitlines()

    assert "Of the 4 pairs that we called 70% to 80% probable, people called 3 the same" in page
    assert "after 21 more verdicts" in page and "0 have a verdict" in page
    assert lines[1].startswith('"0.7","0.8","4","3","0.75","0.75"')


def test_audit_is_told_apart(desk, session, call):
    judge(session, call, 3, 1, 0.05, is_audit=True, place=0.5)

    assert "3 have a verdict, 1 of them the same" in " ".join(desk.get(address(call)).text.split())


def test_points_lie_where_their_promise_and_its_outcome_meet():
    kept = Bin(low=0.2, high=0.3, n=4, mean_probability=0.25, share_same=0.5, interval_low=0.1, interval_high=0.9)

    (point,) = reliability_plot([kept]).points

    assert (point.x, point.y, point.y_low, point.y_high) == (25.0, 50.0, 90.0, 10.0)


@pytest.mark.parametrize("n", [1, 30])
def test_page_costs_the_same_for_any_number(desk, session, call, count_statements, n):
    judge(session, call, n, 0, 0.5)
    session.commit()
    count_statements.clear()
    assert desk.get(address(call)).status_code == 200
    assert len(count_statements) == 4

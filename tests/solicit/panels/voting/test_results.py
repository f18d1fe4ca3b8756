"""What a ranking gets from comparisons and ballots: what counts, and nothing else."""

from builders import make_call, make_person
from builders_panels import (
    add_submission,
    compare,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    seat,
    vote,
)

from solicit.clock import utcnow
from solicit.panels.models import ConflictOfInterest
from solicit.panels.queries.voting.results import UNRANKED, ComparedPair, RankedBallot, ballots_of, comparisons_of
from solicit.panels.states import Activity, BallotState, ComparisonState, ConflictSource, ConflictState, Preference
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.unmerge import undo_merge


class Series:
    def __init__(self, session, activity, n_questions=4):
        self.session = session
        self.call = make_call(session)
        panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, panel) for _ in range(3)]
        self.questions = [make_read_question(session, self.call) for _ in range(n_questions)]
        self.theme_id = self.questions[0].theme_id
        self.first_id = make_round(session, self.call, state="closed")
        self.round_id = make_later_round(session, self.first_id, activity, self.questions)

    def suspect(self, person, question, state) -> None:
        decided_at = None if state is ConflictState.SUSPECTED else utcnow()
        self.session.add(
            ConflictOfInterest(
                question_id=question.id,
                person_id=person.id,
                state=state,
                source=ConflictSource.INSTITUTION,
                created_at=utcnow(),
                decided_at=decided_at,
            )
        )
        self.session.flush()


def test_comparisons_of_gives_judged_ones_with_the_share_of_the_first(session, count_statements):
    series = Series(session, Activity.COMPARING)
    one, two, _ = series.people
    a, b, c, d = series.questions
    compare(session, series.round_id, one, a, b, Preference.LEFT, is_random=True)
    compare(session, series.round_id, one, b, c, Preference.RIGHT)
    compare(session, series.round_id, two, a, b, Preference.EQUAL)
    compare(session, series.round_id, two, a, c, Preference.UNDECIDED, reason="Too far apart")
    compare(session, series.round_id, two, a, d, None)
    compare(session, series.round_id, two, b, d, None, state=ComparisonState.VOIDED)
    count_statements.clear()

    found = comparisons_of(session, first_id=series.first_id)

    assert found == (
        ComparedPair(a.id, b.id, 1.0, one.id, True, series.theme_id),
        ComparedPair(b.id, c.id, 0.0, one.id, False, series.theme_id),
        ComparedPair(a.id, b.id, 0.5, two.id, False, series.theme_id),
    )
    assert len(count_statements) == 1


def test_comparisons_of_leaves_out_whoever_is_in_conflict_with_either_question(session):
    series = Series(session, Activity.COMPARING)
    one, two, three = series.people
    a, b, c, _ = series.questions
    for person in series.people:
        compare(session, series.round_id, person, a, b, Preference.LEFT)
    series.suspect(one, b, ConflictState.CONFIRMED)
    series.suspect(two, a, ConflictState.SUSPECTED)
    add_submission(session, a, authors=[three])

    assert [row.person_id for row in comparisons_of(session, first_id=series.first_id)] == [two.id]


def test_comparisons_of_reads_every_round_of_the_series_and_no_other(session):
    series = Series(session, Activity.COMPARING)
    one = series.people[0]
    a, b, *_ = series.questions
    later = make_later_round(session, series.first_id, Activity.COMPARING, series.questions)
    other = make_later_round(
        session, make_round(session, series.call, state="closed"), Activity.COMPARING, series.questions
    )
    for round_id, preference in (
        (series.round_id, Preference.LEFT),
        (later, Preference.RIGHT),
        (other, Preference.LEFT),
    ):
        compare(session, round_id, one, a, b, preference)

    assert [row.share for row in comparisons_of(session, first_id=series.first_id)] == [1.0, 0.0]


def test_ballots_of_gives_submitted_ones_with_ties_and_without_conflicts(session, count_statements):
    series = Series(session, Activity.BALLOT)
    one, two, three = series.people
    a, b, c, d = series.questions
    vote(session, series.round_id, one, {a: 2, b: 1, c: 2})
    vote(session, series.round_id, two, {a: 1, b: 2}, state=BallotState.DRAFT)
    vote(session, series.round_id, three, {a: 1, b: 2, c: 3})
    series.suspect(three, b, ConflictState.CONFIRMED)
    count_statements.clear()

    found = ballots_of(session, first_id=series.first_id)

    assert found == (
        RankedBallot(one.id, series.theme_id, ((b.id, 1), (a.id, 2), (c.id, 2), (d.id, UNRANKED))),
        RankedBallot(three.id, series.theme_id, ((a.id, 1), (c.id, 3), (d.id, UNRANKED))),
    )
    assert len(count_statements) == 1


def test_ballots_of_takes_the_later_round_where_somebody_voted_twice(session):
    series = Series(session, Activity.BALLOT, n_questions=2)
    one, two, _ = series.people
    a, b = series.questions
    later = make_later_round(session, series.first_id, Activity.BALLOT, series.questions)
    vote(session, series.round_id, one, {a: 1, b: 2})
    vote(session, series.round_id, two, {a: 1, b: 2})
    vote(session, later, one, {b: 1, a: 2})

    assert ballots_of(session, first_id=series.first_id) == (
        RankedBallot(one.id, series.theme_id, ((b.id, 1), (a.id, 2))),
        RankedBallot(two.id, series.theme_id, ((a.id, 1), (b.id, 2))),
    )


def test_results_of_a_series_without_votes_are_empty(session):
    series = Series(session, Activity.BALLOT, n_questions=2)
    make_person(session)

    assert comparisons_of(session, first_id=series.first_id) == ()
    assert ballots_of(session, first_id=series.first_id) == ()


def test_ballots_of_says_unranked_only_of_what_was_offered(session):
    series = Series(session, Activity.BALLOT)
    one, *_ = series.people
    a, b, c, d = series.questions
    vote(session, series.round_id, one, {a: 1, b: 2})
    c.language = "zh"
    series.suspect(one, d, ConflictState.SUSPECTED)

    (ballot,) = ballots_of(session, first_id=series.first_id)

    assert ballot.places == ((a.id, 1), (b.id, 2))


def test_votes_about_a_merged_question_count_again_when_the_merge_is_undone(session):
    series = Series(session, Activity.BALLOT)
    one, *_ = series.people
    a, b, c, _ = series.questions
    vote(session, series.round_id, one, {a: 1, b: 2, c: 3})
    compare(session, series.round_id, one, a, b, Preference.LEFT)
    merge_id = merge_questions(session, source_id=b.id, target_id=c.id, actor_id=None, now=utcnow())

    assert comparisons_of(session, first_id=series.first_id) == ()
    assert b.id not in dict(ballots_of(session, first_id=series.first_id)[0].places)

    undo_merge(session, merge_id=merge_id, actor_id=None, now=utcnow())

    assert len(comparisons_of(session, first_id=series.first_id)) == 1
    assert dict(ballots_of(session, first_id=series.first_id)[0].places)[b.id] == 2

"""After the close nothing changes a vote by any route: the database itself refuses, in words that a page can say."""

import pytest
import sqlalchemy as sa
from builders_chain import make_asked_round
from builders_panels import force_state, make_later_round, rate
from sqlalchemy.exc import IntegrityError

from solicit.db import transaction
from solicit.errors import Closed
from solicit.panels.models import (
    Assignment,
    Ballot,
    BallotPlace,
    ChainLink,
    Comparison,
    Review,
    Score,
    VoteVersion,
)
from solicit.panels.service import chain, review
from solicit.panels.states import (
    Activity,
    AssignmentState,
    BallotState,
    ComparisonState,
    Confidence,
    Preference,
    VoteKind,
)
from solicit.questions.models import Question
from solicit.reports.service.erase import erase_person

NEVER = "chain_only_grows"


@pytest.fixture
def voted(session, now):
    """A scoring round with a review, an abstention and a task, and its comparison and its ballot; all closed."""
    round_id, asked = make_asked_round(session, n_panelists=1, n_questions=3, now=now)
    first = asked[0]
    rate(session, first, 4, to_panel="Clear")
    review.abstain(session, assignment_id=asked[1].id, person_id=first.person_id, reason="Too near", now=now)
    questions = [session.get_one(Question, one.question_id) for one in asked]
    theme_id = questions[0].theme_id
    ids = {}
    ids["comparing"] = make_later_round(session, round_id, Activity.COMPARING, questions)
    ids["ballot"] = make_later_round(session, round_id, Activity.BALLOT, questions)
    pair = dict(theme_id=theme_id, person_id=first.person_id, batch=1, offered_at=now)
    judged = Comparison(
        round_id=ids["comparing"],
        left_id=questions[0].id,
        right_id=questions[1].id,
        state=ComparisonState.JUDGED,
        preference=Preference.UNDECIDED,
        reason="Both",
        judged_at=now,
        **pair,
    )
    offered = Comparison(round_id=ids["comparing"], left_id=questions[0].id, right_id=questions[2].id, **pair)
    ballot = Ballot(
        round_id=ids["ballot"],
        theme_id=theme_id,
        person_id=first.person_id,
        state=BallotState.SUBMITTED,
        saved_at=now,
        submitted_at=now,
    )
    session.add_all([judged, offered, ballot])
    session.flush()
    session.add(BallotPlace(ballot_id=ballot.id, question_id=questions[0].id, place=1))
    session.flush()
    for one in (round_id, *ids.values()):
        force_state(session, one, "closed")
    return dict(round_id=round_id, asked=asked, judged=judged, offered=offered, ballot=ballot)


def attempts(voted, now):
    """Statements that change a vote, by name."""
    first, second, third = voted["asked"]
    judged, offered, ballot = voted["judged"], voted["offered"], voted["ballot"]
    reviewed = Review.assignment_id == first.id
    return {
        "score changed": sa.update(Score).where(Score.assignment_id == first.id).values(value=5),
        "score deleted": sa.delete(Score).where(Score.assignment_id == first.id),
        "confidence changed": sa.update(Review).where(reviewed).values(confidence=Confidence.WELL_ENOUGH),
        "wording changed": sa.update(Review).where(reviewed).values(text_digest=b"other"),
        "review deleted": sa.delete(Review).where(reviewed),
        "review added": sa.insert(Review).values(assignment_id=third.id, text_digest=b"", version=1, saved_at=now),
        "task sent": sa.update(Assignment).where(Assignment.id == third.id).values(state=AssignmentState.SUBMITTED),
        "review taken back": sa.update(Assignment).where(Assignment.id == first.id).values(state="draft"),
        "review given away": sa.update(Assignment)
        .where(Assignment.id == first.id)
        .values(question_id=sa.select(sa.func.min(Question.id)).scalar_subquery(), round_id=first.round_id),
        "abstention deleted": sa.delete(Assignment).where(Assignment.id == second.id),
        "preference changed": sa.update(Comparison)
        .where(Comparison.id == judged.id)
        .values(preference=Preference.LEFT, reason=""),
        "pair judged": sa.update(Comparison)
        .where(Comparison.id == offered.id)
        .values(state=ComparisonState.JUDGED, preference=Preference.LEFT),
        "pair deleted": sa.delete(Comparison).where(Comparison.id == judged.id),
        "ballot reopened": sa.update(Ballot).where(Ballot.id == ballot.id).values(state="draft", submitted_at=None),
        "ballot deleted": sa.delete(Ballot).where(Ballot.id == ballot.id),
        "place changed": sa.update(BallotPlace).where(BallotPlace.ballot_id == ballot.id).values(place=9),
        "place deleted": sa.delete(BallotPlace).where(BallotPlace.ballot_id == ballot.id),
    }


def test_no_statement_changes_a_vote_after_the_close(session, voted, now):
    for name, statement in attempts(voted, now).items():
        with pytest.raises(IntegrityError, match="is closed"), session.begin_nested():
            session.execute(statement.execution_options(synchronize_session=False))
            pytest.fail(name)


def test_sealing_after_the_close_is_refused(session, voted, now):
    vote = dict(round_id=voted["round_id"], kind=VoteKind.REVIEW, vote_id=1, person_id=voted["asked"][0].person_id)
    with pytest.raises(IntegrityError, match="is closed"), session.begin_nested():
        chain.seal_vote(session, **vote, content={}, now=now)


def test_refusal_of_the_database_becomes_a_sentence(app, session, voted):
    with pytest.raises(Closed, match="closed"), transaction() as opened:
        opened.get_one(Score, (voted["asked"][0].id, _criterion(session, voted))).value = 5


def _criterion(session, voted) -> int:
    return session.scalar(sa.select(Score.criterion_id).where(Score.assignment_id == voted["asked"][0].id).limit(1))


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(ChainLink).values(hash=b"other"),
        sa.delete(ChainLink),
        sa.update(VoteVersion).values(content={}),
        sa.delete(VoteVersion),
    ],
    ids=["link changed", "links deleted", "opening changed", "openings deleted"],
)
@pytest.mark.parametrize("state", ["open", "closed"])
def test_chain_only_grows(session, voted, state, statement):
    force_state(session, voted["round_id"], state)
    with pytest.raises(IntegrityError, match="only grows|does not change"), session.begin_nested():
        session.execute(statement.execution_options(synchronize_session=False))


def test_chain_is_not_emptied_by_its_owner(make_database):
    engine = sa.create_engine(make_database("solicit_guards").owner)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="only grows"):
        connection.execute(sa.text("TRUNCATE vote_version, chain_link, chain_anchor"))
    engine.dispose()


def test_votes_are_voided_after_the_close_and_not_after_the_freeze(session, voted):
    first = voted["asked"][0]
    voided = sa.update(Comparison).where(Comparison.id == voted["judged"].id)
    session.execute(voided.values(state=ComparisonState.VOIDED, preference=None, reason=""))
    force_state(session, voted["round_id"], "frozen")
    with pytest.raises(IntegrityError, match="is frozen"), session.begin_nested():
        session.execute(sa.update(Assignment).where(Assignment.id == first.id).values(state="voided"))


def test_person_is_erased_after_the_freeze_and_votes_that_count_stay(session, voted, now):
    first, _second, third = voted["asked"]
    for round_id in (voted["round_id"], voted["judged"].round_id, voted["ballot"].round_id):
        force_state(session, round_id, "frozen")
    erase_person(session, person_id=first.person_id, blanks_texts=True, now=now)
    session.expire_all()
    assert session.scalars(sa.select(Score.value).where(Score.assignment_id == first.id)).all() == [4, 4, 4]
    assert session.get_one(Review, first.id).comment_to_panel == ""
    assert third.state is AssignmentState.VOIDED
    assert (voted["judged"].preference, voted["judged"].reason) == (Preference.UNDECIDED, "-")
    assert session.scalars(sa.select(Comparison.id)).all() == [voted["judged"].id]
    assert session.scalar(sa.select(sa.func.count()).select_from(BallotPlace)) == 1
    # And nobody is being erased any more.
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.delete(Score))


def test_somebody_who_is_erasing_cannot_touch_a_vote_that_counts(session, voted):
    session.execute(sa.text("SET LOCAL solicit.erasing = 'yes'"))
    for statement in (sa.update(Score).values(value=5), sa.delete(Score), sa.delete(Ballot), sa.delete(Review)):
        with pytest.raises(IntegrityError, match="is closed"), session.begin_nested():
            session.execute(statement.execution_options(synchronize_session=False))

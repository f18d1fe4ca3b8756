"""Rounds that follow one another: dates, later rounds, freezing the whole series."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_invitations import make_ranked_run
from builders_panels import (
    ask,
    compare,
    force_state,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    rate,
    seat,
)

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Closed, NotFound, Refused
from solicit.mail.models import OutboxMail
from solicit.panels.models import Assignment, ChainLink, ConflictOfInterest, Criterion, Round, RoundQuestion
from solicit.panels.queries.live import live_fit
from solicit.panels.queries.results import rating_values
from solicit.panels.service import rounds
from solicit.panels.states import Activity, ChainAct, ConflictSource, ConflictState, Pick, Preference, RoundState


def later(**values) -> rounds.NewLaterRound:
    now = utcnow()
    usual = dict(
        activity=Activity.COMPARING,
        name="Pairs",
        instruction="Which matters more?",
        opens_at=now,
        closes_at=now + timedelta(days=5),
    )
    return rounds.NewLaterRound(**usual | values)


def start(session, call, first_id, **values) -> int:
    return rounds.start_later_round(
        session, call=call, first_id=first_id, new=later(**values), actor_id=None, now=utcnow(), seed=3
    )


def listed(session, round_id) -> dict[int, Pick]:
    found = sa.select(RoundQuestion.question_id, RoundQuestion.pick).where(RoundQuestion.round_id == round_id)
    return dict(session.execute(found).all())


def scored(session, *, scores=((5, 5, 5), (1, 1, 1), (5, 1, 1), (3, 3, 3)), state="closed"):
    """A closed round of questions, each scored by three panelists."""
    call = make_call(session)
    panel = make_panel(session, call)
    people = [seat(session, call, panel) for _ in range(3)]
    questions = [make_read_question(session, call) for _ in scores]
    round_id = make_round(session, call, state="open")
    for question, values in zip(questions, scores, strict=True):
        for person, value in zip(people, values, strict=True):
            rate(session, ask(session, round_id, panel, person, question), value)
    force_state(session, round_id, state)
    return call, panel, people, questions, round_id


def test_a_round_opened_early_takes_votes_from_now(session):
    call = make_call(session)
    panel = make_panel(session, call)
    now = utcnow()
    round_id = make_round(session, call, opens_at=now + timedelta(days=3), closes_at=now + timedelta(days=9))
    ask(session, round_id, panel, seat(session, call, panel), make_read_question(session, call))
    rounds.open_round(session, round_id=round_id, actor_id=None, now=now)
    row = session.get_one(Round, round_id)
    assert row.opens_at == row.opened_at == now


def test_an_open_round_may_be_extended_and_its_panelists_are_told(session):
    call, panel, people, questions, round_id = scored(session, state="open")
    row, now = session.get_one(Round, round_id), utcnow()
    for wrong in (row.closes_at, now - timedelta(days=1)):
        with pytest.raises(Refused, match="later"):
            rounds.extend_round(session, round_id=round_id, closes_at=wrong, actor_id=None, now=now)
    new = row.closes_at + timedelta(days=2)
    assert rounds.extend_round(session, round_id=round_id, closes_at=new, actor_id=None, now=now) == 3
    assert session.get_one(Round, round_id).closes_at == new
    assert session.scalar(sa.select(sa.func.count()).where(OutboxMail.kind == "round_extended")) == 3
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "extend")).one()
    assert event.details["new"] == new.isoformat()
    force_state(session, round_id, "closed")
    with pytest.raises(Closed):
        rounds.extend_round(session, round_id=round_id, closes_at=new + timedelta(1), actor_id=None, now=now)


def test_a_round_closes_by_itself_on_its_date_and_reopens_only_with_a_later_one(session):
    call, *_, round_id = scored(session, state="open")
    closes_at = session.get_one(Round, round_id).closes_at
    assert rounds.close_due_rounds(session, now=closes_at - timedelta(seconds=1)) == ()
    assert rounds.close_due_rounds(session, now=closes_at) == (round_id,)
    row = session.get_one(Round, round_id)
    assert row.state is RoundState.CLOSED and row.closed_at == closes_at
    with pytest.raises(Refused, match="passed"):
        rounds.reopen_round(session, round_id=round_id, actor_id=None, now=closes_at)
    later_date = closes_at + timedelta(days=2)
    rounds.reopen_round(session, round_id=round_id, actor_id=None, now=closes_at, closes_at=later_date)
    assert (row.state, row.closes_at, row.closed_at) == (RoundState.OPEN, later_date, None)


def test_scoring_is_not_opened_again_once_a_later_round_began(session):
    call, *_, questions, round_id = scored(session)
    make_later_round(session, round_id, Activity.DISCUSSION, questions[:1], state="closed")
    with pytest.raises(Refused, match="later round has begun"):
        rounds.reopen_round(session, round_id=round_id, actor_id=None, now=utcnow())


def test_rounds_of_other_themes_may_be_open_together(session):
    call = make_call(session)
    themes = {name: call.theme(name).id for name in ("space", "life")}
    space = make_round(session, call, state="open", theme_ids=(themes["space"],))
    assert space
    panel = make_panel(session, call, theme="life")
    person = seat(session, call, panel)
    for theme_ids, may_open in (((themes["life"],), True), ((themes["space"],), False), ((), False)):
        round_id = make_round(session, call, theme_ids=theme_ids)
        ask(session, round_id, panel, person, make_read_question(session, call, theme="life"))
        if may_open:
            rounds.open_round(session, round_id=round_id, actor_id=None, now=utcnow())
            rounds.close_round(session, round_id=round_id, actor_id=None, now=utcnow())
        else:
            with pytest.raises(Refused, match="same themes"):
                rounds.open_round(session, round_id=round_id, actor_id=None, now=utcnow())


def test_the_round_of_a_panel_is_about_its_home_theme(session):
    call = make_call(session)
    panel = make_panel(session, call, theme="life")
    round_id = make_round(session, call, panel_id=panel.id, theme_ids=(call.theme("space").id,))
    assert session.get_one(Round, round_id).theme_ids == [call.theme("life").id]


def test_the_shortlist_has_the_likeliest_of_each_theme(session):
    call, _, _, questions, first = scored(session, scores=[(n % 5 + 1,) * 3 for n in range(12)])
    round_id = start(session, call, first, per_theme=5)
    fit = live_fit(session, first=session.get_one(Round, first), seed=session.get_one(Round, first).seed)
    assert fit.k.tolist() == [4]
    # 2.5 k = 10 places are the least, and nobody below them is likelier.
    assert len(listed(session, round_id)) == 10
    chance = dict(zip(fit.question_ids, fit.p_top_k, strict=True))
    left_out = set(chance) - set(listed(session, round_id))
    assert max(chance[each] for each in left_out) <= min(chance[each] for each in listed(session, round_id))
    assert set(listed(session, round_id).values()) == {Pick.SHORTLIST}


def test_contested_questions_are_scored_again_by_those_who_scored_them(session):
    call, panel, people, questions, first = scored(session)
    divided = questions[2]
    suspicion = dict(state=ConflictState.SUSPECTED, source=ConflictSource.INSTITUTION, created_at=utcnow())
    session.add(ConflictOfInterest(question_id=divided.id, person_id=people[0].id, **suspicion))
    session.flush()
    round_id = start(session, call, first, activity=Activity.SCORING, pick=Pick.CONTESTED)
    assert divided.id in listed(session, round_id)
    asked = sa.select(Assignment.person_id).where(Assignment.round_id == round_id, Assignment.question_id == divided.id)
    assert set(session.scalars(asked)) == {people[1].id, people[2].id}
    copied = session.scalars(
        sa.select(Criterion.key).where(Criterion.round_id == round_id).order_by(Criterion.position)
    ).all()
    assert copied == ["importance", "novelty", "reach"]


def test_the_latest_rating_of_a_panelist_counts_in_the_series(session):
    call, panel, people, questions, first = scored(session)
    round_id = make_later_round(session, first, Activity.SCORING, questions)
    for position, key in enumerate(("importance", "novelty", "reach"), 1):
        values = dict(name=key, question="?", low="1", high="5", weight=50)
        session.add(Criterion(round_id=round_id, key=key, position=position, **values))
    session.flush()
    before = live_fit(session, first=session.get_one(Round, first), seed=1)
    rate(session, ask(session, round_id, panel, people[0], questions[2]), 1)
    # Nothing of it is told before it closes.
    assert live_fit(session, first=session.get_one(Round, first), seed=1).iqr.tolist() == before.iqr.tolist()
    force_state(session, round_id, "closed")
    after = live_fit(session, first=session.get_one(Round, first), seed=1)
    row = after.question_ids.index(questions[2].id)
    assert (before.iqr[row], after.iqr[row]) == (2.0, 0.0)
    assert before.n_ratings[row] == after.n_ratings[row] == 3


@pytest.mark.parametrize("state", ["draft", "open", "frozen"])
def test_a_round_is_followed_only_once_it_closed(session, state):
    call, *_, first = scored(session, state=state)
    with pytest.raises(Closed):
        start(session, call, first)


def test_what_makes_no_sense_as_a_later_round_is_refused(session):
    call, *_, questions, first = scored(session)
    with pytest.raises(Refused, match="one criterion"):
        start(session, call, first, instruction="")
    with pytest.raises(Refused, match="after it opens"):
        start(session, call, first, closes_at=utcnow() - timedelta(days=1))
    with pytest.raises(NotFound):
        start(session, make_call(session), first)
    other = make_later_round(session, first, Activity.DISCUSSION, questions, state="closed")
    with pytest.raises(NotFound):
        start(session, call, other)


def test_without_ratings_questions_are_chosen_by_hand(session):
    call = make_call(session)
    question = make_read_question(session, call)
    first = make_round(session, call, state="closed")
    with pytest.raises(Refused, match="by hand"):
        start(session, call, first)
    round_id = start(session, call, first, pick=Pick.CHOSEN)
    assert listed(session, round_id) == {}
    person = make_person(session)
    change = dict(round_id=round_id, actor_id=person.id, now=utcnow())
    rounds.add_question(session, label=f"q-{question.number}", **change)
    assert listed(session, round_id) == {question.id: Pick.CHOSEN}
    for label, words in (
        (f"Q-{question.number}", "already"),
        ("Q-99999", "No question"),
        ("P-1", "kind"),
        ("x", "kind"),
    ):
        with pytest.raises(Refused, match=words):
            rounds.add_question(session, label=label, **change)
    rounds.remove_question(session, question_id=question.id, **change)
    assert listed(session, round_id) == {}
    with pytest.raises(Refused):
        rounds.remove_question(session, question_id=question.id, **change)


def test_whoever_is_in_conflict_with_a_question_neither_adds_nor_removes_it(session):
    call, _, _, _, first = scored(session)
    organizer = make_person(session)
    own = make_read_question(session, call, authors=(organizer,))
    round_id = start(session, call, first, pick=Pick.CHOSEN)
    change = dict(round_id=round_id, actor_id=organizer.id, now=utcnow())
    with pytest.raises(Refused, match="in conflict"):
        rounds.add_question(session, label=f"Q-{own.number}", **change)
    session.add(RoundQuestion(round_id=round_id, question_id=own.id, pick=Pick.SHORTLIST))
    session.flush()
    with pytest.raises(NotFound):
        rounds.remove_question(session, question_id=own.id, **change)


def test_a_question_taken_off_a_second_scoring_takes_its_assignments_along(session):
    call, _, _, questions, first = scored(session)
    round_id = start(session, call, first, activity=Activity.SCORING, pick=Pick.CHOSEN)
    change = dict(round_id=round_id, actor_id=make_person(session).id, now=utcnow())
    rounds.add_question(session, label=f"Q-{questions[0].number}", **change)
    counted = sa.select(sa.func.count()).where(Assignment.round_id == round_id)
    assert session.scalar(counted) == 3
    rounds.remove_question(session, question_id=questions[0].id, **change)
    assert session.scalar(counted) == 0


def test_a_later_round_opens_with_a_letter_to_the_panel_and_is_then_fixed(session):
    call, _, people, questions, first = scored(session)
    round_id = start(session, call, first, pick=Pick.CHOSEN)
    with pytest.raises(Refused, match="no question"):
        rounds.open_round(session, round_id=round_id, actor_id=None, now=utcnow())
    change = dict(round_id=round_id, actor_id=make_person(session).id, now=utcnow())
    rounds.add_question(session, label=f"Q-{questions[0].number}", **change)
    rounds.change_later_round(session, new=later(name="Only pairs"), **change)
    assert rounds.open_round(session, round_id=round_id, actor_id=None, now=utcnow()) == 3
    told = session.scalars(sa.select(OutboxMail.person_id).where(OutboxMail.kind == "voting_opened")).all()
    assert set(told) == {person.id for person in people}
    with pytest.raises(Closed, match="fixed"):
        rounds.add_question(session, label=f"Q-{questions[1].number}", **change)
    with pytest.raises(Closed, match="fixed"):
        rounds.change_later_round(session, new=later(), **change)


def test_a_series_does_one_thing_of_a_kind_at_a_time(session):
    call, *_, questions, first = scored(session)
    make_later_round(session, first, Activity.COMPARING, questions)
    second = make_later_round(session, first, Activity.COMPARING, questions, state="draft")
    talk = make_later_round(session, first, Activity.DISCUSSION, questions, state="draft")
    with pytest.raises(Refused, match="Another round"):
        rounds.open_round(session, round_id=second, actor_id=None, now=utcnow())
    rounds.open_round(session, round_id=talk, actor_id=None, now=utcnow())


def test_freezing_freezes_the_whole_series_and_seals_it(session):
    call, _, people, questions, first = scored(session)
    talk = make_later_round(session, first, Activity.DISCUSSION, questions, state="closed")
    unused = make_later_round(session, first, Activity.BALLOT, questions, state="draft")
    assert rounds.freeze_round(session, round_id=talk, actor_id=None, now=utcnow()) == (first, talk)
    states = {id_: session.get_one(Round, id_).state.value for id_ in (first, talk, unused)}
    assert states == {first: "frozen", talk: "frozen", unused: "draft"}
    sealed = sa.select(ChainLink.round_id).where(ChainLink.act == ChainAct.FREEZE)
    assert set(session.scalars(sealed)) == {first, talk}
    with pytest.raises(Closed, match="frozen"):
        rounds.open_round(session, round_id=unused, actor_id=None, now=utcnow())


def test_freezing_waits_for_what_is_open_or_holds_votes(session):
    call, _, people, questions, first = scored(session)
    pairs = make_later_round(session, first, Activity.COMPARING, questions)
    with pytest.raises(Closed, match="is open"):
        rounds.freeze_round(session, round_id=first, actor_id=None, now=utcnow())
    compare(session, pairs, people[0], questions[0], questions[1], Preference.LEFT)
    force_state(session, pairs, "draft")
    with pytest.raises(Closed, match="holds votes"):
        rounds.freeze_round(session, round_id=first, actor_id=None, now=utcnow())
    assert session.get_one(Round, first).state is RoundState.CLOSED


def test_round_that_nobody_rated_by_any_criterion_has_no_ratings(session):
    """Its pages ask for them all the same."""
    call = make_call(session)
    assert rating_values(session, round_id=make_ranked_run(session, call).round_id) == ()

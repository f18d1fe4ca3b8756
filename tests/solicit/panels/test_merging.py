"""Merging a question that panelists judge: who has to agree, what stops counting, who is asked about the target."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_panels import (
    ask,
    compare,
    force_state,
    given,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    seat,
)
from builders_questions import make_pair
from builders_voting import make_balloting, make_comparing

from solicit.audit.models import AuditEvent
from solicit.errors import Closed, Refused
from solicit.panels.models import Assignment, ChainLink, ConflictOfInterest, Round, RoundQuestion
from solicit.panels.queries.chain import Fault, check_chain
from solicit.panels.queries.stored_votes import round_chain
from solicit.panels.queries.voting.results import UNRANKED, ballots_of, comparisons_of
from solicit.panels.service import review, rounds
from solicit.panels.service.merging import agree_to_merging, merging
from solicit.panels.service.voting.ballot import submit_ballot
from solicit.panels.service.voting.compare import judge_pair
from solicit.panels.states import Activity, ChainAct, ConflictSource, ConflictState, Pick, Preference
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.unmerge import undo_merge


def merge(session, source, target, *, now) -> int:
    """As the pages do it, by nobody in particular."""
    by = dict(actor_id=None, now=now)
    with merging(session, call_id=source.call_id, question_ids=(source.id, target.id), **by) as locked_ids:
        return merge_questions(session, source_id=source.id, target_id=target.id, locked_ids=locked_ids, **by)


def unmerge(session, call, merge_id, *, now) -> None:
    by = dict(actor_id=None, now=now)
    with merging(session, call_id=call.id, **by):
        undo_merge(session, merge_id=merge_id, **by)


def acts(session, round_id) -> list[ChainAct]:
    links = sa.select(ChainLink.act).where(ChainLink.round_id == round_id).order_by(ChainLink.seq)
    return list(session.scalars(links))


def audited(session, round_id) -> list[tuple]:
    """What the audit says of the votes of a round: the act, and how many reviews, comparisons, ballots."""
    found = session.execute(
        sa.select(AuditEvent.act, AuditEvent.details)
        .where(AuditEvent.subject == "round", AuditEvent.subject_id == round_id)
        .where(AuditEvent.act.in_(("set votes aside", "bring votes back")))
        .order_by(AuditEvent.id)
    )
    return [(act, told["n_reviews"], told["n_comparisons"], told["n_ballots"]) for act, told in found]


def asked_about(session, round_id, question) -> list[int]:
    wanted = sa.select(Assignment.person_id).where(
        Assignment.round_id == round_id, Assignment.question_id == question.id
    )
    return list(session.scalars(wanted.order_by(Assignment.person_id)))


class Scoring:
    """An open round of scoring in which five panelists are asked about the source, one of them about the target."""

    def __init__(self, session, **round_values):
        self.call = make_call(session)
        self.panel = make_panel(session, self.call)
        self.source = make_read_question(session, self.call)
        self.target = make_read_question(session, self.call, language="fr")
        self.round_id = make_round(session, self.call, state="open", **round_values)
        both = dict(languages=("en", "fr"))
        self.people = [seat(session, self.call, self.panel, **both) for _ in range(4)]
        self.people.append(seat(session, self.call, self.panel))  # reads English only
        self.asked = [ask(session, self.round_id, self.panel, person, self.source) for person in self.people]
        ask(session, self.round_id, self.panel, self.people[0], self.target)


@pytest.fixture
def scoring(session):
    return Scoring(session)


def test_merging_in_an_open_round_waits_for_who_runs_it(session, scoring, now):
    with pytest.raises(Refused, match="whoever runs it must allow merging first"):
        merge(session, scoring.source, scoring.target, now=now)
    for agrees in (True, False):
        agree_to_merging(session, round_id=scoring.round_id, agrees=agrees, actor_id=None, now=now)
    with pytest.raises(Refused):
        merge(session, scoring.source, scoring.target, now=now)
    agree_to_merging(session, round_id=scoring.round_id, agrees=True, actor_id=None, now=now)
    assert merge(session, scoring.source, scoring.target, now=now)


def test_a_closed_round_asks_nobody_to_agree(session, scoring, now):
    force_state(session, scoring.round_id, "closed")
    with pytest.raises(Closed):
        agree_to_merging(session, round_id=scoring.round_id, agrees=True, actor_id=None, now=now)
    assert merge(session, scoring.source, scoring.target, now=now)


def test_panelists_of_the_source_are_asked_about_the_target_where_they_may_judge_it(session, scoring, now):
    has_it, judged, idle, suspected, reads_english = scoring.people
    session.add(
        ConflictOfInterest(
            question_id=scoring.target.id,
            person_id=suspected.id,
            state=ConflictState.SUSPECTED,
            source=ConflictSource.INSTITUTION,
            created_at=now,
        )
    )
    rounds_answer = given(session, scoring.round_id, 4)
    review.submit_review(session, assignment_id=scoring.asked[1].id, person_id=judged.id, given=rounds_answer, now=now)
    agree_to_merging(session, round_id=scoring.round_id, agrees=True, actor_id=None, now=now)
    merge_id = merge(session, scoring.source, scoring.target, now=now)

    assert asked_about(session, scoring.round_id, scoring.target) == [has_it.id, judged.id, idle.id]
    assert audited(session, scoring.round_id) == [("set votes aside", 1, 0, 0)]

    new = session.scalar(
        sa.select(Assignment).where(Assignment.question_id == scoring.target.id, Assignment.person_id == judged.id)
    )
    answer = given(session, scoring.round_id, 5)
    review.submit_review(session, assignment_id=new.id, person_id=judged.id, given=answer, now=now)
    unmerge(session, scoring.call, merge_id, now=now + timedelta(hours=1))

    # Whoever had begun keeps the target; nobody lost the source.
    assert asked_about(session, scoring.round_id, scoring.target) == [has_it.id, judged.id]
    assert len(asked_about(session, scoring.round_id, scoring.source)) == 5
    assert audited(session, scoring.round_id)[1:] == [("bring votes back", 1, 0, 0)]


@pytest.fixture
def compared(session, now):
    """A closed round of comparing in which one panelist preferred a to b, and c to d."""
    room = make_comparing(session, n_questions=4, n_people=1, state="draft")
    rounds.open_round(session, round_id=room.round_id, actor_id=None, now=now)
    a, b, c, d = room.questions
    for left, right in ((a, b), (c, d)):
        row = compare(session, room.round_id, room.person, left, right, None)
        said = dict(comparison_id=row.id, person_id=room.person.id, preference=Preference.LEFT)
        judge_pair(session, **said, now=now)
    rounds.close_round(session, round_id=room.round_id, actor_id=None, now=now)
    return room


def pairs_that_count(session, room) -> list[tuple[int, int]]:
    index = {question.id: n for n, question in enumerate(room.questions)}
    votes = comparisons_of(session, first_id=room.first_id)
    return [(index[vote.first_question_id], index[vote.second_question_id]) for vote in votes]


def test_comparisons_with_a_merged_question_are_void_in_chain_and_audit_until_it_is_undone(session, compared, now):
    _, b, c, _ = compared.questions
    merge_id = merge(session, b, c, now=now)

    assert pairs_that_count(session, compared) == [(2, 3)]
    lived = [ChainAct.OPEN, ChainAct.CAST, ChainAct.CAST, ChainAct.CLOSE]
    assert acts(session, compared.round_id) == [*lived, ChainAct.MERGE]
    assert audited(session, compared.round_id) == [("set votes aside", 0, 1, 0)]
    assert check_chain(round_chain(session, round_id=compared.round_id)).holds

    unmerge(session, compared.call, merge_id, now=now + timedelta(hours=1))

    assert pairs_that_count(session, compared) == [(0, 1), (2, 3)]
    assert acts(session, compared.round_id) == [*lived, ChainAct.MERGE, ChainAct.UNMERGE]
    assert audited(session, compared.round_id)[1:] == [("bring votes back", 0, 1, 0)]
    assert check_chain(round_chain(session, round_id=compared.round_id)).holds


def test_a_merge_undone_behind_the_chain_is_found(session, compared, now):
    _, b, c, _ = compared.questions
    undo_merge(session, merge_id=merge(session, b, c, now=now), actor_id=None, now=now + timedelta(hours=1))
    faults = check_chain(round_chain(session, round_id=compared.round_id)).faults
    assert faults == [Fault(5, f"The merge of Q-{b.number} is not as it was sealed last.")]


def test_a_frozen_round_never_changes(session, compared, now):
    _, b, c, _ = compared.questions
    before = acts(session, compared.round_id)
    force_state(session, compared.round_id, "frozen")
    merge_id = merge(session, b, c, now=now)
    unmerge(session, compared.call, merge_id, now=now + timedelta(hours=1))
    assert acts(session, compared.round_id) == before and audited(session, compared.round_id) == []


def test_a_ballot_keeps_its_seal_and_loses_the_place_of_what_was_merged(session, now):
    room = make_balloting(session, n_questions=3, n_people=1, state="draft")
    a, b, c = room.questions
    later = make_read_question(session, room.call)
    rounds.open_round(session, round_id=room.round_id, actor_id=None, now=now)
    order = dict(round_id=room.round_id, theme_id=room.theme_id, person_id=room.person.id, version=0)
    submit_ballot(session, **order, places={a.id: 1, b.id: 2, c.id: 3}, now=now)
    agree_to_merging(session, round_id=room.round_id, agrees=True, actor_id=None, now=now)
    merge_id = merge(session, b, later, now=now)

    # The target joins the list; an order that is older says nothing of it.
    pick = session.scalar(sa.select(RoundQuestion.pick).where(RoundQuestion.question_id == later.id))
    assert pick is Pick.MERGED
    (counted,) = ballots_of(session, first_id=room.first_id)
    assert dict(counted.places) == {a.id: 1, c.id: 3} and UNRANKED not in dict(counted.places).values()
    assert audited(session, room.round_id) == [("set votes aside", 0, 0, 1)]
    assert check_chain(round_chain(session, round_id=room.round_id)).holds

    unmerge(session, room.call, merge_id, now=now + timedelta(hours=1))

    assert session.scalar(sa.select(RoundQuestion.pick).where(RoundQuestion.question_id == later.id)) is None
    (counted,) = ballots_of(session, first_id=room.first_id)
    assert dict(counted.places) == {a.id: 1, b.id: 2, c.id: 3}
    assert check_chain(round_chain(session, round_id=room.round_id)).holds


def test_a_target_stays_listed_while_another_is_merged_into_it(session, now):
    call = make_call(session)
    one, other, target = (make_read_question(session, call) for _ in range(3))
    first_id = make_round(session, call, state="closed")
    round_id = make_later_round(session, first_id, Activity.DISCUSSION, [one, other], state="draft")
    listed = sa.select(RoundQuestion.question_id).where(RoundQuestion.round_id == round_id)
    merges = [merge(session, each, target, now=now + timedelta(hours=n)) for n, each in enumerate((one, other))]
    unmerge(session, call, merges[0], now=now + timedelta(hours=3))
    assert set(session.scalars(listed)) == {one.id, other.id, target.id}
    unmerge(session, call, merges[1], now=now + timedelta(hours=4))
    assert set(session.scalars(listed)) == {one.id, other.id}


def test_only_the_chair_agrees_for_the_round_of_a_panel(client, session):
    call = make_call(session)
    panel = make_panel(session, call)
    round_id = make_round(session, call, state="open", panel_id=panel.id)
    address = f"/{call.slug}/organize/panels/rounds/{round_id}"
    organizer, chair = make_organizer(session, call), seat(session, call, panel, is_chair=True)
    sign_in(client, session, organizer)
    assert client.post(f"{address}/merging/yes").status_code == 403
    page = client.get(address).text
    assert "The chair of the panel decides on this." in page and "/merging/yes" not in page
    sign_in(client, session, chair)
    assert "/merging/yes" in client.get(address).text
    assert client.post(f"{address}/merging/yes").status_code == 303
    assert session.get_one(Round, round_id, populate_existing=True).merging_agreed_at is not None


def test_organizer_agrees_for_a_round_of_no_panel_and_then_merges(client, session, scoring):
    pair = make_pair(session, scoring.source, scoring.target)
    sign_in(client, session, make_organizer(session, scoring.call))
    desk = f"/{scoring.call.slug}/organize"
    assert client.post(f"{desk}/panels/rounds/{scoring.round_id}/merging/yes").status_code == 303
    answer = client.post(f"{desk}/duplicates/{pair.id}/merge", data={"keep": scoring.target.id})
    assert answer.status_code == 303
    assert len(asked_about(session, scoring.round_id, scoring.target)) == 4

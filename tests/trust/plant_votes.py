"""Canaries in what panelists say: reviews, reasons, comparisons, ballots, talk."""

from builders_panels import ask, make_later_round, rate

from solicit.clock import utcnow
from solicit.panels.models import (
    Assignment,
    Ballot,
    BallotPlace,
    Comparison,
    DiscussionPost,
    DiscussionSummary,
    HealthCase,
    Recall,
)
from solicit.panels.states import (
    Activity,
    Alarm,
    AssignmentState,
    BallotState,
    CaseState,
    ComparisonState,
    Preference,
)
from solicit.people.models import Person
from solicit.questions.models import Question
from trust.planter import Planter, conflict


def plant_votes(planter: Planter, sealed: Question, near: Question) -> dict[str, int]:
    """Reviews of peers on the sealed question, which the panelist reads, too, and what peers give as reasons."""
    session, world, people = planter.session, planter.world, planter.people
    first, panel, peers = world.things["round_id"], people.panel, people.peers
    ask(session, first, panel, planter.persona("panelist"), sealed)
    comments = {"to_panel": planter.text("comment_to_panel"), "to_authors": planter.text("comment_to_authors")}
    rate(session, ask(session, first, panel, peers[0], sealed), 5, **comments)
    for peer in peers[1:3]:
        rate(session, ask(session, first, panel, peer, sealed), 3)
    asked: Assignment = ask(session, first, panel, peers[3], near)
    asked.state, asked.abstain_reason = AssignmentState.ABSTAINED, planter.text("abstain_reason")
    note = planter.text("conflict_note")
    conflict(planter, sealed, peers[4], reason=planter.text("conflict_reason"), decision_note=note, decided_at=utcnow())
    planter.add(
        Recall(
            round_id=first,
            question_id=near.id,
            person_id=peers[0].id,
            reason=planter.text("recall_reason"),
            recalled_at=utcnow(),
        )
    )
    rounds = {
        activity.value: make_later_round(session, first, activity, [sealed, near])
        for activity in (Activity.COMPARING, Activity.BALLOT, Activity.DISCUSSION)
    }
    _comparison(planter, rounds["comparing"], peers[0], sealed, near)
    for peer in peers[:2]:
        _ballot(planter, rounds["ballot"], peer, (sealed, near))
    return rounds | {"scoring": first}


def _comparison(planter: Planter, round_id: int, person: Person, sealed: Question, near: Question) -> None:
    planter.add(
        Comparison(
            round_id=round_id,
            theme_id=sealed.theme_id,
            person_id=person.id,
            left_id=sealed.id,
            right_id=near.id,
            batch=1,
            state=ComparisonState.JUDGED,
            preference=Preference.UNDECIDED,
            reason=planter.text("comparison_reason"),
            offered_at=utcnow(),
            judged_at=utcnow(),
        )
    )


def _ballot(planter: Planter, round_id: int, person: Person, ordered: tuple[Question, ...]) -> None:
    ballot = Ballot(
        round_id=round_id,
        theme_id=ordered[0].theme_id,
        person_id=person.id,
        state=BallotState.SUBMITTED,
        saved_at=utcnow(),
        submitted_at=utcnow(),
    )
    planter.add(ballot)
    planter.add(*(BallotPlace(ballot_id=ballot.id, question_id=q.id, place=n) for n, q in enumerate(ordered, 1)))


def plant_talk(planter: Planter, sealed: Question, round_id: int) -> None:
    """What the panel says of the sealed question, and what somebody took back."""
    peer, now = planter.people.peers[0], utcnow()
    post = dict(round_id=round_id, question_id=sealed.id, person_id=peer.id, posted_at=now)
    planter.add(
        DiscussionPost(text=planter.text("discussion_post"), **post),
        DiscussionPost(text=planter.text("withdrawn_post"), withdrawn_at=now, **post),
        DiscussionSummary(
            round_id=round_id, question_id=sealed.id, text=planter.text("discussion_summary"), written_at=now
        ),
        HealthCase(
            round_id=planter.world.things["round_id"],
            alarm=Alarm.AGAINST_THE_PANEL,
            person_id=peer.id,
            measure=-0.4,
            state=CaseState.EXPLAINED,
            decision_note=planter.text("case_note"),
            opened_at=now,
            decided_at=now,
        ),
    )

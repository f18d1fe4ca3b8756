"""Groups: drawn around a change or for the whole call, they keep the same laws."""

import random

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_model, make_pair, make_question

from solicit.questions.models import DuplicateGroup, DuplicatePair, Merge, Question
from solicit.questions.queries.duplicates.calibration import LIKELY
from solicit.questions.service import duplicates, merge, unmerge
from solicit.questions.states import STANDING, Verdict


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


def groups(session) -> set[frozenset[str]]:
    """The titles of each group."""
    into = centres(session)
    return {frozenset(title for title, its in into.items() if its == centre) for centre in into.values()}


def centres(session) -> dict[str, str]:
    """The title of the centre for each title that is in a group."""
    titles = dict(session.execute(sa.select(Question.id, Question.title)).all())
    rows = session.execute(sa.select(DuplicateGroup.question_id, DuplicateGroup.canonical_id))
    return {titles[question_id]: titles[canonical_id] for question_id, canonical_id in rows}


def make_star(session, call, model, *names, centre="centre"):
    """A centre with likely pairs to all others, and the questions by their titles."""
    asked = {name: make_question(session, call, title=name, with_submission=True) for name in (centre, *names)}
    pairs = {
        name: make_pair(session, asked[centre], asked[name], model=model, probability=0.9 - at / 100)
        for at, name in enumerate(names)
    }
    duplicates.regroup_call(session, call_id=call.id)
    return asked, pairs


def test_members_stand_with_their_centre_and_singles_nowhere(session, call, model):
    asked, _ = make_star(session, call, model, "a", "b")
    make_pair(session, asked["a"], make_question(session, call, title="far"), model=model, probability=LIKELY - 0.01)

    duplicates.regroup_call(session, call_id=call.id)

    assert centres(session) == {"centre": "centre", "a": "centre", "b": "centre"}


def test_different_takes_a_member_out_and_undoing_brings_it_back(session, call, model, organizer, now):
    _, pairs = make_star(session, call, model, "a", "b")

    duplicates.give_verdict(session, pair_id=pairs["a"].id, verdict=Verdict.DIFFERENT, actor_id=organizer.id, now=now)
    assert groups(session) == {frozenset(("centre", "b"))}

    duplicates.undo_verdict(session, pair_id=pairs["a"].id, actor_id=organizer.id, now=now)
    assert groups(session) == {frozenset(("centre", "a", "b"))}


def test_related_is_no_reason_to_stand_apart_but_none_to_join(session, call, model, organizer, now):
    asked, pairs = make_star(session, call, model, "a", "b")
    make_pair(session, asked["a"], asked["b"], model=model, probability=0.6, verdict=Verdict.RELATED, decided_at=now)
    duplicates.regroup_call(session, call_id=call.id)
    assert groups(session) == {frozenset(("centre", "a", "b"))}

    duplicates.give_verdict(session, pair_id=pairs["a"].id, verdict=Verdict.RELATED, actor_id=organizer.id, now=now)
    assert groups(session) == {frozenset(("centre", "b"))}


def test_what_was_merged_speaks_through_its_target(session, call, model, organizer, now):
    asked, _ = make_star(session, call, model, "a", "b")
    target = make_question(session, call, title="target", with_submission=True)

    merge.merge_questions(session, source_id=asked["centre"].id, target_id=target.id, actor_id=organizer.id, now=now)
    assert centres(session) == {"target": "target", "a": "target", "b": "target"}

    (merged,) = session.scalars(sa.select(Merge))
    unmerge.undo_merge(session, merge_id=merged.id, actor_id=organizer.id, now=now)
    assert groups(session) == {frozenset(("centre", "a", "b"))}


def test_groups_of_other_calls_stay(session, call, model):
    other = make_call(session)
    make_star(session, other, model, "x", centre="elsewhere")
    make_star(session, call, model, "a")

    assert groups(session) == {frozenset(("centre", "a")), frozenset(("elsewhere", "x"))}


def make_tangle(session, call, model, chance, *, order=1, n=9):
    """Questions with random pairs, the same for the same chance, made in one order or the other."""
    titles = [f"Question {at}" for at in range(n)]
    asked = {title: make_question(session, call, title=title, with_submission=True) for title in titles[::order]}
    for at in range(n):
        for later in range(at + 1, n):
            if chance.random() < 0.4:
                probability = round(chance.uniform(0.2, 1), 1)
                make_pair(session, asked[titles[at]], asked[titles[later]], model=model, probability=probability)
    return asked


@pytest.mark.parametrize("seed", range(6))
def test_the_order_in_which_questions_came_changes_no_group(session, model, seed):
    found = []
    for order in (1, -1):
        call = make_call(session)
        make_tangle(session, call, model, random.Random(seed), order=order)
        duplicates.regroup_call(session, call_id=call.id)
        found.append(centres(session))
        session.execute(sa.delete(DuplicateGroup))

    assert found[0] == found[1] != {}


def check_laws(session, call):
    """Centres stand for themselves, members are likely the same as them, nothing called different shares a group."""
    into = dict(
        session.execute(sa.select(Question.id, Question.merged_into_id).where(Question.call_id == call.id)).all()
    )

    def root(question_id):
        return question_id if into[question_id] is None else root(into[question_id])

    pairs = session.execute(
        sa.select(DuplicatePair.left_id, DuplicatePair.right_id, DuplicatePair.verdict, DuplicatePair.probability)
    ).all()
    likely = {
        frozenset((root(one), root(other)))
        for one, other, verdict, probability in pairs
        if verdict is None and probability >= LIKELY
    }
    centre = dict(session.execute(sa.select(DuplicateGroup.question_id, DuplicateGroup.canonical_id)).all())
    standing = set(session.scalars(sa.select(Question.id).where(Question.state.in_(STANDING))))
    assert set(centre) <= standing
    assert all(centre[each] == each for each in centre.values())
    assert all(frozenset(both) in likely for both in centre.items() if both[0] != both[1])
    for one, other, verdict, _ in pairs:
        if verdict is Verdict.DIFFERENT and root(one) != root(other):
            assert centre.get(root(one), 0) != centre.get(root(other), 1)


def change_something(session, call, organizer, chance, now):
    """One random act of the desk."""
    undecided = list(session.scalars(sa.select(DuplicatePair).where(DuplicatePair.verdict.is_(None))))
    both_stand = [
        pair for pair in undecided
        if all(session.get(Question, each).state in STANDING for each in (pair.left_id, pair.right_id))
    ]  # fmt: skip
    standing = list(session.scalars(sa.select(Merge).where(Merge.undone_at.is_(None)).order_by(Merge.id)))
    decided = list(session.scalars(sa.select(DuplicatePair).where(DuplicatePair.verdict == Verdict.DIFFERENT)))
    act = chance.choice(("different", "related", "merge", "undo", "unmerge"))
    if act == "merge" and both_stand:
        pair = chance.choice(both_stand)
        merge.merge_questions(session, source_id=pair.right_id, target_id=pair.left_id, actor_id=organizer.id, now=now)
    elif act == "unmerge" and standing:
        unmerge.undo_merge(session, merge_id=standing[-1].id, actor_id=organizer.id, now=now)
    elif act == "undo" and decided:
        duplicates.undo_verdict(session, pair_id=chance.choice(decided).id, actor_id=organizer.id, now=now)
    elif both_stand:
        verdict = Verdict.RELATED if act == "related" else Verdict.DIFFERENT
        duplicates.give_verdict(
            session, pair_id=chance.choice(both_stand).id, verdict=verdict, actor_id=organizer.id, now=now
        )


@pytest.mark.parametrize("seed", range(8))
def test_groups_around_a_change_keep_the_laws_of_a_whole_call(session, call, model, organizer, now, seed):
    """They may divide questions otherwise than a new run does, and looking for duplicates settles that."""
    chance = random.Random(seed)
    make_tangle(session, call, model, chance)
    duplicates.regroup_call(session, call_id=call.id)
    check_laws(session, call)

    for _ in range(6):
        change_something(session, call, organizer, chance, now)
        check_laws(session, call)

    everyone = list(session.scalars(sa.select(Question.id).where(Question.call_id == call.id)))
    duplicates.refresh_groups(session, call_id=call.id, question_ids=everyone)
    around_all = centres(session)
    duplicates.regroup_call(session, call_id=call.id)
    check_laws(session, call)
    assert centres(session) == around_all

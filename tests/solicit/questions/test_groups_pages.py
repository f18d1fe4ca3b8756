"""Deciding on a whole group, or on all identical texts, and whom both are hidden from."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_questions import make_model, make_pair, make_question

from ml.language.embedding import BUNDLED_NAME
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.questions.models import DuplicateGroup, Merge, Question
from solicit.questions.queries.duplicates import identical as identical_texts
from solicit.questions.service.merge_many import merge_identical
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState, Verdict


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


@pytest.fixture
def model(session):
    return make_model(session, name=BUNDLED_NAME, width=384)


def groups(call) -> str:
    return f"/{call.slug}/organize/duplicates/groups"


def make_group(session, call, model, *, chances=(0.95, 0.6), centre=None, others=None) -> list[Question]:
    """A star: the centre, and the others with their probability to it."""
    centre = centre or make_question(session, call, state=QuestionState.IN_SCOPE, title="Is there ice on Mars?")
    others = others or [
        make_question(session, call, title=f"Is there frost on Mars, version {n}?") for n in range(len(chances))
    ]
    for other, chance in zip(others, chances, strict=True):
        make_pair(session, centre, other, model=model, probability=chance)
    session.add_all(
        DuplicateGroup(question_id=question.id, canonical_id=centre.id, call_id=call.id)
        for question in (centre, *others)
    )
    session.flush()
    return [centre, *others]


def state(session, question) -> QuestionState:
    return session.get(Question, question.id, populate_existing=True).state


def checked(page: str) -> dict[int, str]:
    found = re.findall(r'name="verdict-(\d+)" value="(\w*)" checked', page)
    return {int(id_): value for id_, value in found}


def test_likely_members_are_ticked_beforehand_and_others_are_not(desk, session, call, model):
    centre, likely, unlikely = make_group(session, call, model)

    page = desk.get(f"{groups(call)}/{centre.id}").text

    assert checked(page) == {likely.id: "same", unlikely.id: ""}
    assert "and 2 other questions" in desk.get(groups(call)).text


def test_nothing_is_ticked_while_probabilities_are_unknown(desk, session, call):
    centre, *others = make_group(session, call, make_model(session, name="another"), chances=(0.99,))

    assert checked(desk.get(f"{groups(call)}/{centre.id}").text) == {others[0].id: ""}


def test_group_is_decided_on_after_a_second_look(desk, session, call, model):
    centre, one, other, third = make_group(session, call, model, chances=(0.95, 0.9, 0.5))
    chosen = {f"verdict-{one.id}": "same", f"verdict-{other.id}": "same", f"verdict-{third.id}": "different"}

    page = desk.get(f"{groups(call)}/{centre.id}/confirm", query_string={"keep": centre.id, **chosen}).text
    assert "2 questions will be merged" in page and "1 question will be called not the same" in page
    assert session.scalars(sa.select(Merge)).all() == []
    answer = desk.post(f"{groups(call)}/{centre.id}", data={"keep": centre.id, **chosen}, follow_redirects=True)

    assert "2 questions are merged." in answer.text and "1 verdict is recorded." in answer.text
    assert [state(session, each) for each in (one, other, third)] == [QuestionState.MERGED] * 2 + [QuestionState.NEW]
    merges = session.scalars(sa.select(Merge).order_by(Merge.id)).all()
    assert {merge.target_id for merge in merges} == {centre.id}
    assert len(session.scalars(sa.select(OutboxMail)).all()) == 3
    undo_merge(session, merge_id=merges[0].id, actor_id=None, now=utcnow())
    assert (state(session, one), state(session, other)) == (QuestionState.NEW, QuestionState.MERGED)


def test_another_question_may_stay(desk, session, call, model):
    centre, one, other = make_group(session, call, model, chances=(0.95, 0.9))
    centre.state, centre.number = QuestionState.NEW, None
    session.flush()

    page = desk.get(f"{groups(call)}/{centre.id}?keep={one.id}").text
    assert set(checked(page)) == {centre.id, other.id}
    assert "Not compared closely enough" in page
    desk.post(f"{groups(call)}/{centre.id}", data={"keep": one.id, f"verdict-{centre.id}": "same"})

    assert (state(session, centre), state(session, one)) == (QuestionState.MERGED, QuestionState.NEW)


def test_summary_of_the_ticked_is_offered(desk, session, call, model):
    centre, one, _other = make_group(session, call, model)

    page = desk.get(f"{groups(call)}/{centre.id}/confirm?keep={centre.id}&verdict-{one.id}=same").text

    assert f"duplicates/summary?of={centre.id}&amp;of={one.id}" in page


def test_nothing_chosen_asks_again_and_foreign_choices_are_passed_over(desk, session, call, model):
    centre, one, _other = make_group(session, call, model)
    foreign = make_question(session, call)
    for chosen in ({}, {f"verdict-{foreign.id}": "same"}, {f"verdict-{one.id}": "x"}, {"keep": "x" * 30}):
        answer = desk.get(f"{groups(call)}/{centre.id}/confirm", query_string=chosen, follow_redirects=True)
        assert "Say of at least one question whether it asks the same." in answer.text
        assert desk.post(f"{groups(call)}/{centre.id}", data=chosen).status_code == 303

    assert session.scalars(sa.select(Merge)).all() == []


def test_refused_group_changes_nothing_and_says_why(desk, session, call, model):
    centre, one, other = make_group(session, call, model, chances=(0.95, 0.9))
    make_pair(session, one, other, model=model, verdict=Verdict.DIFFERENT, decided_at=utcnow())

    answer = desk.post(
        f"{groups(call)}/{centre.id}",
        data={"keep": centre.id, f"verdict-{one.id}": "same", f"verdict-{other.id}": "same"},
    )

    assert answer.status_code == 409 and "Undo that verdict first." in answer.text
    assert checked(answer.text) == {one.id: "same", other.id: "same"}
    assert state(session, one) is QuestionState.NEW


@pytest.mark.parametrize("place", [0, 1])
def test_question_of_the_organizer_is_left_out_of_a_group(desk, session, call, organizer, model, place):
    mine = make_question(session, call, submitter=organizer, title="Is there mud on Mars?")
    free = [make_question(session, call) for _ in range(2)]
    members = [*free[:place], mine, *free[place:]]
    centre, *_ = make_group(session, call, model, centre=members[0], others=members[1:])

    page = desk.get(f"{groups(call)}/{centre.id}").text
    desk.post(f"{groups(call)}/{centre.id}", data={"keep": free[0].id, f"verdict-{mine.id}": "same"})

    assert mine.title not in page and mine.title not in desk.get(groups(call)).text
    assert free[1].title in page and state(session, mine) is QuestionState.NEW


def test_group_of_which_one_is_left_is_missing_like_any_other(desk, session, call, organizer, model):
    mine = make_question(session, call, submitter=organizer)
    centre, *_ = make_group(session, call, model, chances=(0.9,), others=[mine])
    missing = [desk.get(f"{groups(call)}/{id_}").data for id_ in (centre.id, 987654321)]

    for end in ("", "/confirm"):
        assert desk.get(f"{groups(call)}/{centre.id}{end}").status_code == 404
        assert desk.get(f"{groups(call)}/{2**64}{end}").status_code == 404
    assert len(set(missing)) == 1
    assert "No group waits." in desk.get(groups(call)).text


@pytest.mark.parametrize("n", [1, 3, 50])
def test_groups_cost_the_same_for_any_number(desk, session, call, model, count_statements, n):
    for _ in range(n):
        centre, *_ = make_group(session, call, model, centre=make_question(session, call))
    wide, *_ = make_group(session, call, model, centre=make_question(session, call), chances=(0.8,) * n)
    make_question(session, call, title="One and the same?")
    make_question(session, call, title="One and the same?")
    session.commit()
    pages = ((groups(call), 4), (f"{groups(call)}/{wide.id}", 6), (f"/{call.slug}/organize/duplicates/identical", 3))
    for path, cost in pages:
        count_statements.clear()
        assert desk.get(path).status_code == 200
        assert len(count_statements) == cost, path


def identical(call) -> str:
    return f"/{call.slug}/organize/duplicates/identical"


def digest(page: str) -> str:
    return re.search(r'name="digest"[^>]* value="(\w+)"', page)[1]


def test_identical_texts_are_merged_by_one_click(desk, session, call, organizer):
    numbered = make_question(session, call, state=QuestionState.IN_SCOPE, title="Is there ice?")
    copies = [make_question(session, call, title=title) for title in ("Is there  ice?", "Is there ice?\n")]
    other = make_question(session, call, title="Is there ice?", significance="Another reason.")
    mine = make_question(session, call, title="Is there ice?", submitter=organizer)

    page = desk.get(identical(call)).text
    assert "2 questions go into the one above them." in page
    answer = desk.post(identical(call), data={"digest": digest(page)}, follow_redirects=True)

    assert "2 questions are merged." in answer.text and "No two questions have the same text." in answer.text
    assert {state(session, copy) for copy in copies} == {QuestionState.MERGED}
    assert {state(session, each) for each in (other, mine)} == {QuestionState.NEW}
    assert state(session, numbered) is QuestionState.IN_SCOPE


def test_click_for_another_list_is_a_conflict(desk, session, call):
    for _ in range(2):
        make_question(session, call, title="Is there ice?")
    old = digest(desk.get(identical(call)).text)
    make_question(session, call, title="Is there ice?")

    answer = desk.post(identical(call), data={"digest": old})

    assert answer.status_code == 409 and "The list changed" in answer.text
    assert digest(answer.text) != old
    assert desk.post(identical(call), data={}).status_code == 303
    assert session.scalars(sa.select(Merge)).all() == []


def test_copies_that_somebody_told_apart_are_not_proposed(desk, session, call, model):
    one, other = (make_question(session, call, title="Is there ice?") for _ in range(2))
    make_pair(session, one, other, model=model, verdict=Verdict.RELATED, decided_at=utcnow())

    assert "No two questions have the same text." in desk.get(identical(call)).text


def test_texts_that_differ_by_now_are_left(session, call, organizer):
    """The author of one edited it after the list was read, before the questions were locked."""
    same, edited = ([make_question(session, call, title="Is there ice?") for _ in range(2)] for _ in range(2))
    edited[1].text_digest = b"another"
    sets = [(one.id, [other.id]) for one, other in (same, edited)]

    assert merge_identical(session, sets=sets, actor_id=organizer.id, now=utcnow()) == 1

    assert [state(session, pair[1]) for pair in (same, edited)] == [QuestionState.MERGED, QuestionState.NEW]


def test_many_copies_come_in_batches(desk, session, call, monkeypatch):
    monkeypatch.setattr(identical_texts, "MOST_AT_ONCE", 3)
    for title in ("A first one?", "A second one?"):
        for _ in range(3):
            make_question(session, call, title=title)

    for left in (True, False):
        page = desk.get(identical(call)).text
        assert ("These are the first" in page) is left
        desk.post(identical(call), data={"digest": digest(page)})

    states = session.scalars(sa.select(Question.state).where(Question.call_id == call.id)).all()
    assert sorted(each.value for each in states) == ["merged"] * 4 + ["new"] * 2

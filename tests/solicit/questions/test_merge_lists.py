"""The list of merges: standing and undone, found by number and words, as a tree and as a table."""

import pytest
from builders import make_call, make_organizer, sign_in
from builders_questions import make_question

from solicit.clock import utcnow
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState


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
def merge(session, organizer):
    def do(source, target) -> int:
        return merge_questions(session, source_id=source.id, target_id=target.id, actor_id=organizer.id, now=utcnow())

    return do


def listed(call, query="") -> str:
    return f"/{call.slug}/organize/merges{query}"


def test_standing_and_undone_ones_say_who_and_when(desk, session, call, organizer, merge):
    ice, dust, target = (make_question(session, call, title=title) for title in ("Ice?", "Dust?", "Both?"))
    merge(ice, target)
    undo_merge(session, merge_id=merge(dust, target), actor_id=organizer.id, now=utcnow())

    standing, undone = desk.get(listed(call)).text, desk.get(listed(call, "?state=undone")).text

    assert "Ice?" in standing and "Dust?" not in standing and "Dust?" in undone and "Ice?" not in undone
    assert standing.count(organizer.full_name) >= 1 and undone.count(organizer.full_name) >= 2
    table = desk.get(listed(call, ".csv?state=undone")).text.splitlines()
    assert len(table) == 2 and f'"{organizer.full_name}"' in table[1]


def test_merges_are_found_by_number_and_by_words(desk, session, call, merge):
    target = make_question(session, call, state=QuestionState.IN_SCOPE, title="What of comets?")
    merge(make_question(session, call, title="What of tails?", search_text="what of tails"), target)
    other = make_question(session, call, state=QuestionState.IN_SCOPE, title="What of seeds?")
    merge(make_question(session, call, title="What of roots?", search_text="what of roots"), other)

    for asked in (f"Q-{target.number}", f"q-{target.number}", "tails"):
        page = desk.get(listed(call, f"?q={asked}")).text
        assert "What of tails?" in page and "What of roots?" not in page
    assert "No merge matches these filters." in desk.get(listed(call, "?q=nothing")).text


def test_tree_shows_what_went_into_what(desk, session, call, merge):
    leaf, branch, root = (make_question(session, call, title=title) for title in ("Leaf?", "Branch?", "Root?"))
    merge(leaf, branch)
    merge(branch, root)

    page = desk.get(listed(call, "/groups")).text

    assert page.index("Root?") < page.index("Branch?") < page.index("Leaf?")
    assert page.count('<ul class="tree">') == 2 and page.count("/undo") == 2


def test_tree_with_a_voice_of_the_organizer_is_hidden(desk, session, call, organizer, merge):
    leaf = make_question(session, call, submitter=organizer)
    branch, root = make_question(session, call), make_question(session, call)
    inner = merge(leaf, branch)
    outer = merge(branch, root)

    assert "No question is merged into another one." in desk.get(listed(call, "/groups")).text
    for merge_id in (inner, outer):
        assert desk.post(listed(call, f"/{merge_id}/undo")).status_code == 404


@pytest.mark.parametrize("n", [1, 3, 50])
def test_lists_cost_the_same_for_any_number(desk, session, call, merge, count_statements, n):
    for _ in range(n):
        merge(make_question(session, call), make_question(session, call))
    session.commit()
    for path, cost in (("", 4), ("/groups", 4), (".csv", 4)):
        count_statements.clear()
        assert desk.get(listed(call, path)).status_code == 200
        assert len(count_statements) == cost, path

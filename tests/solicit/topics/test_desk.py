"""The desk of topics: the proposal, the lists, and what organizers do there."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_questions import make_model
from builders_topics import WIDTH, make_group, make_proposal, members, propose_topics, run

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.topics.commands import topic_commands
from solicit.topics.models import Topic, TopicMember, TopicRun
from solicit.topics.states import Detail, RunState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session, width=WIDTH)


@pytest.fixture
def world(session, call, model, now):
    """Two clear topics of six questions."""
    sides = [make_group(session, call, model, axis=axis, words=words) for axis, words in ((0, "ice"), (4, "dust"))]
    run(session, call, model, now)
    return sides


@pytest.fixture
def desk(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    return f"/{call.slug}/organize/topics"


def topic_of(session, question) -> Topic:
    return session.get(Topic, members(session)[question.id], populate_existing=True)


def cost(client, session, count_statements, address) -> int:
    session.commit()
    count_statements.clear()
    answer = client.get(address)
    assert answer.status_code == 200
    return len(count_statements)


def test_proposal_is_told_in_numbers_and_accepted(client, session, call, model, now, world, desk):
    late = make_group(session, call, model, axis=2, n=8, words="tides")
    run_id = propose_topics(session, call, model, now)

    page = client.get(f"{desk}/proposal").text

    assert "12 of 20 questions stay where they are." in page
    assert "8 get their first topic." in page and "1 topic is new." in page
    assert "2 topics stay exactly as they are" in page
    assert all(question.title in page for question in late)
    assert f"{desk}/proposal" in client.get(desk).text
    answer = client.post(f"{desk}/runs/{run_id}/accept")
    assert (answer.status_code, answer.location) == (303, desk)
    assert set(members(session)) >= {question.id for question in late}
    assert client.post(f"{desk}/runs/{run_id}/accept").status_code == 409
    assert "No proposal waits" in client.get(f"{desk}/proposal").text


def test_discarded_proposal_changes_nothing(client, session, call, model, now, world, desk):
    before = members(session)
    run_id = propose_topics(session, call, model, now, detail=Detail.MOST)

    assert client.post(f"{desk}/runs/{run_id}/discard").status_code == 303

    assert members(session) == before
    assert session.get(TopicRun, run_id, populate_existing=True).state is RunState.DISCARDED


def test_splits_merges_and_ends_are_named(client, session, call, model, now, world, desk):
    run_id = propose_topics(session, call, model, now, detail=Detail.MOST)
    fine = client.get(f"{desk}/proposal").text
    client.post(f"{desk}/runs/{run_id}/accept")
    propose_topics(session, call, model, now, detail=Detail.FEWEST)
    coarse = client.get(f"{desk}/proposal").text

    assert "are split off others." in fine and "from “" in fine
    assert "topics take others in." in coarse and "topics end." in coarse and "most go to “" in coarse


def test_moves_are_filtered_and_exported(client, session, call, model, now, world, desk):
    make_group(session, call, model, axis=2, n=2, words="tides")
    propose_topics(session, call, model, now, detail=Detail.MOST)

    first = client.get(f"{desk}/proposal?move=first")
    table = client.get(f"{desk}/proposal.csv?move=first")

    assert first.status_code == 200 and "Go to another topic" in first.text
    assert (table.status_code, table.mimetype) == (200, "text/csv")
    lines = table.get_data(as_text=True).splitlines()
    assert len(lines) == 3 and '"question","title","language","theme","from","to"' in lines[0]
    assert all("tides" in line for line in lines[1:])
    assert client.get(f"{desk}/proposal?move=nonsense&theme=x&page=9999999").status_code == 200


def test_own_questions_are_in_no_list(client, session, call, model, now, world, desk):
    make_group(session, call, model, axis=2, n=2, words="tides")
    propose_topics(session, call, model, now)
    author = session.scalar(sa.text("SELECT max(submitter_id) FROM submission"))
    wrote = sa.text(
        "SELECT question_id FROM question_source JOIN submission ON submission_id = submission.id"
        " WHERE submitter_id = :id"
    )
    own = session.get(Question, session.scalar(wrote.bindparams(id=author)))
    session.execute(sa.update(TopicMember).values(is_weak=True))
    person = session.get(Person, author)
    access.grant_role(session, person_id=author, role=Role.ORGANIZER, call_id=call.id, now=now)
    sign_in(client, session, person)

    assert f"/organize/questions/{own.id}" not in client.get(f"{desk}/proposal").text
    assert own.title not in client.get(f"{desk}/proposal.csv").text
    assert f"/organize/questions/{own.id}" not in client.get(f"{desk}/weak").text


def test_a_second_start_leads_to_the_proposal(client, session, call, world, desk):
    proposal = make_proposal(session, call, world[0][0])

    answer = client.post(f"{desk}/group", data={"detail": "more"})

    assert answer.status_code == 409 and "A proposal waits for a decision" in answer.text
    assert f'href="{desk}/proposal"' in answer.text
    assert client.post(f"{desk}/group", data={"detail": "more", "discards": "y"}).status_code == 303
    assert session.get(TopicRun, proposal.id, populate_existing=True).state is RunState.DISCARDED


def test_slider_shows_the_last_choice(client, session, call, model, now, world, desk):
    run(session, call, model, now, detail=Detail.MORE)

    page = client.get(desk).text

    assert 'value="more" checked' in page and page.count('name="detail"') == 5


def test_selected_questions_move_and_are_held(client, session, world, desk):
    ice, dust = world
    here, there = topic_of(session, ice[0]), topic_of(session, dust[0])
    address = f"{desk}/{here.id}/questions"
    sent = {"selected": [ice[0].id, ice[1].id], "version": here.version, "to": there.id, "act": "move"}

    assert client.post(address, data=sent).location == f"{desk}/{here.id}"

    assert {topic_of(session, question).id for question in ice[:2]} == {there.id}
    assert client.post(address, data=sent).status_code == 409
    held = {"selected": ice[2].id, "version": topic_of(session, ice[2]).version, "act": "pin"}
    client.post(address, data=held)
    assert client.get(f"{desk}/{here.id}").text.count("Held here") == 1


@pytest.mark.parametrize(
    "sent", [{}, {"selected": "x"}, {"selected": "1"}, {"selected": "1", "act": "move", "to": "-"}]
)
def test_nothing_chosen_changes_nothing(client, session, world, desk, sent):
    topic, before = topic_of(session, world[0][0]), members(session)

    answer = client.post(f"{desk}/{topic.id}/questions", data=sent | {"version": topic.version})

    assert answer.status_code == 303 and members(session) == before


def test_weak_question_moves_to_a_topic_nearby(client, session, world, desk, count_statements):
    ice, dust = world
    here, there = topic_of(session, ice[0]), topic_of(session, dust[0])
    session.get(TopicMember, ice[0].id).is_weak = True
    session.flush()

    for address in (f"{desk}/weak", f"{desk}/weak?theme=space", f"{desk}/{here.id}"):
        assert f'value="{ice[0].id}-{there.id}"' in client.get(address).text
    assert f'value="{ice[0].id}-' not in client.get(f"{desk}/weak?theme=life").text
    quick = {"quick": f"{ice[0].id}-{there.id}", "version": here.version, "from": "weak", "theme": "space"}
    answer = client.post(f"{desk}/{here.id}/questions", data=quick)

    assert answer.location == f"{desk}/weak?theme=space"
    assert topic_of(session, ice[0]).id == there.id


def test_merge_leads_the_old_address_to_the_new_topic(client, session, call, world, desk):
    gone, kept = (topic_of(session, side[0]) for side in world)

    assert "Merge “" in client.get(f"{desk}/{gone.id}/merge").text
    answer = client.post(f"{desk}/{gone.id}/merge", data={"to": kept.id, "version": gone.version})

    assert answer.location == f"{desk}/{kept.id}"
    for before, after in ((desk, desk), (f"/en/{call.slug}/topics", f"/en/{call.slug}/topics")):
        old = client.get(f"{before}/{gone.id}")
        assert (old.status_code, old.location) == (301, f"{after}/{kept.id}")


@pytest.mark.parametrize("to", ["", "0", "x", 2**70])
def test_merging_into_nothing_is_refused(client, session, world, desk, to):
    topic = topic_of(session, world[0][0])

    answer = client.post(f"{desk}/{topic.id}/merge", data={"to": to, "version": topic.version})

    assert answer.status_code == 422 and "Choose another topic of this theme" in answer.text


def test_split_suggests_and_keeps_what_was_chosen(client, session, world, desk):
    ice, _dust = world
    topic = topic_of(session, ice[0])
    address = f"{desk}/{topic.id}/split"

    assert 0 < client.get(f"{address}?suggest=1").text.count(" checked") <= 3
    refused = client.post(address, data={"version": topic.version, "name": "All", "selected": [q.id for q in ice]})
    assert refused.status_code == 422 and refused.text.count(" checked") == 6 and 'value="All"' in refused.text
    answer = client.post(address, data={"version": topic.version, "name": "Two", "selected": [ice[0].id, ice[1].id]})

    assert answer.status_code == 303
    assert topic_of(session, ice[0]).name == "Two" and topic_of(session, ice[2]).id == topic.id


def test_topic_is_kept_and_let_go(client, session, world, desk):
    topic = topic_of(session, world[0][0])

    client.post(f"{desk}/{topic.id}/pin", data={"version": topic.version, "pinned": "y"})
    assert topic_of(session, world[0][0]).is_pinned and "Kept as it is" in client.get(desk).text
    client.post(f"{desk}/{topic.id}/pin", data={"version": topic.version})

    assert not topic_of(session, world[0][0]).is_pinned


def test_a_name_given_to_what_changed_is_shown_back(client, session, world, desk):
    topic = topic_of(session, world[0][0])

    answer = client.post(f"{desk}/{topic.id}", data={"name": "Typed", "version": topic.version + 7})

    assert (
        answer.status_code == 422 and "changed while you were looking" in answer.text and 'value="Typed"' in answer.text
    )


def test_all_groupings_are_listed_and_come_back(client, session, call, model, now, world, desk):
    first = session.scalar(sa.select(sa.func.min(TopicRun.id)))

    page = client.get(f"{desk}/runs").text

    digest = session.get(TopicRun, first).result_digest.hex()
    assert digest in page and "12 questions read" in page and "2 topics found" in page
    assert client.post(f"{desk}/runs/{first}/again").location == f"{desk}/proposal"
    assert "It goes back to grouping" in client.get(f"{desk}/proposal").text
    assert client.post(f"{desk}/runs/{first}/again").status_code == 409


@pytest.mark.parametrize("n", [1, 9])
def test_pages_cost_the_same_for_any_number(client, session, call, model, now, desk, count_statements, n):
    for axis in range(0, 8, 2):
        make_group(session, call, model, axis=axis, n=n)
    run(session, call, model, now)
    session.execute(sa.update(TopicMember).values(is_weak=True))
    make_group(session, call, model, axis=1, n=n)
    propose_topics(session, call, model, now, detail=Detail.MOST)
    topic_id = session.scalar(sa.select(sa.func.min(Topic.id)).where(Topic.retired_at.is_(None)))

    pages = ["", "/proposal", "/runs", "/weak", f"/{topic_id}", f"/{topic_id}/merge", f"/{topic_id}/split?suggest=1"]
    costs = {page: cost(client, session, count_statements, desk + page) for page in pages}

    assert max(costs.values()) <= 8, costs


def test_things_of_another_call_are_missing(client, session, call, world, desk, model, now):
    other = make_call(session)
    foreign = make_proposal(session, other, make_group(session, other, model, axis=0, n=1)[0])

    for act in ("accept", "discard", "again"):
        assert client.post(f"{desk}/runs/{foreign.id}/{act}").status_code == 404
    assert session.get(TopicRun, foreign.id).state is RunState.PROPOSED


def test_repeating_on_the_command_line(session, call, model, now, world, app):
    run_id = session.scalar(sa.select(sa.func.max(TopicRun.id)))

    same = app.test_cli_runner().invoke(topic_commands, ["repeat", str(run_id)])
    session.execute(sa.text("UPDATE question SET title = 'Another title?', state = 'withdrawn'"))
    other = app.test_cli_runner().invoke(topic_commands, ["repeat", str(run_id)])
    none = app.test_cli_runner().invoke(topic_commands, ["repeat", "999999999"])

    assert (same.exit_code, same.output) == (0, f"Grouping {run_id} gives the same topics again, byte for byte.\n")
    assert other.exit_code == 1 and "Texts, vectors, languages or themes" in other.output
    assert none.exit_code == 1 and "could not find" in none.output

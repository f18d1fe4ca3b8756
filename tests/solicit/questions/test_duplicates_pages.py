"""The duplicate queue on the page: order, differences, filters, verdicts, and whom it is hidden from."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_pair, make_question

from solicit.clock import utcnow
from solicit.jobs.models import Job
from solicit.questions.models import DuplicatePair, Merge
from solicit.questions.queries.differences import word_differences
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


def queue(call) -> str:
    return f"/{call.slug}/organize/duplicates"


def make_two(session, call, *, titles=("Is there ice on Mars?", "Is there water on Mars?"), **values) -> DuplicatePair:
    one, other = (make_question(session, call, title=title) for title in titles)
    return make_pair(session, one, other, **values)


def verdict(session, pair) -> Verdict | None:
    return session.get(DuplicatePair, pair.id, populate_existing=True).verdict


DOORS = [
    ("get", "duplicates"),
    ("post", "duplicates/find"),
    ("post", "duplicates/{pair}/verdict"),
    ("post", "duplicates/{pair}/undo"),
    ("get", "duplicates/{pair}/merge"),
    ("post", "duplicates/{pair}/merge"),
    ("get", "merges"),
    ("post", "merges/{merge}/undo"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_desk_is_for_organizers_of_the_call(client, session, call, method, path):
    pair = make_two(session, call)
    merge_id = merged(session, call).id
    address = f"/{call.slug}/organize/{path.format(pair=pair.id, merge=merge_id)}"
    closed = 404 if "{" in path else 403

    assert getattr(client, method)(address).status_code == (303 if method == "get" else 401)
    for person in (make_person(session), make_organizer(session, make_call(session))):
        sign_in(client, session, person)
        assert getattr(client, method)(address).status_code == closed
    assert verdict(session, pair) is None


@pytest.mark.parametrize(("method", "path"), [door for door in DOORS if "{" in door[1]])
def test_missing_and_foreign_ones_are_alike(desk, session, call, method, path):
    other_call = make_call(session)
    foreign = dict(pair=make_two(session, other_call).id, merge=merged(session, other_call).id)

    for ids in (foreign, dict(pair=2**62, merge=2**62), dict(pair=2**64, merge=2**64)):
        assert getattr(desk, method)(f"/{call.slug}/organize/{path.format(**ids)}").status_code == 404


def merged(session, call) -> Merge:
    """A standing merge, as rows."""
    target = make_question(session, call)
    source = make_question(session, call, state=QuestionState.MERGED, merged_into_id=target.id)
    merge = Merge(
        source_id=source.id,
        target_id=target.id,
        state_before=QuestionState.NEW,
        submission_ids=[],
        merged_at=utcnow(),
    )
    session.add(merge)
    session.flush()
    return merge


@pytest.mark.parametrize(("method", "path"), [door for door in DOORS if "{" in door[1]])
def test_organizer_with_a_part_in_either_question_is_kept_out(desk, session, call, organizer, method, path):
    own, other = make_question(session, call, submitter=organizer), make_question(session, call)
    pair = make_pair(session, own, other)
    merge = merged(session, call)
    session.execute(
        sa.text(
            "UPDATE submission SET submitter_id = :me WHERE id IN"
            " (SELECT submission_id FROM question_source WHERE question_id = :id)"
        ).bindparams(me=organizer.id, id=merge.target_id)
    )

    address = f"/{call.slug}/organize/{path.format(pair=pair.id, merge=merge.id)}"

    assert getattr(desk, method)(address, data={"verdict": "related"}).status_code == 404
    assert verdict(session, pair) is None
    assert "No pair waits for a verdict." in desk.get(queue(call)).text
    assert "No question is merged into another one." in desk.get(f"/{call.slug}/organize/merges").text


def test_queue_shows_the_most_probable_first_with_differences(desk, session, call):
    make_two(session, call, probability=0.4, cosine=0.66, titles=("What is dust made of?", "What is ice made of?"))
    make_two(session, call, probability=0.93, cosine=0.94)

    page = desk.get(queue(call)).text

    assert page.index("93%") < page.index("40%")
    assert "similarity 0.94" in page
    assert "<del>ice</del>" in page and "<ins>water</ins>" in page
    assert "Is there" in page and "<del>Is" not in page


@pytest.mark.parametrize("n", [1, 3])
def test_queue_costs_the_same_for_any_number(desk, session, call, count_statements, n):
    for _ in range(n):
        make_two(session, call)
        merged(session, call)
    session.commit()
    for path in (queue(call), f"/{call.slug}/organize/merges"):
        count_statements.clear()
        assert desk.get(path).status_code == 200
        assert len(count_statements) <= 8


@pytest.mark.parametrize("state", [QuestionState.WITHDRAWN, QuestionState.MERGED])
def test_undecided_pair_of_a_question_that_left_is_not_asked(desk, session, call, state):
    pair = make_two(session, call)
    gone = "withdrawn" if state is QuestionState.WITHDRAWN else "merged"
    target = make_question(session, call).id if state is QuestionState.MERGED else None
    session.execute(
        sa.text("UPDATE question SET state = :state, merged_into_id = :target WHERE id = :id").bindparams(
            state=gone, target=target, id=pair.left_id
        )
    )

    assert "No pair waits for a verdict." in desk.get(queue(call)).text


def test_filters_by_theme_and_verdict(desk, session, call):
    one = make_question(session, call, theme="life", title="Does the ice of Europa live?")
    other = make_question(session, call, theme="space", title="Does the ice of Europa melt?")
    make_pair(session, one, other)
    make_two(session, call, verdict=Verdict.DIFFERENT, decided_at=utcnow())

    undecided_life = desk.get(queue(call) + "?theme=life").text
    undecided_station = desk.get(queue(call) + "?theme=station").text
    different = desk.get(queue(call) + "?verdict=different").text
    nonsense = desk.get(queue(call) + "?verdict=nonsense&theme=x&page=zz").text

    assert "Europa" in undecided_life and "Europa" not in undecided_station
    assert "Mars" in different and "Europa" not in different
    assert "Europa" in nonsense


def test_verdict_is_given_and_undone_with_the_filter_kept(desk, session, call):
    pair = make_two(session, call)

    answer = desk.post(f"{queue(call)}/{pair.id}/verdict?theme=space&page=2", data={"verdict": "related"})
    assert (answer.status_code, verdict(session, pair)) == (303, Verdict.RELATED)
    assert answer.location == f"{queue(call)}?verdict=undecided&theme=space&page=2"
    desk.post(f"{queue(call)}/{pair.id}/undo")

    assert verdict(session, pair) is None


@pytest.mark.parametrize("sent", ["same", "", "nonsense", "different\x00"])
def test_other_verdicts_change_nothing(desk, session, call, sent):
    pair = make_two(session, call)

    answer = desk.post(f"{queue(call)}/{pair.id}/verdict", data={"verdict": sent}, follow_redirects=True)

    assert "Choose one of the verdicts." in answer.text
    assert verdict(session, pair) is None


def test_second_verdict_answers_with_a_conflict(desk, session, call):
    pair = make_two(session, call, verdict=Verdict.RELATED, decided_at=utcnow())

    answer = desk.post(f"{queue(call)}/{pair.id}/verdict", data={"verdict": "different"})

    assert answer.status_code == 409
    assert verdict(session, pair) is Verdict.RELATED


def test_button_starts_one_job(desk, session, call):
    first, second = (desk.post(f"{queue(call)}/find") for _ in range(2))

    job = session.scalars(sa.select(Job)).one()
    assert (first.status_code, first.location) == (303, f"/{call.slug}/organize/jobs/{job.id}")
    assert second.status_code == 409 and "already waiting or running" in second.text


@pytest.mark.parametrize(
    ("left", "right", "differing"),
    [
        ("Is there ice on Mars?", "is there water on Mars", (["ice"], ["water"])),
        ("Is there ice?", "Is there ice?", ([], [])),
        ("月球背面有什么？", "月球正面有什么？", (["背"], ["正"])),
        ("", "Is there ice?", ([], [])),
        ("Is there thick ice on Mars now?", "Is there any water on Mars?", (["thick ice", " now?"], ["any water"])),
        ("Why do comets fade?", "Which plants feed a crew?", ([], [])),
    ],
)
def test_differences_are_words_or_characters(left, right, differing):
    sides = word_differences(left, right)

    assert tuple("".join(words.text for words in side) for side in sides) == (left, right)
    assert tuple([words.text for words in side if words.differs] for side in sides) == differing

"""The duplicate queue on the page: order, differences, filters, verdicts, and whom it is hidden from."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import make_model, make_note, make_pair, make_question

from ml.language.embedding import BUNDLED_NAME
from solicit.calls.states import CallState, Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.jobs.models import Job
from solicit.questions.models import DuplicatePair, Merge, QuestionSource
from solicit.questions.states import Method, QuestionState, Verdict


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
    return make_pair(session, one, other, **dict(model=bundled(session)) | values)


def bundled(session) -> EmbeddingModel:
    """The model that comes with a curve."""
    known = session.scalar(sa.select(EmbeddingModel).where(EmbeddingModel.name == BUNDLED_NAME))
    return known or make_model(session, name=BUNDLED_NAME, width=384)


def verdict(session, pair) -> Verdict | None:
    return session.get(DuplicatePair, pair.id, populate_existing=True).verdict


def test_nothing_is_decided_once_the_results_are_published(client, session):
    call = make_call(session, state=CallState.PUBLISHED)
    pair = make_two(session, call)
    sign_in(client, session, make_organizer(session, call))
    for page in (queue(call), f"{queue(call)}/{pair.id}", f"/{call.slug}/organize"):
        text = client.get(page).text
        assert f"/{pair.id}/verdict" not in text and f"/{pair.id}/merge" not in text
    assert "Is there ice on Mars?" in client.get(queue(call)).text
    assert client.post(f"{queue(call)}/{pair.id}/verdict", data={"verdict": "related"}).status_code in (409, 422)
    assert verdict(session, pair) is None


DOORS = [
    ("get", "duplicates"),
    ("get", "duplicates.csv"),
    ("post", "duplicates/find"),
    ("get", "duplicates/{pair}"),
    ("post", "duplicates/{pair}/verdict"),
    ("post", "duplicates/{pair}/undo"),
    ("get", "duplicates/{pair}/merge"),
    ("post", "duplicates/{pair}/merge"),
    ("get", "merges"),
    ("get", "merges.csv"),
    ("get", "merges/groups"),
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


@pytest.mark.parametrize("n", [1, 3, 50])
def test_queue_costs_the_same_for_any_number(desk, session, call, count_statements, n):
    for _ in range(n):
        pair = make_two(session, call)
    session.commit()
    for path, cost in (("", 7), (f"/{pair.id}", 8), (".csv", 5)):
        count_statements.clear()
        assert desk.get(queue(call) + path).status_code == 200
        assert len(count_statements) == cost, path


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
    assert answer.location == f"{queue(call)}?verdict=undecided&theme=space&undo={pair.id}&page=2"
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


def test_next_pair_is_the_one_that_single_keys_decide_on(desk, session, call):
    first, second, third = (make_two(session, call, probability=chance) for chance in (0.9, 0.8, 0.7))

    page = desk.get(queue(call)).text
    assert current(page) == first.id and f"/{second.id}/verdict?verdict=undecided&amp;next={third.id}" in page
    answer = desk.post(f"{queue(call)}/{second.id}/verdict?next={third.id}", data={"verdict": "related"})

    assert answer.location.endswith(f"undo={second.id}&at={third.id}#pair-{third.id}")
    page = desk.get(answer.location).text
    assert current(page) == third.id and "data-focus" in page
    assert f"/{second.id}/undo" in page
    assert current(desk.get(f"{queue(call)}?at=99999999").text) == first.id


def current(page: str) -> int:
    return int(page.split('class="section pair current" id="pair-')[1].split('"')[0])


def test_audit_looks_like_every_other_pair_and_stands_among_them(desk, session, call):
    make_two(session, call, probability=0.9)
    make_two(session, call, probability=0.03, place=0.6, is_audit=True)
    make_two(session, call, probability=0.4)

    page = desk.get(queue(call)).text

    assert page.index("90%") < page.index("3%") < page.index("40%")
    assert page.count("Drawn at random to check the threshold.") == 1


def test_model_without_a_curve_shows_order_and_similarity_alone(desk, session, call):
    make_two(session, call, model=make_model(session, name="another"), cosine=0.81, probability=0.93)

    page = desk.get(queue(call) + "?least=0.9").text

    assert "No. 1" in page and "Similarity 0.81" in page and "93%" not in page
    assert "Probabilities appear after 50 verdicts; there are 0." in page
    assert '"0.93"' not in desk.get(queue(call) + ".csv").text


def make_various(session, call) -> dict[str, DuplicatePair]:
    plans = [make_question(session, call, kind=Kind.PLAN, title=f"Drill on Enceladus {n}") for n in range(2)]
    across = [make_question(session, call, theme=theme, title=f"Seeds from {theme}") for theme in ("life", "space")]
    return {
        "Mars": make_two(session, call, probability=0.95, cosine=0.7),
        "Enceladus": make_pair(session, *plans, model=bundled(session), probability=0.6, cosine=0.9),
        "Seeds": make_pair(session, *across, model=bundled(session), probability=0.3, cosine=0.8, method=Method.WORDS),
        "Venus": make_two(
            session, call, titles=("Is Venus dead?", "Is Venus alive?"), verdict=Verdict.RELATED, decided_at=utcnow()
        ),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Mars", "Enceladus", "Seeds"]),
        ("sort=similar", ["Enceladus", "Seeds", "Mars"]),
        ("kind=plan", ["Enceladus"]),
        ("method=words", ["Seeds"]),
        ("across=yes", ["Seeds"]),
        ("least=0.5", ["Mars", "Enceladus"]),
        ("theme=life", ["Seeds"]),
        ("verdict=decided", ["Venus"]),
        ("verdict=related", ["Venus"]),
        ("verdict=same", []),
        ("verdict=all&sort=decided", ["Venus", "Mars", "Enceladus", "Seeds"]),
        ("kind=x&method=x&least=2&across=no&sort=x", ["Mars", "Enceladus", "Seeds"]),
    ],
)
def test_filters_and_order(desk, session, call, query, found):
    various = make_various(session, call)

    page = desk.get(f"{queue(call)}?{query}").text
    table = desk.get(f"{queue(call)}.csv?{query}").text.splitlines()

    assert [word for word in sorted(various, key=page.find) if f'id="pair-{various[word].id}"' in page] == found
    assert [next(word for word in various if word in line) for line in table[1:]] == found


def test_numbers_beside_the_filters_are_those_of_the_other_filters(desk, session, call):
    make_various(session, call)

    page = " ".join(desk.get(f"{queue(call)}?kind=question").text.split())

    for label, n in (("Decided", 1), ("All", 3), ("Life", 1), ("By words", 1), ("Plan", 1), ("90% or more", 1)):
        assert f'{label}</a> <span class="num muted">{n}</span>' in page or f"{label}</a>" not in page, label
    assert "1–2 of 2" in page


def test_pairs_in_which_the_organizer_has_a_part_count_nowhere(desk, session, call, organizer):
    make_two(session, call, cosine=0.72)
    own, other = make_question(session, call, submitter=organizer), make_question(session, call)
    make_pair(session, own, other, model=bundled(session), cosine=0.93, probability=0.99)

    page = desk.get(queue(call)).text

    assert "1–1 of 1" in page and own.title not in page and "99%" not in page
    row = page[page.index('<th scope="row" class="num">0.9<') :].split("</tr>")[0]
    assert row.endswith('<td class="num">0</td>')
    assert len(desk.get(queue(call) + ".csv").text.splitlines()) == 2


def test_pair_page_shows_whole_texts_with_differences_notes_and_history(desk, session, call, organizer):
    one = make_question(session, call, goal_overview="We drill into the ice.", language="en")
    other = make_question(session, call, goal_overview="We drill into the rock.", language="en")
    pair = make_pair(session, one, other, model=bundled(session))
    submission_id = session.scalar(sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == one.id))
    make_note(session, submission_id, other, "Mine is about ice.")
    desk.post(f"{queue(call)}/{pair.id}/verdict", data={"verdict": "related"})
    desk.post(f"{queue(call)}/{pair.id}/undo")

    page = desk.get(f"{queue(call)}/{pair.id}").text

    assert "<del>ice.</del>" in page and "<ins>rock.</ins>" in page and "Mine is about ice." in page
    assert page.index("Verdict given") < page.index("Verdict taken back")
    assert page.count(organizer.full_name) >= 2


def test_table_says_who_decided_and_when(desk, session, call, organizer):
    decided_at = utcnow()
    make_two(session, call, verdict=Verdict.DIFFERENT, decided_at=decided_at, decided_by_id=organizer.id)

    header, row = desk.get(queue(call) + ".csv?verdict=different").text.splitlines()

    assert header.startswith('\ufeff"number","title","other_number","other_title","probability","cosine"')
    assert f'"different","{organizer.full_name}","{decided_at.isoformat()}"' in row


def test_page_beyond_the_last_leads_to_the_first(desk, session, call):
    make_two(session, call)

    answer = desk.get(queue(call) + "?page=7")

    assert (answer.status_code, answer.location) == (303, queue(call) + "?verdict=undecided")

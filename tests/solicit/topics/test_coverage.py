"""Coverage: distinct people behind topics and themes, for organizers without a part in them."""

import csv
import io

import pytest
from builders import make_call, make_organizer, make_person, sign_in
from builders_map import make_topic
from builders_submissions import author_values, make_question

from solicit.calls.states import Kind
from solicit.people.states import Career
from solicit.questions.states import QuestionState
from solicit.topics.queries.coverage import Gap, Sort, coverage, sorted_topics


@pytest.fixture
def call(session):
    return make_call(session, n_places=1)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


def written(
    session, call, person=None, *, country="KE", affiliation="One", career=Career.RESEARCHER, kind=Kind.QUESTION, **text
):
    author = author_values(country=country, affiliation=affiliation, career=career)
    question = make_question(session, call, person, author=author, **text)
    question.kind = kind
    session.flush()
    return question


def of_topic(session, call, organizer, topic):
    found = coverage(session, call=call, viewer_id=organizer.id)
    return next(each for each in found.topics if each.id == topic.id)


def test_people_countries_institutions_and_careers_count_once(session, call, organizer):
    busy = make_person(session)
    questions = [
        written(session, call, busy),
        written(session, call, busy, affiliation=" one "),
        written(session, call, country="PE", affiliation="Two", career=Career.STUDENT),
        written(session, call, country=None, affiliation="", kind=Kind.PLAN),
    ]
    has = of_topic(session, call, organizer, make_topic(session, call, questions)).breadth

    assert (has.n_questions, has.n_plans, has.n_people) == (3, 1, 3)
    assert (has.n_countries, has.n_institutions) == (2, 2)
    assert has.careers == {Career.RESEARCHER: 2, Career.ENGINEER: 0, Career.ENTHUSIAST: 0, Career.STUDENT: 1}


def test_gaps_are_named(session, call, organizer):
    narrow = make_topic(session, call, [written(session, call), written(session, call)])
    single = make_topic(session, call, [written(session, call, kind=Kind.PLAN)])

    assert of_topic(session, call, organizer, narrow).gaps == (Gap.NO_PLAN, Gap.ONE_COUNTRY, Gap.ONE_INSTITUTION)
    assert of_topic(session, call, organizer, single).gaps == ()


def test_themes_are_held_against_an_even_split_and_their_places(session, call, organizer):
    for _ in range(3):
        written(session, call, theme="space")
    written(session, call, theme="life")

    space, life, *rest = coverage(session, call=call, viewer_id=organizer.id).themes

    assert (space.share, space.even_share, space.n_missing, space.is_thin) == (0.75, 0.25, 0, False)
    assert (life.share, life.n_missing, life.is_thin) == (0.25, 2, True)
    assert [each.n_missing for each in rest] == [3, 3]


def test_what_an_organizer_has_a_part_in_is_left_out(session, call, organizer):
    own, other = written(session, call, organizer, country="PE"), written(session, call)
    topic = make_topic(session, call, [own, other])

    mine, whole = (
        of_topic(session, call, organizer, topic).breadth,
        coverage(session, call=call, viewer_id=organizer.id),
    )

    assert (mine.n, mine.n_people, mine.n_countries) == (1, 1, 1)
    assert (whole.whole.n, whole.whole.n_people) == (1, 1)
    assert of_topic(session, call, make_organizer(session, call), topic).breadth.n_countries == 2


def test_questions_out_of_scope_and_withdrawn_people_do_not_count(session, call, organizer):
    gone = written(session, call)
    gone.state = QuestionState.WITHDRAWN
    session.flush()

    assert coverage(session, call=call, viewer_id=organizer.id).whole.n == 0


def test_topics_are_sorted_and_filtered(session, call, organizer):
    small = make_topic(session, call, [written(session, call)], name="B")
    large = make_topic(session, call, [written(session, call, theme="life") for _ in range(2)], name="A")
    written(session, call)
    topics = coverage(session, call=call, viewer_id=organizer.id).topics

    def order(sort, theme=None):
        return [each.id for each in sorted_topics(topics, sort=sort, theme=theme)]

    assert order(Sort.QUESTIONS) == order(Sort.NAME) == [large.id, small.id, None]
    assert order(Sort.PEOPLE) == [small.id, large.id, None]
    assert order(Sort.NAME, call.theme("life")) == [large.id]


def test_page_and_table_say_the_same(client, session, call, organizer, count_statements):
    topic = make_topic(session, call, [written(session, call), written(session, call)], name="=Ice")
    sign_in(client, session, organizer)
    address = f"/{call.slug}/organize/coverage"
    client.get(address)
    count_statements.clear()

    page = client.get(address + "?sort=people&theme=space").text

    assert len(count_statements) == 4
    assert "=Ice" in page and "No exploration plan" in page and "One country" in page
    assert 'aria-sort="ascending"' in page and "Draw the map" in page
    table = client.get(address + ".csv?sort=people&theme=space", buffered=True).text.lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["topic"], row["name"], row["people"], row["gaps"]) == (
        str(topic.id),
        "'=Ice",
        "2",
        "no plan, one country, one institution",
    )


@pytest.mark.parametrize("query", ["sort=zz", "theme=zz"])
def test_what_the_page_does_not_offer_is_refused(client, session, call, organizer, query):
    sign_in(client, session, organizer)

    assert client.get(f"/{call.slug}/organize/coverage?{query}").status_code == 400
    assert client.get(f"/{call.slug}/organize/coverage.csv?{query}").status_code == 400


def test_coverage_is_never_public(client, session, call):
    address = f"/{call.slug}/organize/coverage"

    assert [client.get(address + end).status_code for end in ("", ".csv")] == [303, 303]
    sign_in(client, session, make_organizer(session, make_call(session)))
    assert [client.get(address + end).status_code for end in ("", ".csv")] == [403, 403]

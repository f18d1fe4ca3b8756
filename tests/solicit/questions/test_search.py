"""Search: words and their stems, meaning, numbers, filters, the table to take along, and what stays hidden."""

import csv
import io
from html.parser import HTMLParser

import pytest
from builders import make_call, make_person, sign_in
from builders_submissions import label_of, make_question, merge
from builders_topics import make_run
from hypothesis import given
from hypothesis import strategies as st

from solicit.calls.states import Kind
from solicit.questions.queries import search as searching
from solicit.questions.queries.marking import marked, snippet
from solicit.questions.queries.search import Meaning, found_questions, fused, meaning_of
from solicit.questions.states import QuestionState
from solicit.submissions.states import MissionType, PlanValues, TimeFrame
from solicit.topics.models import Topic, TopicMember
from solicit.web.pagination import PAGE_SIZE

from .test_public_pages import titles_in
from .test_similar import embed


@pytest.fixture
def call(session):
    return make_call(session)


class Tags(HTMLParser):
    """The elements of a page with their attributes, and the texts of one kind of element."""

    def __init__(self, page: str, wanted: str = "mark") -> None:
        super().__init__()
        self.wanted, self.tags, self.texts, self._inside = wanted, [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == self.wanted

    def handle_data(self, data):
        if self._inside:
            self.texts.append(data)
        self._inside = False


def search(client, call, **query) -> str:
    answer = client.get(f"/en/{call.slug}/questions", query_string=query)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("en", "How do galaxies form?", "galaxy forming"),
        ("en", "Which galaxy is oldest?", "galaxies"),
        ("fr", "Comment naissent les étoiles géantes?", "étoile géante"),
        ("es", "¿Cuántas lunas tienen los planetas?", "planeta luna"),
        ("ru", "Откуда берутся кольца планет?", "кольцо планеты"),
        ("ar", "كيف تتكون الكواكب؟", "كواكب"),
        ("de", "Wie entstehen Monde?", "Mond"),
        ("en", "What is the dust of comets?", "what is a comet"),
    ],
)
def test_other_forms_of_a_word_are_found(client, session, call, no_language_model, language, title, words):
    make_question(session, call, title=title, language=language)
    make_question(session, call, title="Something else entirely, or not?", goal_overview="x" * 40)
    assert titles_in(search(client, call, q=words)) == [title]


def test_a_number_comes_first(client, session, call):
    named = make_question(session, call, title="An unrelated title about ice?")
    make_question(session, call, title=f"Does {label_of(named)} name another one?")
    for words in (label_of(named), label_of(named).lower()):
        assert titles_in(search(client, call, q=words))[0] == named.title


def test_search_by_meaning_finds_what_has_none_of_the_words(client, session, call, language_model):
    near = make_question(session, call, title="What are the rings of Saturn made of?")
    far = make_question(session, call, title="Can plants grow in lunar soil?")
    embed(session, near, far)
    page = search(client, call, q="composition of planetary ring systems")
    assert titles_in(page) == [near.title]
    assert "Only the words were looked for" not in page


@pytest.mark.parametrize(("lang", "words"), [("en", "кольца Сатурна"), ("en", "حلقات زحل")])
def test_the_page_says_where_the_model_does_not_read_the_words(client, session, call, language_model, lang, words):
    embed(session, make_question(session, call))
    assert "the language model of this site does not know this language" in search(client, call, q=words)


def test_the_page_says_when_there_is_no_model(client, session, call, no_language_model):
    make_question(session, call, title="What are the rings of Saturn made of?")
    page = search(client, call, q="ring")
    assert "the comparison by meaning is not available now" in page
    assert len(titles_in(page)) == 1


def test_no_meaning_is_asked_for_a_number_or_a_letter(call):
    assert meaning_of("Q-12", call=call, language="en", encoder=None) == Meaning()
    assert meaning_of("3 a", call=call, language="en", encoder=None) == Meaning()


def test_fusion_adds_the_places_of_both_lists():
    assert fused([1, 2, 3], [3, 1]) == [1, 3, 2]
    assert fused([5], [4]) == [4, 5]
    assert fused([], []) == []


@given(st.lists(st.integers(0, 30), max_size=30), st.lists(st.integers(0, 30), max_size=30))
def test_fusion_keeps_everything_once(left, right):
    both = fused(left, right)
    assert sorted(both) == sorted(set(left) | set(right))
    assert fused(right, left) == both


def test_pages_of_a_search_are_consistent_and_capped(client, session, call, no_language_model, monkeypatch):
    most = PAGE_SIZE + 5
    monkeypatch.setattr(searching, "MOST", most)
    for number in range(most + 3):
        make_question(session, call, title=f"Why is there dust number {number}?")
    pages = [search(client, call, q="dust", page=page) for page in (1, 2)]
    listed = [title for page in pages for title in titles_in(page)]
    assert len(listed) == len(set(listed)) == most
    assert "These are the best matches" in pages[0]
    assert '<link rel="next" href="' in pages[0]
    assert '<link rel="prev" href="' in pages[1]
    assert '<link rel="next"' not in pages[1]
    found = found_questions(session, call=call, words="dust", meaning=Meaning())
    assert (len(found.ids), found.is_cut) == (most, True)


def test_searched_words_are_marked_in_title_and_text(client, session, call, no_language_model):
    overview = "Nobody knows. " * 20 + "The <b>dust</b> of comets is one part of it."
    make_question(session, call, title="Where does Dust come from?", goal_overview=overview)
    page = search(client, call, q="dust")
    assert Tags(page).texts == ["Dust", "dust"]
    assert "&lt;b&gt;<mark>dust</mark>&lt;/b&gt; of comets" in page


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Galaxies and a galaxy.", "galaxy", ["Galaxies", "galaxy"]),
        ("Les étoiles", "etoile", ["étoiles"]),
        ("火星上曾经有生命吗？", "生命", ["生命"]),
        ("هل توجد حياة على المرّيخ؟", "المريخ", ["المرّيخ"]),
        ("Nothing here", "dust", []),
        ("Nothing here", "", []),
    ],
)
def test_marks(text, words, marks):
    parts = marked(text, words)
    assert [part.text for part in parts if part.is_match] == marks
    assert "".join(part.text for part in parts) == text


@given(st.text(max_size=200), st.text(max_size=20))
def test_marking_loses_nothing(text, words):
    assert "".join(part.text for part in marked(text, words)) == text
    assert len("".join(part.text for part in snippet([text], words))) <= len(text) + 4


def topic_with(session, call, *questions, name="Rings"):
    run = make_run(session, call, now=questions[0].created_at)
    topic = Topic(
        call_id=call.id,
        theme_id=questions[0].theme_id,
        terms=["ice"],
        name=name,
        medoid_id=questions[0].id,
        run_id=run.id,
        created_at=questions[0].created_at,
    )
    session.add(topic)
    session.flush()
    session.add_all(TopicMember(question_id=question.id, topic_id=topic.id) for question in questions)
    session.flush()
    return topic


def test_topics_and_languages_are_filters_with_counts(client, session, call):
    one, two = (make_question(session, call, language="fr", title=f"Une question {n}, est-ce vrai?") for n in range(2))
    other = make_question(session, call, theme="life", title="Another one, in English?")
    topic = topic_with(session, call, one, two)
    topic_with(session, call, other, name="Rest")
    page = search(client, call)
    links = [attrs["href"] for tag, attrs in Tags(page).tags if tag == "a"]
    assert any(link.endswith(f"?topic={topic.id}") for link in links)
    assert set(titles_in(search(client, call, topic=topic.id))) == {one.title, two.title}
    assert set(titles_in(search(client, call, language="fr", theme="space"))) == {one.title, two.title}
    assert titles_in(search(client, call, language="en")) == [other.title]
    emptied = search(client, call, topic=topic.id, language="en")
    assert titles_in(emptied) == []
    assert emptied.count("Remove<span") == 2
    assert client.get(f"/en/{call.slug}/questions/{label_of(one)}").text.count(">Rings<") == 1


@pytest.mark.parametrize(
    "query", ["topic=x", "topic=-1", f"topic={2**63}", "topic=%D9%A1", "language=xx", "sort=best&q=%00"]
)
def test_filters_that_the_list_does_not_offer_are_refused(client, call, query):
    for ending in ("", ".csv", ".atom"):
        assert client.get(f"/en/{call.slug}/questions{ending}?{query}", buffered=True).status_code == 400


def test_the_table_holds_the_texts_of_the_filter_and_no_formula(client, session, call, no_language_model):
    shown = make_question(session, call, title="=HYPERLINK(1)?", goal_overview="+cmd|' /C calc'!A0, and so on and on.")
    make_question(session, call, theme="life", title="Not in this theme, is it?")
    make_question(session, call, title="Not screened, is it?", state=QuestionState.NEW)
    answer = client.get(f"/en/{call.slug}/questions.csv?theme=space", buffered=True)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{call.slug}-questions.csv"'
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head == [
        *("number", "kind", "theme", "topic", "language", "title"),
        *("goal_overview", "significance", "approach", "sent_on"),
    ]
    assert [row[0] for row in rows] == [label_of(shown)]
    assert rows[0][5] == "'=HYPERLINK(1)?"
    assert rows[0][6].startswith("'+cmd")
    assert rows[0][-1] == shown.created_at.date().isoformat()
    assert client.get(f"/en/{call.slug}/questions.csv?q=calc").text.count("\n") == 2


def test_a_plan_shows_its_fields_and_what_it_answers(client, session, call):
    question = make_question(session, call, title="Is there water below the ice?")
    plan = PlanValues(
        target_body="Callisto",
        mission_type=MissionType.ORBITER,
        measurement="Radar <script>",
        readiness=5,
        time_frame=TimeFrame.NEXT,
        missions=("tianwen-4", "gone"),
        answers=(question.number, 10**9),
    )
    answering = make_question(session, call, kind=Kind.PLAN, approach="We go.", title="A plan to look", plan=plan)
    page = client.get(f"/en/{call.slug}/questions/{label_of(answering)}").text
    for text in ("Callisto", "Orbiter", "Radar &lt;script&gt;", "5: parts tried", "2031 to 2035", "Tianwen-4"):
        assert text in page
    assert "gone" not in page
    assert f'href="/en/{call.slug}/questions/{label_of(question)}"' in page
    back = client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
    assert "Plans that answer it" in back
    assert answering.title in back


@pytest.mark.parametrize("ending", ["", ".bib", ".ris"])
def test_labels_lead_to_one_address(client, session, call, ending):
    question = make_question(session, call)
    address = f"/en/{call.slug}/questions/{label_of(question)}{ending}"
    answer = client.get(address.replace("Q-", "q-"))
    assert (answer.status_code, answer.headers["Location"]) == (301, address)
    for label in ("Q-0", "Q--1", f"Q-{2**63}", "Q-٣", "Q-01", "q-999999999"):
        assert client.get(f"/en/{call.slug}/questions/{label}{ending}").status_code == 404


def test_statements_stay_few(client, session, call, count_statements, no_language_model):
    rests, counted = ("", "?q=rings", ".atom?q=rings", "/{label}"), {}
    reader = make_person(session)
    for n in (1, 3):
        questions = [make_question(session, call, title=f"What are rings, part {n} {i}?") for i in range(n)]
        merge(session, make_question(session, call), questions[0])
        for rest in rests:
            address = f"/en/{call.slug}/questions" + rest.format(label=label_of(questions[0]))
            count_statements.clear()
            assert client.get(address).status_code == 200
            counted.setdefault(rest, []).append(len(count_statements))
    assert all(few == more <= 4 for few, more in counted.values()), counted
    sign_in(client, session, reader)
    count_statements.clear()
    client.get(address)
    assert len(count_statements) <= 8

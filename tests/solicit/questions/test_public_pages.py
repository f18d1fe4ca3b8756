"""The public list and the page of one question."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_submissions import label_of, make_question, make_vector, merge, send

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.calls.models import Call
from solicit.calls.states import CallState, Kind
from solicit.clock import utcnow
from solicit.panels.models import Panel
from solicit.questions.models import QuestionSource, Support
from solicit.questions.states import QuestionState
from solicit.submissions.models import Submission
from solicit.submissions.states import SubmissionState


@pytest.fixture
def call(session):
    return make_call(session)


def supported(session, question, n, withdrawn_at=None):
    people = [make_person(session) for _ in range(n)]
    for person in people:
        session.add(
            Support(question_id=question.id, person_id=person.id, supported_at=utcnow(), withdrawn_at=withdrawn_at)
        )
    session.flush()
    return people


def titles_in(page: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>([^<]*)</a></h2>", re.sub("</?mark>", "", page))


def test_list_shows_only_what_is_part_of_the_call(client, session, call):
    shown = make_question(session, call, title="A question in scope, is it shown?")
    make_question(session, call, title="A new question, is it hidden?", state=QuestionState.NEW)
    make_question(session, make_call(session), title="A question of another call?")
    merged = make_question(session, call, title="A merged question, is it hidden?")
    merge(session, merged, shown)
    page = client.get(f"/en/{call.slug}/questions")
    assert page.status_code == 200
    assert titles_in(page.text) == ["A question in scope, is it shown?"]
    assert "Person" not in page.text
    assert "Ada Example" not in page.text


def test_a_withdrawn_text_is_not_shown_with_its_group(client, session, call):
    shown = make_question(session, call, title="A question in scope, is it shown?")
    merged = make_question(session, call, title="A withdrawn question, is it gone?")
    merge(session, merged, shown)
    pages = [f"/en/{call.slug}/questions/{label_of(question)}" for question in (shown, merged)]
    assert [merged.title in client.get(page).text for page in pages] == [True, True]
    own = sa.select(QuestionSource.submission_id).where(QuestionSource.first_question_id == merged.id)
    gone = dict(state=SubmissionState.WITHDRAWN, withdrawn_at=utcnow())
    session.execute(sa.update(Submission).where(Submission.id.in_(own)).values(**gone))
    assert [client.get(page).status_code for page in pages] == [200, 404]
    assert merged.title not in client.get(pages[0]).text


def test_list_is_silent_while_questions_are_private(client, session):
    call = make_call(session, state=CallState.OPEN)
    session.execute(_private(call))
    question = make_question(session, call)
    page = client.get(f"/en/{call.slug}/questions")
    assert "are shown after it has closed" in page.text
    assert question.title not in page.text
    assert client.get(f"/en/{call.slug}/questions/{label_of(question)}").status_code == 404


def _private(call):
    return sa.update(Call).where(Call.id == call.id).values(publishes_while_open=False)


def test_filters_and_their_counts(client, session, call):
    make_question(session, call, theme="space", title="How is dust made in space?")
    make_question(session, call, theme="space", title="How far away is dust?")
    make_question(session, call, theme="life", title="How does life taste dust?")
    make_question(
        session, call, theme="space", kind=Kind.PLAN, approach="We would go there.", title="A plan to catch dust"
    )
    page = client.get(f"/en/{call.slug}/questions?theme=space&kind=question").text
    assert set(titles_in(page)) == {"How is dust made in space?", "How far away is dust?"}
    facets = dict(re.findall(r'<a href="[^"]*">([^<]+)</a>\s*<span class="num muted">(\d+)</span>', page))
    assert facets["Signatures of Extra-terrestrial Life"] == "1"
    assert facets["Nature of the Universe"] == "0"
    assert facets["Exploration plan"] == "1"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Où est la matière étrange?", "MATIERE"),
        ("هل توجد حياة على المرّيخ؟", "المريخ"),
        ("أين الماء؟ هنا", "اين"),
        ("火星上有生命吗？", "生命"),
        ("火星上有生命吗？", "星"),
        ("Есть ли жизнь на Марсе?", "марс"),
        ("What is the Ｈ２Ｏ ice?", "h2o"),
        ("How do galaxies turn?", "galax turn"),
    ],
)
def test_search_folds_scripts(client, session, call, title, words):
    make_question(session, call, title=title, language="en")
    make_question(session, call, title="Something else entirely?", goal_overview="x" * 40)
    page = client.get(f"/en/{call.slug}/questions", query_string={"q": words})
    assert titles_in(page.text) == [title]


@pytest.mark.parametrize("words", ["!!!", "' & | :*", "nosuchword", "\\", "%27%29%3b"])
def test_search_that_finds_nothing(client, session, call, words):
    make_question(session, call)
    page = client.get(f"/en/{call.slug}/questions", query_string={"q": words})
    assert page.status_code == 200
    assert titles_in(page.text) == []
    assert "No question matches." in page.text


@pytest.mark.parametrize(
    "query", ["theme=warp", "kind=letter", "sort=author", "q=%00", "q=" + "x" * 201, "theme=%ED%A0%80"]
)
def test_bad_filters_are_refused(client, call, query):
    assert client.get(f"/en/{call.slug}/questions?{query}").status_code == 400


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "%D9%A3", "1000000"])
def test_pages_out_of_range_are_harmless(client, session, call, page):
    make_question(session, call)
    assert client.get(f"/en/{call.slug}/questions?page={page}").status_code == 200


def test_sorting(client, session, call):
    now = utcnow()
    first = make_question(session, call, title="Zebras on Titan, why not?", now=now - timedelta(days=2))
    second = make_question(session, call, title="Éclairs on Europa, why not?", now=now - timedelta(days=3))
    third = make_question(session, call, title="Dust on Mars, why not?", now=now - timedelta(days=4))
    supported(session, third, 6)
    supported(session, second, 4)
    supported(session, first, 3)

    def order(sort):
        return titles_in(client.get(f"/en/{call.slug}/questions?sort={sort}").text)

    assert order("newest") == [first.title, second.title, third.title]
    assert order("number") == [first.title, second.title, third.title]
    assert order("title") == [third.title, second.title, first.title]
    # Four and three are one band: the list must not tell them apart.
    assert order("support") == [third.title, first.title, second.title]


def test_support_is_shown_in_bands(client, session, call):
    question = make_question(session, call)
    address = f"/en/{call.slug}/questions/{label_of(question)}"
    assert "No supporters yet" in client.get(address).text
    assert "Be the first." in client.get(address).text
    supported(session, question, 4)
    supported(session, question, 2, withdrawn_at=utcnow())
    assert "1–4 supporters" in client.get(address).text
    supported(session, question, 1)
    page = client.get(address).text
    assert "5–9 supporters" in page
    assert "5–9 supporters" in client.get(f"/en/{call.slug}/questions").text


def test_supporters_of_merged_questions_count_once(client, session, call):
    target, middle, far = (make_question(session, call) for _ in range(3))
    merge(session, far, middle)
    merge(session, middle, target)
    people = supported(session, far, 4)
    for person in people[:3]:
        session.add(Support(question_id=target.id, person_id=person.id, supported_at=utcnow()))
    session.flush()
    address = f"/en/{call.slug}/questions/{label_of(target)}"
    assert "1–4 supporters" in client.get(address).text
    assert "1–4 supporters" in client.get(f"/en/{call.slug}/questions").text
    supported(session, middle, 1)
    assert "5–9 supporters" in client.get(address).text
    assert "5–9 supporters" in client.get(f"/en/{call.slug}/questions").text


def test_panelists_do_not_see_support(client, session, call):
    question = make_question(session, call, title="A supported question?")
    make_question(session, call, title="A second question?")
    supported(session, question, 30)
    panel = Panel(call_id=call.id, name="A panel")
    session.add(panel)
    session.flush()
    panelist = make_person(session)
    access.grant_role(
        session, person_id=panelist.id, role=Role.PANELIST, call_id=call.id, panel_id=panel.id, now=utcnow()
    )
    sign_in(client, session, panelist)
    listed = client.get(f"/en/{call.slug}/questions").text
    assert "supporters" not in listed
    assert "Most supported" not in listed
    by_support = client.get(f"/en/{call.slug}/questions?sort=support").text
    assert titles_in(by_support) == titles_in(listed)
    assert "supporters" not in client.get(f"/en/{call.slug}/questions/{label_of(question)}").text


def test_page_shows_the_text_and_no_author(client, session, call):
    sender = make_person(session, full_name="Hidden Sender")
    question = make_question(session, call, sender, approach="With two telescopes.", language="en")
    page = client.get(f"/en/{call.slug}/questions/{label_of(question)}")
    assert page.status_code == 200
    for text in (question.title, question.goal_overview, question.significance, "With two telescopes."):
        assert text in page.text
    for hidden in ("Hidden Sender", "Ada Example", "Institute of Examples", sender.email, "Kenya"):
        assert hidden not in page.text
    assert question.created_at.strftime("%H:%M") not in page.text


def test_merged_question_leads_to_its_target(client, session, call):
    target = make_question(session, call)
    merged = make_question(session, call, title="The same thing in other words?")
    merge(session, merged, target)
    page = client.get(f"/en/{call.slug}/questions/{label_of(merged)}").text
    assert "The same thing in other words?" in page
    assert re.search(rf"Grouped with <a [^>]*><bdi dir=\"ltr\">{label_of(target)}</bdi></a>; both texts are kept", page)
    assert "Support this question" not in page
    shown = client.get(f"/en/{call.slug}/questions/{label_of(target)}").text
    assert "Texts grouped here" in shown
    assert "The same thing in other words?" in shown


def test_merged_question_is_hidden_with_its_target(client, session, call):
    target, merged = make_question(session, call), make_question(session, call)
    merge(session, merged, target)
    target.state = QuestionState.WITHDRAWN
    session.flush()
    for question in (target, merged):
        assert client.get(f"/en/{call.slug}/questions/{label_of(question)}").status_code == 404


@pytest.mark.parametrize(
    "label",
    ["Q-0", "Q-01", "Q-999999999", "Q-99999999999999999999999", "X-1", "Q", "Q-%D9%A1", "1", "Q-1%00", "Q--1", "Q-1e3"],
)
def test_missing_labels_are_missing(client, session, call, label):
    answer = client.get(f"/en/{call.slug}/questions/{label}")
    assert answer.status_code == 404


def test_question_of_another_call_is_missing(client, session, call):
    question = make_question(session, make_call(session))
    assert client.get(f"/en/{call.slug}/questions/{label_of(question)}").status_code == 404


def test_new_question_has_no_page_and_its_text_appears_nowhere(client, session, call):
    _receipt, question_id = send(session, call, title="An unread secret question?")
    listed = client.get(f"/en/{call.slug}/questions?q=secret")
    assert "unread secret" not in listed.text
    assert client.get(f"/en/{call.slug}/questions/{question_id}").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_at_most_four_statements(client, session, call, count_statements, n):
    for _ in range(n):
        supported(session, make_question(session, call), 1)
    count_statements.clear()
    assert client.get(f"/en/{call.slug}/questions?theme=space").text.count("<h2><a") == n
    assert len(count_statements) == 3
    count_statements.clear()
    assert client.get(f"/en/{call.slug}/questions?q=rings&theme=space").text.count("<h2><a") == n
    assert len(count_statements) == 4


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_four_statements(client, session, call, count_statements, n):
    question = make_question(session, call)
    make_vector(session, question, towards=0)
    for _ in range(n):
        other = make_question(session, call)
        make_vector(session, other, towards=0, share=0.8)
        merge(session, make_question(session, call), question)
    address = f"/en/{call.slug}/questions/{label_of(question)}"
    count_statements.clear()
    page = client.get(address)
    assert page.text.count("Very close") == n
    assert len(count_statements) == 4
    sign_in(client, session, make_person(session))
    count_statements.clear()
    client.get(address)
    assert len(count_statements) == 5

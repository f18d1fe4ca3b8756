"""The page of the search: what it shows to whom, with which statements, and the searches that one keeps."""

import pytest
import sqlalchemy as sa
from browser import without_token
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import add_submission, ask, make_panel, make_round, seat
from builders_questions import make_pair, make_question

from solicit.calls.models import Call
from solicit.questions.states import QuestionState
from solicit.reports.models import SavedSearch
from solicit.reports.queries.search.saved import saved_searches

IN_SCOPE = QuestionState.IN_SCOPE


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call, full_name="Olga Desk", country="FI")


@pytest.fixture
def desk(client, session, organizer):
    sign_in(client, session, organizer)
    return client


def search(desk, call, **query):
    return desk.get(f"/{call.slug}/organize/search", query_string=query)


def test_questions_are_found_with_what_organizers_read_of_them(desk, session, call):
    ice = make_question(session, call, title="Ice of Mars", theme="life", state=IN_SCOPE)
    make_pair(session, ice, make_question(session, call, title="Dust of Mars"))
    page = search(desk, call, q="ice theme:life").text
    assert "Ice of Mars" in page and "Dust of Mars" not in page
    assert "1 question or plan" in page and "Suggested" in page
    assert f"/{call.slug}/organize/search?q=ice" in page  # takes the theme away
    assert f"/{call.slug}/organize/export/questions.csv?q=ice+theme:life" in page


def test_a_search_that_is_none_keeps_its_text_and_says_why(desk, call):
    answer = search(desk, call, q="score>many")
    assert answer.status_code == 422
    assert "score&gt; needs a number such as 3 or 4.5; you wrote score&gt;many" in answer.text
    assert 'value="score&gt;many"' in answer.text


def test_people_are_found_by_name_and_country_with_what_they_sent(desk, session, call, organizer):
    author = make_person(session, full_name="Zoë Ångström", country="KE")
    for _ in range(2):
        make_question(session, call, submitter=author)
    make_question(session, call, submitter=make_person(session, full_name="Zoe Other", country="CN"))
    make_person(session, full_name="Zoe Elsewhere")
    page = search(desk, call, q="zoe angstrom", show="people").text
    assert "Zoë Ångström" in page and "1 person" in page and "Kenya" in page
    assert "2 people" in search(desk, call, q="zoe").text
    assert "1 person" in search(desk, call, q="zoe -country:CN").text
    assert "0 questions and plans" in search(desk, call, q="zoe theme:life", show="people").text
    assert "Olga Desk" in search(desk, call, q="olga", show="people").text


def test_people_are_told_of_only_through_what_one_may_see(desk, session, call, organizer):
    shared, hidden = make_person(session, full_name="Bo Shared"), make_person(session, full_name="Bo Hidden")
    make_question(session, call, submitter=shared)
    own = make_question(session, call, submitter=organizer)
    add_submission(session, own, authors=[hidden, shared])
    page = search(desk, call, q="bo", show="people").text
    assert "Bo Shared" in page and "Bo Hidden" not in page
    assert '<td class="num" data-l="Submissions">1</td>' in page


def test_statements_do_not_grow(desk, session, call, count_statements):
    make_question(session, call, title="Ice 0", state=IN_SCOPE)
    search(desk, call, q="ice")
    counts = []
    for n in (1, 3, 50):
        for number in range(n):
            make_question(session, call, title=f"Ice {n} {number}", state=IN_SCOPE)
        count_statements.clear()
        search(desk, call, q="ice -country:KE reviews<1")
        counts.append(len(count_statements))
    assert counts == [5, 5, 5]
    count_statements.clear()
    search(desk, call, q="ice score>3")
    assert len(count_statements) == 6
    count_statements.clear()
    search(desk, call, q="ice country:KE", show="people")
    assert len(count_statements) == 6


def test_a_panelist_is_led_to_their_own_page_and_finds_what_it_may_show(client, session, call):
    session.execute(sa.update(Call).values(publishes_while_open=False))
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    asked = make_question(session, call, title="Ice of Mars", state=IN_SCOPE)
    make_question(session, call, title="Ice of Venus", state=IN_SCOPE)
    ask(session, make_round(session, call, state="open"), panel, person, asked)
    sign_in(client, session, person)
    answer = client.get(f"/{call.slug}/organize/search?q=ice&_external=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{call.slug}/review/search?q=ice")
    page = client.get(f"/{call.slug}/review/search?q=ice").text
    assert "Ice of Mars" in page and "Venus" not in page and "1 question or plan" in page
    assert "country" not in page.partition("<main")[2] and "Score" not in page.partition("<main")[2]
    forbidden, unknown = (client.get(f"/{call.slug}/review/search?q={name}:4") for name in ("score", "thing"))
    assert without_token(forbidden.text).replace("score", "thing") == without_token(unknown.text)
    assert (forbidden.status_code, unknown.status_code) == (422, 422)


def test_the_search_of_a_panelist_asks_for_nothing_hidden(client, session, call, count_statements):
    person = seat(session, call, make_panel(session, call))
    make_question(session, call, title="Ice of Mars", state=IN_SCOPE)
    sign_in(client, session, person)
    count_statements.clear()
    for text in ("ice", "country:KE", "reviewer:Ada", "score>1", "reviews<3", "dup:open", "has:comment", "state:new"):
        client.get(f"/{call.slug}/review/search", query_string={"q": text})
    sent = " ".join(count_statements)
    assert not [
        name
        for name in ("authorship.country", "full_name ", "score", "review.", "duplicate_pair")
        if f" {name}" in sent
    ]


def test_searches_are_kept_renamed_and_dropped(desk, session, call, organizer):
    kept = f"/{call.slug}/organize/search/kept"
    answer = desk.post(kept, data={"q": "ICE  theme=life", "name": "Ice"})
    assert answer.headers["Location"] == f"/{call.slug}/organize/search?q=ICE+theme:life"
    desk.post(kept, data={"q": "ICE theme:life", "name": "Ice"})
    taken = desk.post(kept, data={"q": "dust", "name": "Ice"})
    assert taken.status_code == 422 and "You keep another search under this name" in taken.text
    assert 'value="Ice"' in taken.text
    (line,) = saved_searches(session, call=call, person_id=organizer.id)
    assert (line.name, line.query) == ("Ice", "ICE theme:life")
    desk.post(f"{kept}/{line.id}/name", data={"name": "Frost", "q": "dust"})
    assert desk.post(f"{kept}/{line.id}/name", data={"name": ""}).status_code == 422
    assert [each.name for each in saved_searches(session, call=call, person_id=organizer.id)] == ["Frost"]
    desk.post(f"{kept}/{line.id}/drop")
    assert session.query(SavedSearch).count() == 0


def test_a_kept_search_is_nobody_elses(desk, client, session, call, organizer):
    kept = f"/{call.slug}/organize/search/kept"
    desk.post(kept, data={"q": "ice", "name": "Ice"})
    (line,) = saved_searches(session, call=call, person_id=organizer.id)
    sign_in(client, session, make_organizer(session, call))
    assert client.post(f"{kept}/{line.id}/drop").status_code == 404
    assert "Ice" not in client.get(f"/{call.slug}/organize/search").text


def test_all_that_was_found_is_decided_on_in_one_go(desk, session, call):
    for title in ("Ice 1", "Ice 2"):
        make_question(session, call, title=title)
    make_question(session, call, title="Dust")
    many = f"/{call.slug}/organize/questions/many"
    page = desk.get(many, query_string={"act": "in_scope", "whole": "y", "search": "ice"}).text
    assert "Put 2 questions in scope?" in page and "all that match:" in page and "Dust" not in page
    sent = {"act": "in_scope", "whole": "y", "search": "ice", "expected": 2}
    assert desk.post(many, data=sent | {"expected": 3}).status_code == 409
    desk.post(many, data=sent)
    assert "2 questions" in search(desk, call, q="state:in_scope").text


def test_other_lists_lead_here_with_the_filters_that_the_search_knows(desk, call):
    queue, pairs = f"/{call.slug}/organize/questions", f"/{call.slug}/organize/duplicates"
    leads = f'href="/{call.slug}/organize/search?q='
    assert f"{leads}ice+state:new+theme:life+kind:plan" in desk.get(f"{queue}?q=ice&theme=life&kind=plan").text
    assert f"{leads}dup:open" in desk.get(pairs).text
    assert f"{leads}dup:same,related,different" in desk.get(f"{pairs}?verdict=decided").text
    for address in (f"{queue}?mark=mine", f"{queue}?q=%22ice", f"{pairs}?across=yes"):
        assert leads not in desk.get(address).text

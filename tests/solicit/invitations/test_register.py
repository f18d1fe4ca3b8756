"""The register of candidates: what it says, whom it hides, and from whom it is hidden itself."""

import csv
import io

import pytest
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import (
    make_authors,
    make_double,
    make_invitation,
    make_limits_in_force,
    make_nomination,
    make_ranked_question,
)
from builders_panels import ask, make_panel, make_round, seat

from solicit.access import service as access
from solicit.access.policy import Role
from solicit.clock import utcnow
from solicit.invitations.models import CandidateWish
from solicit.invitations.states import Gender, Wish
from solicit.people.states import Career
from solicit.reports.service.erase import erase_person


@pytest.fixture
def call(session):
    return make_call(session, n_places=4)


@pytest.fixture
def in_force(session, call, run):
    return make_limits_in_force(session, call, run)


def register(client, call, query=""):
    return client.get(f"/{call.slug}/organize/invite/candidates{query}")


def method_of(path):
    return "POST" if ".csv" in path else "GET"


def cells(client, call, query=""):
    answer = client.post(f"/{call.slug}/organize/invite/candidates.csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def grace(session, call, run, in_force):
    """A candidate with four questions, one of them shared, and a gender that nobody is shown."""
    grace = make_person(session, full_name="Grace Murray", country="FJ", career=Career.ENGINEER, affiliation="Waves")
    for theme, p in (("space", 0.9), ("life", 0.5), ("nature", 0.4)):
        make_ranked_question(session, call, run, p_top_k=p, people=[grace], theme_key=theme)
    last = make_ranked_question(session, call, run, p_top_k=0.3, people=[grace], theme_key="station")
    make_authors(session, call, last, [make_person(session, full_name="Ben Second")], willing=False)
    said = dict(wish=Wish.ONLINE, is_young=True, gender=Gender.WOMAN, changed_at=utcnow())
    session.add(CandidateWish(call_id=call.id, person_id=grace.id, **said))
    session.flush()
    return grace


def test_nobody_is_named_before_limits_are_in_force(client, session, call, run, ada):
    make_ranked_question(session, call, run, p_top_k=0.9, people=[make_person(session, full_name="Grace Murray")])
    sign_in(client, session, ada)
    for path in ("candidates", "candidates.csv", "doubles"):
        answer = client.open(f"/{call.slug}/organize/invite/{path}", method=method_of(path))
        assert (answer.status_code, "Grace Murray" in answer.text) == (303, False)


def test_row_says_who_why_and_how(client, session, call, grace, ada):
    sign_in(client, session, ada)
    text = register(client, call).text
    for words in ("Grace Murray", "Fiji", "Melanesia", "Waves", "Online", "chance 90%", "places 1–3"):
        assert words in text, words
    assert text.count("not among the best three") == 1 and "2 authors" in text
    assert "Woman" not in text and "Ben Second" not in text


def test_csv_has_what_the_page_has(client, session, call, grace, ada):
    sign_in(client, session, ada)
    (row,) = cells(client, call)
    assert (row["name"], row["merit"], row["attendance"], row["cost_cents"]) == (
        "Grace Murray",
        "180",
        "Online",
        "10000",
    )
    assert row["merit_parts"].count("(") == 1 and "0.300/2" in row["merit_parts"]
    assert "gender" not in row and "woman" not in str(row).lower() and grace.email not in str(row)


def test_proposed_people_say_how_far_their_scores_are(client, session, call, in_force, ada):
    nomination = make_nomination(session, call, person_id=make_person(session, full_name="Eve Expert").id)
    sign_in(client, session, ada)
    text = register(client, call).text
    assert "Eve Expert" in text and "Waiting for scores" in text and "Proposed by an organizer" in text
    assert "0 scores" in text and nomination.statement not in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?theme=space", ["Ana", "Cem"]),
        ("?theme=life", ["Ben"]),
        ("?basis=waiting", ["Dia"]),
        ("?country=KE", ["Ben", "Dia"]),
        ("?region=Western+Europe", ["Ana"]),
        ("?career=student", ["Cem"]),
        ("?q=aN", ["Ana"]),
        ("?q=nobody", []),
        ("?theme=nonsense", []),
        ("?q=%00", ["Ana", "Ben", "Cem", "Dia"]),
        ("?sort=name", ["Ana", "Ben", "Cem", "Dia"]),
        ("?sort=merit", ["Ana", "Ben", "Cem", "Dia"]),
        ("?sort=cost", ["Cem", "Ana", "Ben", "Dia"]),
        ("?sort=country&theme=space", ["Cem", "Ana"]),
        ("?sort=nonsense&page=-1", ["Ana", "Ben", "Cem", "Dia"]),
    ],
)
def test_filters_and_orders(client, session, call, run, in_force, ada, query, names):
    for name, country, theme, p, career in (
        ("Ana", "FR", "space", 0.9, None),
        ("Ben", "KE", "life", 0.8, None),
        ("Cem", "CN", "space", 0.7, Career.STUDENT),
    ):
        person = make_person(session, full_name=name, country=country, career=career)
        make_ranked_question(session, call, run, p_top_k=p, people=[person], theme_key=theme)
    proposed = make_person(session, full_name="Dia", country="KE")
    make_nomination(session, call, person_id=proposed.id, theme_id=call.theme("station").id)
    sign_in(client, session, ada)
    assert [row["name"] for row in cells(client, call, query)] == names
    assert register(client, call, query).status_code == 200


def test_facets_count_what_they_would_show(client, session, call, run, in_force, ada):
    for country, theme in (("FR", "space"), ("KE", "space"), ("KE", "life")):
        person = make_person(session, country=country)
        make_ranked_question(session, call, run, p_top_k=0.5, people=[person], theme_key=theme)
    sign_in(client, session, ada)
    text = " ".join(register(client, call, "?theme=space").text.split())
    assert (
        'region=Western+Europe">Western Europe</a> <span class="num muted">1</span>' in text and "Kenya</a>" not in text
    )
    assert 'theme=life">Life</a> <span class="num muted">1</span>' in text
    text = " ".join(register(client, call, "?region=Sub-Saharan+Africa").text.split())
    assert 'country=KE">Kenya</a> <span class="num muted">2</span>' in text


def test_two_accounts_with_one_orcid_are_told(client, session, call, run, in_force, ada):
    people = [make_person(session, orcid="0000-0002-1825-0097") for _ in range(2)]
    make_ranked_question(session, call, run, p_top_k=0.5, people=people)
    sign_in(client, session, ada)
    assert "2 accounts with one ORCID iD" in register(client, call).text


def test_organizer_sees_neither_themselves_nor_whom_they_wrote_with_or_reviewed(client, session, call, run, in_force):
    bo = make_organizer(session, call, full_name="Bo Organizer")
    written, reviewed, free = (make_person(session, full_name=f"{name} Author") for name in ("Wri", "Rev", "Fre"))
    make_ranked_question(session, call, run, p_top_k=0.9, people=[written, bo])
    question = make_ranked_question(session, call, run, p_top_k=0.8, people=[reviewed])
    make_ranked_question(session, call, run, p_top_k=0.7, people=[free])
    panel = make_panel(session, call)
    seat(session, call, panel, person=bo)
    ask(session, make_round(session, call, state="open", panel_id=panel.id), panel, bo, question)
    sign_in(client, session, bo)
    assert [row["name"] for row in cells(client, call)] == ["Fre Author"]
    assert cells(client, call, "?q=author&sort=name") == cells(client, call)
    text = register(client, call).text
    assert "1–1 of 1" in text and "Wri Author" not in text and "Rev Author" not in text
    other = make_organizer(session, call)
    sign_in(client, session, other)
    assert len(cells(client, call)) == 4


PATHS = ("candidates", "candidates.csv", "candidates?q=Grace", "doubles", "spending", "spending.csv", "nominations")


@pytest.mark.parametrize("role", [None, Role.PANELIST, Role.CHAIR, Role.ADMINISTRATOR])
def test_below_organizer_nobody_learns_who_is_a_candidate(client, session, call, grace, role):
    person = make_person(session)
    if role:
        scope = {} if role is Role.ADMINISTRATOR else {"call_id": call.id, "panel_id": make_panel(session, call).id}
        access.grant_role(session, person_id=person.id, role=role, now=utcnow(), **scope)
    sign_in(client, session, person)
    for path in PATHS:
        answer = client.open(f"/{call.slug}/organize/invite/{path}", method=method_of(path))
        assert answer.status_code == 403, path
        assert "Grace" not in answer.text.replace("q=Grace", "")


@pytest.mark.parametrize("n", [1, 3, 50])
def test_page_costs_the_same_for_any_number_of_candidates(
    client, session, call, run, in_force, ada, n, count_statements
):
    for _ in range(n):
        make_nomination(session, call)
    make_ranked_question(session, call, run, p_top_k=0.5, people=[make_person(session)])
    sign_in(client, session, ada)
    costs = []
    for path in ("candidates", "candidates.csv"):
        count_statements.clear()
        answer = client.open(f"/{call.slug}/organize/invite/{path}", method=method_of(path))
        assert answer.status_code == 200
        costs.append(len(count_statements))
    # Three more note who took the file.
    assert costs == [6, 9]


def test_erased_person_is_nowhere(client, session, call, grace, ada):
    make_nomination(session, call, person_id=grace.id, proposed_name="Grace Murray")
    make_invitation(session, call, person=grace)
    other = make_person(session, full_name="Grace Murray", country="FJ")
    make_nomination(session, call, person_id=other.id)
    make_double(session, call, grace, other)
    erase_person(session, person_id=other.id, blanks_texts=False, now=utcnow())
    erase_person(session, person_id=grace.id, blanks_texts=False, now=utcnow())
    session.commit()
    sign_in(client, session, ada)
    for path in PATHS:
        answer = client.open(f"/{call.slug}/organize/invite/{path}", method=method_of(path))
        assert answer.status_code == 200, path
        assert "Murray" not in answer.text, path

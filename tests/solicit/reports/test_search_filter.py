"""What each keyword finds, for whom there is one, and what it never asks of the database."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_ranked_run, make_ranking_row
from builders_map import make_topic
from builders_panels import ask, force_state, make_panel, make_round, rate, seat
from builders_questions import make_note, make_pair, make_question, make_report

from solicit.calls.models import Mission
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.people.models import Person
from solicit.questions.models import (
    MissionLink,
    Question,
    QuestionSource,
    Redaction,
    Suspicion,
    Translation,
)
from solicit.questions.states import MissionVerdict, QuestionState, SuspicionKind, TranslationSource, Verdict
from solicit.reports.queries.search import Searcher, question_filter
from solicit.reports.queries.search.keywords import KEYWORDS, keywords_for
from solicit.reports.queries.search.results import Sort, found_questions
from solicit.submissions.models import Authorship
from solicit.web.pagination import Window

IN_SCOPE = QuestionState.IN_SCOPE


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def desk(session, call):
    return Searcher(make_organizer(session, call).id, is_organizer=True)


@pytest.fixture
def search(session, call):
    """The titles that a text finds for somebody, or the messages that it gets."""

    def titles(text: str, viewer: Searcher, call=call) -> set[str]:
        found = question_filter(session, call=call, viewer=viewer, text=text)
        if found.problems:
            return {problem.text % problem.params for problem in found.problems}
        return set(session.scalars(sa.select(Question.title).where(found.condition)))

    return titles


def submission_of(session, question) -> int:
    return session.scalar(sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id))


def test_words_are_found_in_any_language_and_phrases_in_their_order(session, call, search, desk):
    for title in ("Étoiles froides", "Cold stars", "Stars that are cold", "冰巨行星的磁场", "Кольца планет"):
        make_question(session, call, title=title)
    number = make_question(session, call, title="Dust", state=IN_SCOPE).number
    assert search("etoiles", desk) == {"Étoiles froides"}
    assert search("star cold", desk) == {"Cold stars", "Stars that are cold"}
    assert search('"cold stars"', desk) == {"Cold stars"}
    assert search('"巨行星"', desk) == {"冰巨行星的磁场"}
    assert search("кольца", desk) == {"Кольца планет"}
    assert search(f"Q-{number}", desk) == {"Dust"}
    assert search("-star -冰巨 -кольца -Étoiles", desk) == {"Dust"}
    assert len(search("", desk)) == 6


def test_what_a_question_is(session, call, search, desk):
    life = make_question(session, call, title="life", theme="life", state=IN_SCOPE)
    make_question(session, call, title="none", theme=None)
    make_question(session, call, title="plan", kind=Kind.PLAN)
    topic = make_topic(session, call, [life], terms=("lunar dust",))
    assert search("state:in-scope", desk) == {"life"}
    assert search("-theme:life,space", desk) == search("theme:none", desk) == {"none"}
    assert search('theme:"Signatures of Extra-terrestrial Life"', desk) == {"life"}
    assert search("kind:plan state:new,merged", desk) == {"plan"}
    assert search(f"topic:T-{topic.id}", desk) == search("topic:LUNAR", desk) == {"life"}
    assert search("topic:none", desk) == {"none", "plan"}
    assert search('topic:"T-"', desk) == set()
    assert search("theme:red", desk) == {
        "theme: knows no “red”. It knows: space, life, nature, station, none",
    }


def test_countries_of_authors(session, call, search, desk):
    for code in ("KE", "CN"):
        question = make_question(session, call, title=code)
        written = sa.update(Authorship).where(Authorship.submission_id == submission_of(session, question))
        session.execute(written.values(country=code))
    assert search("country:ke", desk) == search("country:肯尼亚", desk) == search("country:Kenia", desk) == {"KE"}
    assert search("-country:KE", desk) == {"CN"}


def test_duplicates_without_those_of_hidden_questions(session, call, search, desk):
    one, two, three, four, into, merged = (make_question(session, call, title=title) for title in "123456")
    merged.state, merged.merged_into_id = QuestionState.MERGED, into.id
    make_pair(session, one, two)
    make_pair(session, three, four, verdict=Verdict.RELATED, decided_at=utcnow())
    own = make_question(session, call, title="own", submitter=session.get_one(Person, desk.person_id))
    make_pair(session, own, four)
    assert search("dup:open", desk) == {"1", "2"}
    assert search("dup:related", desk) == {"3", "4"}
    assert search("dup:merged", desk) == {"5"}
    assert search("dup:same", desk) == set()
    assert search("own", desk) == set()


def test_reviews_are_counted_always_and_read_once_their_round_closed(session, call, search, desk):
    panel, first = make_panel(session, call), make_question(session, call, title="first", state=IN_SCOPE)
    make_question(session, call, title="second", state=IN_SCOPE)
    round_id = make_round(session, call, state="open")
    for name, score in (("Zoé Quill", 5), ("Bo Marsh", 4)):
        person = seat(session, call, panel, person=make_person(session, full_name=name))
        rate(session, ask(session, round_id, panel, person, first), score, to_panel="Well put.")
    assert search("reviews>=2", desk) == {"first"}
    assert search("reviews<2", desk) == search("-reviews=2", desk) == {"second"}
    for text in ("score>4", "reviewer:Zoe", "has:comment"):
        (message,) = search(text, desk)
        assert message.startswith(f"{text} can be used once a round of this call has closed")
    force_state(session, round_id, "closed")
    assert search("score=4.5", desk) == search("score>4", desk) == {"first"}
    assert search("reviewer:zoe,nobody has:comment", desk) == {"first"}
    assert search("-reviewer:zoe", desk) == {"second"}
    run = make_ranked_run(session, call)
    make_ranking_row(session, first, run_id=run.id, p_top_k=0.5, mean=3.25, low=3.0, high=3.5)
    assert search("score=3.25", desk) == {"first"}


def test_what_hangs_on_a_question(session, call, search, desk):
    things = ("translation", "summary", "redaction", "difference", "report", "suspicion", "mission", "plan")
    asked = {thing: make_question(session, call, title=thing, state=IN_SCOPE) for thing in things}
    words = dict(title="t", goal_overview="", significance="", approach="", of_digest=b"")
    made = dict(source=TranslationSource.DESK, language="fr", made_at=utcnow())
    session.add(Translation(question_id=asked["translation"].id, **words, **made))
    session.add(Redaction(question_id=asked["redaction"].id, **words, redacted_at=utcnow()))
    asked["summary"].is_summary = True
    make_note(session, submission_of(session, asked["difference"]), asked["plan"])
    make_report(session, asked["report"])
    found = dict(strength=0.5, signs=["links"], found_at=utcnow())
    session.add(Suspicion(question_id=asked["suspicion"].id, kind=SuspicionKind.SPAM, **found))
    mission = Mission(call_id=call.id, key="m", name="M", position=1)
    session.add(mission)
    session.flush()
    judged = dict(verdict=MissionVerdict.CONFIRMED, judged_at=utcnow())
    session.add(MissionLink(question_id=asked["mission"].id, mission_id=mission.id, **judged))
    answering = {"answers": [asked["plan"].number]}
    make_question(session, call, title="A plan", kind=Kind.PLAN, state=IN_SCOPE, plan=answering)
    session.flush()
    assert {thing: search(f"has:{thing}", desk) for thing in things} == {thing: {thing} for thing in things}
    assert search("has:translation,report", desk) == {"translation", "report"}


def test_a_panelist_knows_no_keyword_of_what_their_pages_hide(session, call, search):
    panelist = Searcher(make_person(session).id, is_organizer=False)
    assert set(keywords_for(call, panelist)) == {"theme", "topic", "kind", "has"}
    for name in set(KEYWORDS) - {"theme", "topic", "kind", "has"}:
        for text in (f"{name}:4", f"{name}>4", f"-{name}:", f"{name}:,"):
            forbidden, unknown = search(text, panelist), search(text.replace(name, "nothing"), panelist)
            assert {message.replace(name, "nothing") for message in forbidden} == unknown
    forbidden, unknown = search("has:redaction", panelist), search("has:nothing", panelist)
    assert forbidden == {"has: knows no “redaction”. It knows: translation, plan, summary"}
    assert unknown == {"has: knows no “nothing”. It knows: translation, plan, summary"}


def test_a_panelist_finds_what_is_public_or_asked_of_them_as_panels_read_it(session, search):
    hidden = replace(make_call(session), publishes_while_open=False)
    panel = make_panel(session, hidden)
    person = seat(session, hidden, panel)
    round_id = make_round(session, hidden, state="open")
    asked = make_question(session, hidden, title="Miller's ice of Mars", state=IN_SCOPE)
    other = make_question(session, hidden, title="Ice of Venus", state=IN_SCOPE)
    assignment = ask(session, round_id, panel, person, asked)
    words = dict(goal_overview="", significance="", approach="", of_digest=b"")
    session.add(Redaction(question_id=asked.id, title="Frozen méthane of Mars", **words, redacted_at=utcnow()))
    session.flush()
    panelist = Searcher(person.id, is_organizer=False)
    assert search("", panelist, hidden) == search("methane", panelist, hidden) == {asked.title}
    assert search('"methane of"', panelist, hidden) == {asked.title}
    assert search("miller", panelist, hidden) == search("ice", panelist, hidden) == set()
    assert search("-miller", panelist, hidden) == {asked.title}
    assert search("topic:none", panelist, hidden) == {
        '“topic” is no keyword of this search. To look for the words, write them in quotes: "topic:none"'
    }
    ask(session, round_id, panel, person, make_question(session, hidden, title="Grains of Mars", state=IN_SCOPE))
    found = question_filter(session, call=hidden, viewer=panelist, text="mars")
    by_title = dict(call=hidden, searcher=panelist, found=found, sort=Sort.TITLE, window=Window(1))
    assert [row.title for row in found_questions(session, **by_title)] == ["Frozen méthane of Mars", "Grains of Mars"]
    force_state(session, round_id, "draft")
    assert search("", panelist, hidden) == set()
    assert assignment.question_id != other.id


def test_an_organizer_finds_nothing_of_what_they_have_a_part_in(session, call, search):
    organizer = make_organizer(session, call)
    viewer = Searcher(organizer.id, is_organizer=True)
    own = make_question(session, call, title="own", submitter=organizer, state=IN_SCOPE)
    plan = make_question(
        session, call, title="own plan", kind=Kind.PLAN, submitter=organizer, state=IN_SCOPE, plan={"answers": []}
    )
    seen = make_question(session, call, title="seen", state=IN_SCOPE)
    plan.plan = {"answers": [seen.number]}
    make_note(session, submission_of(session, seen), own)
    assert search("", viewer) == {"seen"}
    for text in ("own", f"Q-{own.number}", "has:plan", "has:difference", "dup:merged"):
        assert search(text, viewer) == set(), text
    assert search("", Searcher(None, is_organizer=True)) == {"seen", "own", "own plan"}

"""What the tables say of a small call: to an organizer with a part in one question, and to whoever runs the site."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_ranked_run, make_ranking_row
from builders_map import make_topic
from builders_panels import (
    CRITERIA,
    ask,
    compare,
    force_state,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    rate,
    seat,
    vote,
)
from builders_questions import make_pair

from solicit.clock import utcnow
from solicit.panels.models import DiscussionPost, Round
from solicit.panels.service import review as reviews
from solicit.panels.states import Activity, Preference
from solicit.people.states import Career
from solicit.questions.states import QuestionState, Verdict
from solicit.reports.queries.exports import TABLES, Chosen, export_of, row_counts
from solicit.reports.queries.search import Searcher, question_filter
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.web.csv import csv_lines


class SmallWorld:
    """A call with three questions; Ada organizes it and wrote the third."""

    def __init__(self, session):
        self.session = session
        self.call = make_call(session, slug="small", title="A small call")
        self.ada = make_organizer(session, self.call, full_name="Ada")
        self.today = utcnow().date().isoformat()
        self.panel = make_panel(session, self.call)
        self.panel.name = "Dust"
        self.bo, self.cy = (seat(session, self.call, self.panel, person=self.named(name)) for name in ("Bo", "Cy"))
        zoe, yan = self.named("Zoe"), self.named("Yan")
        asked = dict(ice=(101, zoe), dust=(102, yan), own=(103, self.ada))
        self.questions = [
            make_read_question(session, self.call, number=number, title=f"Why {word}?", authors=[author])
            for word, (number, author) in asked.items()
        ]
        self.submit()
        self.judge()
        self.arrange()

    def named(self, name: str):
        return make_person(self.session, full_name=name)

    def submit(self):
        """Known references, facts of one author, and two versions of one text."""
        sent = self.session.scalars(
            sa.select(Submission).where(Submission.call_id == self.call.id).order_by("id")
        ).all()
        for number, submission in enumerate(sent, 1):
            submission.reference = f"S-{number}"
        first = self.session.get_one(Authorship, (sent[0].id, self.person_of("Zoe")))
        first.country, first.career, first.affiliation = "FR", Career.STUDENT, "Institut d'ici"
        wording = dict(language="en", goal_overview="", significance="", approach="", saved_at=utcnow())
        self.session.add_all(
            SubmissionVersion(submission_id=each.id, number=n, title=f"Wording {n}?", theme_id=each.theme_id, **wording)
            for each in (sent[0], sent[2])
            for n in (1, 2)
        )
        self.session.flush()

    def person_of(self, name: str) -> int:
        return self.session.scalar(sa.text("SELECT id FROM person WHERE full_name = :name"), {"name": name})

    def judge(self):
        """A closed round of each activity, and one that is still open."""
        session, (ice, dust, own) = self.session, self.questions
        self.first_id = make_round(session, self.call, state="open", criteria=CRITERIA[:2])
        rate(session, ask(session, self.first_id, self.panel, self.bo, ice), (4, 5), to_panel="=Good", to_authors="Go")
        declined = ask(session, self.first_id, self.panel, self.cy, ice)
        reviews.abstain(session, assignment_id=declined.id, person_id=self.cy.id, reason="I know her", now=utcnow())
        rate(session, ask(session, self.first_id, self.panel, self.bo, own), 1)
        self.open_id = make_round(session, self.call, state="open", name="Still open", criteria=CRITERIA[:1])
        rate(session, ask(session, self.open_id, self.panel, self.bo, dust), 2)
        force_state(session, self.first_id, "closed")
        self.later = {activity: self.later_round(activity) for activity in Activity if activity is not Activity.SCORING}
        compare(session, self.later[Activity.COMPARING], self.bo, ice, dust, Preference.LEFT)
        compare(session, self.later[Activity.COMPARING], self.bo, ice, own, Preference.RIGHT)
        vote(session, self.later[Activity.BALLOT], self.bo, {dust: 1, ice: 1, own: 2})
        said = dict(round_id=self.later[Activity.DISCUSSION], person_id=self.cy.id, posted_at=utcnow())
        for question, text, withdrawn_at in ((ice, "Indeed", None), (ice, "Oh", utcnow()), (own, "Hm", None)):
            session.add(DiscussionPost(question_id=question.id, text=text, withdrawn_at=withdrawn_at, **said))
        session.flush()
        for round_id in self.later.values():
            force_state(session, round_id, "closed")

    def later_round(self, activity: Activity) -> int:
        name = activity.value.title()
        return make_later_round(self.session, self.first_id, activity, self.questions, name=name)

    def arrange(self):
        """A topic of all three, a verdict on each pair, and a frozen ranking."""
        session, (ice, dust, own) = self.session, self.questions
        self.topic = make_topic(session, self.call, self.questions, terms=("cold", "dry"), name="Cold")
        decided = dict(verdict=Verdict.RELATED, decided_at=utcnow(), decided_by_id=self.ada.id)
        make_pair(session, ice, dust, **decided)
        make_pair(session, dust, own, **decided)
        self.run = make_ranked_run(session, self.call)
        for position, question in enumerate(self.questions):
            make_ranking_row(session, question, run_id=self.run.id, p_top_k=0.5, position=position)

    def text(self, name: str, *, viewer_id=None, chosen=None) -> str:
        """A table as CSV, without the quotation marks around its cells."""
        found = export_of(self.session, TABLES[name], call=self.call, viewer_id=viewer_id, chosen=chosen or Chosen())
        lines = csv_lines([column.name for column in found.columns], found.rows)
        return "".join(lines).removeprefix("\ufeff").replace('"', "").replace("\r\n", "\n")


@pytest.fixture
def world(session):
    return SmallWorld(session)


def expected(w: SmallWorld) -> dict[str, str]:
    """Every table for Ada."""
    space, bo, cy = "space,Unexplored Space", f"{w.bo.id},Bo", f"{w.cy.id},Cy"
    later = {activity.value: number for activity, number in w.later.items()}
    texts, plan = "An overview.,A significance.,", ",,,,,"
    first, ran = f"{w.first_id},First reading", w.session.get_one(Round, w.run.round_id)
    digest, inputs = w.run.result_digest.hex(), w.run.input_digest.hex()
    return {
        "questions": f"""\
Q-101,{space},question,in_scope,Why ice?,en,{texts},{plan},small-{w.questions[0].id},,Cold,1,{w.today}
Q-102,{space},question,in_scope,Why dust?,en,{texts},{plan},small-{w.questions[1].id},,Cold,1,{w.today}
""",
        "topics": f"""\
{w.topic.id},{space},Cold,cold, dry,Q-101,Why ice?,en,no,no,no
{w.topic.id},{space},Cold,cold, dry,Q-102,Why dust?,en,no,no,no
""",
        "duplicates": f"""\
Q-101,Why ice?,Q-102,Why dust?,0.8,0.7,meaning,no,{w.today},related,{w.today},Ada,no
""",
        "submissions": f"""\
S-1,Q-101,Q-101,no,question,{space},sent,Why ice?,en,,,,{plan},person,,,1,{w.today},{w.today},,in_scope,,,{w.today},,Zoe,,
S-2,Q-102,Q-102,no,question,{space},sent,Why dust?,en,,,,{plan},person,,,1,{w.today},{w.today},,in_scope,,,{w.today},,Yan,,
""",  # noqa: E501
        "versions": f"""\
S-1,Q-101,1,{w.today},{space},Wording 1?,en,,,,{plan}
S-1,Q-101,2,{w.today},{space},Wording 2?,en,,,,{plan}
""",
        "authors": """\
S-1,Q-101,1,Zoe,Institut d'ici,,FR,student,,no,no,no
S-2,Q-102,1,Yan,,,,,,no,no,no
""",
        "participation": f"""\
region,Western Europe,1,1
region,,1,1
country,FR,1,1
country,,1,1
theme,space,2,2
career,student,1,1
career,,1,1
kind,question,2,2
language,en,2,2
day,{w.today},2,2
""",
        "reviews": f"""\
{first},Q-101,{space},Dust,{bo},my_field,importance,Importance,50,4,{w.today}
{first},Q-101,{space},Dust,{bo},my_field,novelty,Novelty,30,5,{w.today}
""",
        "reviews-wide": f"""\
{first},Q-101,{space},Dust,{bo},submitted,my_field,4.375,'=Good,no,Go,,{w.today},4,5
{first},Q-101,{space},Dust,{cy},abstained,,,,no,,I know her,{w.today},,
""",
        "comparisons": f"""\
{later["comparing"]},Comparing,{space},{bo},Q-101,Q-102,left,,{w.today}
""",
        "ballots": f"""\
{later["ballot"]},Ballot,{space},{bo},1,Q-101,{w.today}
{later["ballot"]},Ballot,{space},{bo},1,Q-102,{w.today}
""",
        "discussion": f"""\
{later["discussion"]},Discussion,Q-101,{space},{cy},no,Indeed,{w.today}
""",
        "rankings": f"""\
{w.run.id},{ran.id},{ran.name},question,official,,frozen,robust,1,salt,{w.today},,,{inputs},{digest}
""",
        "ranked-themes": "".join(
            f"Q-{number},{space},question,1,3,0,4.0,3.5,4.5,0.5,4.1,4,0,0,0,,,,,,,,,no,no,0,ranked,Why {word}?,en,"
            f"{texts},Cold,1,{w.run.id},{digest}\n"
            for number, word in ((101, "ice"), (102, "dust"))
        ),
    }


def test_every_table_says_what_its_reader_may_know(world):
    heading = {name: ",".join(column.name for column in table.columns) for name, table in TABLES.items()}
    heading["reviews-wide"] += ",score_importance,score_novelty"
    wanted = {name: f"{heading[name]}\n{rows}" for name, rows in expected(world).items()}
    assert {name: world.text(name, viewer_id=world.ada.id) for name in wanted} == wanted
    assert set(TABLES) - set(wanted) == {"candidates"}


def test_whoever_runs_the_site_gets_every_row_and_nobody_what_is_open(world):
    own = {name: n - 1 for name in expected(world) if (n := world.text(name).count("\n"))}
    seen = {name: rows.count("\n") for name, rows in expected(world).items()}
    more = {"rankings": 0, "participation": 0, "reviews": 2, "versions": 2}
    assert own == {name: n + more.get(name, 1) for name, n in seen.items()}
    assert "Still open" not in world.text("reviews") + world.text("reviews-wide")


def test_rows_are_counted_as_they_are_written(world, count_statements):
    reader = dict(call=world.call, viewer_id=world.ada.id, chosen=Chosen())
    count_statements.clear()
    counts = row_counts(world.session, **reader)
    assert len(count_statements) == 1
    assert counts == {name: rows.count("\n") for name, rows in expected(world).items()}


def test_a_table_is_one_statement(world, count_statements):
    n_of = {}
    for name in expected(world):
        count_statements.clear()
        world.text(name, viewer_id=world.ada.id)
        n_of[name] = len(count_statements)
    more = {"reviews-wide": 3, "ranked-themes": 2}  # the keys of the criteria, twice; the facts of the run
    assert n_of == {name: more.get(name, 1) for name in expected(world)}


def test_a_search_chooses_rows_of_every_table_and_the_file_says_so(world):
    viewer = Searcher(world.ada.id, is_organizer=True)
    found = question_filter(world.session, call=world.call, viewer=viewer, text="dust")
    chosen = Chosen(found)
    reader = dict(call=world.call, viewer_id=world.ada.id, chosen=chosen)
    assert export_of(world.session, TABLES["reviews"], **reader).about["filter"] == {"search": "dust"}
    assert row_counts(world.session, **reader) == {
        "questions": 1, "topics": 1, "duplicates": 1, "submissions": 1, "versions": 0, "authors": 1,
        "participation": 7, "reviews": 0, "reviews-wide": 0, "comparisons": 1, "ballots": 1, "discussion": 0,
        "rankings": 1, "ranked-themes": 1,
    }  # fmt: skip


def test_a_merged_submission_says_where_it_came_from(world):
    ice, dust, _own = world.questions
    world.session.execute(
        sa.text("UPDATE question_source SET question_id = :into WHERE question_id = :of"),
        {"into": ice.id, "of": dust.id},
    )
    dust.state, dust.merged_into_id = QuestionState.MERGED, ice.id
    world.session.flush()
    lines = world.text("submissions").split("\n")
    assert [line[:20] for line in lines[1:3]] == ["S-1,Q-101,Q-101,no,q", "S-2,Q-101,Q-102,yes,"]
    assert world.text("duplicates").split("\n")[1].endswith("Ada,yes")


def test_rows_wait_in_the_database(world):
    """Read in batches: a cursor stands there until the last row is read."""
    open_cursors = sa.text("SELECT count(*) FROM pg_cursors")
    rows = export_of(world.session, TABLES["questions"], call=world.call, viewer_id=None).rows
    before = world.session.scalar(open_cursors)
    next(rows)
    assert world.session.scalar(open_cursors) == before + 1
    assert len(list(rows)) == 2
    assert world.session.scalar(open_cursors) == before

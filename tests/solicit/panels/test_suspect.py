"""Looking for conflicts of interest: signs, what becomes of decisions, and what a call looks for."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_panels import add_submission, make_panel, make_read_question, seat

from solicit.embeddings.models import EmbeddingModel
from solicit.panels.models import ConflictOfInterest
from solicit.panels.queries.signs import Policy
from solicit.panels.service import conflicts
from solicit.panels.states import ConflictSource, ConflictState
from solicit.questions.models import DuplicateGroup, DuplicatePair
from solicit.questions.states import QuestionState, Verdict

CONFIRMED, SUSPECTED, DISMISSED = ConflictState.CONFIRMED, ConflictState.SUSPECTED, ConflictState.DISMISSED


class Desk:
    """A call with one panelist and one question by somebody else."""

    def __init__(self, session, now):
        self.session, self.now = session, now
        self.call = make_call(session)
        self.organizer = make_organizer(session, self.call)
        self.panel = make_panel(session, self.call)
        self.panelist = seat(
            session, self.call, self.panel, person=make_person(session, email="eva@astro.uni-one.edu", country="DE")
        )
        self.author = make_person(session, email="bo@sea.uni-two.edu", country="FR")
        self.question = make_read_question(session, self.call, authors=[self.author])

    def find(self, **policy) -> int:
        if policy:
            conflicts.change_policy(
                self.session,
                call_id=self.call.id,
                policy=Policy(**policy),
                actor_id=self.organizer.id,
                now=self.now,
            )
        return conflicts.suspect_conflicts(self.session, call_id=self.call.id, now=self.now)

    def decide(self, to, note="They never met."):
        return conflicts.decide_conflicts(
            self.session,
            call_id=self.call.id,
            conflict_ids=[row.id for row in self.rows()],
            to=to,
            note=note,
            actor_id=self.organizer.id,
            now=self.now,
        )

    def rows(self) -> list[ConflictOfInterest]:
        self.session.expire_all()
        return list(self.session.scalars(sa.select(ConflictOfInterest).order_by(ConflictOfInterest.id)))

    def pairs(self) -> list[tuple]:
        return [(row.question_id, row.person_id, row.state, row.source, row.signs) for row in self.rows()]


@pytest.fixture
def desk(session, now):
    return Desk(session, now)


def expected(desk, source, *signs):
    return [(desk.question.id, desk.panelist.id, SUSPECTED, source, sorted(signs or [source.value]))]


def test_nothing_is_suspected_without_a_sign(desk):
    assert desk.find() == 0
    assert desk.rows() == []


def test_who_wrote_anything_together_is_suspected(desk):
    elsewhere = make_read_question(desk.session, make_call(desk.session), authors=[desk.author, desk.panelist])
    assert desk.find() == 1
    assert desk.pairs() == expected(desk, ConflictSource.CO_AUTHOR)
    assert elsewhere.call_id != desk.call.id


@pytest.mark.parametrize(
    ("panelist", "author"),
    [
        ({"ror": "013meh722"}, {"ror": "013meh722"}),
        ({"affiliation": "Université de l'Étoile"}, {"affiliation": "universite de L’Etoile "}),
        ({"email": "eva@physics.uni-two.edu"}, {}),
        ({"email": "eva@ast.cam.ac.uk"}, {"email": "bo@damtp.cam.ac.uk"}),
    ],
)
def test_people_of_one_institution_are_suspected(desk, panelist, author):
    for person, values in ((desk.panelist, panelist), (desk.author, author)):
        for name, value in values.items():
            setattr(person, name, value)
    desk.session.flush()
    assert desk.find() == 1
    assert desk.pairs() == expected(desk, ConflictSource.INSTITUTION)


def test_institution_as_it_was_when_something_was_sent_counts(desk):
    desk.session.execute(
        sa.text("UPDATE authorship SET affiliation = 'Old House of Stars' WHERE person_id = :id"),
        {"id": desk.author.id},
    )
    desk.panelist.affiliation = "Old house of stars"
    assert desk.find() == 1


@pytest.mark.parametrize(
    ("panelist", "author"),
    [
        ({"email": "eva@gmail.com"}, {"email": "bo@gmail.com"}),
        ({"email": "eva@163.com"}, {"email": "bo@163.com"}),
        ({"email": "eva@a.ac.uk"}, {"email": "bo@b.ac.uk"}),
        ({"email": "eva@example.org"}, {"email": "bo@example.org"}),
        ({"affiliation": "Independent researcher"}, {"affiliation": "independent researcher"}),
        ({"affiliation": "–"}, {"affiliation": "–"}),
    ],
)
def test_what_everybody_may_share_is_no_sign(desk, panelist, author):
    for person, values in ((desk.panelist, panelist), (desk.author, author)):
        for name, value in values.items():
            setattr(person, name, value)
    desk.session.flush()
    assert desk.find() == 0


def test_countries_count_only_where_the_call_says_so(desk):
    desk.panelist.country = "FR"
    assert desk.find() == 0
    assert desk.find(countries=True) == 1
    assert desk.pairs() == expected(desk, ConflictSource.COUNTRY)
    desk.find(countries=False)
    assert desk.rows() == []


def make_suspected_pair(desk, own, *, probability=0.9, verdict=None, is_audit=False):
    model = EmbeddingModel(name="a-model", width=3)
    desk.session.add(model)
    desk.session.flush()
    left, right = sorted((own.id, desk.question.id))
    desk.session.add(
        DuplicatePair(
            call_id=desk.call.id,
            left_id=left,
            right_id=right,
            model_id=model.id,
            cosine=0.9,
            probability=probability,
            is_audit=is_audit,
            suggested_at=desk.now,
            verdict=verdict,
            decided_at=desk.now if verdict else None,
        )
    )
    desk.session.flush()


@pytest.mark.parametrize(
    ("values", "is_sign"),
    [
        ({}, True),
        ({"probability": 0.1, "verdict": Verdict.SAME}, True),
        ({"probability": 0.79}, False),
        ({"is_audit": True}, False),
        ({"verdict": Verdict.RELATED}, False),
    ],
)
def test_who_wrote_what_may_be_the_same_question_is_suspected(desk, values, is_sign):
    own = make_read_question(desk.session, desk.call, authors=[desk.panelist])
    make_suspected_pair(desk, own, **values)
    assert desk.find() == int(is_sign)
    assert desk.pairs() == (expected(desk, ConflictSource.GROUP) if is_sign else [])


def test_one_duplicate_group_is_a_sign(desk):
    own = make_read_question(desk.session, desk.call, authors=[desk.panelist])
    desk.session.add_all(
        DuplicateGroup(question_id=question.id, canonical_id=own.id, call_id=desk.call.id)
        for question in (own, desk.question)
    )
    desk.session.flush()
    assert desk.find() == 1


def test_gravest_sign_leads_and_all_are_kept(desk):
    desk.panelist.country = "FR"
    desk.panelist.ror = desk.author.ror = "013meh722"
    add_submission(desk.session, make_read_question(desk.session, desk.call), authors=[desk.author, desk.panelist])
    desk.find(countries=True)
    (row,) = [row for row in desk.rows() if row.question_id == desk.question.id]
    assert (row.source, row.signs) == (ConflictSource.CO_AUTHOR, ["co_author", "country", "institution"])


def test_own_questions_are_confirmed_and_never_suspected(desk):
    own = make_read_question(desk.session, desk.call, authors=[desk.panelist, desk.author])
    conflicts.find_conflicts(desk.session, call_id=desk.call.id, now=desk.now)
    assert {(row.question_id, row.state) for row in desk.rows()} == {
        (own.id, CONFIRMED),
        (desk.question.id, SUSPECTED),
    }


def test_questions_outside_the_call_and_unseated_people_are_left_alone(desk):
    desk.panelist.ror = desk.author.ror = "013meh722"
    make_read_question(desk.session, desk.call, authors=[desk.author], state=QuestionState.NEW)
    make_person(desk.session, ror="013meh722")
    assert desk.find() == 1


def test_dismissed_one_stays_until_there_is_a_new_sign(desk):
    desk.panelist.ror = desk.author.ror = "013meh722"
    desk.find()
    desk.decide(DISMISSED)
    assert desk.find() == 0
    assert [row.state for row in desk.rows()] == [DISMISSED]
    make_read_question(desk.session, make_call(desk.session), authors=[desk.author, desk.panelist])
    assert desk.find() == 1
    (row,) = desk.rows()
    assert (row.state, row.source, row.signs) == (SUSPECTED, ConflictSource.CO_AUTHOR, ["co_author", "institution"])
    assert (row.decided_at, row.decided_by_id, row.decision_note) == (None, None, "")


def test_dismissed_one_stays_when_a_sign_comes_back(desk):
    desk.panelist.ror = desk.author.ror = "013meh722"
    desk.find()
    desk.decide(DISMISSED)
    desk.find(institutions=False)
    assert desk.find(institutions=True) == 0


def test_confirmed_one_is_never_touched(desk):
    desk.panelist.ror = desk.author.ror = "013meh722"
    desk.find()
    desk.decide(CONFIRMED, note="")
    make_read_question(desk.session, make_call(desk.session), authors=[desk.author, desk.panelist])
    assert desk.find() == 0
    assert desk.pairs()[0][2:] == (CONFIRMED, ConflictSource.INSTITUTION, ["institution"])


def test_searching_twice_changes_nothing(desk):
    desk.panelist.ror = desk.author.ror = "013meh722"
    assert (desk.find(), desk.find()) == (1, 0)


@pytest.mark.parametrize("n", [1, 12])
def test_statements_do_not_grow_with_questions_and_panelists(desk, count_statements, n):
    desk.author.ror = "013meh722"
    for _ in range(n):
        make_read_question(desk.session, desk.call, authors=[desk.author])
        seat(desk.session, desk.call, desk.panel, person=make_person(desk.session, ror="013meh722"))
    desk.session.flush()
    count_statements.clear()
    assert desk.find() == n * (n + 1)
    assert len(count_statements) == 4

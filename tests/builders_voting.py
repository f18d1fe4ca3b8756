"""Rounds of comparing and of ranked ballots, and what panelists do in them."""

import sqlalchemy as sa
from builders import make_call
from builders_panels import make_later_round, make_panel, make_read_question, make_round, seat

from solicit.clock import utcnow
from solicit.panels.models import Ballot, BallotPlace, Comparison, ConflictOfInterest
from solicit.panels.states import Activity, ConflictSource, ConflictState


class Voting:
    """An open round of an activity over one theme, with a panel of everybody who may vote."""

    def __init__(self, session, activity, *, n_questions=5, n_people=2, **round_values):
        self.session = session
        self.call = make_call(session)
        self.panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, self.panel) for _ in range(n_people)]
        self.questions = [make_read_question(session, self.call) for _ in range(n_questions)]
        self.theme_id = self.questions[0].theme_id
        self.first_id = make_round(session, self.call, state="closed")
        self.round_id = make_later_round(session, self.first_id, activity, self.questions, **round_values)

    @property
    def person(self):
        return self.people[0]

    def address(self, more="") -> str:
        return f"/{self.call.slug}/review/{more}"

    def conflict(self, person, question, state=ConflictState.CONFIRMED) -> None:
        """A conflict that was found and, unless it is only suspected, decided."""
        decided_at = None if state is ConflictState.SUSPECTED else utcnow()
        row = dict(question_id=question.id, person_id=person.id, state=state, decided_at=decided_at)
        self.session.add(ConflictOfInterest(**row, source=ConflictSource.INSTITUTION, created_at=utcnow()))
        self.session.flush()

    def pairs(self, person=None) -> list[Comparison]:
        person = person or self.person
        wanted = sa.select(Comparison).where(Comparison.round_id == self.round_id, Comparison.person_id == person.id)
        return list(self.session.scalars(wanted.order_by(Comparison.id).execution_options(populate_existing=True)))

    def ballot(self, person=None) -> Ballot | None:
        person = person or self.person
        wanted = sa.select(Ballot).where(Ballot.round_id == self.round_id, Ballot.person_id == person.id)
        return self.session.scalar(wanted.execution_options(populate_existing=True))

    def places(self, person=None) -> dict[int, int]:
        """Places by the index of the question."""
        ballot = self.ballot(person)
        found = sa.select(BallotPlace.question_id, BallotPlace.place).where(BallotPlace.ballot_id == ballot.id)
        index = {question.id: n for n, question in enumerate(self.questions)}
        return {index[question_id]: place for question_id, place in self.session.execute(found)}


def make_comparing(session, **values) -> Voting:
    return Voting(session, Activity.COMPARING, **values)


def make_balloting(session, **values) -> Voting:
    return Voting(session, Activity.BALLOT, **values)

"""Who plants: the world, its people, and the canary of each field."""

from dataclasses import dataclass

import sqlalchemy as sa
from architecture.world import World
from builders_submissions import author_values, make_question

from solicit.clock import utcnow
from solicit.panels.models import (
    ConflictOfInterest,
)
from solicit.panels.states import (
    ConflictSource,
    ConflictState,
)
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Submission
from trust.people import People


@dataclass(frozen=True)
class Planter:
    session: object
    world: World
    people: People
    canaries: dict

    def text(self, field: str) -> str:
        return self.canaries[field].text

    def add(self, *rows) -> None:
        self.session.add_all(rows)
        self.session.flush()

    def persona(self, name: str) -> Person:
        return self.session.get_one(Person, self.world.people[name])

    def question(self, author: Person, *, title: str = "", call=None, **values) -> Question:
        wording = {"title": title, "goal_overview": title, "significance": title} if title else {}
        said = author_values(full_name=author.full_name, affiliation=author.affiliation or "A House")
        return make_question(self.session, call or self.world.call, author, author=said, **wording | values)

    def sent(self) -> Submission:
        """What the owner sent."""
        wanted = sa.select(Submission).where(Submission.reference == self.world.things["reference"])
        return self.session.scalars(wanted).one()

    def submission_of(self, question: Question) -> Submission:
        wanted = sa.select(Submission).join(QuestionSource).where(QuestionSource.question_id == question.id)
        return self.session.scalars(wanted).one()


def conflict(planter: Planter, question: Question, person: Person, **values) -> None:
    planter.add(
        ConflictOfInterest(
            question_id=question.id,
            person_id=person.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            created_at=utcnow(),
            **values,
        )
    )

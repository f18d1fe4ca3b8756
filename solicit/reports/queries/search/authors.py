"""Who is written to about the questions that a search finds: everybody once, with the titles of what they sent."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from solicit.mail.models import MailStop
from solicit.mail.service import Recipient
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Submission
from solicit.submissions.queries.correspondence import correspondents
from solicit.submissions.states import LIVE

LETTER_KIND = "message_to_authors"


@dataclass(frozen=True)
class Author:
    """Somebody whose submission, still in the call, speaks through one of the questions."""

    to: Recipient
    name: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Authors:
    """Whoever gets a letter, and how many want none of this kind."""

    people: tuple[Author, ...]
    n_stopped: int


def authors_of(session: Session, *, condition: sa.ColumnElement[bool]) -> Authors:
    """The submitters and corresponding authors of the questions under a condition; one statement."""
    told = correspondents()
    titles = sa.func.array_agg(aggregate_order_by(Submission.title, Submission.id))
    rows = session.execute(
        sa.select(Person.id, Person.email, Person.locale, Person.full_name, titles, MailStop.person_id)
        .select_from(QuestionSource)
        .join(Question, Question.id == QuestionSource.question_id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(told, told.c.submission_id == Submission.id)
        .join(Person, Person.id == told.c.person_id)
        .outerjoin(MailStop, sa.and_(MailStop.person_id == Person.id, MailStop.kind == LETTER_KIND))
        .where(condition, Submission.state.in_(LIVE), Person.active)
        .group_by(Person.id, MailStop.person_id)
        .order_by(Person.id)
    ).all()
    people = tuple(
        Author(Recipient(email, locale, id_), name, tuple(own))
        for id_, email, locale, name, own, stop in rows
        if not stop
    )
    return Authors(people, len(rows) - len(people))

"""The people of a call whom a search finds by name and country: for organizers alone.

There are those with a role in the call, and whoever wrote a question that the organizer may see; of nobody is anything
told, or left out, for what they wrote besides.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import ROLE_WORDS, Role
from solicit.calls.queries import CallFacts
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource
from solicit.reports.queries.search.conditions import countries_by_name, known
from solicit.reports.queries.search.language import Query
from solicit.reports.queries.search.names import is_named
from solicit.reports.queries.search.sight import Searcher, visible
from solicit.submissions.models import Submission
from solicit.submissions.queries.correspondence import everybody
from solicit.submissions.states import LIVE
from solicit.web.pagination import Window


@dataclass(frozen=True)
class FoundPerson:
    """Somebody who wrote for the call, or has a role in it."""

    id: int
    name: str
    country: str | None
    role_words: tuple[str, ...]
    n_submissions: int


def asks_for_people(query: Query, searcher: Searcher) -> bool:
    """People have a name and a country: a search with any other keyword, or with nothing, is not about them."""
    return searcher.is_organizer and bool(query.terms) and all(term.keyword == "country" for term in query.named)


def n_people(session: Session, *, call: CallFacts, searcher: Searcher, query: Query) -> int:
    """One statement; none for a search that is not about people."""
    if not asks_for_people(query, searcher):
        return 0
    return session.scalar(sa.select(sa.func.count()).select_from(_people(call, searcher, query).subquery()))


def found_people(
    session: Session, *, call: CallFacts, searcher: Searcher, query: Query, window: Window
) -> tuple[FoundPerson, ...]:
    """One page of them by name; one statement."""
    page = _people(call, searcher, query).order_by(Person.full_name, Person.id)
    page = page.limit(window.size).offset(window.offset).subquery()
    written = _written(call, searcher).subquery()
    n = sa.select(sa.func.count()).where(written.c.person_id == page.c.id).scalar_subquery()
    held = sa.select(sa.func.array_agg(sa.cast(RoleGrant.role, sa.Text)))
    held = held.where(RoleGrant.person_id == page.c.id, RoleGrant.call_id == call.id).scalar_subquery()
    rows = session.execute(sa.select(page, held.label("roles"), n.label("n")).order_by(page.c.full_name, page.c.id))
    return tuple(
        FoundPerson(
            id=row.id,
            name=row.full_name,
            country=row.country,
            role_words=tuple(ROLE_WORDS[role] for role in Role if role.value in (row.roles or ())),
            n_submissions=row.n,
        )
        for row in rows
    )


def _people(call: CallFacts, searcher: Searcher, query: Query) -> sa.Select:
    written = _written(call, searcher).subquery()
    belongs = sa.select(written.c.person_id).union(sa.select(RoleGrant.person_id).where(RoleGrant.call_id == call.id))
    people = sa.select(Person.id, Person.full_name, Person.country).where(Person.active, Person.id.in_(belongs))
    for term in query.words:
        fits = is_named(Person.full_name, term.text)
        people = people.where(~fits if term.is_not else fits)
    for term in query.named:
        lives = sa.func.coalesce(Person.country.in_(known(term, countries_by_name())), sa.false())
        people = people.where(~lives if term.is_not else lives)
    return people


def _written(call: CallFacts, searcher: Searcher) -> sa.Select:
    """(submission_id, person_id) of everybody who sent or wrote something that is still there to be seen."""
    wrote = everybody()
    return (
        sa.select(wrote.c.submission_id, wrote.c.person_id)
        .join(Submission, Submission.id == wrote.c.submission_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .where(visible(call, searcher), Submission.state.in_(LIVE))
    )

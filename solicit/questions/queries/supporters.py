"""How many people want a question answered: exact numbers stay here, the public reads bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.people.models import Person
from solicit.questions.models import Question, Support

# The least number of people of each band.
BANDS = (1, 5, 10, 20, 50, 100, 200, 500, 1_000)


@dataclass(frozen=True)
class SupportCount:
    """Distinct people, and the distinct countries of those who gave one."""

    n_people: int
    n_countries: int


def band_of(n: int) -> tuple[int, int | None] | None:
    """The band of a number of supporters as its least and most; None for nobody."""
    place = sum(least <= n for least in BANDS)
    if place == 0:
        return None
    return BANDS[place - 1], BANDS[place] - 1 if place < len(BANDS) else None


def group_of(question: int | sa.Select) -> sa.CTE:
    """The ids of a question, given by its id or a select of it, and of all that were merged into it, even by detour."""
    start = sa.select(sa.literal(question, sa.BigInteger).label("id")) if isinstance(question, int) else question
    group = start.cte("merged_group", recursive=True)
    return group.union(sa.select(Question.id).join(group, Question.merged_into_id == group.c.id))


def n_supporters(group: sa.CTE) -> sa.ScalarSelect[int]:
    """How many people support a question of the group; each counts once."""
    people = sa.select(sa.func.count(sa.distinct(Support.person_id)))
    return people.join(group, Support.question_id == group.c.id).where(Support.withdrawn_at.is_(None)).scalar_subquery()


def n_countries(group: sa.CTE) -> sa.ScalarSelect[int]:
    """From how many countries they are; a person who named none counts for none."""
    countries = sa.select(sa.func.count(sa.distinct(Person.country))).join(Support, Support.person_id == Person.id)
    return (
        countries.join(group, Support.question_id == group.c.id).where(Support.withdrawn_at.is_(None)).scalar_subquery()
    )


def supporters_per_question(call_id: int) -> sa.Subquery:
    """Columns ``question_id`` and ``n``, for the questions of a call that stand by themselves."""
    standing = sa.select(Question.id).where(Question.call_id == call_id, Question.merged_into_id.is_(None))
    return supporters_of(standing.cte("standing"))


def supporters_of(questions: sa.CTE) -> sa.Subquery:
    """Columns ``question_id`` and ``n``, for those of the questions (column ``id``) that somebody supports."""
    given = _given_to(questions)
    people = sa.func.count(sa.distinct(Support.person_id))
    return given.add_columns(people.label("n")).subquery()


def exact_support(session: Session, *, question_ids: Sequence[int]) -> Mapping[int, SupportCount]:
    """How many people from how many countries support each question, for organizers; one statement."""
    asked = sa.select(Question.id).where(Question.id.in_(question_ids)).cte("asked")
    given = _given_to(asked).join(Person, Person.id == Support.person_id)
    people, countries = sa.func.count(sa.distinct(Support.person_id)), sa.func.count(sa.distinct(Person.country))
    counted = {row[0]: SupportCount(*row[1:]) for row in session.execute(given.add_columns(people, countries))}
    return {question_id: counted.get(question_id, SupportCount(0, 0)) for question_id in question_ids}


def _given_to(questions: sa.CTE) -> sa.Select:
    """The standing support of the questions and of what was merged into them, grouped by question."""
    group = sa.select(questions.c.id.label("question_id"), questions.c.id).cte(
        f"{questions.name}_group", recursive=True
    )
    group = group.union_all(
        sa.select(group.c.question_id, Question.id).join(group, Question.merged_into_id == group.c.id)
    )
    return (
        sa.select(group.c.question_id)
        .join(Support, Support.question_id == group.c.id)
        .where(Support.withdrawn_at.is_(None))
        .group_by(group.c.question_id)
    )


def band_rank(n: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The place of a number's band, so that a list sorted by support tells no more than its bands."""
    return sa.func.width_bucket(n, sa.cast(list(BANDS), sa.ARRAY(sa.BigInteger)))

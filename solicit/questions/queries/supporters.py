"""How many people want a question answered: exact numbers stay here, the public reads bands."""

import sqlalchemy as sa

from solicit.questions.models import Question, Support

# The least number of people of each band.
BANDS = (1, 5, 10, 20, 50, 100, 200, 500, 1_000)


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


def supporters_per_question(call_id: int) -> sa.Subquery:
    """Columns ``question_id`` and ``n``, for the questions of a call that stand by themselves."""
    climb = (
        sa.select(Question.id.label("given_to"), Question.id, Question.merged_into_id)
        .where(Question.call_id == call_id)
        .where(sa.exists().where(Support.question_id == Question.id))
        .cte("support_climb", recursive=True)
    )
    above = sa.select(climb.c.given_to, Question.id, Question.merged_into_id).join(
        climb, Question.id == climb.c.merged_into_id
    )
    climb = climb.union(above)
    people = sa.func.count(sa.distinct(Support.person_id))
    return (
        sa.select(climb.c.id.label("question_id"), people.label("n"))
        .join(Support, Support.question_id == climb.c.given_to)
        .where(climb.c.merged_into_id.is_(None), Support.withdrawn_at.is_(None))
        .group_by(climb.c.id)
        .subquery()
    )


def band_rank(n: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The place of a number's band, so that a list sorted by support tells no more than its bands."""
    return sa.func.width_bucket(n, sa.cast(list(BANDS), sa.ARRAY(sa.BigInteger)))

"""Signs of conflicts of interest between the questions of a call and people who judge or may judge them."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.states import CallState
from solicit.panels.models import ConflictPolicy, Panel, Panelist
from solicit.panels.queries.conflicts import own_pairs
from solicit.panels.queries.kinship import institution_keys
from solicit.panels.states import ConflictSource
from solicit.people.models import Person
from solicit.questions.models import DuplicateGroup, DuplicatePair, Question, QuestionSource
from solicit.questions.states import QuestionState, Verdict
from solicit.submissions.models import Authorship, CoAuthor, Submission

# From here on a suggested pair that nobody judged counts as one question.
PROBABLY_SAME = 0.8
# Stands for an address that has no account.
NOBODY = 0


@dataclass(frozen=True)
class Policy:
    """Which signs a call looks for."""

    co_authors: bool = True
    institutions: bool = True
    groups: bool = True
    countries: bool = False


@dataclass(frozen=True)
class Judges:
    """Whose conflicts are looked for: those who sit on the panels of a call, or one person or address."""

    ids: sa.Select
    extra_email: str = ""


def _writers() -> sa.CTE:
    """(submission_id, person_id) of everybody who wrote or sent a submission, or agreed to be named with it."""
    wrote = sa.select(Authorship.submission_id, Authorship.person_id)
    agreed = sa.select(CoAuthor.submission_id, CoAuthor.person_id).where(CoAuthor.person_id.is_not(None))
    sent = sa.select(Submission.id, Submission.submitter_id)
    sent = sent.where(Submission.submitter_id.is_not(None), Submission.sent_at.is_not(None))
    return sa.union(wrote, agreed, sent).cte("writer")


# One and the same wherever a statement names it.
WRITERS = _writers()


def policy_of(session: Session, *, call_id: int) -> Policy:
    """What a call looks for; one statement."""
    row = session.get(ConflictPolicy, call_id)
    return Policy(row.co_authors, row.institutions, row.groups, row.countries) if row else Policy()


def seated_in(call_id: int) -> Judges:
    seats = sa.select(Panelist.person_id).join(Panel, Panel.id == Panelist.panel_id)
    return Judges(seats.where(Panel.call_id == call_id).distinct())


def calls_with_panelists(session: Session) -> tuple[int, ...]:
    """The calls that are not over and have somebody on a panel; one statement."""
    seated = sa.select(Panel.call_id).join(Panelist, Panelist.panel_id == Panel.id)
    live = sa.select(Call.id).where(Call.id.in_(seated), Call.state.not_in((CallState.PUBLISHED, CallState.ARCHIVED)))
    return tuple(session.scalars(live.order_by(Call.id)))


def found_signs(session: Session, *, call_id: int, policy: Policy, judges: Judges) -> sa.Select:
    """(question_id, person_id, signs) of every pair with a sign, own questions left out.

    One statement reads what people have in common; the rest is a query that the caller puts to use.
    """
    authors = _authors_of_questions(call_id)
    parts = []
    if policy.co_authors:
        parts.append(_through(authors, _written_together(judges), ConflictSource.CO_AUTHOR))
    if policy.groups:
        parts.append(_grouped(call_id, judges))
    if policy.institutions:
        keys = list(_keys(session, authors, judges))
        parts.append(_through(authors, _alike(keys), ConflictSource.INSTITUTION))
    if policy.countries:
        parts.append(_through(authors, _compatriots(judges, authors), ConflictSource.COUNTRY))
    if not parts:
        return sa.select(Question.id, Question.id, sa.literal([], sa.ARRAY(sa.Text))).where(sa.false())
    every = sa.union_all(*parts).subquery("sign")
    own = own_pairs().subquery("own")
    is_own = sa.and_(own.c.question_id == every.c.question_id, own.c.person_id == every.c.person_id)
    signs = sa.func.array_agg(sa.distinct(every.c.sign), type_=sa.ARRAY(sa.Text)).label("signs")
    return (
        sa.select(every.c.question_id, every.c.person_id, signs)
        .outerjoin(own, is_own)
        .where(own.c.question_id.is_(None))
        .group_by(every.c.question_id, every.c.person_id)
    )


def _authors_of_questions(call_id: int) -> sa.CTE:
    """(question_id, person_id) of those who wrote the questions that panels may be asked about."""
    return (
        sa.select(QuestionSource.question_id, WRITERS.c.person_id)
        .join(WRITERS, WRITERS.c.submission_id == QuestionSource.submission_id)
        .join(Question, Question.id == QuestionSource.question_id)
        .where(Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE)
        .distinct()
        .cte("author")
    )


def _through(authors: sa.CTE, related: sa.Subquery, sign: ConflictSource) -> sa.Select:
    """The questions whose author is related to a judge."""
    return sa.select(
        authors.c.question_id, related.c.judge_id.label("person_id"), sa.literal(sign.value).label("sign")
    ).join(related, related.c.author_id == authors.c.person_id)


def _written_together(judges: Judges) -> sa.Subquery:
    mine, theirs = WRITERS.alias("mine"), WRITERS.alias("theirs")
    return (
        sa.select(mine.c.person_id.label("judge_id"), theirs.c.person_id.label("author_id"))
        .join(theirs, theirs.c.submission_id == mine.c.submission_id)
        .where(mine.c.person_id.in_(judges.ids), mine.c.person_id != theirs.c.person_id)
        .distinct()
        .subquery("together")
    )


def _keys(session: Session, authors: sa.CTE, judges: Judges) -> Iterator[tuple[int, bool, str]]:
    """(person_id, is_judge, key) of everybody whose institution has a judge; folding needs more than the database."""
    judging, writing = Person.id.in_(judges.ids), Person.id.in_(sa.select(authors.c.person_id))
    now = sa.select(Person.id, judging.label("is_judge"), Person.email, Person.affiliation, Person.ror)
    as_sent = sa.select(Person.id, judging, sa.literal(""), Authorship.affiliation, Authorship.ror)
    as_sent = as_sent.join(Authorship, Authorship.person_id == Person.id)
    meant = sa.or_(judging, writing)
    people = session.execute(sa.union(now.where(meant), as_sent.where(meant))).all()
    known = {
        (person_id, is_judge, key)
        for person_id, is_judge, email, affiliation, ror in people
        for key in institution_keys(email, affiliation, ror)
    }
    known |= {(NOBODY, True, key) for key in institution_keys(judges.extra_email, "", None)}
    judged = {key for _, is_judge, key in known if is_judge}
    return (row for row in sorted(known) if row[2] in judged)


def _alike(keys: list[tuple[int, bool, str]]) -> sa.Subquery:
    """(judge_id, author_id) of people with a key in common."""
    judge, author = _table_of(keys, "judge_key"), _table_of(keys, "author_key")
    return (
        sa.select(judge.c.person_id.label("judge_id"), author.c.person_id.label("author_id"))
        .join(author, author.c.key == judge.c.key)
        .where(judge.c.is_judge, judge.c.person_id != author.c.person_id)
        .distinct()
        .subquery("alike")
    )


def _table_of(keys: list[tuple[int, bool, str]], name: str) -> sa.TableValuedAlias:
    columns = list(zip(*keys, strict=True)) or [(), (), ()]
    types = (sa.BigInteger, sa.Boolean, sa.Text)
    arrays = (
        sa.cast(sa.literal(list(values), sa.ARRAY(type_)), sa.ARRAY(type_))
        for values, type_ in zip(columns, types, strict=True)
    )
    shape = (sa.column("person_id", sa.BigInteger), sa.column("is_judge", sa.Boolean), sa.column("key", sa.Text))
    return sa.func.unnest(*arrays).table_valued(*shape, name=name).render_derived()


def _compatriots(judges: Judges, authors: sa.CTE) -> sa.Subquery:
    """(judge_id, author_id) of people of one country, as they say now or said when they sent something."""
    now = sa.select(Person.id.label("person_id"), Person.country).where(Person.country.is_not(None))
    sent = sa.select(Authorship.person_id, Authorship.country).where(Authorship.country.is_not(None))
    judge, author = sa.union(now, sent).subquery("judge_land"), sa.union(now, sent).subquery("author_land")
    return (
        sa.select(judge.c.person_id.label("judge_id"), author.c.person_id.label("author_id"))
        .join(author, author.c.country == judge.c.country)
        .where(judge.c.person_id.in_(judges.ids), author.c.person_id.in_(sa.select(authors.c.person_id)))
        .where(judge.c.person_id != author.c.person_id)
        .distinct()
        .subquery("compatriots")
    )


def _grouped(call_id: int, judges: Judges) -> sa.Select:
    """The questions that may be the same as one that a judge wrote."""
    own = own_pairs().subquery("own_question")
    is_same = sa.or_(
        DuplicatePair.verdict == Verdict.SAME,
        sa.and_(DuplicatePair.verdict.is_(None), ~DuplicatePair.is_audit, DuplicatePair.probability >= PROBABLY_SAME),
    )
    pairs = [
        sa.select(one.label("mine"), other.label("theirs")).where(is_same, DuplicatePair.call_id == call_id)
        for one, other in (
            (DuplicatePair.left_id, DuplicatePair.right_id),
            (DuplicatePair.right_id, DuplicatePair.left_id),
        )
    ]
    first, second = sa.orm.aliased(DuplicateGroup), sa.orm.aliased(DuplicateGroup)
    together = sa.select(first.question_id, second.question_id).join(
        second, sa.and_(second.canonical_id == first.canonical_id, second.question_id != first.question_id)
    )
    same = sa.union(*pairs, together.where(first.call_id == call_id)).subquery("same")
    return (
        sa.select(same.c.theirs.label("question_id"), own.c.person_id, sa.literal(ConflictSource.GROUP.value))
        .join(own, own.c.question_id == same.c.mine)
        .join(Question, Question.id == same.c.theirs)
        .where(own.c.person_id.in_(judges.ids), Question.state == QuestionState.IN_SCOPE)
    )

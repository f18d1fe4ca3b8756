"""Who may take part in the discussion of a question: who judged it, and who chairs; a conflict wins."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.models import RoleGrant
from solicit.access.policy import Role, Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Assignment, DiscussionPost, DiscussionSummary, Panel, Round, RoundQuestion
from solicit.panels.queries.conflicts import conflict_pairs, without_conflict
from solicit.panels.states import DONE, ROUND_WORDS, Activity, RoundState
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.states import QuestionState, parse_label, question_label
from solicit.web.pagination import Window

HAS_OPENED = sa.and_(Round.activity == Activity.DISCUSSION, Round.state != RoundState.DRAFT)


@dataclass(frozen=True)
class DiscussedRow:
    """A question that is talked about, in the list."""

    label: str
    title: str
    language: str
    theme: ThemeView | None
    round_name: str
    is_open: bool
    state_word: str
    closes_at: datetime
    n_posts: int
    has_summary: bool


def discussion_subject(session: Session, *, call: CallFacts, label: str, **_) -> Subject | None:
    """Facts for the policy: who judged the question or chairs its panel, and who is in conflict with it."""
    wanted = parse_label(label)
    if wanted is None:
        return None
    pairs = conflict_pairs()
    conflicted = sa.select(pairs.c.person_id).where(pairs.c.question_id == Question.id)
    is_discussed = sa.exists().where(
        RoundQuestion.question_id == Question.id, RoundQuestion.round_id == Round.id, HAS_OPENED
    )
    found = session.execute(
        sa.select(
            sa.func.array(_judges().correlate(Question).scalar_subquery()),
            sa.func.array(_chairs().correlate(Question).scalar_subquery()),
            sa.func.array(conflicted.correlate(Question).scalar_subquery()),
        ).where(
            Question.call_id == call.id,
            Question.kind == wanted[0],
            Question.number == wanted[1],
            Question.state == QuestionState.IN_SCOPE,
            is_discussed,
        )
    ).one_or_none()
    if found is None:
        return None
    judges, chairs, in_conflict = (frozenset(ids) for ids in found)
    return Subject(call_id=call.id, assignee_ids=judges | chairs, conflicted_ids=in_conflict)


def is_chair_of(person_id: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that a person chairs the discussion of the outer statement's question."""
    return _has(_chairs(), person_id)


def has_judged(person_id: int) -> sa.ColumnElement[bool]:
    """The condition that a person judged the outer statement's question in the series that is discussed."""
    return _has(_judges(), person_id)


def discussed_rows(
    session: Session, *, call: CallFacts, viewer_id: int, is_organizer: bool, window: Window
) -> tuple[tuple[DiscussedRow, ...], int]:
    """The questions whose discussion ``viewer_id`` may read, open ones first, and how many; two statements."""
    wanted = _discussed(call.id).where(without_conflict(Question.id, viewer_id))
    if not is_organizer:
        wanted = wanted.where(sa.or_(_has(_judges(), viewer_id), _has(_chairs(), viewer_id)))
    total = session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery()))
    posts = sa.select(sa.func.count()).where(
        DiscussionPost.round_id == Round.id,
        DiscussionPost.question_id == Question.id,
        DiscussionPost.withdrawn_at.is_(None),
    )
    summary = sa.exists().where(DiscussionSummary.round_id == Round.id, DiscussionSummary.question_id == Question.id)
    found = session.execute(
        wanted.add_columns(
            panel_text("title"),
            posts.correlate(Round, Question).scalar_subquery().label("n_posts"),
            summary.correlate(Round, Question).label("has_summary"),
        )
        .order_by((Round.state == RoundState.OPEN).desc(), Round.id.desc(), Question.number)
        .limit(window.size)
        .offset(window.offset)
    )
    return tuple(_row(call, row) for row in found), total or 0


def _judges() -> sa.Select:
    """Who gave a review of the outer question, or abstained, in the series of the outer discussion."""
    judged_in = aliased(Round)
    discussed = aliased(Round)
    talk = aliased(RoundQuestion)
    return (
        sa.select(Assignment.person_id)
        .join(judged_in, judged_in.id == Assignment.round_id)
        .join(talk, talk.question_id == Assignment.question_id)
        .join(discussed, sa.and_(discussed.id == talk.round_id, discussed.activity == Activity.DISCUSSION))
        .where(Assignment.question_id == Question.id, Assignment.state.in_(DONE))
        .where(sa.func.coalesce(judged_in.follows_id, judged_in.id) == discussed.follows_id)
        .where(discussed.state != RoundState.DRAFT)
    )


def _chairs() -> sa.Select:
    """Who chairs the panel that discusses the outer question; where all panels do, those at home of its theme."""
    discussed, talk = aliased(Round), aliased(RoundQuestion)
    return (
        sa.select(RoleGrant.person_id)
        .join(Panel, Panel.id == RoleGrant.panel_id)
        .join(discussed, sa.or_(discussed.panel_id.is_(None), discussed.panel_id == Panel.id))
        .join(talk, talk.round_id == discussed.id)
        .where(talk.question_id == Question.id, discussed.activity == Activity.DISCUSSION)
        .where(discussed.state != RoundState.DRAFT)
        .where(RoleGrant.role == Role.CHAIR, Panel.call_id == Question.call_id)
        .where(sa.or_(Panel.theme_id.is_(None), Panel.theme_id == Question.theme_id))
    )


def _has(people: sa.Select, person_id: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    who = sa.literal(person_id) if isinstance(person_id, int) else person_id
    return who.in_(people.correlate(Question))


def _discussed(call_id: int) -> sa.Select:
    return (
        sa.select(
            Question.kind,
            Question.number,
            Question.language,
            Question.theme_id,
            Round.name,
            Round.state,
            Round.closes_at,
        )
        .join(RoundQuestion, RoundQuestion.question_id == Question.id)
        .join(Round, Round.id == RoundQuestion.round_id)
        .where(Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE, HAS_OPENED)
    )


def _row(call: CallFacts, row: sa.Row) -> DiscussedRow:
    return DiscussedRow(
        label=question_label(row.kind, row.number) or "",
        title=row.title,
        language=row.language,
        theme=call.theme_by_id(row.theme_id),
        round_name=row.name,
        is_open=row.state is RoundState.OPEN,
        state_word=ROUND_WORDS[row.state],
        closes_at=row.closes_at,
        n_posts=row.n_posts,
        has_summary=row.has_summary,
    )

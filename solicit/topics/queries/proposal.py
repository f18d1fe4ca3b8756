"""A proposal as organizers read it: what would change, and which questions would go where."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState, question_label
from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember, TopicRun
from solicit.topics.queries.changes import (
    Flow,
    Moves,
    ProposedFacts,
    TopicChange,
    changes_of_theme,
    count_moves,
    move_of,
)
from solicit.topics.queries.topics import stands_for_question, topic_name
from solicit.topics.states import Change, RunState
from solicit.web.pagination import Window
from solicit.words import N_

MOVE_WORDS = {"move": N_("Go to another topic"), "first": N_("Get their first topic"), "lose": N_("Lose their topic")}


@dataclass(frozen=True)
class ThemeChanges:
    """What a proposal changes in one theme; what stays as it is comes apart."""

    theme: ThemeView
    changes: tuple[TopicChange, ...]
    unchanged: tuple[TopicChange, ...]


@dataclass(frozen=True)
class Proposal:
    """A grouping that waits for a decision."""

    id: int
    run_at: datetime
    goes_back_to: int | None
    n_topics: int
    moves: Moves
    per_change: Mapping[Change, int]
    themes: tuple[ThemeChanges, ...]
    # How many questions the list has: by kind of move, and by theme.
    per_move: Mapping[str, int]
    per_theme: Mapping[int, int]
    names: Mapping[int, str]
    proposed_names: Mapping[int, str]

    def n(self, change: str) -> int:
        """How many topics are changed so."""
        return self.per_change.get(Change(change), 0)


@dataclass(frozen=True)
class MovedQuestion:
    """A question that would be in another topic than it is."""

    id: int
    label: str
    title: str
    language: str
    theme: ThemeView
    old_id: int | None
    old: str | None
    new: str | None


def waiting_proposal(
    session: Session, *, call: CallFacts, viewer_id: int, move: str | None = None, theme: ThemeView | None = None
) -> Proposal | None:
    """The proposal of a call that waits, with what it would change; four statements.

    Questions in which the viewer has a part are counted nowhere: no difference tells where they would go.
    ``move`` and ``theme`` are the filters of the list, each counted under the other one.
    """
    waiting = sa.select(TopicRun).where(TopicRun.call_id == call.id, TopicRun.state == RunState.PROPOSED)
    run = session.scalar(waiting)
    if run is None:
        return None
    proposed = _proposed_topics(session, run.id, viewer_id)
    names = _standing_names(session, call)
    flows = _flows(session, call, run.id, viewer_id)
    themes = tuple(_theme_changes(theme, flows, proposed, names) for theme in call.themes)
    per_move, per_theme = _counts(flows, proposed, move, theme)
    return Proposal(
        id=run.id,
        run_at=run.run_at,
        goes_back_to=run.parameters.get("goes_back_to"),
        n_topics=len(proposed),
        moves=count_moves(flows, proposed),
        per_change=Counter(each.change for theme in themes for each in (*theme.changes, *theme.unchanged)),
        themes=tuple(theme for theme in themes if theme.changes or theme.unchanged),
        per_move=per_move,
        per_theme=per_theme,
        names=names,
        proposed_names={topic.id: topic.name for topic in proposed},
    )


def moved_questions(
    session: Session,
    *,
    call: CallFacts,
    viewer_id: int,
    proposal: Proposal,
    move: str | None = None,
    theme: ThemeView | None = None,
    window: Window | None = None,
) -> tuple[MovedQuestion, ...]:
    """Questions that would go elsewhere, without those in which the viewer has a part; one statement."""
    rows = (
        _questions(call, proposal.id)
        .with_only_columns(
            Question.id,
            Question.kind,
            Question.number,
            Question.title,
            Question.language,
            Question.theme_id,
            Topic.id.label("old_id"),
            ProposedTopic.id.label("new_id"),
        )
        .where(_moves(move), ~is_involved(viewer_id, Question.id))
        .order_by(Question.kind, Question.number)
    )
    if theme is not None:
        rows = rows.where(Question.theme_id == theme.id)
    if window is not None:
        rows = rows.offset(window.offset).limit(window.size)
    return tuple(_moved(call, proposal, row) for row in session.execute(rows))


def _questions(call: CallFacts, run_id: int) -> sa.Select:
    """Every question in scope with the standing topic it is in, and the one that the run proposes."""
    return (
        sa.select()
        .select_from(Question)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, (Topic.id == TopicMember.topic_id) & stands_for_question())
        .outerjoin(ProposedMember, (ProposedMember.question_id == Question.id) & (ProposedMember.run_id == run_id))
        .outerjoin(
            ProposedTopic,
            (ProposedTopic.id == ProposedMember.proposed_topic_id) & (ProposedTopic.theme_id == Question.theme_id),
        )
        .where(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
    )


def _stays_put() -> sa.ColumnElement[bool]:
    """Held by people, not read by the run, or filed under another theme since."""
    is_held = sa.and_(Topic.id.is_not(None), sa.or_(TopicMember.is_pinned, Topic.is_pinned))
    refiled = sa.and_(ProposedMember.proposed_topic_id.is_not(None), ProposedTopic.id.is_(None))
    return sa.or_(is_held, ProposedMember.question_id.is_(None), refiled)


def _moves(move: str | None) -> sa.ColumnElement[bool]:
    kinds = {
        "move": sa.and_(Topic.id.is_not(None), ProposedTopic.id.is_not(None)),
        "first": sa.and_(Topic.id.is_(None), ProposedTopic.id.is_not(None)),
        "lose": sa.and_(Topic.id.is_not(None), ProposedTopic.id.is_(None)),
    }
    changes = sa.or_(
        Topic.id.is_(None), ProposedTopic.id.is_(None), ProposedTopic.continues_id.is_distinct_from(Topic.id)
    )
    wanted = kinds[move] if move else sa.or_(*kinds.values())
    return sa.and_(~_stays_put(), wanted, changes)


def _flows(session: Session, call: CallFacts, run_id: int, viewer_id: int) -> list[Flow]:
    """How many questions go from where to where, without those in which the viewer has a part."""
    columns = [Question.theme_id, Topic.id, ProposedTopic.id, _stays_put()]
    per_question = _questions(call, run_id).with_only_columns(
        *(column.label(f"c{at}") for at, column in enumerate(columns))
    )
    inner = per_question.where(~is_involved(viewer_id, Question.id)).subquery()
    rows = session.execute(sa.select(*inner.c, sa.func.count()).group_by(*inner.c))
    return [Flow(*row) for row in rows]


def _proposed_topics(session: Session, run_id: int, viewer_id: int) -> list[ProposedFacts]:
    is_shown = sa.and_(Question.state == QuestionState.IN_SCOPE, ~is_involved(viewer_id, Question.id))
    rows = session.execute(
        sa.select(ProposedTopic, Topic.name, Topic.terms.label("old_terms"), Question.title, Question.language)
        .outerjoin(Topic, Topic.id == ProposedTopic.continues_id)
        .outerjoin(Question, (Question.id == ProposedTopic.medoid_id) & is_shown)
        .where(ProposedTopic.run_id == run_id)
        .order_by(ProposedTopic.theme_id, ProposedTopic.position)
    )
    return [
        ProposedFacts(
            id=row.ProposedTopic.id,
            theme_id=row.ProposedTopic.theme_id,
            continues_id=row.ProposedTopic.continues_id,
            name=row.name or ", ".join(row.ProposedTopic.terms or row.old_terms or [row.title or "–"]),
            words_of=row.ProposedTopic.words_of,
            sentence=row.title,
            sentence_language=row.language,
        )
        for row in rows
    ]


def _standing_names(session: Session, call: CallFacts) -> dict[int, str]:
    rows = session.execute(
        sa.select(Topic.id, Topic.name, Topic.terms).where(Topic.call_id == call.id, Topic.retired_at.is_(None))
    )
    return {row.id: topic_name(row.id, row.name, row.terms) for row in rows}


def _theme_changes(
    theme: ThemeView, flows: list[Flow], proposed: list[ProposedFacts], names: dict[int, str]
) -> ThemeChanges:
    changes = changes_of_theme(
        [flow for flow in flows if flow.theme_id == theme.id],
        [topic for topic in proposed if topic.theme_id == theme.id],
        names,
    )
    return ThemeChanges(
        theme=theme,
        changes=tuple(each for each in changes if each.change is not Change.UNCHANGED),
        unchanged=tuple(each for each in changes if each.change is Change.UNCHANGED),
    )


def _counts(
    flows: list[Flow], proposed: list[ProposedFacts], move: str | None, theme: ThemeView | None
) -> tuple[Counter[str], Counter[int]]:
    continues = {topic.id: topic.continues_id for topic in proposed}
    per_move: Counter[str] = Counter()
    per_theme: Counter[int] = Counter()
    for flow, kind in _movers(flows, continues):
        if theme is None or flow.theme_id == theme.id:
            per_move[kind] += flow.n
        if move is None or kind == move:
            per_theme[flow.theme_id] += flow.n
    return per_move, per_theme


def _movers(flows: list[Flow], continues: dict[int, int | None]) -> Iterator[tuple[Flow, str]]:
    for flow in flows:
        kind = move_of(flow, continues)
        if kind in MOVE_WORDS:
            yield flow, kind


def _moved(call: CallFacts, proposal: Proposal, row: sa.Row) -> MovedQuestion:
    return MovedQuestion(
        id=row.id,
        label=question_label(row.kind, row.number),
        title=row.title,
        language=row.language,
        theme=call.theme_by_id(row.theme_id),
        old_id=row.old_id,
        old=proposal.names.get(row.old_id),
        new=proposal.proposed_names.get(row.new_id),
    )

"""The page of one discussion: the question, what the panel said of it, the thread, the chair's summary."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.errors import NotFound
from solicit.panels.models import DiscussionPost, DiscussionSummary, Round, RoundQuestion
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.discussion.access import HAS_OPENED, has_judged, is_chair_of
from solicit.panels.queries.discussion.feedback import Feedback, feedback
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.states import ROUND_WORDS, RoundState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import PanelWording, panel_columns, wording_from
from solicit.questions.states import QuestionState, parse_label


@dataclass(frozen=True)
class Post:
    """One post as a reader sees it; the name is for organizers only."""

    id: int
    label: str
    name: str | None
    is_own: bool
    is_chair: bool
    text: str
    posted_at: datetime
    is_withdrawn: bool


@dataclass(frozen=True)
class Summary:
    text: str
    version: int
    written_at: datetime | None


@dataclass(frozen=True)
class DiscussionPage:
    round_id: int
    first_id: int
    question_id: int
    label: str
    theme: ThemeView | None
    wording: PanelWording
    round_name: str
    is_open: bool
    state_word: str
    closes_at: datetime
    own_label: str
    is_chair: bool
    takes_part: bool
    feedback: Feedback
    posts: tuple[Post, ...]
    summary: Summary


def discussion_page(
    session: Session,
    *,
    call: CallFacts,
    label: str,
    viewer_id: int,
    labels: PanelLabels,
    with_names: bool,
    now: datetime,
) -> DiscussionPage:
    """One discussion for a reader whose door has been opened; four statements. Raises NotFound.

    Names are not for somebody who judged the question, whatever else they are in the call.
    """
    found = _discussed(session, call.id, label, viewer_id)
    with_names = with_names and not found.has_judged
    round_, question_id = found.Round, found.id
    about = dict(first_id=round_.follows_id, question_id=question_id)
    said = feedback(session, **about, viewer_id=viewer_id, labels=labels, with_names=with_names)
    return DiscussionPage(
        round_id=round_.id,
        **about,
        label=label,
        theme=call.theme_by_id(found.theme_id),
        wording=wording_from(found),
        round_name=round_.name,
        is_open=round_.state is RoundState.OPEN and round_.opens_at <= now < round_.closes_at,
        state_word=ROUND_WORDS[round_.state],
        closes_at=round_.closes_at,
        own_label=labels.of(**about, person_id=viewer_id),
        is_chair=found.is_chair,
        takes_part=found.is_chair or found.has_judged,
        feedback=said,
        posts=_posts(session, round_, question_id, viewer_id, labels, with_names),
        summary=_summary(found.DiscussionSummary),
    )


def _discussed(session: Session, call_id: int, label: str, viewer_id: int) -> sa.Row:
    """The latest discussion of a question that has opened, an open one first."""
    wanted = parse_label(label)
    if wanted is None:
        raise NotFound
    found = session.execute(
        sa.select(
            Round,
            DiscussionSummary,
            Question.id,
            Question.theme_id,
            is_chair_of(viewer_id).label("is_chair"),
            has_judged(viewer_id).label("has_judged"),
            *panel_columns(),
        )
        .join(RoundQuestion, RoundQuestion.round_id == Round.id)
        .join(Question, Question.id == RoundQuestion.question_id)
        .outerjoin(
            DiscussionSummary,
            sa.and_(DiscussionSummary.round_id == Round.id, DiscussionSummary.question_id == Question.id),
        )
        .where(Question.call_id == call_id, Question.kind == wanted[0], Question.number == wanted[1])
        .where(Question.state == QuestionState.IN_SCOPE, HAS_OPENED)
        .order_by((Round.state == RoundState.OPEN).desc(), Round.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _posts(
    session: Session, round_: Round, question_id: int, viewer_id: int, labels: PanelLabels, with_names: bool
) -> tuple[Post, ...]:
    """The thread over all discussions of the series, in the order of writing."""
    of_series = sa.select(Round.id).where(Round.follows_id == round_.follows_id)
    found = session.execute(
        sa.select(DiscussionPost, Person.full_name)
        .join(Person, Person.id == DiscussionPost.person_id)
        .where(DiscussionPost.round_id.in_(of_series), DiscussionPost.question_id == question_id)
        .where(sa.tuple_(DiscussionPost.question_id, DiscussionPost.person_id).not_in(sa.select(conflict_pairs())))
        .order_by(DiscussionPost.id)
        .execution_options(populate_existing=True)
    )
    return tuple(
        Post(
            id=post.id,
            # Everybody knows who chairs, so a chair's post has no label: it would name their ratings.
            label=""
            if post.by_chair
            else labels.of(first_id=round_.follows_id, question_id=question_id, person_id=post.person_id),
            name=name if with_names else None,
            is_own=post.person_id == viewer_id,
            is_chair=post.by_chair,
            text=post.text,
            posted_at=post.posted_at,
            is_withdrawn=post.withdrawn_at is not None,
        )
        for post, name in found
    )


def _summary(row: DiscussionSummary | None) -> Summary:
    return Summary(row.text, row.version, row.written_at) if row else Summary("", 0, None)

"""The page of one question, as everybody reads it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, OVER, Kind
from solicit.questions.models import Merge, Question, QuestionSource, Support
from solicit.questions.queries.missions import confirmed_names
from solicit.questions.queries.public import Viewer, has_live_origin, is_author, named_question
from solicit.questions.queries.supporters import band_of, group_of, n_supporters
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.queries.translations import TranslationView, screened_translations, translations_from
from solicit.questions.states import QuestionState, question_label
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import (
    LIVE,
    MISSION_TYPE_WORDS,
    READINESS_WORDS,
    TIME_FRAME_WORDS,
    PlanValues,
    SubmissionState,
)

ORIGINAL, ANSWERS, ANSWERED_BY = "original", "answers", "answered by"


@dataclass(frozen=True)
class Wording:
    """One wording of a question, with what is public of its origin."""

    label: str | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    sent_on: date
    is_summary: bool = False


@dataclass(frozen=True)
class PlanView:
    """What an exploration plan says beyond its texts; words are still to be translated, missions are names."""

    target_body: str
    mission_type_word: str | None
    measurement: str
    readiness_word: str | None
    time_frame_word: str | None
    missions: tuple[str, ...]


@dataclass(frozen=True)
class RelatedQuestion:
    """Another public question that one names, or is named by."""

    label: str
    title: str
    language: str


@dataclass(frozen=True)
class TopicLink:
    id: int
    name: str


@dataclass(frozen=True)
class QuestionPage:
    """One question for one viewer; ``band`` is None when nobody supports it or the viewer may not know.

    Of a withdrawn one only the title is left. ``authors`` are those who agreed to be named, where that may be known.
    """

    id: int
    label: str
    kind: Kind
    kind_word: str
    theme: ThemeView | None
    topic: TopicLink | None
    wording: Wording
    plan: PlanView | None
    withdrawn_at: datetime | None
    grouped_with: str | None
    n_submissions: int
    band: tuple[int, int | None] | None
    shows_support: bool
    is_supported: bool
    is_author: bool
    authors: tuple[str, ...]
    licence: str
    translations: tuple[TranslationView, ...] = ()
    originals: tuple[Wording, ...] = ()
    confirmed_missions: tuple[str, ...] = ()
    answers: tuple[RelatedQuestion, ...] = ()
    answered_by: tuple[RelatedQuestion, ...] = ()


def question_page(session: Session, *, call: CallFacts, label: str, viewer: Viewer) -> QuestionPage | None:
    """A question that is part of the call, was grouped with one that is, or was part of it; two statements."""
    named = named_question(call, label)
    if named is None:
        return None
    group = group_of(named)
    found = session.execute(_page_row(named, group, call, viewer)).one_or_none()
    if found is None:
        return None
    if found.Question.state is QuestionState.WITHDRAWN:
        return _page(found, call, viewer)
    related = session.execute(_related(found.Question, group)).all()
    originals = (_wording(each.Question) for each in related if each.relation == ORIGINAL)
    return _page(
        found,
        call,
        viewer,
        originals=tuple(originals),
        answers=_related_by(ANSWERS, related),
        answered_by=_related_by(ANSWERED_BY, related),
    )


def _page_row(named: sa.Select, group: sa.CTE, call: CallFacts, viewer: Viewer) -> sa.Select:
    climb = sa.select(Question.id, Question.merged_into_id).where(Question.id.in_(named)).cte("climb", recursive=True)
    climb = climb.union(
        sa.select(Question.id, Question.merged_into_id).join(climb, Question.id == climb.c.merged_into_id)
    )
    target = aliased(Question)
    is_part = sa.and_(
        target.state == QuestionState.IN_SCOPE, sa.or_(Question.merged_into_id.is_(None), has_live_origin())
    )
    withdrawn_at = _withdrawn_at()
    was_part = sa.and_(
        Question.state == QuestionState.WITHDRAWN, Question.screened_at.is_not(None), withdrawn_at.is_not(None)
    )
    return with_topic(
        sa.select(
            Question,
            target.id.label("target_id"),
            target.kind.label("target_kind"),
            target.number.label("target_number"),
            topic.c.id.label("topic_id"),
            TOPIC_NAME.label("topic_name"),
            _n_submissions().label("n_submissions"),
            n_supporters(group).label("n_supporters"),
            _is_supported(group, viewer.person_id).label("is_supported"),
            is_author(viewer.person_id).label("is_author"),
            withdrawn_at.label("withdrawn_at"),
            _missions(call).label("missions"),
            # A panel is not told beforehand what organizers think could answer a question.
            (confirmed_names() if call.state in OVER else sa.null()).label("confirmed"),
            (named_authors() if viewer.sees_authors else sa.null()).label("authors"),
            given_licence().label("licence"),
            screened_translations().label("translations"),
        )
        .select_from(Question)
        .join(target, target.id.in_(sa.select(climb.c.id).where(climb.c.merged_into_id.is_(None))))
        .where(Question.id.in_(named), sa.or_(is_part, was_part if call.publishes_while_open else sa.false()))
    )


@cache
def _withdrawn_at() -> sa.ColumnElement[datetime]:
    """When the last submission of a withdrawn question was, or the last merge into a summary undone."""
    last = sa.select(sa.func.max(Submission.withdrawn_at)).where(Submission.state == SubmissionState.WITHDRAWN)
    parted = sa.select(sa.func.max(Merge.undone_at)).where(Merge.target_id == Question.id).correlate(Question)
    return sa.func.coalesce(_of_sources(last).scalar_subquery(), parted.scalar_subquery())


@cache
def _n_submissions() -> sa.ScalarSelect[int]:
    """How many submissions speak through the question now."""
    speaking = sa.select(sa.func.count()).select_from(QuestionSource)
    speaking = speaking.join(Submission, Submission.id == QuestionSource.submission_id)
    live = speaking.where(QuestionSource.question_id == Question.id, Submission.state.in_(LIVE))
    return live.correlate(Question).scalar_subquery()


@cache
def named_authors() -> sa.ScalarSelect[list[str]]:
    """The names of everybody who agreed to be named, in the order of the submissions."""
    order = (Authorship.submission_id, Authorship.position)
    names = sa.select(sa.func.array_agg(aggregate_order_by(Authorship.full_name, *order)))
    names = names.join(Submission, Submission.id == Authorship.submission_id)
    named = names.where(Authorship.may_be_named, ~Authorship.is_minor, Submission.state.in_(LIVE))
    return _of_sources(named).scalar_subquery()


@cache
def given_licence() -> sa.ScalarSelect[str]:
    """Under which licence the text was given; empty if that was not asked."""
    return _of_sources(sa.select(sa.func.min(sa.func.nullif(Submission.licence, "")))).scalar_subquery()


def _of_sources(select: sa.Select) -> sa.Select:
    speaks = sa.or_(QuestionSource.question_id == Question.id, QuestionSource.first_question_id == Question.id)
    return select.join(QuestionSource, QuestionSource.submission_id == Submission.id).where(speaks).correlate(Question)


def _missions(call: CallFacts) -> sa.ScalarSelect[list[str]]:
    chosen = Question.plan["missions"].has_key(Mission.key)  # noqa: W601 - a JSON operator, not a dictionary
    names = sa.select(sa.func.array_agg(aggregate_order_by(Mission.name, Mission.position)))
    return names.where(Mission.call_id == call.id, chosen).correlate(Question).scalar_subquery()


def _is_supported(group: sa.CTE, person_id: int | None) -> sa.ColumnElement[bool]:
    given = sa.select(Support.question_id).join(group, group.c.id == Support.question_id)
    return given.where(Support.person_id == person_id, Support.withdrawn_at.is_(None)).exists()


def _related(question: Question, group: sa.CTE) -> sa.Select:
    """The texts grouped with a question, the questions that a plan answers, and the plans that answer a question."""
    inside = sa.select(Question.id, sa.literal(ORIGINAL).label("relation")).join(group, group.c.id == Question.id)
    parts = [inside.where(Question.id != question.id, has_live_origin())]
    public = (Question.call_id == question.call_id, Question.state == QuestionState.IN_SCOPE)
    plan = PlanValues.from_json(question.plan)
    if plan:
        answers = sa.select(Question.id, sa.literal(ANSWERS)).where(*public, Question.kind == Kind.QUESTION)
        parts.append(answers.where(Question.number.in_(plan.answers)))
    else:
        answering = sa.select(Question.id, sa.literal(ANSWERED_BY)).where(*public)
        parts.append(answering.where(Question.plan.contains({"answers": [question.number]})))
    found = sa.union_all(*parts).subquery()
    order = (Question.kind, Question.number, Question.id)
    return sa.select(Question, found.c.relation).join(found, found.c.id == Question.id).order_by(*order)


def _related_by(relation: str, related: list[sa.Row]) -> tuple[RelatedQuestion, ...]:
    found = (row.Question for row in related if row.relation == relation)
    return tuple(RelatedQuestion(question_label(each.kind, each.number), each.title, each.language) for each in found)


def _page(found: sa.Row, call: CallFacts, viewer: Viewer, **related) -> QuestionPage:
    question = found.Question
    is_grouped = found.target_id != question.id
    is_there = question.state is not QuestionState.WITHDRAWN
    return QuestionPage(
        id=question.id,
        label=question_label(question.kind, question.number),
        kind=question.kind,
        kind_word=KIND_WORDS[question.kind],
        theme=call.theme_by_id(question.theme_id),
        topic=TopicLink(found.topic_id, found.topic_name) if found.topic_id and is_there else None,
        wording=_wording(question) if is_there else _title_only(question),
        plan=plan_view(question.plan, found.missions) if is_there else None,
        withdrawn_at=None if is_there else found.withdrawn_at,
        grouped_with=question_label(found.target_kind, found.target_number) if is_grouped else None,
        n_submissions=found.n_submissions,
        band=band_of(found.n_supporters) if viewer.sees_support else None,
        shows_support=viewer.sees_support and not is_grouped,
        is_supported=found.is_supported,
        is_author=found.is_author,
        authors=tuple(dict.fromkeys(found.authors or ())) if is_there else (),
        licence=found.licence or call.licence,
        confirmed_missions=tuple(found.confirmed or ()) if is_there else (),
        translations=translations_from(found.translations, question.text_digest) if is_there else (),
        **related,
    )


def plan_view(kept: dict | None, missions: list[str] | None) -> PlanView | None:
    """What the database keeps of a plan, with the names of its missions."""
    plan = PlanValues.from_json(kept)
    return plan and PlanView(
        target_body=plan.target_body,
        mission_type_word=MISSION_TYPE_WORDS.get(plan.mission_type),
        measurement=plan.measurement,
        readiness_word=READINESS_WORDS.get(plan.readiness),
        time_frame_word=TIME_FRAME_WORDS.get(plan.time_frame),
        missions=tuple(missions or ()),
    )


def _wording(question: Question) -> Wording:
    return Wording(
        label=question_label(question.kind, question.number),
        language=question.language,
        title=question.title,
        goal_overview=question.goal_overview,
        significance=question.significance,
        approach=question.approach,
        sent_on=question.created_at.date(),
        is_summary=question.is_summary,
    )


def _title_only(question: Question) -> Wording:
    label = question_label(question.kind, question.number)
    return Wording(label, question.language, question.title, "", "", "", question.created_at.date())

"""What became of one submission, as its authors may know it: in public words, and nothing of who decided or scored."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from solicit.calls.models import Call, Mission, OutOfScopeReason
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.queries.lists import reason_letter
from solicit.calls.states import KIND_WORDS
from solicit.invitations.states import OUTCOME_KIND_WORDS, OutcomeKind
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.missions import confirmed_names
from solicit.questions.queries.topic_names import TOPIC_NAME, with_topic
from solicit.questions.states import QuestionState, question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.queries.published import IS_PUBLISHED
from solicit.rankings.states import RESULTS, Evidence, RunState
from solicit.reports.models import Publication
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE

First = aliased(Question, name="First")


@dataclass(frozen=True)
class GroupedWith:
    """The question that a submission speaks through since it was grouped; its title where the public may read it."""

    label: str
    title: str | None
    language: str


@dataclass(frozen=True)
class OwnPlace:
    """The band of a question in a published ranking; no places if it was set aside or has too few ratings."""

    theme: ThemeView
    kind_word: str
    run_id: int
    place_first: int | None
    place_last: int | None
    was_set_aside: bool


@dataclass(frozen=True)
class Fate:
    """The way of a submission so far; days, never hours. What is not known yet, or not theirs to know, is None."""

    submission_id: int
    is_yours: bool
    reference: str
    kind_word: str
    title: str
    language: str
    sent_on: date
    withdrawn_on: date | None
    screened_on: date | None
    is_in_scope: bool
    is_out_of_scope: bool
    reason: str
    label: str | None
    grouped_with: GroupedWith | None
    topic: str | None
    planned_missions: tuple[str, ...]
    missions: tuple[str, ...]
    published_on: date | None
    came_after_results: bool
    place: OwnPlace | None
    outcomes: tuple[tuple[str, str], ...]


def fate_of(
    session: Session, *, call: CallFacts, reference: str, viewer_id: int, language: str, reads_results: bool
) -> Fate:
    """What became of a submission; one statement, two once results are published for them."""
    row = session.execute(_submission(call, reference, language)).one()
    shows_results = row.published_at is not None and reads_results
    label = _label(row.Question)
    outcomes = _outcomes(row.outcomes, label) if shows_results else ()
    return Fate(
        submission_id=row.Submission.id,
        is_yours=row.Submission.submitter_id == viewer_id,
        reference=row.Submission.reference,
        kind_word=KIND_WORDS[row.Submission.kind],
        title=row.Submission.title,
        language=row.Submission.language,
        sent_on=row.Submission.sent_at.date(),
        withdrawn_on=row.Submission.withdrawn_at.date() if row.Submission.withdrawn_at else None,
        **_decision(call, row),
        planned_missions=tuple(row.planned or ()),
        missions=tuple(row.missions or ()) if shows_results else (),
        published_on=row.published_at.date() if row.published_at else None,
        came_after_results=_came_after_results(row),
        place=_place(session, call, row) if shows_results else None,
        outcomes=outcomes,
    )


def _submission(call: CallFacts, reference: str, language: str) -> sa.Select:
    planned = Submission.plan["missions"].has_key(Mission.key)  # noqa: W601 - a JSON operator, not a dictionary
    names = sa.select(sa.func.array_agg(aggregate_order_by(Mission.name, Mission.position, Mission.id)))
    names = names.where(Mission.call_id == call.id, planned).correlate(Submission).scalar_subquery()
    latest = _publication(call).subquery()
    wanted = (
        sa.select(
            Submission,
            Question,
            First,
            reason_letter(language).label("letter"),
            TOPIC_NAME.label("topic"),
            names.label("planned"),
            confirmed_names().label("missions"),
            latest.c.outcomes,
            latest.c.published_at,
        )
        .select_from(Submission)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .join(First, First.id == QuestionSource.first_question_id)
        .join(Call, Call.id == Submission.call_id)
        .outerjoin(OutOfScopeReason, OutOfScopeReason.id == Question.reason_id)
        .outerjoin(latest, sa.true())
        .where(Submission.reference == reference, Submission.call_id == call.id)
    )
    return with_topic(wanted).execution_options(populate_existing=True)


def _publication(call: CallFacts) -> sa.Select:
    """When results were published first, and what the meeting found as it was published last."""
    outcomes = Publication.contents["outcomes"].label("outcomes")
    first = sa.func.min(Publication.published_at).over().label("published_at")
    latest = sa.select(outcomes, first).where(Publication.call_id == call.id)
    return latest.order_by(Publication.number.desc()).limit(1)


def _came_after_results(row: sa.Row) -> bool:
    screened_at = row.Question.screened_at
    return bool(row.published_at and screened_at and screened_at > row.published_at)


def _decision(call: CallFacts, row: sa.Row) -> dict[str, object]:
    """What was decided about the question that the submission speaks through."""
    question, is_live = row.Question, row.Submission.state in LIVE
    is_in_scope = question.state is QuestionState.IN_SCOPE and is_live
    is_grouped = question.id != row.First.id and is_in_scope
    # What came by a grouping may never have been read by itself.
    screened_at = row.First.screened_at or (question.screened_at if is_grouped else None)
    return dict(
        screened_on=screened_at.date() if screened_at and is_live else None,
        is_in_scope=is_in_scope,
        is_out_of_scope=question.state is QuestionState.OUT_OF_SCOPE and is_live,
        reason=row.letter or "",
        label=_label(question) if is_in_scope and not is_grouped else None,
        grouped_with=_grouped_with(call, question) if is_grouped else None,
        topic=row.topic if is_in_scope and call.shows_questions else None,
    )


def _grouped_with(call: CallFacts, question: Question) -> GroupedWith:
    title = question.title if call.shows_questions else None
    return GroupedWith(_label(question), title, question.language)


def _place(session: Session, call: CallFacts, row: sa.Row) -> OwnPlace | None:
    """The latest published result in which the question stands, or what came as it before it was grouped."""
    ids = (row.Question.id, row.First.id)
    found = session.execute(
        sa.select(RankingRow, IS_PUBLISHED.label("is_ranked"))
        .join(RankingRun, RankingRun.id == RankingRow.run_id)
        .where(RankingRow.question_id.in_(ids), RankingRun.call_id == call.id)
        .where(RankingRun.state == RunState.PUBLISHED, RankingRun.purpose.in_(RESULTS))
        .order_by((RankingRow.question_id == row.Question.id).desc(), RankingRun.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None or row.Submission.state not in LIVE:
        return None
    ranked = found.RankingRow
    return OwnPlace(
        theme=call.theme_by_id(ranked.theme_id),
        kind_word=KIND_WORDS[ranked.kind],
        run_id=ranked.run_id,
        place_first=ranked.place_first if found.is_ranked else None,
        place_last=ranked.place_last if found.is_ranked else None,
        was_set_aside=ranked.evidence is Evidence.SET_ASIDE,
    )


def _outcomes(kept: list[dict], label: str | None) -> tuple[tuple[str, str], ...]:
    own = (each for each in kept if each["question"] == label)
    return tuple((OUTCOME_KIND_WORDS[OutcomeKind(each["kind"])], each["text"]) for each in own)


def _label(question: Question) -> str | None:
    return question_label(question.kind, question.number)

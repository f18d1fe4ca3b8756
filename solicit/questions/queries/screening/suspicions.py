"""What is suspected of questions, and what a text is looked over with."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.questions.models import Question, QuestionSource, QuestionVector, Suspicion
from solicit.questions.queries.marking import Part
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import SIGN_WORDS, SUSPICION_WORDS, Aspect, QuestionState, SuspicionKind
from solicit.submissions.models import Authorship, CoAuthor, Submission
from solicit.submissions.service.self_naming import named_phrases
from solicit.submissions.states import LIVE, PlanValues

# A text is near to what is in scope if it is near to so many of its questions.
N_NEAREST = 5
NAMES, AFFILIATIONS = "names", "affiliations"


@dataclass(frozen=True)
class SuspicionView:
    """One suspicion with its reasons; words are still to be translated."""

    kind: str
    word: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Suspect:
    """A question's words with what a look at them needs to know; ``n_of_submitter`` is a count and nothing else."""

    id: int
    language: str
    text: str
    n_of_submitter: int
    names: tuple[str, ...]
    affiliations: tuple[str, ...]


def suspicion_view(kind: SuspicionKind, signs: Sequence[str]) -> SuspicionView:
    return SuspicionView(kind.value, SUSPICION_WORDS[kind], tuple(SIGN_WORDS[sign] for sign in signs))


@cache
def open_suspicions() -> sa.ScalarSelect:
    """[[kind, signs], ...] of what nobody dismissed, the strongest first, for the question of the outer statement."""
    pair = sa.func.jsonb_build_array(Suspicion.kind, sa.func.to_jsonb(Suspicion.signs))
    listed = sa.func.jsonb_agg(sa.dialects.postgresql.aggregate_order_by(pair, Suspicion.strength.desc()))
    is_open = Suspicion.dismissed_at.is_(None)
    return sa.select(listed).where(Suspicion.question_id == Question.id, is_open).correlate(Question).scalar_subquery()


def suspicions_from(kept: list | None) -> tuple[SuspicionView, ...]:
    """What ``open_suspicions`` found."""
    return tuple(suspicion_view(SuspicionKind(kind), signs) for kind, signs in kept or ())


def author_names(column: str) -> sa.ScalarSelect[list[str]]:
    """The names, or affiliations, of everybody who wrote what speaks through the outer question, or was asked to."""
    speaks = sa.or_(QuestionSource.question_id == Question.id, QuestionSource.first_question_id == Question.id)
    wrote = Authorship.full_name if column == NAMES else Authorship.affiliation
    names = sa.select(wrote.label("name")).join(
        QuestionSource, QuestionSource.submission_id == Authorship.submission_id
    )
    parts = [names.where(speaks, wrote != "").correlate(Question)]
    if column == NAMES:
        asked = sa.select(CoAuthor.full_name.label("name"))
        asked = asked.join(QuestionSource, QuestionSource.submission_id == CoAuthor.submission_id)
        parts.append(asked.where(speaks, CoAuthor.full_name != "").correlate(Question))
    return sa.func.array(sa.union(*parts).scalar_subquery())


def suspects(session: Session, *, question_ids: Sequence[int]) -> tuple[Suspect, ...]:
    """What there is to look over of these questions, in the order of their ids; one statement."""
    rows = session.execute(
        sa.select(
            Question,
            sa.func.coalesce(_n_of_submitter(), 1).label("n"),
            author_names(NAMES).label(NAMES),
            author_names(AFFILIATIONS).label(AFFILIATIONS),
        )
        .where(Question.id.in_(question_ids))
        .order_by(Question.id)
    )
    return tuple(
        Suspect(row.Question.id, row.Question.language, whole_text(row.Question), row.n, tuple(row[2]), tuple(row[3]))
        for row in rows
    )


def whole_text(question: Question) -> str:
    """Everything that somebody wrote of a question, one part below the other."""
    plan = PlanValues.from_json(question.plan) or PlanValues()
    parts = (question.title, question.goal_overview, question.significance, question.approach)
    return "\n".join(part for part in (*parts, plan.target_body, plan.measurement) if part)


def scope_cosines(session: Session, *, question_ids: Sequence[int], model_id: int) -> dict[int, float]:
    """How near each question is to the nearest questions in scope, on the average; one statement.

    Left out: questions without a vector that the model reads, and all while fewer than that are in scope.
    """
    own, other, scoped = aliased(QuestionVector), aliased(QuestionVector), aliased(Question)
    nearest = (
        sa.select((1 - own.vector.cosine_distance(other.vector)).label("cosine"))
        .select_from(other)
        .join(scoped, scoped.id == other.question_id)
        .where(other.call_id == own.call_id, other.model_id == own.model_id, other.aspect == Aspect.TEXT)
        .where(other.question_id != own.question_id, scoped.state == QuestionState.IN_SCOPE)
        .where(is_read_by_model(scoped.language, other.model_id))
        .order_by(own.vector.cosine_distance(other.vector), other.question_id)
        .limit(N_NEAREST)
        .correlate(own)
        .subquery()
    )
    average = sa.case((sa.func.count() == N_NEAREST, sa.func.avg(nearest.c.cosine)))
    rows = session.execute(
        sa.select(own.question_id, sa.select(average).select_from(nearest).scalar_subquery().label("cosine"))
        .join(Question, Question.id == own.question_id)
        .where(own.question_id.in_(question_ids), own.model_id == model_id, own.aspect == Aspect.TEXT)
        .where(is_read_by_model(Question.language, own.model_id))
    )
    return {question_id: float(cosine) for question_id, cosine in rows if cosine is not None}


def phrases_marked(text: str, *, names: Sequence[str], affiliations: Sequence[str]) -> tuple[Part, ...]:
    """A text in stretches, of which some may say who wrote it."""
    phrases = sorted(named_phrases(text, names=names, affiliations=affiliations), key=len, reverse=True)
    parts = [Part(text, False)] if text else []
    for phrase in phrases:
        parts = [piece for part in parts for piece in ([part] if part.is_match else _cut(part.text, phrase))]
    return tuple(parts)


def _cut(text: str, phrase: str) -> list[Part]:
    pieces = text.split(phrase)
    cut = [Part(pieces[0], False)]
    for piece in pieces[1:]:
        cut += [Part(phrase, True), Part(piece, False)]
    return [part for part in cut if part.text]


def _n_of_submitter() -> sa.ScalarSelect[int]:
    """How many texts of the call came from the submitter who first spoke through the outer question."""
    sent, same = aliased(Submission), aliased(Submission)
    return (
        sa.select(sa.func.count())
        .select_from(QuestionSource)
        .join(sent, sent.id == QuestionSource.submission_id)
        .join(same, (same.submitter_id == sent.submitter_id) & (same.call_id == sent.call_id))
        .where(QuestionSource.first_question_id == Question.id, same.state.in_(LIVE))
        .correlate(Question)
        .scalar_subquery()
    )

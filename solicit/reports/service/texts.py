"""What becomes of the texts of a person who leaves: removed, or kept without them (RULES, erasing a person)."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from ml.language.embedding import text_digest
from solicit.embeddings.models import TextVector
from solicit.panels.models import Assignment
from solicit.questions.models import (
    DifferenceNote,
    DuplicatePair,
    Merge,
    ProblemReport,
    Question,
    QuestionSource,
    QuestionVector,
    Redaction,
    Support,
    Suspicion,
    Translation,
)
from solicit.questions.queries.wording import compared_texts
from solicit.questions.states import ReportReason
from solicit.rankings.models import RankingRow
from solicit.reports.service.topics import forget_words, leave_topics
from solicit.submissions.models import Authorship, Draft, Submission, SubmissionVersion
from solicit.submissions.states import SubmissionState

# Stands where a title must be; in no language, so that it reads alike beside all of them.
REMOVED = "[…]"
BLANK = dict(title=REMOVED, goal_overview="", significance="", approach="", plan=None)
LOOK_FOR_NAMES = "The author has left. Does this text say who they are?"


@dataclass(frozen=True)
class PartedTexts:
    """The numbers of a person's submissions: those that go, and those that stay, theirs alone or with others."""

    gone: tuple[int, ...]
    kept_alone: tuple[int, ...]
    kept_with_others: tuple[int, ...]

    @property
    def kept(self) -> tuple[int, ...]:
        return self.kept_alone + self.kept_with_others


def part_texts(session: Session, *, person_id: int, email: str) -> PartedTexts:
    """What others judged, joined or want answered stays; so does what others wrote, too."""
    source, other = aliased(QuestionSource), aliased(QuestionSource)
    first = source.first_question_id
    shared = sa.exists().where(Authorship.submission_id == Submission.id, Authorship.person_id != person_id)
    stays = sa.or_(
        source.question_id != first,
        sa.exists().where(Question.merged_into_id == first),
        sa.exists().where(other.question_id == first, other.submission_id != Submission.id),
        sa.exists().where(Support.question_id == first, Support.person_id != person_id, Support.withdrawn_at.is_(None)),
        sa.exists().where(RankingRow.question_id == first),
        sa.exists().where(Assignment.question_id == first),
        shared,
    )
    began = sa.select(Draft.submission_id).where(Draft.email == email)
    is_kept = sa.and_(Submission.state != SubmissionState.DRAFT, sa.func.coalesce(stays, False))
    is_begun = sa.and_(Submission.submitter_id.is_(None), Submission.id.in_(began))
    rows = session.execute(
        sa.select(Submission.id, is_kept, shared)
        .outerjoin(source, source.submission_id == Submission.id)
        .where(sa.or_(Submission.submitter_id == person_id, is_begun))
    ).all()
    return PartedTexts(
        gone=tuple(number for number, stays, _ in rows if not stays),
        kept_alone=tuple(number for number, stays, is_shared in rows if stays and not is_shared),
        kept_with_others=tuple(number for number, stays, is_shared in rows if stays and is_shared),
    )


def titles_of(session: Session, submission_ids: tuple[int, ...]) -> set[str]:
    """Every title that these submissions ever had."""
    versions = sa.select(SubmissionVersion.title).where(SubmissionVersion.submission_id.in_(submission_ids))
    present = sa.select(Submission.title).where(Submission.id.in_(submission_ids))
    return set(session.scalars(sa.union(versions, present)))


def remove_texts(session: Session, submission_ids: tuple[int, ...]) -> None:
    """Delete submissions with everything that was made of them, their questions among it."""
    digests = _digests(session, submission_ids)
    questions = tuple(session.scalars(_first_questions(submission_ids)))
    session.execute(sa.delete(Submission).where(Submission.id.in_(submission_ids)))
    forget_words(session, questions)
    leave_topics(session, questions)
    for rows in (
        sa.delete(DuplicatePair).where(
            sa.or_(DuplicatePair.left_id.in_(questions), DuplicatePair.right_id.in_(questions))
        ),
        sa.delete(Merge).where(sa.or_(Merge.source_id.in_(questions), Merge.target_id.in_(questions))),
        sa.delete(DifferenceNote).where(DifferenceNote.question_id.in_(questions)),
        sa.delete(ProblemReport).where(ProblemReport.question_id.in_(questions)),
        sa.delete(Support).where(Support.question_id.in_(questions)),
        sa.delete(Question).where(Question.id.in_(questions)),
    ):
        session.execute(rows)
    _drop_vectors(session, digests)


def unlink_texts(session: Session, texts: PartedTexts) -> None:
    """Keep the last wording of submissions without a word of who wrote them; what others wrote, too, keeps its past."""
    versions, notes = SubmissionVersion, DifferenceNote
    last = sa.select(Submission.version).where(Submission.id == versions.submission_id).scalar_subquery()
    session.execute(sa.delete(versions).where(versions.submission_id.in_(texts.kept_alone), versions.number < last))
    session.execute(sa.delete(notes).where(notes.submission_id.in_(texts.kept_alone)))
    unlinked = sa.update(Submission).where(Submission.id.in_(texts.kept))
    session.execute(unlinked.values(submitter_id=None, idempotency_key=None, origin=""))


def ask_for_a_look(
    session: Session, submission_ids: tuple[int, ...], *, summarized_ids: tuple[int, ...], now: datetime
) -> None:
    """Queue what stays at the desk: a text may name its author, and so may a summary that was made of it."""
    looked_at = sa.or_(Question.id.in_(_first_questions(submission_ids)), _summarizes(summarized_ids))
    questions = sa.select(Question.call_id, Question.id).where(looked_at)
    session.add_all(
        ProblemReport(
            call_id=call_id,
            question_id=question_id,
            reason=ReportReason.NAMES_SOMEBODY,
            text=LOOK_FOR_NAMES,
            reported_at=now,
        )
        for call_id, question_id in session.execute(questions)
    )
    session.flush()


def blank_texts(session: Session, submission_ids: tuple[int, ...]) -> None:
    """Empty what stays, wherever it stands: numbers, digests and scores remain.

    Translations and redacted copies of these words go. A question of theirs that was given a summary wording by an
    organizer keeps that wording.
    """
    digests, titles = _digests(session, submission_ids), titles_of(session, submission_ids)
    firsts = _first_questions(submission_ids)
    worded = sa.select(Question.id).where(Question.id.in_(firsts), Question.title.in_(titles))
    questions = tuple(session.scalars(worded))
    session.execute(sa.update(Submission).where(Submission.id.in_(submission_ids)).values(**BLANK))
    versions = SubmissionVersion.submission_id.in_(submission_ids)
    session.execute(sa.update(SubmissionVersion).where(versions).values(**BLANK))
    session.execute(sa.update(Question).where(Question.id.in_(questions)).values(search_text="", **BLANK))
    session.execute(sa.update(RankingRow).where(RankingRow.question_id.in_(questions)).values(title=REMOVED))
    forget_words(session, questions)
    for derived in (Translation, Redaction, Suspicion):
        session.execute(sa.delete(derived).where(derived.question_id.in_(questions)))
    session.execute(sa.delete(QuestionVector).where(QuestionVector.question_id.in_(questions)))
    _drop_vectors(session, digests)


def _first_questions(submission_ids: tuple[int, ...]) -> sa.Select:
    return sa.select(QuestionSource.first_question_id).where(QuestionSource.submission_id.in_(submission_ids))


def _summarizes(submission_ids: tuple[int, ...]) -> sa.ColumnElement[bool]:
    """Whether a question is a summary into which one of these was merged, by whatever detour."""
    above = _first_questions(submission_ids).cte(recursive=True)
    merged = sa.select(Question.merged_into_id).join(above, Question.id == above.c.first_question_id)
    above = above.union(merged.where(Question.merged_into_id.is_not(None)))
    return sa.and_(Question.is_summary, Question.id.in_(sa.select(above.c.first_question_id)))


def _digests(session: Session, submission_ids: tuple[int, ...]) -> set[bytes]:
    """The digests under which vectors of any wording may be kept."""
    versions = sa.select(SubmissionVersion.title, SubmissionVersion.goal_overview).where(
        SubmissionVersion.submission_id.in_(submission_ids)
    )
    texts = (text for row in session.execute(versions) for text in compared_texts(*row).values())
    return {text_digest(text) for text in texts}


def _drop_vectors(session: Session, digests: set[bytes]) -> None:
    """Delete the vectors of texts that no question has any more."""
    in_use = sa.exists().where(QuestionVector.digest == TextVector.digest)
    session.execute(sa.delete(TextVector).where(TextVector.digest.in_(digests), ~in_use))

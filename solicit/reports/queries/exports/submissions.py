"""What people sent, with where it came from and what became of it; its versions; who wrote it."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.calls.models import OutOfScopeReason, Theme
from solicit.calls.queries import CallFacts
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.parts import THEME, day, joined, label, plan_cells, texts, word, yes
from solicit.reports.queries.exports.table import Chosen, Door, Table, is_foreign, selected
from solicit.reports.queries.exports.wording import LABEL, PLAN, TEXTS, THEMES
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.submissions.states import SubmissionState
from solicit.words import N_

First = aliased(Question)


def _submissions(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    columns = (
        Submission.reference,
        label(),
        label(First),
        yes(QuestionSource.question_id != QuestionSource.first_question_id),
        word(Submission.kind),
        *THEME,
        word(Submission.state),
        Submission.title,
        Submission.language,
        *texts(Submission),
        *plan_cells(Submission.plan),
        word(Submission.source),
        Submission.origin,
        Submission.external_id,
        Submission.version,
        day(Submission.sent_at),
        day(Submission.updated_at),
        day(Submission.withdrawn_at),
        word(Question.state),
        OutOfScopeReason.key,
        Question.reason_note,
        day(Question.screened_at),
        Person.full_name,
        _names(),
        Submission.licence,
        Submission.terms_version,
    )
    return (
        _sent(sa.select(*columns), call, viewer_id, chosen)
        .join(First, First.id == QuestionSource.first_question_id)
        .outerjoin(OutOfScopeReason, OutOfScopeReason.id == Question.reason_id)
        .outerjoin(Person, Person.id == Question.screened_by_id)
        .outerjoin(Theme, Theme.id == Submission.theme_id)
        .order_by(Submission.id)
    )


def _versions(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    version = SubmissionVersion
    columns = (
        Submission.reference,
        label(),
        version.number,
        day(version.saved_at),
        *THEME,
        version.title,
        version.language,
        *texts(version),
        *plan_cells(version.plan),
    )
    return (
        _sent(sa.select(*columns), call, viewer_id, chosen)
        .join(version, version.submission_id == Submission.id)
        .outerjoin(Theme, Theme.id == version.theme_id)
        .order_by(Submission.id, version.number)
    )


def _authors(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    columns = (
        Submission.reference,
        label(),
        Authorship.position,
        Authorship.full_name,
        Authorship.affiliation,
        Authorship.ror,
        Authorship.country,
        word(Authorship.career),
        Authorship.orcid,
        yes(Authorship.is_corresponding),
        yes(Authorship.is_willing),
        yes(Authorship.may_be_named),
    )
    return (
        _sent(sa.select(*columns), call, viewer_id, chosen)
        .join(Authorship, Authorship.submission_id == Submission.id)
        .order_by(Submission.id, Authorship.position)
    )


def _sent(columns: sa.Select, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    """What was sent to a call, with the question that it speaks through; never a draft."""
    questions = (QuestionSource.question_id, QuestionSource.first_question_id)
    return (
        columns.select_from(Submission)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(Question, Question.id == QuestionSource.question_id)
        .where(Submission.call_id == call.id, Submission.state != SubmissionState.DRAFT)
        .where(*(is_foreign(each, viewer_id) for each in questions), sa.or_(*map(chosen.finds, questions)))
    )


def _names() -> sa.ScalarSelect[str]:
    """The authors of the outer submission in their order."""
    return (
        sa.select(joined(Authorship.full_name, Authorship.position))
        .where(Authorship.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )


REFERENCE = Column("reference", "text", "Reference of the submission")
SUBMISSIONS = Table(
    name="submissions",
    title=N_("Submissions"),
    about=N_("What people sent, with its source, the question it speaks through and the decision on it; no drafts."),
    columns=(
        REFERENCE,
        LABEL,
        Column("first_question", "text", "Number of the question that was opened for it"),
        Column("is_merged", "text", "yes if that question was merged into another since, else no"),
        Column("kind", "text", "question or plan"),
        *THEMES,
        Column("state", "text", "sent, revision_requested or withdrawn"),
        *TEXTS,
        *PLAN,
        Column("source", "text", "person or import"),
        Column("origin", "text", "Where an imported text came from"),
        Column("external_id", "text", "Identifier of an imported text"),
        Column("version", "integer", "Number of the last version, from 1"),
        Column("sent_on", "date", "Day it was sent, UTC"),
        Column("changed_on", "date", "Day of the last change, UTC"),
        Column("withdrawn_on", "date", "Day it was withdrawn, UTC"),
        Column("decision", "text", "State of the question: new, in_scope, out_of_scope, merged or withdrawn"),
        Column("reason_key", "text", "Short key of the reason for being out of scope"),
        Column("reason_note", "text", "What the organizers added to the reason"),
        Column("screened_on", "date", "Day of the decision, UTC"),
        Column("screened_by", "text", "Name of the organizer who decided"),
        Column("authors", "text", "Names of the authors in their order, with semicolons between them"),
        Column("licence", "text", "Licence that the author agreed to"),
        Column("terms_version", "text", "Version of the terms that the author agreed to"),
    ),
    door=Door.PERSONAL,
    **selected(_submissions),
)
VERSIONS = Table(
    name="versions",
    title=N_("Versions of submissions"),
    about=N_("Every wording of a submission that was sent."),
    columns=(
        REFERENCE,
        LABEL,
        Column("version", "integer", "Number of the version, from 1"),
        Column("saved_on", "date", "Day the version was sent, UTC"),
        *THEMES,
        *TEXTS,
        *PLAN,
    ),
    **selected(_versions),
)
AUTHORS = Table(
    name="authors",
    title=N_("Authors of submissions"),
    about=N_("One row for each author of a submission, as they were when they sent it."),
    columns=(
        REFERENCE,
        LABEL,
        Column("position", "integer", "Place among the authors, from 1"),
        Column("author", "text", "Full name as the person publishes it"),
        Column("affiliation", "text", "Institution"),
        Column("ror", "text", "Identifier of the institution in the Research Organization Registry"),
        Column("country", "text", "ISO 3166-1 code of the country or region"),
        Column("career", "text", "Stage of the career"),
        Column("orcid", "text", "ORCID identifier"),
        Column("is_corresponding", "text", "yes for the author who answers letters, else no"),
        Column("is_willing", "text", "yes if the author would come to a meeting, else no"),
        Column("may_be_named", "text", "yes if the author may be named in public, else no"),
    ),
    door=Door.PERSONAL,
    **selected(_authors),
)

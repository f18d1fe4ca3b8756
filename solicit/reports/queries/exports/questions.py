"""Questions and plans, the topics they are in, and the pairs that look alike."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.people.models import Person
from solicit.questions.models import DuplicatePair, Question, QuestionSource
from solicit.questions.queries.topic_names import TOPIC_NAME, name_of_topic, with_topic
from solicit.questions.states import STANDING
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.parts import (
    THEME,
    day,
    in_order,
    label,
    n_submissions,
    plan_cells,
    texts,
    word,
    yes,
)
from solicit.reports.queries.exports.table import Chosen, Table, is_foreign, is_shown, selected
from solicit.reports.queries.exports.wording import LABEL, PLAN, TEXTS, THEMES
from solicit.submissions.models import Submission
from solicit.topics.models import Topic, TopicMember
from solicit.topics.queries.topics import stands_for_question
from solicit.words import N_

Left, Right = aliased(Question), aliased(Question)


def _questions(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    own_id = sa.literal(f"{call.slug}-").concat(sa.cast(Question.id, sa.Text))
    return with_topic(
        sa.select(
            label(),
            *THEME,
            word(Question.kind),
            word(Question.state),
            Question.title,
            Question.language,
            *texts(Question),
            *plan_cells(Question.plan),
            sa.func.coalesce(_first(Submission.external_id), own_id),
            _first(Submission.origin),
            TOPIC_NAME,
            n_submissions(),
            day(Question.created_at),
        )
        .select_from(Question)
        .outerjoin(Theme, Theme.id == Question.theme_id)
        .where(Question.call_id == call.id, is_shown(Question.id, viewer_id, chosen))
        .order_by(*in_order())
    )


def _first(column: sa.ColumnElement) -> sa.ScalarSelect:
    """A column of the first submission of the outer question."""
    return (
        sa.select(column)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.question_id == Question.id)
        .order_by(Submission.id)
        .limit(1)
        .correlate(Question)
        .scalar_subquery()
    )


def _topics(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    return (
        sa.select(
            Topic.id,
            *THEME,
            name_of_topic(Topic),
            sa.func.array_to_string(Topic.terms, ", "),
            label(),
            Question.title,
            Question.language,
            yes(TopicMember.is_weak),
            yes(TopicMember.is_pinned),
            yes(TopicMember.came_later),
        )
        .join(TopicMember, TopicMember.topic_id == Topic.id)
        .join(Question, Question.id == TopicMember.question_id)
        .join(Theme, Theme.id == Topic.theme_id)
        .where(Topic.call_id == call.id, stands_for_question(), is_shown(Question.id, viewer_id, chosen))
        .order_by(Theme.position, Topic.id, *in_order())
    )


def _duplicates(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    sides = (DuplicatePair.left_id, DuplicatePair.right_id)
    both_stand = sa.and_(Left.state.in_(STANDING), Right.state.in_(STANDING))
    sources = (aliased(QuestionSource), aliased(QuestionSource))
    is_one = sa.exists().where(
        sources[0].first_question_id == DuplicatePair.left_id,
        sources[1].first_question_id == DuplicatePair.right_id,
        sources[0].question_id == sources[1].question_id,
    )
    return (
        sa.select(
            label(Left),
            Left.title,
            label(Right),
            Right.title,
            DuplicatePair.cosine,
            DuplicatePair.probability,
            word(DuplicatePair.method),
            yes(DuplicatePair.is_audit),
            day(DuplicatePair.suggested_at),
            word(DuplicatePair.verdict),
            day(DuplicatePair.decided_at),
            Person.full_name,
            yes(is_one),
        )
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .outerjoin(Person, Person.id == DuplicatePair.decided_by_id)
        .where(DuplicatePair.call_id == call.id, sa.or_(DuplicatePair.verdict.is_not(None), both_stand))
        .where(*(is_foreign(side, viewer_id) for side in sides), sa.or_(*(chosen.finds(side) for side in sides)))
        .order_by(DuplicatePair.probability.desc(), DuplicatePair.id)
    )


# An import knows its columns by these names, so that what is taken away can be brought in elsewhere.
QUESTIONS = Table(
    name="questions",
    title=N_("Questions"),
    about=N_("Every question and plan of the call with state, theme, topic and text, without authors."),
    columns=(
        LABEL,
        *THEMES,
        Column("kind", "text", "question or plan"),
        Column("state", "text", "new, in_scope, out_of_scope, merged or withdrawn"),
        *TEXTS,
        *PLAN,
        Column("external_id", "text", "Identifier of the first text; one of this call's own where it has none"),
        Column("source", "text", "Where an imported text came from"),
        Column("topic", "text", "Label of the topic; empty if in none"),
        Column("n_submissions", "integer", "Submissions that speak through this question"),
        Column("created_on", "date", "Day it came in, UTC"),
    ),
    **selected(_questions),
)
TOPICS = Table(
    name="topics",
    title=N_("Topics and their questions"),
    about=N_("One row for each question of a topic."),
    columns=(
        Column("topic_id", "integer", "Number of the topic in this installation"),
        *THEMES,
        Column("topic", "text", "Name that organizers gave to the topic, else its words"),
        Column("words", "text", "Words that were found in its texts, with commas between them"),
        LABEL,
        Column("title", "text", "Title"),
        Column("language", "text", "Language of the title, as a BCP 47 tag"),
        Column("is_weak", "text", "yes if the question fits the topic badly, else no"),
        Column("is_pinned", "text", "yes if a person put the question here, else no"),
        Column("came_later", "text", "yes if the question came after the grouping, else no"),
    ),
    **selected(_topics),
)
DUPLICATES = Table(
    name="duplicates",
    title=N_("Duplicates and verdicts"),
    about=N_("One row for each pair of questions that look alike, with what a person said of it."),
    columns=(
        Column("left", "text", "Number of one question; empty before it is screened in"),
        Column("left_title", "text", "Its title"),
        Column("right", "text", "Number of the other question"),
        Column("right_title", "text", "Its title"),
        Column("cosine", "number", "How alike the vectors of both are, from -1 to 1"),
        Column("probability", "number", "Estimated probability of being the same, from 0 to 1"),
        Column("method", "text", "What was compared: meaning or words"),
        Column("is_audit", "text", "yes if drawn at random from below the threshold, else no"),
        Column("suggested_on", "date", "Day it was suggested, UTC"),
        Column("verdict", "text", "same, related or different; empty before somebody decided"),
        Column("decided_on", "date", "Day of the verdict, UTC"),
        Column("decided_by", "text", "Name of the organizer who decided"),
        Column("is_merged", "text", "yes if both speak through one question now, else no"),
    ),
    **selected(_duplicates),
)

"""Who takes part, counted in one way at a time."""

import sqlalchemy as sa

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.people.queries import country_choices, subregion_of
from solicit.questions.models import QuestionSource
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.parts import day, word
from solicit.reports.queries.exports.table import Chosen, Table, is_foreign, selected
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.words import N_

COUNTRY = Authorship.country
# By the names that they have in the file, in its order.
WAYS = {
    "region": sa.case({code: subregion_of(code) for code, _name in country_choices("en")}, value=COUNTRY),
    "country": COUNTRY,
    "theme": Theme.key,
    "career": word(Authorship.career),
    "kind": word(Submission.kind),
    "language": Submission.language,
    "day": day(Submission.sent_at),
}


def _participation(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    told = sa.func.jsonb_build_object(*(part for way in WAYS.items() for part in way))
    facts = sa.func.jsonb_each_text(told).table_valued("way", "value").render_derived()
    place = sa.func.array_position(sa.cast(list(WAYS), sa.ARRAY(sa.Text)), facts.c.way)
    questions = (QuestionSource.question_id, QuestionSource.first_question_id)
    return (
        sa.select(
            facts.c.way,
            facts.c.value,
            sa.func.count(Submission.id.distinct()),
            sa.func.count(Authorship.person_id.distinct()),
        )
        .select_from(Submission)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .outerjoin(Authorship, Authorship.submission_id == Submission.id)
        .outerjoin(Theme, Theme.id == Submission.theme_id)
        .join(facts, sa.true())
        .where(Submission.call_id == call.id, Submission.state.in_(LIVE))
        .where(*(is_foreign(each, viewer_id) for each in questions), sa.or_(*map(chosen.finds, questions)))
        .group_by(facts.c.way, facts.c.value)
        .order_by(place, facts.c.value)
    )


PARTICIPATION = Table(
    name="participation",
    title=N_("Participation"),
    about=N_("How many submissions and people there are by region, country, theme, career, kind, language and day."),
    columns=(
        Column("by", "text", "What is counted: region (UN M49), country, theme, career, kind, language or day (UTC)"),
        Column("value", "text", "Which region, country and so on; empty where it was not said"),
        Column("n_submissions", "integer", "Submissions that were sent and not withdrawn"),
        Column("n_people", "integer", "Authors of these submissions"),
    ),
    **selected(_participation),
)

"""What is new among the public questions, for feeds."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.questions.models import Question
from solicit.questions.queries.listing import SENT_ON, Search, filtered
from solicit.questions.states import question_label

MOST_NEW = 50
PUBLIC_ON = sa.cast(sa.func.timezone("UTC", Question.screened_at), sa.Date)


@dataclass(frozen=True)
class NewQuestion:
    """A question with the days on which it was sent and became public."""

    label: str
    title: str
    language: str
    goal_overview: str
    theme: ThemeView | None
    sent_on: date
    public_on: date


def newest_questions(session: Session, *, call: CallFacts, search: Search) -> tuple[NewQuestion, ...]:
    """The questions that became public last, by day; one statement."""
    texts = (Question.title, Question.language, Question.goal_overview)
    days = (SENT_ON.label("sent_on"), sa.func.coalesce(PUBLIC_ON, SENT_ON).label("public_on"))
    rows = session.execute(
        filtered(call, search, Question.kind, Question.number, Question.theme_id, *texts, *days)
        .order_by(sa.desc("public_on"), Question.number.desc(), Question.kind)
        .limit(MOST_NEW)
    )
    return tuple(
        NewQuestion(
            label=question_label(row.kind, row.number),
            title=row.title,
            language=row.language,
            goal_overview=row.goal_overview,
            theme=call.theme_by_id(row.theme_id),
            sent_on=row.sent_on,
            public_on=row.public_on,
        )
        for row in rows
    )

"""The questions that a later round is about, for who runs it: never with what the ratings say of them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import RoundQuestion
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.rounds import RoundPage, round_page
from solicit.panels.states import Pick
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.states import question_label
from solicit.web.pagination import Window
from solicit.words import N_

PICK_SHORT = {
    Pick.SHORTLIST: N_("Shortlist"),
    Pick.CONTESTED: N_("Contested"),
    Pick.CHOSEN: N_("Chosen by hand"),
    Pick.MERGED: N_("Another was merged into it"),
}


@dataclass(frozen=True)
class ListedRow:
    question_id: int
    label: str
    title: str
    language: str
    theme: ThemeView | None
    pick_word: str


@dataclass(frozen=True)
class ListedPage:
    """A page of the list; questions that the viewer is in conflict with are neither shown nor counted."""

    round: RoundPage
    rows: tuple[ListedRow, ...]
    n_shown: int
    per_pick: tuple[tuple[str, int], ...]

    @property
    def is_fixed(self) -> bool:
        return self.round.state != "draft"


def listed_page(session: Session, *, call: CallFacts, round_id: int, viewer_id: int, window: Window) -> ListedPage:
    """The questions of a later round by number; six statements."""
    view = round_page(session, round_id=round_id)
    shown = (
        RoundQuestion.round_id == round_id,
        Question.id == RoundQuestion.question_id,
        without_conflict(Question.id, viewer_id),
    )
    picks = session.execute(sa.select(RoundQuestion.pick, sa.func.count()).where(*shown).group_by(RoundQuestion.pick))
    counted: dict[Pick, int] = dict(picks.all())
    found = session.execute(
        sa.select(
            Question.id, Question.number, panel_text("title"), Question.language, Question.theme_id, RoundQuestion.pick
        )
        .where(*shown)
        .order_by(Question.theme_id, Question.number)
        .limit(window.size)
        .offset(window.offset)
    )
    rows = tuple(
        ListedRow(
            id_, question_label(view.kind, number) or "", title, language, call.theme_by_id(theme_id), PICK_SHORT[pick]
        )
        for id_, number, title, language, theme_id, pick in found
    )
    per_pick = tuple((PICK_SHORT[pick], counted[pick]) for pick in Pick if pick in counted)
    return ListedPage(view, rows, sum(counted.values()), per_pick)

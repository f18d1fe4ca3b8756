"""Questions as everybody sees them: only what is part of the call, and never who wrote it."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Identity, Subject, sits_on_a_panel
from solicit.calls.models import OutOfScopeReason
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, CallState, Kind
from solicit.questions.models import Question, QuestionSource, Support
from solicit.questions.queries.supporters import band_of, group_of, n_supporters
from solicit.questions.states import LETTERS, PUBLIC_WORDS, QuestionState, question_label
from solicit.submissions.models import Authorship, Submission

KIND_OF_LETTER = {letter: kind for kind, letter in LETTERS.items()}


@dataclass(frozen=True)
class Viewer:
    """What the public pages need to know of the person who asks."""

    person_id: int | None
    sees_support: bool


@dataclass(frozen=True)
class Wording:
    """One wording of a question, with what is public of its origin."""

    label: str | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    sent_at: datetime


@dataclass(frozen=True)
class QuestionPage:
    """One question for one viewer; ``band`` is None when nobody supports it or the viewer may not know."""

    id: int
    label: str
    kind: Kind
    kind_word: str
    theme: ThemeView | None
    wording: Wording
    grouped_with: str | None
    band: tuple[int, int | None] | None
    shows_support: bool
    is_supported: bool
    is_author: bool
    originals: tuple[Wording, ...]


@dataclass(frozen=True)
class Standing:
    """What the public words say of a submission's question."""

    question_id: int
    label: str | None
    state_word: str
    letter: str


def viewer_of(identity: Identity | None, call: CallFacts) -> Viewer:
    """Panels judge without knowing the support, so their members do not see it before the results."""
    on_panel = identity is not None and sits_on_a_panel(identity, Subject(call_id=call.id))
    is_over = call.state in (CallState.PUBLISHED, CallState.ARCHIVED)
    return Viewer(identity.person_id if identity else None, sees_support=is_over or not on_panel)


def parse_label(label: str) -> tuple[Kind, int] | None:
    """Kind and number of “Q-1203”, or None for anything else."""
    found = re.fullmatch(r"([A-Z])-([1-9][0-9]{0,17})", label)
    return (KIND_OF_LETTER[found[1]], int(found[2])) if found and found[1] in KIND_OF_LETTER else None


def question_page(session: Session, *, call: CallFacts, label: str, viewer: Viewer) -> QuestionPage | None:
    """A question that is part of the call, or was grouped with one that is; two statements."""
    found = _visible(session, call, label)
    if found is None:
        return None
    id_ = found.Question.id
    target = id_ if found.grouped_with is None else None
    facts = session.execute(
        sa.select(
            n_supporters(id_).label("n_supporters"),
            sa.exists(_given_by(viewer.person_id, id_)).label("is_supported"),
            sa.exists(_authors(id_).where(_is_author(viewer.person_id))).label("is_author"),
            sa.func.coalesce(_merged_ids(id_), sa.cast([], sa.ARRAY(sa.BigInteger))).label("merged_ids"),
        )
    ).one()
    return _page(found, facts, call, viewer)

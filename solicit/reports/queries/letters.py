"""The letters of a call, as an organizer may see them: what became of each, and of whom only what is theirs to know."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts
from solicit.mail.models import OutboxMail
from solicit.mail.states import KINDS, STATE_WORDS, MailState
from solicit.questions.models import QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.submissions.models import Submission
from solicit.web.pagination import Window


@dataclass(frozen=True)
class LetterFilter:
    """Which part of the list: a state, a kind."""

    state: MailState | None = None
    kind: str | None = None


@dataclass(frozen=True)
class LetterRow:
    """One letter; the reference only if it went to who sent a submission in which the organizer has no part."""

    id: int
    kind_word: str
    created_at: datetime
    state: str
    state_word: str
    problem: str
    n_tries: int
    can_be_sent_again: bool
    reference: str | None


@dataclass(frozen=True)
class LetterCounts:
    """Letters per state (of the kind) and per kind (of the state)."""

    per_state: dict[MailState, int]
    per_kind: dict[str, int]


def letter_counts(session: Session, *, call: CallFacts, chosen: LetterFilter) -> LetterCounts:
    """The numbers beside the filters; one statement."""
    rows = session.execute(
        sa.select(OutboxMail.state, OutboxMail.kind, sa.func.count())
        .where(OutboxMail.call_id == call.id)
        .group_by(OutboxMail.state, OutboxMail.kind)
    )
    per_state, per_kind = Counter(), Counter()
    for state, kind, n in rows:
        if chosen.kind in (None, kind):
            per_state[state] += n
        if chosen.state in (None, state):
            per_kind[kind] += n
    return LetterCounts(dict(per_state), dict(per_kind))


def letter_rows(
    session: Session, *, call: CallFacts, viewer_id: int, chosen: LetterFilter, window: Window
) -> tuple[LetterRow, ...]:
    """One page of the letters, the newest first; one statement."""
    letters = (
        sa.select(OutboxMail, _known_reference(viewer_id).label("reference"))
        .where(OutboxMail.call_id == call.id)
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
        .offset(window.offset)
        .limit(window.size)
    )
    if chosen.state:
        letters = letters.where(OutboxMail.state == chosen.state)
    if chosen.kind:
        letters = letters.where(OutboxMail.kind == chosen.kind)
    return tuple(_row(mail, reference) for mail, reference in session.execute(letters))


def _known_reference(viewer_id: int) -> sa.ScalarSelect[str]:
    """The reference that a letter names, if its receiver sent it and the viewer has no part in its question."""
    source = aliased(QuestionSource)
    return (
        sa.select(Submission.reference)
        .join(source, source.submission_id == Submission.id)
        .where(
            Submission.call_id == OutboxMail.call_id,
            Submission.reference == OutboxMail.params["reference"].astext,
            Submission.submitter_id == OutboxMail.person_id,
            ~is_involved(viewer_id, source.question_id),
            ~is_involved(viewer_id, source.first_question_id),
        )
        .correlate(OutboxMail)
        .scalar_subquery()
    )


def _row(mail: OutboxMail, reference: str | None) -> LetterRow:
    return LetterRow(
        id=mail.id,
        kind_word=KINDS[mail.kind].word,
        created_at=mail.created_at,
        state=mail.state.value,
        state_word=STATE_WORDS[mail.state],
        problem=mail.problem,
        n_tries=mail.n_tries,
        can_be_sent_again=mail.state is MailState.FAILED and mail.recipient != "",
        reference=reference,
    )

"""Bringing in texts that came by post or mail, by an organizer's hand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.calls.queries import CallFacts
from solicit.submissions.queries.imports import ImportedText
from solicit.submissions.service.limits import check_limits
from solicit.submissions.service.rows import keep_versions, new_submission
from solicit.submissions.states import Source, TextValues


def bring_in(
    session: Session,
    *,
    call: CallFacts,
    texts: Sequence[ImportedText],
    now: datetime,
    batch_id: int | None = None,
    organizer_id: int | None = None,
) -> list[tuple[int, TextValues]]:
    """Store texts that an organizer imports, which have no author and may be incomplete; few statements for all.

    Returns each submission with its text.
    """
    submissions = []
    for given in texts:
        check_limits(call, given.text)
        submission = new_submission(call, given.text, now)
        submission.source, submission.origin = Source.IMPORT, given.origin
        submission.external_id, submission.batch_id = given.external_id, batch_id
        submissions.append(submission)
    session.add_all(submissions)
    session.flush()
    keep_versions(session, submissions, now)
    ids = [submission.id for submission in submissions]
    record_all(
        session, act="import", subject="submission", subject_ids=ids, call_id=call.id, actor_id=organizer_id, now=now
    )
    return [(submission.id, given.text) for submission, given in zip(submissions, texts, strict=True)]

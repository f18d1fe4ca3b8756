"""The consent of a guardian, for writers under 16."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Refused
from solicit.submissions.models import Draft
from solicit.words import N_


def ask_guardian(session: Session, *, call: CallFacts, submission_id: int, now: datetime) -> None:
    """Ask the guardian named in a draft for their consent."""
    draft = session.get_one(Draft, submission_id, with_for_update=True, populate_existing=True)
    if draft.guardian_email is None:
        raise Refused(N_("Enter the e-mail address of your guardian"))
    draft.guardian_nonce, draft.guardian_asked_at = secrets.token_hex(16), now
    session.flush()

"""What every change of a call begins with: nobody else arranges it meanwhile, and it is not in the archive."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.errors import Closed, NotFound
from solicit.words import N_


def lock_call(session: Session, *, call_id: int) -> None:
    """Let nobody else arrange this call until the transaction ends; people go on submitting meanwhile."""
    session.execute(sa.select(Call.id).where(Call.id == call_id).with_for_update(key_share=True))


def locked_call(session: Session, *, call_id: int) -> Call:
    """The call as it is now, locked so that nobody else arranges it; people go on submitting meanwhile."""
    wanted = sa.select(Call).where(Call.id == call_id).with_for_update(key_share=True)
    call = session.scalar(wanted.execution_options(populate_existing=True))
    if call is None:
        raise NotFound
    return call


def check_not_archived(call: Call | CallFacts) -> None:
    if call.state is CallState.ARCHIVED:
        raise Closed(N_("This call is in the archive: nothing of it changes any more."))


def raise_terms(call: Call) -> None:
    """Count a new version of what submitters agree to; before the opening nobody has agreed to the old one."""
    if call.state is not CallState.DRAFT:
        number = int(call.terms_version) if call.terms_version.isdecimal() else 1
        call.terms_version = str(number + 1)

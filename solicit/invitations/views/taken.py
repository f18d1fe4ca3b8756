"""Files that name people: asked for by a button, with a fresh proof, so often an hour, and noted."""

from flask import abort, g

from solicit.audit.service import record_taken
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.web.forms import ActionForm


def note_taken(call: CallFacts, table: str) -> None:
    """Note who takes a table away, or refuse a button that is not of this sign-in."""
    if not ActionForm().accepted():
        abort(400)
    with transaction() as session:
        record_taken(session, table=table, call_id=call.id, actor_id=g.identity.person_id, now=utcnow())

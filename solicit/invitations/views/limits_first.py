"""Before limits are in force no page shows a candidate's name."""

from typing import NoReturn

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _

from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.in_force import pool_in_force
from solicit.invitations.queries.limit_sets import LimitSetFacts, limit_set_in_force


def needed_limits(call: CallFacts) -> LimitSetFacts:
    """The limits in force; without them the answer is the way to the page where they are drawn up."""
    return limit_set_in_force(db.session(), call=call) or _go_to_limits()


def needed_candidates(call: CallFacts) -> CandidatePool:
    """The candidates under the limits in force, or the same answer."""
    return pool_in_force(db.session(), call=call) or _go_to_limits()


def _go_to_limits() -> NoReturn:
    flash(_("Limits come first: candidates are shown once limits are in force."), "info")
    abort(redirect(url_for("invitations.limits"), 303))

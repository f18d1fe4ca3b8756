"""Checking a selection on the command line."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import make_candidates, make_ranked_run, make_selection

from solicit.invitations.commands import select
from solicit.invitations.models import SelectionCandidate


@pytest.fixture
def selection_id(session):
    call = make_call(session)
    run = make_ranked_run(session, call)
    make_candidates(session, call, run)
    return make_selection(session, call, run, proposer=make_organizer(session, call))


def verify(app, selection_id):
    return app.test_cli_runner().invoke(select, ["--verify", str(selection_id)])


def test_untouched_selection_is_found_the_same(app, session, selection_id):
    answer = verify(app, selection_id)
    assert (answer.exit_code, answer.output) == (0, "input and result: same digests\n")


def test_changed_merit_is_found(app, session, selection_id):
    session.execute(sa.update(SelectionCandidate).values(merit=SelectionCandidate.merit + 1))
    answer = verify(app, selection_id)
    assert (answer.exit_code, answer.output) == (1, "input and result: DIFFERENT\n")


def test_missing_selection_is_said(app, session):
    answer = verify(app, 999_999)
    assert (answer.exit_code, answer.output) == (1, "Error: There is no selection of this number.\n")

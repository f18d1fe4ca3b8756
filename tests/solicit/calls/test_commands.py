"""The state of a call on the command line."""

import pytest
from builders import make_call

from solicit.calls.commands import call_commands
from solicit.calls.queries import call_facts
from solicit.calls.states import CallState


@pytest.fixture
def run(app, session):
    session.commit()
    return lambda *arguments: app.test_cli_runner().invoke(call_commands, ["move", *arguments])


def test_call_is_closed_and_published(run, session):
    call = make_call(session)
    for state in (CallState.CLOSED, CallState.PUBLISHED):
        assert run(call.slug, "--to", state.value).exit_code == 0
        session.expire_all()
        assert call_facts(session, slug=call.slug).state is state


def test_illegal_move_and_unknown_call_end_in_a_sentence(run, session):
    call = make_call(session)
    session.commit()
    for slug, told in ((call.slug, "“open” cannot become “published”"), ("no-such-call", "There is no call")):
        result = run(slug, "--to", "published")
        assert result.exit_code == 1 and told in result.output
    assert call_facts(session, slug=call.slug).state is CallState.OPEN


def test_draft_is_no_state_to_move_to(run):
    assert run("any", "--to", "draft").exit_code == 2

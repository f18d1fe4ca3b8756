"""The state of a call on the command line."""

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from builders import make_call

from solicit.calls.commands import call_commands
from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.calls.states import CallState


@pytest.fixture
def run(app, session):
    session.commit()
    return lambda *arguments: app.test_cli_runner().invoke(call_commands, ["move", *arguments])


def test_call_is_closed_and_not_published_without_results(run, session):
    call = make_call(session)
    assert run(call.slug, "--to", "closed").exit_code == 0
    refused = run(call.slug, "--to", "published")
    assert refused.exit_code == 1
    assert f"An organizer does that on the page /{call.slug}/organize/publication." in refused.output
    session.expire_all()
    assert call_facts(session, slug=call.slug).state is CallState.CLOSED


def test_calls_are_listed_with_drafts(app, session):
    dates = dict(opens_at=datetime(2027, 1, 1, tzinfo=UTC), closes_at=datetime(2027, 3, 1, 15, 59, tzinfo=UTC))
    make_call(session, slug="over", title="Over", state=CallState.CLOSED, now=datetime(2027, 2, 1, tzinfo=UTC), **dates)
    make_call(session, slug="next", title="Next", state=CallState.DRAFT, **dates)
    session.commit()
    said = app.test_cli_runner().invoke(call_commands, ["list"]).output.splitlines()
    assert said == [
        "next\tdraft\topens 2027-01-01 00:00 UTC\tcloses 2027-03-01 15:59 UTC\tNext",
        "over\tclosed\topens 2027-01-01 00:00 UTC\tclosed 2027-02-01 00:00 UTC\tOver",
    ]


def test_illegal_move_and_unknown_call_end_in_a_sentence(run, session):
    call = make_call(session)
    session.commit()
    for slug, told in ((call.slug, "“open” cannot become “published”"), ("no-such-call", "There is no call")):
        result = run(slug, "--to", "published")
        assert result.exit_code == 1 and told in result.output
    assert call_facts(session, slug=call.slug).state is CallState.OPEN


def test_draft_is_no_state_to_move_to(run):
    assert run("any", "--to", "draft").exit_code == 2


def described(**values) -> str:
    call = dict(
        slug="new-call",
        title="A new call",
        headline="What is next?",
        opens_at="2027-01-01T00:00:00+00:00",
        closes_at="2027-03-01T23:59:00+08:00",
        themes=[dict(key="a", name="A", short_name="A", shape="circle", colour="space", description="")],
        stages=[dict(title="Collection", text="You send.", starts_on="2027-01-01", ends_on="2027-03-01")],
        reasons=[dict(key="r", label="R", letter="Sorry.")],
    )
    return json.dumps(call | values)


@pytest.fixture
def create(app, session):
    session.commit()
    return lambda text: app.test_cli_runner().invoke(call_commands, ["create", "-"], input=text)


def test_call_is_created_as_a_draft(create, session):
    assert create(described()).exit_code == 0
    call = call_facts(session, slug="new-call")
    assert call.state is CallState.DRAFT
    assert call.closes_at == datetime(2027, 3, 1, 15, 59, tzinfo=UTC)
    assert [theme.name for theme in call.themes] == ["A"]


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        described(unknown=1),
        described(opens_at="2027-01-01"),
        described(slug="Bad Slug"),
        described(closes_at="2026-01-01T00:00:00+00:00"),
    ],
)
def test_bad_description_ends_in_a_sentence_and_stores_nothing(create, session, text):
    result = create(text)
    assert result.exit_code == 1
    assert "Error: This" in result.output
    assert session.scalar(sa.select(sa.func.count()).select_from(Call)) == 0

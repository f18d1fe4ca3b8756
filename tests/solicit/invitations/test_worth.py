"""Limits of a selection count for a reader only whom they see: a difference would tell of what group the others are."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation, make_limits_in_force, make_question, make_ranked_run

from solicit.clock import utcnow
from solicit.invitations.models import LimitQuota, SelectionCandidate
from solicit.invitations.queries.comparison import comparison
from solicit.invitations.queries.selection_page import selection_page
from solicit.invitations.states import QuotaField
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState

REGION = "region:Eastern Africa"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def selection_id(session, call):
    """Two people of one region, at least two of whom are wanted."""
    limit_set = make_limits_in_force(session, call, make_ranked_run(session, call))
    session.add(
        LimitQuota(limit_set_id=limit_set.id, field=QuotaField.REGION, value="Eastern Africa", minimum=2, maximum=2)
    )
    session.flush()
    for _ in range(2):
        wrote = make_question(session, call)
        chosen = make_invitation(session, call, person=make_person(session), question_ids=[wrote.id])
    return chosen.selection_id


def in_conflict_with_one(session, call, selection_id):
    reader = make_organizer(session, call)
    (number, *_), *_ = session.scalars(
        sa.select(SelectionCandidate.question_ids).where(SelectionCandidate.selection_id == selection_id)
    )
    session.add(
        ConflictOfInterest(
            question_id=number,
            person_id=reader.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            reason="A colleague",
            created_at=utcnow(),
        )
    )
    session.flush()
    return reader


def used(session, call, selection_id, reader) -> list[tuple[int, bool]]:
    read = dict(call=call, viewer_id=reader.id, locale="en")
    page = selection_page(session, selection_id=selection_id, **read)
    (compared,) = comparison(session, selection_ids=[selection_id], **read).selections
    lines = {line.key: line for line in page.limits}, compared.lines
    return [(of_kind[REGION].used, of_kind[REGION].is_missed) for of_kind in lines]


def test_quota_counts_whom_the_reader_sees(session, call, selection_id):
    assert used(session, call, selection_id, make_organizer(session, call)) == [(2, False)] * 2
    assert used(session, call, selection_id, in_conflict_with_one(session, call, selection_id)) == [(1, False)] * 2


def test_seats_and_money_count_whom_the_reader_sees(session, call, selection_id):
    reader = in_conflict_with_one(session, call, selection_id)
    page = selection_page(session, call=call, selection_id=selection_id, viewer_id=reader.id, locale="en")
    assert [(line.key, line.used) for line in page.limits[:2]] == [("seats", 1), ("budget", 100_000)]

"""Drawing up limits, putting them in force, changing them by two people."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_invitations import LIMITS, make_candidates, make_limit_set, make_ranked_question
from sqlalchemy.exc import IntegrityError

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound, Refused
from solicit.invitations.models import LimitSet
from solicit.invitations.queries.limit_sets import draft_limit_set, limit_set_in_force, limit_sets
from solicit.invitations.queries.limits import QuotaLimit
from solicit.invitations.service import limits as services
from solicit.invitations.states import LimitState, QuotaField

RICH = replace(
    LIMITS,
    seats=3,
    online_places=2,
    country_cap=2,
    institution_cap=1,
    host_cap=0,
    quotas=(QuotaLimit(QuotaField.THEME, "space", 1, 3), QuotaLimit(QuotaField.COUNTRY, "KE", 0, 2, price=5)),
)


@pytest.fixture
def call(session):
    return make_call(session, n_places=2)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


def save(session, call, run, who, *, limits=LIMITS, version=""):
    return services.save_draft(
        session, call=call, run_ids=[run.id], limits=limits, version=version, actor_id=who.id, now=utcnow()
    )


def freeze(session, call, who, version):
    return services.put_in_force(session, call=call, version=version, actor_id=who.id, now=utcnow())


def ask(session, call, run, who, base_id, *, limits=RICH, reason="A larger room"):
    return services.ask_change(
        session,
        call=call,
        base_id=base_id,
        run_ids=[run.id],
        limits=limits,
        reason=reason,
        actor_id=who.id,
        now=utcnow(),
    )


def allow(session, call, who, number):
    services.put_change_in_force(session, call=call, limit_set_id=number, actor_id=who.id, now=utcnow())


def refuse(session, call, who, number, reason="No money"):
    services.refuse_change(session, call=call, limit_set_id=number, reason=reason, actor_id=who.id, now=utcnow())


def acts(session) -> list[str]:
    return session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.subject == "limits").order_by(AuditEvent.id)
    ).all()


def test_draft_is_saved_changed_and_put_in_force(session, call, run, people, ada, bo):
    save(session, call, run, ada)
    first = draft_limit_set(session, call=call)
    save(session, call, run, bo, limits=RICH, version=first.version)
    draft = draft_limit_set(session, call=call)
    assert (draft.id, draft.limits, draft.run_ids, draft.frozen_at) == (first.id, RICH, (run.id,), None)
    assert limit_set_in_force(session, call=call) is None
    freeze(session, call, ada, draft.version)
    in_force = limit_set_in_force(session, call=call)
    assert (in_force.id, in_force.limits, in_force.run_ids) == (draft.id, RICH, (run.id,))
    assert in_force.frozen_at is not None
    assert acts(session) == ["draw up", "draw up", "put in force"]


def test_draft_is_discarded(session, call, run, people, ada):
    save(session, call, run, ada)
    version = draft_limit_set(session, call=call).version
    services.discard_draft(session, call=call, version=version, actor_id=ada.id, now=utcnow())
    assert session.scalars(sa.select(LimitSet)).all() == []
    with pytest.raises(NotFound):
        services.discard_draft(session, call=call, version="", actor_id=ada.id, now=utcnow())


@pytest.mark.parametrize("version", ["", "2026-01-01T00:00:00+00:00", "x"])
def test_stale_draft_is_a_conflict(session, call, run, people, ada, bo, version):
    save(session, call, run, ada)
    with pytest.raises(Conflict):
        save(session, call, run, bo, limits=RICH, version=version)
    with pytest.raises(Conflict):
        freeze(session, call, bo, version)
    assert draft_limit_set(session, call=call).limits == LIMITS


def test_draft_cannot_go_round_the_second_person(session, call, run, people, ada):
    make_limit_set(session, call, [run.id])
    for version in ("", "x"):
        with pytest.raises(Conflict, match="in force already"):
            save(session, call, run, ada, version=version)


def test_runs_must_be_results_of_the_call(session, call, run, people, ada):
    other = make_call(session)
    with pytest.raises(NotFound):
        save(session, other, run, make_organizer(session, other))
    with pytest.raises(Refused, match="at least one ranking"):
        services.save_draft(session, call=call, run_ids=[], limits=LIMITS, version="", actor_id=ada.id, now=utcnow())


def test_candidate_decides_on_no_limits(session, call, run, people, ada, bo):
    save(session, call, run, bo)
    version = draft_limit_set(session, call=call).version
    make_ranked_question(session, call, run, p_top_k=0.5, people=[ada])
    for attempt in (
        lambda: save(session, call, run, ada, version=version),
        lambda: freeze(session, call, ada, version),
    ):
        with pytest.raises(Refused, match="candidate yourself"):
            attempt()
    base = freeze(session, call, bo, version)
    with pytest.raises(Refused, match="candidate yourself"):
        ask(session, call, run, ada, base)
    asked = ask(session, call, run, bo, base)
    for decide in (allow, refuse):
        with pytest.raises(Refused, match="candidate yourself"):
            decide(session, call, ada, asked)


def test_change_takes_two_people(session, call, run, people, ada, bo):
    base = make_limit_set(session, call, [run.id], by=ada)
    asked = ask(session, call, run, ada, base)
    assert limit_set_in_force(session, call=call).id == base
    with pytest.raises(Refused, match="second organizer"):
        allow(session, call, ada, asked)
    allow(session, call, bo, asked)
    in_force = limit_set_in_force(session, call=call)
    assert (in_force.id, in_force.limits, in_force.base_id, in_force.reason) == (asked, RICH, base, "A larger room")
    assert [each.state for each in limit_sets(session, call=call)] == [LimitState.IN_FORCE, LimitState.REPLACED]
    assert acts(session) == ["draw up", "put in force", "ask to change", "put in force"]


def test_refusal_is_kept_with_its_reason(session, call, run, people, ada, bo):
    base = make_limit_set(session, call, [run.id])
    asked = ask(session, call, run, ada, base)
    with pytest.raises(Refused, match="reason"):
        refuse(session, call, bo, asked, reason=" ")
    refuse(session, call, bo, asked)
    assert limit_set_in_force(session, call=call).id == base
    latest = limit_sets(session, call=call)[0]
    assert (latest.state, latest.refusal) == (LimitState.REFUSED, "No money")
    for decide in (allow, refuse):
        with pytest.raises(Conflict, match="decided"):
            decide(session, call, bo, asked)


def test_who_asked_may_take_it_back(session, call, run, people, ada):
    asked = ask(session, call, run, ada, make_limit_set(session, call, [run.id]))
    refuse(session, call, ada, asked, reason="A slip")
    assert limit_sets(session, call=call)[0].state is LimitState.REFUSED


def test_second_change_of_the_same_limits_cannot_undo_the_first(session, call, run, people, ada, bo):
    base = make_limit_set(session, call, [run.id])
    first = ask(session, call, run, ada, base)
    second = ask(session, call, run, ada, base, limits=replace(LIMITS, seats=9))
    allow(session, call, bo, first)
    with pytest.raises(Conflict, match="since this change was asked for"):
        allow(session, call, bo, second)
    with pytest.raises(Conflict, match="Start from those"):
        ask(session, call, run, ada, base)
    refuse(session, call, bo, second)


@pytest.mark.parametrize("reason", ["", "  "])
def test_change_needs_a_reason_and_a_difference(session, call, run, people, ada, reason):
    base = make_limit_set(session, call, [run.id])
    with pytest.raises(Refused, match="reason"):
        ask(session, call, run, ada, base, reason=reason)
    with pytest.raises(Refused, match="Nothing is different"):
        ask(session, call, run, ada, base, limits=LIMITS)


@pytest.mark.parametrize("state", LimitState)
def test_only_what_waits_can_be_decided(session, call, run, people, bo, state):
    number = make_limit_set(session, call, [run.id], state=state)
    other = make_call(session)
    with pytest.raises(NotFound):
        allow(session, other, make_organizer(session, other), number)
    if state is LimitState.WAITING:
        allow(session, call, bo, number)
        assert limit_set_in_force(session, call=call).id == number
    else:
        with pytest.raises((Conflict, NotFound)):
            allow(session, call, bo, number)
    assert session.get(LimitSet, number).call_id == call.id


def test_database_refuses_one_person_for_two(session, call, run, people, ada):
    asked = session.get(LimitSet, ask(session, call, run, ada, make_limit_set(session, call, [run.id])))
    session.get(LimitSet, asked.changes_id).state = LimitState.REPLACED
    session.flush()
    asked.state, asked.decided_at, asked.decided_by_id = LimitState.IN_FORCE, utcnow(), ada.id
    with pytest.raises(IntegrityError, match="changed_by_two"):
        session.flush()


def test_facts_take_one_statement(session, call, run, people, count_statements):
    make_limit_set(session, call, [run.id], limits=RICH)
    count_statements.clear()
    assert limit_set_in_force(session, call=call).limits == RICH
    assert len(count_statements) == 1

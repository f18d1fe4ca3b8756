"""The organizers' desk of conflicts: listed, decided, taken back, and what it makes void."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import (
    ask,
    force_state,
    make_later_round,
    make_panel,
    make_read_question,
    make_round,
    rate,
    seat,
)
from builders_seats import make_suspicion

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound, Refused
from solicit.jobs.models import Job
from solicit.panels import tasks
from solicit.panels.models import Assignment, ChainLink, Comparison, ConflictOfInterest, ConflictPolicy, Panelist
from solicit.panels.queries.own_conflicts import declared_by
from solicit.panels.service import conflicts
from solicit.panels.states import (
    Activity,
    AssignmentState,
    ChainAct,
    ComparisonState,
    ConflictSource,
    ConflictState,
    Preference,
)
from solicit.reports.queries.personal import personal_data

CONFIRMED, SUSPECTED, DISMISSED = ConflictState.CONFIRMED, ConflictState.SUSPECTED, ConflictState.DISMISSED


class Desk:
    def __init__(self, session):
        self.session = session
        self.call = make_call(session)
        self.organizer = make_organizer(session, self.call, full_name="Olga Organizer")
        self.panel = make_panel(session, self.call)
        self.panelist = seat(session, self.call, self.panel, person=make_person(session, full_name="Pat Panelist"))
        self.question = make_read_question(session, self.call, title="Why is dust grey?")
        self.address = f"/{self.call.slug}/organize/panels/conflicts"

    def suspect(self, question=None, **values) -> ConflictOfInterest:
        return make_suspicion(self.session, question or self.question, self.panelist, **values)

    def decide(self, rows, to=CONFIRMED, note="", actor=None):
        return conflicts.decide_conflicts(
            self.session,
            call_id=self.call.id,
            conflict_ids=[row.id for row in rows],
            to=to,
            note=note,
            actor_id=(actor or self.organizer).id,
            now=utcnow(),
        )

    def reopen(self, row, actor=None):
        actor_id = (actor or self.organizer).id
        conflicts.reopen_conflict(
            self.session, call_id=self.call.id, conflict_id=row.id, actor_id=actor_id, now=utcnow()
        )


@pytest.fixture
def desk(session):
    return Desk(session)


@pytest.fixture
def page(desk, client):
    sign_in(client, desk.session, desk.organizer)
    return lambda query="", path="": client.get(desk.address + path + query)


@pytest.mark.parametrize(
    ("to", "note", "act"), [(CONFIRMED, "", "confirm conflict"), (DISMISSED, "No", "dismiss conflict")]
)
def test_decision_is_kept_with_who_and_why_and_audited(desk, to, note, act):
    row = desk.suspect()
    desk.decide([row], to, note)
    assert (row.state, row.decided_by_id, row.decision_note) == (to, desk.organizer.id, note)
    event = desk.session.scalars(sa.select(AuditEvent).where(AuditEvent.act == act)).one()
    assert (event.subject_id, event.actor_key is not None) == (row.id, True)


def test_dismissing_wants_a_reason(desk):
    with pytest.raises(Refused, match="why"):
        desk.decide([desk.suspect()], DISMISSED)


def test_what_is_decided_is_not_decided_again(desk):
    row = desk.suspect()
    desk.decide([row])
    with pytest.raises(Conflict):
        desk.decide([row], DISMISSED, "No")


def test_organizer_with_a_part_neither_decides_nor_learns_of_it(desk, client, session):
    own = make_read_question(session, desk.call, authors=[desk.organizer], title="An organizer's own")
    hidden, shown = desk.suspect(own), desk.suspect()
    about_me = make_suspicion(session, make_read_question(session, desk.call, title="About me"), desk.organizer)
    for row in (hidden, about_me):
        with pytest.raises(NotFound):
            desk.decide([shown, row])
        with pytest.raises(NotFound):
            desk.reopen(row)
    sign_in(client, session, desk.organizer)
    text = client.get(desk.address).text
    assert (
        "Why is dust grey?" in text
        and "own" not in text.replace("known", "").split("<main")[1].split("Questions that you")[0]
    )
    assert "An organizer&#39;s own" not in text and "About me" not in text and "1–1 of 1" in text
    assert client.post(f"{desk.address}/{hidden.id}/reopen").status_code == 404
    assert "own" not in client.get(desk.address + ".csv?state=all").text.replace("known", "")


def test_late_conflict_voids_review_and_comparisons_and_seals_it(desk, session):
    round_id = make_round(session, desk.call, state="open")
    other = make_read_question(session, desk.call)
    rate(session, ask(session, round_id, desk.panel, desk.panelist, desk.question), 4)
    rate(session, ask(session, round_id, desk.panel, desk.panelist, other), 2)
    pairs_id = make_later_round(session, round_id, Activity.COMPARING, [desk.question, other])
    third = make_read_question(session, desk.call)
    for left, right in ((desk.question, other), (other, third)):
        session.add(
            Comparison(
                round_id=pairs_id, theme_id=desk.question.theme_id, person_id=desk.panelist.id, left_id=left.id,
                right_id=right.id, batch=1, state=ComparisonState.JUDGED, preference=Preference.LEFT,
                offered_at=utcnow(), judged_at=utcnow(),
            )
        )  # fmt: skip
    session.flush()
    force_state(session, round_id, "closed")
    voided = desk.decide([desk.suspect()])
    session.expire_all()
    states = dict(session.execute(sa.select(Assignment.question_id, Assignment.state)).all())
    assert states == {desk.question.id: AssignmentState.VOIDED, other.id: AssignmentState.SUBMITTED}
    compared = session.execute(sa.select(Comparison.left_id, Comparison.state, Comparison.preference)).all()
    assert sorted(compared) == sorted(
        [(desk.question.id, ComparisonState.VOIDED, None), (other.id, ComparisonState.JUDGED, Preference.LEFT)]
    )
    assert (voided.n_reviews, voided.n_comparisons) == (1, 1)
    sealed = session.scalars(sa.select(ChainLink.round_id).where(ChainLink.act == ChainAct.VOID)).all()
    assert sorted(sealed) == sorted([round_id, pairs_id])
    void = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "void", AuditEvent.subject == "assignment"))
    assert len(void.all()) == 1


def test_frozen_round_stays_and_a_corrected_ranking_is_offered(desk, client, session):
    round_id = make_round(session, desk.call, state="open")
    assignment = ask(session, round_id, desk.panel, desk.panelist, desk.question)
    rate(session, assignment, 4)
    force_state(session, round_id, "closed")
    force_state(session, round_id, "frozen")
    row = desk.suspect()
    sign_in(client, session, desk.organizer)
    answer = client.post(f"{desk.address}/decide", data={"to": "confirmed", "selected": row.id, "note": ""})
    assert answer.status_code == 303 and f"frozen={round_id}" in answer.headers["Location"]
    session.expire_all()
    assert assignment.state is AssignmentState.SUBMITTED
    assert "Compute the corrected ranking" in client.get(answer.headers["Location"]).text


def test_decision_can_be_taken_back_until_something_followed(desk, session):
    round_id = make_round(session, desk.call, state="open")
    row = desk.suspect()
    desk.decide([row])
    desk.reopen(row)
    assert (row.state, row.decided_at, row.decided_by_id) == (SUSPECTED, None, None)
    desk.decide([row], DISMISSED, "No")
    desk.reopen(row)
    desk.decide([row], DISMISSED, "No")
    rate(session, ask(session, round_id, desk.panel, desk.panelist, desk.question), 4)
    with pytest.raises(Refused, match="cannot be undone"):
        desk.reopen(row)


def test_confirmed_one_that_voided_a_vote_cannot_be_taken_back(desk, session):
    round_id = make_round(session, desk.call, state="open")
    rate(session, ask(session, round_id, desk.panel, desk.panelist, desk.question), 4)
    row = desk.suspect()
    desk.decide([row])
    with pytest.raises(Refused, match="cannot be undone"):
        desk.reopen(row)


def test_what_was_declared_cannot_be_taken_back_at_the_desk(desk, session):
    round_id = make_round(session, desk.call, state="open")
    assignment = ask(session, round_id, desk.panel, desk.panelist, desk.question)
    conflicts.declare_conflict(
        session, assignment_id=assignment.id, person_id=desk.panelist.id, reason="A friend", now=utcnow()
    )
    row = session.scalars(sa.select(ConflictOfInterest)).one()
    with pytest.raises(Refused, match="no decision"):
        desk.reopen(row)


def test_list_is_filtered_sorted_paged_and_written(desk, page, session):
    life = make_read_question(session, desk.call, theme="life", title="Is there life?")
    desk.suspect()
    desk.suspect(life, source=ConflictSource.CO_AUTHOR, signs=["co_author", "institution"])
    dismissed = desk.suspect(make_read_question(session, desk.call, title="Dismissed one"))
    desk.decide([dismissed], DISMISSED, "They never met")
    both, theirs = page().text, f"?panelist={desk.panelist.id}"
    assert "Why is dust grey?" in both and "Is there life?" in both and "Dismissed one" not in both
    assert "They never met" in page("?state=dismissed").text
    for query, n in (
        ("?sign=co_author", 1), ("?sign=institution", 2), ("?theme=life", 1), ("?state=all", 3), (theirs, 2),
        ("?state=all&sign=group", 0), ("?panelist=1x&sort=x&page=x&state=suspected", 2), ("?sort=question", 2),
    ):  # fmt: skip
        rows = list(csv.DictReader(io.StringIO(page(query, ".csv").text.lstrip("\ufeff"))))
        assert len(rows) == n, query
        assert page(query).status_code == 200
    rows = list(csv.DictReader(io.StringIO(page("?sign=co_author", ".csv").text.lstrip("\ufeff"))))
    assert rows[0]["signs"] == "Wrote a submission together with an author; Same institution as an author"


def test_many_are_decided_in_two_steps(desk, page, client, session):
    rows = [desk.suspect(), desk.suspect(make_read_question(session, desk.call))]
    chosen = "&".join(f"selected={row.id}" for row in rows)
    asked = page(f"?to=dismissed&{chosen}", "/decide")
    assert asked.status_code == 200 and "Dismiss 2 suspicions?" in asked.text
    sent = {"to": "dismissed", "selected": [row.id for row in rows]}
    refused = client.post(f"{desk.address}/decide", data=sent)
    assert refused.status_code == 422 and "Say why there is no conflict" in refused.text
    done = client.post(f"{desk.address}/decide", data=sent | {"note": "They never met"}, follow_redirects=True)
    assert "2 suspicions are dismissed." in done.text
    session.expire_all()
    assert {row.state for row in rows} == {DISMISSED}
    assert page("?to=dismissed", "/decide").status_code == 303


@pytest.mark.parametrize("sent", [{"to": "x"}, {"selected": "x"}, {"selected": "9" * 30}, {}, {"selected": "7777777"}])
def test_bad_decisions_change_nothing(desk, client, sent):
    row = desk.suspect()
    sign_in(client, desk.session, desk.organizer)
    answer = client.post(
        f"{desk.address}/decide", data={"to": "confirmed", "selected": row.id, "note": "x" * 501} | sent
    )
    assert answer.status_code in (303, 404, 422)
    desk.session.expire_all()
    assert row.state is SUSPECTED


def test_policy_is_kept_and_the_search_runs_as_a_job(desk, client, session):
    sign_in(client, session, desk.organizer)
    client.post(f"{desk.address}/policy", data={"co_authors": "y", "countries": "y"})
    policy = session.get_one(ConflictPolicy, desk.call.id)
    assert (policy.co_authors, policy.institutions, policy.groups, policy.countries) == (True, False, False, True)
    answer = client.post(f"{desk.address}/find")
    job = session.scalars(sa.select(Job)).one()
    assert (answer.status_code, job.kind) == (303, "panels.find_conflicts")
    assert client.post(f"{desk.address}/find").headers["Location"] == desk.address


def test_watch_looks_for_conflicts_of_every_running_call(desk, session):
    desk.panelist.ror = "013meh722"
    author = make_person(session, ror="013meh722")
    make_read_question(session, desk.call, authors=[author])
    session.commit()
    tasks.watch(timestamp=0)
    assert [row.state for row in session.scalars(sa.select(ConflictOfInterest))] == [SUSPECTED]


def test_panelists_tell_whom_they_know_and_see_no_suspicion(desk, client, session):
    desk.suspect()
    sign_in(client, session, desk.panelist)
    address = f"/{desk.call.slug}/review/conflicts"
    text = client.get(address).text
    assert "You have named no question" in text and "dust" not in text
    assert client.post(address, data={"words": "x" * 2_001}).status_code == 422
    assert client.post(address, data={"words": "Everybody of <b>Uni One</b>"}).status_code == 303
    assert session.scalars(sa.select(Panelist.conflict_words)).all() == ["Everybody of <b>Uni One</b>"]
    assert "Everybody of &lt;b&gt;" in client.get(address).text
    sign_in(client, session, desk.organizer)
    assert "Everybody of &lt;b&gt;" in client.get(desk.address).text


def test_suspicion_alone_takes_nothing_away_from_its_panelist(desk, client, session):
    round_id = make_round(session, desk.call, state="open")
    ask(session, round_id, desk.panel, desk.panelist, desk.question)
    desk.suspect()
    sign_in(client, session, desk.panelist)
    assert "Why is dust grey?" in client.get(f"/{desk.call.slug}/review").text
    assert client.get(f"/{desk.call.slug}/review/Q-{desk.question.number}").status_code == 200


@pytest.mark.parametrize("n", [1, 20])
def test_desk_costs_few_statements(desk, client, count_statements, n):
    for _ in range(n):
        desk.suspect(make_read_question(desk.session, desk.call))
    sign_in(client, desk.session, desk.organizer)
    client.get(desk.address)
    count_statements.clear()
    assert client.get(desk.address).status_code == 200
    assert len(count_statements) == 6


def test_who_declares_what_was_suspected_reads_nothing_of_the_suspicion(session):
    call = make_call(session)
    panel = make_panel(session, call)
    person, question = seat(session, call, panel), make_read_question(session, call)
    round_id = make_round(session, call, state="open")
    asked, now = ask(session, round_id, panel, person, question), utcnow()
    make_suspicion(session, question, person, created_at=now - timedelta(days=3))
    conflicts.declare_conflict(session, assignment_id=asked.id, person_id=person.id, reason="A friend", now=now)
    assert [row.declared_at for row in declared_by(session, call_id=call.id, person_id=person.id)] == [now]
    (row,) = personal_data(session, person_id=person.id)["conflict_of_interest"]["rows"]
    assert row["created_at"] == now.isoformat() and ConflictSource.INSTITUTION.value not in str(row)

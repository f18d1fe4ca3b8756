"""From an approved selection to the letter of a replacement, by the pages and jobs that do it."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_invitations import make_candidates, make_ranked_run, make_selection
from builders_letters import make_meeting, prepare, send, token_of

from solicit.clock import utcnow
from solicit.invitations.models import Invitation, Selection
from solicit.invitations.queries.letters.letter import letter_facts
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service.selecting.approve import approve_selection
from solicit.invitations.states import InvitationState as State
from solicit.invitations.states import Purpose
from solicit.invitations.tasks.selections import select
from solicit.jobs.models import Job


@pytest.fixture
def call(session):
    return make_call(session, n_places=10)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


@pytest.fixture
def invited(session, app, call, ada, bo):
    """The two best of four have their letters."""
    run = make_ranked_run(session, call)
    people = make_candidates(session, call, run, n=4)
    selection_id = make_selection(session, call, run, proposer=ada, limits=Limits(seats=2, budget_cents=2_000_000))
    approve(session, call, selection_id, bo)
    make_meeting(session, call)
    send(session, call, prepare(session, call, ada), bo, app.secret_key)
    return people


def approve(session, call, selection_id, organizer):
    approve_selection(session, call_id=call.id, selection_id=selection_id, approver_id=organizer.id, now=utcnow())


def of(session, person) -> Invitation:
    session.expire_all()
    return session.scalars(sa.select(Invitation).where(Invitation.person_id == person.id)).one()


def run_job(session) -> Selection:
    """What the worker does with the job that was started last."""
    job = session.scalars(sa.select(Job).order_by(Job.id.desc())).first()
    select(job_id=job.id, **job.arguments)
    return session.scalars(sa.select(Selection).order_by(Selection.id.desc())).first()


def test_declined_place_goes_to_the_next_and_the_letter_of_the_first_stays(
    session, client, app, call, ada, bo, invited
):
    stays, leaves, comes, _ = invited
    accepted, declined = of(session, stays), of(session, leaves)
    before = letter_facts(session, call=call, invitation_id=accepted.id)
    client.post(f"/en/{call.slug}/invitation/{token_of(accepted, app.secret_key)}", data={"answer": "accept"})
    page = f"/en/{call.slug}/invitation/{token_of(declined, app.secret_key)}"
    client.post(page, data={"answer": "decline", "reason": ""})

    sign_in(client, session, ada)
    started = client.post(f"/{call.slug}/organize/invite/letters/replacement")
    assert (started.status_code, "/jobs/" in started.location) == (303, True)
    replacement = run_job(session)
    assert replacement.purpose is Purpose.REPLACEMENT
    approve(session, call, replacement.id, bo)
    assert (of(session, leaves).state, of(session, comes).state) == (State.REPLACED, State.SELECTED)
    send(session, call, prepare(session, call, ada), bo, app.secret_key)
    assert (of(session, stays).state, of(session, comes).state) == (State.ACCEPTED, State.OFFERED)

    assert letter_facts(session, call=call, invitation_id=accepted.id) == before
    sign_in(client, session, leaves)
    assert "You declined this invitation." in client.get(f"/en/{call.slug}/my/invitation").text


def test_replacement_is_refused_in_words_where_nothing_is_approved(session, client, call, ada, invited):
    session.execute(sa.update(Selection).values(state="replaced"))
    sign_in(client, session, ada)
    answer = client.post(f"/{call.slug}/organize/invite/letters/replacement", follow_redirects=True)
    assert "There is no approved selection in which a seat could come free." in answer.text

"""Two answers to one question at once, on real connections: one of them wins."""

import threading

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_around import ask_co_author, make_draft
from builders_submissions import author_values, send
from sqlalchemy.orm import Session

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.errors import DomainError
from solicit.submissions import service
from solicit.submissions.models import Authorship, CoAuthor, Draft
from solicit.submissions.service import LinkKey
from solicit.submissions.states import CoAuthorState
from solicit.submissions.views.links import links

N_RACES = 5


@pytest.fixture(scope="module")
def engine(make_database):
    """A database of its own, because the usual one is a single connection."""
    engine = sa.create_engine(make_database("solicit_answer_races").app)
    yield engine
    engine.dispose()


@pytest.fixture
def asked(app, engine):
    """A request that waits, committed: the call's slug, the submission's id, the key of its link."""
    with app.app_context(), Session(engine) as session:
        call = make_call(session)
        receipt, _question_id = send(session, call, make_person(session))
        co_author = ask_co_author(session, call, receipt, email=f"{call.slug}@example.org")
        session.commit()
        return call.slug, receipt.submission_id, LinkKey(co_author.id, co_author.nonce)


def at_once(app, engine, slug: str, *acts) -> list[str]:
    """Do several things at the same moment, each on a connection of its own; what came of each, in words."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act) -> None:
        with app.app_context(), Session(engine) as session:
            call = call_facts(session, slug=slug)
            start.wait(10)
            try:
                act(session, call)
                session.commit()
                outcomes.append("done")
            except DomainError as refused:
                session.rollback()
                outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(outcomes)


@pytest.mark.parametrize("race", range(N_RACES))
def test_of_two_answers_one_wins(app, engine, asked, race):
    slug, submission_id, key = asked

    def agree(session, call) -> None:
        service.agree(session, call=call, key=key, author=author_values(), locale="en", now=utcnow())

    def decline(session, call) -> None:
        service.decline(session, call=call, key=key, now=utcnow())

    assert at_once(app, engine, slug, agree, decline, agree) == ["LinkUsedUp", "LinkUsedUp", "done"]
    with Session(engine) as session:
        state = session.get_one(CoAuthor, key.number).state
        n_authors = session.scalar(
            sa.select(sa.func.count()).select_from(Authorship).where(Authorship.submission_id == submission_id)
        )
    assert (state, n_authors) in ((CoAuthorState.ACCEPTED, 2), (CoAuthorState.DECLINED, 1))


@pytest.mark.parametrize("race", range(N_RACES))
def test_agreeing_while_the_request_is_taken_back(app, engine, asked, race):
    slug, submission_id, key = asked

    def agree(session, call) -> None:
        service.agree(session, call=call, key=key, author=author_values(), locale="en", now=utcnow())

    def revoke(session, call) -> None:
        service.revoke(session, call=call, submission_id=submission_id, co_author_id=key.number, now=utcnow())

    outcomes = at_once(app, engine, slug, agree, revoke)
    with Session(engine) as session:
        state = session.get_one(CoAuthor, key.number).state
    assert (outcomes, state) in (
        (["InvalidMove", "done"], CoAuthorState.ACCEPTED),
        (["LinkUsedUp", "done"], CoAuthorState.REVOKED),
    )


def test_of_two_guardians_answers_one_wins(app, engine):
    with app.app_context(), Session(engine) as session:
        call = make_call(session)
        draft = make_draft(session, call, make_person(session))
        service.name_guardian(session, submission_id=draft.id, email="parent@example.org")
        service.ask_guardian(session, call=call, links=links(), submission_id=draft.id, now=utcnow())
        key = LinkKey(draft.id, session.get_one(Draft, draft.id).guardian_nonce)
        session.commit()

    def answer(agrees: bool):
        return lambda session, call: service.answer_as_guardian(
            session, call=call, key=key, agrees=agrees, now=utcnow()
        )

    assert at_once(app, engine, call.slug, answer(True), answer(False)) == ["LinkUsedUp", "done"]

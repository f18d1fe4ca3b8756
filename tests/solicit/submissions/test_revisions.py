"""Revisions: an organizer asks, the next saved version answers."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, make_published, sign_in
from builders_around import letters, make_co_author, rendered
from builders_questions import make_question as make_question_row
from builders_questions import make_submission
from builders_submissions import GOAL, SIGNIFICANCE, make_question, send, text_values

from solicit.calls.models import Call
from solicit.calls.service import check_accepts_answers
from solicit.clock import utcnow
from solicit.errors import Closed, Refused
from solicit.submissions import service
from solicit.submissions.models import RevisionRequest, Submission
from solicit.submissions.states import SubmissionState

TEXT = "Please say which rings you mean, and why these."


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def owner(session):
    return make_person(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def sent(session, call, owner):
    return send(session, call, owner)


def ask(session, call, sent, organizer, *, now=None):
    what = dict(submission_id=sent[0].submission_id, text=TEXT, asked_by_id=organizer.id)
    service.request_revision(session, call=call, now=now or utcnow(), **what)


def edit(session, call, sent, owner, *, now=None, version=1, **text) -> bool:
    who = dict(submission_id=sent[0].submission_id, person_id=owner.id, version=version)
    return service.edit(session, call=call, text=text_values(call, **text), now=now or utcnow(), **who)


def state_of(session, sent) -> SubmissionState:
    return session.get_one(Submission, sent[0].submission_id, populate_existing=True).state


def requests(session) -> list[RevisionRequest]:
    return list(session.scalars(sa.select(RevisionRequest).execution_options(populate_existing=True)))


def close(session, call, *, days_ago):
    closed_at = utcnow() - timedelta(days=days_ago)
    values = dict(opens_at=closed_at - timedelta(days=60), closes_at=closed_at)
    session.execute(sa.update(Call).where(Call.id == call.id).values(**values))


def form_of(session, sent, **values) -> dict[str, str]:
    stored = session.get_one(Submission, sent[0].submission_id)
    defaults = dict(
        title="Which shepherd moons shape the rings of Saturn?",
        goal_overview=GOAL,
        significance=SIGNIFICANCE,
        approach="",
        theme="space",
        language="en",
        version=str(stored.version),
    )
    return defaults | values


def test_whole_way_from_the_desk_and_back(client, session, call, owner, organizer, sent):
    receipt, question_id = sent
    desk, own = f"/{call.slug}/organize/questions/{question_id}", f"/en/{call.slug}/my/{receipt.reference}"
    sign_in(client, session, organizer)
    assert "Ask the author for a revision" in client.get(desk).text
    asked = dict(reference=receipt.reference, text=TEXT)
    page = client.post(f"{desk}/revision", data=asked, follow_redirects=True).text
    assert TEXT in page
    assert "not answered yet" in page
    (mail,) = letters(session, "revision_requested")
    assert mail.recipient == owner.email
    assert TEXT in rendered(mail)
    assert rendered(mail).startswith(f"Please change something: {receipt.reference}\n")
    sign_in(client, session, owner)
    mine = client.get(f"/en/{call.slug}/my").text
    assert "The organizers ask you for a change" in mine
    assert "We asked you for a change" in mine
    assert TEXT in client.get(own).text
    assert TEXT in client.get(f"{own}/edit").text
    assert client.post(f"{own}/edit", data=form_of(session, sent)).status_code == 303
    assert state_of(session, sent) is SubmissionState.SENT
    assert "Answered on" in client.get(own).text
    assert TEXT not in client.get(f"{own}/edit").text
    assert "Asked of you" not in client.get(f"/en/{call.slug}/my").text
    sign_in(client, session, organizer)
    page = client.get(desk).text
    assert "answered on" in page
    assert "Which shepherd moons" in page


@pytest.mark.parametrize(
    ("text", "message"),
    [("x" * 9, "Say what should change in at least 10 characters"), ("x" * 2001, "Shorten the request")],
)
def test_bad_requests_come_back(client, session, call, organizer, sent, text, message):
    sign_in(client, session, organizer)
    address = f"/{call.slug}/organize/questions/{sent[1]}/revision"
    answer = client.post(address, data=dict(reference=sent[0].reference, text=text))
    assert answer.status_code == 422
    assert message in answer.text
    assert text in answer.text
    assert requests(session) == []


def test_only_submissions_of_the_question_can_be_chosen(client, session, call, organizer, sent):
    other, _other_question = send(session, call)
    sign_in(client, session, organizer)
    address = f"/{call.slug}/organize/questions/{sent[1]}/revision"
    for reference in (other.reference, "S-0000-0000", "x"):
        assert client.post(address, data=dict(reference=reference, text=TEXT)).status_code == 422
        assert client.post(f"{address}/take-back", data=dict(reference=reference)).status_code == 422
    assert requests(session) == []


def test_organizer_who_wrote_it_asks_nothing(client, session, call, owner, organizer, sent):
    make_co_author(session, call, sent[0], organizer)
    sign_in(client, session, organizer)
    address = f"/{call.slug}/organize/questions/{sent[1]}/revision"
    assert client.post(address, data=dict(reference=sent[0].reference, text=TEXT)).status_code == 404
    for person in (owner, make_person(session), make_organizer(session, make_call(session))):
        sign_in(client, session, person)
        assert client.post(address, data=dict(reference=sent[0].reference, text=TEXT)).status_code == 404
    assert requests(session) == []


def test_imported_text_has_nobody_to_ask(client, session, call, organizer):
    question = make_question_row(session, call, with_submission=False)
    imported = make_submission(session, call)
    session.execute(sa.text("INSERT INTO question_source VALUES (:s, :q, :q)").bindparams(s=imported.id, q=question.id))
    sign_in(client, session, organizer)
    assert "Ask the author" not in client.get(f"/{call.slug}/organize/questions/{question.id}").text
    with pytest.raises(Refused):
        what = dict(submission_id=imported.id, text=TEXT, asked_by_id=organizer.id)
        service.request_revision(session, call=call, now=utcnow(), **what)


def test_one_request_at_a_time(session, call, owner, organizer, sent):
    ask(session, call, sent, organizer)
    with pytest.raises(Refused, match="asked already"):
        ask(session, call, sent, organizer)
    assert edit(session, call, sent, owner)
    ask(session, call, sent, organizer)
    assert sorted(request.answered_at is None for request in requests(session)) == [False, True]


def test_saving_without_a_change_is_no_answer(session, call, owner, organizer, sent):
    stored = session.get_one(Submission, sent[0].submission_id)
    ask(session, call, sent, organizer)
    assert not edit(session, call, sent, owner, title=stored.title)
    assert state_of(session, sent) is SubmissionState.REVISION_REQUESTED


def test_request_can_be_taken_back_until_it_is_answered(client, session, call, owner, organizer, sent):
    ask(session, call, sent, organizer)
    sign_in(client, session, organizer)
    address = f"/{call.slug}/organize/questions/{sent[1]}/revision/take-back"
    answer = client.post(address, data=dict(reference=sent[0].reference), follow_redirects=True)
    assert "The request is taken back." in answer.text
    assert state_of(session, sent) is SubmissionState.SENT
    assert requests(session) == []
    assert client.post(address, data=dict(reference=sent[0].reference)).status_code == 422


@pytest.mark.parametrize(("days_after", "may"), [(13.999, True), (14.001, False)])
def test_author_answers_for_fourteen_days_past_the_close(session, call, owner, organizer, sent, days_after, may):
    close(session, call, days_ago=5)
    ask(session, call, sent, organizer)
    later = utcnow() + timedelta(days=days_after)
    if may:
        assert edit(session, call, sent, owner, now=later)
        assert state_of(session, sent) is SubmissionState.SENT
        with pytest.raises(Closed):
            edit(session, call, sent, owner, now=later, version=2)
    else:
        with pytest.raises(Closed, match="Answers were possible until"):
            edit(session, call, sent, owner, now=later)


def test_who_was_not_asked_does_not_edit_past_the_close(client, session, call, owner, organizer, sent):
    close(session, call, days_ago=1)
    stored = session.get_one(Submission, sent[0].submission_id)
    stored.updated_at = utcnow() - timedelta(days=3)
    sign_in(client, session, owner)
    own = f"/en/{call.slug}/my/{sent[0].reference}"
    assert client.post(f"{own}/edit", data=form_of(session, sent)).status_code == 422
    assert "this can no longer be changed" in client.get(own).text
    ask(session, call, sent, organizer)
    assert f"{own}/edit" in client.get(own).text
    assert client.post(f"{own}/edit", data=form_of(session, sent)).status_code == 303
    assert f"{own}/edit" not in client.get(own).text
    # A request that was never answered in time offers nothing any more.
    ask(session, call, sent, organizer, now=utcnow() - timedelta(days=20))
    close(session, call, days_ago=15)
    assert f"{own}/edit" not in client.get(own).text


def test_nothing_is_asked_once_the_results_are_published(session, call, organizer, sent):
    make_published(session, call.id)
    with pytest.raises(Closed):
        ask(session, call, sent, organizer)


def test_withdrawing_answers_and_reviving_asks_nothing(session, call, owner, organizer, sent):
    ask(session, call, sent, organizer)
    who = dict(call=call, submission_id=sent[0].submission_id, person_id=owner.id)
    service.withdraw(session, now=utcnow(), **who)
    assert state_of(session, sent) is SubmissionState.WITHDRAWN
    assert requests(session)[0].answered_at is not None
    service.revive(session, now=utcnow(), **who)
    assert state_of(session, sent) is SubmissionState.SENT
    ask(session, call, sent, organizer)


def test_desk_reads_what_changed_in_a_screened_question(client, session, call, owner, organizer):
    question = make_question(session, call, owner, title="Which moons shape the rings of Saturn?")
    sent = (service.Receipt(session.scalars(sa.select(Submission.id)).one(), "", is_repeat=False), question.id)
    ask(session, call, sent, organizer)
    edit(session, call, sent, owner, title="Which shepherd moons shape the rings of Saturn?")
    sign_in(client, session, organizer)
    page = client.get(f"/{call.slug}/organize/questions/{question.id}").text
    assert "Text changed since screening" in page
    assert "<ins>shepherd </ins>" in page


@pytest.mark.parametrize(("seconds", "may"), [(-1, True), (0, False), (1, False)])
def test_second_at_which_answers_end(session, call, seconds, may):
    at = call.closes_at + timedelta(days=14, seconds=seconds)
    if may:
        check_accepts_answers(call, now=at)
    else:
        with pytest.raises(Closed):
            check_accepts_answers(call, now=at)
    # Who was asked after the close has two weeks from then.
    check_accepts_answers(call, now=at, asked_at=call.closes_at + timedelta(days=1))

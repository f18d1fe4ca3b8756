"""Two windows, saving by itself, and the close."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_drafts import about_form, draft_of, make_draft, submission_of, text_form
from builders_submissions import author_values, text_values

from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.errors import Closed, Conflict, Refused
from solicit.submissions import service
from solicit.submissions.models import Authorship, CoAuthor, Draft, Submission
from solicit.submissions.service.drafts import Change, save_draft
from solicit.submissions.states import SubmissionState

JSON = {"Accept": "application/json"}
GRACE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def writer(client, session):
    person = make_person(session)
    sign_in(client, session, person)
    return person


def at(call, reference: str, page: str = "question") -> str:
    return f"/en/{call.slug}/submit/{reference}/{page}"


def test_saving_by_itself_answers_with_the_version(client, session, call, writer):
    reference = make_draft(session, call, writer)
    answer = client.post(at(call, reference), data=text_form(version=2, title="Saved by itself?"), headers=JSON)
    assert answer.status_code == 200
    assert answer.json == {
        "version": 3,
        "saved_at": draft_of(session, reference).saved_at.isoformat(),
        "is_signed_out": False,
    }
    assert submission_of(session, reference).title == "Saved by itself?"


def test_second_window_shows_both_texts_and_then_wins(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference), data=text_form(version=2, significance="Of the first window, saved."))
    second = text_form(version=2, significance="Of the second window, typed.", theme="life")
    answer = client.post(at(call, reference), data=second)
    assert answer.status_code == 409 and "<title>Error:" in answer.text
    assert answer.text.count("Of the first window, saved.") == 1
    assert answer.text.count("Of the second window, typed.") == 2  # beside the other, and still in the form
    assert "Unexplored Space</p>" in answer.text and "Signatures of Extra-terrestrial Life</p>" in answer.text
    assert 'name="version" type="hidden" value="3"' in answer.text
    assert submission_of(session, reference).significance == "Of the first window, saved."
    assert client.post(at(call, reference), data=second | {"version": 3}).status_code == 303
    assert submission_of(session, reference).significance == "Of the second window, typed."


def test_two_windows_about_the_writer(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference, "about"), data=about_form(version=2, affiliation="KNUST", is_willing="y"))
    answer = client.post(at(call, reference, "about"), data=about_form(version=2, affiliation="KAUST", country="FR"))
    assert answer.status_code == 409
    for words in ("KNUST", "KAUST", "Kenya</p>", "France</p>", "Yes</p>", "No</p>"):
        assert words in answer.text


def test_the_same_words_twice_are_no_conflict(client, session, call, writer):
    reference = make_draft(session, call, writer)
    answers = [client.post(at(call, reference), data=text_form(version=2)).status_code for _ in range(3)]
    assert answers == [303, 303, 303]


def test_saving_by_itself_in_conflict_says_so(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference), data=text_form(version=2, title="The first window?"))
    answer = client.post(at(call, reference), data=text_form(version=2, title="The second?"), headers=JSON)
    assert (answer.status_code, answer.json["problem"]) == (409, "conflict")
    assert answer.json["message"] == "You saved another version in the meantime."
    assert submission_of(session, reference).title == "The first window?"


def test_sending_what_another_window_changed_shows_it_first(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference), data=text_form(version=2, significance="Changed after a last look at it, again."))
    answer = client.post(at(call, reference, "check"), data={"version": 2, "has_consented": "y"})
    assert answer.status_code == 409 and "Read it once more" in answer.text
    assert "Changed after a last look at it, again." in answer.text
    assert 'name="version" type="hidden" value="3"' in answer.text
    assert client.post(at(call, reference, "check"), data={"version": 3, "has_consented": "y"}).status_code == 303


@pytest.mark.parametrize("version", ["", "x", "9" * 400, "-1", None])
def test_a_form_without_its_version_keeps_the_text(client, session, call, writer, version):
    reference = make_draft(session, call, writer)
    form = text_form(significance="A text that took me an hour.") | ({"version": version} if version else {})
    answer = client.post(at(call, reference), data=form)
    assert answer.status_code in (409, 422) and "A text that took me an hour." in answer.text
    assert draft_of(session, reference).version == 2


def test_what_was_sent_is_no_longer_saved(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference, "check"), data={"version": 2, "has_consented": "y"})
    answer = client.post(at(call, reference), data=text_form(version=2, significance="Typed too late to be saved."))
    assert answer.status_code == 409 and "Typed too late to be saved." in answer.text
    for page in ("question", "about", "check", "saved"):
        assert client.get(at(call, reference, page)).location.endswith(f"/my/{reference}/received")


@pytest.fixture
def closed(session, call):
    """A call that closed a minute ago."""

    def close(ago=timedelta(minutes=1)):
        session.execute(sa.update(Call).where(Call.id == call.id).values(closes_at=sa.func.now() - ago))
        session.commit()

    return close


def test_after_the_close_the_text_can_be_read_but_not_saved(client, session, call, writer, closed):
    reference = make_draft(session, call, writer, now=call.opens_at, significance="The text as it was saved.")
    closed()
    answer = client.post(at(call, reference), data=text_form(version=2, significance="Typed over the close."))
    assert answer.status_code == 409
    assert "The call closed on" in answer.text and "Your text is kept in the draft." in answer.text
    assert "Typed over the close." in answer.text and 'tabindex="0"' in answer.text
    as_json = client.post(at(call, reference), data=text_form(version=2, title="Late?"), headers=JSON)
    assert (as_json.status_code, as_json.json["problem"]) == (409, "closed")
    for page in ("question", "check"):
        shown = client.get(at(call, reference, page))
        assert "The text as it was saved." in shown.text and "<form class" not in shown.text
    sent = client.post(at(call, reference, "check"), data={"version": 2, "has_consented": "y"})
    assert sent.status_code == 409
    assert submission_of(session, reference).state is SubmissionState.DRAFT


def test_a_draft_saved_just_before_the_close_is_sent_in_the_time_of_grace(client, session, call, writer, closed):
    reference = make_draft(session, call, writer)
    closed(timedelta(minutes=5))
    assert client.post(at(call, reference), data=text_form(version=2)).status_code == 303
    assert "for a short while" in client.get(at(call, reference, "check")).text
    answer = client.post(at(call, reference, "check"), data={"version": 3, "has_consented": "y"})
    assert "It came in after the close" in client.get(answer.location).text


def send(session, call, reference, person, now, version=2):
    return service.send_draft(
        session,
        call=call,
        submission_id=submission_of(session, reference).id,
        person_id=person.id,
        version=version,
        author=author_values(),
        now=now,
    )


def save(session, call, reference, now, version=2):
    return save_draft(
        session,
        call=call,
        submission_id=submission_of(session, reference).id,
        person_id=None,
        version=version,
        change=Change(text=text_values(call)),
        now=now,
    )


@pytest.mark.parametrize("act", [send, save])
@pytest.mark.parametrize(
    ("saved", "late", "is_taken"),
    [
        (timedelta(days=9), -SECOND, True),
        (timedelta(days=9), timedelta(0), False),
        (timedelta(days=9), SECOND, False),
        (GRACE - SECOND, SECOND, True),
        (GRACE, timedelta(0), True),
        (GRACE, SECOND, False),
        (SECOND, GRACE - SECOND, True),
        (SECOND, GRACE, False),
        (SECOND, GRACE + SECOND, False),
    ],
)
def test_the_close_and_its_grace_are_exact(session, call, act, saved, late, is_taken):
    """A draft saved ``saved`` before the close arrives ``late`` after it."""
    person, now = make_person(session), call.closes_at + late
    reference = make_draft(session, call, person, now=call.closes_at - saved)
    arguments = (person, now) if act is send else (now,)
    if is_taken:
        act(session, call, reference, *arguments)
    else:
        with pytest.raises(Closed):
            act(session, call, reference, *arguments)
        assert submission_of(session, reference).state is SubmissionState.DRAFT


def test_without_grace_the_close_is_the_end(session):
    call = make_call(session)
    session.execute(sa.update(Call).where(Call.id == call.id).values(grace_minutes=0))
    call, person = call_facts(session, slug=call.slug), make_person(session)
    reference = make_draft(session, call, person, now=call.closes_at - SECOND)
    with pytest.raises(Closed):
        send(session, call, reference, person, call.closes_at)


def test_a_call_that_closed_in_between_takes_nothing(session, call, closed):
    person = make_person(session)
    reference = make_draft(session, call, person, now=call.opens_at)
    closed(timedelta(0))  # ``call`` was read before
    with pytest.raises(Closed):
        send(session, call, reference, person, call.closes_at - timedelta(days=1) + timedelta(days=1))
    assert session.scalar(sa.select(sa.func.count()).select_from(Authorship)) == 0


def test_service_refuses_what_the_forms_would(session, call):
    person = make_person(session)
    unfinished = make_draft(session, call, person, goal_overview="")
    with pytest.raises(Refused):
        send(session, call, unfinished, person, call.opens_at)
    with pytest.raises(Conflict):
        send(session, call, unfinished, person, call.opens_at, version=1)
    assert session.scalars(sa.select(Submission.state)).all() == [SubmissionState.DRAFT]


def test_a_draft_is_thrown_away_only_by_its_button(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference, "about"), data=about_form(version=2, co_name_1="Bo", co_email_1="bo@example.org"))
    submission_id = submission_of(session, reference).id
    page = client.get(at(call, reference, "discard"))
    assert page.status_code == 200 and submission_of(session, reference).title in page.text
    assert submission_of(session, reference).state is SubmissionState.DRAFT
    assert client.post(at(call, reference, "discard")).status_code == 303
    assert client.get(at(call, reference)).status_code == 404
    for table in (Submission.id, Draft.submission_id, CoAuthor.submission_id):
        assert session.scalar(sa.select(sa.func.count()).where(table == submission_id)) == 0


def test_what_was_sent_is_not_thrown_away(client, session, call, writer):
    reference = make_draft(session, call, writer)
    client.post(at(call, reference, "check"), data={"version": "2", "has_consented": "y"})
    assert submission_of(session, reference).state is SubmissionState.SENT
    assert client.post(at(call, reference, "discard")).status_code == 303
    assert submission_of(session, reference).state is SubmissionState.SENT

"""The trail of a question names organizers for what they did at the desk, and nobody for what authors do."""

import pytest
from builders import make_call, make_organizer, sign_in
from builders_submissions import send
from solicit.questions.queries.audit_trail import audit_trail

from solicit.audit.service import record
from solicit.clock import utcnow


@pytest.fixture
def call(session):
    return make_call(session)


def test_organizer_who_wrote_the_text_is_not_named_as_its_author(client, session, call):
    author = make_organizer(session, call, full_name="Zq Author Organizer")
    receipt, question_id = send(session, call, author)
    for act in ("edit", "withdraw", "revive"):
        about = dict(subject="submission", subject_id=receipt.submission_id, call_id=call.id)
        record(session, act=act, **about, actor_id=author.id, now=utcnow())
    for act in ("translate", "remove translation"):
        about = dict(subject="question", subject_id=question_id, call_id=call.id, source="author")
        record(session, act=act, **about, actor_id=author.id, now=utcnow())
    sign_in(client, session, make_organizer(session, call))

    page = client.get(f"/{call.slug}/organize/questions/{question_id}/trail").text

    assert "Submitted" in page and author.full_name not in page


def test_desk_is_named(session, call):
    reader = make_organizer(session, call)
    receipt, question_id = send(session, call)
    about = dict(call_id=call.id, actor_id=reader.id, now=utcnow())
    record(session, act="redact", subject="question", subject_id=question_id, **about)
    record(session, act="request revision", subject="submission", subject_id=receipt.submission_id, **about)

    found = {each.word: each.who for each in audit_trail(session, call=call, question_id=question_id)}

    assert found["Copy for panels saved"] == found["Revision asked for"] == reader.full_name

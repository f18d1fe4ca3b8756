"""A letter to the authors of what was found: to each once, to nobody else, and only after it was looked at."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import add_submission
from builders_questions import make_question

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.mail.letters import read_letter
from solicit.mail.models import MailStop, OutboxMail
from solicit.reports.queries.search.authors import LETTER_KIND
from solicit.submissions.models import Submission
from solicit.submissions.states import SubmissionState

LETTER = {"subject": "About {title}", "body": "Dear {name},\n\nplease read [this](https://example.org/x)."}


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def desk(client, session, organizer):
    sign_in(client, session, organizer)
    return client


def letters(session) -> list[OutboxMail]:
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == LETTER_KIND).order_by(OutboxMail.id)).all()


def hidden_fields(page) -> dict[str, str]:
    return dict(re.findall(r'name="(key|expected)"[^>]*value="([^"]*)"', page.text))


def test_each_author_gets_one_letter_however_often_it_is_sent(desk, session, call, organizer):
    ada = make_person(session, full_name="Ada *Star*")
    for title in ("Ice [1](http://evil.example)", "Ice 2"):
        make_question(session, call, title=title, submitter=ada)
    stopped, gone, left = (make_person(session) for _ in range(3))
    make_question(session, call, title="Ice 3", submitter=stopped)
    session.add(MailStop(person_id=stopped.id, kind=LETTER_KIND, stopped_at=utcnow()))
    make_question(session, call, title="Ice 4", submitter=gone)
    withdrawn = dict(state=SubmissionState.WITHDRAWN, withdrawn_at=utcnow())
    session.execute(sa.update(Submission).where(Submission.submitter_id == gone.id).values(withdrawn))
    left.active = False
    make_question(session, call, title="Ice 5", submitter=left)
    own = make_question(session, call, title="Ice 6", submitter=organizer)
    add_submission(session, own, authors=[make_person(session)])
    make_question(session, call, title="Dust")
    address = f"/{call.slug}/organize/search/authors"
    page = desk.get(address, query_string={"search": "ice", "whole": "y"})
    assert "goes to 1 person" in page.text and "1 more wants no letters of this kind" in page.text
    sent = LETTER | {"search": "ice", "whole": "y"} | hidden_fields(page)
    preview = desk.post(address, data=sent | {"step": "look"})
    assert "About Ice [1](http:" in preview.text and "Dear Ada *Star*," in preview.text
    assert 'href="https://example.org/x"' in preview.text and "evil.example</a>" not in preview.text
    assert letters(session) == []
    assert desk.post(address, data=sent | {"step": "send", "expected": "2"}).status_code == 409
    for _ in range(2):
        assert desk.post(address, data=sent | {"step": "send"}).status_code == 303
    (letter,) = letters(session)
    assert letter.recipient == ada.email
    assert letter.params["title"] == "Ice [1](http://evil.example); Ice 2"
    written = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "write to authors")).one()
    assert written.details == {"n_people": 1}
    text = read_letter(LETTER_KIND, params=letter.params, locale="en").as_text()
    assert "Dear Ada *Star*,\n\nplease read [this](https://example.org/x)." in text


def test_only_those_of_the_selected_questions_get_it(desk, session, call, organizer):
    chosen, other = (make_question(session, call, title=title) for title in ("Ice 1", "Ice 2"))
    own = make_question(session, call, submitter=organizer)
    address = f"/{call.slug}/organize/search/authors"
    page = desk.get(address, query_string={"search": "ice", "selected": [chosen.id, own.id]})
    sent = LETTER | {"search": "ice", "selected": [chosen.id, own.id], "step": "send"} | hidden_fields(page)
    desk.post(address, data=sent)
    assert [letter.params["title"] for letter in letters(session)] == ["Ice 1"]
    nobody = desk.get(address, query_string={"selected": own.id})
    assert (nobody.status_code, nobody.headers["Location"]) == (303, f"/{call.slug}/organize/search")
    assert other.title == "Ice 2"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"subject": "x"}, "Enter a subject"),
        ({"body": "Dear {person}, hello"}, "There is no placeholder {person}. Use {name} for the person"),
        ({"key": "mine"}, "Open the page again and send it once more"),
    ],
)
def test_a_letter_with_something_wrong_is_kept_and_not_sent(desk, session, call, wrong, message):
    make_question(session, call, title="Ice 1")
    address = f"/{call.slug}/organize/search/authors"
    page = desk.get(address, query_string={"whole": "y"})
    answer = desk.post(address, data=LETTER | {"whole": "y", "step": "send"} | hidden_fields(page) | wrong)
    assert answer.status_code == 422 and message in answer.text
    assert letters(session) == []

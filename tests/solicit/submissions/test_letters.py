"""The letters around a submission, all of them as their readers get them."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_around import ask_co_author, make_co_author, make_draft
from builders_submissions import make_question, text_values

from solicit.clock import utcnow
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.questions.service.open import follow_withdrawal
from solicit.questions.service.support import give_support
from solicit.submissions import service
from solicit.submissions.models import Draft, Submission
from solicit.submissions.views.links import links

HOSTILE = "=?utf-8?q?Evil=0D=0ABcc:_e@x.org?= <b>{{ 7*7 }}</b> %(reference)s"
KINDS = {
    "submission_received",
    "submission_edited",
    "submission_withdrawn",
    "submission_revived",
    "co_author_invited",
    "co_author_answered",
    "guardian_asked",
    "guardian_answered",
    "revision_requested",
    "question_withdrawn",
}


@pytest.fixture
def every_letter(session) -> list[OutboxMail]:
    """Everything that is written when all that can happen around one submission does."""
    call, now = make_call(session), utcnow()
    owner, organizer = make_person(session, full_name=HOSTILE), None
    question = make_question(session, call, owner, title=f"{HOSTILE}?")
    sent = session.scalars(sa.select(Submission)).one()
    receipt, who = service.Receipt(sent.id, sent.reference, is_repeat=False), dict(call=call, submission_id=sent.id)
    organizer = make_organizer(session, call)
    bo = make_person(session, full_name=HOSTILE)
    make_co_author(session, call, receipt, bo)
    asked = ask_co_author(session, call, receipt, full_name=HOSTILE)
    service.decline(session, call=call, key=service.LinkKey(asked.id, asked.nonce), now=now)
    service.step_back(session, person_id=bo.id, now=now, **who)
    service.request_revision(session, text=f"{HOSTILE}\nTwo lines.", asked_by_id=organizer.id, now=now, **who)
    service.edit(session, person_id=owner.id, version=1, text=text_values(call, title=HOSTILE), now=now, **who)
    give_support(session, call=call, question_id=question.id, person_id=organizer.id, now=now)
    service.withdraw(session, person_id=owner.id, now=now, **who)
    follow_withdrawal(session, submission_id=sent.id, now=now)
    service.revive(session, person_id=owner.id, now=now, **who)
    for agrees in (True, False):
        draft = make_draft(session, call, owner, title=HOSTILE, author={"full_name": HOSTILE})
        service.name_guardian(session, submission_id=draft.id, email="parent@example.org")
        service.ask_guardian(session, call=call, links=links(), submission_id=draft.id, now=now)
        key = service.LinkKey(draft.id, session.get_one(Draft, draft.id).guardian_nonce)
        service.answer_as_guardian(session, call=call, key=key, agrees=agrees, now=now)
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_every_letter_has_its_values_one_link_and_a_plain_subject(every_letter):
    assert {mail.kind for mail in every_letter} == KINDS
    for mail in every_letter:
        letter = read_letter(mail.kind, params=mail.params, locale=mail.locale)
        subject, body = letter.subject, letter.as_text()
        assert body.count("http://localhost/") == 1, mail.kind
        assert 5 < len(subject) <= 60, subject
        assert "Evil" not in subject, mail.kind
        assert "<b>49</b>" not in body, mail.kind
        assert body.strip().splitlines()[-1].startswith("The organizers of “A call” send you this because"), mail.kind

"""Drafts as the wizard begins and fills them."""

import secrets
from uuid import uuid4

import sqlalchemy as sa
from builders_submissions import GOAL, SIGNIFICANCE, text_values

from solicit.access.service import token_hash
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.submissions.models import Draft, Submission
from solicit.submissions.service.drafts import Addresses, Change, begin_draft, save_draft
from solicit.submissions.states import Typed

ABOUT = dict(full_name="Ada Example", country="KE", career="researcher", age="sixteen")


def text_form(**values) -> dict:
    """What a browser sends with the step of the text."""
    defaults = dict(
        title="Where does interstellar dust come from?",
        theme="space",
        goal_overview=GOAL,
        significance=SIGNIFICANCE,
        approach="",
        language="en",
    )
    return defaults | values


def about_form(**values) -> dict:
    """What a browser sends with the step about the writer."""
    return dict(ABOUT, affiliation="", ror="", orcid="", email="ada@example.org") | values


def make_draft(session, call, person=None, *, key=None, now=None, typed=None, email=None, **text) -> str:
    """A draft that could be sent, unless ``text`` or ``typed`` say otherwise; returns its reference."""
    now, person_id = now or utcnow(), person.id if person else None
    reference = begin_draft(
        session,
        call=call,
        text=text_values(call, title="", goal_overview="", significance="", kind=text.get("kind", Kind.QUESTION)),
        typed=Typed(),
        person_id=person_id,
        key_hash=token_hash(key or secrets.token_urlsafe(32)),
        locale="en",
        idempotency_key=uuid4(),
        now=now,
    )
    change = Change(
        text=text_values(call, **text),
        typed=ABOUT | ({"email": email} if email else {}) | (typed or {}),
        addresses=Addresses(own=email, guardian=(typed or {}).get("guardian_email"), co_authors=()),
    )
    submission_id = submission_of(session, reference).id
    save_draft(session, call=call, submission_id=submission_id, person_id=person_id, version=1, change=change, now=now)
    return reference


def submission_of(session, reference: str) -> Submission:
    found = sa.select(Submission).where(Submission.reference == reference)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def draft_of(session, reference: str) -> Draft:
    return session.get_one(Draft, submission_of(session, reference).id, populate_existing=True)


def hold_key(client, key: str) -> None:
    """Give a browser the key of a draft."""
    client.set_cookie("draft", key)

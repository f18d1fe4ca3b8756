"""The people around a submission: co-authors who are asked, guardians, drafts, and the letters they get."""

import itertools

import sqlalchemy as sa
from builders_submissions import GOAL, author_values
from flask import render_template
from flask_babel import force_locale

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.submissions import service
from solicit.submissions.models import CoAuthor, Draft, Submission
from solicit.submissions.service import NamedCoAuthor
from solicit.submissions.states import SubmissionState
from solicit.submissions.views.links import links

_numbers = itertools.count(1)


def make_draft(session, call, person=None, *, title="Why is the night sky dark?", **values) -> Submission:
    """A draft with a title; ``values`` are those of its Draft row."""
    draft = Submission(
        reference=f"S-{next(_numbers):04d}-DRFT",
        call_id=call.id,
        theme_id=call.theme("space").id,
        submitter_id=person.id if person else None,
        kind=Kind.QUESTION,
        state=SubmissionState.DRAFT,
        language="en",
        title=title,
        goal_overview=GOAL,
        created_at=utcnow(),
        updated_at=utcnow(),
    )
    session.add(draft)
    session.flush()
    defaults = dict(locale="en", author={"full_name": "Young Stargazer"}, link_nonce="x", saved_at=utcnow())
    session.add(Draft(submission_id=draft.id, **defaults | values))
    session.flush()
    return draft


def ask_co_author(session, call, receipt, *, email="bo@example.org", full_name="Bo Example", now=None) -> CoAuthor:
    """A co-author who was asked by mail after sending."""
    person = NamedCoAuthor(email, full_name)
    service.ask_another(
        session, call=call, links=links(), submission_id=receipt.submission_id, person=person, now=now or utcnow()
    )
    return request_to(session, receipt, email)


def make_co_author(session, call, receipt, person, **values):
    """A person who was asked and agreed."""
    asked = ask_co_author(session, call, receipt, email=person.email, full_name=person.full_name)
    key = service.LinkKey(asked.id, asked.nonce)
    author = author_values(full_name=person.full_name, **values)
    service.agree(session, call=call, key=key, author=author, locale="en", now=utcnow())


def request_to(session, receipt, email) -> CoAuthor:
    wanted = sa.select(CoAuthor).where(CoAuthor.submission_id == receipt.submission_id, CoAuthor.email == email)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def letters(session, kind) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id)))


def rendered(mail: OutboxMail) -> str:
    """A letter as its reader gets it: subject, then body."""
    with force_locale(mail.locale):
        return render_template(f"mail/{mail.kind}.txt", public_url="http://localhost", **mail.params)


def agree_values(**values) -> dict[str, str]:
    """What a browser sends to agree; None leaves a field out."""
    defaults = dict(
        answer="agree",
        full_name="Bo Example",
        affiliation="Institute of Shores",
        country="SE",
        career="student",
        orcid="",
        ror="",
        is_willing="y",
        may_be_named="y",
        is_sixteen="y",
    )
    return {name: value for name, value in (defaults | values).items() if value is not None}

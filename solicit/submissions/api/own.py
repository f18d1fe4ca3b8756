"""One's own submissions: listing, reading, submitting, changing, withdrawing and bringing back."""

from uuid import NAMESPACE_URL, uuid5

from flask import abort, g, url_for

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict
from solicit.questions.queries.public import states_of
from solicit.questions.service.open import follow_edit, follow_revival, follow_withdrawal, open_question
from solicit.submissions import service
from solicit.submissions.api.reading import author_sent, plan_of, text_of, text_sent
from solicit.submissions.api.schemas import (
    IdempotencySchema,
    NewSubmissionSchema,
    NewTextSchema,
    SubmissionListSchema,
    SubmissionRowSchema,
    SubmissionSchema,
)
from solicit.submissions.queries import own
from solicit.submissions.queries.authors import submission_subject
from solicit.submissions.queries.page import SubmissionPage, submission_page
from solicit.web.api import ApiBlueprint, PageQuery, asked_window, check_unchanged, page_schema, paged

bp = ApiBlueprint("submissions", "What the person of the token submitted. Drafts are made and kept on pages only.")

ONE = "/calls/<call>/submissions/<reference>"
EXAMPLE = {
    "kind": "question",
    "theme": "life",
    "language": "en",
    "title": "Which gases tell of life, and which only seem to?",
    "goal_overview": "To know which mixtures of gases no process without life can keep up.",
    "significance": "Every finding on a far planet will be doubted until this is known.",
    "author": {"country": "KE", "career": "researcher", "is_sixteen": True, "is_willing": True},
    "has_consented": True,
}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "The address of the submission."}}


@bp.get("/calls/<call>/submissions")
@requires(Permission.SEE_OWN_SUBMISSIONS, call_subject)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_schema("submissions", SubmissionRowSchema))
def index(call: CallFacts, query: dict):
    """List what you submitted to a call, the latest first."""
    window = asked_window(query)
    sent = own.own_submissions(db.session(), call=call, person_id=g.identity.person_id, window=window)
    return paged("submissions", sent.rows, window, key=lambda row: row.id)


@bp.get("/calls/<call>/submissions/co-authored")
@requires(Permission.SEE_OWN_SUBMISSIONS, call_subject)
@bp.response(200, SubmissionListSchema)
def co_authored(call: CallFacts):
    """List what you agreed to be a co-author of, the latest fifty."""
    return {"submissions": own.co_authored(db.session(), call=call, person_id=g.identity.person_id)}


@bp.post("/calls/<call>/submissions", refuses=(409,))
@requires(Permission.SEND_SUBMISSION, call_subject)
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(NewSubmissionSchema, example=EXAMPLE)
@bp.response(201, SubmissionSchema, headers=LOCATION)
@bp.alt_response(200, schema=SubmissionSchema, description="It was submitted before, with this key.", headers=LOCATION)
def create(call: CallFacts, headers: dict, sent: dict):
    """Submit a question or an exploration plan.

    The receipt comes by mail, and the question waits at the desk, as from the page. Co-authors are named on the page.
    """
    me, now = g.identity.person_id, utcnow()
    text = text_sent(call, Kind(sent["kind"]), sent)
    author = author_sent(call, me, sent["author"], has_consented=sent["has_consented"])
    key = uuid5(NAMESPACE_URL, f"{call.id} {me} {headers['key']}")
    with transaction() as session:
        receipt = service.submit(
            session, call=call, person_id=me, author=author, text=text, idempotency_key=key, now=now
        )
        if not receipt.is_repeat:
            open_question(session, submission_id=receipt.submission_id, call_id=call.id, text=text, now=now)
    location = {"Location": url_for("api.submissions.page", call=call.slug, reference=receipt.reference)}
    return _view(call, receipt.reference), 200 if receipt.is_repeat else 201, location


@bp.get(ONE)
@requires(Permission.SEE_SUBMISSION, submission_subject)
@bp.response(200, SubmissionSchema)
def page(call: CallFacts, reference: str):
    """Read one submission, and what became of its question."""
    return _view(call, reference)


@bp.patch(ONE, refuses=(409,))
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
@bp.arguments(NewTextSchema, example={"title": "Which gases tell of life, and which only seem to do so?"})
@bp.response(200, SubmissionSchema)
def edit(call: CallFacts, reference: str, sent: dict):
    """Change the text of a submission; what is left out stays as it is."""
    stored = submission_page(db.session(), call=call, reference=reference)
    check_unchanged(SubmissionSchema, _view(call, reference))
    before = text_of(stored)
    plan = {**before["plan"], **sent.get("plan", {})} if stored.plan else sent.get("plan")
    text = text_sent(call, stored.kind, before | sent | {"plan": plan}, stored=stored.plan)
    try:
        with transaction() as session:
            what = dict(submission_id=stored.id, person_id=g.identity.person_id, version=stored.version, text=text)
            if service.edit(session, call=call, **what, now=utcnow()):
                follow_edit(session, submission_id=stored.id, text=text)
    except Conflict:
        abort(412)
    return _view(call, reference)


@bp.post(ONE + "/withdrawal", refuses=(409,))
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
@bp.response(200, SubmissionSchema)
def withdraw(call: CallFacts, reference: str):
    """Take a submission out of the call, until the close."""
    stored, now = submission_page(db.session(), call=call, reference=reference), utcnow()
    with transaction() as session:
        service.withdraw(session, call=call, submission_id=stored.id, person_id=g.identity.person_id, now=now)
        follow_withdrawal(session, submission_id=stored.id, now=now)
    return _view(call, reference)


@bp.post(ONE + "/revival", refuses=(409, 422))
@requires(Permission.CHANGE_SUBMISSION, submission_subject)
@bp.response(200, SubmissionSchema)
def revive(call: CallFacts, reference: str):
    """Bring a withdrawn submission back into the call, until the close."""
    stored = submission_page(db.session(), call=call, reference=reference)
    with transaction() as session:
        service.revive(session, call=call, submission_id=stored.id, person_id=g.identity.person_id, now=utcnow())
        follow_revival(session, submission_id=stored.id)
    return _view(call, reference)


def _view(call: CallFacts, reference: str) -> dict:
    """A submission with its latest wording and the standing of its question, as its page shows them."""
    stored: SubmissionPage = submission_page(db.session(), call=call, reference=reference)
    standing = states_of(db.session(), (stored.id,)).get(stored.id)
    return vars(stored.latest) | vars(stored) | {"plan": plan_of(stored.plan), "question": standing}

"""What follows when results are there: a publication, and a request for another look."""

import hashlib

from solicit.clock import utcnow
from solicit.questions.models import SecondLook
from solicit.reports.models import Publication
from solicit.reports.queries.publication.tables import TABLES
from solicit.reports.service.publication.package import packed


def make_publication(session, call, *, runs=(), **values) -> Publication:
    """A publication of nothing but these rankings."""
    package = packed({table.name: [] for table in TABLES}, {"README.md": f"# {call.title}, {call.id}\n"})
    shown = dict.fromkeys(("topics", "outcomes", "participation"), [])
    contents = {"title": call.title, "licence": call.licence, "runs": list(runs), "n_rows": {"questions": 0}}
    defaults = dict(
        call_id=call.id,
        number=1,
        digest=hashlib.sha256(package).digest(),
        package=package,
        contents=contents | shown,
        published_at=utcnow(),
    )
    publication = Publication(**defaults | values)
    session.add(publication)
    session.flush()
    return publication


def make_second_look(session, submission, *, reason="Look at the second sentence once more, please.") -> SecondLook:
    """The request of whoever sent a submission."""
    asked = dict(submission_id=submission.id, person_id=submission.submitter_id, reason=reason)
    look = SecondLook(**asked, asked_at=utcnow())
    session.add(look)
    session.flush()
    return look

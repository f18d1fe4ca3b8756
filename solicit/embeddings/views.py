"""The operator's page: which model answers for a call, and how its vectors are searched."""

from flask import Blueprint, render_template

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.embeddings import queries
from solicit.embeddings.indexes import EXACT_BELOW

bp = Blueprint("embeddings", __name__)


@bp.get("/<call>/organize/index")
@requires(Permission.SEE_JOBS, call_subject)
def index(call: CallFacts):
    return render_template(
        "embeddings/index.html", index=queries.call_index(db.session(), call=call), exact_below=EXACT_BELOW
    )

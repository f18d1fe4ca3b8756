"""A full analysis on the command line: every job starts, and its result is a page."""

import pytest
from builders import make_call

from solicit.clock import utcnow
from solicit.topics.commands.analyse import ANALYSES


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.kind)
def test_every_job_starts_and_its_result_is_a_page(app, session, analysis):
    call = make_call(session)
    path = f"/{call.slug}/{analysis.path}"

    assert analysis.start(session, call_id=call.id, started_by_id=None, result_path=path, now=utcnow())
    assert app.url_map.bind("localhost").match(path, method="GET")

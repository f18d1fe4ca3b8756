"""A frozen ranking says nothing of a question to who judges it in a round that is open now, on any page or file."""

import pytest
import sqlalchemy as sa
from builders import make_organizer, sign_in
from builders_panels import ask, force_state, make_round
from builders_rankings import Judged

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.rankings.models import RankingRow
from solicit.rankings.queries.rows import Wanted, counts, ranking_rows
from solicit.reports.queries.exports import TABLES, export_of
from solicit.reports.queries.plots import PLOTS
from solicit.reports.queries.plots.part import Asking, read_parts
from solicit.reports.queries.publication.preview import preview
from solicit.reports.queries.report import report_for
from solicit.reports.queries.report.model import Audience
from solicit.web.pagination import Window


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session)
    judged.score_all()
    judged.run_id = judged.freeze()
    return judged


@pytest.fixture
def reader(session, judged):
    return make_organizer(session, judged.call)


def asked_again(session, judged, reader):
    """The reader judges the best question in another series; returns its round."""
    round_id = make_round(session, judged.call, state="open")
    ask(session, round_id, judged.panel, reader, judged.questions[-1])
    return round_id


def told_of(session, judged, reader) -> dict[str, int]:
    """Of how many questions each page and file tells the value."""
    call, who = call_facts(session, slug=judged.call.slug), dict(viewer_id=reader.id)
    theme_id = session.scalars(sa.select(RankingRow.theme_id).distinct()).one()
    wanted = dict(run_id=judged.run_id, wanted=Wanted(theme_id), window=Window(1, 50))
    plot = read_parts(session, asking=Asking(call, reader.id, utcnow()), parts={"intervals": PLOTS["intervals"]})
    report = report_for(session, call=call, run_ids=(), audience=Audience.ORGANIZER, language="en", now=utcnow(), **who)
    (run,) = preview(session, call=call, **who).runs
    return {
        "page": len(ranking_rows(session, **wanted, **who)),
        "counts": sum(counts(session, call=call, run_id=judged.run_id, **who).per_theme.values()),
        "export": len(list(export_of(session, TABLES["ranked-themes"], call=call, **who).rows)),
        "plot": sum(row.title == judged.questions[-1].title for row in plot["intervals"].rows),
        "report": sum(part.n_ranked for part in report.parts),
        "preview": sum(run.per_theme.values()) + run.n_too_few + run.n_set_aside,
    }


def test_nothing_says_what_others_think_of_a_question_one_judges_now(session, judged, reader):
    before = told_of(session, judged, reader)
    assert before == {"page": 6, "counts": 6, "export": 6, "plot": 1, "report": 6, "preview": 6}
    round_id = asked_again(session, judged, reader)
    assert told_of(session, judged, reader) == {name: n - 1 for name, n in before.items()}
    force_state(session, round_id, "closed")
    assert told_of(session, judged, reader) == before


def test_page_says_that_a_question_is_left_out(client, session, judged, reader):
    asked_again(session, judged, reader)
    sign_in(client, session, reader)
    page = client.get(f"/{judged.call.slug}/organize/ranking/{judged.run_id}").text
    assert judged.questions[-1].title not in page and judged.questions[1].title in page

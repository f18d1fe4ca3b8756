"""What became of one's own submission: step by step, and nothing that its author may not know."""

import pytest
import sqlalchemy as sa
from builders import make_organizer, make_person, sign_in
from builders_programme import make_outcome
from builders_rankings import Judged
from builders_submissions import label_of

from solicit.calls.queries import call_facts, out_of_scope_reasons
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import QuestionState
from solicit.rankings.models import RankingRow
from solicit.reports.queries.publication.rankings import results_of
from solicit.reports.service.publication.publish import Confirmed, publish_results
from solicit.submissions.models import Submission


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    return judged


def own(session, question) -> Submission:
    source = sa.select(QuestionSource.submission_id).where(QuestionSource.first_question_id == question.id)
    sent = session.scalars(sa.select(Submission).where(Submission.id.in_(source))).one()
    sent.reference = f"S-7F3K-{sent.id:04d}"
    session.flush()
    return sent


def page_of(session, client, judged, question) -> str:
    sent = own(session, question)
    sign_in(client, session, session.get_one(Person, sent.submitter_id))
    answer = client.get(f"/en/{judged.call.slug}/my/{sent.reference}/what-became")
    assert answer.status_code == 200
    return answer.text


def publish(session, judged) -> None:
    call = call_facts(session, slug=judged.call.slug)
    ids = tuple(run.id for run in results_of(session, call=call))
    who = dict(actor_id=make_organizer(session, call).id, now=utcnow())
    confirmed = Confirmed(number=1, run_ids=ids)
    publish_results(session, call=call, confirmed=confirmed, address="https://calls.example/results", **who)
    session.commit()


def test_before_publication_nothing_of_scores_shows(session, client, judged):
    """Two authors of questions at both ends of a frozen ranking read the same page but for their own words."""
    run_id = judged.freeze()
    make_outcome(session, call_id=judged.call.id, question_id=judged.questions[5].id, text="It comes first.")
    pages = []
    for question in (judged.questions[0], judged.questions[5]):
        page = page_of(session, client, judged, question)
        page = page.replace(question.title, "TITLE").replace(label_of(question), "LABEL")
        pages.append(page.replace(own(session, question).reference, "REFERENCE"))
        assert "Read by a panel" in page and "It comes first." not in page
    first, last = (part.split("</header>")[-1].split("csrf")[0] for part in pages)
    assert first == last
    assert not any(f"{row.mean:.2f}" in page for row in judged.rows(run_id) for page in pages)


def test_after_publication_its_band_and_what_the_meeting_found_show(session, client, judged, count_statements):
    run_id = judged.freeze()
    best = judged.questions[5]
    make_outcome(session, call_id=judged.call.id, question_id=best.id, text="It comes first.")
    row = session.scalars(
        sa.select(RankingRow).where(RankingRow.run_id == run_id, RankingRow.question_id == best.id)
    ).one()
    publish(session, judged)
    page_of(session, client, judged, best)
    count_statements.clear()
    page = client.get(f"/en/{judged.call.slug}/my/S-7F3K-{own(session, best).id:04d}/what-became").text
    assert len(count_statements) == 8
    places = f"{row.place_first}–{row.place_last}" if row.place_last != row.place_first else f"{row.place_first}"
    assert f'<bdi class="nowrap" dir="ltr">{places}</bdi>' in page and "It comes first." in page
    assert f"{row.mean:.2f}" not in page


def test_too_few_ratings_are_said_kindly(session, client, judged):
    judged.freeze()
    weak = judged.questions[0]
    ranked = sa.update(RankingRow).where(RankingRow.question_id == weak.id)
    session.execute(ranked.values(n_ratings=2))
    publish(session, judged)
    assert "Too few panelists rated it" in page_of(session, client, judged, weak)


def test_each_decision_has_its_words(session, client, judged):
    outside, grouped, target, withdrawn = judged.questions[:4]
    reason = out_of_scope_reasons(session, call_id=judged.call.id)[0]
    outside.state, outside.reason_id = QuestionState.OUT_OF_SCOPE, reason.id
    source = session.scalars(sa.select(QuestionSource).where(QuestionSource.first_question_id == grouped.id)).one()
    source.question_id, grouped.merged_into_id, grouped.state = target.id, target.id, QuestionState.MERGED
    sent = own(session, withdrawn)
    values = dict(state="withdrawn", withdrawn_at=utcnow())
    session.execute(sa.update(Submission).where(Submission.id == sent.id).values(**values))
    session.execute(sa.update(Question).where(Question.id == withdrawn.id).values(state=QuestionState.WITHDRAWN))
    session.commit()
    assert reason.letter in page_of(session, client, judged, outside)
    page = page_of(session, client, judged, grouped)
    assert label_of(target) in page and target.title in page
    assert "You took it back." in page_of(session, client, judged, withdrawn)


def test_nobody_else_opens_it(session, client, judged):
    sent = own(session, judged.questions[0])
    address = f"/en/{judged.call.slug}/my/{sent.reference}/what-became"
    for person in (make_person(session), make_organizer(session, judged.call), judged.people[0]):
        sign_in(client, session, person)
        assert client.get(address).status_code == 404
        assert client.post(address, data={"reason": "x" * 40}).status_code == 404

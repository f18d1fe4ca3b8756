"""Summaries: made of several questions, shown with their originals, reworded, withdrawn with the last undoing."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import ask, make_panel, make_round, seat
from builders_questions import make_question

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message
from solicit.questions.models import Merge, Question, SummaryVersion, Support
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState

WORDS = dict(
    title="Where is the water of Mars today, and how much?",
    goal_overview="Both ask where water is now, as ice or as brine, and how deep.",
    significance="It decides where people can live and where life may have lived.",
    approach="",
    theme="space",
    language="en",
)


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


@pytest.fixture
def originals(session, call):
    new = make_question(session, call, title="Is there ice on Mars?", submitter=make_person(session))
    public = make_question(
        session, call, title="Is there brine on Mars?", submitter=make_person(session), state=QuestionState.IN_SCOPE
    )
    return new, public


@pytest.fixture
def summary(desk, session, call, originals) -> Question:
    assert desk.post(address(call, *originals), data=WORDS).status_code == 303
    return session.scalars(sa.select(Question).where(Question.is_summary)).one()


def address(call, *questions) -> str:
    ids = "&".join(f"of={question.id}" for question in questions)
    return f"/{call.slug}/organize/duplicates/summary?{ids}"


def reload(session, question) -> Question:
    return session.get(Question, question.id, populate_existing=True)


def test_form_begins_with_the_better_text_and_can_begin_with_another(desk, call, originals):
    new, public = originals

    page = desk.get(address(call, *originals)).text
    other = desk.get(address(call, *originals) + f"&start={new.id}").text

    assert f'value="{public.title}"' in page and new.title in page
    assert f'value="{new.title}"' in other


def test_summary_stands_for_all_with_a_number_of_its_own(session, call, organizer, originals, summary):
    new, public = (reload(session, original) for original in originals)

    assert (summary.state, summary.title, summary.theme_id) == (
        QuestionState.IN_SCOPE, WORDS["title"], call.theme("space").id
    )  # fmt: skip
    assert summary.number not in (None, public.number)
    assert {new.merged_into_id, public.merged_into_id} == {summary.id}
    kept = session.scalars(sa.select(SummaryVersion)).one()
    assert (kept.title, kept.reason, kept.written_by_id) == (WORDS["title"], "", organizer.id)
    assert session.scalar(sa.select(AuditEvent.subject_id).where(AuditEvent.act == "write summary")) == summary.id
    assert session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'questions.embed'")) == 1


def test_both_submitters_read_the_summary_and_no_unscreened_title_of_the_other(session, originals, summary):
    messages = [_message(mail) for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]

    assert [message.subject.split(":")[0] for message in messages] == ["Part of a summary"] * 2
    assert all(
        summary.title in message.body and f"/questions/Q-{summary.number}" in message.body for message in messages
    )
    titles = {original.title for original in originals}
    assert all(sum(title in message.body for title in titles) == 1 for message in messages)


def test_public_page_says_whose_words_they_are_and_keeps_the_originals(client, session, call, originals, summary):
    person = make_person(session)
    for question in (originals[1], summary):
        session.add(Support(question_id=question.id, person_id=person.id, supported_at=utcnow()))
    session.commit()
    client.get("/")

    page = client.get(f"/en/{call.slug}/questions/Q-{summary.number}").text

    assert "Summary by the organizers of 2 submissions" in page
    assert all(original.title in page and original.goal_overview in page for original in originals)
    assert f"/questions/Q-{originals[1].number}" in page
    names = session.scalars(sa.text("SELECT full_name FROM authorship")).all()
    assert not any(name in page for name in names if name)
    assert "1–4 supporters" in page


def test_desk_page_shows_originals_with_references_wordings_and_undoing(desk, call, session, originals, summary):
    page = desk.get(f"/{call.slug}/organize/questions/{summary.id}/grouped").text

    references = session.scalars(sa.text("SELECT reference FROM submission")).all()
    assert all(original.goal_overview in page for original in originals)
    assert all(reference in page for reference in references)
    assert page.count("/undo") == 2 and "The first wording." in page


def test_reworded_summary_keeps_its_old_words_with_the_reason(desk, session, call, organizer, summary):
    path = f"/{call.slug}/organize/questions/{summary.id}/reword"
    new = WORDS | dict(title="Where is the water of Mars now?", reason="It was too long to read.", version=1)

    assert desk.post(path, data=new | {"reason": "short"}).status_code == 422
    assert desk.post(path, data=new | {"version": 7}).status_code == 409
    assert desk.post(path, data=new).status_code == 303

    assert (reload(session, summary).title, summary.version) == ("Where is the water of Mars now?", 2)
    versions = session.scalars(sa.select(SummaryVersion).order_by(SummaryVersion.version)).all()
    assert [(kept.title, kept.reason) for kept in versions] == [
        (WORDS["title"], ""), ("Where is the water of Mars now?", "It was too long to read.")
    ]  # fmt: skip
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "reword summary")).one()
    assert event.details == {"version": 2}
    page = desk.get(f"/{call.slug}/organize/questions/{summary.id}/grouped").text
    assert "It was too long to read." in page and WORDS["title"] in page


def test_only_a_summary_is_reworded(desk, call, originals):
    assert desk.get(f"/{call.slug}/organize/questions/{originals[0].id}/reword").status_code == 404


def test_summary_is_withdrawn_with_the_last_undoing_and_its_number_stays(client, session, call, originals, summary):
    merges = session.scalars(sa.select(Merge.id)).all()
    undo_merge(session, merge_id=merges[0], actor_id=None, now=utcnow())
    assert reload(session, summary).state is QuestionState.IN_SCOPE
    number = summary.number
    undo_merge(session, merge_id=merges[1], actor_id=None, now=utcnow())
    session.commit()

    assert (reload(session, summary).state, summary.number) == (QuestionState.WITHDRAWN, number)
    assert [reload(session, each).state for each in originals] == [QuestionState.NEW, QuestionState.IN_SCOPE]
    mails = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "grouping_undone")).all()
    assert sorted(mail.params["title"] for mail in mails) == sorted(each.title for each in originals)
    page = client.get(f"/en/{call.slug}/questions/Q-{number}").text
    assert summary.title in page and "Its number is not used again." in page


def test_summary_takes_more_and_goes_into_another_one(desk, client, session, call, organizer, summary):
    more, other = make_question(session, call), make_question(session, call, state=QuestionState.IN_SCOPE)
    merging = dict(actor_id=organizer.id, now=utcnow())
    merge_questions(session, source_id=more.id, target_id=summary.id, **merging)
    merge_questions(session, source_id=summary.id, target_id=other.id, **merging)
    session.commit()

    page = client.get(f"/en/{call.slug}/questions/Q-{other.number}").text
    assert WORDS["title"] in page and "Summary by the organizers" in page
    assert "Grouped with" in client.get(f"/en/{call.slug}/questions/Q-{summary.number}").text
    for merge_id in session.scalars(sa.select(Merge.id).where(Merge.target_id == summary.id)).all():
        undo_merge(session, merge_id=merge_id, **merging)

    assert reload(session, summary).state is QuestionState.WITHDRAWN
    assert session.scalars(sa.select(Merge).where(Merge.undone_at.is_(None))).all() == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (dict(title="Short"), "Write a title of at least"),
        (dict(theme="nonsense"), "Choose a theme"),
        (dict(significance=""), "Explain why it matters"),
        (dict(language="xx"), "Choose the language"),
    ],
)
def test_unfit_words_are_refused_and_kept(desk, session, call, originals, changed, words):
    answer = desk.post(address(call, *originals), data=WORDS | changed)

    assert answer.status_code == 422 and words in answer.text and WORDS["goal_overview"] in answer.text
    assert session.scalars(sa.select(Merge)).all() == []


def test_summary_of_less_than_two_of_unlike_or_of_foreign_questions_is_missing(
    desk, session, call, organizer, originals
):
    mine = make_question(session, call, submitter=organizer)
    foreign = make_question(session, make_call(session))
    gone = make_question(session, call, state=QuestionState.WITHDRAWN)
    for questions in ([], originals[:1], [*originals, mine], [*originals, foreign], [*originals, gone]):
        assert desk.get(address(call, *questions)).status_code == 404
        assert desk.post(address(call, *questions), data=WORDS).status_code == 404
    assert desk.get(f"/{call.slug}/organize/duplicates/summary?of=x&of={2**64}").status_code == 404


def test_question_of_an_open_round_needs_its_chair(desk, session, call, originals):
    panel = make_panel(session, call)
    ask(session, make_round(session, call, state="open"), panel, seat(session, call, panel), originals[1])

    answer = desk.post(address(call, *originals), data=WORDS)

    assert answer.status_code == 422 and "whoever runs it must allow merging first." in answer.text
    assert session.scalars(sa.select(Question).where(Question.is_summary)).all() == []


@pytest.mark.parametrize("n", [2, 50])
def test_summaries_cost_the_same_for_any_number(desk, session, call, count_statements, n):
    questions = [make_question(session, call) for _ in range(n)]
    desk.post(address(call, *questions), data=WORDS)
    summary = session.scalars(sa.select(Question).where(Question.is_summary)).one()
    more = [make_question(session, call) for _ in range(n)]
    session.commit()
    desk_page = f"/{call.slug}/organize/questions/{summary.id}"
    for path, cost in ((address(call, *more), 3), (f"{desk_page}/grouped", 6), (f"{desk_page}/reword", 7)):
        count_statements.clear()
        assert desk.get(path).status_code == 200
        assert len(count_statements) == cost, path

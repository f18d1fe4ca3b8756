"""What an import does with rows: all of them or none, once, and never half."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_published
from builders_imports import csv_file, keep_file
from builders_submissions import send

from solicit import create_app
from solicit.audit.models import AuditEvent
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, Conflict, InvalidMove, NotFound, Refused
from solicit.questions.models import Question, QuestionSource
from solicit.questions.service import imports
from solicit.questions.service.imports import import_batch
from solicit.settings import Settings
from solicit.submissions.models import Authorship, ImportBatch, Submission, SubmissionVersion
from solicit.submissions.queries.imports import batch_page
from solicit.submissions.service.imports import check_batch, discard_batch
from solicit.submissions.states import ImportState, MissionType, PlanValues, Source, TimeFrame

PLAN_HEADER = ("title", "kind", "target_body", "mission_type", "measurement", "readiness", "time_frame", "missions")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bring(session, call, ada):
    """Reads, checks and imports a file; returns the number of its batch."""

    def bring(header, *rows, leave_out=False, call=call) -> int:
        batch_id = keep_file(session, call, ada, csv_file(header, rows))
        import_batch(session, call=call, batch_id=batch_id, leave_out=leave_out, organizer_id=ada.id, now=utcnow())
        return batch_id

    return bring


def n_rows(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def found(session, batch_id) -> list[tuple]:
    return [
        (finding.line, finding.verdict.value, finding.column, finding.reason)
        for finding in sorted(batch_page(session, batch_id=batch_id).findings, key=lambda finding: finding.line)
    ]


def judged(session, call, ada, header, *rows) -> tuple:
    (finding,) = found(session, keep_file(session, call, ada, csv_file(header, rows)))
    return finding[1:]


def test_texts_become_submissions_and_questions_without_an_author(session, call, bring):
    header = ("external_id", "title", "goal_overview", "theme", "language", "source", "licence")
    row = ("A-1", "Is it dust?", "We  ask\r\n", "SPACE", "FR", "A letter", "CC0")
    batch_id = bring(header, row, ("A-2", "Is it ice?"), leave_out=True)
    first = session.scalars(sa.select(Submission).order_by(Submission.id)).first()
    assert (first.title, first.goal_overview, first.language) == ("Is it dust?", "We  ask", "fr")
    assert (first.external_id, first.origin, first.batch_id) == ("A-1", "A letter · CC0", batch_id)
    assert (first.source, first.submitter_id, first.theme_id) == (Source.IMPORT, None, call.theme("space").id)
    assert [n_rows(session, model) for model in (Submission, SubmissionVersion, Question, QuestionSource)] == [1] * 4
    assert n_rows(session, Authorship) == 0
    jobs = session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'questions.embed'"))
    assert jobs == 1
    page = batch_page(session, batch_id=batch_id)
    assert (page.state, page.counts["imported"], page.n_rows) == (ImportState.IMPORTED, 1, 2)


def test_import_is_in_the_audit(session, bring):
    batch_id = bring(("title",), ("Is it dust?",), ("Is it ice?",))
    acts = session.execute(sa.select(AuditEvent.subject, AuditEvent.act, AuditEvent.actor_key)).all()
    done = Counter((subject, act) for subject, act, actor in acts if actor)
    assert done == {("submission", "import"): 2, ("import_batch", "import"): 1}
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == "import_batch")).one()
    assert (event.subject_id, event.details["n_new"], event.details["n_refused"]) == (batch_id, 2, 0)


def test_plan_keeps_its_fields(session, bring):
    bring(
        PLAN_HEADER,
        ("By value", "plan", " Europa ", "orbiter", "Depth\nof ice", "4", "2031_2035", "tianwen-4; change-8"),
        ("By word", "Exploration plan", "", "Sample return", "", "TRL 9", "until 2030", "TIANWEN-4"),
        ("Nothing", "plan", "", "", "", "", "", ""),
    )
    by_value, by_word, nothing = session.scalars(sa.select(Submission).order_by(Submission.id))
    assert PlanValues.from_json(by_value.plan) == PlanValues(
        target_body="Europa",
        mission_type=MissionType.ORBITER,
        measurement="Depth\nof ice",
        readiness=4,
        time_frame=TimeFrame.NEXT,
        missions=("tianwen-4", "change-8"),
    )
    assert PlanValues.from_json(by_word.plan) == PlanValues(
        mission_type=MissionType.SAMPLE_RETURN, readiness=9, time_frame=TimeFrame.SOON, missions=("tianwen-4",)
    )
    assert (nothing.kind, nothing.plan) == (Kind.PLAN, None)
    assert session.scalars(sa.select(Question).order_by(Question.id)).first().plan == by_value.plan


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("title", "", "no title"),
        ("title", "x" * 251, "too long"),
        ("title", "bell\x07", "control characters"),
        ("goal_overview", "x" * 3_001, "too long"),
        ("significance", "x" * 5_001, "too long"),
        ("approach", "x\x1b", "control characters"),
        ("theme", "Warp drives", "this theme"),
        ("kind", "letter", "this kind"),
        ("language", "tlh", "this language"),
        ("source", "x" * 1_001, "too long"),
        ("external_id", "x" * 201, "too long"),
        ("target_body", "x" * 201, "too long"),
        ("measurement", "x" * 8_001, "too long"),
        ("mission_type", "warp", "this mission type"),
        ("readiness", "10", "from 1 to 9"),
        ("readiness", "٣", "from 1 to 9"),
        ("time_frame", "never", "this time frame"),
        ("missions", "Apollo 11", "this mission"),
    ],
)
def test_row_is_refused_with_its_column(session, call, ada, column, value, told):
    row = {"title": "Is it dust?", "kind": "plan"} | {column: value}
    verdict, where, reason = judged(session, call, ada, tuple(row), tuple(row.values()))
    assert (verdict, where, told in reason) == ("refused", column, True)


def test_question_has_no_plan(session, call, ada):
    assert judged(session, call, ada, ("title", "readiness"), ("Is it dust?", "3"))[:2] == ("refused", "readiness")


def test_row_of_another_width_is_refused_in_a_file(session, call, ada):
    assert judged(session, call, ada, ("title", "kind"), ("Is it dust?",))[0] == "refused"


def test_rows_that_are_there_already(session, call, ada, bring):
    send(session, call, title="Is it sent?")
    bring(("external_id", "title"), ("A-1", "Is it dust?"))
    batch_id = keep_file(
        session,
        call,
        ada,
        csv_file(
            ("external_id", "title", "goal_overview"),
            [
                ("A-1", "Is it dust?", ""),
                ("A-1", "Is it dust?", "Another text"),
                ("A-2", "IS IT  SENT?", ""),
                ("", "is it ＤＵＳＴ?", ""),
                ("A-3", "Is it dust?", ""),
                ("A-3", "Is it new?", ""),
                ("A-4", "Is it dust?", ""),
                ("", "Is it new?", ""),
                ("", "Is it NEW?", ""),
            ],
        ),
    )
    verdicts = [(verdict, column) for _line, verdict, column, _reason in found(session, batch_id)]
    assert verdicts == [
        ("present", ""),
        ("refused", "external_id"),  # exists with another text
        ("present", ""),
        ("present", ""),
        ("new", ""),  # an identifier of its own, and so has the text with the same title
        ("refused", "external_id"),  # twice in the file
        ("new", ""),
        ("new", ""),
        ("refused", "title"),
    ]


def test_refused_rows_are_shown_first(session, call, ada):
    rows = [("Is it dust?", ""), ("Is it a kind?", "letter"), ("Is it ice?", ""), ("Is it one?", "word")]
    page = batch_page(session, batch_id=keep_file(session, call, ada, csv_file(("title", "kind"), rows)))
    assert [finding.line for finding in page.findings] == [3, 5, 2, 4]
    assert [finding.line for finding in page.refused] == [3, 5]


def test_same_file_again_changes_nothing(session, bring):
    rows = [("A-1", "Is it dust?"), ("", "Is it ice?")]
    bring(("external_id", "title"), *rows)
    again = bring(("external_id", "title"), *rows)
    assert n_rows(session, Submission) == n_rows(session, Question) == 2
    assert batch_page(session, batch_id=again).counts["imported"] == 0


def test_identifier_may_stand_in_two_calls(session, ada, bring):
    bring(("external_id", "title"), ("A-1", "Is it dust?"))
    bring(("external_id", "title"), ("A-1", "Is it another one?"), call=make_call(session))
    assert n_rows(session, Submission) == 2


def test_refused_row_stops_the_whole_file_unless_it_is_left_out(session, call, ada, bring):
    rows = [("Is it dust?", ""), ("Is it a kind?", "letter")]
    with pytest.raises(Refused, match="leave these rows out"):
        bring(("title", "kind"), *rows)
    assert n_rows(session, Submission) == 0
    batch_id = bring(("title", "kind"), *rows, leave_out=True)
    assert n_rows(session, Submission) == 1
    assert batch_page(session, batch_id=batch_id).counts["refused"] == 1


def test_file_is_imported_once(session, call, ada, bring):
    batch_id = bring(("title",), ("Is it dust?",))
    import_batch(session, call=call, batch_id=batch_id, leave_out=False, organizer_id=ada.id, now=utcnow())
    assert n_rows(session, Submission) == 1
    assert session.get_one(ImportBatch, batch_id).rows == []
    for late in (check_batch, discard_batch):
        values = {"mapping": {"title": 0}} if late is check_batch else {"organizer_id": ada.id}
        with pytest.raises(InvalidMove):
            late(session, call=call, batch_id=batch_id, now=utcnow(), **values)


def test_file_must_be_checked_and_of_the_call(session, call, ada):
    unchecked = keep_file(session, call, ada, checked=False)
    with pytest.raises(InvalidMove):
        import_batch(session, call=call, batch_id=unchecked, leave_out=False, organizer_id=ada.id, now=utcnow())
    other = make_call(session)
    with pytest.raises(NotFound):
        import_batch(session, call=other, batch_id=unchecked, leave_out=False, organizer_id=ada.id, now=utcnow())


def test_call_that_changed_since_the_check_stops_the_import(session, call, ada):
    batch_id = keep_file(session, call, ada)
    send(session, call, title="Is it dust?")
    with pytest.raises(Conflict, match="changed since"):
        import_batch(session, call=call, batch_id=batch_id, leave_out=False, organizer_id=ada.id, now=utcnow())


def test_published_call_takes_no_import(session, call, ada):
    batch_id = keep_file(session, call, ada)
    make_published(session, call.id)
    with pytest.raises(Closed):
        import_batch(session, call=call, batch_id=batch_id, leave_out=False, organizer_id=ada.id, now=utcnow())


@pytest.mark.parametrize("n", [3, 60])
def test_statements_do_not_grow_with_the_rows(session, call, ada, n, count_statements):
    batch_id = keep_file(session, call, ada, csv_file(("title",), [(f"Is it number {i}?",) for i in range(n)]))
    count_statements.clear()
    import_batch(session, call=call, batch_id=batch_id, leave_out=False, organizer_id=ada.id, now=utcnow())
    assert len(count_statements) <= 20


@pytest.fixture
def own_app(make_database, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, public_url="http://localhost")
    app = create_app(settings, make_database("solicit_imports"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def standing(own_app):
    """A call with two files of the same rows, all of it committed."""
    with own_app.app_context(), transaction() as session:
        call = make_call(session)
        ada, bo = make_organizer(session, call), make_organizer(session, call)
        return call, [(keep_file(session, call, who), who.id) for who in (ada, bo)]


def outcome(own_app, together, call, batch_id, organizer_id) -> str:
    try:
        with own_app.app_context(), transaction() as session:
            together.wait()
            import_batch(
                session, call=call, batch_id=batch_id, leave_out=False, organizer_id=organizer_id, now=utcnow()
            )
    except Conflict:
        return "refused"
    return "done"


@pytest.mark.parametrize(("is_same_file", "expected"), [(True, ["done", "done"]), (False, ["done", "refused"])])
def test_two_confirmations_at_once_import_once(own_app, standing, is_same_file, expected):
    call, files = standing
    together = Barrier(2)
    pairs = [files[0], files[0] if is_same_file else files[1]]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda pair: outcome(own_app, together, call, *pair), pairs))
    assert sorted(outcomes) == expected
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 2


def test_death_in_the_middle_leaves_nothing(own_app, standing, monkeypatch):
    call, ((batch_id, organizer_id), _) = standing
    really, calls = imports.open_questions, itertools.count()

    def die_after_half(session, *, texts, **values):
        really(session, texts=texts[: len(texts) // 2], **values)
        next(calls)
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "open_questions", die_after_half)
    with own_app.app_context():
        with pytest.raises(KeyboardInterrupt), transaction() as session:
            import_batch(
                session, call=call, batch_id=batch_id, leave_out=False, organizer_id=organizer_id, now=utcnow()
            )
        assert next(calls) == 1
        tables = (Submission, SubmissionVersion, Question, QuestionSource)
        assert [n_rows(db.session, model) for model in tables] == [0] * 4
        assert db.session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs")) == 0
        assert batch_page(db.session(), batch_id=batch_id).state is ImportState.CHECKED

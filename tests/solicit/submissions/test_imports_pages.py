"""Organizers bring a file: they see what would happen, and then it does, all of it or none."""

import csv
import io

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_imports import csv_file, keep_file, xlsx_file

from solicit.calls.states import CallState
from solicit.jobs.models import Job
from solicit.questions.models import Question
from solicit.submissions import tasks
from solicit.submissions.models import ImportBatch, Submission
from solicit.submissions.queries.columns import IMPORT_COLUMNS
from solicit.submissions.states import ImportState
from solicit.submissions.views.imports import LARGEST_UPLOAD, ROWS_AT_ONCE


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def browser(client, session, ada):
    sign_in(client, session, ada)
    return client


def desk(call) -> str:
    return f"/{call.slug}/organize/import"


def multipart(content: bytes, *, name="questions.csv", **fields: str) -> dict:
    """The body of a form with a file, made in memory: the test client would write a large one to the disk."""
    part = b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    parts = [part % (field.encode(), b"", value.encode()) for field, value in fields.items()]
    parts.append(part % (b"file", b'; filename="%s"' % name.encode(), content))
    return dict(data=b"".join(parts) + b"--edge--\r\n", content_type="multipart/form-data; boundary=edge")


def upload(browser, call, content: bytes, **fields):
    return browser.post(desk(call), **multipart(content, **fields))


def n_rows(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def many(n: int) -> bytes:
    return csv_file(("external_id", "title"), [(f"A-{i}", f"Is it number {i}?") for i in range(n)])


def test_from_the_file_to_the_questions(browser, session, call):
    page = upload(browser, call, xlsx_file(), name="../../etc/passwd")
    assert page.status_code == 303
    text = browser.get(page.location).text
    assert '<option selected value="1">title</option>' in text
    assert "Is it dust?" in text
    assert "What would happen" not in text
    answer = browser.post(page.location, data={"title": "1", "goal_overview": "2", "theme": "3", "external_id": "0"})
    assert answer.status_code == 303
    text = browser.get(answer.location).text
    assert text.index("What would happen") < text.index("Import 2 rows") < text.rindex("Is it ice?")
    assert "1 incomplete" not in text and "2 incomplete" in text
    assert n_rows(session, Submission) == 0
    answer = browser.post(f"{page.location}/confirm")
    assert answer.status_code == 303
    text = browser.get(answer.location).text
    assert "2 questions and plans were imported" in text
    for question_id in session.scalars(sa.select(Question.id)):
        assert f"/organize/screening/{question_id}" in text or f"/{question_id}" in text
    assert n_rows(session, Submission) == 2


def test_columns_that_are_not_chosen_are_not_read(browser, session, call, ada):
    batch_id = keep_file(session, call, ada, checked=False)
    chosen = {column.name: "" for column in IMPORT_COLUMNS} | {"title": "1"}
    browser.post(f"{desk(call)}/{batch_id}", data=chosen)
    browser.post(f"{desk(call)}/{batch_id}/confirm")
    first = session.scalars(sa.select(Submission).order_by(Submission.id)).first()
    assert (first.title, first.goal_overview, first.external_id) == ("Is it dust?", "", None)


@pytest.mark.parametrize(
    "data", [{}, {"title": ""}, {"title": "4"}, {"title": "-1"}, {"title": "x"}, {"title": "1", "theme": "99"}]
)
def test_mapping_needs_a_title_and_columns_of_the_file(browser, session, call, ada, data):
    batch_id = keep_file(session, call, ada, checked=False)
    answer = browser.post(f"{desk(call)}/{batch_id}", data={"title": ""} | data)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert session.get_one(ImportBatch, batch_id).state is ImportState.READ


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b"title\n", "no rows below"),
        (b"title\n\xff\n", "not UTF-8 text"),
        (b"PK\x03\x04", "not a whole workbook"),
        (b"[" * 1_000_000, "nested too deeply"),
        (many(5_001), "more than 5000 rows"),
        (b"title\n" + b"x" * 4_999_999, "larger than 5 MB"),
    ],
)
def test_bad_file_is_refused_on_the_page_and_nothing_is_stored(browser, session, call, content, told):
    answer = upload(browser, call, content)
    assert answer.status_code == 422
    assert told in answer.text and "Nothing was stored." in answer.text
    assert n_rows(session, ImportBatch) == 0


def test_no_file_is_an_error_at_the_field(browser, call):
    for data in ({}, {"file": "text"}, {"file": (io.BytesIO(b""), "")}):
        answer = browser.post(desk(call), data=data, content_type="multipart/form-data")
        assert (answer.status_code, answer.text.count("Choose a file")) == (422, 2)


def test_only_this_door_takes_a_large_body(browser, session, call, ada):
    content = b"title\n" + b"x" * 3_000_000
    assert upload(browser, call, content).status_code == 422
    assert upload(browser, call, b"x" * LARGEST_UPLOAD).status_code == 413
    batch_id = keep_file(session, call, ada)
    for path in (f"/{call.slug}/organize/missions", f"{desk(call)}/{batch_id}", "/en/account"):
        answer = browser.post(path, **multipart(content))
        assert answer.status_code == 413, path


def test_file_never_touches_the_disk(browser, call, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", refuse)
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert upload(browser, call, many(5_000) + b"\n" * 900_000).status_code == 303


def test_refused_rows_stop_the_import_until_they_are_left_out(browser, session, call, ada):
    content = csv_file(("title", "kind"), [("Is it dust?", ""), ("=Is it a kind?", "letter")])
    address = f"{desk(call)}/{keep_file(session, call, ada, content)}"
    text = browser.get(address).text
    assert "Kind: We do not know this kind" in text
    answer = browser.post(f"{address}/confirm")
    assert (answer.status_code, n_rows(session, Submission)) == (409, 0)
    assert "leave these rows out" in answer.text
    file = browser.get(f"{address}/refused.csv")
    assert file.headers["Content-Disposition"].startswith("attachment")
    (row,) = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")))
    assert row["title"] == "'=Is it a kind?"
    assert (row["line"], row["column"]) == ("3", "kind")
    assert browser.post(f"{address}/confirm", data={"leave_out": "y"}).status_code == 303
    assert n_rows(session, Submission) == 1
    assert "1 refused row was left out" in browser.get(address).text


def test_second_click_shows_the_same_result(browser, session, call, ada):
    address = f"{desk(call)}/{keep_file(session, call, ada)}"
    answers = [browser.post(f"{address}/confirm") for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, address)}
    assert n_rows(session, Submission) == 2


def test_long_report_has_pages(browser, session, call, ada):
    address = f"{desk(call)}/{keep_file(session, call, ada, many(120))}"
    first, last = browser.get(address).text, browser.get(f"{address}?page=3").text
    assert "Is it number 0?" in first and "Is it number 50?" not in first
    assert "Is it number 119?" in last and 'rel="next"' not in last


def test_hostile_texts_of_a_file_are_shown_as_texts(browser, session, call, ada):
    header = ("title", "<script>alert(1)</script>", "kind")
    content = csv_file(header, [("<img src=x onerror=alert(1)>", "</td>", "<b>")])
    text = browser.get(f"{desk(call)}/{keep_file(session, call, ada, content)}").text
    assert "<img src=x" not in text and "<script>alert" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_file_can_be_thrown_away(browser, session, call, ada):
    batch_id = keep_file(session, call, ada)
    assert browser.post(f"{desk(call)}/{batch_id}/discard").location == desk(call)
    kept = session.get_one(ImportBatch, batch_id, populate_existing=True)
    assert (kept.state, kept.rows, kept.report) == (ImportState.DISCARDED, [], {})
    assert browser.get(f"{desk(call)}/{batch_id}").status_code == 404
    assert f"{desk(call)}/{batch_id}" not in browser.get(desk(call)).text


def test_published_call_says_so(browser, session, ada):
    over = make_call(session, state=CallState.PUBLISHED)
    sign_in(browser, session, make_organizer(session, over))
    answer = upload(browser, over, csv_file())
    assert (answer.status_code, "are published" in answer.text) == (422, True)


def test_large_file_is_a_job(browser, session, call, ada):
    batch_id = keep_file(session, call, ada, many(ROWS_AT_ONCE + 1))
    address = f"{desk(call)}/{batch_id}"
    started, again = (browser.post(f"{address}/confirm") for _ in range(2))
    job = session.scalars(sa.select(Job)).one()
    assert started.location == again.location == f"/{call.slug}/organize/jobs/{job.id}"
    assert n_rows(session, Submission) == 0
    values = dict(call_slug=call.slug, batch_id=batch_id, leave_out=False, organizer_id=ada.id)
    tasks.import_file(job_id=job.id, **values)
    assert n_rows(session, Submission) == n_rows(session, Question) == ROWS_AT_ONCE + 1
    assert address in browser.get(started.location).text
    tasks.import_file(job_id=job.id, **values)
    assert n_rows(session, Submission) == ROWS_AT_ONCE + 1


def test_job_that_cannot_import_says_why(browser, session, call, ada):
    rows = [(f"Is it number {n}?", "") for n in range(ROWS_AT_ONCE + 1)]
    batch_id = keep_file(session, call, ada, csv_file(("title", "kind"), [*rows, ("Is it a kind?", "letter")]))
    job_page = browser.post(f"{desk(call)}/{batch_id}/confirm").location
    job = session.scalars(sa.select(Job)).one()
    tasks.import_file(job_id=job.id, call_slug=call.slug, batch_id=batch_id, leave_out=False, organizer_id=ada.id)
    assert "leave these rows out" in browser.get(job_page).text
    assert n_rows(session, Submission) == 0


@pytest.mark.parametrize("path", ["", "/{}", "/{}/refused.csv"])
def test_only_organizers_of_the_call_import(client, session, call, ada, path):
    address = desk(call) + path.format(keep_file(session, call, ada))
    assert client.get(address).status_code == 303
    for person in (make_person(session), make_organizer(session, make_call(session))):
        sign_in(client, session, person)
        assert client.get(address).status_code == 403
    other = make_call(session)
    sign_in(client, session, make_organizer(session, other))
    if path:
        assert client.get(address.replace(call.slug, other.slug)).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rows(browser, session, call, ada, n, count_statements):
    batch_ids = [keep_file(session, call, ada, many(n)) for _ in range(n)]
    browser.post(f"{desk(call)}/{batch_ids[0]}/confirm")
    costs = []
    for path in ("", f"/{batch_ids[0]}", f"/{batch_ids[-1]}"):
        count_statements.clear()
        assert browser.get(desk(call) + path).status_code == 200
        costs.append(len(count_statements))
    assert max(costs) <= 8


def test_form_changes_nothing_but_what_it_asks(browser, session, call, ada):
    """What is not on the page is not read: every column of the tables, and what attackers try."""
    names = {column.name for table in (ImportBatch, Submission) for column in table.__table__.columns}
    asked = {column.name for column in IMPORT_COLUMNS}
    extra = {name: "7" for name in (names | {"role", "is_admin", "owner_id"}) - asked}
    batch_id = keep_file(session, call, ada, checked=False)
    before = session.execute(sa.select(ImportBatch.__table__).where(ImportBatch.id == batch_id)).one()._mapping
    browser.post(f"{desk(call)}/{batch_id}", data=extra | {"title": "1"})
    session.expire_all()
    after = session.execute(sa.select(ImportBatch.__table__).where(ImportBatch.id == batch_id)).one()._mapping
    assert {name for name in before if before[name] != after[name]} == {"state", "report"}
    browser.post(f"{desk(call)}/{batch_id}/confirm", data=extra)
    sent = session.scalars(sa.select(Submission).order_by(Submission.id)).first()
    assert (sent.call_id, sent.submitter_id, sent.batch_id, sent.version) == (call.id, None, batch_id, 1)
    upload(browser, call, csv_file(("title",), [("Is it new?",)]), **extra)
    latest = session.scalars(sa.select(ImportBatch).order_by(ImportBatch.id.desc())).first()
    assert (latest.call_id, latest.organizer_id, latest.state) == (call.id, ada.id, ImportState.READ)

"""The manners of the API: paging, ETags, keys, bodies, problems, scopes and limits."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_submissions import make_question

from solicit.access import service as access
from solicit.access.scopes import SCOPES
from solicit.clock import utcnow
from solicit.questions.models import Question
from solicit.submissions.models import Submission
from solicit.web.limits import limiter

TEXT = dict(
    theme="life",
    language="en",
    title="Which gases tell of life, and which only seem to?",
    goal_overview="To know which mixtures of gases no process without life can keep up for long.",
    significance="Every finding on a far planet will be doubted until this is known.",
)
AUTHOR = {"country": "KE", "career": "researcher", "affiliation": "A House", "is_sixteen": True}
NEW = TEXT | {"kind": "question", "author": AUTHOR, "has_consented": True}


class Program:
    """Somebody's program: it has a key and no cookie."""

    def __init__(self, client, session, person=None, *, scopes=tuple(SCOPES), call_id=None) -> None:
        self.client, self.token, limits = client, None, dict(call_id=call_id, days=7, now=utcnow())
        if person:
            _id, self.token = access.open_token(session, person_id=person.id, name="x", scopes=scopes, **limits)

    def ask(self, method: str, path: str, *, headers: dict | None = None, **sent):
        proof = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=proof | (headers or {}), **sent)

    def get(self, path: str, **sent):
        return self.ask("GET", path, **sent)


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def program(app, session, person):
    return Program(app.test_client(use_cookies=False), session, person)


@pytest.fixture
def visitor(app, session):
    return Program(app.test_client(use_cookies=False), session)


def submit(program, call, key="one", **changes):
    return program.ask("POST", f"/calls/{call.slug}/submissions", json=NEW | changes, headers={"Idempotency-Key": key})


def test_pages_of_a_list_stay_where_they_were_when_questions_come_and_go(visitor, session, call):
    questions = [make_question(session, call) for _ in range(7)]
    path, seen = f"/calls/{call.slug}/questions?sort=number&limit=3", []
    first = visitor.get(path).json
    assert first["total"] == 7
    seen += [row["label"] for row in first["questions"]]
    # One that was shown goes, and another one comes before the next page.
    session.execute(sa.update(Question).where(Question.id == questions[0].id).values(state="withdrawn"))
    answer = visitor.client.get(first["next"])
    seen += [row["label"] for row in answer.json["questions"]]
    assert answer.headers["Link"] == f'<{answer.json["next"]}>; rel="next"'
    make_question(session, call)
    last = visitor.client.get(answer.json["next"]).json
    seen += [row["label"] for row in last["questions"]]
    assert (len(seen), len(set(seen)), last["next"]) == (8, 8, None)


def test_cursor_goes_on_when_the_row_before_is_gone(visitor, session, call):
    questions = [make_question(session, call) for _ in range(4)]
    first = visitor.get(f"/calls/{call.slug}/questions?sort=number&limit=2").json
    session.execute(sa.update(Question).where(Question.id == questions[1].id).values(state="withdrawn"))
    rest = visitor.client.get(first["next"]).json["questions"]
    assert [row["label"] for row in rest] == [f"Q-{questions[3].number}"]


@pytest.mark.parametrize("cursor", ["x", "WzAsMV0.x", "é", "", "\x00"])
def test_cursor_that_is_none_of_ours_is_refused(visitor, call, cursor):
    answer = visitor.get(f"/calls/{call.slug}/questions", query_string={"cursor": cursor})
    assert answer.status_code == (400 if cursor else 200)


def test_cursor_of_another_list_is_refused(program, visitor, session, call):
    for _ in range(2):
        make_question(session, call)
    following = visitor.get(f"/calls/{call.slug}/questions?limit=1").json["next"].partition("cursor=")[2]
    assert program.get(f"/calls/{call.slug}/submissions?cursor={following}").status_code == 400


def test_list_takes_as_few_statements_for_one_row_as_for_many(visitor, session, call, count_statements):
    counts = []
    for _ in range(2):
        for _ in range(3):
            make_question(session, call)
        session.commit()
        before = len(count_statements)
        assert visitor.get(f"/calls/{call.slug}/questions").status_code == 200
        counts.append(len(count_statements) - before)
    assert counts == [3, 3]


def test_who_has_an_answer_already_is_told_so(visitor, session, call):
    path = f"/calls/{call.slug}/questions"
    answer = visitor.get(path)
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = visitor.get(path, headers=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert visitor.ask("HEAD", path, headers=tag).status_code == 304
    make_question(session, call)
    assert visitor.get(path, headers=tag).status_code == 200


def test_submitting_twice_with_one_key_is_one_submission(program, session, call, person):
    first, second = submit(program, call), submit(program, call)
    assert (first.status_code, second.status_code) == (201, 200), first.text
    assert first.json == second.json and first.headers["Location"] == second.headers["Location"]
    sent = session.scalars(sa.select(Submission)).one()
    assert (sent.submitter_id, sent.title, sent.state.value) == (person.id, TEXT["title"], "sent")
    assert session.scalars(sa.select(Question.title)).one() == TEXT["title"]
    assert submit(program, call, key="two").json["reference"] != first.json["reference"]
    listed = program.get(f"/calls/{call.slug}/submissions").json["submissions"]
    assert {row["reference"] for row in listed} >= {first.json["reference"]} and len(listed) == 2


def test_plan_is_submitted_with_all_that_the_form_asks(program, call):
    plan = dict(target_body="Moon", mission_type="orbiter", measurement="Gravity.", readiness=4, time_frame="2031_2035")
    lacking = submit(program, call, kind="plan")
    assert (lacking.status_code, sorted(lacking.json["errors"])) == (
        422,
        ["approach", "plan.measurement", "plan.mission_type", "plan.target_body", "plan.time_frame"],
    )
    unknown = submit(program, call, kind="plan", approach="By orbiting.", plan=plan | {"answers": ["Q-999"]})
    assert unknown.json["errors"] == {"plan.answers": ["Not among the public questions of this call: Q-999"]}
    sent = submit(program, call, kind="plan", approach="By orbiting.", plan=plan)
    assert sent.status_code == 201, sent.text
    assert (sent.status_code, sent.json["plan"]) == (201, plan | {"missions": [], "answers": []})


def test_what_is_wrong_is_said_by_field(program, call):
    answer = submit(
        program, call, title="Why?", theme="none", author={"is_sixteen": False}, has_consented=False, colour="red"
    )
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert sorted(answer.json["errors"]) == ["author.is_sixteen", "colour", "has_consented"]
    answer = submit(program, call, title="Why?", theme="none", author={"is_sixteen": True})
    assert answer.json["errors"]["title"] == ["Write a title of at least 10 characters"]
    answer = submit(program, call, author={"is_sixteen": True, "country": "XX"})
    assert sorted(answer.json["errors"]) == ["author.career", "author.country"]


def test_change_says_what_it_is_based_on(program, call):
    made = submit(program, call)
    path, change = f"/calls/{call.slug}/submissions/{made.json['reference']}", {"title": "Which gases tell of life?"}
    assert program.ask("PATCH", path, json=change).status_code == 428
    assert program.ask("PATCH", path, json=change, headers={"If-Match": '"x"'}).status_code == 412
    tag = program.get(path).headers["ETag"]
    changed = program.ask("PATCH", path, json=change, headers={"If-Match": tag})
    assert (changed.status_code, changed.json["title"], changed.json["version"]) == (200, change["title"], 2)
    assert changed.json["goal_overview"] == TEXT["goal_overview"]
    assert changed.headers["ETag"] == program.get(path).headers["ETag"] != tag
    assert program.ask("PATCH", path, json=change, headers={"If-Match": tag}).status_code == 412
    assert program.ask("POST", path + "/withdrawal").json["state"] == "withdrawn"
    assert program.ask("POST", path + "/withdrawal").status_code == 409
    assert program.ask("POST", path + "/revival").json["state"] == "sent"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"title": NaN}',
        b'{"title": "a", "title": "b"}',
        b"[" * 100_000,
        b'{"version": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe",
        '{"title": "é"}'.encode("utf-16"),
    ],
)
def test_body_that_is_no_plain_json_is_refused(program, call, body):
    path = f"/calls/{call.slug}/submissions"
    headers = {"Idempotency-Key": "x"}
    answer = program.ask("POST", path, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert program.ask("POST", path, data=body, content_type="text/plain", headers=headers).status_code == 415


@pytest.mark.parametrize("title", ["a\x00b" * 10, "\ud800" * 20, 7, None, ["x"], "x" * 20_001])
def test_hostile_texts_are_refused_by_field(program, call, title):
    answer = submit(program, call, title=title)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["title"])


def test_token_of_one_call_opens_nothing_of_another(app, session, call, person):
    bound = Program(app.test_client(use_cookies=False), session, person, call_id=call.id)
    other = make_call(session)
    assert bound.get(f"/calls/{call.slug}/submissions").status_code == 200
    for path in ("", "/questions", "/submissions"):
        answer = bound.get(f"/calls/{other.slug}{path}")
        assert (answer.status_code, answer.json["detail"]) == (403, "This token is for another call.")


def test_token_opens_what_its_scopes_say_and_reading_is_not_writing(app, session, call, person):
    client = app.test_client(use_cookies=False)
    reader = Program(client, session, person, scopes=("read:own",))
    writer = Program(client, session, person, scopes=("write:submissions",))
    refused = submit(reader, call)
    assert (refused.status_code, refused.json["detail"]) == (403, "This token lacks the scope write:submissions.")
    made = submit(writer, call)
    path = f"/calls/{call.slug}/submissions/{made.json['reference']}"
    assert (reader.get(path).status_code, writer.get(path).status_code) == (200, 403)
    # Whether the thing is there makes no difference.
    assert writer.get(path[:-1] + "Z").data == writer.get(path).data


def test_too_many_requests_are_told_how_long_to_wait(visitor, call, monkeypatch):
    limiter.reset()
    for _ in range(60):
        answer = visitor.get(f"/calls/{call.slug}/questions?q=ice")
    assert answer.status_code == 200
    answer = visitor.get(f"/calls/{call.slug}/questions?q=ice")
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    limiter.reset()

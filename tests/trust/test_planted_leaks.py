"""Leaks made on purpose, as they happened elsewhere: the crawl or the twins find each of them (TRUST, T2)."""

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from email.header import Header

import pytest
import sqlalchemy as sa
import xlsxwriter
from flask import Response, abort, make_response, request, session
from werkzeug.exceptions import NotFound

from solicit.db import db
from trust import crawl
from trust.crawl import Request, ask
from trust.facts import FACTS
from trust.twins import answers, told_apart
from trust.who_sees import found_by_search, hidden_from, leaks, places_of
from trust.worlds import CANARIES, Planted

AUTHOR = "SELECT full_name FROM person WHERE full_name LIKE 'Zqxauthorname%'"
ADDRESS = "SELECT email FROM person WHERE email LIKE 'zqxauthoraddress%'"
REVIEWERS = "SELECT string_agg(person_id::text, ' ' ORDER BY id) FROM assignment"
BEST_FIRST = (
    "SELECT string_agg(question_id::text, ' ' ORDER BY value DESC, question_id) FROM (SELECT question_id,"
    " avg(value) AS value FROM score JOIN assignment ON assignment.id = assignment_id GROUP BY question_id) AS means"
)
N_ASKED = "SELECT count(*) FROM assignment"
N_QUESTIONS = "SELECT count(*) FROM question WHERE state <> 'withdrawn'"
FIRST_SAVED = "SELECT min(saved_at) FROM review"
SUSPECTED = "SELECT count(*) FROM conflict_of_interest WHERE state = 'suspected'"


def told(statement: str) -> str:
    """What the site knows and should have kept to itself."""
    return str(db.session.scalar(sa.text(statement)))


def write(answer: Response, words: str) -> Response:
    answer.set_data(answer.get_data(as_text=True) + words)
    return answer


def author_in_comment(answer: Response) -> Response:
    return write(answer, f"<!-- by {told(AUTHOR)} -->")


def picture_of_author(answer: Response) -> Response:
    return write(answer, f'<img src="/pictures/{hashlib.md5(told(ADDRESS).encode()).hexdigest()}">')


def author_in_etag(answer: Response) -> Response:
    answer.headers["ETag"] = '"' + base64.urlsafe_b64encode(told(AUTHOR).encode()).decode() + '"'
    return answer


def author_in_file_name(answer: Response) -> Response:
    answer.headers["Content-Disposition"] = f"attachment; filename={Header(told(AUTHOR), 'utf-8').encode()}.csv"
    return answer


def author_in_cookie(answer: Response) -> Response:
    session["last_read"] = told(AUTHOR)
    return answer


def author_in_column(answer: Response) -> Response:
    return write(answer, f'"{told(AUTHOR)}"\r\n')


def author_in_core_properties(answer: Response) -> Response:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"author": told(AUTHOR)})
    answer.set_data(file.getvalue())
    return answer


def search_by_author(answer: Response) -> Response:
    typed = request.args.get("q", "")
    return write(answer, "<p>1 question</p>") if typed and typed in told(AUTHOR) else answer


def reviewers_in_data(answer: Response) -> Response:
    return write(answer, f'<i data-readers="{told(REVIEWERS)}"></i>')


def order_by_score(answer: Response) -> Response:
    return write(answer, "".join(f'<a href="#q{number}"></a>' for number in told(BEST_FIRST).split()))


def count_in_title(answer: Response) -> Response:
    return write(answer, f"<title>{told(N_ASKED)} readers</title>")


def hidden_total(answer: Response) -> Response:
    return write(answer, f"<p>20 of {told(N_QUESTIONS)}</p>")


def moment_of_first_vote(answer: Response) -> Response:
    answer.headers["Last-Modified"] = told(FIRST_SAVED)
    return answer


def status_of_conflict(answer: Response) -> Response:
    if answer.status_code == 404 and told(SUSPECTED) != "0":
        abort(403)
    return answer


@dataclass(frozen=True)
class Leak:
    """A change to one endpoint's answers that tells a person something: a field of the table, or a hidden fact."""

    change: Callable[[Response], Response]
    endpoint: str
    persona: str
    tells: str


LEAKS = [
    Leak(author_in_comment, "questions.page", "visitor", "author_name"),
    Leak(picture_of_author, "panels.review", "panelist", "author_address"),
    Leak(author_in_etag, "questions.feed", "submitter", "author_name"),
    Leak(author_in_file_name, "questions.bibtex", "panelist", "author_name"),
    Leak(author_in_cookie, "questions.page", "panelist", "author_name"),
    Leak(author_in_column, "questions.table", "other_organizer", "author_name"),
    Leak(author_in_core_properties, "topics.table", "chair", "author_name"),
    Leak(reviewers_in_data, "panels.review", "panelist", "another_reviewer"),
    Leak(order_by_score, "questions.index", "owner", "another_score"),
    Leak(count_in_title, "questions.page", "unassigned", "one_more_assignment"),
    Leak(hidden_total, "questions.index", "administrator", "no_unscreened_text"),
    Leak(moment_of_first_vote, "calls.page", "visitor", "another_moment"),
    Leak(status_of_conflict, "panels.review", "unassigned", "suspected_conflict"),
]


def leaking(view: Callable, change: Callable[[Response], Response]) -> Callable:
    def changed(**values):
        try:
            answer = make_response(view(**values))
        except NotFound as missing:
            answer = missing.get_response()
        return change(answer)

    return changed


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.change.__name__)
def test_planted_leak_is_found(planted, monkeypatch, leak):
    request = Request("GET", planted.world.address(leak.endpoint))
    with planted.phase("open"):
        assert leak.tells not in found_on(planted, leak, request)
        views = planted.world.app.view_functions
        monkeypatch.setitem(views, leak.endpoint, leaking(views[leak.endpoint], leak.change))
        assert leak.tells in found_on(planted, leak, request)


def found_on(planted: Planted, leak: Leak, request: Request) -> set[str]:
    """The fields that the crawl finds on a page, or the facts that the twins find there."""
    if leak.tells in CANARIES:
        answer = ask(planted, leak.persona, request)
        return set(leaks(leak.persona, "open", places_of(planted, leak.persona, [(request, answer)])))
    fact = FACTS[leak.tells]
    assert leak.persona in fact.blinded
    before = answers(planted, leak.persona, [request])
    with planted.undone():
        fact.change(planted)
        return {fact.name} if told_apart([request], before, answers(planted, leak.persona, [request])) else set()


def test_search_by_author_is_found(planted, monkeypatch):
    address = planted.world.address("questions.index")
    canaries = [canary for canary in hidden_from("visitor", "open") if canary.field.startswith("author")]
    with planted.phase("open"):
        assert found_by_search(planted, "visitor", [address], canaries) == {}
        views = planted.world.app.view_functions
        monkeypatch.setitem(views, "questions.index", leaking(views["questions.index"], search_by_author))
        assert set(found_by_search(planted, "visitor", [address], canaries)) == {"author_name"}


def test_address_to_answer_to_is_found(planted, monkeypatch):
    write_letter = crawl._message

    def answer_to_author(mail):
        message = write_letter(mail)
        message.reply_to = [f"{told(AUTHOR)} <{told(ADDRESS)}>"]
        return message

    with planted.phase("open"):
        assert leaks("panelist", "open", places_of(planted, "panelist", [])) == {}
        monkeypatch.setattr(crawl, "_message", answer_to_author)
        assert set(leaks("panelist", "open", places_of(planted, "panelist", []))) == {"author_name", "author_address"}

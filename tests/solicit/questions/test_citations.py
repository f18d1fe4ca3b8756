"""Citations as BibTeX and RIS; who is their author, and what a withdrawn question leaves."""

import itertools
import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, make_published, sign_in
from builders_panels import make_panel, seat
from builders_submissions import author_values, label_of, make_question, merge, send

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.questions.models import Question, QuestionSource
from solicit.questions.service.open import follow_withdrawal
from solicit.questions.states import QuestionState
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import SubmissionState

HOSTILE = "100% of {braces} & #1_a $x ~^ \\input{/etc/passwd} }@misc{x, is it?"


@pytest.fixture
def call(session):
    return make_call(session, title="A call & its {braces}")


def cited(client, call, question, ending: str) -> str:
    answer = client.get(f"/en/{call.slug}/questions/{label_of(question)}.{ending}")
    assert answer.status_code == 200
    key = f"solicit-{label_of(question).replace('-', '').lower()}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{key}.{ending}"'
    return answer.text


def depth_at_the_end(entry: str) -> int:
    """How many braces are open at the end of an entry, as BibTeX counts them: a backslash hides none."""
    return entry.count("{") - entry.count("}")


def agree(session, question, *, also=(), **values) -> None:
    source = sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
    session.execute(sa.update(Authorship).where(Authorship.submission_id.in_(source)).values(**values))
    for place, (name, more) in enumerate(also, 2):
        session.add(
            Authorship(
                submission_id=session.scalars(source).first(),
                person_id=make_person(session).id,
                position=place,
                full_name=name,
                **more,
            )
        )
    session.flush()


def test_bibtex_of_a_question(client, session, call):
    question = make_question(session, call, title="Where does interstellar dust come from?")
    entry = cited(client, call, question, "bib")
    key = f"solicit-{label_of(question).replace('-', '').lower()}"
    assert entry.startswith(f"@misc{{{key},\n")
    assert r"author = {{A call \& its \textbraceleft{}braces\textbraceright{}}}" in entry
    assert f"year = {{{question.created_at.year}}}" in entry
    assert f"url = {{http://localhost/en/{call.slug}/questions/{label_of(question)}}}" in entry
    assert "Licence: CC BY 4.0" in entry
    assert "Ada Example" not in entry


def test_hostile_text_stays_inside_its_field(client, session, call):
    question = make_question(session, call, title=HOSTILE)
    entry = cited(client, call, question, "bib")
    assert entry.count("\n") == 10
    assert depth_at_the_end(entry) == 0
    left, right = r"\textbraceleft{}", r"\textbraceright{}"
    assert rf"\textbackslash{{}}input{left}/etc/passwd{right} {right}@misc{left}x" in entry


@pytest.mark.parametrize("title", ["}}, author = {{Nobody}}, x = {{", "An open { brace, is it?"])
def test_no_brace_of_a_text_ends_its_field(client, session, call, title):
    """A program that counts braces reads the title to its end."""
    entry = cited(client, call, make_question(session, call, title=title), "bib")
    place = entry.index("  title = ") + len("  title = ")
    depths = itertools.accumulate((sign == "{") - (sign == "}") for sign in entry[place:])
    end = next(n for n, depth in enumerate(depths) if depth == 0)
    assert entry[place:].startswith(",\n", end + 1)


def test_hostile_text_keeps_its_line_in_ris(client, session, call):
    question = make_question(session, call, title=HOSTILE)
    record = cited(client, call, question, "ris")
    assert all(re.match(r"^[A-Z][A-Z0-9]  - ", line) for line in record.split("\r\n")[:-1])
    assert f"TI  - {HOSTILE}" in record
    assert record.endswith("ER  - \r\n")


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\u2028", "\u0085", "\x0b"])
def test_no_line_is_broken_by_a_text(client, session, call, sign):
    question = make_question(session, call, title=f"One{sign}ER  - {sign}TY  - BOOK, is it?")
    record = cited(client, call, question, "ris")
    assert sum(line.startswith("ER  -") for line in record.splitlines()) == 1
    assert cited(client, call, question, "bib").count("\n") == 10


def test_authors_are_named_after_publication_if_they_agreed(client, session, call):
    question = make_question(session, call)
    also = [("Grace and Co", dict(may_be_named=True)), ("Silent Sender", {}), ("Young Mind", dict(is_minor=True))]
    agree(session, question, also=also, may_be_named=True)
    for ending in ("bib", "ris"):
        assert "Ada Example" not in cited(client, call, question, ending)
    make_published(session, call.id)
    assert "author = {{Ada Example} and {Grace and Co}}" in cited(client, call, question, "bib")
    record = cited(client, call, question, "ris")
    assert [line for line in record.splitlines() if line.startswith("AU")] == [
        "AU  - Ada Example",
        "AU  - Grace and Co",
    ]
    page = client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
    assert "Ada Example, Grace and Co" in page
    assert "Silent Sender" not in page + record
    assert "Young Mind" not in page + record


def test_panelists_never_read_the_authors(client, session, call):
    question = make_question(session, call)
    agree(session, question, may_be_named=True)
    panelist = make_person(session)
    seat(session, call, make_panel(session, call), person=panelist)
    make_published(session, call.id)
    sign_in(client, session, panelist)
    for rest in ("", ".bib", ".ris"):
        assert "Ada Example" not in client.get(f"/en/{call.slug}/questions/{label_of(question)}{rest}").text


def test_who_agreed_to_nothing_is_the_call_for_ever(client, session, call):
    question = make_question(session, call)
    make_published(session, call.id)
    assert "AU  - A call & its {braces}" in cited(client, call, question, "ris")


def withdraw(session, question) -> None:
    source = sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
    submission_id = session.scalars(source).one()
    gone = dict(state=SubmissionState.WITHDRAWN, withdrawn_at=utcnow())
    session.execute(sa.update(Submission).where(Submission.id == submission_id).values(**gone))
    follow_withdrawal(session, submission_id=submission_id, now=utcnow())


def test_a_withdrawn_question_keeps_its_title_and_the_date(client, session, call):
    question = make_question(session, call, title="A title that stays, is it?")
    address = f"/en/{call.slug}/questions/{label_of(question)}"
    withdraw(session, question)
    page = client.get(address)
    assert page.status_code == 200
    assert question.title in page.text
    assert "Withdrawn on" in page.text
    assert question.goal_overview not in page.text
    assert question.significance not in page.text
    for rest in (".bib", ".ris", "/report"):
        assert client.get(address + rest).status_code == 404
    assert question.title not in client.get(f"/en/{call.slug}/questions").text
    for person in (make_person(session), session.get_one(Question, question.id) and make_person(session)):
        sign_in(client, session, person)
        assert "Withdrawn on" in client.get(address).text


def test_what_was_never_public_leaves_nothing_when_it_is_withdrawn(client, session, call):
    _receipt, new_id = send(session, call, title="Never screened, is it?", author=author_values())
    withdraw(session, session.get_one(Question, new_id))
    kept = make_question(session, call)
    withdraw(session, kept)
    session.execute(sa.update(Call).where(Call.id == call.id).values(publishes_while_open=False))
    make_published(session, call.id)
    assert client.get(f"/en/{call.slug}/questions/{label_of(kept)}").status_code == 404


def test_a_merged_question_is_cited_by_its_own_number(client, session, call):
    target, merged = make_question(session, call), make_question(session, call, title="In other words, is it?")
    merge(session, merged, target)
    assert "In other words" in cited(client, call, merged, "bib")
    target.state = QuestionState.NEW
    session.flush()
    assert client.get(f"/en/{call.slug}/questions/{label_of(merged)}.bib").status_code == 404

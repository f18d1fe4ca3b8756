"""What people download of themselves is complete: the tags of the columns say what that is."""

import json
from uuid import UUID

import pytest
import sqlalchemy as sa
from architecture.world import standing_world
from builders import make_call, sign_in
from builders_people import make_account, make_second_factor
from builders_submissions import make_question, send
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from solicit.access.models import ApiToken
from solicit.clock import utcnow
from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.mail.service import Recipient, enqueue
from solicit.modules import import_every
from solicit.people.models import Person
from solicit.questions.models import ProblemReport, Support
from solicit.questions.states import ReportReason
from solicit.reports.queries.personal import WHOSE, exported_columns, is_personal, personal_data
from solicit.submissions.models import CoAuthor, Draft, Submission

TEXTS = (sa.Text, sa.JSON, JSONB, sa.LargeBinary, sa.ARRAY, sa.Uuid, TSVECTOR, HALFVEC)
TAGS = {tag["pii"] for tag in (PERSONAL, WITHHELD, IMPERSONAL)}
DOWNLOAD = "/en/account/data"

import_every("models")


def tag_of(column: sa.Column) -> str | None:
    return column.info.get("pii") or column.table.info.get("pii")


def texts() -> list[sa.Column]:
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, TEXTS) and not isinstance(column.type, sa.Enum)
    ]


def test_every_column_with_text_says_what_it_holds_of_a_person():
    assert [f"{column}" for column in texts() if tag_of(column) not in TAGS] == []
    assert len(texts()) > 100


def test_every_personal_column_is_exported():
    tables = {model.__table__: {column.name for column in exported_columns(model)} for model in WHOSE}
    personal = [column for table in Base.metadata.sorted_tables for column in table.columns if is_personal(column)]
    assert [str(column) for column in personal if column.name not in tables.get(column.table, ())] == []
    assert len(personal) > 50


def test_nothing_withheld_and_nobody_else_is_exported():
    exported = [column for model in WHOSE for column in exported_columns(model)]
    assert not any(tag_of(column) == WITHHELD["pii"] for column in exported)
    assert not any(key.column.table is Person.__table__ for column in exported for key in column.foreign_keys)


def test_every_table_that_names_a_person_belongs_to_them_or_is_known_not_to():
    staff_only = {"person_key", "merge", "duplicate_pair", "question", "selection", "ranking_run", "topic_run"}
    staff_only |= {"job", "import_batch", "suspicion", "redaction", "summary_version"}
    staff_only |= {"screening_decision", "screening_step"}
    staff_only |= {"limit_set", "letter_batch", "candidate_double", "question_outcome"}
    staff_only |= {"assignment_proposal", "proposed_pair", "health_case", "discussion_summary"}
    staff_only |= {"letter_wording", "mission_link", "publication"}
    names_a_person = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table is Person.__table__ for column in table.columns for key in column.foreign_keys)
    }
    assert names_a_person - {model.__tablename__ for model in WHOSE} == staff_only


@pytest.fixture
def person(session):
    """Somebody with a row of many kinds, each with a word of its own."""
    person = make_account(session, full_name="Canary Name", affiliation="Canary House", orcid="0000-0002-1825-0097")
    call, now = make_call(session), utcnow()
    receipt, _question = send(session, call, person, title="A canary of a title, which everybody can find?")
    session.add(
        CoAuthor(submission_id=receipt.submission_id, email="canary.friend@example.org", nonce="nonce", named_at=now)
    )
    session.add(
        ApiToken(
            person_id=person.id,
            name="Canary of a token",
            scopes=["read:own"],
            token_hash=b"canary",
            created_at=now,
            expires_at=now,
            used_on=now.date(),
        )
    )
    theirs = make_question(session, call, title="A question of somebody else, about other things?")
    session.add(Support(question_id=theirs.id, person_id=person.id, supported_at=now))
    session.add(
        ProblemReport(
            call_id=call.id,
            question_id=theirs.id,
            reporter_id=person.id,
            reason=ReportReason.OTHER,
            text="Canary of a report.",
            reported_at=now,
        )
    )
    _draft(session, call, person, now)
    enqueue(
        session,
        to=Recipient(person.email, "en", person.id),
        kind="magic_link",
        params={"path": "/en/secret-link", "title": "Canary of a letter"},
        now=now,
    )
    session.commit()
    return person


def _draft(session, call, person, now) -> None:
    draft = Submission(
        reference="S-2222-3333",
        call_id=call.id,
        submitter_id=person.id,
        kind="question",
        language="en",
        title="Canary of a draft",
        created_at=now,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    author = {"affiliation": "Canary of the author's page"}
    session.add(
        Draft(submission_id=draft.id, email=person.email, locale="en", author=author, link_nonce="nonce", saved_at=now)
    )


def test_download_holds_a_row_of_every_kind(client, session, person):
    sign_in(client, session, person)
    answer = client.post(DOWNLOAD)
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    text = answer.text
    for canary in (
        "Canary Name", "Canary House", person.email, "0000-0002-1825-0097", "A canary of a title", "Canary of a draft",
        "canary.friend@example.org", "Canary of a report", "Canary of the author's page", "Canary of a letter",
    ):  # fmt: skip
        assert canary in text
    tables = json.loads(text)["tables"]
    assert len(tables["support"]["rows"]) == 1 and len(tables["sign_in"]["rows"]) == 1
    assert all(table["about"] for table in tables.values())
    assert client.get("/en/account/data").status_code == 200


def test_download_holds_no_key_and_nothing_of_others(client, session, person):
    make_second_factor(session, person)
    sign_in(client, session, person)
    text = client.post(DOWNLOAD).text
    with client.session_transaction() as cookie:
        token = cookie["sign_in"]
    for secret in (person.password, person.totp_secret, person.fs_uniquifier, token, "secret-link", "nonce"):
        assert secret not in text
    assert "A question of somebody else" not in text


def test_every_persona_can_download_and_gets_nobody_elses_name(app):
    with standing_world(app) as world:
        names = {persona: f"{persona.title()}" for persona in ("owner", "panelist", "chair", "organizer")}
        for persona in names:
            text = world.request(persona, "POST", DOWNLOAD, data={"csrf_token": world.csrf_token()}).text
            assert json.loads(text)["tables"]["person"]["rows"][0]["full_name"] == names[persona]
            others = {f'"{name}"' for other, name in names.items() if other != persona}
            assert not any(name in text for name in others)
        panelist = personal_data(_session(world), person_id=world.people["panelist"])
        assert panelist["score"]["rows"] and panelist["assignment"]["rows"]
        conflicted = personal_data(_session(world), person_id=world.people["conflicted_organizer"])
        assert conflicted["authorship"]["rows"] and conflicted["audit_event"]


def _session(world):
    return sa.orm.Session(world.connection)


def test_downloads_are_counted_by_person(client, session, person):
    sign_in(client, session, person)
    assert [client.post(DOWNLOAD).status_code for _ in range(11)] == [200] * 10 + [429]


def test_values_are_plain(session, person):
    for table in personal_data(session, person_id=person.id).values():
        for row in table["rows"]:
            assert not any(isinstance(value, bytes | UUID | memoryview) for value in row.values())

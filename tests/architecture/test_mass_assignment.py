"""A form changes what it asks for and nothing else, whatever names are sent with it (TRUST, T12)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from builders_around import agree_values
from builders_drafts import about_form, make_draft, text_form
from flask import request

import solicit
from architecture.world import World
from solicit.calls.states import Kind
from solicit.db import Base, db
from solicit.people.models import Person
from solicit.people.views import account
from solicit.submissions.queries.columns import IMPORT_COLUMNS
from solicit.submissions.states import AnswerLink, PlanValues
from solicit.submissions.views.links import AnswerLinks

PLAN = dict(
    target_body="Moon",
    mission_type="orbiter",
    measurement="Gravity, to a microgal.",
    readiness="4",
    time_frame="2031_2035",
    missions="",
    answers="",
)
WORDING = {"submission": "title goal_overview significance approach theme_id language plan updated_at"}
SAID = "full_name affiliation ror country career orcid"
# New each time, or made of what is.
RANDOM = {"reference", "nonce", "link_nonce", "fs_uniquifier", "password", "message_id", "key", "actor_key", "params"}
ROLES = ("role", "roles", "is_admin", "is_organizer", "owner_id", "user_id", "state", "score", "grants", "permissions")
N_PARTS = 2
POISON = {"one": "1", "yes": "y", "role": "administrator", "state": "sent", "person": "{person}", "time": "2020-01-01"}
Key = tuple[str, tuple]
Rows = Mapping[Key, dict]


@dataclass(frozen=True)
class Form:
    """A form that is filled in rightly: whose it is, and the columns of present rows and the new rows it makes."""

    endpoint: str
    persona: str
    values: dict
    changes: dict[str, str] = field(default_factory=dict)
    makes: str = ""
    where: Callable[[World], dict] = lambda world: {}


FORMS = {
    "account": Form(
        "people.account",
        "owner",
        dict(full_name="New Name", family_name="Name", affiliation="A House", country="SE", career="student")
        | dict(orcid="0000-0002-1825-0097", ror="https://ror.org/013meh722", locale="en", scheme="dark", uses_keys="y"),
        {"person": f"{SAID} family_name locale scheme"},
    ),
    "register": Form(
        "people.register",
        "visitor",
        dict(email="new@example.org", full_name="New Name", password="a comet with two tails", website=""),
        makes="person",
    ),
    "kind": Form(
        "submissions.new",
        "owner",
        dict(kind="question", idempotency_key="7a2f3b9e-1c1d-4a51-9f33-9b1b1f0d1a11"),
        makes="submission draft",
    ),
    "question": Form(
        "submissions.draft_text",
        "owner",
        text_form(version="2", approach="By looking."),
        WORDING | {"draft": "author version saved_at"},
    ),
    "plan": Form(
        "submissions.draft_text",
        "owner",
        text_form(version="2", approach="By flying there.", **PLAN),
        WORDING | {"draft": "author version saved_at"},
        where=lambda world: {"draft": _plan_of(world)},
    ),
    "about": Form(
        "submissions.draft_about",
        "owner",
        about_form(version="2", is_willing="y", may_be_named="y", guardian_email="", co_name_1="Bo")
        | dict(co_email_1="bo@example.org"),
        {"draft": "author version saved_at", "submission": "updated_at"},
        makes="co_author",
    ),
    "send": Form(
        "submissions.draft_check",
        "owner",
        dict(version="2", has_consented="y"),
        {"submission": "state sent_at updated_at terms_version licence consented_at", "draft": "*"},
        makes="authorship submission_version question question_source outbox_mail audit_event person_key",
    ),
    "edit": Form(
        "submissions.edit",
        "owner",
        text_form(version="1", title="Where does dust between the stars come from?"),
        WORDING | {"submission": f"{WORDING['submission']} version", "question": "*"},
        makes="submission_version outbox_mail audit_event person_key",
    ),
    "about you": Form(
        "submissions.about_you",
        "owner",
        dict(full_name="As I Publish", affiliation="A House", ror="", country="SE", career="student", orcid="")
        | dict(is_willing="y", may_be_named="y"),
        {"authorship": f"{SAID} is_willing may_be_named"},
        makes="audit_event person_key",
    ),
    "co-author": Form(
        "submissions.answer_by_link",
        "visitor",
        agree_values(),
        {"co_author": "state answered_at nonce person_id"},
        makes="authorship outbox_mail audit_event person_key",
        where=lambda world: {"token": _token_of(world)},
    ),
    "another co-author": Form(
        "submissions.ask_another",
        "owner",
        dict(full_name="Bo Example", email="bo@example.org"),
        makes="co_author outbox_mail audit_event person_key",
    ),
    "reword": Form(
        "questions.reword",
        "organizer",
        text_form(version="1", reason="It was too long to read."),
        WORDING | {"question": "*"},
        makes="summary_version audit_event person_key",
    ),
    "report": Form(
        "questions.report",
        "panelist",
        dict(reason="names_somebody", text="It says who wrote it.", website=""),
        makes="problem_report",
    ),
    "support": Form("questions.support", "panelist", {}, makes="support"),
    "translation": Form(
        "submissions.translations",
        "owner",
        dict(
            version="0",
            language="fr",
            title="D'où vient-elle ?",
            goal_overview="",
            significance="Parce que.",
            approach="",
        ),
        makes="translation problem_report audit_event person_key",
    ),
    "redaction": Form(
        "questions.redaction",
        "organizer",
        dict(
            version="0", title="Where does dust come from?", goal_overview="", significance="It matters.", approach=""
        ),
        makes="redaction outbox_mail audit_event person_key",
    ),
    "mapping": Form(
        "submissions.check_file",
        "organizer",
        {column.name: "" for column in IMPORT_COLUMNS} | {"external_id": "0", "title": "1", "theme": "3"},
        {"import_batch": "state mapping report"},
    ),
    "second look": Form(
        "reports.ask_second_look",
        "owner",
        dict(reason="The second sentence was read as a statement, and it is not one."),
        makes="second_look outbox_mail audit_event person_key",
    ),
    "answer to it": Form(
        "questions.second_look",
        "organizer",
        dict(version="1", outcome="kept", answer="We have read it again, and it is still about something else."),
        {"second_look": "state answer answered_by_id answered_at"},
        makes="outbox_mail audit_event person_key",
    ),
    "session": Form(
        "invitations.session",
        "organizer",
        dict(version="1", title="Welcome", theme="", day="", clock="", minutes="30", room="Hall"),
        {"programme_session": "title room starts_at minutes theme_id version"},
        makes="audit_event person_key",
    ),
    "outcome": Form(
        "invitations.outcome",
        "organizer",
        dict(version="1", kind="open", found="Nobody knows yet."),
        {"question_outcome": "kind text version"},
        makes="audit_event person_key",
    ),
}


@pytest.fixture(scope="module")
def world(world) -> Iterator[World]:
    """With a draft of a plan, which is gone after these tests."""
    with world.undone():
        session = db.session()
        person = session.get_one(Person, world.people["owner"])
        draft = make_draft(session, world.call, person, kind=Kind.PLAN, plan=PlanValues())
        session.commit()
        yield replace(world, things=world.things | {"plan draft": draft})


@pytest.fixture(scope="module")
def before(world) -> Rows:
    """Every row before a form is sent: each is sent to the same world."""
    return rows_of(world)


@pytest.fixture(scope="module")
def rightly(world, before) -> Callable[[str], tuple[int, list]]:
    """How a form that is filled in rightly is answered, and what happens: once for each form."""

    @cache
    def sent(name: str) -> tuple[int, list]:
        status, after = outcome(world, FORMS[name], FORMS[name].values)
        return status, comparable(before, after)

    return sent


def _plan_of(world: World) -> str:
    return world.things["plan draft"]


def _token_of(world: World) -> str:
    links = AnswerLinks(world.app.secret_key)
    return links.token(AnswerLink.CO_AUTHOR, number=world.things["request_id"], nonce="x")


def columns() -> set[str]:
    return {column.name for table in Base.metadata.tables.values() for column in table.columns}


def poisoned(form: Form, poison: str, world: World, part: int) -> dict:
    """The form with every N_PARTS-th name that a column has: a form of more fields than the site takes is refused."""
    word = POISON[poison].format(person=world.people["submitter"])
    names = (columns() | set(ROLES)) - set(form.values)
    return dict.fromkeys(sorted(names)[part::N_PARTS], word) | form.values


def rows_of(world: World) -> dict[Key, dict]:
    """Every row of our tables by table and primary key."""
    db.session.remove()
    found = {}
    for table in Base.metadata.sorted_tables:
        for row in world.connection.execute(sa.select(table)).mappings():
            key = table.name, tuple(row[column.name] for column in table.primary_key.columns)
            found[key] = dict(row)
    return found


def outcome(world: World, form: Form, values: dict) -> tuple[int, Rows]:
    """How a sent form is answered, and every row after it."""
    with world.undone():
        address = world.address(form.endpoint, **form.where(world))
        status = world.request(form.persona, "POST", address, data=values).status_code
        return status, rows_of(world)


def changed(before: Rows, after: Rows) -> set[tuple[str, str]]:
    """(table, column) of every value of a present row that is another one now; "*" for a row that went."""
    found = {(key[0], "*") for key in before.keys() - after.keys()}
    for key in before.keys() & after.keys():
        found |= {(key[0], name) for name, value in before[key].items() if after[key][name] != value}
    return found


def comparable(before: Rows, after: Rows) -> list[list]:
    """What happened, without numbers, times and secrets that are new each time."""
    new = [(table, _plain(table, row, before)) for (table, _key), row in after.items() if (table, _key) not in before]
    touched = [key for key in before.keys() & after.keys() if after[key] != before[key]]
    kept = [(key, _plain(key[0], after[key], before)) for key in touched]
    other = [(key, row) for key, row in kept if row != _plain(key[0], before[key], before)]
    return [sorted(new, key=repr), sorted(other, key=repr), sorted(before.keys() - after.keys(), key=repr)]


def _plain(table: str, row: dict, before: Rows) -> dict:
    columns = Base.metadata.tables[table].columns
    return {name: _value(columns[name], value, before) for name, value in row.items()}


def _value(column: sa.Column, value: object, before: Rows) -> object:
    if value is None:
        return None
    if isinstance(value, bytes | datetime | UUID) or column.name in RANDOM:
        return "set"
    targets = [key.column.table.name for key in column.foreign_keys]
    if targets or (column.primary_key and column.name == "id"):
        table = targets[0] if targets else column.table.name
        return value if (table, (value,)) in before else "new"
    return value


def allowed(form: Form) -> Callable[[str, str], bool]:
    # When a sign-in was used may be remembered.
    own = {"sign_in": {"seen_at"}} | {table: set(names.split()) for table, names in form.changes.items()}
    return lambda table, column: "*" in own.get(table, ()) or column in own.get(table, ())


def poisoned_forms() -> list:
    """Every form with every poison, of which two in turn are tried outside the full run."""
    forms, poisons = enumerate(FORMS), list(enumerate(POISON))
    return [
        pytest.param(name, poison, marks=() if (n - m) % 3 == 0 else pytest.mark.full)
        for n, name in forms for m, poison in poisons
    ]  # fmt: skip


@pytest.mark.parametrize("part", range(N_PARTS))
@pytest.mark.parametrize(("name", "poison"), poisoned_forms())
def test_form_takes_its_own_fields_only(world, before, rightly, name, poison, part):
    form, (status, happened) = FORMS[name], rightly(name)
    assert status == 303, "the form is filled in wrongly"
    attacked, after = outcome(world, form, poisoned(form, poison, world, part))
    assert attacked == status
    is_own = allowed(form)
    assert {change for change in changed(before, after) if not is_own(*change)} == set()
    made = {key[0] for key in after.keys() - before.keys()}
    assert made <= set(form.makes.split()), made
    assert comparable(before, after) == happened


@pytest.mark.parametrize("name", FORMS)
def test_every_form_does_something(rightly, name):
    assert rightly(name)[1] != [[], [], []]


def test_a_view_that_takes_every_name_is_found(world, before, rightly, monkeypatch):
    """The oracle sees what it is for."""

    def greedy(session, *, person_id: int, profile) -> None:
        person = session.get_one(Person, person_id)
        for name, word in request.form.items():
            if name in ("full_name", "totp_last_step"):
                setattr(person, name, word)

    happened = rightly("account")[1]
    monkeypatch.setattr(account.service, "change_profile", greedy)
    form = FORMS["account"]
    part = sorted((columns() | set(ROLES)) - set(form.values)).index("totp_last_step") % N_PARTS
    _status, after = outcome(world, form, poisoned(form, "one", world, part))
    assert ("person", "totp_last_step") in changed(before, after)
    assert comparable(before, after) != happened


def test_no_form_fills_a_model_by_itself():
    sources = Path(solicit.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if "populate_obj" in path.read_text()] == []


def test_the_lists_name_tables_and_columns_that_there_are():
    tables = Base.metadata.tables
    for form in FORMS.values():
        assert set(form.makes.split()) | set(form.changes) <= set(tables)
        for table, names in form.changes.items():
            assert set(names.split()) - {"*"} <= set(tables[table].columns.keys())

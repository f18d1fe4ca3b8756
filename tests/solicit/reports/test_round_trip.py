"""What is taken away can be brought in elsewhere: names and texts of every script come back as they were."""

import html
import io

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_submissions import send
from scripts import LONG_TEXT, SAMPLES

from solicit.calls.states import Kind, TextLimits
from solicit.people.queries import person_profile
from solicit.submissions.models import Submission
from solicit.submissions.queries.columns import IMPORT_COLUMNS
from solicit.submissions.states import MissionType, PlanValues, TimeFrame

FORMULA = "=1+1 and 'quotes', \"more\", semicolons; tabs\tand\nlines _x0041_ _x005F_x0041_"
TEXTS = ("title", "kind", "language", "goal_overview", "significance", "approach", "plan", "theme_id")


def test_there_are_twenty_scripts_and_a_text_of_twenty_thousand():
    assert len({sample.script for sample in SAMPLES}) == 20
    assert len(LONG_TEXT) == 20_000
    assert any(ord(sign) > 0xFFFF for sample in SAMPLES for sign in sample.name)
    assert any(ord(sign) > 0xFFFF for sign in LONG_TEXT)


@pytest.fixture
def call(session):
    return make_call(session, limits=TextLimits(approach_max=20_000))


@pytest.fixture
def sent(session, call):
    """A question in each script, whose text holds the name of a person; a long one, and a plan."""
    for sample in SAMPLES:
        text = dict(title=sample.title, language=sample.language, significance=f"{sample.title}\n\n{sample.name}")
        send(session, call, goal_overview=sample.name, **text)
    send(session, call, title="A long text?", approach=LONG_TEXT)
    send(session, call, title=FORMULA.replace("\t", " ").replace("\n", " "), goal_overview=FORMULA, approach="'=twice")
    plan = PlanValues(
        target_body="木卫二 / أوروبا",
        mission_type=MissionType.LANDER,
        measurement="-40 °C\nto 0 °C",
        readiness=3,
        time_frame=TimeFrame.FAR,
        missions=("tianwen-4", "change-8"),
    )
    send(session, call, title="A plan", kind=Kind.PLAN, approach="+ We go.", plan=plan)


def texts_of(session, call) -> list[tuple]:
    """Every text of a call, with its theme by key."""
    rows = session.execute(
        sa.select(*(getattr(Submission, name) for name in TEXTS)).where(Submission.call_id == call.id)
    )
    themes = {theme.id: theme.key for theme in call.themes}
    return sorted((*row[:-1], themes[row.theme_id]) for row in rows)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_export_is_imported_into_another_call_unchanged(client, session, call, sent, file_format):
    other = make_call(session, limits=TextLimits(approach_max=20_000))
    sign_in(client, session, make_organizer(session, call))
    file = client.get(f"/{call.slug}/organize/export/questions.{file_format}").data
    for target, verdict in ((other, "imported"), (other, "present"), (call, "present")):
        sign_in(client, session, make_organizer(session, target))
        page = client.post(
            f"/{target.slug}/organize/import",
            data={"file": (io.BytesIO(file), "x")},
            content_type="multipart/form-data",
        ).location
        batch_id = page.rpartition("/")[2]
        mapping = session.scalar(sa.text("SELECT mapping FROM import_batch WHERE id = :id"), {"id": batch_id})
        assert set(mapping) == {column.name for column in IMPORT_COLUMNS} - {"licence"}
        chosen = {column.name: str(mapping.get(column.name, "")) for column in IMPORT_COLUMNS}
        assert client.post(page, data=chosen).status_code == 303
        if verdict == "imported":
            assert client.post(f"{page}/confirm").status_code == 303
        counts = session.scalar(sa.text("SELECT report->'counts' FROM import_batch WHERE id = :id"), {"id": batch_id})
        assert (counts.get(verdict), counts["refused"]) == (23, 0)
    assert texts_of(session, other) == texts_of(session, call)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.script)
def test_name_survives_the_account_page(client, session, sample):
    person = make_person(session)
    sign_in(client, session, person)
    form = {"full_name": sample.name, "family_name": sample.name.split()[-1], "affiliation": sample.title}
    assert client.post("/en/account", data=form | {"locale": "en", "scheme": "system"}).status_code == 303
    session.expire_all()
    profile = person_profile(session, person.id)
    assert (profile.full_name, profile.affiliation) == (sample.name, sample.title)
    assert html.escape(sample.name) in client.get("/en/account").text


def test_names_and_titles_survive_the_report_of_an_import(client, session, call):
    ada = make_organizer(session, call)
    sign_in(client, session, ada)
    rows = "".join(f'"{sample.title}","{sample.name}"\n' for sample in SAMPLES)
    page = client.post(
        f"/{call.slug}/organize/import", data={"file": (io.BytesIO(f"title,goal_overview\n{rows}".encode()), "x")}
    ).location
    text = client.get(page).text
    assert all(html.escape(SAMPLES[n].name, quote=True) in text for n in range(3))
    client.post(page, data={"title": "0", "goal_overview": "1"})
    text = client.get(page).text
    assert [sample.script for sample in SAMPLES if sample.title not in text] == []

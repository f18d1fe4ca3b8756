"""The list of organizations: loaded from the registry's dump, suggested while somebody types."""

import io
import json
import time
import zipfile

import pytest
import sqlalchemy as sa
from builders import make_person, sign_in

from solicit.people.commands.organizations import import_organizations
from solicit.people.models import Organization
from solicit.people.service.identifiers import BASE_32
from solicit.people.service.ror_dump import BadDump, organizations_in


def ror(number: int) -> str:
    """The identifier with this number, with its check digits."""
    signs = "".join(BASE_32[number >> shift & 31] for shift in range(25, -1, -5))
    return f"https://ror.org/0{signs}{98 - number * 100 % 97:02d}"


def record(number: int, *names: str, country="KE", status="active") -> dict:
    """A record of schema 2, whose shown name is not the first one."""
    shown, *others = names
    listed = [{"value": name, "types": ["alias"], "lang": None} for name in others]
    listed.append({"value": shown, "types": ["ror_display", "label"], "lang": "en"})
    place = {"geonames_id": 1, "geonames_details": {"country_code": country, "name": "Somewhere"}}
    return {"id": ror(number), "names": listed, "locations": [place], "status": status, "types": ["education"]}


def old_record(number: int, name: str, *, status="active") -> dict:
    parts = {"labels": [{"label": "Étiquette", "iso639": "fr"}], "aliases": ["Alias"], "acronyms": ["ABC"]}
    return {"id": ror(number), "name": name, "country": {"country_code": "FR"}, "status": status} | parts


@pytest.fixture
def load(app, session, tmp_path):
    session.commit()

    def load(content, *, name="dump.json"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=2).encode())
        return app.test_cli_runner().invoke(import_organizations, [str(file)])

    return load


def listed(session) -> list[tuple]:
    return [tuple(row) for row in session.execute(sa.select(Organization.name, Organization.country).order_by("name"))]


def archive(**files: object) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(f"{name}.json", json.dumps(content, ensure_ascii=False))
    return packed.getvalue()


def test_dump_replaces_the_list(session, load):
    assert load([record(1, "University of Old")]).exit_code == 0
    answer = load([record(2, "University of New", "UN"), record(3, "Gone", status="inactive")])
    assert answer.output == "1 organizations are suggested now.\n"
    assert listed(session) == [("University of New", "KE")]


def test_first_schema_is_read_too(session, load):
    load([old_record(1, "Université d'Avant"), old_record(2, "Fini", status="withdrawn")])
    assert listed(session) == [("Université d'Avant", "FR")]
    assert session.scalar(sa.select(Organization.search_text)) == "universite d avant etiquette alias abc"


def test_archive_is_read_as_it_comes(session, load):
    dump = archive(**{"v1-ror-data": [old_record(1, "Old schema")], "v1-ror-data_schema_v2": [record(1, "New schema")]})
    assert load(dump, name="dump.zip").exit_code == 0
    assert listed(session) == [("New schema", "KE")]


def test_record_without_place_or_twice(session, load):
    lost = record(1, "Nowhere Institute") | {"locations": []}
    assert load([lost, record(1, "Nowhere again")]).exit_code == 0
    assert listed(session) == [("Nowhere Institute", None)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "does not begin with a list"),
        (b'{"id": 1}', "does not begin with a list"),
        (b'[{"id": "x", "names": [{"value": "X"}], "status": "active"}]', "not one of the registry"),
        (b'["x"]', "not one of the registry"),
        (json.dumps([record(1, "A")]).encode()[:-20], "ends in the middle"),
        (b"[\xff", "not UTF-8"),
        (archive(), "holds no JSON file"),
    ],
)
def test_bad_dump_leaves_the_list_as_it_was(session, load, content, told):
    load([record(1, "University of Old")])
    answer = load(content)
    assert (answer.exit_code, told in answer.output) == (1, True)
    assert answer.output.endswith("The list is as it was.\n")
    assert listed(session) == [("University of Old", "KE")]


def test_failure_after_some_records_leaves_the_list_as_it_was(session, load):
    load([record(1, "University of Old")])
    assert load([*(record(n, f"New {n}") for n in range(2, 50)), {"status": "active"}]).exit_code == 1
    assert listed(session) == [("University of Old", "KE")]


class Pieces(io.StringIO):
    """A text that remembers the largest piece that was asked for."""

    def read(self, size=-1):
        assert 0 < size <= 1_000_000
        return super().read(size)


def test_dump_is_never_read_whole():
    text = json.dumps([record(n, f"Organization {n}", "x" * 500) for n in range(3_000)])
    assert len(text) > 2_000_000
    assert len(list(organizations_in(Pieces(text)))) == 3_000


def test_endless_record_is_refused():
    with pytest.raises(BadDump, match="ends in the middle"):
        list(organizations_in(io.StringIO('[{"id": "' + "x" * 8_000_000)))


@pytest.mark.full
def test_whole_registry_loads_in_a_minute(session, load):
    start = time.monotonic()
    load(archive(ror_v2=[record(n, f"Organization number {n}", f"Alias {n}", f"机构 {n}") for n in range(120_000)]))
    assert time.monotonic() - start < 60
    assert session.scalar(sa.select(sa.func.count()).select_from(Organization)) == 120_000


@pytest.fixture
def registry(load):
    load(
        [
            record(1, "Institute of Space Research", "ISR", country="AT"),
            record(2, "Space Institute"),
            record(3, "Space Institute of the Far North <b>", country="NO"),
            record(4, "北京大学", "Peking University", country="CN"),
        ]
    )


def suggested(client, typed, lang="en") -> str:
    answer = client.get(f"/{lang}/organizations", query_string={"q": typed})
    assert answer.status_code == (200 if answer.text else 204)
    return answer.text


def test_best_come_first(client, registry):
    text = suggested(client, "space inst")
    names = ["Space Institute", "Space Institute of the Far North &lt;b&gt;", "Institute of Space Research"]
    places = [text.index(f'value="{name}"') for name in names]
    assert places == sorted(places)
    assert f'data-ror="{ror(2).removeprefix("https://ror.org/")}"' in text
    assert ">Kenya</option>" in text


def test_any_name_finds_it(client, registry):
    for typed in ("ISR", "北京", "peking univ", "PÉKING"):
        assert suggested(client, typed).count("<option") == 1, typed


@pytest.mark.parametrize("typed", ["", " ", "s", "'", ":*", "& | !", "\0", "x" * 10_000, "nothing like this"])
def test_nothing_to_suggest(client, registry, typed):
    assert suggested(client, typed) == ""


def test_suggestion_costs_one_statement_beside_the_frame(client, registry, count_statements):
    count_statements.clear()
    suggested(client, "space")
    assert len(count_statements) == 2


def test_suggestions_are_limited(client, registry):
    codes = [client.get("/en/organizations?q=space").status_code for _ in range(61)]
    assert (codes[:60], codes[60]) == ([200] * 60, 429)


def test_account_page_offers_suggestions(client, session):
    sign_in(client, session, make_person(session))
    text = client.get("/en/account").text
    assert 'data-enhance="organizations" data-url="/en/organizations"' in text
    assert '<datalist id="organizations">' in text

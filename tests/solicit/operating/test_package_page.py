"""Who may take the whole call away, and when."""

import io
import json
import zipfile

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import add_submission, make_read_question, make_round

from solicit.audit.models import AuditEvent
from solicit.invitations.models import Nomination
from solicit.invitations.states import NominationSource

REFUSED = "You have a part in a question of this call"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call, client):
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    return organizer


def test_organizer_takes_a_whole_package_and_the_audit_knows(session, call, organizer, client):
    make_read_question(session, call, title="Where do rings come from?")
    make_call(session)
    session.commit()
    page = f"/en/{call.slug}/organize/package"
    assert "Download the package" in client.get(page).text
    answer = client.post(page)
    assert answer.status_code == 200 and f"{call.slug}-package.zip" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["call"], manifest["tables"]["call"]["rows"]) == (call.slug, 1)
    assert "Where do rings come from?" in archive.read("question.jsonl").decode()
    taken = sa.select(AuditEvent.subject_id).where(AuditEvent.call_id == call.id, AuditEvent.act == "take away")
    assert session.scalars(taken).all() == [call.id]


@pytest.mark.parametrize("part", ["wrote", "wrote by another account", "is proposed"])
def test_organizer_who_must_not_see_a_part_gets_nothing(session, call, organizer, client, now, part):
    person = organizer
    if part == "wrote by another account":
        organizer.orcid = "0000-0002-1825-0097"
        person = make_person(session, orcid=organizer.orcid)
    if part == "is proposed":
        proposed = dict(source=NominationSource.ORGANIZER, proposed_name="Ada", statement="She knows rings.")
        session.add(Nomination(call_id=call.id, person_id=person.id, proposed_at=now, **proposed))
    else:
        add_submission(session, make_read_question(session, call), authors=(person,))
    session.commit()
    page = f"/en/{call.slug}/organize/package"
    answer = client.get(page)
    assert REFUSED in answer.text and "Download the package" not in answer.text
    assert client.post(page).status_code == 403


def test_nobody_takes_votes_away_before_the_round_is_closed(session, call, organizer, client):
    make_round(session, call, state="open")
    session.commit()
    page = f"/en/{call.slug}/organize/package"
    assert "Votes are still being given in 1 round." in client.get(page).text
    answer = client.post(page)
    assert (answer.status_code, answer.location) == (303, page)


def test_page_asks_few_statements(session, call, organizer, client, count_statements):
    session.commit()
    counted = []
    for _ in range(2):
        count_statements.clear()
        assert client.get(f"/en/{call.slug}/organize/package").status_code == 200
        counted.append(len(count_statements))
        for _ in range(3):
            make_read_question(session, call)
        session.commit()
    assert counted == [4, 4]

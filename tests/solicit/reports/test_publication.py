"""Publishing: what becomes public, what is left out, and a package that never changes."""

import csv
import hashlib
import io
import json
import zipfile

import pytest
import sqlalchemy as sa
from builders import make_organizer, make_person, sign_in
from builders_panels import add_submission, make_read_question
from builders_programme import make_outcome
from builders_rankings import Judged
from builders_results import make_second_look
from builders_submissions import label_of

from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.calls.queries import missions as missions_of
from solicit.calls.states import CallState, ResultsFor
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, Refused
from solicit.jobs.models import Job
from solicit.mail.models import OutboxMail
from solicit.questions.models import MissionLink, Question, QuestionSource
from solicit.questions.states import MissionVerdict, QuestionState, SecondLookState
from solicit.rankings.models import RankingRun
from solicit.rankings.states import RunState
from solicit.reports import tasks
from solicit.reports.commands import export
from solicit.reports.models import Publication
from solicit.reports.queries.publication.rankings import results_of
from solicit.reports.service.publication import letters
from solicit.reports.service.publication.package import broken_files, packed
from solicit.reports.service.publication.publish import Confirmed, publish_results
from solicit.reports.service.publication.verify import verify_publication
from solicit.submissions.models import Authorship, Submission

ADDRESS = "https://calls.example/en/here/results"
NAMED, UNNAMED = "Nadia Named", "Ursula Unnamed"


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    judged.questions.append(make_read_question(session, judged.call, title="Which was read by one only?"))
    judged.score(0, 6, 5)
    judged.run_id = judged.freeze()
    return judged


@pytest.fixture
def organizer(judged, session, client):
    person = make_organizer(session, judged.call)
    sign_in(client, session, person)
    return person


def publish(session, judged, *, number=1, **values) -> Publication:
    call = call_facts(session, slug=judged.call.slug)
    shown = dict(number=number, run_ids=tuple(run.id for run in results_of(session, call=call)))
    who = dict(actor_id=values.pop("actor_id", None) or make_person(session).id, now=values.pop("now", utcnow()))
    id_ = publish_results(session, call=call, confirmed=Confirmed(**shown | values), address=ADDRESS, **who)
    return session.get_one(Publication, id_, populate_existing=True)


def opened(publication: Publication) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(publication.package))


def table(publication: Publication, name: str) -> list[dict]:
    return [json.loads(line) for line in opened(publication).read(f"{name}.jsonl").decode().splitlines()]


def results_page(judged) -> str:
    return f"/en/{judged.call.slug}/results"


def test_the_package_holds_what_is_public_and_nothing_else(session, judged):
    question = judged.questions[5]
    named, unnamed = make_person(session), make_person(session)
    add_submission(session, question, authors=(named, unnamed))
    for person, name, agreed in ((named, NAMED, True), (unnamed, UNNAMED, False)):
        values = dict(full_name=name, may_be_named=agreed, country="NZ")
        session.execute(sa.update(Authorship).where(Authorship.person_id == person.id).values(**values))
    mission = missions_of(session, judged.call.id)[1]
    pair = dict(question_id=question.id, mission_id=mission.id)
    session.add(MissionLink(**pair, verdict=MissionVerdict.CONFIRMED, judged_at=utcnow()))
    make_outcome(session, call_id=judged.call.id, question_id=question.id, text="It comes first.")
    hidden = make_read_question(session, judged.call, title="Nobody decided about this one?")
    session.execute(sa.update(Question).where(Question.id == hidden.id).values(state=QuestionState.NEW))

    publication = publish(session, judged)

    assert {row["question"] for row in table(publication, "questions")} == {label_of(q) for q in judged.questions}
    first = next(row for row in table(publication, "questions") if row["question"] == label_of(question))
    assert first["authors"].split("; ").count(NAMED) == 1
    ranked = [row for row in judged.rows(judged.run_id) if row.place_first is not None]
    assert [(r["question"], r["place_first"], r["place_last"], r["score"]) for r in table(publication, "rankings")] == [
        (label_of(session.get_one(Question, row.question_id)), row.place_first, row.place_last, row.mean)
        for row in ranked
    ]
    assert table(publication, "missions") == [
        {"question": label_of(question), "mission_key": mission.key, "mission": mission.name}
    ]
    assert [row["text"] for row in table(publication, "outcomes")] == ["It comes first."]
    assert {"group": "country", "value": "NZ", "from": 1, "to": 2} in table(publication, "participation")
    run = session.get_one(RankingRun, judged.run_id)
    assert table(publication, "runs")[0]["result_digest"] == run.result_digest.hex()
    words = b"".join(opened(publication).read(name) for name in opened(publication).namelist()).decode()
    assert UNNAMED not in words and hidden.title not in words
    assert not any(person.full_name in words for person in judged.people)


def test_the_same_tables_are_the_same_bytes_and_every_sum_holds(session, judged):
    publication = publish(session, judged)
    package = opened(publication)
    names = package.namelist()
    assert names[0] == "README.md" and names[-1] == "SHA256SUMS"
    assert publication.digest == hashlib.sha256(publication.package).digest()
    assert broken_files(publication.package) == []
    readme = package.read("README.md").decode()
    for words in (f"{ADDRESS}/1/data.zip", judged.call.licence, judged.call.title, "How the numbers were made"):
        assert words in readme
    tables = [name.removesuffix(".jsonl") for name in names if name.endswith(".jsonl")]
    rows = {name: [tuple(row.values()) for row in table(publication, name)] for name in tables}
    texts = {name: package.read(name).decode() for name in ("README.md", "CITATION.cff")}
    assert packed(rows, texts) == publication.package
    listed = list(csv.DictReader(io.StringIO(package.read("dictionary.csv").decode("utf-8-sig"))))
    assert {row["table"] for row in listed} == set(rows)


def test_publishing_publishes_the_runs_and_moves_the_call_once(session, judged):
    first = publish(session, judged)
    assert session.get_one(RankingRun, judged.run_id, populate_existing=True).state is RunState.PUBLISHED
    assert session.get_one(Call, judged.call.id, populate_existing=True).state is CallState.PUBLISHED
    with pytest.raises(Conflict):
        publish(session, judged)
    with pytest.raises(Refused):
        publish(session, judged, number=2)
    for _ in range(3):
        add_submission(session, judged.questions[0], authors=(make_person(session),))
    later = publish(session, judged, number=2, note="A name was misspelt.", tells=False)
    assert table(later, "participation") == table(first, "participation")
    assert (later.number, later.digest != first.digest) == (2, True)
    assert "A name was misspelt." in opened(later).read("README.md").decode()
    stored = session.execute(sa.select(Publication.package).where(Publication.number == 1)).scalar_one()
    assert hashlib.sha256(stored).digest() == first.digest
    assert session.scalars(sa.select(Job.kind).where(Job.kind == letters.TELL)).all() == [letters.TELL]


def test_a_correction_names_what_a_second_look_took_in_since(session, client, judged):
    publish(session, judged)
    late = make_read_question(session, judged.call, title="Was this one read too quickly?")
    session.execute(sa.update(Question).where(Question.id == late.id).values(screened_at=utcnow()))
    sent = sa.select(Submission).join(QuestionSource).where(QuestionSource.question_id == late.id)
    look = make_second_look(session, session.scalars(sent).one())
    look.state, look.answered_at = SecondLookState.CHANGED, utcnow()
    session.commit()

    second = publish(session, judged, number=2, note="One question more.", tells=False)
    third = publish(session, judged, number=3, note="A name was misspelt.", tells=False)

    words = "Part of the call since a second look at their screening"
    readmes = [opened(each).read("README.md").decode() for each in (second, third)]
    assert [words in each for each in readmes] == [True, False] and label_of(late) in readmes[0]
    session.commit()
    page = client.get(results_page(judged)).text
    assert page.count(f"Part of the call since a second look: {label_of(late)}.") == 1


def test_an_open_call_and_a_call_without_a_ranking_publish_nothing(session, judged):
    still_open = Judged(session)
    with pytest.raises(Closed):
        publish(session, still_open)
    unranked = Judged(session, state=CallState.CLOSED)
    with pytest.raises(Refused):
        publish(session, unranked)
    assert session.scalars(sa.select(Publication)).all() == []


def test_the_preview_counts_without_ones_own_and_the_button_publishes_what_was_seen(
    session, client, judged, organizer, count_statements
):
    add_submission(session, judged.questions[0], authors=(organizer,))
    session.commit()
    address = f"/{judged.call.slug}/organize/publication"
    count_statements.clear()
    page = client.get(address).text
    assert len(count_statements) == 6
    assert "1 question in which you have a part becomes public, too" in page
    assert f'name="runs" type="hidden" value="{judged.run_id}"' in page
    stale = client.post(address, data={"number": "1", "runs": "", "tells": "y"})
    assert stale.status_code == 409 and "Something was published or ranked since you looked" in stale.text
    done = client.post(address, data={"number": "1", "runs": str(judged.run_id), "tells": "y"})
    assert done.status_code == 303
    publication = session.scalars(sa.select(Publication)).one()
    assert publication.published_by_id == organizer.id
    assert publication.digest.hex() in client.get(address).text


def test_everybody_reads_the_results_and_takes_the_data_under_its_digest(session, client, judged, count_statements):
    assert client.get(results_page(judged)).status_code == 404
    publication = publish(session, judged)
    session.commit()
    count_statements.clear()
    page = client.get(results_page(judged)).text
    assert len(count_statements) == 3
    assert publication.digest.hex() in page and judged.questions[5].title in page
    assert f"/en/{judged.call.slug}/ranking?run={judged.run_id}" in page
    data = client.get(f"{results_page(judged)}/1/data.zip")
    assert data.data == publication.package and data.headers["ETag"] == f'"{publication.digest.hex()}"'
    known = client.get(f"{results_page(judged)}/1/data.zip", headers={"If-None-Match": data.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert client.get(f"{results_page(judged)}/2/data.zip").status_code == 404
    for ending, words in (("txt", "SHA-256"), ("bib", "@misc{"), ("ris", "TY  - ELEC"), ("cff", "cff-version")):
        cited = client.get(f"{results_page(judged)}/1/citation.{ending}").text
        assert words in cited and "data.zip" in cited.replace("\\_", "_")


def test_what_people_make_of_the_addresses_of_packages_leads_to_the_list(session, client, judged):
    page = results_page(judged)
    unpublished = client.get(f"{page}/1")
    assert unpublished.status_code == 404 and "All publications" not in unpublished.text
    digest = publish(session, judged).digest.hex()
    session.commit()
    for guess in ("1", "1/", "1/data", digest, f"{digest}/data.zip"):
        assert client.get(f"{page}/{guess}").location == f"{page}#publication-1"
    assert 'id="publication-1"' in client.get(page).text
    for guess in ("2", "0" * 64, "latest", "2/data.zip", "2/citation.bib"):
        answer = client.get(f"{page}/{guess}")
        assert answer.status_code == 404
        assert f'<a href="{page}#data">All publications of these results</a>' in answer.text


def test_results_are_for_whom_the_call_lets_read_them(session, client, judged):
    publish(session, judged)
    submitter = make_person(session)
    add_submission(session, judged.questions[0], authors=(submitter,))
    readers = {"visitor": None, "submitter": submitter, "panelist": judged.people[0], "stranger": make_person(session)}
    found = {}
    for choice in ResultsFor:
        session.execute(sa.update(Call).where(Call.id == judged.call.id).values(results_for=choice))
        session.commit()
        addresses = (results_page(judged), f"{results_page(judged)}/1/data.zip", f"/en/{judged.call.slug}/ranking")
        for name, person in readers.items():
            client.delete_cookie("session")
            if person:
                sign_in(client, session, person)
            (status,) = {client.get(address).status_code for address in addresses}
            found[choice.value, name] = status == 200
            bar = client.get(f"/en/{judged.call.slug}/questions").text.split('aria-label="Main"')[1].split("</nav>")[0]
            assert (f'href="{results_page(judged)}"' in bar) == (status == 200)
    assert {key for key, may_read in found.items() if not may_read} == {
        ("submitters", "visitor"),
        ("submitters", "stranger"),
        ("nobody", "visitor"),
        ("nobody", "submitter"),
        ("nobody", "stranger"),
    }


def test_every_submitter_gets_one_letter_whatever_happens_to_the_worker(session, judged):
    twice, once, left = make_person(session), make_person(session), make_person(session, active=False)
    for person, questions in ((twice, (0, 1)), (once, (2,)), (left, (3,))):
        for n in questions:
            add_submission(session, judged.questions[n], authors=(person,))
    publication = publish(session, judged)
    job = session.scalars(sa.select(Job).where(Job.kind == letters.TELL)).one()
    # A worker wrote one step and died before it could say so.
    letters.tell_some(session, publication_id=publication.id, step=twice.id % letters.N_STEPS, now=utcnow())
    session.commit()
    tasks.tell_submitters(job_id=job.id, publication_id=publication.id, result_path="/there")
    written = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == letters.KIND)).all()
    paths = {mail.person_id: mail.params["path"] for mail in written}
    assert len(written) == len(paths) and left.id not in paths
    assert paths[twice.id] == f"/en/{judged.call.slug}/my"
    assert paths[once.id].endswith("/what-became")


def test_a_publication_is_verified_from_the_command_line(app, session, judged):
    publish(session, judged)
    session.commit()
    asked = ["publication", "1", "--call", judged.call.slug, "--verify"]
    good = app.test_cli_runner().invoke(export, asked)
    assert (good.exit_code, good.output.strip().endswith("same digest")) == (0, True)
    session.execute(sa.update(RankingRun).values(result_digest=bytes(32)))
    session.commit()
    changed = app.test_cli_runner().invoke(export, asked)
    assert changed.exit_code == 1 and f"run {judged.run_id}: DIFFERENT" in changed.output
    session.execute(sa.update(Publication).values(package=b"something else"))
    assert not verify_publication(session, call_id=judged.call.id, number=1).digest_matches
    session.rollback()
    assert app.test_cli_runner().invoke(export, ["publication", "7", "--call", judged.call.slug]).exit_code == 1

"""Nothing of an erased person is found in any table; what others judged, joined or counted is as it was."""

import itertools

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_candidates, make_nomination, make_ranked_run, make_selection
from builders_people import PASSWORD, is_signed_in, make_account, make_second_factor, sign_in_with
from builders_questions import make_pair
from builders_rankings import Judged
from builders_submissions import make_question, make_vector, send, text_values
from builders_topics import make_run

from ml.language.embedding import text_digest
from solicit.access import service as access
from solicit.access.policy import Role
from solicit.audit.models import AuditEvent, PersonKey
from solicit.clock import utcnow
from solicit.db import Base
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.errors import NotFound
from solicit.invitations.models import Invitation, Selection, SelectionCandidate
from solicit.jobs.service import defer
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.mail.states import MailState
from solicit.panels.models import Assignment, Review, Score
from solicit.people.commands import user
from solicit.people.models import Erasure, Person
from solicit.questions.models import ProblemReport, Question, QuestionVector, Support
from solicit.questions.queries.wording import compared_texts
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.open import follow_edit
from solicit.questions.states import QuestionState, ReportReason
from solicit.rankings.service.verify import verify
from solicit.reports import tasks
from solicit.reports.service.erase import StillNeeded, erase_person, leave
from solicit.reports.service.texts import REMOVED
from solicit.submissions import service as submissions
from solicit.submissions.models import Authorship, CoAuthor, Draft, Submission
from solicit.topics.models import Topic, TopicMember

NAME, EMAIL, ORCID = "Zqname Ünïcanary O'Brien", "zqmail@example.org", "0000-0002-1825-0097"
IDENTITY = ("zqname", "ünïcanary", "zqmail", ORCID, "zqhouse", "zqguard")
PAGE = "/en/account/erase"
_letters = itertools.count(1)


def dump(session) -> str:
    """Every row of every table as text, the queue's among them, in lower case."""
    session.flush()
    names = session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
    rows = (session.scalars(sa.text(f"SELECT t::text FROM {name} t ORDER BY 1")).all() for name in names)
    text = "\n".join(itertools.chain.from_iterable(rows)).lower()
    return text.replace('""', '"')


def left(session, *words: str) -> list[str]:
    text = dump(session)
    return [word for word in words if word in text]


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def person(session, call):
    """Somebody whose words stand in as many tables as possible."""
    person = make_account(session, email=EMAIL, full_name=NAME, affiliation="Zqhouse", orcid=ORCID)
    make_second_factor(session, person)
    now = utcnow()
    sign_in_token = access.open_sign_in(session, person_id=person.id, now=now)
    assert sign_in_token
    theirs = make_question(session, call, title="A question of others, with other words?")
    session.add(Support(question_id=theirs.id, person_id=person.id, supported_at=now))
    session.add(_report(call, theirs, person))
    strange = send(session, call, make_person(session), title="A strange text, in which they are named?")[0]
    values = dict(full_name=NAME, nonce="x", named_at=now)
    session.add(CoAuthor(submission_id=strange.submission_id, email=EMAIL, **values))
    make_nomination(session, call, statement="Zqhouse knows them.", person_id=person.id)
    for to in (Recipient(EMAIL, "en", person.id), Recipient("other@example.org", "en")):
        enqueue(session, to=to, kind="co_author", params={"name": NAME}, now=now)
    defer(session, "people.write_letter", letter="magic_link", email=EMAIL, locale="en")
    defer(session, "people.write_address_letters", person_id=person.id, locale="en")
    _draft(session, call, person, "Zqdraft began here")
    _guarded(session, call)
    session.commit()
    return person


def _report(call, question, person) -> ProblemReport:
    values = dict(call_id=call.id, question_id=question.id, reporter_id=person.id, reported_at=utcnow())
    return ProblemReport(reason=ReportReason.OTHER, text="It is odd.", **values)


def _draft(session, call, person, title: str) -> Submission:
    now, number = utcnow(), next(_letters)
    draft = Submission(
        reference=f"S-DRAF-{number:04d}",
        call_id=call.id,
        submitter_id=person.id if person else None,
        kind="question",
        language="en",
        title=title,
        created_at=now,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    values = dict(email=person.email if person else None, author={"full_name": person.full_name} if person else {})
    session.add(Draft(submission_id=draft.id, locale="en", link_nonce="x", saved_at=now, **values))
    session.flush()
    return draft


def _guarded(session, call) -> None:
    """Somebody young named the person as their guardian."""
    draft = _draft(session, call, None, "A child's question?")
    values = dict(guardian_email=EMAIL, guardian_nonce="x", guardian_asked_at=utcnow())
    session.execute(sa.update(Draft).where(Draft.submission_id == draft.id).values(**values))


def lone(session, call, person, title="Zqlone stands by itself, and nobody has read it?", **text) -> int:
    """A submission that nobody judged, with an earlier version, vectors and a suggestion; returns its question."""
    earlier = dict(title="Zqolder wording of the same question?", goal_overview="Zqoverview, which was too short.")
    receipt, question_id = send(session, call, person, **earlier)
    wording = text_values(call, title=title, **text)
    submissions.edit(
        session,
        call=call,
        submission_id=receipt.submission_id,
        person_id=person.id,
        version=1,
        text=wording,
        now=utcnow(),
    )
    follow_edit(session, submission_id=receipt.submission_id, text=wording)
    question = session.get_one(Question, question_id)
    model_id = make_vector(session, question, towards=0)
    for values in (earlier, dict(title=question.title, goal_overview=question.goal_overview)):
        for text_ in set(compared_texts(**values).values()):
            session.merge(TextVector(digest=text_digest(text_), model_id=model_id, vector=[0.5] * 8))
    make_pair(session, question, make_question(session, call))
    session.flush()
    return question_id


def kept(session, call, person, title="Zqkept is wanted by somebody else, too?") -> Question:
    """A question of theirs that another person supports."""
    question = session.get_one(Question, lone(session, call, person, title=title))
    session.add(Support(question_id=question.id, person_id=make_person(session).id, supported_at=utcnow()))
    session.flush()
    return question


def erase(session, person, *, blanks_texts=False) -> None:
    erase_person(session, person_id=person.id, blanks_texts=blanks_texts, now=utcnow())
    session.expire_all()


def test_oracle_finds_every_word_before(session, call, person):
    lone(session, call, person)
    words = ("zqname", "ünïcanary", "zqmail", ORCID, "zqhouse", "zqlone", "zqolder", "zqoverview", "zqdraft")
    assert left(session, *words) == list(words)


def test_nothing_of_the_person_is_left(session, call, person):
    lone(session, call, person)
    question = kept(session, call, person)
    n_vectors = session.scalar(sa.select(sa.func.count()).select_from(TextVector))
    assert n_vectors > 0
    erase(session, person)
    assert left(session, *IDENTITY, "zqlone", "zqdraft", "zqolder", "zqoverview") == []
    assert left(session, "zqkept") == ["zqkept"]
    assert session.scalars(sa.select(Submission.submitter_id).where(Submission.title == question.title)).all() == [None]
    shell = session.get_one(Person, person.id)
    assert not shell.active and shell.email.endswith("@erased.invalid") and shell.full_name == ""
    for table in (Authorship, Support, PersonKey):
        assert session.scalars(sa.select(table.person_id).where(table.person_id == person.id)).all() == []


def test_vectors_of_removed_texts_go_and_shared_ones_stay(session, call, person):
    lone(session, call, person)
    other = make_question(session, call, title="What everybody asks in these very words?")
    make_vector(session, other, towards=1)
    same = send(session, call, person, title=other.title)[1]
    digest = session.scalars(
        sa.select(QuestionVector.digest).where(QuestionVector.question_id == other.id).limit(1)
    ).one()
    model_id = session.scalars(sa.select(QuestionVector.model_id).limit(1)).one()
    session.add(TextVector(digest=digest, model_id=model_id, vector=[0.5] * 8))
    erase(session, person)
    assert session.scalars(sa.select(TextVector.digest)).all() == [digest]
    assert session.get(Question, same) is None
    assert set(session.scalars(sa.select(QuestionVector.question_id))) == {other.id}


def make_topic(session, call, medoid_id, member_ids) -> Topic:
    model_id = session.scalars(sa.select(EmbeddingModel.id).limit(1)).one()
    run = make_run(session, call, model_id=model_id, n_questions=len(member_ids))
    values = dict(theme_id=call.theme("space").id, terms=[], run_id=run.id, created_at=utcnow())
    topic = Topic(call_id=call.id, medoid_id=medoid_id, **values)
    session.add(topic)
    session.flush()
    session.add_all(TopicMember(question_id=member_id, topic_id=topic.id) for member_id in member_ids)
    session.flush()
    return topic


def test_topics_lose_the_question_and_keep_their_others(session, call, person):
    first, second = lone(session, call, person), lone(session, call, person, title="Zqsecond stands alone, too?")
    other = make_question(session, call)
    shared = make_topic(session, call, first, [first, other.id])
    single = make_topic(session, call, second, [second])
    erase(session, person)
    assert session.get_one(Topic, shared.id).medoid_id == other.id
    assert session.get(Topic, single.id) is None
    assert session.scalars(sa.select(TopicMember.question_id)).all() == [other.id]


def test_texts_that_stay_are_emptied_on_request(session, call, person):
    question = kept(session, call, person)
    digest, number = question.text_digest, question.number
    erase(session, person, blanks_texts=True)
    assert left(session, *IDENTITY, "zqkept", "zqolder") == []
    session.refresh(question)
    assert (question.title, question.search_text, question.goal_overview) == (REMOVED, "", "")
    assert (question.text_digest, question.number) == (digest, number)
    assert session.scalars(sa.select(Support.question_id).where(Support.question_id == question.id)).all()
    assert (
        session.scalars(sa.select(QuestionVector.question_id).where(QuestionVector.question_id == question.id)).all()
        == []
    )
    own_look = sa.select(ProblemReport.id).where(ProblemReport.question_id == question.id)
    assert session.scalars(own_look).all() == []


def test_texts_that_stay_wait_for_a_look_at_the_desk(session, call, person):
    question = kept(session, call, person)
    erase(session, person)
    report = session.scalars(sa.select(ProblemReport).where(ProblemReport.question_id == question.id)).one()
    assert report.reason is ReportReason.NAMES_SOMEBODY and report.reporter_id is None and report.closed_at is None


def test_merged_texts_stay_and_the_merge_with_them(session, call, person):
    one, other = (make_question(session, call, who, state=QuestionState.IN_SCOPE) for who in (person, None))
    third = make_question(session, call, make_person(session))
    merge_questions(session, source_id=one.id, target_id=other.id, actor_id=None, now=utcnow())
    merge_questions(session, source_id=third.id, target_id=other.id, actor_id=None, now=utcnow())
    before = dump(session)
    erase(session, person)
    session.refresh(one)
    assert one.state is QuestionState.MERGED and one.merged_into_id == other.id
    merges = [line for line in before.splitlines() if "questions grouped" in line]
    assert merges == [line for line in dump(session).splitlines() if "questions grouped" in line]


def test_what_others_wrote_too_stays_theirs(session, call, person):
    receipt, question_id = send(session, call, person, title="Zqshared was written by two people, not by one?")
    friend = make_person(session)
    session.add(Authorship(submission_id=receipt.submission_id, person_id=friend.id, position=2, full_name="A Friend"))
    erase(session, person, blanks_texts=True)
    assert session.get_one(Question, question_id).title.startswith("Zqshared")
    assert session.scalars(sa.select(Authorship.person_id)).all().count(friend.id) == 1
    assert left(session, *IDENTITY) == []


def test_panelist_leaves_and_the_ranking_does_not_change(session):
    judged = Judged(session)
    judged.score_all()
    leaver = judged.people[0]
    leaver.email, leaver.full_name = EMAIL, NAME
    run_id = judged.freeze()
    rows = [(row.question_id, row.mean, row.place_first) for row in judged.rows(run_id)]
    scores = sa.select(sa.func.count(), sa.func.sum(Score.value)).select_from(Score)
    before = session.execute(scores).one()
    session.execute(sa.update(Review).values(comment_to_panel="A comment."))
    erase(session, leaver)
    assert verify(session, run_id=run_id).holds
    assert rows == [(row.question_id, row.mean, row.place_first) for row in judged.rows(run_id)]
    assert session.execute(scores).one() == before
    assert set(session.scalars(sa.select(Review.comment_to_panel))) == {"A comment."}
    assert left(session, *IDENTITY) == []


def test_author_of_a_ranked_question_leaves_and_the_ranking_does_not_change(session, person):
    judged = Judged(session)
    judged.score_all()
    question = judged.questions[2]
    source = sa.select(Submission).where(Submission.title == question.title)
    for submission in session.scalars(source):
        submission.submitter_id = person.id
        session.execute(sa.delete(Authorship).where(Authorship.submission_id == submission.id))
    run_id = judged.freeze()
    title = question.title
    erase(session, person, blanks_texts=True)
    assert verify(session, run_id=run_id).holds
    rows = {row.question_id: row.title for row in judged.rows(run_id)}
    assert rows[question.id] == REMOVED and title not in dump(session)


def test_comments_of_a_panelist_are_emptied_on_request(session):
    judged = Judged(session)
    assignment = judged.score(0, 0, 4)
    unsent = Assignment(**_another(assignment, judged.questions[1].id))
    session.add(unsent)
    session.execute(sa.update(Review).values(comment_to_panel="zqcomment", comment_to_authors="zqcomment"))
    erase(session, judged.people[0], blanks_texts=True)
    assert left(session, "zqcomment") == []
    states = sa.select(Assignment.state).where(Assignment.person_id == judged.people[0].id).order_by(Assignment.id)
    assert [state.value for state in session.scalars(states)] == ["submitted", "voided"]


def _another(assignment: Assignment, question_id: int) -> dict:
    same = {
        name: getattr(assignment, name) for name in ("round_id", "panel_id", "person_id", "affinity", "assigned_at")
    }
    return same | {"question_id": question_id, "queue_order": 99}


def test_selection_keeps_its_sums_without_the_person(session, call):
    run = make_ranked_run(session, call)
    people = make_candidates(session, call, run)
    organizer = make_organizer(session, call)
    make_organizer(session, call)
    selection_id = make_selection(session, call, run, proposer=organizer)
    candidate = session.scalars(sa.select(SelectionCandidate).where(SelectionCandidate.is_chosen)).first()
    person = session.get_one(Person, candidate.person_id)
    person.full_name = NAME
    assert people
    sums = sa.select(sa.func.sum(SelectionCandidate.merit), sa.func.sum(SelectionCandidate.cost_cents))
    before = session.execute(sums.where(SelectionCandidate.selection_id == selection_id)).one()
    erase(session, person)
    assert session.execute(sums.where(SelectionCandidate.selection_id == selection_id)).one() == before
    session.refresh(candidate)
    assert (candidate.country, candidate.region, candidate.question_ids, candidate.why) == (None, "", [], {})
    assert session.scalars(sa.select(Invitation.id).where(Invitation.person_id == person.id)).all() == []
    assert session.get_one(Selection, selection_id).merit_total >= 0


def test_letters_and_jobs_of_others_stay(session, call, person):
    title = "What do two people ask in the same words?"
    send(session, call, person, title=title)
    friend = make_person(session, email=f"a.{EMAIL}", full_name=f"Ada {NAME}")
    to = Recipient(friend.email, "en", friend.id)
    enqueue(session, to=to, kind="magic_link", params={"email": friend.email, "title": title}, now=utcnow())
    defer(session, "people.write_letter", letter="magic_link", email=friend.email, locale="en")
    erase(session, person)
    assert friend.email in session.scalars(sa.select(OutboxMail.recipient)).all()
    jobs = session.scalars(sa.text("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'people.write_letter'"))
    assert [friend.email in job for job in jobs] == [True]


def test_audit_stays_and_belongs_to_nobody(session, call, person):
    lone(session, call, person)
    rows = sa.select(AuditEvent.id, AuditEvent.actor_key, AuditEvent.act, AuditEvent.details).order_by(AuditEvent.id)
    before = session.execute(rows).all()
    key = session.scalars(sa.select(PersonKey.key).where(PersonKey.person_id == person.id)).one()
    erase(session, person)
    after = session.execute(rows).all()
    assert after[: len(before)] == before and [row.act for row in after[len(before) :]] == ["erase"]
    assert after[-1].actor_key is None
    assert session.scalars(sa.select(PersonKey.person_id).where(PersonKey.key == key)).all() == []


def test_every_link_to_a_person_is_cut_or_points_to_the_shell(session, call, person):
    """A new table with a person in it must be thought of here."""
    lone(session, call, person)
    erase(session, person)
    links = (
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is Person.__table__ for key in column.foreign_keys)
    )
    found = {str(link) for link in links if session.scalar(sa.select(sa.func.count()).where(link == person.id))}
    shells = {"invitation.person_id", "travel_reading.subject_id"}
    assert found <= {"assignment.person_id", "selection_candidate.person_id"} | shells


def test_erasing_twice_changes_nothing(session, call, person):
    lone(session, call, person)
    erase(session, person)
    before = dump(session)
    erase(session, person)
    assert dump(session) == before
    with pytest.raises(NotFound):
        erase_person(session, person_id=9_000_000_000, blanks_texts=False, now=utcnow())


def test_last_letter_leaves_no_address(session, call, person):
    leave(session, person_id=person.id, blanks_texts=False, now=utcnow())
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "account_erased")).one()
    assert (mail.recipient, mail.person_id) == (EMAIL, None)
    mail.state, mail.sent_at = MailState.SENT, utcnow()
    session.commit()
    tasks.forget(timestamp=0)
    assert left(session, *IDENTITY) == []


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.ADMINISTRATOR])
def test_last_of_a_role_stays_until_another_has_it(session, call, person, role):
    place = {"call_id": call.id} if role is Role.ORGANIZER else {}
    session.execute(sa.text("DELETE FROM role_grant"))
    access.grant_role(session, person_id=person.id, role=role, now=utcnow(), **place)
    other = make_person(session, active=False)
    access.grant_role(session, person_id=other.id, role=role, now=utcnow(), **place)
    with pytest.raises(StillNeeded):
        leave(session, person_id=person.id, blanks_texts=False, now=utcnow())
    other.active = True
    leave(session, person_id=person.id, blanks_texts=False, now=utcnow())


def test_person_erases_themselves(app, client, session, call, person):
    sign_in(client, session, person)
    elsewhere = app.test_client()
    sign_in(elsewhere, session, person)
    thief = app.test_client()
    thief.set_cookie("solicit", client.get_cookie("solicit").value)
    assert "This cannot be undone" in client.get(PAGE).text
    for typed in ("", "other@example.org", "no address"):
        answer = client.post(PAGE, data={"email": typed})
        assert answer.status_code == 422 and (f'value="{typed}"' in answer.text or not typed)
    assert session.get_one(Person, person.id).active
    assert client.post(PAGE, data={"email": " ZQmail@example.org "}).location == "/en/"
    assert not any(is_signed_in(browser) for browser in (client, elsewhere, thief))
    assert sign_in_with(client, EMAIL, PASSWORD).status_code == 422
    assert session.scalars(sa.select(Erasure.person_id)).all() == [person.id]


def test_refusal_is_a_sentence_on_the_page(client, session, call, person):
    access.grant_role(session, person_id=person.id, role=Role.ORGANIZER, call_id=call.id, now=utcnow())
    sign_in(client, session, person)
    answer = client.post(PAGE, data={"email": EMAIL})
    assert answer.status_code == 422 and "You are the only organizer of" in answer.text


def test_command_erases_and_replays_after_a_backup(app, session, call, person, tmp_path):
    lone(session, call, person)
    session.commit()
    runner = app.test_cli_runner()
    assert runner.invoke(user, ["erase"]).exit_code == 2
    missing = runner.invoke(user, ["erase", "nobody@example.org"])
    assert missing.exit_code == 1 and "Nobody has an account" in missing.output, missing.output
    assert "The person is erased" in runner.invoke(user, ["erase", EMAIL, "--empty-texts"]).output
    listed = runner.invoke(user, ["erasures"]).output
    assert listed == f"{person.id} empty\n"
    shell = session.get_one(Person, person.id, populate_existing=True)
    shell.email, shell.full_name, shell.active = EMAIL, NAME, True  # what a backup brings back
    session.execute(sa.delete(Erasure))
    session.commit()
    file = tmp_path / "erasures.txt"
    file.write_text(listed + "900000000 keep\n")
    assert "2 erasures" in runner.invoke(user, ["erase", "--replay", str(file)]).output
    session.execute(sa.delete(OutboxMail).where(OutboxMail.kind == "account_erased"))
    assert left(session, *IDENTITY) == []
    file.write_text("what is this")
    assert runner.invoke(user, ["erase", "--replay", str(file)]).exit_code == 1

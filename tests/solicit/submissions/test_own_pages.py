"""Looking after one's own submissions: pages, edits, withdrawal."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_around import agree_values, ask_co_author, letters, make_co_author, make_draft, rendered
from builders_people import without_token
from builders_submissions import GOAL, SIGNIFICANCE, label_of, make_question, send

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.mail.letters import isolated
from solicit.mail.models import OutboxMail
from solicit.mail.service import Recipient, enqueue
from solicit.questions.models import DifferenceNote, Question, QuestionSource
from solicit.questions.service.support import give_support, withdraw_support
from solicit.questions.states import PUBLIC_WORDS, QuestionState
from solicit.submissions.models import Submission, SubmissionVersion
from solicit.submissions.service import request_revision
from solicit.submissions.states import MissionType, PlanValues, SubmissionState, TimeFrame


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def sender(client, session):
    person = make_person(session)
    sign_in(client, session, person)
    return person


def address_of(call, receipt, page="") -> str:
    return f"/en/{call.slug}/my/{receipt.reference}{page}"


def edit_values(**values) -> dict:
    defaults = dict(
        title="Where does the dust of comets come from?",
        goal_overview=GOAL,
        significance=SIGNIFICANCE,
        approach="",
        theme="life",
        language="en",
        version="1",
    )
    return defaults | values


def stored(session, receipt) -> Submission:
    return session.get_one(Submission, receipt.submission_id, populate_existing=True)


def close(session, call, *, minutes_ago):
    values = dict(closes_at=utcnow() - timedelta(minutes=minutes_ago))
    session.execute(sa.update(Call).where(Call.id == call.id).values(**values))


PAGES = ("", "/received", "/edit", "/withdraw")


@pytest.mark.parametrize("page", PAGES)
def test_pages_belong_to_their_owner(client, session, call, page):
    owner, stranger, organizer = make_person(session), make_person(session), make_organizer(session, call)
    receipt, _question_id = send(session, call, owner, title="Whose question is this one?")
    address = address_of(call, receipt, page)
    assert client.get(address).status_code == 303
    for person in (stranger, organizer):
        sign_in(client, session, person)
        answer = client.get(address)
        missing = client.get(f"/en/{call.slug}/my/S-0000-0000{page}")
        assert (answer.status_code, missing.status_code) == (404, 404)
        answered, missed = without_token(answer.text), without_token(missing.text)
        assert answered.replace(receipt.reference, "S-0000-0000") == missed
    sign_in(client, session, owner)
    assert "Whose question is this one?" in client.get(address).text


@pytest.mark.parametrize("reference", ["S-0000", "1", "S-7F3K-9Q2M%00", "s-0000-0000", "S-0000-000%D9%A1", "x" * 3000])
def test_forged_references_are_missing(client, session, call, sender, reference):
    assert client.get(f"/en/{call.slug}/my/{reference}").status_code == 404
    assert client.post(f"/en/{call.slug}/my/{reference}/revive").status_code == 404


def test_reference_of_another_call_is_missing(client, session, call, sender):
    receipt, _id = send(session, make_call(session), sender)
    assert client.get(address_of(call, receipt)).status_code == 404


def test_posts_of_strangers_change_nothing(client, session, call, sender):
    receipt, _id = send(session, call)
    for page, values in (("/edit", edit_values()), ("/withdraw", {}), ("/revive", {})):
        assert client.post(address_of(call, receipt, page), data=values).status_code == 404
    assert stored(session, receipt).version == 1
    assert stored(session, receipt).state is SubmissionState.SENT


def test_list_shows_state_reference_and_number(client, session, call, sender):
    receipt, _id = send(session, call, sender, title="Is this one still being read?")
    question = make_question(session, call, sender, title="Is this one part of the call?")
    send(session, call, title="Is this one of somebody else?")
    send(session, make_call(session), sender, title="Is this one in another call?")
    page = client.get(f"/en/{call.slug}/my").text
    assert "Being read" in page
    assert "Part of the call" in page
    assert receipt.reference in page
    assert f'<bdi dir="ltr">{label_of(question)}</bdi>' in page
    assert "somebody else" not in page
    assert "another call" not in page


def test_list_without_submissions(client, session, call, sender):
    assert "You have not sent anything to this call yet." in client.get(f"/en/{call.slug}/my").text


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_few_statements(client, session, call, sender, count_statements, n):
    for _ in range(n):
        send(session, call, sender)
    count_statements.clear()
    assert client.get(f"/en/{call.slug}/my").text.count("Being read") == n
    assert len(count_statements) == 8


def test_page_costs_few_statements(client, session, call, sender, count_statements):
    receipt, _id = send(session, call, sender)
    count_statements.clear()
    client.get(address_of(call, receipt))
    assert len(count_statements) <= 8


def test_edit_keeps_versions_and_tells_the_question(client, session, call, sender):
    receipt, question_id = send(session, call, sender, title="Where does the dust come from?")
    answer = client.post(address_of(call, receipt, "/edit"), data=edit_values())
    assert answer.status_code == 303
    assert stored(session, receipt).version == 2
    numbers = session.scalars(sa.select(SubmissionVersion.number).order_by(SubmissionVersion.number)).all()
    assert numbers == [1, 2]
    question = session.get_one(Question, question_id, populate_existing=True)
    assert question.title == "Where does the dust of comets come from?"
    assert question.theme_id == call.theme("life").id
    kinds = session.scalars(sa.select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == ["submission_received", "submission_edited"]
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "submission").order_by(AuditEvent.id))
    assert acts.all() == ["submit", "edit"]
    page = client.get(answer.location).text
    assert "<ins>of comets </ins>" in page
    assert "Your changes are saved." in page


def test_saving_without_a_change_makes_no_version(client, session, call, sender):
    receipt, _id = send(session, call, sender, title="Where does the dust come from?")
    values = edit_values(title="Where does the dust come from?", theme="space")
    page = client.post(address_of(call, receipt, "/edit"), data=values, follow_redirects=True)
    assert "Nothing was changed." in page.text
    assert stored(session, receipt).version == 1


def test_edit_after_screening_leaves_the_question(client, session, call, sender):
    question = make_question(session, call, sender, title="Where does the dust come from?")
    submission_id = session.scalars(
        sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
    ).one()
    reference = session.get_one(Submission, submission_id).reference
    page = client.post(f"/en/{call.slug}/my/{reference}/edit", data=edit_values(), follow_redirects=True)
    assert "The question keeps the wording that was screened" in page.text
    assert session.get_one(Question, question.id, populate_existing=True).title == "Where does the dust come from?"
    assert session.get_one(Submission, submission_id, populate_existing=True).version == 2
    # The public page shows the wording that was screened.
    public = client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
    assert "of comets" not in public


def test_two_windows_meet_with_both_texts(client, session, call, sender):
    receipt, _id = send(session, call, sender)
    address = address_of(call, receipt, "/edit")
    client.post(address, data=edit_values(title="The wording of the first window?"))
    answer = client.post(address, data=edit_values(title="The wording of the second window?"))
    assert answer.status_code == 409
    assert "You saved another version in the meantime" in answer.text
    assert "The wording of the first window?" in answer.text
    assert 'value="The wording of the second window?"' in answer.text
    assert stored(session, receipt).title == "The wording of the first window?"
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    second = edit_values(title="The wording of the second window?", version=version[1])
    assert client.post(address, data=second).status_code == 303
    assert stored(session, receipt).version == 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(title=""), "Enter your question"),
        (dict(significance="short"), "at least 30 characters"),
        (dict(theme="warp"), "Choose a theme"),
        (dict(language="xx"), "Choose the language"),
        (dict(version="one"), "Not a valid integer value"),
        (dict(version=""), "Open the page again"),
        (dict(title="With a \x07 bell in the title?"), "control characters"),
        (dict(approach="x" * 8001), "at most 8000 characters"),
    ],
)
def test_bad_edits_come_back_with_the_text(client, session, call, sender, values, message):
    receipt, _id = send(session, call, sender)
    answer = client.post(
        address_of(call, receipt, "/edit"), data=edit_values(goal_overview="A goal that I want to keep here.") | values
    )
    assert answer.status_code == 422
    assert message in answer.text
    assert "A goal that I want to keep here." in answer.text
    assert stored(session, receipt).version == 1


@pytest.mark.parametrize("version", ["2", "-1", "99999999999999999999999"])
def test_versions_that_never_were_conflict(client, session, call, sender, version):
    receipt, _id = send(session, call, sender)
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values(version=version)).status_code == 409
    assert stored(session, receipt).version == 1


def test_edit_after_the_close_keeps_the_typed_text(client, session, call, sender):
    receipt, _id = send(session, call, sender, now=utcnow() - timedelta(hours=2))
    close(session, call, minutes_ago=10)
    answer = client.post(address_of(call, receipt, "/edit"), data=edit_values())
    assert answer.status_code == 422
    assert "The call closed on" in answer.text
    assert "Where does the dust of comets come from?" in answer.text
    assert stored(session, receipt).version == 1
    assert "this can no longer be changed" in client.get(address_of(call, receipt)).text


def test_text_saved_shortly_before_may_be_saved_in_the_grace(client, session, call, sender):
    receipt, _id = send(session, call, sender, now=utcnow() - timedelta(minutes=20))
    close(session, call, minutes_ago=10)
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values()).status_code == 303
    close(session, call, minutes_ago=31)
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values(version="2")).status_code == 422


def test_withdraw_asks_first_and_can_be_undone(client, session, call, sender):
    receipt, question_id = send(session, call, sender)
    asked = client.get(address_of(call, receipt, "/withdraw"))
    assert f"Withdraw {receipt.reference}?" in asked.text
    assert stored(session, receipt).state is SubmissionState.SENT
    assert client.post(address_of(call, receipt, "/withdraw")).status_code == 303
    assert stored(session, receipt).state is SubmissionState.WITHDRAWN
    assert session.get_one(Question, question_id, populate_existing=True).state is QuestionState.WITHDRAWN
    page = client.get(address_of(call, receipt)).text
    assert "Withdrawn" in page
    assert client.post(address_of(call, receipt, "/withdraw")).status_code == 409
    assert client.post(address_of(call, receipt, "/edit"), data=edit_values()).status_code == 422
    assert client.post(address_of(call, receipt, "/revive")).status_code == 303
    assert stored(session, receipt).state is SubmissionState.SENT
    assert session.get_one(Question, question_id, populate_existing=True).state is QuestionState.NEW
    assert client.post(address_of(call, receipt, "/revive")).status_code == 422
    kinds = session.scalars(sa.select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == ["submission_received", "submission_withdrawn", "submission_revived"]


def test_withdrawn_question_leaves_the_public_list(client, session, call, sender):
    question = make_question(session, call, sender)
    reference = session.scalars(sa.select(Submission.reference)).one()
    client.post(f"/en/{call.slug}/my/{reference}/withdraw")
    assert question.title not in client.get(f"/en/{call.slug}/questions").text
    client.post(f"/en/{call.slug}/my/{reference}/revive")
    assert question.title in client.get(f"/en/{call.slug}/questions").text


def test_nothing_is_withdrawn_after_the_close(client, session, call, sender):
    receipt, _id = send(session, call, sender)
    close(session, call, minutes_ago=1)
    assert client.post(address_of(call, receipt, "/withdraw")).status_code == 409
    assert stored(session, receipt).state is SubmissionState.SENT


def test_page_shows_the_owner_what_was_declared(client, session, call, sender):
    receipt, _id = send(session, call, sender)
    page = client.get(address_of(call, receipt)).text
    for text in ("Ada Example", "Institute of Examples", "Kenya", "Researcher", GOAL):
        assert text in page


def test_my_page_has_drafts_letters_and_kind_empty_states(client, session, call, sender):
    page = client.get(f"/en/{call.slug}/my").text
    assert "Nothing yet. When we write to you" in page
    for absent in ("Drafts", "Asked of you", "Where you are co-author"):
        assert absent not in page
    draft = make_draft(session, call, sender, title="")
    make_draft(session, call, title="The draft of somebody else?")
    receipt, _id = send(session, call, sender)
    page = client.get(f"/en/{call.slug}/my").text
    assert "No title yet" in page
    assert f'href="/en/{call.slug}/submit/{draft.reference}/check"' in page
    assert "somebody else" not in page
    assert f"<p>Received: {receipt.reference}</p>" in page


def test_letters_are_told_by_their_subject_alone(client, session, call, sender):
    for n in range(21):
        letter = dict(
            reference=f"S-{n:04d}", title="A title", call_title="A call", closes_at="later", path="/secret/way"
        )
        to = Recipient(sender.email, "en", sender.id)
        enqueue(session, to=to, kind="submission_received", params=letter, now=utcnow(), call_id=call.id)
    enqueue(
        session,
        to=Recipient("x@example.org", "en", make_person(session).id),
        kind="submission_received",
        params=letter | dict(reference="S-FOREIGN"),
        now=utcnow(),
        call_id=call.id,
    )
    enqueue(session, to=to, kind="magic_link", params=dict(path="/en/sign-in/link/token"), now=utcnow())
    page = client.get(f"/en/{call.slug}/my").text
    assert page.count("Received: S-00") == 20
    assert "Received: S-0020" in page
    for hidden in ("Received: S-0000", "S-FOREIGN", "/secret/way", "sign-in/link"):
        assert hidden not in page


@pytest.mark.parametrize("state", [QuestionState.NEW, QuestionState.IN_SCOPE, QuestionState.WITHDRAWN])
def test_authors_read_public_words_alone(client, session, call, sender, state):
    make_question(session, call, sender, state=state)
    reference = session.scalars(sa.select(Submission.reference)).one()
    for address in (f"/en/{call.slug}/my", f"/en/{call.slug}/my/{reference}"):
        page = client.get(address).text
        assert f">{PUBLIC_WORDS[state]}<" in page
        for word in ("New", "In scope", "Out of scope", "Merged", "Shortlisted"):
            assert f">{word}<" not in page


PLAN = PlanValues(
    target_body="Enceladus",
    mission_type=MissionType.ORBITER,
    measurement="Mass spectra of the plume.",
    readiness=4,
    time_frame=TimeFrame.LATER,
    missions=("tianwen-4",),
    answers=(12, 340),
)
APPROACH = "Fly through the plume and taste what comes out of the cracks."


@pytest.fixture
def plan(session, call, sender):
    """A sent plan that refers to one of the missions that every call begins with."""
    receipt, _id = send(session, call, sender, kind=Kind.PLAN, approach=APPROACH, plan=PLAN)
    return receipt


def plan_values(**values) -> dict:
    defaults = dict(
        target_body="Enceladus",
        mission_type="orbiter",
        measurement="Mass spectra of the plume.",
        readiness="4",
        time_frame="2036_2045",
        missions=["tianwen-4"],
        answers="Q-12, Q-340",
    )
    return (
        edit_values(approach=APPROACH, theme="space", title="How could we taste the sea of Enceladus?")
        | defaults
        | values
    )


def test_plan_is_shown_in_words(client, session, call, plan):
    page = client.get(address_of(call, plan)).text
    for words in (
        "Enceladus",
        "Orbiter",
        "Mass spectra of the plume.",
        "4: tried in the laboratory",
        "2036 to 2045",
        "Tianwen-4",
    ):
        assert words in page
    assert '<bdi dir="ltr">Q-340</bdi>' in page


def test_editing_a_plan_keeps_what_is_not_changed_and_shows_what_is(client, session, call, plan):
    form = client.get(address_of(call, plan, "/edit")).text
    for kept in ('value="Enceladus"', 'selected value="orbiter"', 'value="Q-12, Q-340"', "Mass spectra of the plume."):
        assert kept in form
    assert 'value="tianwen-4" checked' in form
    missions = ["tianwen-3", "tianwen-4"]
    values = plan_values(mission_type="lander", missions=missions, measurement="Mass spectra of two plumes.")
    assert client.post(address_of(call, plan, "/edit"), data=values).status_code == 303
    kept = PlanValues.from_json(stored(session, plan).plan)
    assert kept == replace(
        PLAN,
        mission_type=MissionType.LANDER,
        missions=("tianwen-3", "tianwen-4"),
        measurement="Mass spectra of two plumes.",
    )
    page = client.get(address_of(call, plan)).text
    assert "<del>Orbiter</del> <ins>Lander</ins>" in page
    assert "<del><bdi>Tianwen-4</bdi></del> <ins><bdi>Tianwen-3</bdi>, <bdi>Tianwen-4</bdi></ins>" in page
    assert "<del>the plume.</del><ins>two plumes.</ins>" in page


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(answers="Q-12, twelve, Q-9999"), "Not among the public questions of this call: twelve, Q-9999"),
        (dict(answers="Q-0"), "Not among the public questions of this call: Q-0"),
        (dict(answers="Q-12 " * 21), "Name at most 20 questions"),
        (dict(mission_type="submarine"), "Choose the mission type"),
        (dict(time_frame="yesterday"), "Choose the time frame"),
        (dict(target_body="x" * 201), "Shorten the name of the target body"),
        (dict(measurement="x" * 8001), "Shorten the measurement"),
    ],
)
def test_bad_plans_come_back(client, session, call, plan, values, message):
    answer = client.post(address_of(call, plan, "/edit"), data=plan_values(**values))
    assert answer.status_code == 422
    assert message in answer.text
    assert stored(session, plan).version == 1


def test_theme_and_language_are_among_the_differences(client, session, call, sender):
    receipt, _id = send(session, call, sender, title="Where does the dust of comets come from?")
    client.post(address_of(call, receipt, "/edit"), data=edit_values(language="fr"))
    page = client.get(address_of(call, receipt)).text
    assert "<del><bdi>Unexplored Space</bdi></del> <ins><bdi>Signatures of Extra-terrestrial Life</bdi></ins>" in page
    assert "<del>English</del> <ins>French</ins>" in page


def test_page_shows_terms_licence_and_notes(client, session, call, sender):
    other = make_question(session, call, title="Where does the dust of asteroids come from?")
    receipt, _id = send(session, call, sender)
    note = dict(submission_id=receipt.submission_id, question_id=other.id, text="Mine asks about comets.")
    session.add(DifferenceNote(**note, noted_at=utcnow()))
    page = client.get(address_of(call, receipt)).text
    for text in ("CC BY 4.0", "Agreed to the terms on", "How it differs, in your words", "Mine asks about comets."):
        assert text in page
    assert label_of(other) in page


def test_supporters_of_a_public_question_are_told_of_its_withdrawal(client, session, call, sender):
    question, supporter, former = make_question(session, call, sender), make_person(session), make_person(session)
    for person in (supporter, former):
        give_support(session, call=call, question_id=question.id, person_id=person.id, now=utcnow())
    withdraw_support(session, call=call, question_id=question.id, person_id=former.id, now=utcnow())
    reference = session.scalars(sa.select(Submission.reference)).one()
    assert "supporters, if there are any, are told" in client.get(f"/en/{call.slug}/my/{reference}/withdraw").text
    client.post(f"/en/{call.slug}/my/{reference}/withdraw")
    (mail,) = letters(session, "question_withdrawn")
    assert (mail.recipient, mail.person_id) == (supporter.email, supporter.id)
    assert rendered(mail).startswith(f"Withdrawn: {label_of(question)}\n")
    # What nobody could see leaves silently.
    receipt, _id = send(session, call, sender)
    client.post(address_of(call, receipt, "/withdraw"))
    assert len(letters(session, "question_withdrawn")) == 1


def test_busy_pages_cost_at_most_eight_statements(client, session, call, sender, plan, count_statements):
    for n in range(3):
        make_draft(session, call, sender)
        ask_co_author(session, call, plan, email=f"asked{n}@example.org")
        make_co_author(session, call, plan, make_person(session))
        theirs, _id = send(session, call)
        make_co_author(session, call, theirs, sender)
        waiting, _id = send(session, call)
        ask_co_author(session, call, waiting, email=sender.email)
        client.post(address_of(call, plan, "/edit"), data=plan_values(target_body=f"Moon {n}", version=str(n + 1)))
    organizer = make_organizer(session, call)
    what = dict(submission_id=plan.submission_id, text="Say more.", asked_by_id=organizer.id)
    request_revision(session, call=call, now=utcnow(), **what)
    for address in (
        f"/en/{call.slug}/my",
        address_of(call, plan),
        address_of(call, plan, "/edit"),
        address_of(call, plan, "/about-you"),
        address_of(call, plan, "/withdraw"),
    ):
        session.commit()
        count_statements.clear()
        assert client.get(address).status_code == 200
        assert len(count_statements) <= 8, address


NAMES = (
    "Zoë Ångström", "Ñandú Iñárritu", "Łukasz Żółć", "Dvořák Přemysl", "Ďuriš Ľubomír", "Đặng Thị Ngọc",
    "Ольга Щёткина", "Ελένη Παπαδοπούλου", "محمد عبد الله الأندلسي", "שרה בן־דוד", "فاطمه زهرا کریمی", "李小龙",
    "山田 太郎", "김철수", "สมชาย ใจดี", "प्रियंका शर्मा", "তানভীর আহমেদ", "தமிழ்ச்செல்வி", "გიორგი მაისურაძე", "Հայկ Սարգսյան",
    "አበበ ቢቂላ", "𐐔𐐯𐑅𐐨𐑉𐐯𐐻 𠮷野",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_scripts_come_through_page_and_mail(client, session, call, sender, name):
    receipt, _id = send(session, call, sender)
    ask_co_author(session, call, receipt, full_name=name)
    link = letters(session, "co_author_invited")[-1].params["path"]
    assert f'value="{name}"' in client.get(link).text
    client.post(link, data=agree_values(full_name=name, affiliation=name))
    assert f"<bdi>{name}</bdi>" in client.get(address_of(call, receipt)).text
    mail = rendered(letters(session, "co_author_answered")[-1])
    assert f"{isolated(name, 'en')} agreed" in mail
    assert name not in mail.partition("\n")[0]

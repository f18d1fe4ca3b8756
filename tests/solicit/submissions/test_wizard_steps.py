"""Writing step by step: everything is kept, nothing is refused for being unfinished, and no script is needed."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_drafts import about_form, draft_of, hold_key, make_draft, submission_of, text_form
from builders_submissions import label_of, make_question

from solicit.audit.models import AuditEvent
from solicit.calls.models import Mission
from solicit.calls.states import CallState, Kind
from solicit.mail.models import OutboxMail
from solicit.people.states import Career
from solicit.questions.models import DifferenceNote, Question, QuestionSource
from solicit.submissions.models import Authorship, CoAuthor, Draft, Submission, SubmissionVersion
from solicit.submissions.states import CoAuthorState, MissionType, PlanValues, SubmissionState, TimeFrame, Typed

KEY = "a key of 32 signs or so, as browsers hold"
HOSTILE = ["NUL \x00 inside", "escape \x1b[31m", "C1 \x85 next line", "a delete \x7f"]


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def writer(client, session):
    person = make_person(session, affiliation="KNUST", orcid="0000-0002-1825-0097")
    sign_in(client, session, person)
    return person


def begin(client, call, kind="question", query="", key=None) -> str:
    """Begin a draft in this browser and return its address."""
    form = {"kind": kind, "idempotency_key": key or str(uuid4())}
    answer = client.post(f"/en/{call.slug}/submit{query}", data=form)
    assert answer.status_code == 303, answer.text
    return answer.location.removesuffix("/question")


def reference_in(address: str) -> str:
    return address.rsplit("/", 1)[1]


def n_rows(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_from_nothing_to_the_receipt_without_scripts(client, session, call, writer, no_language_model):
    address = begin(client, call, query="?theme=life")
    page = client.get(f"{address}/question").text
    assert re.search(r'name="theme" value="life" checked', page)
    answer = client.post(f"{address}/question", data=text_form(version=1, go="on"))
    assert answer.location == f"{address}/about"
    assert writer.full_name in client.get(f"{address}/about").text
    about = about_form(version=2, go="on", affiliation="KNUST", is_willing="y", orcid="0000-0002-1825-0097")
    assert client.post(f"{address}/about", data=about).location == f"{address}/check"
    page = client.get(f"{address}/check").text
    assert "We may publish it." in page and "CC BY 4.0" in page and "Before you can send" not in page
    answer = client.post(f"{address}/check", data={"version": 3, "has_consented": "y"})
    assert answer.location.endswith(f"/my/{reference_in(address)}/received")
    assert "We received your question" in client.get(answer.location).text
    assert client.post(f"{address}/check", data={"version": 3, "has_consented": "y"}).location == answer.location
    _check_everything_is_stored(session, call, writer, reference_in(address))


def _check_everything_is_stored(session, call, writer, reference: str) -> None:
    submission = submission_of(session, reference)
    assert (submission.state, submission.submitter_id) == (SubmissionState.SENT, writer.id)
    assert (submission.terms_version, submission.licence) == (call.terms_version, call.licence)
    assert submission.consented_at == submission.sent_at
    assert session.scalars(sa.select(SubmissionVersion.number)).all() == [1]
    authorship = session.scalars(sa.select(Authorship)).one()
    assert (authorship.full_name, authorship.affiliation, authorship.country) == ("Ada Example", "KNUST", "KE")
    assert (authorship.career, authorship.orcid) == (Career.RESEARCHER, "0000-0002-1825-0097")
    assert authorship.is_willing and authorship.is_corresponding and not authorship.may_be_named
    question = session.scalars(sa.select(Question)).one()
    assert (question.title, question.number) == (submission.title, None)
    assert session.scalars(sa.select(QuestionSource.submission_id)).all() == [submission.id]
    assert session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "submission")).all() == ["submit"]
    assert session.scalars(sa.select(OutboxMail.kind)).all() == ["submission_received"]
    assert n_rows(session, Draft) == 0
    jobs = session.execute(sa.text("SELECT task_name FROM procrastinate_jobs ORDER BY task_name")).scalars().all()
    assert jobs == ["mail.send", "questions.embed"]


def test_beginning_twice_with_one_form_is_one_draft(client, session, call):
    key = str(uuid4())
    assert begin(client, call, key=key) == begin(client, call, key=key)
    assert n_rows(session, Submission) == n_rows(session, Draft) == 1


def test_a_form_that_another_browser_used_begins_nothing(app, client, session, call):
    key = str(uuid4())
    begin(client, call, key=key)
    answer = app.test_client().post(f"/en/{call.slug}/submit", data={"kind": "question", "idempotency_key": key})
    assert answer.status_code == 422 and "This form was used before." in answer.text
    assert n_rows(session, Draft) == 1


@pytest.mark.parametrize("values", [dict(kind="letter"), dict(idempotency_key="1"), dict(idempotency_key="")])
def test_a_bad_first_page_begins_nothing(client, session, call, values):
    answer = client.post(f"/en/{call.slug}/submit", data={"kind": "plan", "idempotency_key": str(uuid4())} | values)
    assert answer.status_code == 422 and "<title>Error:" in answer.text
    assert n_rows(session, Submission) == 0


def test_strange_kinds_and_themes_in_the_address_are_ignored(client, session, call):
    page = client.get(f"/en/{call.slug}/submit?kind=%00&theme=nothing")
    assert page.status_code == 200 and re.search(r'name="kind" value="question" checked', page.text)
    assert submission_of(session, reference_in(begin(client, call, query="?theme=%00"))).theme_id is None


@pytest.mark.parametrize("state", [CallState.CLOSED, CallState.PUBLISHED])
def test_a_closed_call_begins_nothing(client, session, state):
    call = make_call(session, state=state)
    assert "The call closed on" in client.get(f"/en/{call.slug}/submit").text
    answer = client.post(f"/en/{call.slug}/submit", data={"kind": "question", "idempotency_key": str(uuid4())})
    assert answer.status_code == 422
    assert n_rows(session, Submission) == 0


def test_an_unfinished_text_is_saved_and_named_before_sending(client, session, call, writer):
    address = begin(client, call)
    answer = client.post(f"{address}/question", data={"version": 1, "title": "Why", "go": "on"})
    assert answer.status_code == 303
    assert submission_of(session, reference_in(address)).title == "Why"
    page = client.get(f"{address}/check").text
    assert f'<a href="{address}/question#title">Write a title of at least 10 characters</a>' in page
    assert f'<a href="{address}/about#country">' not in page  # the account says it
    assert "There is a problem" not in page
    answer = client.post(f"{address}/check", data={"version": 2, "has_consented": "y"})
    assert answer.status_code == 422 and "There is a problem" in answer.text and "<title>Error:" in answer.text
    assert f'href="{address}/question#goal_overview"' in answer.text
    assert n_rows(session, Question) == 0


@pytest.mark.parametrize(
    ("text", "about", "message"),
    [
        (dict(title="x" * 251), {}, "at most 250 characters"),
        (dict(goal_overview="short"), {}, "at least 30 characters"),
        (dict(significance="x" * 5001), {}, "at most 5000 characters"),
        (dict(approach="x" * 8001), {}, "at most 8000 characters"),
        (dict(theme="warp"), {}, "Choose a theme"),
        ({}, dict(full_name=""), "Enter your name"),
        ({}, dict(full_name="x" * 201), "Shorten the name"),
        ({}, dict(affiliation="x" * 301), "Shorten the affiliation"),
        ({}, dict(country="XX"), "Choose your country or region"),
        ({}, dict(career="pirate"), "Choose what describes you best"),
        ({}, dict(age=""), "Say whether you are 16 or older"),
        ({}, dict(orcid="0000-0002-1825-0098"), "wrong check digit"),
        ({}, dict(ror="013meh723"), "wrong check digits"),
        ({}, dict(co_name_1="Bo", co_email_1="bo"), "Enter an e-mail address"),
        ({}, dict(co_name_1="Bo", co_email_1="b\u043e@example.org"), "Enter an e-mail address"),
        ({}, dict(co_name_2="Nobody at home", co_email_2=""), "Enter an e-mail address"),
    ],
)
def test_what_is_wrong_is_kept_and_refused_only_at_sending(client, session, call, writer, text, about, message):
    address = begin(client, call)
    assert client.post(f"{address}/question", data=text_form(version=1, **text)).status_code == 303
    assert client.post(f"{address}/about", data=about_form(version=2, **about)).status_code == 303
    assert message in client.get(f"{address}/check").text
    answer = client.post(f"{address}/check", data={"version": 3, "has_consented": "y"})
    assert answer.status_code == 422 and message in answer.text
    assert n_rows(session, Question) == 0
    for name, value in {**text, **about}.items():
        page = client.get(f"{address}/{'question' if name in text else 'about'}").text
        assert value in page or name in ("theme", "country", "career")


def test_sending_needs_consent(client, session, call, writer):
    reference = make_draft(session, call, writer)
    answer = client.post(f"/en/{call.slug}/submit/{reference}/check", data={"version": 2})
    assert answer.status_code == 422 and "Agree to the terms" in answer.text
    assert submission_of(session, reference).state is SubmissionState.DRAFT


def test_a_plan_keeps_its_fields(client, session, call, writer):
    names = ("mars-sample", "moon-station", "gone")
    for position, key in enumerate(names):
        session.add(
            Mission(call_id=call.id, key=key, name=key, around="2030", position=position, is_offered=key != "gone")
        )
    asked, foreign = make_question(session, call), make_question(session, make_call(session))
    address = begin(client, call, kind="plan")
    page = client.get(f"{address}/question").text
    assert "mars-sample, around 2030" in page and "gone, around" not in page
    plan = dict(
        target_body="Mars",
        mission_type="sample_return",
        measurement="Isotopes of ice",
        readiness="4",
        time_frame="2031_2035",
        missions=["mars-sample", "gone"],
        answers=f"{label_of(asked)}, {label_of(foreign)}",
    )
    client.post(f"{address}/question", data=text_form(version=1, approach="Fly there and back.", **plan))
    stored = PlanValues.from_json(submission_of(session, reference_in(address)).plan)
    assert (stored.target_body, stored.mission_type) == ("Mars", MissionType.SAMPLE_RETURN)
    assert (stored.readiness, stored.time_frame) == (4, TimeFrame.NEXT)
    assert (stored.missions, stored.answers) == (("mars-sample",), (asked.number,))
    assert f"the public questions of this call: {label_of(foreign)}" in client.get(f"{address}/check").text
    assert plan["answers"] in client.get(f"{address}/question").text
    fixed = plan | {"answers": label_of(asked).lower()}
    client.post(f"{address}/question", data=text_form(version=2, approach="Fly there and back.", **fixed))
    client.post(f"{address}/about", data=about_form(version=3))
    assert client.post(f"{address}/check", data={"version": 4, "has_consented": "y"}).status_code == 303
    question = session.scalars(sa.select(Question).where(Question.kind == Kind.PLAN)).one()
    assert question.plan["answers"] == [asked.number]


def test_a_bare_plan_is_told_everything_it_lacks(client, session, call, writer):
    page = client.get(f"{begin(client, call, kind='plan')}/check").text
    for message in ("Name the target body", "Choose the mission type", "Say what would be", "Choose the time frame"):
        assert message in page


def test_co_authors_are_named_in_the_draft_and_asked_when_it_is_sent(client, session, call, writer):
    reference = make_draft(session, call, writer)
    address = f"/en/{call.slug}/submit/{reference}"
    lines = dict(co_name_1="Bo", co_email_1="Bo@Example.org", co_email_3="zoë", co_email_20="l@a.org")
    answer = client.post(f"{address}/about", data=about_form(version=2, go="on", **lines))
    assert answer.location == f"{address}/about"  # an address that cannot be right is shown at once
    page = client.get(f"{address}/about").text
    assert "zoë" in page and "Enter an e-mail address like name@example.org for co-author 2" in page
    named = session.execute(sa.select(CoAuthor.email, CoAuthor.state).order_by(CoAuthor.email)).all()
    assert named == [("bo@example.org", CoAuthorState.NAMED), ("l@a.org", CoAuthorState.NAMED)]
    emptied = dict(co_name_1="Bo", co_email_1="bo@example.org", co_email_2="", co_email_3="")
    client.post(f"{address}/about", data=about_form(version=3, **emptied))
    client.post(f"{address}/check", data={"version": 4, "has_consented": "y"})
    assert session.execute(sa.select(CoAuthor.email, CoAuthor.state)).all() == [
        ("bo@example.org", CoAuthorState.INVITED)
    ]


def test_somebody_under_sixteen_asks_a_guardian_first(client, session, call, writer):
    reference = make_draft(session, call, writer)
    address = f"/en/{call.slug}/submit/{reference}"
    about = about_form(version=2, age="younger", guardian_email="Mum@example.org", may_be_named="y")
    client.post(f"{address}/about", data=about)
    page = client.get(f"{address}/check").text
    assert "Ask your guardian" in page and ">Send<" not in page
    refused = client.post(f"{address}/check", data={"version": 3, "has_consented": "y"})
    assert refused.status_code == 422 and "consent of a guardian" in refused.text
    assert client.post(f"{address}/guardian").location == f"{address}/check"
    draft = draft_of(session, reference)
    assert (draft.guardian_email, draft.guardian_asked_at is not None) == ("mum@example.org", True)
    assert "We wrote to your guardian on" in client.get(f"{address}/check").text
    draft.guardian_confirmed_at = draft.guardian_asked_at
    assert client.post(f"{address}/check", data={"version": 3, "has_consented": "y"}).status_code == 303
    authorship = session.scalars(sa.select(Authorship)).one()
    assert (authorship.is_minor, authorship.may_be_named) == (True, False)


def test_another_guardian_is_asked_anew(client, session, call, writer):
    reference = make_draft(session, call, writer)
    address = f"/en/{call.slug}/submit/{reference}"
    client.post(f"{address}/about", data=about_form(version=2, age="younger", guardian_email="mum@example.org"))
    client.post(f"{address}/guardian")
    draft_of(session, reference).guardian_confirmed_at = draft_of(session, reference).guardian_asked_at
    client.post(f"{address}/about", data=about_form(version=3, age="younger", guardian_email="dad@example.org"))
    draft = draft_of(session, reference)
    assert (draft.guardian_email, draft.guardian_asked_at, draft.guardian_confirmed_at) == (
        "dad@example.org",
        None,
        None,
    )


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", ["title", "significance", "differs-Q-1"])
def test_hostile_text_is_refused_and_changes_nothing(client, session, call, writer, hostile, name):
    reference = make_draft(session, call, writer)
    address = f"/en/{call.slug}/submit/{reference}/question"
    before = submission_of(session, reference).title
    answer = client.post(address, data=text_form(version=2, approach="A text to keep.") | {name: hostile})
    assert answer.status_code == 422
    assert "control characters" in answer.text and "A text to keep." in answer.text
    assert (draft_of(session, reference).version, submission_of(session, reference).title) == (2, before)
    as_json = client.post(address, data=text_form(version=2) | {name: hostile}, headers={"Accept": "application/json"})
    assert as_json.status_code == 422 and "control characters" in as_json.json["message"]


def test_lone_surrogates_end_in_no_error_of_ours(client, session, call, writer):
    reference = make_draft(session, call, writer)
    body = b"version=2&title=lone%ED%A0%80surrogate&significance=kept"
    kind = "application/x-www-form-urlencoded"
    answer = client.post(f"/en/{call.slug}/submit/{reference}/question", data=body, content_type=kind)
    assert answer.status_code in (303, 422)  # the decoder replaces what is no character


@pytest.mark.parametrize("text", ["x" * 20_000, "深" * 20_000, "\U0001f680" * 20_000, "سؤال " * 3_999 + "سؤال؟"])
def test_a_long_text_is_kept_whole(client, session, call, writer, text):
    reference = make_draft(session, call, writer)
    form = text_form(version=2, significance=text)
    answer = client.post(f"/en/{call.slug}/submit/{reference}/question", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert submission_of(session, reference).significance == text
    assert text in client.get(f"/en/{call.slug}/submit/{reference}/question").text


def test_longer_than_anything_is_refused_with_the_text(client, session, call, writer):
    reference = make_draft(session, call, writer)
    answer = client.post(f"/en/{call.slug}/submit/{reference}/question", data=text_form(version=2, title="y" * 20_001))
    assert answer.status_code == 422 and "y" * 20_001 in answer.text


def test_foreign_fields_change_nothing(client, session, call, writer):
    reference = make_draft(session, call, writer)
    other = make_person(session)
    hidden = dict(state="sent", submitter_id=other.id, key_hash="x", source="import", call_id=1, link_nonce="known")
    client.post(f"/en/{call.slug}/submit/{reference}/question", data=text_form(version=2, **hidden))
    submission, draft = submission_of(session, reference), draft_of(session, reference)
    assert (submission.state, submission.submitter_id) == (SubmissionState.DRAFT, writer.id)
    assert (submission.call_id, draft.link_nonce != "known") == (call.id, True)


def test_how_mine_differs_is_kept_and_comes_back(client, session, call, writer, no_language_model):
    near = make_question(session, call)
    label = label_of(near)
    reference = make_draft(session, call, writer)
    address = f"/en/{call.slug}/submit/{reference}/question"
    notes = {f"differs-{label}": "Mine asks about ice.", "differs-Q-999999": "No such question."}
    answer = client.post(address, data=text_form(version=2, go="similar") | notes)
    assert answer.location == f"{address}?similar=1#similar-heading"
    page = client.get(answer.location).text
    assert "Mine asks about ice." in page and "The comparison is not available now." in page
    assert session.execute(sa.select(DifferenceNote.question_id, DifferenceNote.text)).all() == [
        (near.id, "Mine asks about ice.")
    ]
    client.post(address, data=text_form(version=3) | {f"differs-{label}": ""})
    assert n_rows(session, DifferenceNote) == 0
    assert Typed.from_json(draft_of(session, reference).author).differences == {"Q-999999": "No such question."}


def test_naming_oneself_is_a_warning_only(client, session, call, writer):
    reference = make_draft(session, call, writer, goal_overview="We, Ada Example and others, want to find out why.")
    address = f"/en/{call.slug}/submit/{reference}"
    for page in ("question", "check"):
        assert "<b><bdi>Ada Example</bdi></b>" in client.get(f"{address}/{page}").text
    assert client.post(f"{address}/check", data={"version": 2, "has_consented": "y"}).status_code == 303


def test_a_missing_question_mark_is_a_hint(client, session, call, writer):
    reference = make_draft(session, call, writer, title="Where interstellar dust comes from")
    assert "has no question mark" in client.get(f"/en/{call.slug}/submit/{reference}/check").text


def test_chinese_signs_count_three(client, session, call, writer):
    reference = make_draft(session, call, writer)
    address = f"/en/{call.slug}/submit/{reference}"
    text = dict(title="火星生命", goal_overview="火星上曾经有过生命吗?", significance="这告诉我们生命的起源。")
    client.post(f"{address}/question", data=text_form(version=2, language="zh", **text))
    assert client.post(f"{address}/check", data={"version": 3, "has_consented": "y"}).status_code == 303


@pytest.mark.parametrize("kind", [Kind.QUESTION, Kind.PLAN])
@pytest.mark.parametrize(("is_signed_in", "most"), [(True, 8), (False, 4)])
def test_pages_cost_few_statements(client, session, call, count_statements, kind, is_signed_in, most):
    person = make_person(session) if is_signed_in else None
    reference = make_draft(session, call, person, key=KEY, kind=kind, plan=PlanValues() if kind is Kind.PLAN else None)
    if person:
        sign_in(client, session, person)
    hold_key(client, KEY)
    costs = {}
    for page in ("question", "about", "check", "saved"):
        count_statements.clear()
        assert client.get(f"/en/{call.slug}/submit/{reference}/{page}").status_code == 200
        costs[page] = len(count_statements)
    count_statements.clear()
    client.get(f"/en/{call.slug}/submit")
    costs["kind"] = len(count_statements)
    assert max(costs.values()) <= most, costs

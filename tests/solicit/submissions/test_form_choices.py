"""A call asks for what it chose: in the steps of writing, at sending, in imports; what was written before stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_drafts import make_draft

from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.calls.states import FormChoices, Kind
from solicit.clock import utcnow
from solicit.errors import Refused
from solicit.people.states import Career
from solicit.submissions.forms.about import AboutForm
from solicit.submissions.forms.plan import PlanForm
from solicit.submissions.forms.text import TextForm
from solicit.submissions.service.forget import forget_drafts
from solicit.submissions.service.imports.check import check_rows
from solicit.submissions.service.limits import check_limits
from solicit.submissions.service.reading import FileRow
from solicit.submissions.states import TextValues

TEXT = dict(
    title="Is there water in the dust?",
    theme="space",
    goal_overview="Find out whether there is any.",
    significance="It would change how we think of it.",
    approach="Look at it.",
    language="en",
)


def choose(session, call, fields: set[str], kinds=tuple(Kind)):
    row = session.get_one(Call, call.id, populate_existing=True)
    row.form_choices = FormChoices(frozenset(fields), kinds).to_json()
    session.flush()
    return call_facts(session, slug=call.slug)


@pytest.fixture
def call(session):
    return choose(session, make_call(session), set())


def test_plan_without_optional_fields_is_complete_and_takes_nothing_unasked(app, call):
    sent = TEXT | {"measurement": "Not asked", "missions": ["change-6"], "target_body": "Mars"}
    with app.test_request_context(method="POST", data=sent):
        shared = dict(call=call, locale="en", kind=Kind.PLAN, meta={"csrf": False})
        form = PlanForm(offered=(), public=frozenset(), **shared)
        assert form.validate(), form.errors
        plan = form.values().plan
        assert (plan.measurement, plan.missions, plan.target_body, plan.mission_type) == ("", (), "", None)
        assert form.values().approach == "Look at it."


def test_question_keeps_what_it_said_when_the_field_was_asked(app, call):
    with app.test_request_context(method="POST", data=TEXT):
        shared = dict(call=call, locale="en", kind=Kind.QUESTION, meta={"csrf": False})
        assert TextForm(**shared).values().approach == ""
        assert TextForm(data={"approach": "Older words"}, **shared).values().approach == "Look at it."


def test_author_is_asked_for_no_more_than_the_call_wants(app):
    said = dict(full_name="Ada", country="KE", career="professional", age="sixteen", orcid="wrong", co_name_1="Bo")
    with app.test_request_context(method="POST", data=said):
        shared = dict(locale="en", has_account=True, meta={"csrf": False})
        form = AboutForm(asks=FormChoices(frozenset()), **shared)
        assert form.validate() and form.shown_lines == []
        author = form.author(has_consented=True)
        assert (author.career, author.orcid, author.country) == (None, None, "KE")
        everything = AboutForm(asks=FormChoices(), **shared)
        assert not everything.validate() and set(everything.errors) == {"orcid", "co_email_1", "career"} - (
            {"career"} if said["career"] in [each.value for each in Career] else set()
        )


def test_wizard_shows_what_is_asked(client, session, call):
    page = client.get(f"/en/{call.slug}/submit").text
    assert 'value="plan"' in page
    call = choose(session, call, {"affiliation"}, kinds=(Kind.QUESTION,))
    assert 'value="plan"' not in client.get(f"/en/{call.slug}/submit?kind=plan").text
    begun = client.post(
        f"/en/{call.slug}/submit", data={"kind": "plan", "idempotency_key": "5f0f6f9e-4f53-4b0e-9d43-0a5f7a0f0f00"}
    )
    assert begun.status_code == 422
    begun = client.post(
        f"/en/{call.slug}/submit", data={"kind": "question", "idempotency_key": "5f0f6f9e-4f53-4b0e-9d43-0a5f7a0f0f00"}
    )
    assert 'name="approach"' not in client.get(begun.location).text
    about = client.get(begun.location.replace("/question", "/about")).text
    assert 'name="affiliation"' in about and 'name="career"' not in about and "co_name_1" not in about
    assert "missions" not in client.get(f"/en/{call.slug}/").text


def test_import_refuses_what_is_not_asked_and_kinds_that_are_not_taken(session, call):
    call = choose(session, call, set(), kinds=(Kind.QUESTION,))
    columns = {"title": 0, "kind": 1, "approach": 2, "theme": 3}
    rows = [
        FileRow(2, ("What is dust?", "question", "", "Unexplored Space")),
        FileRow(3, ("What is ice?", "question", "Look", "space")),
        FileRow(4, ("A plan for ice", "plan", "Look", "space")),
    ]
    found = check_rows(session, call=call, rows=rows, mapping=columns).findings
    assert [(each.verdict.value, each.column, each.reason) for each in found] == [
        ("new", "", ""),
        ("refused", "approach", "This call does not ask for this."),
        ("refused", "kind", "This call does not take this kind."),
    ]
    with pytest.raises(Refused):
        check_limits(call, TextValues(kind=Kind.PLAN, theme_id=None, language="en", title="A plan"))


def test_drafts_are_kept_as_long_as_the_call_says(session, call):
    make_draft(session, call, make_person(session))
    row = session.get_one(Call, call.id, populate_existing=True)
    row.keep_drafts_days = 5
    session.flush()
    count = sa.text("SELECT count(*) FROM draft")
    for days, left in ((5 - 0.01, 1), (5, 0)):
        now = row.closes_at + timedelta(days=days)
        forget_drafts(session, now=now)
        assert session.scalar(count) == left
    assert utcnow() < row.closes_at

"""A new edition takes over what organizers set up, and nothing of what people sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_calls import desk, filled
from builders_questions import make_question

from solicit.calls.commands import call_commands
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.queries import call_facts
from solicit.calls.service import NewStage
from solicit.calls.states import RESERVED_SLUGS, CallState, TextLimits
from solicit.clock import utcnow
from solicit.mail.models import LetterWording
from solicit.submissions.models import Submission

NEW = dict(slug="second-edition", title="Second edition", opens_at="2027-01-11 00:00", closes_at="2027-03-01 23:59")
TRANSLATIONS = {
    "fr": {"title": "Première", "motto": "Allons", "theme.space.name": "Espace", "stage.1.title": "Collecte"}
}


@pytest.fixture
def call(session):
    opens_at = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
    stage = NewStage(title="Collection", text="", starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1))
    call = make_call(
        session,
        opens_at=opens_at,
        closes_at=utcnow() + timedelta(days=30),
        stages=(stage,),
        translations=TRANSLATIONS,
        limits=TextLimits(title_max=99),
        time_zone="Asia/Shanghai",
    )
    make_question(session, call)
    wording = dict(kind="submission_received", language="fr", subject="Reçu", body="Merci", changed_at=opens_at)
    session.add(LetterWording(call_id=call.id, **wording))
    session.flush()
    return call


@pytest.fixture
def organizer(client, session, call):
    person = make_organizer(session, call)
    make_organizer(session, call)
    sign_in(client, session, person)
    return person


def begin(client, call, **changes):
    return client.post(desk(call, "copy"), data=filled(client.get(desk(call, "copy")).text, **NEW | changes))


def test_copy_takes_over_what_was_set_up(client, session, call, organizer):
    assert begin(client, call).location == "/second-edition/organize/call"

    new = session.scalars(sa.select(Call).where(Call.slug == "second-edition")).one()
    assert (new.state, new.title, new.copied_from_id) == (CallState.DRAFT, "Second edition", call.id)
    assert new.opens_at == datetime(2027, 1, 10, 16, 0, tzinfo=UTC)
    assert new.text_limits["title_max"] == 99 and new.consent == "We may publish it."
    assert new.translations == {"fr": {k: v for k, v in TRANSLATIONS["fr"].items() if k != "title"}}
    for model, name in ((Theme, "key"), (OutOfScopeReason, "key"), (Mission, "key"), (LetterWording, "subject")):
        kept = [
            session.scalars(sa.select(getattr(model, name)).where(model.call_id == each).order_by(model.id)).all()
            for each in (call.id, new.id)
        ]
        assert kept[0] == kept[1] and kept[0]
    stage = session.scalars(sa.select(Stage).where(Stage.call_id == new.id)).one()
    assert (stage.starts_on, stage.ends_on) == (date(2027, 1, 10), date(2027, 2, 10))
    assert session.scalar(sa.select(sa.func.count()).where(Submission.call_id == new.id)) == 0
    assert "no second organizer" not in client.get("/second-edition/organize/call").text


def test_start_from_nothing_is_organized_by_whoever_began(client, session, call, organizer):
    assert begin(client, call, start="nothing").status_code == 303
    new = call_facts(session, slug="second-edition")
    assert (new.themes, new.state, new.time_zone) == ((), CallState.DRAFT, "Asia/Shanghai")
    page = client.get("/second-edition/organize/call").text
    assert "The call has no themes." in page and "no second organizer" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slug": "Bad Slug"}, "Use small letters"),
        ({"slug": "api"}, "address of the site itself"),
        ({"slug": "{own}"}, "Another call has this address"),
        ({"title": ""}, "Enter the title"),
        ({"closes_at": "2027-01-01 00:00"}, "must close after it opens"),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice"),
    ],
)
def test_what_an_edition_cannot_be_begins_nothing(client, session, call, organizer, change, said):
    change = {name: value.format(own=call.slug) for name, value in change.items()}
    answer = begin(client, call, **change)
    assert answer.status_code == 422 and said in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Call)) == 1


def test_command_copies_too(app, session, call):
    session.commit()
    times = ["--opens", "2027-01-11T00:00+08:00", "--closes", "2027-03-01T23:59+08:00"]
    copy = ["copy", call.slug, "second-edition", "--title", "Second edition", *times]
    assert app.test_cli_runner().invoke(call_commands, copy).exit_code == 0
    assert call_facts(session, slug="second-edition").opens_at == datetime(2027, 1, 10, 16, 0, tzinfo=UTC)
    again = app.test_cli_runner().invoke(call_commands, copy)
    assert again.exit_code == 1 and "Another call has this address" in again.output


def test_every_first_word_of_the_sites_own_addresses_is_reserved(app):
    paths = [str(rule).removeprefix("/<locale:lang>").strip("/").split("/")[0] for rule in app.url_map.iter_rules()]
    words = {word for word in paths if word and word[0] != "<" and "." not in word}
    assert words <= RESERVED_SLUGS

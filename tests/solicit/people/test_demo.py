from dataclasses import replace

import pytest
from builders import make_call, make_organizer, make_person
from builders_people import is_signed_in, make_account

from solicit.people import queries, service


@pytest.fixture
def demo(app):
    """The application as a demonstration, and a way to change its settings."""
    own = app.extensions["settings"]

    def settings(**values):
        app.extensions["settings"] = replace(own, demo=True, **values)

    settings()
    yield settings
    app.extensions["settings"] = own


@pytest.fixture
def organizer(session):
    organizer = make_organizer(session, make_call(session), full_name="Wanjiru Kamau")
    session.commit()
    return organizer


def path(app, person) -> str:
    return f"/en/demo/{service.demo_key(app.config['SECRET_KEY'], person.id)}"


def test_sample_person_signs_in_by_the_button_only(app, client, demo, organizer):
    page = client.get(path(app, organizer))
    assert page.status_code == 200
    assert "Wanjiru Kamau" in page.text and "organizer of this call" in page.text
    assert not is_signed_in(client)
    assert client.post(path(app, organizer)).status_code == 303
    assert is_signed_in(client)


def test_key_works_again(app, client, demo, organizer):
    client.post(path(app, organizer))
    client.post("/en/sign-out")
    assert client.post(path(app, organizer)).status_code == 303


@pytest.mark.parametrize(
    "values",
    [{"demo": False}, {"environment": "production"}, {"public_url": "https://solicit.example.org"}],
)
def test_no_such_page_outside_a_demonstration(app, client, demo, organizer, values):
    app.extensions["settings"] = replace(app.extensions["settings"], **values)
    missing = client.get("/en/demo/nothing")
    for answer in (client.get(path(app, organizer)), client.post(path(app, organizer))):
        assert (answer.status_code, answer.text) == (404, missing.text)
    assert not is_signed_in(client)


@pytest.mark.parametrize("key", ["1", "1-", "x-y", "-1-abc", "٣-abc", "9" * 5_000 + "-abc", "é", "1-" + "0" * 32, "0-"])
def test_forged_key_is_missing(client, demo, organizer, key):
    assert client.post(f"/en/demo/{key}").status_code == 404


def test_key_of_one_person_does_not_fit_another(app, client, demo, organizer, session):
    other = make_account(session)
    code = service.demo_key(app.config["SECRET_KEY"], organizer.id).partition("-")[2]
    assert client.post(f"/en/demo/{other.id}-{code}").status_code == 404
    foreign = service.demo_key("another secret", organizer.id)
    assert client.post(f"/en/demo/{foreign}").status_code == 404


def test_closed_and_missing_people_have_no_page(app, client, demo, session):
    closed = make_account(session, active=False)
    assert client.get(path(app, closed)).status_code == 404
    missing = service.demo_key(app.config["SECRET_KEY"], closed.id + 1)
    assert client.get(f"/en/demo/{missing}").status_code == 404


def test_sample_people_come_in_the_order_asked_for(session, organizer):
    submitter = make_person(session, full_name="Amina")
    people = queries.demo_people(session, person_ids=(submitter.id, organizer.id, 999_999))
    assert [(person.name, person.role_word) for person in people] == [
        ("Amina", "submitter"),
        ("Wanjiru Kamau", "organizer of this call"),
    ]

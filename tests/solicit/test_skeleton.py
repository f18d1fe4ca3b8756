from builders import make_call, make_organizer, sign_in


def test_organizer_signs_in(client, session):
    call = make_call(session)
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    assert client.get(f"/{call.slug}/organize").status_code == 200


def test_unknown_call_is_missing(client, session):
    answer = client.get("/en/nowhere/")
    assert answer.status_code == 404
    assert "Page not found" in answer.text

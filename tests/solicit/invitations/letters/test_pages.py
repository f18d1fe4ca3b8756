"""The organizers' pages of letters: who sees what, in which order, and what the buttons do."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_invitations import make_authors, make_invitation, make_limits_in_force, make_question
from builders_letters import make_letter_batch, make_meeting, send

from solicit.clock import utcnow
from solicit.invitations.models import CostSettings, Invitation, LetterBatch, Selection, SelectionCandidate
from solicit.invitations.queries.costs import DEFAULTS
from solicit.invitations.states import BatchState, InvitationState
from solicit.mail.models import OutboxMail


@pytest.fixture
def call(session):
    call = make_call(session)
    make_limits_in_force(session, call, seats=100, budget_cents=10**9)
    return call


@pytest.fixture
def letters(call):
    return f"/{call.slug}/organize/invite/letters"


def hidden_from(session, call, organizer, **values):
    """Somebody in whose question the organizer has a part."""
    person, question = make_person(session, full_name="Hidden Person"), make_question(session, call)
    make_authors(session, call, question, [person, organizer])
    return make_invitation(session, call, person=person, question_ids=[question.id], **values)


def file_of(client, letters: str, query: str = ""):
    """The file of the list, which is taken by a button."""
    answer = client.post(f"{letters}.csv{query}")
    assert answer.status_code == 200
    return answer


def names(answer) -> list[str]:
    rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    return [row[1] for row in rows][1:]


def test_list_shows_filters_and_sorts(client, session, call, ada, letters):
    for name, state, cost in (("B", "offered", 300), ("a", "selected", 200), ("C", "offered", 100)):
        person = make_person(session, full_name=name)
        make_invitation(session, call, person=person, state=InvitationState(state), cost_cents=cost * 100)
    sign_in(client, session, ada)
    assert names(file_of(client, letters)) == ["a", "B", "C"]
    assert names(file_of(client, letters, "?sort=cost")) == ["B", "a", "C"]
    assert names(file_of(client, letters, "?sort=state")) == ["a", "B", "C"]
    assert names(file_of(client, letters, "?sort=answer_by")) == ["B", "C", "a"]
    assert names(file_of(client, letters, "?state=offered&sort=x")) == ["B", "C"]
    assert names(file_of(client, letters, "?state=no-state")) == ["a", "B", "C"]
    text = client.get(f"{letters}?state=offered").text
    assert ">B<" in text and ">a<" not in text


def test_names_are_sorted_without_regard_to_accents(client, session, call, ada, letters):
    for name in ("Zoe", "Élodie", "emil"):
        make_invitation(session, call, person=make_person(session, full_name=name))
    sign_in(client, session, ada)
    assert names(file_of(client, letters)) == ["Élodie", "emil", "Zoe"]


def test_filter_without_rows_keeps_the_currency_of_the_call(client, session, call, ada, letters):
    session.add(CostSettings(call_id=call.id, **DEFAULTS | {"currency": "EUR"}))
    session.commit()
    sign_in(client, session, ada)
    text = client.get(f"{letters}?state=declined").text
    assert "EUR 10,000,000" in text and "USD" not in text


def test_hidden_person_is_in_no_list_page_count_or_file(client, session, call, ada, letters):
    make_invitation(session, call, person=make_person(session, full_name="Shown Person"))
    hidden = hidden_from(session, call, ada, state=InvitationState.DECLINED)
    sign_in(client, session, ada)
    answers = [client.get(letters), file_of(client, letters), client.get(f"{letters}?sort=cost")]
    assert all("Hidden Person" not in answer.text for answer in answers)
    assert "1 invited person is not shown to you" in answers[0].text
    assert ">Declined<" not in answers[0].text
    for path in ("", "/letter.pdf"):
        assert client.get(f"{letters}/{hidden.id}{path}").status_code == 404
    for act in ("confirm", "again", "cancel"):
        assert client.post(f"{letters}/{hidden.id}/{act}", data={"reason": "Because."}).status_code == 404
    session.expire_all()
    assert hidden.state is InvitationState.DECLINED


def test_second_organizer_sends_hidden_letters_with_the_others_and_is_told_how_many(
    client, session, call, ada, bo, letters
):
    shown, hidden = make_invitation(session, call), hidden_from(session, call, bo)
    batch_id = make_letter_batch(session, call, ada)
    sign_in(client, session, bo)
    text = client.get(f"{letters}/batch/{batch_id}").text
    assert "1 letter is not shown to you" in text and "Hidden Person" not in text
    assert "Approve and send 3 letters" in text
    assert client.post(f"{letters}/batch/{batch_id}/send").status_code == 303
    session.expire_all()
    assert (shown.state, hidden.state) == (InvitationState.OFFERED, InvitationState.OFFERED)


def test_letters_are_prepared_read_and_sent(client, session, call, ada, bo, letters):
    make_meeting(session, call)
    invitation = make_invitation(session, call, person=make_person(session, full_name="Wanjiru Kamau"))
    sign_in(client, session, ada)
    assert "Prepare 1 letter" in client.get(letters).text
    day = (utcnow() + timedelta(days=30)).date().isoformat()
    refused = client.post(letters, data={"answer_on": "tomorrow"})
    assert (refused.status_code, "Write the day like 2027-02-28" in refused.text) == (422, True)
    assert 'value="tomorrow"' in refused.text
    prepared = client.post(letters, data={"answer_on": day})
    assert prepared.status_code == 303
    own = client.get(prepared.location).text
    assert "A second organizer must read and approve them." in own and "Approve and send" not in own
    assert client.post(f"{prepared.location}/send").status_code == 409
    sign_in(client, session, bo)
    assert "1 letter waits for a second organizer." in client.get(letters).text
    assert client.get(f"{letters}/{invitation.id}/letter.pdf").data.startswith(b"%PDF")
    assert client.post(f"{prepared.location}/send").status_code == 303
    assert session.scalars(sa.select(OutboxMail.kind)).all() == ["invitation"]
    assert "Bo Organizer" in client.get(prepared.location).text


def test_letters_are_discarded_by_a_button(client, session, call, ada, letters):
    batch_id = make_letter_batch(session, call, ada)
    sign_in(client, session, ada)
    assert client.post(f"{letters}/batch/{batch_id}/discard").status_code == 303
    assert session.get_one(LetterBatch, batch_id).state is BatchState.DISCARDED
    assert "Prepare 1 letter" in client.get(letters).text


def test_organizer_confirms_and_cancels(client, session, call, ada, bo, app, letters):
    send(session, call, make_letter_batch(session, call, ada), bo, app.secret_key)
    invitation = session.scalars(sa.select(Invitation)).one()
    invitation.state, invitation.answered_at = InvitationState.ACCEPTED, utcnow()
    sign_in(client, session, ada)
    assert "Confirm the place" in client.get(f"{letters}/{invitation.id}").text
    client.post(f"{letters}/{invitation.id}/confirm")
    refused = client.post(f"{letters}/{invitation.id}/cancel", data={"reason": ""})
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    client.post(f"{letters}/{invitation.id}/cancel", data={"reason": "The meeting is off."})
    session.expire_all()
    assert (invitation.state, invitation.cancel_reason) == (InvitationState.CANCELLED, "The meeting is off.")
    assert "The meeting is off." in client.get(f"{letters}/{invitation.id}").text


def test_what_cannot_be_done_is_said(client, session, call, ada, letters):
    invitation = make_invitation(session, call)
    sign_in(client, session, ada)
    answer = client.post(f"{letters}/{invitation.id}/confirm", follow_redirects=True)
    assert "“selected” cannot become “confirmed”." in answer.text


def test_reserve_list_is_shown_in_order_without_hidden_people(client, session, call, ada, letters):
    make_invitation(session, call)
    selection_id = session.scalars(sa.select(Selection.id)).one()
    question = make_question(session, call)
    make_authors(session, call, question, [ada])
    template = session.scalars(sa.select(SelectionCandidate)).one()
    for place, (name, asked) in enumerate((("Third", []), ("Hidden Person", [question.id]), ("First", [])), 1):
        person = make_person(session, full_name=name)
        seen = dict(merit=50, basis=template.basis, region="Eastern Africa", cost_cents=90_000, theme_keys=[])
        candidate = SelectionCandidate(selection_id=selection_id, person_id=person.id, is_chosen=False, **seen)
        candidate.question_ids, candidate.reserve_place = asked, 4 - place
        session.add(candidate)
    session.flush()
    sign_in(client, session, ada)
    text = client.get(letters).text
    assert text.index("First") < text.index("Third")
    assert "Hidden Person" not in text and "1 person of this list is not shown to you." in text


def test_texts_are_no_formulas_in_the_file(client, session, call, ada, letters):
    make_invitation(session, call, person=make_person(session, full_name="=1+1", affiliation="@cmd"))
    sign_in(client, session, ada)
    text = file_of(client, letters).text
    assert '"\'=1+1"' in text and '"\'@cmd"' in text


@pytest.mark.parametrize("n_people", [1, 3, 50])
def test_pages_read_the_same_for_any_number(client, session, call, ada, letters, n_people, count_statements):
    people = [make_person(session) for _ in range(n_people)]
    batch_id = make_letter_batch(session, call, ada, *people)
    invitation_id = session.scalars(sa.select(sa.func.min(Invitation.id))).one()
    sign_in(client, session, ada)
    client.get(letters)
    counts = []
    for page in ("", f"/batch/{batch_id}", f"/{invitation_id}", f"/{invitation_id}/letter.pdf"):
        count_statements.clear()
        assert client.get(letters + page).status_code == 200
        counts.append(len(count_statements))
    count_statements.clear()
    file_of(client, letters)
    assert (counts, len(count_statements)) == ([7, 6, 5, 5], 7)


def test_person_invited_by_their_other_account_is_hidden_all_the_same(client, session, call, ada, letters):
    invitation = hidden_from(session, call, ada)
    seen = session.scalars(sa.select(SelectionCandidate)).one()
    seen.person_id, seen.also_ids = make_person(session).id, [invitation.person_id]
    session.flush()
    sign_in(client, session, ada)
    assert "Hidden Person" not in file_of(client, letters).text
    assert client.get(f"{letters}/{invitation.id}").status_code == 404

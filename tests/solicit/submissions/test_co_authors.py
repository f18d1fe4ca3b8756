"""Co-authors: asked by mail, answered once, and nobody before they agree."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_around import (
    agree_values,
    ask_co_author,
    letters,
    make_co_author,
    make_draft,
    rendered,
    request_to,
)
from builders_submissions import make_question, send

from solicit.calls.models import Call
from solicit.clock import utcnow
from solicit.errors import Refused
from solicit.mail.models import OutboxMail
from solicit.panels.queries.conflicts import own_pairs
from solicit.people.models import Person
from solicit.questions.queries.involvement import people_involved
from solicit.questions.service.letters import write_to_submitters
from solicit.submissions import service
from solicit.submissions.models import Authorship, CoAuthor, Submission
from solicit.submissions.service import LinkUsedUp, NamedCoAuthor
from solicit.submissions.states import AnswerLink, CoAuthorState, SubmissionState
from solicit.submissions.views.links import links


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def owner(session):
    return make_person(session, full_name="Ada Example")


@pytest.fixture
def receipt(session, call, owner):
    receipt, _question_id = send(session, call, owner, title="Where does the dust of comets come from?")
    return receipt


def link_to(session) -> str:
    """The path in the last letter to a co-author."""
    return letters(session, "co_author_invited")[-1].params["path"]


def authors(session, receipt) -> list[Authorship]:
    wanted = sa.select(Authorship).where(Authorship.submission_id == receipt.submission_id)
    return list(session.scalars(wanted.order_by(Authorship.position).execution_options(populate_existing=True)))


def state_of(session, receipt, email="bo@example.org") -> CoAuthorState:
    return request_to(session, receipt, email).state


def close(session, call, *, days_ago):
    closed_at = utcnow() - timedelta(days=days_ago)
    values = dict(opens_at=closed_at - timedelta(days=60), closes_at=closed_at)
    session.execute(sa.update(Call).where(Call.id == call.id).values(**values))


def refusal(session, draft, *people) -> str:
    with pytest.raises(Refused) as refused:
        service.name_co_authors(session, submission_id=draft.id, people=people, now=utcnow())
    return str(refused.value)


def test_draft_names_co_authors_and_sending_asks_them(session, call, owner):
    draft = make_draft(session, call, owner)
    named = [NamedCoAuthor("Bo@Example.org", "Bo"), NamedCoAuthor("cy@example.org")]
    for people in ([NamedCoAuthor("no@example.org")], named):
        service.name_co_authors(session, submission_id=draft.id, people=people, now=utcnow())
    assert letters(session, "co_author_invited") == []
    draft.state, draft.sent_at, draft.consented_at = SubmissionState.SENT, utcnow(), utcnow()
    service.ask_named(session, call=call, links=links(), submission_id=draft.id, now=utcnow())
    asked = session.scalars(sa.select(CoAuthor).order_by(CoAuthor.email)).all()
    assert [(each.email, each.state) for each in asked] == [
        ("bo@example.org", CoAuthorState.INVITED),
        ("cy@example.org", CoAuthorState.INVITED),
    ]
    assert [mail.recipient for mail in letters(session, "co_author_invited")] == ["bo@example.org", "cy@example.org"]
    assert session.scalar(sa.select(sa.func.count()).select_from(Authorship)) == 0


def test_names_that_are_refused(session, call, owner):
    draft = make_draft(session, call, owner, email="other@example.org")
    assert "your own" in refusal(session, draft, NamedCoAuthor(owner.email.upper()))
    assert "your own" in refusal(session, draft, NamedCoAuthor("OTHER@example.org"))
    assert "twice" in refusal(session, draft, NamedCoAuthor("bo@example.org"), NamedCoAuthor("BO@example.org"))
    assert "at most 20" in refusal(session, draft, *(NamedCoAuthor(f"p{n}@example.org") for n in range(21)))
    assert "cannot write to" in refusal(session, draft, NamedCoAuthor("b\u043e@example.org"))
    assert "too long" in refusal(session, draft, NamedCoAuthor("bo@example.org", "x" * 201))
    assert session.scalar(sa.select(sa.func.count()).select_from(CoAuthor)) == 0


def test_letter_says_what_to_do_and_by_when(session, call, receipt):
    ask_co_author(session, call, receipt)
    (mail,) = letters(session, "co_author_invited")
    subject, _, body = rendered(mail).partition("\n")
    assert subject == "Are you a co-author? Please answer"
    assert "Ada Example names you" in body
    assert "Where does the dust of comets come from?" in body
    assert f"{call.closes_at + timedelta(days=14):%Y, %H:%M} UTC" in body
    assert body.count("http://localhost/") == 1


def test_opening_the_link_changes_nothing_and_shows_what_is_asked(client, session, call, receipt):
    ask_co_author(session, call, receipt)
    nonce = request_to(session, receipt, "bo@example.org").nonce
    for _ in range(2):
        page = client.get(link_to(session))
        assert page.status_code == 200
    for text in ("Ada Example", "Where does the dust of comets come from?", "What it means", 'value="Bo Example"'):
        assert text in page.text
    assert request_to(session, receipt, "bo@example.org").nonce == nonce
    assert session.scalar(sa.select(Person.id).where(Person.email == "bo@example.org")) is None


def test_agreeing_makes_an_account_and_an_author(client, session, call, owner, receipt):
    ask_co_author(session, call, receipt)
    answer = client.post(link_to(session), data=agree_values(full_name="Bo Sandström"))
    assert (answer.status_code, answer.location) == (303, "/en/sign-in/link")
    person = session.scalars(sa.select(Person).where(Person.email == "bo@example.org")).one()
    assert (person.confirmed_at is not None, person.password, person.full_name) == (True, None, "Bo Sandström")
    first, second = authors(session, receipt)
    assert (first.is_corresponding, second.is_corresponding) == (True, False)
    assert (second.person_id, second.position, second.full_name) == (person.id, 2, "Bo Sandström")
    assert (second.country, second.is_willing, second.may_be_named, second.is_minor) == ("SE", True, True, False)
    (mail,) = letters(session, "co_author_answered")
    assert mail.recipient == owner.email
    assert "Bo Sandström agreed to be a co-author" in rendered(mail)


@pytest.mark.parametrize(("answer", "state"), [("agree", "accepted"), ("decline", "declined")])
def test_link_answers_once(client, session, call, receipt, answer, state):
    ask_co_author(session, call, receipt)
    link = link_to(session)
    assert client.post(link, data=agree_values(answer=answer)).status_code == 303
    n_authors = len(authors(session, receipt))
    for again in ("agree", "decline"):
        used = client.post(link, data=agree_values(answer=again))
        assert used.status_code == 410
        assert "This link is used up" in used.text
    assert client.get(link).status_code == 410
    assert state_of(session, receipt) is CoAuthorState(state)
    assert len(authors(session, receipt)) == n_authors


def test_declining_needs_one_press_and_leaves_nothing(client, session, call, receipt):
    ask_co_author(session, call, receipt)
    page = client.post(link_to(session), data={"answer": "decline"}, follow_redirects=True)
    assert "You declined." in page.text
    assert session.scalar(sa.select(Person.id).where(Person.email == "bo@example.org")) is None
    assert len(authors(session, receipt)) == 1
    assert "Bo Example declined to be a co-author" in rendered(letters(session, "co_author_answered")[0])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(is_sixteen=None), "Co-authors have to be"),
        (dict(full_name=""), "Enter your name"),
        (dict(country="XX"), "Choose your country"),
        (dict(career=""), "Choose what describes you best"),
        (dict(orcid="0000-0002-1825-0098"), "wrong check digit"),
        (dict(ror="https://ror.org/013meh721"), "wrong check digits"),
        (dict(full_name="x" * 201), "Shorten the name"),
        (dict(affiliation="A \x07 bell"), "control characters"),
    ],
)
def test_bad_answers_come_back_with_the_text(client, session, call, receipt, values, message):
    ask_co_author(session, call, receipt)
    typed = agree_values(**dict(affiliation="Institute that I typed") | values)
    answer = client.post(link_to(session), data=typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert "<title>Error:" in answer.text
    assert "Institute that I typed" in answer.text or "affiliation" in values
    assert state_of(session, receipt) is CoAuthorState.INVITED
    assert client.post(link_to(session), data=agree_values()).status_code == 303


def test_links_that_are_not_ours_change_nothing(client, session, call, receipt):
    asked = ask_co_author(session, call, receipt)
    other = make_call(session)
    genuine = link_to(session)
    token = genuine.rsplit("/", 1)[1]
    key = dict(number=asked.id, nonce=asked.nonce)
    page = f"/en/{call.slug}/co-author/"
    by_another_key = service.AnswerLinks("guessed").token(AnswerLink.CO_AUTHOR, **key)
    of_nobody = links().token(AnswerLink.CO_AUTHOR, number=asked.id + 999, nonce="x")
    answers = (None, agree_values(), {"answer": "decline"})
    bad = {
        "forged": f"{page}{token[:-3]}xyz",
        "of another purpose": page + links().token(AnswerLink.GUARDIAN, **key),
        "for another page": genuine.replace("/co-author/", "/guardian/"),
        "of another call": genuine.replace(call.slug, other.slug),
        "of another key": page + by_another_key,
        "of nobody": page + of_nobody,
    }
    for link in bad.values():
        for data in answers:
            answer = client.get(link) if data is None else client.post(link, data=data)
            assert answer.status_code == 410
            assert "Nothing was changed" in answer.text
    assert state_of(session, receipt) is CoAuthorState.INVITED
    assert len(authors(session, receipt)) == 1


def test_taken_back_link_is_used_up_and_a_new_letter_replaces_the_old(client, session, call, owner, receipt):
    asked = ask_co_author(session, call, receipt)
    first = link_to(session)
    sign_in(client, session, owner)
    address = f"/en/{call.slug}/my/{receipt.reference}/co-authors/{asked.id}"
    page = client.post(f"{address}/ask", follow_redirects=True)
    assert "less than a day ago" in page.text
    assert "The request is taken back." in client.post(f"{address}/revoke", follow_redirects=True).text
    assert client.get(first).status_code == 410
    asked = request_to(session, receipt, "bo@example.org")
    asked.invited_at -= timedelta(days=2)
    session.commit()
    assert "We wrote again." in client.post(f"{address}/ask", follow_redirects=True).text
    assert client.get(first).status_code == 410
    assert client.get(link_to(session)).status_code == 200


def test_answers_are_taken_for_fourteen_days_after_the_close(client, session, call, receipt):
    ask_co_author(session, call, receipt)
    link = link_to(session)
    close(session, call, days_ago=14.001)
    late = client.post(link, data=agree_values())
    assert late.status_code == 410
    assert "Answers were possible until" in late.text
    assert client.post(link, data={"answer": "decline"}).status_code == 410
    assert state_of(session, receipt) is CoAuthorState.INVITED
    close(session, call, days_ago=13.999)
    assert client.post(link, data=agree_values()).status_code == 303


def test_nobody_is_asked_after_the_close(client, session, call, owner, receipt):
    asked = ask_co_author(session, call, receipt)
    close(session, call, days_ago=1)
    sign_in(client, session, owner)
    address = f"/en/{call.slug}/my/{receipt.reference}/co-authors"
    late = client.post(address, data=dict(email="cy@example.org", full_name="Cy that I typed"))
    assert late.status_code == 422
    assert "The call closed on" in late.text
    assert "Cy that I typed" in late.text
    client.post(f"{address}/{asked.id}/revoke")
    assert state_of(session, receipt) is CoAuthorState.INVITED
    assert len(letters(session, "co_author_invited")) == 1


def test_withdrawn_submission_takes_no_answer_until_it_is_back(client, session, call, owner, receipt):
    ask_co_author(session, call, receipt)
    who = dict(call=call, submission_id=receipt.submission_id, person_id=owner.id)
    service.withdraw(session, now=utcnow(), **who)
    assert "withdrew this submission" in client.get(link_to(session)).text
    assert client.post(link_to(session), data=agree_values()).status_code == 422
    assert client.post(link_to(session), data={"answer": "decline"}).status_code == 422
    service.revive(session, now=utcnow(), **who)
    assert client.post(link_to(session), data=agree_values()).status_code == 303


def test_account_that_a_stranger_opened_loses_the_password(client, session, call, receipt):
    squatted = make_person(session, email="bo@example.org", confirmed_at=None, password="known to a stranger")
    links_before = squatted.fs_uniquifier
    ask_co_author(session, call, receipt)
    client.post(link_to(session), data=agree_values())
    person = session.get_one(Person, squatted.id, populate_existing=True)
    assert (person.password, person.confirmed_at is not None) == (None, True)
    assert person.fs_uniquifier != links_before


def test_confirmed_account_keeps_its_password_and_its_words(client, session, call, receipt):
    person = make_person(session, email="bo@example.org", password="hash of mine", full_name="Bo of the account")
    ask_co_author(session, call, receipt)
    client.post(link_to(session), data=agree_values(full_name="B. Example"))
    person = session.get_one(Person, person.id, populate_existing=True)
    assert (person.password, person.full_name) == ("hash of mine", "Bo of the account")
    assert authors(session, receipt)[1].full_name == "B. Example"


def test_shut_account_may_not_come_back_by_a_link(client, session, call, receipt):
    make_person(session, email="bo@example.org", active=False)
    ask_co_author(session, call, receipt)
    answer = client.post(link_to(session), data=agree_values())
    assert answer.status_code == 422
    assert "is shut" in answer.text
    assert len(authors(session, receipt)) == 1


def test_form_knows_its_owner_only_when_they_are_signed_in(client, session, call, receipt):
    person = make_person(session, email="bo@example.org", full_name="Bo of the account", affiliation="Harbour")
    ask_co_author(session, call, receipt)
    assert "Harbour" not in client.get(link_to(session)).text
    sign_in(client, session, make_person(session, affiliation="Elsewhere"))
    assert "Elsewhere" not in client.get(link_to(session)).text
    sign_in(client, session, person)
    page = client.get(link_to(session)).text
    assert 'value="Harbour"' in page
    assert 'value="Bo of the account"' in page


def test_request_is_answered_signed_in_by_the_owner_of_the_address_alone(client, session, call, receipt):
    person = make_person(session, email="bo@example.org")
    asked = ask_co_author(session, call, receipt)
    address = f"/en/{call.slug}/my/asked/{asked.id}"
    for stranger in (make_person(session), make_organizer(session, call)):
        sign_in(client, session, stranger)
        assert client.get(address).status_code == 404
        assert client.post(address, data=agree_values()).status_code == 404
    sign_in(client, session, person)
    assert "Are you a co-author?" in client.get(f"/en/{call.slug}/my").text
    assert client.get(address).status_code == 200
    assert client.post(address, data=agree_values()).location == f"/en/{call.slug}/my"
    assert client.get(address).status_code == 404
    mine = client.get(f"/en/{call.slug}/my").text
    assert "Where you are co-author" in mine
    assert receipt.reference in mine


def test_unconfirmed_address_owns_no_request(client, session, call, receipt):
    person = make_person(session, email="bo@example.org", confirmed_at=None)
    asked = ask_co_author(session, call, receipt)
    sign_in(client, session, person)
    assert client.get(f"/en/{call.slug}/my/asked/{asked.id}").status_code == 404
    assert "Asked of you" not in client.get(f"/en/{call.slug}/my").text


def test_co_author_reads_the_page_and_changes_nothing(client, session, call, owner, receipt):
    bo = make_person(session, email="bo@example.org", full_name="Bo Example")
    make_co_author(session, call, receipt, bo)
    ask_co_author(session, call, receipt, email="secret-cy@example.org", full_name="Secret Cy")
    address = f"/en/{call.slug}/my/{receipt.reference}"
    sign_in(client, session, bo)
    page = client.get(address)
    assert page.status_code == 200
    assert "Ada Example" in page.text
    for hidden in ("Secret Cy", "secret-cy", "/edit", "/withdraw", "Make corresponding author", owner.email):
        assert hidden not in page.text
    for page in ("/edit", "/withdraw", "/received"):
        assert client.get(address + page).status_code == 404
    asked = request_to(session, receipt, "secret-cy@example.org")
    for page in ("/edit", "/withdraw", "/revive", "/letters", "/co-authors", f"/co-authors/{asked.id}/revoke"):
        assert client.post(address + page, data=dict(position="2")).status_code == 404
    sign_in(client, session, owner)
    assert "Secret Cy" in client.get(address).text


def test_request_is_visible_to_nobody_else(client, session, call, owner):
    question = make_question(session, call, owner)
    sent = session.scalars(sa.select(Submission)).one()
    receipt = service.Receipt(sent.id, sent.reference, is_repeat=False)
    ask_co_author(session, call, receipt, email="canary-bo@example.org", full_name="Canary Bo")
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    for address in (
        f"/{call.slug}/organize/questions/{question.id}",
        f"/{call.slug}/organize/questions?state=all",
        f"/{call.slug}/organize",
        f"/{call.slug}/organize/export",
        f"/en/{call.slug}/questions",
        f"/en/{call.slug}/questions/Q-{question.number}",
        f"/en/{call.slug}/",
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "anary" not in page.text


def test_co_author_may_not_support_screen_or_review(client, session, call, owner):
    question = make_question(session, call, owner)
    sent = session.scalars(sa.select(Submission)).one()
    receipt = service.Receipt(sent.id, sent.reference, is_repeat=False)
    bo = make_organizer(session, call, email="bo@example.org")
    desk, support = (
        f"/{call.slug}/organize/questions/{question.id}",
        f"/en/{call.slug}/questions/Q-{question.number}/support",
    )

    def is_kept_away() -> bool:
        pairs = set(session.execute(own_pairs()).tuples())
        return bo.id in people_involved(session, question_ids=[question.id]) and (question.id, bo.id) in pairs

    ask_co_author(session, call, receipt)
    sign_in(client, session, bo)
    assert client.get(desk).status_code == 200
    assert not is_kept_away()
    client.post(link_to(session), data=agree_values())
    assert client.get(desk).status_code == 404
    assert client.post(support).status_code == 404
    assert is_kept_away()
    # Stepping back gives nothing of it back: they know who wrote it.
    client.post(f"/en/{call.slug}/my/{receipt.reference}/step-back")
    assert len(authors(session, receipt)) == 1
    assert client.get(desk).status_code == 404
    assert f'organize/questions/{question.id}"' not in client.get(f"/{call.slug}/organize/questions?state=all").text
    assert is_kept_away()


def test_stepping_back_asks_first_and_returns_the_letters(client, session, call, owner, receipt):
    bo = make_person(session, email="bo@example.org", full_name="Bo Example")
    make_co_author(session, call, receipt, bo)
    address = f"/en/{call.slug}/my/{receipt.reference}"
    sign_in(client, session, owner)
    client.post(f"{address}/letters", data={"position": "2"})
    assert [author.is_corresponding for author in authors(session, receipt)] == [False, True]
    assert client.get(f"{address}/step-back").status_code == 404
    sign_in(client, session, bo)
    assert "Step back as a co-author?" in client.get(f"{address}/step-back").text
    assert len(authors(session, receipt)) == 2
    assert client.post(f"{address}/step-back").status_code == 303
    (left,) = authors(session, receipt)
    assert (left.person_id, left.is_corresponding) == (owner.id, True)
    assert state_of(session, receipt) is CoAuthorState.DECLINED
    assert "stepped back" in rendered(letters(session, "co_author_answered")[-1])
    assert client.get(address).status_code == 404


def test_letters_go_to_the_submitter_and_the_corresponding_author(session, call, owner):
    question = make_question(session, call, owner)
    sent = session.scalars(sa.select(Submission)).one()
    receipt = service.Receipt(sent.id, sent.reference, is_repeat=False)
    bo, cy = make_person(session), make_person(session)
    make_co_author(session, call, receipt, bo)
    make_co_author(session, call, receipt, cy)

    def told() -> list[str]:
        what = dict(call_id=call.id, question_ids=[question.id], kind="question_screened", params=dict(label="Q-1"))
        write_to_submitters(session, now=utcnow(), **what)
        sent_to = [mail.recipient for mail in letters(session, "question_screened")]
        session.execute(sa.delete(OutboxMail).where(OutboxMail.kind == "question_screened"))
        return sent_to

    assert told() == [owner.email]
    where = dict(call=call, submission_id=receipt.submission_id, actor_id=owner.id)
    service.hand_letters_to(session, position=2, now=utcnow(), **where)
    assert sorted(told()) == sorted([owner.email, bo.email])
    service.hand_letters_to(session, position=1, now=utcnow(), **where)
    assert told() == [owner.email]


def test_withdrawing_tells_every_author(session, call, owner, receipt):
    bo = make_person(session)
    make_co_author(session, call, receipt, bo)
    ask_co_author(session, call, receipt, email="cy@example.org")
    who = dict(call=call, submission_id=receipt.submission_id, person_id=owner.id)
    service.withdraw(session, now=utcnow(), **who)
    service.revive(session, now=utcnow(), **who)
    for kind in ("submission_withdrawn", "submission_revived"):
        assert sorted(mail.recipient for mail in letters(session, kind)) == sorted([owner.email, bo.email])


def test_one_person_is_an_author_once(client, session, call, owner, receipt):
    bo = make_person(session, email="bo@example.org")
    make_co_author(session, call, receipt, bo)
    sign_in(client, session, owner)
    address = f"/en/{call.slug}/my/{receipt.reference}/co-authors"
    for email, message in (
        ("bo@example.org", "an author already"),
        (owner.email, "your own"),
        ("b\u043e@example.org", "Enter an e-mail address"),
        ("bo", "Enter an e-mail address"),
    ):
        answer = client.post(address, data=dict(email=email))
        assert (answer.status_code, message in answer.text) == (422, True), email
    assert len(letters(session, "co_author_invited")) == 1
    # Asked at a second address, which became their only one meanwhile.
    asked = ask_co_author(session, call, receipt, email="bo.new@example.org")
    bo.email = "bo.new@example.org"
    session.commit()
    answer = client.post(link_to(session), data=agree_values())
    assert (answer.status_code, "You are an author of this already" in answer.text) == (422, True)
    assert asked.state is CoAuthorState.INVITED
    assert len(authors(session, receipt)) == 2


def test_own_words_do_not_change_what_is_not_asked(client, session, call, owner, receipt):
    ask_co_author(session, call, receipt)
    extra = dict(position="9", is_corresponding="y", is_minor="y", state="revoked", submission_id="1", person_id="1")
    client.post(link_to(session), data=agree_values(**extra, email="evil@example.org", confirmed_at=""))
    first, second = authors(session, receipt)
    assert (second.position, second.is_corresponding, second.is_minor) == (2, False, False)
    assert session.get_one(Person, second.person_id).email == "bo@example.org"
    assert first.person_id == owner.id


def test_about_you_changes_only_oneself(client, session, call, owner, receipt):
    bo = make_person(session)
    make_co_author(session, call, receipt, bo)
    sign_in(client, session, bo)
    address = f"/en/{call.slug}/my/{receipt.reference}/about-you"
    assert 'value="Institute of Examples"' in client.get(address).text
    values = agree_values(full_name="Bo Renamed", affiliation="", may_be_named=None)
    assert client.post(address, data=values | dict(position="1", is_corresponding="y")).status_code == 303
    first, second = authors(session, receipt)
    assert (first.full_name, first.is_corresponding) == ("Ada Example", True)
    assert (second.full_name, second.affiliation, second.may_be_named) == ("Bo Renamed", "", False)
    close(session, call, days_ago=15)
    late = client.post(address, data=agree_values(full_name="Too Late"))
    assert late.status_code == 422
    assert "Too Late" in late.text
    assert authors(session, receipt)[1].full_name == "Bo Renamed"


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_page_that_asks_costs_few_statements(client, session, call, receipt, count_statements, signed_in):
    person = make_person(session, email="bo@example.org")
    ask_co_author(session, call, receipt)
    link = link_to(session)
    if signed_in:
        sign_in(client, session, person)
    count_statements.clear()
    assert client.get(link).status_code == 200
    assert len(count_statements) <= (8 if signed_in else 4)


def test_service_refuses_a_used_key(session, call, receipt):
    asked = ask_co_author(session, call, receipt)
    key = service.LinkKey(asked.id, asked.nonce)
    service.decline(session, call=call, key=key, now=utcnow())
    with pytest.raises(LinkUsedUp):
        service.decline(session, call=call, key=key, now=utcnow())


def test_nobody_asks_the_whole_world(session, call, owner):
    for _ in range(3):
        receipt, _id = send(session, call, owner)
        for n in range(20):
            ask_co_author(session, call, receipt, email=f"stranger{n}@example.org")
    with pytest.raises(Refused, match="at most 20"):
        ask_co_author(session, call, receipt)
    receipt, _id = send(session, call, owner)
    with pytest.raises(Refused, match="60 people within a day"):
        ask_co_author(session, call, receipt)
    ask_co_author(session, call, receipt, email="later@example.org", now=utcnow() + timedelta(days=1))

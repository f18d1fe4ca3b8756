"""Proposing people, their answer, and the blind scores."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_nomination, make_ranked_question, make_ranked_run

from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound, Refused
from solicit.invitations.models import Nomination, StatementScore
from solicit.invitations.service.nominate import (
    MOST_LETTERS,
    VALID_FOR,
    ConsentLinks,
    NewNomination,
    consent,
    decline,
    nominate,
    score_statement,
)
from solicit.invitations.service.wishes import Wishes, say_wishes
from solicit.invitations.states import Wish
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.people.models import Person

STATEMENT = "Builds instruments that survive the lunar night and has led two missions."
LINKS = ConsentLinks("a secret")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def propose(session, call, organizer, **values):
    defaults = dict(
        email="grace@example.org", full_name="Grace Murray", theme_id=call.themes[0].id, statement=STATEMENT
    )
    new = NewNomination(**defaults | values)
    return nominate(session, call=call, new=new, links=LINKS, proposer_id=organizer.id, now=utcnow())


def test_new_person_is_asked_by_mail(session, call, ada):
    number = propose(session, call, ada)
    person = session.scalars(sa.select(Person).where(Person.email == "grace@example.org")).one()
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.kind, mail.recipient, mail.person_id) == ("nomination_consent", person.email, person.id)
    token = mail.params["path"].rsplit("/", 1)[1]
    assert LINKS.read(token, now=utcnow()) == (number, person.id)
    assert session.get(Nomination, number).consented_at is None
    assert (person.password, person.confirmed_at) == (None, None)


def test_mail_says_what_to_do(session, call, ada):
    number = propose(session, call, ada)
    mail = session.scalars(sa.select(OutboxMail)).one()
    letter = read_letter(mail.kind, params=mail.params, locale=mail.locale)
    text = letter.as_text()
    assert letter.subject == "You were proposed for an invitation"
    assert f"http://localhost/en/{call.slug}/nomination/" in text
    assert session.get(Nomination, number).statement not in text


def test_known_person_keeps_account_and_name(session, call, ada):
    known = make_person(session, email="grace@example.org", full_name="Grace Hopper", locale="fr")
    number = propose(session, call, ada)
    assert session.get(Nomination, number).person_id == known.id
    assert session.scalars(sa.select(OutboxMail.locale)).all() == ["fr"]
    assert known.full_name == "Grace Hopper"


def test_nobody_is_proposed_twice(session, call, ada):
    propose(session, call, ada)
    with pytest.raises(Conflict):
        propose(session, call, ada)


def test_several_people_propose_one_person_each_with_a_statement(session, call, ada):
    numbers = [propose(session, call, who) for who in (ada, make_organizer(session, call))]
    assert len(set(numbers)) == 2
    assert n_letters(session) == 2


def test_a_fourth_letter_waits_for_an_answer_to_the_first(session, call):
    for _ in range(5):
        propose(session, call, make_organizer(session, call))
    assert n_letters(session) == MOST_LETTERS == 3


def test_a_no_is_a_no_to_every_proposal_and_nobody_asks_again(session, call, ada):
    first = propose(session, call, ada)
    second = propose(session, call, make_organizer(session, call))
    person_id = session.get(Nomination, first).person_id
    token = LINKS.token(nomination_id=first, person_id=person_id, now=utcnow())
    consent(session, call_id=call.id, token=token, links=LINKS, now=utcnow())
    decline(session, call_id=call.id, token=token, links=LINKS, now=utcnow())
    for number in (first, second):
        session.refresh(session.get(Nomination, number))
        assert session.get(Nomination, number).declined_at and not session.get(Nomination, number).consented_at
    propose(session, call, make_organizer(session, call))
    assert n_letters(session) == 2


def test_who_does_not_want_to_be_invited_is_not_asked(session, call, ada):
    known = make_person(session, email="grace@example.org")
    say_wishes(
        session,
        call_id=call.id,
        person_id=known.id,
        wishes=Wishes(wish=Wish.NOT, is_young=False, gender=None),
        now=utcnow(),
    )
    propose(session, call, ada)
    assert n_letters(session) == 0


def test_nobody_proposes_themselves_as_somebody_else(session, call, ada):
    with pytest.raises(Refused, match="your own address"):
        propose(session, call, ada, email=ada.email)


def n_letters(session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxMail))


def test_an_answer_can_be_changed(client, session, call):
    nomination = make_nomination(session, call, consented=False)
    address = consent_address(client, call, nomination)
    for path, words in ((f"{address}/no", "You are not considered"), (address, "Thank you, you are a candidate")):
        assert client.post(path).status_code == 303
        assert words in client.get(address).text


def test_an_account_is_no_oracle_for_its_name(session, call, ada):
    make_person(session, email="grace@example.org", full_name="Grace Hopper")
    assert propose(session, call, ada, statement=f"{STATEMENT} Not Hopper.")


@pytest.mark.parametrize("leak", ["Grace Murray", "murray", "grace@EXAMPLE.org"])
def test_statement_must_not_name_the_person(session, call, ada, leak):
    with pytest.raises(Refused, match="Leave the name"):
        propose(session, call, ada, statement=f"{STATEMENT} It is {leak}.")


def test_theme_of_another_call_is_refused(session, call, ada):
    with pytest.raises(Refused):
        propose(session, call, ada, theme_id=make_call(session).themes[0].id)


def test_opening_the_link_does_nothing(client, session, call):
    nomination = make_nomination(session, call, consented=False)
    address = consent_address(client, call, nomination)
    answer = client.get(address)
    assert answer.status_code == 200
    assert nomination.statement in answer.text
    session.refresh(nomination)
    assert nomination.consented_at is None


def test_the_button_consents_once(client, session, call):
    nomination = make_nomination(session, call, consented=False)
    address = consent_address(client, call, nomination)
    for _ in range(2):
        answer = client.post(address)
        assert (answer.status_code, answer.location) == (303, address)
    session.refresh(nomination)
    assert nomination.consented_at is not None
    assert "Thank you, you are a candidate" in client.get(address).text


def consent_address(client, call, nomination, person_id=None, now=None):
    links = ConsentLinks(client.application.config["SECRET_KEY"])
    who = person_id or nomination.person_id
    token = links.token(nomination_id=nomination.id, person_id=who, now=now or utcnow())
    return f"/en/{call.slug}/nomination/{token}"


def test_link_is_bound_to_person_call_and_time(client, session, call):
    nomination = make_nomination(session, call, consented=False)
    good = consent_address(client, call, nomination)
    stale = consent_address(client, call, nomination, now=utcnow() - VALID_FOR - timedelta(minutes=1))
    other = consent_address(client, call, nomination, person_id=make_person(session).id)
    elsewhere = good.replace(call.slug, make_call(session).slug)
    for address in (stale, other, elsewhere, good[:-1], f"/en/{call.slug}/nomination/nonsense"):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code == 404, address
    session.refresh(nomination)
    assert nomination.consented_at is None


def test_token_of_another_secret_is_refused(session, call):
    nomination = make_nomination(session, call, consented=False)
    token = ConsentLinks("other").token(nomination_id=nomination.id, person_id=nomination.person_id, now=utcnow())
    with pytest.raises(NotFound):
        consent(session, call_id=call.id, token=token, links=LINKS, now=utcnow())


def test_scores_are_kept_once_per_organizer(session, call, ada):
    nomination = make_nomination(session, call)
    for value in (40, 70):
        score(session, call, nomination, ada, value)
    stored = session.execute(sa.select(StatementScore.organizer_id, StatementScore.value)).all()
    assert stored == [(ada.id, 70)]


def score(session, call, nomination, organizer, value):
    score_statement(
        session,
        call=call,
        nomination_id=nomination.id,
        organizer_id=organizer.id,
        value=value,
        now=utcnow(),
    )


def test_proposer_and_nominee_do_not_score(session, call, ada):
    with pytest.raises(Refused, match="You know who this is"):
        score(session, call, make_nomination(session, call, proposer=ada), ada, 50)
    with pytest.raises(NotFound):
        score(session, call, make_nomination(session, call, person_id=ada.id), ada, 50)


@pytest.mark.parametrize("value", [-1, 101])
def test_score_out_of_range_is_refused(session, call, ada, value):
    with pytest.raises(Refused):
        score(session, call, make_nomination(session, call), ada, value)


def test_unanswered_nomination_is_not_scored(session, call, ada):
    with pytest.raises(NotFound):
        score(session, call, make_nomination(session, call, consented=False), ada, 50)


def test_statements_are_shown_without_the_person(client, session, call, ada):
    person = make_person(session, full_name="Grace Murray", country="FJ", affiliation="Institute of Waves")
    nomination = make_nomination(session, call, person_id=person.id)
    own = make_nomination(session, call, proposer=ada, statement="Written by Ada herself, about an expert of dust.")
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/statements").text
    assert nomination.statement in text
    assert own.statement not in text
    for hidden in ("Grace", "Murray", "Fiji", "Institute of Waves", person.email):
        assert hidden not in text


def test_statement_is_read_without_what_gives_the_person_away(client, session, call, ada):
    person = make_person(session, full_name="Grace Murray", country="FJ", affiliation="Institute of Waves")
    said = "Murray leads the Institute of Waves, the first Fijian group to land a probe."
    make_nomination(session, call, person_id=person.id, statement=said)
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/statements").text
    assert "[…] leads the […], the first […] group to land a probe." in text


def test_nobody_scores_whose_question_they_wrote_with_them(client, session, call, ada):
    run = make_ranked_run(session, call)
    grace = make_person(session, full_name="Grace Murray")
    make_ranked_question(session, call, run, p_top_k=0.9, people=[grace, ada])
    nomination = make_nomination(session, call, person_id=grace.id)
    with pytest.raises(NotFound):
        score(session, call, nomination, ada, 50)
    sign_in(client, session, ada)
    for page in ("statements", "nominations"):
        text = client.get(f"/{call.slug}/organize/invite/{page}").text
        assert nomination.statement not in text and "Grace Murray" not in text


def test_names_are_shown_without_the_statement(client, session, call, ada):
    person = make_person(session, full_name="Grace Murray")
    nomination = make_nomination(session, call, person_id=person.id)
    sign_in(client, session, ada)
    text = client.get(f"/{call.slug}/organize/invite/nominations").text
    assert "Grace Murray" in text and "Agreed" in text
    assert nomination.statement not in text


def test_score_page_keeps_what_was_typed(client, session, call, ada):
    nomination = make_nomination(session, call)
    sign_in(client, session, ada)
    address = f"/{call.slug}/organize/invite/statements/{nomination.id}"
    answer = client.post(address, data={"value": "101"})
    assert answer.status_code == 422
    assert 'value="101"' in answer.text and "Enter a number from 0 to 100" in answer.text
    assert client.post(address, data={"value": "88"}).status_code == 303
    assert session.scalars(sa.select(StatementScore.value)).all() == [88]


@pytest.mark.parametrize("number", [999_999, 2**62])
def test_score_of_a_missing_nomination_is_404(client, session, call, ada, number):
    sign_in(client, session, ada)
    assert client.post(f"/{call.slug}/organize/invite/statements/{number}", data={"value": "5"}).status_code == 404


def test_score_of_another_call_is_404(client, session, call):
    nomination = make_nomination(session, call)
    other = make_call(session)
    sign_in(client, session, make_organizer(session, other))
    answer = client.post(f"/{other.slug}/organize/invite/statements/{nomination.id}", data={"value": "5"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "not an address"},
        {"full_name": ""},
        {"theme": "unknown"},
        {"statement": "Too short."},
        {"statement": "x" * 3_001},
        {"statement": STATEMENT + "\x00"},
    ],
)
def test_bad_nomination_is_shown_back(client, session, call, ada, typed):
    sign_in(client, session, ada)
    good = {"email": "grace@example.org", "full_name": "Grace Murray", "theme": "space", "statement": STATEMENT}
    answer = client.post(f"/{call.slug}/organize/invite/nominations", data=good | typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    if "full_name" not in typed:
        assert 'value="Grace Murray"' in answer.text
    assert session.scalars(sa.select(Nomination)).all() == []


def test_nomination_by_the_page(client, session, call, ada):
    sign_in(client, session, ada)
    good = {"email": "Grace@Example.org", "full_name": "Grace Murray", "theme": "space", "statement": STATEMENT}
    address = f"/{call.slug}/organize/invite/nominations"
    assert client.post(address, data=good).status_code == 303
    assert "Grace Murray" in client.get(address).text
    again = client.post(address, data=good)
    assert (again.status_code, "You proposed this person already" in again.text) == (422, True)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("page", ["nominations", "statements"])
def test_lists_cost_four_statements(client, session, call, ada, n, page, count_statements):
    for _ in range(n):
        make_nomination(session, call)
    sign_in(client, session, ada)
    count_statements.clear()
    assert client.get(f"/{call.slug}/organize/invite/{page}").status_code == 200
    assert len(count_statements) == 4

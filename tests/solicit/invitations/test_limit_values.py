"""Limits as values: what they cap, what they are called, what they cannot get."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.costs import CostRates
from solicit.invitations.queries.groups import group_kinds, named_group
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.queries.supply import supply_warnings
from solicit.invitations.queries.words import Cents, LimitName, LimitWords
from solicit.invitations.states import Attendance, Basis, Gender, QuotaField
from solicit.people.states import Career

RATES = CostRates("CN", "USD", 10_000, 5, 0, 0, 5_000, (100_000,) * 7, {}, True)
CALL = SimpleNamespace(host_country="CN", theme=lambda key: None)
WORDS = LimitWords(CALL, "en", {7: "Icy moons"})


@pytest.mark.parametrize(
    ("field", "value", "cap"),
    [
        (QuotaField.COUNTRY, "FR", 2),
        (QuotaField.COUNTRY, "CN", 5),
        (QuotaField.INSTITUTION, "Kenya Space Agency", 3),
        (QuotaField.REGION, "Eastern Asia", None),
    ],
)
def test_cap_of_a_group(field, value, cap):
    limits = Limits(9, 1, country_cap=2, institution_cap=3, host_cap=5)
    assert limits.cap(field, value, host_country="CN") == cap


def test_host_without_a_cap_of_its_own_is_a_country_like_others():
    assert Limits(9, 1, country_cap=2).cap(QuotaField.COUNTRY, "CN", host_country="CN") == 2


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("seats", "Seats"),
        ("attendance:online", "Places online"),
        ("attendance:in person", "Seats in the room"),
        ("cap:country:FR", "At most 2 from France"),
        ("cap:country:CN", "At most 5 from China"),
        ("cap:institution:A: B", "At most 3 from A: B"),
        ("country:FR", "France"),
        ("topic:7", "Icy moons"),
        ("youth:young", "People under 35"),
        ("gender:woman", "Woman"),
    ],
)
def test_limits_have_names(key, said):
    name = WORDS.under(Limits(9, 1, country_cap=2, institution_cap=3, host_cap=5)).limit(key)
    assert name.text % name.params == said


def test_cap_without_its_number_has_a_name():
    name = WORDS.limit("cap:country:FR")
    assert name.text % name.params == "Cap on France"


@pytest.mark.parametrize("key", ["", "nonsense", "topic:x", "career:astronaut", "gender:", "seats:3"])
def test_key_of_no_group_names_nothing(key):
    assert named_group(key, words=WORDS) is None


def candidate(number: int, **values) -> Candidate:
    usual = dict(
        name=f"Person {number}",
        merit=1,
        basis=Basis.QUESTIONS,
        cost_cents=100_000 * number,
        country="FR",
        region="Western Europe",
        career=Career.STUDENT,
        theme_keys=("space",),
        question_ids=(number,),
    )
    return Candidate(person_id=number, **usual | values)


def pool(*candidates) -> CandidatePool:
    return CandidatePool((1,), "salt", (b"digest",), RATES, (), candidates)


FOUR = pool(*(candidate(n) for n in (1, 2, 3)), candidate(4, attendance=Attendance.ONLINE, gender=Gender.WOMAN))


def told(limits: Limits, candidates: CandidatePool = FOUR) -> list[str]:
    return [say(sentence) for sentence in supply_warnings(candidates, limits, words=WORDS)]


def say(sentence) -> str:
    return sentence.text % {name: _said(value) for name, value in sentence.params.items()}


def _said(value) -> object:
    if isinstance(value, Cents):
        return value.amount
    return value.text if isinstance(value, LimitName) else value


def quota(minimum: int, *, field=QuotaField.COUNTRY, value="FR", price=None) -> QuotaLimit:
    return QuotaLimit(field, value, minimum, 99, price)


RICH = Limits(3, 10**9)


@pytest.mark.parametrize(
    ("limits", "sentences"),
    [
        (RICH, []),
        (replace(RICH, seats=5), ["Seats in the room: 5. Candidates who would come: 3."]),
        (replace(RICH, online_places=2), ["Places online: 2. Candidates who would take part online: 1."]),
        (replace(RICH, budget_cents=600_000), []),
        (
            replace(RICH, budget_cents=599_999),
            ["The budget is 599999. Filling all places with those who cost least takes 600000."],
        ),
        (
            Limits(2, 699_999, online_places=1),
            ["The budget is 699999. Filling all places with those who cost least takes 700000."],
        ),
        (replace(RICH, online_places=1, quotas=(quota(4),)), []),
        (
            replace(RICH, quotas=(quota(5, price=3),)),
            [
                "France: at least 5 wanted, but the number of places is 3.",
                "France: at least 5 wanted, 4 available.",
            ],
        ),
        (replace(RICH, country_cap=2, quotas=(quota(3),)), ["France: at least 3 wanted, but the cap is 2."]),
        (
            replace(RICH, quotas=(quota(2, field=QuotaField.CAREER, value="student"),) * 2),
            ["Career: the minimums add up to 4, but the number of places is 3."],
        ),
        (replace(RICH, quotas=(quota(2, field=QuotaField.CAREER, value="student", price=1),) * 2), []),
        (replace(RICH, quotas=(quota(2, field=QuotaField.GENDER, value="woman"),)), []),
        (
            replace(RICH, quotas=(quota(3, field=QuotaField.GENDER, value="woman"),)),
            ["Woman: at least 3 wanted, fewer than 3 available."],
        ),
    ],
)
def test_what_cannot_be_met_is_told(limits, sentences):
    assert told(limits) == sentences


@given(st.lists(st.sampled_from([*Gender, None]), max_size=12), st.integers(0, 12))
def test_numbers_of_a_small_gender_are_never_told(genders, minimum):
    people = pool(*(candidate(n, gender=gender) for n, gender in enumerate(genders, 1)))
    few = [gender for gender in Gender if genders.count(gender) < 3]
    shown = {g.value: g.n_candidates for kind in group_kinds(people, words=WORDS) for g in kind.groups}
    wanted = [quota(minimum, field=QuotaField.GENDER, value=gender.value) for gender in few]
    none = pool(*(candidate(n) for n in range(1, len(genders) + 1)))
    limits = replace(RICH, seats=40, quotas=tuple(wanted))
    assert [shown[gender.value] for gender in few] == [None] * len(few)
    assert told(limits, people) == told(limits, none)

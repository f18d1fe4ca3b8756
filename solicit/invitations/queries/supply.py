"""What limits ask for and cannot get, told before anything is solved: cheap counts, in words."""

from collections.abc import Iterator

from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.groups import FEWEST
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.queries.words import Cents, LimitName, LimitWords, Sentence
from solicit.invitations.states import QUOTA_FIELD_WORDS, Attendance, QuotaField
from solicit.words import N_

# Kinds of which a person has one at most, so that their minimums add up.
ONE_EACH = (QuotaField.REGION, QuotaField.COUNTRY, QuotaField.INSTITUTION, QuotaField.CAREER, QuotaField.GENDER)


def supply_warnings(pool: CandidatePool, limits: Limits, *, words: LimitWords) -> tuple[Sentence, ...]:
    """Why no selection, or only a smaller one, could keep these limits."""
    return (
        *_places(pool, limits),
        *_budget(pool, limits),
        *(sentence for quota in limits.quotas for sentence in _quota(quota, pool, limits, words)),
        *_sums(limits),
    )


def _of(pool: CandidatePool, attendance: Attendance) -> list[int]:
    """What each candidate of one kind of attendance costs, cheapest first."""
    return sorted(candidate.cost_cents for candidate in pool.candidates if candidate.attendance is attendance)


def _places(pool: CandidatePool, limits: Limits) -> Iterator[Sentence]:
    n_in_room, n_online = len(_of(pool, Attendance.IN_PERSON)), len(_of(pool, Attendance.ONLINE))
    if n_in_room < limits.seats:
        text = N_("Seats in the room: %(seats)s. Candidates who would come: %(n)s.")
        yield Sentence(text, {"seats": limits.seats, "n": n_in_room})
    if n_online < limits.online_places:
        text = N_("Places online: %(places)s. Candidates who would take part online: %(n)s.")
        yield Sentence(text, {"places": limits.online_places, "n": n_online})


def _budget(pool: CandidatePool, limits: Limits) -> Iterator[Sentence]:
    cheapest = _of(pool, Attendance.IN_PERSON)[: limits.seats] + _of(pool, Attendance.ONLINE)[: limits.online_places]
    if sum(cheapest) > limits.budget_cents:
        text = N_("The budget is %(budget)s. Filling all places with those who cost least takes %(cost)s.")
        yield Sentence(text, {"budget": Cents(limits.budget_cents), "cost": Cents(sum(cheapest))})


def _quota(quota: QuotaLimit, pool: CandidatePool, limits: Limits, words: LimitWords) -> Iterator[Sentence]:
    """What is wrong with the minimum of one quota."""
    asked = {"group": words.group(quota.field, quota.value), "low": quota.minimum}
    if quota.minimum > limits.places:
        text = N_("%(group)s: at least %(low)s wanted, but the number of places is %(places)s.")
        yield Sentence(text, asked | {"places": limits.places})
    cap = limits.cap(quota.field, quota.value, host_country=words.call.host_country)
    if cap is not None and quota.minimum > cap:
        text = N_("%(group)s: at least %(low)s wanted, but the cap is %(cap)s.")
        yield Sentence(text, asked | {"cap": cap})
    n = sum(quota.counts(candidate) for candidate in pool.candidates)
    if quota.field is QuotaField.GENDER and n < FEWEST:
        if quota.minimum >= FEWEST:
            yield Sentence(N_("%(group)s: at least %(low)s wanted, fewer than 3 available."), asked)
    elif n < quota.minimum:
        yield Sentence(N_("%(group)s: at least %(low)s wanted, %(n)s available."), asked | {"n": n})


def _sums(limits: Limits) -> Iterator[Sentence]:
    for field in ONE_EACH:
        minimums = [quota.minimum for quota in limits.quotas if quota.field is field and quota.price is None]
        if len(minimums) > 1 and sum(minimums) > limits.places:
            text = N_("%(kind)s: the minimums add up to %(low)s, but the number of places is %(places)s.")
            kind = QUOTA_FIELD_WORDS[field]
            yield Sentence(text, {"kind": LimitName(kind, True), "low": sum(minimums), "places": limits.places})

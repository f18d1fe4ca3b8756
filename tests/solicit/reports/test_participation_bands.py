"""Numbers of participation that the public reads: no number under 3 can be calculated from them."""

from collections import Counter, defaultdict
from itertools import combinations_with_replacement, product

from solicit.reports.queries.publication.participation import CAREER, COUNTRY, Group, told_apart

PLACES, CAREERS = ("CN", "KE"), ("researcher", "student", "other")


def bands(country: dict, career: dict) -> tuple[Group, ...]:
    counted = [(COUNTRY, *each) for each in country.items()] + [(CAREER, *each) for each in career.items()]
    return told_apart(counted)


def test_numbers_are_told_as_bands_with_the_largest_first():
    assert bands({"KE": 2, "CN": 12}, {"researcher": 14}) == (
        Group("country", "CN", 10, 29),
        Group("country", "KE", 1, 2),
        Group("career", "researcher", 10, 29),
    )


def test_a_way_of_counting_that_would_say_how_many_there_are_is_not_told():
    """At least 4 by country, at most 4 by career: so there would be 4, and each number could be calculated."""
    assert {each.group for each in bands({"CN": 3, "KE": 1}, {"researcher": 2, "student": 2})} == {"country"}


def test_no_small_number_can_be_calculated_in_any_small_world():
    """Every world of up to 12 people is tried: in one that looks the same a small group has another number."""
    seen = defaultdict(list)
    for people in worlds(most=12):
        seen[bands(*people)].append(people)
    # A larger one may look like one of the largest here: those are no proof.
    for told, alike in seen.items():
        if max(sum(country.values()) for country, _career in alike) > 10:
            continue
        for each in told:
            if each.is_small:
                place = (COUNTRY, CAREER).index(each.group)
                assert {world[place][each.value] for world in alike} == {1, 2}, (told, alike)


def worlds(most: int):
    """Numbers of people by country and by career, with the same sum."""
    of_sum = defaultdict(list)
    for n, keys in product(range(1, most + 1), (PLACES, CAREERS)):
        for who in combinations_with_replacement(keys, n):
            of_sum[n, keys].append(dict(Counter(who)))
    for n in range(1, most + 1):
        yield from product(of_sum[n, PLACES], of_sum[n, CAREERS])

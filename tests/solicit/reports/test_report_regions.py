"""Numbers of participation that the public reads: none under 3 is told, and none can be calculated."""

from itertools import product

import pytest

from solicit.reports.queries.report.regions import regions_told


def test_organizers_read_every_number():
    told = regions_told({"East": {"CN": 5, "MN": 1}, "West": {"FR": 2}}, is_exact=True)
    assert [(region.name, region.n, [(each.name, each.n) for each in region.countries]) for region in told] == [
        ("East", 6, [("CN", 5), ("MN", 1)]),
        ("West", 2, [("FR", 2)]),
    ]


def test_the_smallest_other_number_is_left_out_beside_a_small_one():
    told = regions_told({"East": {"CN": 9, "JP": 5, "MN": 1}, "West": {"FR": 4}, "North": {"NO": 7}}, is_exact=False)
    assert [(region.name, region.n, [(each.name, each.n) for each in region.countries]) for region in told] == [
        ("East", 15, [("CN", 9), ("JP", None), ("MN", None)]),
        ("North", 7, [("NO", 7)]),
        ("West", 4, [("FR", 4)]),
    ]


@pytest.mark.parametrize(
    "counts",
    [
        {"East": {"CN": 4, "MN": 1}, "West": {"FR": 3}},
        {"East": {"CN": 2, "MN": 2}, "West": {"FR": 5, "DE": 4}},
        {"East": {"CN": 1}, "West": {"FR": 3, "DE": 5}, "South": {"CL": 4}},
        {"East": {"CN": 3, "MN": 1, "JP": 1}, "West": {"FR": 3, "DE": 1}},
    ],
)
def test_no_small_number_can_be_calculated_from_the_total(counts):
    """Every world that would look the same is tried: a small country could have another number in one of them."""
    total = sum(n for region in counts.values() for n in region.values())
    places = [(name, code) for name, region in counts.items() for code in region]
    seen = regions_told(counts, is_exact=False)
    alike = [
        dict(zip(places, numbers, strict=True))
        for numbers in product(range(1, 7), repeat=len(places))
        if sum(numbers) == total and regions_told(_world(places, numbers), is_exact=False) == seen
    ]
    small = [place for place in places if counts[place[0]][place[1]] < 3]
    assert small and all(len({world[place] for world in alike}) > 1 for place in small)


def _world(places, numbers) -> dict[str, dict[str, int]]:
    world: dict[str, dict[str, int]] = {}
    for (name, code), n in zip(places, numbers, strict=True):
        world.setdefault(name, {})[code] = n
    return world
